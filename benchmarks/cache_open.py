"""Opening a kept account a second time, as a ratio to `json.load` of the same account's export, on the same machine and in the same run.

    python benchmarks/cache_open.py ACCOUNT.json [--runs 9]

ACCOUNT.json is any export; the shared tool `make_account.py` writes one of 12 MB. Every run opens the cache's database anew, in a process
that has done so before. A kept snapshot is open when its account, coverage and age are there; its lists are decoded when somebody looks
at them, which the third line counts too. Prints medians.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from adapters import cached
from adapters.cached import Slow
from adapters.registry import CachePolicy
from whygate import document, packed, snapshot

BASE = "json.load of the export"
KEY = ("benchmark",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("account", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()

    def by_json() -> object:
        with options.account.open(encoding="utf-8") as file:
            return json.load(file)

    with tempfile.TemporaryDirectory() as folder:
        policy = CachePolicy(directory=f"{folder}/cache")
        account = options.account.read_bytes()

        def built(found: document.Document, collected_at: str) -> snapshot.Snapshot:
            return snapshot.build(found)

        slow = Slow("benchmark", "benchmark:", lambda: KEY, lambda: account, document.decode, built, lambda: True)  # type: ignore[arg-type]  # the test means it

        def opened() -> snapshot.Snapshot:
            return cached.snapshot(slow, policy)[0]

        def looked_at() -> object:
            found = opened()
            return [len(getattr(found, name)) for name in packed.LISTS]

        def by_its_document() -> object:
            return snapshot.build(cached.load(slow, policy)[0])

        ways: dict[str, Callable[[], object]] = {
            BASE: by_json,
            "kept snapshot, opened": opened,
            "kept snapshot, every list looked at": looked_at,
            "kept document, decoded and built": by_its_document,
            "the export, decoded and built": lambda: snapshot.build(document.decode(options.account.read_bytes())),
        }
        opened()
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for run in range(options.runs + 1):
            for name, way in ways.items():
                gc.collect()
                started = time.perf_counter()
                result = way()
                seconds = time.perf_counter() - started
                del result
                if run:  # the first one imports
                    taken[name].append(seconds)
    base = statistics.median(taken[BASE])
    for name, times in taken.items():
        middle = statistics.median(times)
        print(f"{name:<36} {middle * 1000:7.1f} ms  ({min(times) * 1000:.1f} to {max(times) * 1000:.1f})  {middle / base:.3f}")


if __name__ == "__main__":
    main()
