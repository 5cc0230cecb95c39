"""What stands beside a list on a wide screen: lines about the row under the cursor. It has no cursor of its own, and paints only the
lines that are others than before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.plain import width_of
from tui.rows.cells import Line, Rows
from tui.widgets.table import Table

WIDE = 120  # cells from which on a list leaves room for it
MARGIN = 2
LIST_LEAST = 70


def list_width(width: int) -> int:
    """The cells that the list has on a screen of `width`, where there is a panel beside it from `WIDE` on."""
    return width if width < WIDE else max(LIST_LEAST, width * 54 // 100)


class Panel(Table, can_focus=False):
    """A list that is only read: pieces that lead somewhere do so for jump mode, and when they are clicked."""

    DEFAULT_CSS = "Panel { height: 1fr; padding: 0 1 0 0; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()

    def lay(self, lines: Sequence[Line]) -> None:
        """Show these lines; those that are there already cost nothing."""
        before, self._lines = self._lines, lines
        if before == lines:
            return
        self._rows = Rows(lines, cells=lambda line: (line,))
        self._shown = range(len(lines))
        self.virtual_size = Size(self.size.width, len(lines))
        if self.top:
            self._scroll(0)
            self.refresh()
            return
        for y, (old, new) in enumerate(zip_longest(before, lines, fillvalue=())):
            if old != new and y < self.size.height:
                self.refresh(Region(0, y, min(max(_width(old), _width(new)) + MARGIN, self.size.width), 1))

    @property
    def text(self) -> str:
        """The lines without their tones."""
        return "\n".join("".join(piece[0] for piece in line) for line in self._lines)

    def _row_strip(self, y: int) -> Strip:
        position = y + self.top
        if position >= self.count:
            return Strip.blank(self.size.width, self.style_of(""))
        return self._strip(" " * MARGIN, (self._lines[position],), None)

    def on_resize(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y + self.top < self.count:
            self.follow(event.x, event.y + self.top)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._turn(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._turn(event, -3)

    def _turn(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        if self._scroll(self.top + rows):
            self.refresh()


def _width(line: Line) -> int:
    return sum(width_of(piece[0]) for piece in line)
