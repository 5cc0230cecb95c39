"""The statement that a row of the ladder is about, for the room beside it on a wide screen: where it stands, why, its lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import marks
from tui.json_tokens import folded, tokens
from tui.ladder import named
from tui.plain import wrapped
from whygate.errors import UserError
from whygate.text import visible

if TYPE_CHECKING:
    from whygate.explain import StatementReport
    from whygate.snapshot import Snapshot

Line = tuple[tuple[str, str], ...]

WIDE = 130  # cells from which on there is room for it
LADDER_LEAST = 84
NUMBER_WIDTH = 4


def ladder_width(width: int) -> int:
    """The cells that the ladder has on a screen of `width`."""
    return width if width < WIDE else max(LADDER_LEAST, width * 56 // 100)


def statement_lines(snapshot: Snapshot, report: StatementReport, width: int) -> list[Line]:
    """(text, tone) pieces a line: the name of the statement, what it does, and its lines in the document with the element marked at
    which it stopped applying; without lines where the document is not in the account."""
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
    lines.append(())
    printed = [visible(line) for line in text.lines[span[0] : span[1] + 1]]
    margin = min((len(line) - len(line.lstrip()) for line in printed), default=0)
    for number, line in enumerate(printed, span[0]):
        sign = (" ", "")
        if failed is not None and number == failed[0]:
            sign = ("✗", "bad") if report.outcome == "no-match" else ("?", "maybe")
        indent = len(line) - len(line.lstrip()) - margin
        for part, pieces in enumerate(folded(tokens(line[margin:]), width - NUMBER_WIDTH - 3, indent + 4)):
            label = f"{number + 1:>{NUMBER_WIDTH}} " if not part else " " * (NUMBER_WIDTH + 1)
            head = ((label, "dim"), (f"{sign[0]} ", sign[1]) if not part else ("  ", ""))
            lines.append((*head, *((piece[0], piece[1]) for piece in pieces)))
    return lines
