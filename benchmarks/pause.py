"""The longest pause of the screen while an account is loaded: the longest time in which the explorer's event loop could not act.

    python benchmarks/pause.py [--runs 5] [--size 120x40] [--live PARTS] [SOURCE]

Without SOURCE it is the 12 MB account that ../shared/tools/make_account.py writes. `--live 8` hands the same account over in eight parts,
as a live source does, a new one as soon as the one before is on the screen. Every run is a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.registry import Opening
    from tui.explorer import Explorer

MAKER = Path(__file__).parent.parent.parent / "shared" / "tools" / "make_account.py"
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
TICK = 0.001


class Parts:
    """A live adapter over an export: its entities arrive in `number` parts."""

    name = "parts"
    description = "an export in parts"

    def __init__(self, path: str, number: int) -> None:
        self._whole: dict[str, Any] = json.loads(Path(path).read_bytes())
        self._number = number
        self._done = 0
        self.seen = threading.Event()

    def accepts(self, source: str) -> bool:
        return True

    def load(self, source: str, report: Any) -> dict[str, Any]:
        return self.run(report)

    def begin(self, source: str) -> Parts:
        return self

    def run(self, report: Any) -> dict[str, Any]:
        for done in range(1, self._number + 1):
            self._done = done
            report(done, self._number, "users, groups, roles, policies")
            self.seen.wait(30)
            self.seen.clear()
        return self._whole

    def document(self) -> dict[str, Any]:
        some = {key: self._whole[key][: len(self._whole[key]) * self._done // self._number] for key in LISTS}
        return {**some, "Coverage": [{"Part": "users", "Status": "partial", "Detail": f"{self._done} of {self._number}"}]}

    def stop(self) -> None:
        self.seen.set()


async def longest(source: str, size: tuple[int, int], parts: int) -> float:
    """Seconds of the longest gap between two turns of the event loop, from the first frame until the account is there and at rest."""
    from tui.explorer import Explorer

    adapter = Parts(source, parts) if parts else None

    def begin(name: str) -> Opening:
        from adapters import registry

        if adapter is None:
            return registry.begin(name)
        return registry.Opening(registry.Registered(adapter.name, "benchmark", adapter), name)

    app = Explorer(source, begin=begin)
    gaps: list[float] = []

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            gaps.append(now - last - TICK)
            last = now

    async with app.run_test(size=size) as pilot:
        gaps.clear()
        watcher = asyncio.create_task(watch())
        shown = None
        while not finished(app):
            await asyncio.sleep(TICK)
            if adapter is not None and app.snapshot is not shown:
                shown = app.snapshot
                adapter.seen.set()
        for _ in range(5):
            await pilot.pause()
        watcher.cancel()
    return max(gaps)


def finished(app: Explorer) -> bool:
    return app.loaded and not app.loading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="")
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--live", type=int, default=0, metavar="PARTS")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        columns, lines = map(int, options.size.split("x"))
        print(asyncio.run(longest(options.source, (columns, lines), options.live)))
        return
    with tempfile.TemporaryDirectory() as folder:
        source = options.source
        if not source:
            source = str(Path(folder) / "account.json")
            with open(source, "wb") as file:
                subprocess.run([sys.executable, MAKER], stdout=file, check=True)
        command = [sys.executable, __file__, source, "--size", options.size, "--live", str(options.live), "--once"]
        found = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(options.runs)]
        megabytes = Path(source).stat().st_size / 1_000_000 if Path(source).is_file() else 0
    print(f"{megabytes:.1f} MB, longest pause: median {statistics.median(found) * 1000:.0f} ms, worst {max(found) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
