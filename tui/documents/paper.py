"""A policy document as rows: line numbers, folds, and each statement's mark and reason under a question, each finding beside its lines.

Rows are cheap and say which line they show; colours and links are made when a row is drawn. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.documents.folding import statement_key
from tui.documents.json_tokens import folded, tokens
from tui.location import Target
from tui.plain import width_of, wrapped
from tui.rows import marks
from tui.rows.cells import Piece
from whygate.text import count, visible

if TYPE_CHECKING:
    from tui.documents.links import Links
    from whygate.explain import StatementReport
    from whygate.grammar import Finding
    from whygate.policy import Policy, Statement

NUMBER_WIDTH = 4
MARGIN = NUMBER_WIDTH + 5  # the cursor, the number, the mark, the fold and their blanks
NOTE_WIDTH = 44
NOTE_WIDEST = 72
GAP = 3
WIDE = 110
FINDING = "!"
CHANGES = ADDED, REMOVED = "+", "-"
OPEN, CLOSED = "▾", "▹"
_KEPT = 64


class PaperRow(msgspec.Struct, frozen=True):
    """One row: a line of the document (`text`, and `part`, which of the rows it takes), or `pieces` that are none.

    `number` is the line's, from 1; `name` tells rows apart that have none, or that share one; `statement` is the index of the statement
    that the row belongs to; `opens` is the key under which the row opens and closes, `within` the one under which it was opened;
    `target` is where Enter leads; `note` stands in the margin.
    """

    text: str = ""
    number: int | None = None
    part: int = 0
    mark: str = ""
    tone: str = ""
    fold: str = ""
    statement: int | None = None
    note: tuple[str, str] = ("", "")
    pieces: tuple[Piece, ...] = ()
    name: str = ""
    opens: str = ""
    within: str = ""
    target: Target | None = None

    @property
    def stops(self) -> bool:
        """Whether the cursor may stop here: not on what merely goes on from the row above."""
        return (self.number is not None and not self.part) or bool(self.opens or self.within) or self.target is not None


class View(msgspec.Struct, frozen=True):
    """How a document is looked at: what is known of its statements under a question, what is suspicious, which statements are folded
    to a line, which a filter leaves out, and what stands open under a line (by the line's number from 0)."""

    reports: Mapping[int, StatementReport] = {}
    findings: Sequence[Finding] = ()
    folded: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()
    inserted: Mapping[int, Sequence[PaperRow]] = {}


class Room(msgspec.Struct, frozen=True):
    """Cells for a line of the document, and for a note: beside it where `beside`, else under it."""

    line: int
    note: int
    beside: bool


def room_for(policy: Policy, view: View, width: int) -> Room:
    """From WIDE cells on notes stand in the right margin, below that on rows of their own."""
    room = width - MARGIN
    if width < WIDE or not (view.reports or view.findings):
        return Room(room, room, False)
    longest = max(map(_width, policy.text.lines), default=0)
    line = min(room - NOTE_WIDTH - GAP, longest)
    return Room(line, min(room - line - GAP, NOTE_WIDEST), True)


def paper(policy: Policy, view: View, width: int) -> list[PaperRow]:
    """The rows of a document for a table of `width` cells."""
    return list(_Layout(policy, view, room_for(policy, view, width)).rows())


class _Layout:
    def __init__(self, policy: Policy, view: View, room: Room) -> None:
        self._policy, self._view, self._room = policy, view, room
        self._lines = policy.text.lines
        self._spans = _spans(policy)
        self._findings = placed(policy, view.findings)
        self._failing = _failing_lines(policy, view.reports)
        self._waiting: list[tuple[str, str]] = []

    def rows(self) -> Iterator[PaperRow]:
        line = 0
        last = -1
        statement: Statement | None = None
        while line < len(self._lines):
            span = self._spans.get(line)
            if span is not None:
                statement, last = span
                if statement.index in self._view.folded or statement.index in self._view.left_out:
                    yield self._folded(statement, line, last)
                    line = last + 1
                    continue
            yield from self._line(line, statement if line <= last else None, begins=span is not None)
            line += 1
        for number, note in enumerate(self._waiting):
            yield PaperRow(name=f"note {number}", note=note)

    def _line(self, line: int, statement: Statement | None, *, begins: bool) -> Iterator[PaperRow]:
        index = statement.index if statement is not None else None
        report = self._view.reports.get(index) if index is not None else None
        mark, tone, notes = "", "", []
        room = self._room.note - (0 if self._room.beside else _indent(self._lines[line]) + 2)
        if statement is not None and begins and report is not None:
            mark, word, tone = marks.of_statement(report.outcome, report.effect, report.near)
            reason = f"{word}: {report.reason}" if report.reason else word
            notes += [(part, tone) for part in wrapped(f"{statement.index + 1} {reason}", room)]
        elif line in self._failing:
            mark, tone = "✗", marks.of_statement(report.outcome, report.effect, report.near)[2] if report is not None else ""
        for finding in self._findings.get(line, ()):
            shade = tone_of(finding)
            notes += [(part, shade) for part in wrapped(f"{FINDING} {finding.text}", room)]
            mark, tone = (mark, tone) if mark else (FINDING, shade)
        fold = OPEN if begins else ""
        opens = statement_key(statement.index) if statement is not None and begins else ""
        yield from self._document(line, mark, tone, fold, index, notes, opens)
        yield from self._view.inserted.get(line, ())

    def _document(
        self, line: int, mark: str, tone: str, fold: str, index: int | None, notes: list[tuple[str, str]], opens: str
    ) -> Iterator[PaperRow]:
        text = self._lines[line]
        if self._room.beside:
            self._waiting += notes
        for part in range(parts(text, self._room.line)):
            note = self._waiting.pop(0) if self._waiting else ("", "")
            if part:
                yield PaperRow(text, line + 1, part, statement=index, note=note)
            else:
                yield PaperRow(text, line + 1, 0, mark, tone, fold, index, note, opens=opens)
        if not self._room.beside:
            blanks = " " * (_indent(text) + 2)
            for number, (said, shade) in enumerate(notes):
                yield PaperRow(pieces=((blanks, ""), (said, shade)), statement=index, name=f"{line + 1} note {number}")

    def _folded(self, statement: Statement, line: int, last: int) -> PaperRow:
        left_out = statement.index in self._view.left_out
        report = None if left_out else self._view.reports.get(statement.index)
        suspicious = [] if left_out else [each for at in range(line, last + 1) for each in self._findings.get(at, ())]
        name = f"{statement.index + 1} {statement.sid}".rstrip()
        said = [("dim", "left out"), ("dim", statement.summary())] if left_out else [("", statement.summary())]
        mark, tone, note = "", "", ("", "")
        if suspicious:
            mark, tone = FINDING, tone_of(suspicious[0])
            said.insert(0, (tone, count(len(suspicious), "finding")))
        if report is not None:
            mark, word, tone = marks.of_statement(report.outcome, report.effect, report.near)
            if self._room.beside:
                note = (f"{statement.index + 1} {word}: {report.reason}", tone)
            else:
                said.insert(0, (tone, word))
        pieces: list[Piece] = [(f"{' ' * _indent(self._lines[line])}{{…}} {name}", "dim" if left_out else "strong")]
        for shade, text in said:
            pieces += [(" · ", "dim"), (text, shade)]
        key = statement_key(statement.index)
        return PaperRow(
            number=line + 1, mark=mark, tone=tone, fold=CLOSED, statement=statement.index, note=note, pieces=tuple(pieces), opens=key
        )


def opener(indent: int, fold: str) -> tuple[Piece, ...]:
    """The blanks before the text of a row that is no line of the document, with the sign that it opens or closes right before it."""
    return ((" " * (indent - 2), ""), (f"{fold or ' '} ", "dim"))


def cells_of(links: Links, room: Room) -> Callable[[PaperRow], tuple[tuple[Piece, ...]]]:
    """What makes the one cell of a row: number, mark, fold, text, note."""

    kept: dict[str, list[tuple[Piece, ...]]] = {}  # a line of many rows is taken apart once, not for each of them

    def document(row: PaperRow) -> tuple[Piece, ...]:
        if not row.part and _fits(row.text, room.line):
            return links.pieces(tokens(row.text))
        if row.text not in kept:
            while len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[row.text] = folded(links.pieces(tokens(row.text)), room.line, _indent(row.text) + 4)
        return kept[row.text][row.part]

    def cells(row: PaperRow) -> tuple[tuple[Piece, ...]]:
        number = f"{row.number:>{NUMBER_WIDTH}}" if row.number is not None and not row.part else " " * NUMBER_WIDTH
        fold = row.fold if row.fold and row.number is not None else " "
        head: tuple[Piece, ...] = ((f"{number} ", "dim"), (row.mark or " ", row.tone if row.mark else ""), (fold, "dim"))
        body = row.pieces or document(row)
        if row.mark in CHANGES:  # a line that is in one version only: all of it stands out
            body = tuple((piece[0], row.tone, *piece[2:]) for piece in body)
        said, tone = row.note
        if not said:
            return ((*head, *body),)
        return ((*head, *_filled(body, room.line + GAP), (said, tone)),)

    return cells


def links_of(row: PaperRow, links: Links) -> tuple[Target, ...]:
    """Where the line of a row leads, each place once."""
    found = [piece[2] for piece in (row.pieces or links.pieces(tokens(row.text))) if len(piece) == 3]
    return tuple({target[0]: target for target in found}.values())


def parts(text: str, width: int) -> int:
    """How many rows a line takes."""
    if _fits(text, width):
        return 1
    return len(folded([(visible(piece), tone) for piece, tone in tokens(text)], width, _indent(text) + 4))


def row_of_statement(rows: Sequence[PaperRow], index: int) -> int:
    """The first row of a statement, or the first row of all."""
    return next((at for at, row in enumerate(rows) if row.statement == index), 0)


def row_like(rows: Sequence[PaperRow], wanted: PaperRow) -> int | None:
    """Where the same row stands in another layout; None where it is not in it."""
    if wanted.name:
        return next((at for at, row in enumerate(rows) if row.name == wanted.name), None)
    same = (wanted.number, wanted.part)
    return next((at for at, row in enumerate(rows) if (row.number, row.part) == same and not row.name), None)


def row_of_line(rows: Sequence[PaperRow], line: int) -> int:
    """The row of a line (from 0), or the last one before it, where the line is folded away."""
    found = 0
    for at, row in enumerate(rows):
        if row.number is not None and not row.part:
            if row.number > line + 1:
                break
            found = at
    return found


def placed(policy: Policy, findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """Findings by the line that they are about: the line of the value that a finding names, where it names one of several."""
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        first, last = policy.text.lines_of(finding.path) or (0, 0)
        line = first
        if finding.path and last - first > 1:
            line = next((at for at in range(first, last + 1) if _names(finding.text, policy.text.lines[at])), first)
        found.setdefault(line, []).append(finding)
    return found


def tone_of(finding: Finding) -> str:
    return "bad" if finding.severity == "malformed" else "maybe"


def _names(text: str, line: str) -> bool:
    value = line.strip().rstrip(",").strip('"')
    return len(value) > 2 and value in text.split(" ")


def _fits(text: str, width: int) -> bool:
    return len(text) <= width and text.isascii() and text.isprintable()


def _width(text: str) -> int:
    return len(text) if text.isascii() and text.isprintable() else width_of(text)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _filled(pieces: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """The pieces and blanks up to `width`; cut where they are longer."""
    left = width - 1
    kept: list[Piece] = []
    for piece in pieces:
        wide = _width(piece[0])
        if wide > left:
            text = piece[0][: max(left - 1, 0)] + "…"
            kept.append((text, piece[1]))
            left -= _width(text)
            break
        kept.append(piece)
        left -= wide
    return (*kept, (" " * (left + 1), ""))


def _spans(policy: Policy) -> dict[int, tuple[Statement, int]]:
    """By its first line each statement and its last line."""
    found = {}
    for statement in policy.statements:
        span = policy.text.lines_of(policy.place(statement))
        if span is not None:
            found[span[0]] = (statement, span[1])
    return found


def _failing_lines(policy: Policy, reports: Mapping[int, StatementReport]) -> set[int]:
    """The first line of each element at which a statement stopped applying."""
    lines = set()
    for report in reports.values():
        span = policy.text.lines_of(tuple(report.place)) if report.place and report.outcome == "no-match" else None
        if span is not None:
            lines.add(span[0])
    return lines
