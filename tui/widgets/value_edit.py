"""A value that is typed where it stands: an input that lies over the value of a row and moves with it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.message import Message
from textual.widgets import Input

from tui import actions
from tui.plain import fit, width_of
from tui.questions.context import ABSENT
from tui.widgets.entry import Entry

SHOWN = 40  # cells of the value that there is, while nothing is typed


class ValueEdit(Entry):
    """Posts `Typed` at every change and `Done` at the end. Where it lies is said to it."""

    DEFAULT_CSS = """
    ValueEdit { display: none; position: absolute; height: 1; border: none; padding: 0; background: $surface; text-style: bold; }
    """
    BINDINGS = actions.bindings("value")

    class Typed(Message):
        """The value of the key is this by now."""

        def __init__(self, key: str, value: str) -> None:
            super().__init__()
            self.key, self.value = key, value

    class Done(Message):
        """Nobody types any longer; `keep` is False where the value should be as it was. `by_key` says that the focus is still here."""

        def __init__(self, *, keep: bool, by_key: bool) -> None:
            super().__init__()
            self.keep, self.by_key = keep, by_key

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.key = ""
        self._tries: tuple[str, ...] = ()

    @property
    def editing(self) -> bool:
        return bool(self.key)

    def begin(self, key: str, value: str, shown: str, tries: Sequence[str]) -> None:
        """Type a value for `key`, from `value` on; `shown` stands there while nothing is typed, `tries` are values to go through."""
        self.key = key
        self._tries = (*dict.fromkeys((*tries, ABSENT)),)
        with self.prevent(Input.Changed):
            self.value = value
        self.placeholder = fit(shown, min(width_of(shown), SHOWN))
        self.cursor_position = len(value)
        self.display = True

    def end(self) -> None:
        self.key = ""
        self.display = False

    def lie(self, x: int, y: int, width: int) -> None:
        """Over the cells from (x, y) of the container on, `width` of them."""
        self.styles.offset = (x, y)
        self.styles.width = max(width, 4)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.editing:
            self.post_message(self.Typed(self.key, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(keep=True, by_key=True))

    def on_blur(self) -> None:
        if self.editing:
            self.post_message(self.Done(keep=True, by_key=False))

    def give_up(self) -> None:
        self.post_message(self.Done(keep=False, by_key=True))

    def action_next_value(self) -> None:
        self._turn(1)

    def action_previous_value(self) -> None:
        self._turn(-1)

    def _turn(self, step: int) -> None:
        at = self._tries.index(self.value) + step if self.value in self._tries else 0 if step > 0 else -1
        self.value = self._tries[at % len(self._tries)]
        self.cursor_position = len(self.value)
