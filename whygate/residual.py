"""What a `depends` hangs on, worked out: which unknowns matter, and what each must be for the answer to be allowed (R1).

Every unknown is filled in, in every way that the policies can tell apart, and the request evaluated again; what comes out is put
into as few words as it takes. Samples are no proof, so they never change a verdict.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import msgspec

from whygate import conditions, fillings
from whygate.context import Context
from whygate.evaluate import DEPENDS, Outcome, Verdict, evaluate
from whygate.fillings import Filling
from whygate.layers import Layer, Layers
from whygate.logic import Unknown
from whygate.phrases import choice, gate_phrase
from whygate.policies import Held
from whygate.policy import ConditionTest, Statement

MOST_EVALUATIONS = 400
MOST_WAYS = 3
_GATES = ("scp", "rcp")


class Matter(msgspec.Struct, frozen=True):
    """One unknown that matters: how it can be filled in, and the tests that look at it where it is a condition key."""

    unknown: Unknown
    fillings: tuple[Filling, ...]
    tests: tuple[ConditionTest, ...] = ()


class Residual(msgspec.Struct, frozen=True):
    """`allowed_if` and `denied_if` are ways, each a list of things that must all hold, in plain words. `unknowns` is what matters;
    where there was too much to try, or something that cannot be filled in, it is all there was and the ways are empty."""

    unknowns: tuple[Unknown, ...]
    allowed_if: tuple[tuple[str, ...], ...] = ()
    denied_if: tuple[tuple[str, ...], ...] = ()


Cell = tuple[int, ...]
Box = tuple[frozenset[int], ...]


def residual(verdict: Verdict) -> Residual:
    """What a `depends` hangs on; empty for every other verdict."""
    if verdict.verdict != DEPENDS:
        return Residual(())
    every = _matters(verdict)
    # SCPs and RCPs that were not collected can only stop what all else allows: they need no trying together with the rest.
    gates = [matter for matter in every if matter.unknown.kind == "layer" and matter.unknown.name in _GATES]
    matters = [matter for matter in every if matter not in gates]
    number = math.prod(len(matter.fillings) for matter in matters)
    if not 0 < number <= MOST_EVALUATIONS:
        return Residual(verdict.unknowns)
    layers = _open(verdict)
    for gate in gates:
        layers = gate.fillings[0].apply(layers)
    # A filling of a boundary changes what a NotPrincipal means, so the resource-based policy is settled only with it.
    open_boundary = verdict.layers.boundary.exists is None
    settled = {
        name: outcome for name, outcome in verdict.outcomes.items() if outcome.settled and not (name == "resource" and open_boundary)
    }
    cells = itertools.product(*(range(len(matter.fillings)) for matter in matters))
    results = {cell: _try(verdict, layers, settled, matters, cell) for cell in cells}
    if None in results.values() or True not in results.values() or (not gates and False not in results.values()):
        return Residual(verdict.unknowns)
    counted = [matters[index].unknown for index in range(len(matters)) if _counts(results, index)]
    passing, stopping = ([gate_phrase(gate.unknown.name, passes) for gate in gates] for passes in (True, False))
    return Residual(
        unknowns=tuple(item for item in verdict.unknowns if item in counted or item in [gate.unknown for gate in gates]),
        allowed_if=tuple((*way, *passing) for way in _ways(verdict, matters, results, True)),
        denied_if=(*_ways(verdict, matters, results, False), *((phrase,) for phrase in stopping)),
    )


def _matters(verdict: Verdict) -> list[Matter]:
    tests = _undecided_tests(verdict)
    keys = [item for item in verdict.unknowns if item.kind == "context"]
    linked = [f"{fillings.FRESH}-shared"] if len(keys) > 1 and any("${" in text for test in tests for text in test.values) else []
    found = []
    for item in dict.fromkeys(verdict.unknowns):
        if item.kind == "context":
            mine = tuple(test for test in tests if test.key.lower() == item.name.lower())
            value = verdict.request.context.get(item.name)
            found.append(Matter(item, fillings.for_key(item.name, value, tests, verdict.request.context, linked=linked), mine))
        else:
            found.append(Matter(item, fillings.for_unknown(item, verdict.layers, verdict.request.caller.account)))
    return found


def _undecided_tests(verdict: Verdict) -> tuple[ConditionTest, ...]:
    """The tests of statements that hang on something, each once."""
    found: dict[ConditionTest, None] = {}
    for outcome in verdict.outcomes.values():
        for level in outcome.levels:
            for match in level.matches:
                if match.applies.value is None:
                    found.update(dict.fromkeys(match.statement.tests))
    return tuple(found)


def _open(verdict: Verdict) -> Layers:
    """The layers with only those statements that apply or may: what is surely false stays so however the unknowns are filled in (R1)."""
    changed: dict[str, Layer] = {}
    for name, outcome in verdict.outcomes.items():
        kept: dict[int, list[Statement]] = {}
        for match in (match for level in outcome.levels for match in level.matches):
            statements = kept.setdefault(id(match.held), [])
            if match.applies.possible:
                statements.append(match.statement)
        layer = verdict.layers.get(name)
        levels = tuple(msgspec.structs.replace(level, policies=tuple(_cut(level.policies, kept))) for level in layer.levels)
        changed[name] = msgspec.structs.replace(layer, levels=levels)
    return msgspec.structs.replace(verdict.layers, **changed)


def _cut(policies: tuple[Held, ...], kept: dict[int, list[Statement]]) -> Iterator[Held]:
    """The policies with the statements that were kept, without those that have none left; one that was not read stays as it is."""
    for held in policies:
        statements = kept.get(id(held))
        if statements is None and not held.policy.unreadable and not held.policy.statements:
            continue
        if statements is None:
            yield held
        elif statements:
            yield msgspec.structs.replace(held, given=msgspec.structs.replace(held.policy, statements=tuple(statements)))


def _try(verdict: Verdict, layers: Layers, settled: dict[str, Outcome], matters: list[Matter], cell: Cell) -> bool | None:
    owner = verdict.request.resource_account
    values = {}
    for matter, choice_ in zip(matters, cell, strict=True):
        filling = matter.fillings[choice_]
        values.update(dict(filling.values))
        layers = filling.apply(layers)
        owner = filling.owner or owner
    request = msgspec.structs.replace(verdict.request, context=verdict.request.context.filled(values), resource_account=owner)
    return evaluate(request, layers, settled).access.value


def _counts(results: dict[Cell, bool | None], index: int) -> bool:
    """Whether an unknown matters: some choice of the others makes the answer hang on it."""
    seen: dict[Cell, bool | None] = {}
    for cell, value in results.items():
        others = cell[:index] + cell[index + 1 :]
        if seen.setdefault(others, value) is not value:
            return True
    return False


def _ways(verdict: Verdict, matters: list[Matter], results: dict[Cell, bool | None], wanted: bool) -> tuple[tuple[str, ...], ...]:
    """The cells with the wanted answer as few boxes, each a list of phrases."""
    remaining = {cell for cell, value in results.items() if value is wanted}
    boxes: list[Box] = []
    while remaining and len(boxes) < MOST_WAYS:
        box = max(
            (_grow(cell, matters, results, wanted) for cell in sorted(remaining)[:16]),
            key=lambda box: sum(cell in remaining for cell in _cells(box)),
        )
        boxes.append(box)
        remaining -= set(_cells(box))
    return tuple(_phrases(verdict.request.context, matters, box) for box in boxes)


def _grow(cell: Cell, matters: list[Matter], results: dict[Cell, bool | None], wanted: bool) -> Box:
    """The widest box around a cell in which every answer is the wanted one."""
    box = [frozenset({index}) for index in cell]
    for position, matter in enumerate(matters):
        for index in range(len(matter.fillings)):
            trial = (*box[:position], box[position] | {index}, *box[position + 1 :])
            if all(results[each] is wanted for each in _cells(trial)):
                box[position] = box[position] | {index}
    return tuple(box)


def _cells(box: Box) -> itertools.product[Cell]:
    return itertools.product(*(sorted(part) for part in box))


def _phrases(context: Context, matters: list[Matter], box: Box) -> tuple[str, ...]:
    found = []
    for matter, chosen in zip(matters, box, strict=True):
        if len(chosen) < len(matter.fillings):
            truths = {test: frozenset(_holding(test, matter.fillings, context)) for test in matter.tests}
            found.append(choice(matter.unknown, [filling.word for filling in matter.fillings], chosen, truths))
    return tuple(found)


def _holding(test: ConditionTest, samples: tuple[Filling, ...], context: Context) -> list[int]:
    return [
        index
        for index, filling in enumerate(samples)
        if conditions.holds(test, context.filled(dict(filling.values)), variable=True).value is True
    ]
