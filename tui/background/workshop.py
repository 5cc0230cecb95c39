"""Values that take a while, made off the event loop and kept by key. A value hangs on nothing but its key, so one that comes late is
still right, and is there when somebody asks again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from textual.message import Message
from textual.widget import Widget

from tui.background.thread import in_background
from tui.questions.asking import Faulted

KEPT = 64


class Made(Message):
    """The value under `key` is there."""

    def __init__(self, key: Hashable, value: Any) -> None:
        super().__init__()
        self.key, self.value = key, value


class Workshop:
    """Posts `Made`, or `Faulted` for a fault of the program, to its receiver."""

    def __init__(self, receiver: Widget) -> None:
        self._receiver = receiver
        self._kept: dict[Hashable, Any] = {}
        self._busy: set[Hashable] = set()

    def get(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """The value under `key`, or None while `work` makes it in the background."""
        if key in self._kept:
            self._kept[key] = self._kept.pop(key)  # the last that was asked for is the last to go
            return self._kept[key]
        if key not in self._busy:
            self._busy.add(key)
            self._start(key, work)
        return None

    def accept(self, message: Made) -> None:
        """To be called once for each `Made`."""
        self._busy.discard(message.key)
        self._kept[message.key] = message.value
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def _start(self, key: Hashable, work: Callable[[], Any]) -> None:
        receiver = self._receiver

        def run() -> None:
            try:
                receiver.post_message(Made(key, work()))
            except Exception as error:
                receiver.post_message(Faulted(error))

        in_background(run)
