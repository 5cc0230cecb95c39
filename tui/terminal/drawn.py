"""What stands on the terminal by now, cell by cell, so that a frame sends only what differs. Textual composes frames and writes whole
lines of them; this stands between the two and knows no widget. It draws no hyperlinks: nothing here makes any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

# Equal cells between two that differ are sent again where that is shorter than the sequence that steps over them.
STEP = 5


class Pen(NamedTuple):
    """How a cell is drawn, as the parameters of the sequence that says so."""

    attributes: str = ""
    colour: str = "39"
    ground: str = "49"


PLAIN = Pen()
_SHOWN_ON_BLANKS = {"4", "5", "6", "7", "9", "21", "51", "52", "53"}

Cell = tuple[str, Pen]
"""What is in a cell; empty text is the second half of a wide character."""
_TEXT, _PEN = itemgetter(0), itemgetter(1)  # a screen has thousands of cells

Piece = tuple[int, int, Strip]
"""Row, column, and what begins there."""


class Drawn:
    """The screen as it was left. `forget` it where somebody else may have written on the terminal."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._rows: list[list[Cell | None]] = []

    @property
    def size(self) -> Size:
        return self._size

    def forget(self) -> None:
        """The next frame that covers a cell sends it."""
        self._rows = [[None] * self._size.width for _ in range(self._size.height)]

    def changes(self, update: CompositorUpdate, size: Size, console: Console) -> CompositorUpdate | None:
        """What of a frame is not there yet, None where all of it is. From here on it counts as written."""
        if not isinstance(update, (LayoutUpdate, ChopsUpdate)):
            self.forget()
            return update
        if size != self._size:
            self._size = size
            self.forget()
        system = console._color_system or ColorSystem.TRUECOLOR
        sent = _Sent()
        for y, x, strip in _layout(update) if isinstance(update, LayoutUpdate) else _chops(update):
            if y < len(self._rows):
                self._draw(sent, y, x, _cells(strip, system))
        return Changes(sent.text) if sent.parts else None

    def _draw(self, sent: _Sent, y: int, x: int, cells: list[Cell]) -> None:
        row = self._rows[y]
        del cells[max(len(row) - x, 0) :]
        before: Sequence[Cell | None] = row[x : x + len(cells)]
        if before == cells:
            return
        row[x : x + len(cells)] = cells
        for first, last in _runs(before, cells):
            sent.write(y, x + first, cells[first:last])


class Changes(CompositorUpdate):
    """A frame as the text that draws it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render_segments(self, console: Console) -> str:
        return self.text


class _Sent:
    """The text of a frame on its way; it begins and ends with the plain pen."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._pen = PLAIN
        self._at = (-1, -1)

    def write(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        row, column = self._at
        if row == y and column < x:
            self.parts.append(f"\x1b[{x - column}C")
        elif self._at != (y, x):
            self.parts.append(f"\x1b[{y + 1};{x + 1}H")
        self._at = (y, x + len(cells))
        for pen, group in groupby(cells, key=_PEN):
            text = "".join(map(_TEXT, group))
            # A blank has no colour of its own: the one in hand will do.
            if text.strip(" ") or pen.ground != self._pen.ground or pen.attributes or not _hidden(self._pen.attributes):
                self._take(pen)
            self.parts.append(text)

    def _take(self, pen: Pen) -> None:
        before, self._pen = self._pen, pen
        if pen == before:
            return
        if pen.attributes != before.attributes:
            wanted = ["0", pen.attributes, *(code for code in pen[1:] if code not in ("39", "49"))]
        else:
            wanted = [code for code, old in zip(pen[1:], before[1:], strict=True) if code != old]
        self.parts.append(f"\x1b[{';'.join(filter(None, wanted))}m")

    @property
    def text(self) -> str:
        return "".join([*self.parts, "" if self._pen == PLAIN else "\x1b[m"])


def _layout(update: LayoutUpdate) -> Iterator[Piece]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield y, x, strip
            x += strip.cell_length


def _chops(update: ChopsUpdate) -> Iterator[Piece]:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            # Beside the span a chop may be of a widget that lies under another.
            if strip is not None and x < last and end > first:
                yield y, x, strip


def _cells(strip: Strip, system: ColorSystem) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in strip:
        pen, blank = _pens(style, system) if style is not None else (PLAIN, PLAIN)
        if _is_simple(text):
            cells += [(each, blank if each == " " else pen) for each in text]
            continue
        for each in text:
            width = get_character_cell_size(each)
            if width:
                cells += [(each, blank if each == " " else pen), ("", pen)][:width]
            elif cells:
                cells[-1] = (cells[-1][0] + each, cells[-1][1])
    return cells


def _is_simple(text: str) -> bool:
    """Whether every character takes one cell."""
    return text.isascii() or all(get_character_cell_size(each) == 1 for each in text)


def _runs(before: Sequence[Cell | None], after: Sequence[Cell]) -> list[tuple[int, int]]:
    """What to send of cells that differ: from and to. All of it where a character's width is not one, or not known: terminals
    disagree about those, and a line that begins anew puts right what stands behind them."""
    if any(cell is None or len(cell[0]) != 1 for cell in (*before, *after)):
        return [(0, len(after))]
    runs: list[tuple[int, int]] = []
    for at in (at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new):
        if runs and at - runs[-1][1] <= STEP:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


@lru_cache(maxsize=4096)
def _pens(style: Style, system: ColorSystem) -> tuple[Pen, Pen]:
    """The pen of a style, and the pen of its blanks: all blanks on one ground are alike, unless something shows on them."""
    color, ground = style.color, style.bgcolor
    attributes = Strip.render_ansi(style.without_color, system)
    pen = Pen(
        attributes,
        ";".join(color.downgrade(system).get_ansi_codes()) if color is not None else PLAIN.colour,
        ";".join(ground.downgrade(system).get_ansi_codes(foreground=False)) if ground is not None else PLAIN.ground,
    )
    return pen, Pen("", PLAIN.colour, pen.ground) if _hidden(attributes) else pen


def _hidden(attributes: str) -> bool:
    """Whether a blank with these looks like one without."""
    return _SHOWN_ON_BLANKS.isdisjoint(attributes.split(";"))
