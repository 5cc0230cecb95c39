"""Milliseconds to answer a question and to explain the answer, once an account is loaded.

    python benchmarks/answers.py ACCOUNT [--principals 300]

Prints, for a few actions, the median and the mean over a sample of principals, and how the answers fell out.
"""

from __future__ import annotations

import argparse
import collections
import random
import statistics
import time

from adapters import registry
from whygate.explain import explain
from whygate.question import ask

ACTIONS = (
    ("textract:AnalyzeDocument", "*"),
    ("s3:GetObject", "arn:aws:s3:::bucket-5/in/x"),
    ("rekognition:DeleteCollection", "arn:aws:rekognition:us-east-1:111122223333:collection/staff"),
    ("iam:PassRole", "arn:aws:iam::111122223333:role/role-00001"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("account")
    parser.add_argument("--principals", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    snapshot = registry.load(options.account)
    everybody = [user.arn for user in snapshot.users] + [role.arn for role in snapshot.roles]
    sample = random.Random(options.seed).sample(everybody, min(options.principals, len(everybody)))
    print(f"{len(everybody):,} principals, {len(sample)} asked about")
    for action, resource in ACTIONS:
        for arn in sample[:20]:  # documents are parsed once; that is part of loading
            explain(ask(snapshot, arn, action, resource))
        taken, verdicts = [], collections.Counter[str]()
        for arn in sample:
            started = time.perf_counter()
            explanation = explain(ask(snapshot, arn, action, resource))
            taken.append((time.perf_counter() - started) * 1000)
            verdicts[explanation.verdict] += 1
        shown = ", ".join(f"{number} {name}" for name, number in verdicts.most_common())
        print(f"{action:<30} median {statistics.median(taken):.2f} ms  mean {statistics.mean(taken):.2f} ms  ({shown})")


if __name__ == "__main__":
    main()
