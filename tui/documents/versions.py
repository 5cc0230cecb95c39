"""Two versions of a document beside one another: which lines are in one of them only, equal stretches folded. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import msgspec

from tui.documents.folding import inner_key
from tui.documents.paper import ADDED, CLOSED, OPEN, REMOVED, PaperRow, opener, parts
from whygate.text import count

_AROUND = 3  # equal lines that stay in view on either side of a difference
_KEY = "equal"


class Stretch(msgspec.Struct, frozen=True):
    """Lines that follow one another and are in both documents, in `old` only or in `new` only: `[first, last)` of each, from 0."""

    kind: str
    old: tuple[int, int]
    new: tuple[int, int]


class Comparison(msgspec.Struct, frozen=True):
    """The lines of both documents, and the stretches in their order."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    stretches: tuple[Stretch, ...]

    @property
    def added(self) -> int:
        return sum(each.new[1] - each.new[0] for each in self.stretches if each.kind == ADDED)

    @property
    def removed(self) -> int:
        return sum(each.old[1] - each.old[0] for each in self.stretches if each.kind == REMOVED)


def compare(old: Sequence[str], new: Sequence[str]) -> Comparison:
    """What is in `new` and not in `old`, and the other way round. What both begin and end with alike is not searched."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    inner = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [Stretch("", (0, head), (0, head))]
    for tag, i, j, k, m in difflib.SequenceMatcher(None, *inner).get_opcodes():
        before, after = (head + i, head + j), (head + k, head + m)
        if tag == "equal":
            found.append(Stretch("", before, after))
            continue
        if i < j:
            found.append(Stretch(REMOVED, before, (after[0], after[0])))
        if k < m:
            found.append(Stretch(ADDED, (before[1], before[1]), after))
    found.append(Stretch("", (len(old) - tail, len(old)), (len(new) - tail, len(new))))
    return Comparison(tuple(old), tuple(new), tuple(each for each in found if each.old[0] < each.old[1] or each.new[0] < each.new[1]))


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    """How many items both begin with."""
    shorter = min(len(first), len(second))
    return next((at for at in range(shorter) if first[at] != second[at]), shorter)


def comparison_rows(comparison: Comparison, opened: frozenset[str], width: int) -> list[PaperRow]:
    """The rows for lines of `width` cells. A line has the number that it has in its own version; one that is in both has the new."""
    rows: list[PaperRow] = []
    for number, each in enumerate(comparison.stretches):
        if each.kind:
            first, last = each.old if each.kind == REMOVED else each.new
            lines = comparison.old if each.kind == REMOVED else comparison.new
            tone = "bad" if each.kind == REMOVED else "good"
            for line in range(first, last):
                rows += _document(lines[line], line, width, each.kind, tone)
            continue
        before = _AROUND if number else 0
        after = _AROUND if number < len(comparison.stretches) - 1 else 0
        rows += _equal(comparison.new, each, before, after, opened, width)
    return rows


def _equal(lines: Sequence[str], each: Stretch, before: int, after: int, opened: frozenset[str], width: int) -> list[PaperRow]:
    first, last = each.new
    start, end = first + before, last - after
    key = inner_key(_KEY, str(first))
    hidden = end - start
    if hidden < 2:
        start = end = last
    rows = [row for line in range(first, min(start, last)) for row in _document(lines[line], line, width)]
    if start < end:
        is_open = key in opened
        said = f"{count(hidden, 'line')} in both"
        fold = OPEN if is_open else CLOSED
        rows.append(PaperRow(pieces=(*opener(2, fold), (said, "dim")), fold=fold, name=key, opens=key))
        if is_open:
            rows += [row for line in range(start, end) for row in _document(lines[line], line, width)]
    return rows + [row for line in range(end, last) for row in _document(lines[line], line, width)]


def _document(text: str, line: int, width: int, mark: str = "", tone: str = "") -> list[PaperRow]:
    return [
        PaperRow(text, line + 1, part, mark, tone, name=f"{mark}{line + 1}.{part}" if mark == REMOVED else "")
        for part in range(parts(text, width))
    ]


def differences(rows: Sequence[PaperRow]) -> list[int]:
    """The first row of each run of rows that are in one version only."""
    return [at for at, row in enumerate(rows) if row.mark and (at == 0 or not rows[at - 1].mark)]
