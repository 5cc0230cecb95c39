"""A list over the screen from which one thing is chosen, with a line to narrow it: the help, the palette, the bookmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.filtering.counting import counted
from tui.filtering.filter import matches
from tui.plain import joined, wrapped
from tui.rows.cells import Cell, Column, Rows
from tui.widgets.entry import Entry
from tui.widgets.line import Block, Line
from tui.widgets.table import Table

KEY_WIDTH = 11
WIDTH = 100
DETAIL_LINES = 2


class Choice(msgspec.Struct, frozen=True):
    """`value` is what choosing gives back; `reason` says why it cannot be chosen just now (empty: it can)."""

    text: str
    value: str
    key: str = ""
    reason: str = ""


class Chooser(ModalScreen[str]):
    """Dismissed with the value of what was chosen, or with an empty text."""

    CSS_PATH = "chooser.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", show=False),
        Binding("down", "row(1)", "down", show=False),
        Binding("up", "row(-1)", "up", show=False),
        Binding("pagedown", "page(1)", "a page down", show=False),
        Binding("pageup", "page(-1)", "a page up", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], *, empty: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._empty = empty
        self._texts = [f"{each.key} {each.text}".casefold() for each in choices]

    def compose(self) -> ComposeResult:
        yield Line(id="chooser-title")
        entry = Entry(id="chooser-filter", placeholder="type to search; enter does it, esc closes", compact=True)
        entry.cursor_blink = False
        yield entry
        yield Table(id="choices")
        yield Block(id="choice")

    def on_mount(self) -> None:
        self.query_one("#choices", Table).can_focus = False
        self._show("")
        self.set_focus(self.query_one("#chooser-filter"))

    def on_resize(self) -> None:
        table = self.query_one("#choices", Table)
        self._show(self.query_one("#chooser-filter", Input).value, table.cursor, table.top)

    def _show(self, wanted: str, cursor: int = 0, top: int = 0) -> None:
        only = matches(wanted, self._texts)
        table = self.query_one("#choices", Table)
        table.styles.height = min(max(len(only), 1), self.app.size.height - DETAIL_LINES - 2)  # the title and the filter stay in view
        table.show(Rows(self._choices, (Column(width=KEY_WIDTH), Column()), _cells), only=only, cursor=cursor, top=top)
        said = self._empty if not self._choices else counted(len(only), len(self._choices))
        self.query_one("#chooser-title", Line).set(joined(" ", (self._title, "bold")), joined(said, " "))

    @on(Table.Moved)
    def _marked(self, message: Table.Moved) -> None:
        """The whole of the row under the cursor: a row of 80 columns cuts what is long."""
        message.stop()
        choice = self.query_one("#choices", Table).value
        said = f"{choice.text}; not now: {choice.reason}" if isinstance(choice, Choice) and choice.reason else getattr(choice, "text", "")
        lines = wrapped(said, max(min(self.app.size.width, WIDTH) - 2, 20))[:DETAIL_LINES]
        self.query_one("#choice", Block).set([joined(" ", (part, "$text-muted")) for part in lines])

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose()

    @on(Table.Entered)
    def _clicked(self, message: Table.Entered) -> None:
        message.stop()
        self._choose()

    def _choose(self) -> None:
        value = self.query_one("#choices", Table).value
        if isinstance(value, Choice) and not value.reason:
            self.dismiss(value.value)

    def action_close(self) -> None:
        self.dismiss("")

    def action_row(self, step: int) -> None:
        table = self.query_one("#choices", Table)
        table.move_to(table.cursor + step)

    def action_page(self, step: int) -> None:
        table = self.query_one("#choices", Table)
        move: Callable[[], None] = table.action_page_down if step > 0 else table.action_page_up
        move()


def _cells(choice: Choice) -> tuple[Cell, ...]:
    if choice.reason:
        return ((choice.key, "dim"),), ((choice.text, "dim"), (f"  not now: {choice.reason}", "dim"))
    return choice.key, choice.text
