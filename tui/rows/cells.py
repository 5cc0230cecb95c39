"""What a list shows, as values: pieces of text with their tones, cells, columns, and the rows with how to make their cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tui.location import Target

Piece = tuple[str, str] | tuple[str, str, Target]
"""(text, tone), or (text, tone, target) for a text that leads somewhere."""

Line = tuple[Piece, ...]
"""Pieces in a row."""

Cell = str | Line
"""A text, or pieces in a row."""


def text_of(cell: Cell) -> str:
    """The text of a cell without its tones."""
    return cell if isinstance(cell, str) else "".join(piece[0] for piece in cell)


class Column(msgspec.Struct, frozen=True):
    """A column of `width` cells, or of an equal share of what is left over where `width` is 0; to a first one wide ones give way."""

    title: str = ""
    width: int = 0


class Rows(msgspec.Struct, frozen=True):
    """What a table shows: `values` in order, `cells` that makes a row's cells when the row is drawn, whether the cursor may stop on
    a row, and where Enter leads from it (`target`: for jump mode, which has no other way to know).
    """

    values: Sequence[Any] = ()
    columns: tuple[Column, ...] = (Column(),)
    cells: Callable[[Any], Sequence[Cell]] = lambda value: (str(value),)
    stops: Callable[[Any], bool] | None = None
    target: Callable[[Any], Target | None] | None = None
