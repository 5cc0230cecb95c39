"""A widget of one line, or of a few: shows Content that was made by `plain`, and repaints only when it changes."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.plain import stacked


class Line(Widget):
    """One line with a left part, and a right part that wins where both do not fit."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left = self._right = Content("")

    def set(self, left: Content, right: Content | None = None) -> None:
        after = right if right is not None else Content("")
        if (left, after) != (self._left, self._right):
            self._left, self._right = left, after
            self.refresh()

    class Clicked(Message):
        """A click on the line, `column` cells from its left end."""

        def __init__(self, line: Line, column: int) -> None:
            super().__init__()
            self.line, self.column = line, column

        @property
        def control(self) -> Line:
            return self.line

    def on_click(self, event: events.Click) -> None:
        self.post_message(self.Clicked(self, event.x))

    @property
    def text(self) -> str:
        """What stands on the line, without its padding."""
        return f"{self._left.plain} {self._right.plain}".strip()

    def render(self) -> Content:
        room = self.size.width - self._right.cell_length
        if room <= 0:
            return self._left.truncate(self.size.width, ellipsis=True)
        return self._left.truncate(room, ellipsis=True, pad=True) + self._right


class Rule(Line):
    """A line across the screen that can carry a notice."""

    DEFAULT_CSS = "Rule { height: 1; width: 1fr; }"

    def render(self) -> Content:
        left = Content("─") + self._left + Content("─") if self._left else Content("")
        right = self._right + Content("─") if self._right else Content("")
        room = max(0, self.size.width - left.cell_length - right.cell_length)
        return (left + Content("─" * room) + right).truncate(self.size.width)


class Block(Widget):
    """Several lines of Content, cut at the bottom."""

    DEFAULT_CSS = "Block { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content = Content("")

    def set(self, lines: list[Content]) -> None:
        content = stacked(lines)
        if content != self._content:
            height_changed = content.plain.count("\n") != self._content.plain.count("\n")
            self._content = content
            self.refresh(layout=height_changed)

    @property
    def text(self) -> str:
        return self._content.plain

    def render(self) -> Content:
        return self._content
