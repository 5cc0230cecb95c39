"""What in the cells of a row can be pointed at, with a letter of jump mode or with the mouse: the pieces that lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.location import Target
from tui.plain import width_of

if TYPE_CHECKING:
    from tui.rows.cells import Cell

OPENS, CLOSES = "▹", "▾"
"""The marks of a row that can be opened, and of one that is open: a click on one turns it."""


class Link(NamedTuple):
    """Cell columns `first` to before `end` of a line lead to `target`."""

    first: int
    end: int
    target: Target


def links(cells: Sequence[Cell], widths: Sequence[int]) -> list[Link]:
    """The pieces of a row that lead somewhere and can be seen."""
    found: list[Link] = []
    start = 2  # behind the cursor's mark
    for cell, width in zip(cells, widths, strict=False):
        at = 0
        for piece in () if isinstance(cell, str) else cell:
            end = at + width_of(piece[0])
            if len(piece) == 3 and at < width:
                found.append(Link(start + at, start + min(end, width), piece[2]))
            at = end
        start += width + 2
    return found
