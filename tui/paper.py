"""A policy document as rows: line numbers, colours, and under a question each statement's mark and reason beside its lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from tui import marks
from tui.json_tokens import folded, tokens
from tui.location import Location
from tui.plain import width_of, wrapped
from whygate.text import visible

if TYPE_CHECKING:
    from whygate.explain import StatementReport
    from whygate.policy import Policy, Statement

NUMBER_WIDTH = 4
MARGIN = NUMBER_WIDTH + 5  # the cursor, the number, the mark and their blanks
NOTE_WIDTH = 44
NOTE_WIDEST = 72
GAP = 3
WIDE = 110


class PaperRow(msgspec.Struct, frozen=True):
    """One row. `number` is the line's, from 1, and None for what is not the document's own; `statement` is the index of the
    statement that the row belongs to; `target` is where Enter leads. Notes are among the pieces.
    """

    pieces: tuple[tuple[str, str], ...]
    number: int | None = None
    mark: str = ""
    tone: str = ""
    statement: int | None = None
    target: tuple[Location, str] | None = None


def paper(policy: Policy, reports: Mapping[int, StatementReport], width: int) -> list[PaperRow]:
    """The rows of a document for a table of `width` cells; `reports` has what is known of each statement under a question.

    From WIDE cells on the reasons stand in the right margin, below that on rows of their own under the statement's first line.
    """
    beside = width >= WIDE and bool(reports)
    room = width - MARGIN
    note_width = max(room - 6, 20)
    if beside:
        longest = max((width_of(line) for line in policy.text.lines), default=0)
        room = min(room - NOTE_WIDTH - GAP, longest)
        note_width = min(width - MARGIN - room - GAP, NOTE_WIDEST)
    starts = {policy.text.lines_of(policy.place(statement)): statement for statement in policy.statements}
    first_lines = {span[0]: statement for span, statement in starts.items() if span is not None}
    failing = _failing_lines(policy, reports)
    rows: list[PaperRow] = []
    waiting: list[str] = []
    tone = ""
    current: Statement | None = None
    for line, printed in enumerate(policy.text.lines):
        begins = first_lines.get(line)
        current = begins or _within(policy, current, line)
        index = current.index if current is not None else None
        report = reports.get(index) if index is not None else None
        mark = ""
        if begins is not None and report is not None:
            mark, word, tone = marks.of_statement(report.outcome, report.effect, report.near)
            reason = f"{word}: {report.reason}" if report.reason else word
            waiting = wrapped(f"{begins.index + 1} {reason}", note_width)
        elif line in failing:
            mark = "✗"
        safe = visible(printed)
        indent = len(safe) - len(safe.lstrip())
        for number, part in enumerate(folded(tokens(safe), room, indent + 4)):
            pieces = part
            if beside and waiting:
                gap = room + GAP - sum(width_of(text) for text, _ in pieces)
                pieces = (*pieces, (" " * gap, ""), (waiting.pop(0), tone))
            rows.append(PaperRow(pieces, None if number else line + 1, "" if number else mark, tone if report else "", index))
        if not beside:
            rows.extend(PaperRow(((" " * (indent + 2), ""), (part, tone)), tone=tone, statement=index) for part in waiting)
            waiting = []
    rows.extend(PaperRow(((" " * (room + GAP), ""), (part, tone))) for part in waiting)
    return rows


def cells(row: PaperRow) -> tuple[tuple[tuple[str, str], ...]]:
    """The one cell of a row: number, mark, text."""
    number = f"{row.number:>{NUMBER_WIDTH}}" if row.number is not None else " " * NUMBER_WIDTH
    return (((f"{number} ", "dim"), (f"{row.mark or ' '} ", row.tone if row.mark else ""), *row.pieces),)


def row_of_statement(rows: list[PaperRow], index: int) -> int:
    """The first row of a statement, or the first row of all."""
    return next((at for at, row in enumerate(rows) if row.statement == index), 0)


def _within(policy: Policy, statement: Statement | None, line: int) -> Statement | None:
    if statement is None:
        return None
    span = policy.text.lines_of(policy.place(statement))
    return statement if span is not None and line <= span[1] else None


def _failing_lines(policy: Policy, reports: Mapping[int, StatementReport]) -> set[int]:
    """The first line of each element at which a statement stopped applying."""
    lines = set()
    for report in reports.values():
        span = policy.text.lines_of(tuple(report.place)) if report.place and report.outcome == "no-match" else None
        if span is not None:
            lines.add(span[0])
    return lines
