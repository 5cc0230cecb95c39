"""The engine and the second implementation on one row, and rows made smaller while they still disagree."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import vector_format

from second.decide import Decision, Place, decide
from second.rows import Row
from second.three import NotSaidError
from whygate.evaluate import Verdict

Sure = dict[str, tuple[list[Place], list[Place]]]
"""By layer: the places of the Deny and of the Allow statements that surely match."""


def sure_of_second(decision: Decision) -> Sure:
    found = {name: (sorted(layer.denies), sorted(layer.allows)) for name, layer in decision.layers.items()}
    return {name: places for name, places in found.items() if any(places)}


def sure_of_engine(verdict: Verdict) -> Sure:
    found: Sure = {}
    for name, outcome in verdict.outcomes.items():
        if not outcome.applies or outcome.layer.exists is not True:
            continue
        denies: list[Place] = []
        allows: list[Place] = []
        for number, (level, given) in enumerate(zip(outcome.levels, outcome.layer.levels, strict=False)):
            for match in level.matches:
                if match.applies.value is True:
                    document = [id(held) for held in given.policies].index(id(match.held))
                    places = denies if match.statement.effect == "Deny" else allows
                    places.append((number, document, match.statement.index))
        if denies or allows:
            found[name] = (sorted(denies), sorted(allows))
    return found


@dataclass(frozen=True)
class Comparison:
    """What each of the two says of a row, and in words what they say differently (empty where they agree)."""

    engine: Verdict
    second: Decision
    difference: str


def compare(row: Row) -> Comparison:
    """Both on one row. Raises `NotSaidError` where the reference leaves the row open."""
    second = decide(row)
    engine = vector_format.decide(row)
    difference = ""
    if second.verdict != engine.verdict:
        difference = f"engine {engine.verdict}, second {second.verdict}"
    else:
        left, right = sure_of_engine(engine), sure_of_second(second)
        if left != right:
            difference = f"engine {left}, second {right}"
    return Comparison(engine, second, difference)


def disagrees(row: Row) -> bool:
    """Whether the two disagree on a row that may have been cut to nonsense."""
    try:
        return bool(compare(row).difference)
    except (NotSaidError, KeyError, TypeError, AttributeError, IndexError, ValueError):
        return False


def smaller(row: Row, still: Callable[[Row], bool]) -> Row:
    """The row without all that it can do without, while `still` holds of it."""
    again = True
    while again:
        again = False
        for candidate in _cuts(row):
            if still(candidate):
                row, again = candidate, True
                break
    return row


def _cuts(row: Row) -> Iterator[Row]:
    """The row with one part of it left out, at any depth; lists of one become their item."""
    for path in _paths(row):
        if path[0] in ("t", "caller", "ids", "action", "resource"):
            continue
        cut: Any = copy.deepcopy(row)
        parent = cut
        for step in path[:-1]:
            parent = parent[step]
        value = parent[path[-1]]
        if isinstance(value, list) and len(value) == 1:
            other = copy.deepcopy(cut)
            inner: Any = other
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value[0]
            yield other
        del parent[path[-1]]
        yield cut


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    for step in steps:
        yield (*before, step)
        yield from _paths(value[step], (*before, step))


def written(row: Row, expected: str) -> str:
    """The row as a line of a vector file."""
    return json.dumps({**row, "expect": expected})
