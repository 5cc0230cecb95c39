"""What an Action or NotAction element stands for, as rows under its line: services that open, access levels, names in columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.documents.folding import inner_key
from tui.documents.paper import CLOSED, OPEN, PaperRow, opener
from tui.plain import wrapped
from tui.rows.cells import Piece
from whygate.expansion import Covered, Expansion, by_level

_INDENT = 2
_GAP = 2
_NAME_WIDTH = 32
_FEW = 3  # as many services stand open at once


def waiting(key: str, statement: int, indent: int) -> list[PaperRow]:
    """The row that stands there until an expansion is made."""
    pieces: tuple[Piece, ...] = (*opener(indent, OPEN), ("reading the reference …", "dim"))
    return [PaperRow(pieces=pieces, name=key, fold=OPEN, statement=statement, opens=key, within=key)]


def expanded(
    key: str, expansion: Expansion, opened: frozenset[str], statement: int, indent: int, width: int, *, lead: str = ""
) -> list[PaperRow]:
    """The rows of `expansion` for lines of `width` cells, after a first word or two (`lead`). `key` closes it all; a service whose key is
    in `opened` was opened by hand, or closed where it stood open by itself."""
    return list(_Rows(key, opened, statement, width).of(expansion, indent, lead))


class _Rows:
    def __init__(self, key: str, opened: frozenset[str], statement: int, width: int) -> None:
        self._key, self._opened, self._statement, self._width = key, opened, statement, width
        self._number = 0
        self._within = key

    def of(self, expansion: Expansion, indent: int, lead: str) -> Iterator[PaperRow]:
        inner = indent + _INDENT
        for number, part in enumerate(wrapped(lead + expansion.sentence, self._width - indent)):
            fold, opens = ("", "") if number else (OPEN, self._key)
            yield self._row((*opener(indent, fold), (part, "strong")), fold, opens)
        for gap in expansion.gaps:
            for part in wrapped(f"? {gap}", self._width - inner):
                yield self._row(((" " * inner, ""), (part, "maybe")))
        if not expansion.negated and len(expansion.named) == 1:  # the sentence says which
            yield from self._levels(expansion.named[0], inner)
            return
        if expansion.negated and expansion.named:
            yield self._row(((" " * inner, ""), ("not these:", "dim")))
        yield from self._services(expansion.named, inner, "")
        if expansion.negated and expansion.rest:
            yield self._row(((" " * inner, ""), ("but these:", "dim")))
            yield from self._services(expansion.rest, inner, "rest ")

    def _services(self, services: Sequence[Covered], indent: int, prefix: str) -> Iterator[PaperRow]:
        longest = min(max((len(each.service) for each in services), default=0), _NAME_WIDTH)
        for each in services:
            key = inner_key(self._key, f"{prefix}{each.service}")
            is_open = (key in self._opened) is not (len(services) <= _FEW)  # few stand open until somebody closes them
            fold = OPEN if is_open else CLOSED
            name = (each.service.ljust(longest), "key")
            yield self._row((*opener(indent, fold), name, (f"  {each.extent}", "dim")), fold, key)
            if is_open:
                self._within = key
                yield from self._levels(each, indent + _INDENT)
                self._within = self._key

    def _levels(self, covered: Covered, indent: int) -> Iterator[PaperRow]:
        for level, actions in by_level(covered.actions):
            yield self._row(((" " * indent, ""), (f"{level} ({len(actions):,})", "")))
            names = [action.partition(":")[2] for action in actions]
            room = self._width - indent - _INDENT
            for row in columns(names, room):
                for part in wrapped(row, room) if len(row) > room else (row,):
                    yield self._row(((" " * (indent + _INDENT), ""), (part, "dim")))

    def _row(self, pieces: tuple[Piece, ...], fold: str = "", opens: str = "") -> PaperRow:
        self._number += 1
        name = opens or f"{self._key} {self._number}"
        return PaperRow(pieces=pieces, fold=fold, statement=self._statement, name=name, opens=opens, within=self._within)


def columns(names: Sequence[str], width: int) -> list[str]:
    """Names in as many columns as `width` takes, read down and then across, as `ls` writes them."""
    if not names:
        return []
    wide = max(map(len, names)) + _GAP
    across = max((width + _GAP) // wide, 1)
    down = -(-len(names) // across)
    return ["".join(name.ljust(wide) for name in names[row::down]).rstrip() for row in range(down)]
