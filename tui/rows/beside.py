"""The statement that a row of the ladder is about, for the room beside it on a wide screen: where it stands, why, its lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.plain import wrapped
from tui.rows import marks
from tui.rows.aside import document_lines
from tui.rows.cells import Line
from tui.rows.ladder import named
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.documents.links import Links
    from whygate.explain import StatementReport
    from whygate.snapshot import Snapshot

WIDE = 130  # cells from which on there is room for it
LADDER_LEAST = 84


def ladder_width(width: int) -> int:
    """The cells that the ladder has on a screen of `width`."""
    return width if width < WIDE else max(LADDER_LEAST, width * 56 // 100)


def statement_lines(snapshot: Snapshot, report: StatementReport, width: int, links: Links | None = None) -> list[Line]:
    """(text, tone) pieces a line: the name of the statement, what it does, and its lines in the document with the element marked at
    which it stopped applying; without lines where the document is not in the account. With `links` what leads somewhere does so."""
    from whygate.policies import held

    mark, word, tone = marks.of_statement(report.outcome, report.effect, report.near)
    lines: list[Line] = [((part, "strong"),) for part in wrapped(named(report), width)]
    said = f"{mark} {report.reason or word}" if report.outcome != "no-match" else f"{mark} {word}: {report.reason}"
    lines += [((part, tone),) for part in wrapped(said, width)]
    try:
        policy = held(snapshot, report.policy_key).policy
    except UserError:
        return lines
    if report.index >= len(policy.statements):
        return lines
    text = policy.text
    span = text.lines_of(policy.place(policy.statements[report.index]))
    if span is None:
        return lines
    failed = text.lines_of(tuple(report.place)) if report.failed and report.outcome != "match" else None
    sign = ("✗", "bad") if report.outcome == "no-match" else ("?", "maybe")
    return [*lines, (), *document_lines(text, span, width, {failed[0]: sign} if failed is not None else {}, links)]
