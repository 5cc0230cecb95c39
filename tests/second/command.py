"""The long comparison, as a command: it prints the seed, what it saw and how fast, and each disagreement made small."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import vector_format

from second import completions
from second.compare import compare, disagrees, smaller, written
from second.decide import decide
from second.rows import Row, made
from second.three import NotSaidError


@dataclass
class Tally:
    """What a run saw. `disagreements` holds small rows, one of each shape."""

    cases: int = 0
    left_open: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    disagreements: list[tuple[str, Row]] = field(default_factory=list)
    disagreed: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    crossed: list[tuple[str, Row]] = field(default_factory=list)
    loose: list[Row] = field(default_factory=list)


def one(seed: int, tally: Tally, *, fill_one_in: int = 4, shown: int = 10) -> None:
    """Compare the row of a seed; every so many rows are also filled in."""
    row = made(seed)
    tally.cases += 1
    try:
        found = compare(row)
    except NotSaidError:
        tally.left_open += 1
        return
    tally.verdicts[found.second.verdict] += 1
    if found.difference:
        tally.disagreed += 1
        if len(tally.disagreements) < shown:
            small = smaller(row, disagrees)
            tally.disagreements.append((f"seed {seed}: {compare(small).difference}", small))
        return
    if seed % fill_one_in == 0:
        report = completions.check(row, found, random.Random(seed))
        tally.filled[report.kind] += 1
        if report.broken and len(tally.crossed) < shown:
            tally.crossed.append((f"seed {seed}: {report.broken}", row))
        if report.kind == completions.LOOSE and len(tally.loose) < shown:
            tally.loose.append(row)


def run(seed: int, *, seconds: float = 0, cases: int = 0) -> Tally:
    """Rows from `seed` on, until the time or the number is up."""
    tally, end = Tally(), time.monotonic() + seconds
    while tally.cases < cases if cases else time.monotonic() < end:
        one(seed + tally.cases, tally)
    return tally


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.second", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="where to begin; left out: a random one, which is printed")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--cases", type=int, default=0, help="how many rows, instead of a time")
    chosen = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**9) if chosen.seed is None else chosen.seed
    began = time.monotonic()
    say(f"seed {seed}")
    tally = run(seed, seconds=chosen.seconds, cases=chosen.cases)
    took = time.monotonic() - began
    for why, row in tally.disagreements:
        say(f"{why}\n  {written(row, decide(row).verdict)}")
    for why, row in tally.crossed:
        say(f"filled in: {why}\n  {written(row, vector_format.decide(row).verdict)}")
    for row in tally.loose:
        say(f"depends, but no two fillings found:\n  {written(row, 'depends')}")
    say(f"{tally.cases} cases, {tally.cases / took:.0f} a second, {tally.left_open} left open by the reference")
    say(f"verdicts: {dict(tally.verdicts)}")
    say(f"filled in: {dict(tally.filled)}")
    say(f"disagreements: {tally.disagreed}; fillings against the verdict: {len(tally.crossed)}")
    return 1 if tally.disagreed or tally.crossed else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
