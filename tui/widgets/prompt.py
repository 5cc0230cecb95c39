"""The `:` line on the screen: an input over the lower edge, the completions above it, and the lines that were typed before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui import actions
from tui.rows.cells import Rows
from tui.widgets.entry import Entry
from tui.widgets.table import Table

SHOWN = 6


class Prompt(Widget):
    """Shown by `begin`, until it is left or a line is taken: it posts `Typed` and `Left`, and does nothing of what a line says."""

    DEFAULT_CSS = """
    Prompt { layer: over; dock: bottom; height: auto; margin-bottom: 1; background: $surface; display: none; }
    Prompt Table { height: auto; max-height: 6; background: $surface; padding-left: 1; }
    Prompt Input { height: 1; border: none; padding: 0 1; background: $surface; }
    """
    BINDINGS = actions.bindings("prompt")

    class Typed(Message):
        """A line was taken."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Left(Message):
        """Nobody wants a line any more."""

    class Edited(Message):
        """The line is another one."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, complete: Callable[[str], Sequence[str]], history: Callable[[], Sequence[str]]) -> None:
        super().__init__(id="prompt")
        self._complete = complete
        self._history = history
        self._found: Sequence[str] = ()
        self._back = 0  # lines back in the history; 0 is what is being typed
        self._draft = ""
        self._last = ""  # the line before the change that comes
        self._chosen = False

    def compose(self) -> ComposeResult:
        yield Table(id="completions")
        entry = Entry(id="line", compact=True, select_on_focus=False)
        entry.cursor_blink = False
        yield entry

    def on_mount(self) -> None:
        self._table.can_focus = False

    @property
    def _entry(self) -> Input:
        return self.query_one("#line", Input)

    @property
    def _table(self) -> Table:
        return self.query_one("#completions", Table)

    @property
    def line(self) -> str:
        """What is typed, without the colon in front of it."""
        return self._entry.value.removeprefix(":")

    def begin(self, line: str = "") -> None:
        self.display = True
        self._back, self._draft, self._last = 0, "", line
        self._put(line)
        self.screen.set_focus(self._entry)

    def _put(self, line: str) -> None:
        """Replace the line; the completions follow by themselves."""
        self._entry.value = f":{line}"
        self._entry.cursor_position = len(self._entry.value)

    def end(self) -> None:
        self.display = False
        self._found = ()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.display:
            return
        if not event.value.startswith(":"):
            if self._last:  # more was wiped than the colon: what is typed next is still meant for the line
                self._put(event.value)
            else:  # backspace over the colon, as in vi
                self.action_out()
            return
        self._last = self.line
        self._chosen = False
        found = self._complete(self.line)
        self._found = () if list(found) == [self.line] else found
        self._table.display = bool(self._found)
        self._table.styles.height = min(len(self._found), SHOWN)
        self._table.show(Rows(self._found, cells=lambda each: (each,)))
        self.post_message(self.Edited(self.line))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._chosen and self._take():
            return
        self.post_message(self.Typed(self.line))

    @on(Table.Entered)
    def _clicked(self, message: Table.Entered) -> None:
        message.stop()
        self._take()

    def _take(self) -> bool:
        """Put the marked completion on the line; False where it is there already."""
        value = self._table.value if self._found else None
        if value is None or value == self.line:
            return False
        self._put(value)
        return True

    def action_complete(self) -> None:
        self._take()

    def action_next(self) -> None:
        if self._back:
            self._recall(self._back - 1)
        elif self._found:
            self._chosen = True
            self._table.action_down()

    def action_previous(self) -> None:
        if self._chosen and self._table.cursor > 0:
            self._table.action_up()
        else:
            self._recall(self._back + 1)

    def _recall(self, back: int) -> None:
        history = self._history()
        if back > len(history):
            return
        if not self._back:
            self._draft = self.line
        self._back = back
        self._put(history[-back] if back else self._draft)

    def action_out(self) -> None:
        self.post_message(self.Left())
