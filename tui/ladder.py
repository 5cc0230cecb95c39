"""An explanation as rows: the layers in AWS's order, the statements of the open ones, the nearest misses, what is not known. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui import marks
from tui.location import Location
from tui.plain import fit, wrapped
from whygate import render

if TYPE_CHECKING:
    from tui.asking import Question
    from whygate.explain import Explanation, LayerReport, StatementReport

TITLE_WIDTH = 25
WORD_WIDTH = 15


class LadderRow(msgspec.Struct, frozen=True):
    """One row: `key` names the layer it opens, `target` is where Enter leads, `stop` whether the cursor may stand on it."""

    pieces: tuple[tuple[str, str], ...]
    key: str = ""
    open: bool = False
    opens: bool = False
    target: tuple[Location, str] | None = None
    stop: bool = True


def ladder(explanation: Explanation, question: Question, opened: frozenset[str], width: int) -> list[LadderRow]:
    """The rows for a table of `width` cells."""
    room = width - 2
    rows = [_heading(f"{fit('layer', TITLE_WIDTH)} {fit('decision', WORD_WIDTH)} because")]
    for layer in explanation.layers:
        is_open = layer.layer in opened
        rows.extend(_layer(layer, is_open, room))
        if is_open:
            for statement in layer.statements:
                rows.extend(_statement(statement, question, room, "    "))
    if explanation.near_misses:
        rows.extend((_blank(), _heading("nearest misses")))
        for miss in explanation.near_misses:
            rows.extend(_statement(miss, question, room, ""))
    unknowns = [f"{each.name}: {each.detail}" if each.detail else each.name for each in explanation.unknowns]
    rows.extend(_notes("what it hangs on", list(render.ways(explanation)) or unknowns, room))
    rows.extend(_notes("notes", list(explanation.notes), room))
    used = [f"{each.key} = {each.value}" + (f"  ({each.origin})" if each.origin else "") for each in explanation.context]
    rows.extend(_notes("context that was looked at", used, room))
    return rows


def row_of_layer(rows: list[LadderRow], layer: str) -> int:
    """The row of a layer, or the first."""
    return next((at for at, row in enumerate(rows) if row.key == layer), 0)


def named(report: StatementReport) -> str:
    """`group ocr › TextractUse › 2` for a statement that is held through a group; Sids where there are any."""
    through = [f"group {report.through}"] if report.through else []
    return " › ".join([*through, report.policy_name, report.sid or f"{report.index + 1}"])


def leads_to(report: StatementReport, question: Question) -> tuple[Location, str] | None:
    """The place of a statement under its question; None for what stands in no document."""
    if not report.policy_key:
        return None
    query = {**msgspec.structs.asdict(question), "statement": str(report.index)}
    return Location("policy", report.policy_key).with_query(**query), report.policy_name


def _heading(text: str) -> LadderRow:
    return LadderRow(((text, "strong"),), stop=False)


def _blank() -> LadderRow:
    return LadderRow((), stop=False)


def _layer(layer: LayerReport, is_open: bool, room: int) -> list[LadderRow]:
    mark, tone = marks.DECISIONS.get(layer.decision, ("?", "maybe"))
    left = TITLE_WIDTH + WORD_WIDTH + 2
    reasons = wrapped(layer.because, max(room - left, 16))
    first = LadderRow(
        ((fit(layer.title, TITLE_WIDTH) + " ", ""), (fit(f"{mark} {layer.word}", WORD_WIDTH) + " ", tone), (reasons[0], "")),
        key=layer.layer,
        open=is_open,
        opens=bool(layer.statements),
    )
    return [first, *(LadderRow(((" " * left + part, ""),), stop=False) for part in reasons[1:])]


def _statement(report: StatementReport, question: Question, room: int, indent: str) -> list[LadderRow]:
    mark, word, tone = marks.of_statement(report.outcome, report.effect, report.near)
    name = named(report)
    head = f"{indent}{mark} {name}"
    target = leads_to(report, question)
    reason = report.reason or word
    gap = max(TITLE_WIDTH + 8 - len(head), 0)
    if len(head) + gap + 3 + len(reason) <= room:
        return [LadderRow(((f"{head}{' ' * gap}   ", tone), (reason, "")), target=target)]
    margin = indent + "    "
    more = [LadderRow(((margin + part, ""),), stop=False) for part in wrapped(reason, max(room - len(margin), 20))]
    return [LadderRow(((head, tone),), target=target), *more]


def _notes(title: str, texts: list[str], room: int) -> list[LadderRow]:
    if not texts:
        return []
    rows = [_blank(), _heading(title)]
    for text in texts:
        first, *rest = wrapped(text, room - 2)
        rows.append(LadderRow((("· " + first, ""),)))
        rows.extend(LadderRow((("  " + part, ""),), stop=False) for part in rest)
    return rows
