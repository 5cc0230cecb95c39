"""The keys of the place that is on the screen, from the one registry of actions."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui import actions
from tui.table import Column, Rows, Table


class HelpScreen(ModalScreen[None]):
    """A list of keys; any of the keys that close things closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,backspace,q,question_mark", "dismiss", "close", show=False)]

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        yield Table(id="help")

    def on_mount(self) -> None:
        lines = actions.help_lines(self._place)
        self.query_one(Table).styles.height = len(lines) + 1  # all of it where the screen is high enough, and its heading
        self.query_one(Table).show(Rows(lines, (Column("key", 12), Column(f"in this place: {self._place}")), lambda line: line))
