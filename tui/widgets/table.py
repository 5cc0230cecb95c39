"""The list of the explorer: rows of values drawn a line at a time, with a row cursor and pages. It holds no object a row, so
a hundred thousand rows cost what twenty cost. What the rows mean, and in which order they stand, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as VisualStyle

from tui.actions import TABLE, bindings
from tui.location import Target
from tui.plain import fit, width_of
from tui.rows.cells import Cell, Rows
from tui.widgets.jump import Spot, lettered
from tui.widgets.pointing import CLOSES, OPENS, links

# As styles of Content, in the theme's words. Component classes would say the same and be laid out anew, a dozen a table, at every change.
TONES = {
    "head": "bold",
    "strong": "bold",
    "dim": "$text-muted",
    "good": "$text-success",
    "bad": "$text-error",
    "maybe": "$text-warning",
    "key": "$text-primary",
    "string": "$foreground",
    "number": "$text-accent",
    "link": "underline $foreground",
    "cursor": "$block-cursor-text-style $block-cursor-foreground on $block-cursor-background",
    "jump": "bold $screen-selection-foreground on $screen-selection-background",
}


LEAST = 16  # cells that a first column without a width of its own gets where wide ones beside it can give way


class Table(ScrollView, can_focus=True):
    """A list with a cursor. Posts `Entered`, `Opened`, `Closed` and `Moved`; never reaches up."""

    DEFAULT_CSS = """
    Table { height: 1fr; width: 1fr; scrollbar-size: 0 0; overflow: hidden; }
    """
    BINDINGS = bindings(TABLE)

    class RowMessage(Message):
        """Something happened at a row. The messages below are siblings, because a handler also gets subclasses."""

        def __init__(self, table: Table, value: Any) -> None:
            super().__init__()
            self.table, self.value = table, value

        @property
        def control(self) -> Table:
            return self.table

    class Entered(RowMessage):
        """Enter, or a click on the row under the cursor, where its text leads nowhere itself."""

    class Opened(RowMessage):
        """The right arrow, or a click on the mark."""

    class Closed(RowMessage):
        """The left arrow, or a click on the mark."""

    class Followed(Message):
        """A click on a text that leads somewhere."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    class Moved(RowMessage):
        """The cursor is on another row, or the view shows other rows."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Table.Moved) and message.table is self.table

    def __init__(self, *, id: str | None = None) -> None:
        self._styles: dict[str, Style] = {}
        super().__init__(id=id)
        self._rows = Rows()
        self._shown: Sequence[int] = range(0)
        self._cursor = 0
        self._top_wanted: int | None = None
        self._laid_out_for = Size(0, 0)
        self._stood = 0  # the first row in view after the last step, whatever sizes came since
        self._letters: dict[int, list[tuple[int, str]]] = {}

    # What is shown

    def show(self, rows: Rows, *, only: Sequence[int] | None = None, cursor: int = 0, top: int | None = None) -> None:
        """Swap the model. `only` are the indices of the rows that a filter left; `cursor` and `top` count what is left."""
        self._rows = rows
        self._shown = range(len(rows.values)) if only is None else only
        self.virtual_size = Size(self.size.width, len(self._shown) + self._head)
        self._cursor = self._stop_near(min(max(cursor, 0), max(len(self._shown) - 1, 0)), 1)
        self._top_wanted = top
        self._settle()
        self._stood = self.top
        self.refresh()
        self.post_message(self.Moved(self, self.value))

    @property
    def rows(self) -> Rows:
        """The model."""
        return self._rows

    @property
    def cursor(self) -> int:
        """The position of the cursor among the rows shown."""
        return self._cursor

    @property
    def top(self) -> int:
        """The first row in view."""
        return self.scroll_offset.y

    @property
    def value(self) -> Any:
        """The row under the cursor, or None in an empty list."""
        return self._rows.values[self._shown[self._cursor]] if self._cursor < len(self._shown) else None

    @property
    def shown(self) -> Sequence[int]:
        """The indices of the rows that a filter left."""
        return self._shown

    @property
    def count(self) -> int:
        return len(self._shown)

    @property
    def span(self) -> tuple[int, int, int]:
        """First and last row in view, from 1, and how many there are."""
        height = self._height if self.size.height else self.count  # before it is laid out nobody knows
        return self.top + 1, min(self.top + height, self.count), self.count

    def move_to(self, position: int) -> None:
        """Put the cursor on a row shown; scrolls by most of a page where the row is out of view."""
        before = self._cursor
        wanted = min(max(position, 0), max(self.count - 1, 0))
        self._cursor = self._stop_near(wanted, 1 if wanted >= before else -1)
        if self._cursor == before:
            if wanted != before:
                self._reveal_edge(wanted)
            return
        if not self._reveal():
            for row in (before, self._cursor):
                self.refresh(Region(0, row - self.top + self._head, self.size.width, 1))
        self._stood = self.top
        self.post_message(self.Moved(self, self.value))

    @property
    def _head(self) -> int:
        return 1 if any(column.title for column in self._rows.columns) else 0

    @property
    def _height(self) -> int:
        return max(self.size.height - self._head, 1)

    def _stop_near(self, position: int, step: int) -> int:
        stops = self._rows.stops
        if stops is None or not self.count:
            return position
        for direction in (step, -step):
            at = position
            while 0 <= at < self.count:
                if stops(self._rows.values[self._shown[at]]):
                    return at
                at += direction
        return position

    def _reveal(self) -> bool:
        """Scroll so that the cursor is in view; True where the view moved. A third of the old page stays as context."""
        height, top = self._height, self.top
        if not self.size.height or top <= self._cursor < top + height:
            return False
        target = self._cursor - height // 3 if self._cursor >= top + height else self._cursor - height * 2 // 3
        if abs(self._cursor - top) > 2 * height:
            target = self._cursor - height // 2
        return self._scroll(target)

    def _reveal_edge(self, wanted: int) -> None:
        # Rows on which the cursor cannot stop, above the first stop or below the last, still have to come into view.
        if wanted < self.top or wanted >= self.top + self._height:
            self._scroll(wanted - (0 if wanted < self.top else self._height - 1))

    def _scroll(self, top: int) -> bool:
        before = self.top
        # Forced, because a list that was short a moment ago has no scrollbar yet, and without one Textual refuses.
        self.scroll_to(y=min(max(top, 0), max(self.count - self._height, 0)), animate=False, force=True)
        return self.top != before

    def _settle(self) -> None:
        """Bring the view into line with a new model or a new size."""
        if not self.size.height:
            return
        self._scroll(self._top_wanted if self._top_wanted is not None else 0)
        self._top_wanted = None
        self._reveal()

    def on_resize(self) -> None:
        if self.size == self._laid_out_for:  # Textual also says so when a widget is merely shown again
            return
        self._laid_out_for = self.size
        self.virtual_size = Size(self.size.width, self.count + self._head)
        first = self._top_wanted is not None
        if not first:
            self._top_wanted = self._stood
        self._settle()
        if first:
            self._stood = self.top
        self.refresh()
        self.post_message(self.Moved(self, self.value))

    # Jumping

    def spots(self) -> list[Spot]:
        """Where the rows in view lead, each at its row (in view, from 0) and cell column."""
        found = []
        for y in range(min(self._height, self.count - self.top)):
            value = self._rows.values[self._shown[self.top + y]]
            named = [Spot(y, link.first, link.target) for link in links(self._rows.cells(value), self._widths())]
            own = self._rows.target(value) if self._rows.target is not None else None
            if own is not None and all(spot.target[0] != own[0] for spot in named):
                found.append(Spot(y, 0, own))
            found.extend(named)
        return found

    def letter(self, letters: Sequence[tuple[Spot, str]]) -> None:
        """Draw these letters over the spots; an empty sequence takes them away."""
        self._letters = {}
        for spot, text in letters:
            self._letters.setdefault(spot.row, []).append((spot.column, text))
        self.refresh()

    # Keys and the mouse

    def action_down(self) -> None:
        self.move_to(self._cursor + 1)

    def action_up(self) -> None:
        self.move_to(self._cursor - 1)

    def action_page_down(self) -> None:
        self.move_to(self._cursor + max(self._height - 2, 1))

    def action_page_up(self) -> None:
        self.move_to(self._cursor - max(self._height - 2, 1))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.count - 1)

    def action_enter(self) -> None:
        if self.count:
            self.post_message(self.Entered(self, self.value))

    def action_open(self) -> None:
        if self.count:
            self.post_message(self.Opened(self, self.value))

    def action_close(self) -> None:
        self.post_message(self.Closed(self, self.value))

    def on_click(self, event: events.Click) -> None:
        position = event.y - self._head + self.top
        if event.y < self._head or position >= self.count:
            return
        event.stop()
        was_here, mark = position == self._cursor, self._row_strip(event.y).crop(event.x, event.x + 1).text
        self.move_to(position)
        if position != self._cursor:
            return
        if mark == OPENS:
            self.action_open()
        elif mark == CLOSES:
            self.action_close()
        elif was_here and not self.follow(event.x, position):
            self.action_enter()

    def follow(self, column: int, position: int) -> bool:
        """Go where the text at a column of a row shown leads; False where it leads nowhere."""
        cells = self._rows.cells(self._rows.values[self._shown[position]])
        target = next((link.target for link in links(cells, self._widths()) if link.first <= column < link.end), None)
        if target is not None:
            self.post_message(self.Followed(target))
        return target is not None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self.move_to(self._cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self.move_to(self._cursor - 3)

    # Drawing

    def _widths(self) -> list[int]:
        fixed = [column.width for column in self._rows.columns]
        loose = fixed.count(0)
        room = max(self.size.width - 2 - sum(fixed) - 2 * (len(fixed) - 1), 0)
        while fixed[:1] == [0] and room < loose * LEAST and max(fixed) > LEAST:  # names before what is beside them
            fixed[fixed.index(max(fixed))] -= 1
            room += 1
        shares = [room // loose + (number < room % loose) for number in range(loose)]
        return [width or shares.pop(0) for width in fixed]

    def style_of(self, tone: str) -> Style:
        """How text of a tone is drawn in this table."""
        if tone not in self._styles:
            told = VisualStyle.parse(TONES[tone], self.app.theme_variables) if tone else VisualStyle()
            self._styles[tone] = (self.visual_style + told).rich_style
        return self._styles[tone]

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        strip = self._row_strip(y)
        letters = self._letters.get(y - self._head)
        return lettered(strip, letters, self.style_of("jump")) if letters else strip

    def _row_strip(self, y: int) -> Strip:
        width = self.size.width
        head = self._head
        if y < head:
            titles = tuple(column.title for column in self._rows.columns)
            return self._strip("  ", titles, self.style_of("head"))
        position = y - head + self.top
        if position >= self.count:
            return Strip.blank(width, self.style_of(""))
        cells = self._rows.cells(self._rows.values[self._shown[position]])
        if position == self._cursor:
            return self._strip("▸ ", cells, self.style_of("cursor"))
        return self._strip("  ", cells, None)

    def _strip(self, mark: str, cells: Sequence[Cell], style: Style | None) -> Strip:
        """A line of cells. With `style` the whole line has it: fewer bytes, and the cursor is seen at once."""
        pieces: list[tuple[str, str]] = [(mark, "")]
        for cell, width in zip(cells, self._widths(), strict=False):
            if isinstance(cell, str):
                pieces.append((fit(cell, width) + "  ", ""))
                continue
            left = width
            for piece in cell:
                part = fit(piece[0], min(width_of(piece[0]), left))
                left -= width_of(part)
                pieces.append((part, piece[1]))
                if left <= 0:
                    break
            pieces.append((" " * max(left, 0) + "  ", ""))
        if style is not None:
            segments = [Segment("".join(text for text, _ in pieces), style)]
        else:
            segments = [Segment(text, self.style_of(tone)) for text, tone in _run_together(pieces)]
        return Strip(segments).adjust_cell_length(self.size.width, style or self.style_of(""))


def _run_together(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours of one tone as one piece: each change of tone costs some twenty bytes on the line."""
    together: list[tuple[str, str]] = []
    for text, tone in pieces:
        if together and (together[-1][1] == tone or (not text.strip() and together[-1][1] != "link")):  # a line under blanks shows
            together[-1] = (together[-1][0] + text, together[-1][1])
        else:
            together.append((text, tone))
    return together
