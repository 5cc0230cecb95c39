"""What the explorer costs a terminal: time to the first useful frame, bytes and milliseconds a key, memory. A table against the limits.

    python benchmarks/terminal.py [start] [keys] [memory] [--runs 7] [--json]

Everything runs on a real pseudo-terminal. *start*: seconds until the account's users can be seen, as a ratio to a minimal Textual app
that is started in turn with it, in 80x24 and 200x50, with the demo and with a made account of 12 MB. *keys*: one key after the other, each
when the screen is quiet, in 80x24, with 15,000 users (36 MB). *memory*: with the same account, open and walked through. The exit status
is 1 where a limit is not kept. Times hang on the machine and on who else uses it; bytes do not.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import made_account
from measured import Cost, Program

ROOT = Path(__file__).parent.parent
MINIMAL = """
from textual.app import App
from textual.widgets import Footer, Static

class Minimal(App):
    def compose(self):
        yield Static("ready")
        yield Footer()

Minimal().run()
"""
WHYGATE = "from whygate.__main__ import main; main()"
SIZES = ((80, 24), (200, 50))
USERS = " users "
PARTS = ("start", "keys", "memory")
ESCAPE = "\x1b"
TAKE_BACK = "\x7f"


class Row(NamedTuple):
    """One figure and its limit; None where there is none."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def kept(self) -> bool:
        return self.limit is None or self.value <= self.limit


class Session:
    """Starts programs, each with state and configuration that nobody else has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def start(self, code: str, *words: str, size: tuple[int, int]) -> Program:
        self._number += 1
        given = {
            "PYTHONPATH": str(ROOT),
            "WHYGATE_STATE_DIR": str(self._folder / f"state-{self._number}"),
            "WHYGATE_CONFIG": os.devnull,
        }
        return Program([sys.executable, "-c", code, *words], *size, given)


def starts(session: Session, source: str, name: str, runs: int) -> Iterator[Row]:
    """The first run of each is not counted: it compiles, and brings files into memory."""
    for size in SIZES:
        taken: dict[str, list[float]] = {MINIMAL: [], WHYGATE: []}
        for run in range(runs + 1):
            for code, words, wanted in ((MINIMAL, (), "ready"), (WHYGATE, (source,), USERS)):
                with session.start(code, *words, size=size) as program:
                    seconds = program.wait_for(wanted)
                if run:
                    taken[code].append(seconds)
        base, ours = (statistics.median(taken[code]) for code in (MINIMAL, WHYGATE))
        where = f"{size[0]}x{size[1]}, {name}"
        yield Row(f"minimal Textual app, {size[0]}x{size[1]}", base * 1000, "ms")
        yield Row(f"first useful frame, {where}", ours * 1000, "ms")
        yield Row(f"first useful frame, {where}: ratio", ours / base, "times", 1.25)


class Step(NamedTuple):
    """Keys to measure `times` over, and what they lead to; `back` undoes them. The limits are of medians, None where there is none."""

    what: str
    keys: str
    times: int = 5
    shows: str = ""
    back: str = ""
    size: float | None = None
    last: float | None = None


STEPS = (
    Step("cursor down in view", "j", 9, size=300),
    Step("page down", "\x1b[6~", 9, size=3000),
    Step("to the end", "G", back="g"),
    Step("open a principal", "\r", 7, "permissions boundary", ESCAPE, size=6000),
    Step("begin a filter", "/", back=ESCAPE),
    Step("filter keystroke, 15,000 rows", "/a", 1),
    Step("filter keystroke, 15,000 rows", TAKE_BACK, back="a", last=50),
    Step("filter keystroke, one letter more", "e", back=TAKE_BACK, last=50),
    Step("leave the filter", ESCAPE, 1),
    Step("another list", "4", back="1"),
    Step("open a policy", "4\r", 7, '"Version"', ESCAPE),
    Step("open a question", "c", 7, "Can…?", ESCAPE + ESCAPE),
)


def walk(session: Session, source: str) -> Iterator[Row]:
    """Keys first, and then what the program holds in memory. The first time of a key that has others is not counted: it imports."""
    with session.start(WHYGATE, source, size=(80, 24)) as program:
        program.wait_for("15,000")
        yield Row("memory, account open", program.memory, "MB", 180)
        every: list[Cost] = []
        backs: list[Cost] = []
        for step in STEPS:
            costs: list[Cost] = []
            for _ in range(step.times + (step.times > 1)):
                costs.append(program.press(step.keys, partial(_shows, step.shows)))
                backs += [program.press(key) for key in step.back if key == ESCAPE]
                for key in step.back.replace(ESCAPE, ""):
                    program.press(key)
            if step.times > 1:
                every += costs[1:]
                yield from _rows(step, costs[1:])
        yield from _rows(Step("back (escape, which terminals make Textual wait for)", ESCAPE), backs)
        yield Row("any key: to the first byte", statistics.median(cost.first for cost in every), "ms", 30)
        yield Row("memory, walked through", program.memory, "MB", 180)


def _shows(wanted: str, text: str) -> bool:
    return wanted in text


def _rows(step: Step, costs: list[Cost]) -> Iterator[Row]:
    yield Row(f"{step.what}: bytes", statistics.median(cost.size for cost in costs), "B", step.size)
    yield Row(f"{step.what}: to the first byte", statistics.median(cost.first for cost in costs), "ms")
    yield Row(f"{step.what}: to the last byte", statistics.median(cost.last for cost in costs), "ms", step.last)


def rows(parts: list[str], runs: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        middle, large = Path(folder) / "middle.json", Path(folder) / "large.json"
        if "start" in parts:
            made_account.write(middle, **made_account.MIDDLE)
            sources: tuple[tuple[str, str], ...] = (("demo", "demo"), (str(middle), "account of 12 MB"))
            for source, name in sources:
                yield from starts(session, source, name, runs)
        if {"keys", "memory"} & set(parts):
            made_account.write(large, **made_account.LARGE)
            yield from (row for row in walk(session, str(large)) if ("memory" if row.unit == "MB" else "keys") in parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], help="what to measure; all, if none is named")
    parser.add_argument("--runs", type=int, default=7, help="how often each program is started")
    parser.add_argument("--json", action="store_true", help="a line of JSON a figure")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # it would double every import
    kept = True
    for row in rows(options.parts or list(PARTS), options.runs):
        kept &= row.kept
        if options.json:
            print(json.dumps({**row._asdict(), "kept": row.kept}), flush=True)
        else:
            limit = "" if row.limit is None else f"  at most {row.limit:,g}" + ("" if row.kept else "  EXCEEDED")
            print(f"{row.what:<58} {row.value:10,.2f} {row.unit:<5}{limit}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
