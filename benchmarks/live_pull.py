"""A pull of a large account from the loopback server: time, calls and peak memory of the process that pulls.

    python benchmarks/live_pull.py [--users 2500] [--roles 2500] [--policies 1200] [--without-keys]

The server answers from another process, in pages of a hundred. Without `--without-keys` each user's keys, MFA devices and password are
asked for, as in a real pull: that is four calls a user, and most of the time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))


def serve(users: int, roles: int, policies: int, without_keys: bool, pipe: Connection) -> None:
    """Runs the server until the other end speaks; says its address, then what was asked."""
    from loopback import account
    from loopback.server import DENIED, Loopback

    model = account.DETAILS
    user, role, policy = model["UserDetailList"][0], model["RoleDetailList"][0], model["Policies"][0]
    details = {
        "UserDetailList": [{**user, "UserName": f"user{n}", "Arn": account.iam("user", f"user{n}")} for n in range(users)],
        "GroupDetailList": model["GroupDetailList"],
        "RoleDetailList": [{**role, "RoleName": f"role{n}", "Arn": account.iam("role", f"role{n}")} for n in range(roles)],
        "Policies": [{**policy, "PolicyName": f"policy{n}", "Arn": account.iam("policy", f"policy{n}")} for n in range(policies)],
    }
    answers = {**account.answers(), ("iam", "GetAccountAuthorizationDetails"): details}
    with Loopback(answers, page=100) as server:
        if without_keys:
            server.faults |= {("iam", name): DENIED for name in ("ListAccessKeys", "ListMFADevices", "GetLoginProfile")}
        pipe.send(server.url)
        pipe.recv()
        pipe.send(Counter(f"{call.service} {call.operation}" for call in server.calls).most_common(6))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=2500)
    parser.add_argument("--roles", type=int, default=2500)
    parser.add_argument("--policies", type=int, default=1200)
    parser.add_argument("--without-keys", action="store_true", help="refuse the calls for each user, as few rights would")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    other = multiprocessing.get_context("spawn").Process(
        target=serve, args=(options.users, options.roles, options.policies, options.without_keys, theirs)
    )
    other.start()
    url = ours.recv()
    from loopback.pulling import environment

    from adapters.aws import AwsAdapter

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with environment(url):
        started = time.perf_counter()
        document = AwsAdapter().load("aws:", lambda done, total, what: None)
        seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours.send("done")
    asked = ours.recv()
    other.join()
    entities = sum(len(document[key]) for key in ("UserDetailList", "RoleDetailList", "Policies"))
    statuses = Counter(row["Status"] for row in document["Coverage"])
    memory = f"peak {after / 1024:.0f} MB, {(after - before) / 1024:.0f} MB of it the pull's"
    print(f"{entities} entities in {seconds:.1f} s; {memory}; {os.cpu_count()} cores")
    print(f"coverage {dict(statuses)}; asked most: {', '.join(f'{name} {count}' for name, count in asked)}")


if __name__ == "__main__":
    main()
