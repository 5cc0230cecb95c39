"""The line on which a filter is typed, with what its last word can become below it. It narrows nothing: it says what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui import actions
from tui.background.thread import in_background
from tui.filtering.filter_completion import Candidate
from tui.rows.cells import Cell, Column, Rows
from tui.widgets.entry import Entry
from tui.widgets.table import Table

SHOWN = 5
SHOWN_LOW = 3
LOW = 20
NAME_WIDTH = 42


class FilterBar(Widget):
    """Shown by `begin` until `end`. Posts `Kept` and `Walked`; leaving it with escape is for the place that it is in."""

    DEFAULT_CSS = """
    FilterBar { height: auto; width: 1fr; display: none; }
    FilterBar #filter { height: 1; width: 1fr; border: none; padding: 0 1; background: $surface; }
    FilterBar Table { display: none; margin: 0 0 0 1; background: $surface; }
    """
    BINDINGS = actions.bindings("filter")

    class Kept(Message):
        """Enter: the filter stays, the line goes."""

    class Walked(Message):
        """A row up or down in the list that is being narrowed."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, complete: Callable[[str], Sequence[Candidate]], edited: Callable[[str], None]) -> None:
        """`edited` is called within the key press, not by a message, so that the line and the rows it leaves are painted together."""
        super().__init__()
        self._edited = edited
        self._complete = complete
        self._found: Sequence[Candidate] = ()
        self._chosen = False

    def compose(self) -> ComposeResult:
        entry = Entry(id="filter", select_on_focus=False, compact=True)
        entry.cursor_blink = False
        yield entry
        yield Table(id="filter-candidates")

    def on_mount(self) -> None:
        self._table.can_focus = False
        self.watch(self._entry, "value", self._typed, init=False)
        in_background(_warm)

    @property
    def _entry(self) -> Input:
        return self.query_one("#filter", Input)

    @property
    def _table(self) -> Table:
        return self.query_one("#filter-candidates", Table)

    @property
    def text(self) -> str:
        return self._entry.value

    def begin(self, text: str, hint: str) -> None:
        """Show the line with a filter on it and give it the keys."""
        self.display = True
        with self._entry.prevent(Input.Changed):
            self._entry.value = text
        self._entry.placeholder = hint
        self._entry.cursor_position = len(text)
        self._offer(())
        self.screen.set_focus(self._entry)

    def end(self) -> None:
        self.display = False

    def _offer(self, found: Sequence[Candidate]) -> None:
        if not found and not self._found:
            return
        self._found, self._chosen = found, False
        self._table.display = bool(found)
        # As many rows whatever fits, so that the list above does not jump with each letter; names of terms are few.
        low = self.app.size.height < LOW
        self._table.styles.height = (SHOWN_LOW if low else SHOWN) if any(each.value for each in found) else len(found)
        self._table.show(Rows(found, (Column(width=NAME_WIDTH), Column()), _cells))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()

    def _typed(self, text: str) -> None:
        if self.display:
            self._offer(self._complete(text))
            self._edited(text)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not (self._chosen and self._take()):
            self.post_message(self.Kept())

    @on(Table.Entered)
    def _clicked(self, message: Table.Entered) -> None:
        message.stop()
        self._take()

    @on(Table.Moved)
    def _moved(self, message: Table.Moved) -> None:
        message.stop()

    def _take(self) -> bool:
        """Put the marked candidate on the line; False where there is none."""
        candidate = self._table.value if self._found else None
        if not isinstance(candidate, Candidate) or candidate.text == self.text:
            return False
        self._entry.value = candidate.text
        self._entry.cursor_position = len(candidate.text)
        return True

    def action_complete(self) -> None:
        self._take()

    def action_row_down(self) -> None:
        self._step(1)

    def action_row_up(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        """Among the values that a term can have, else among the rows of the list: a word that only begins like a term is a word."""
        if any(each.value for each in self._found):
            self._chosen = True
            self._table.move_to(self._table.cursor + step)
        else:
            self.post_message(self.Walked(step))


def _cells(candidate: Candidate) -> tuple[Cell, ...]:
    return candidate.shown, ((candidate.help, "dim"),)


def _warm() -> None:
    """The catalogue is there when the first term asks for it."""
    from whygate import catalogue

    catalogue.services()
