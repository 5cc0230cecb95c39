"""Work off the event loop for one widget, a piece at a time: of those that come in meanwhile only the last is kept, and what a later one
has overtaken is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.message import Message
from textual.message_pump import MessagePump

from tui.background.thread import in_background


class Worked(Message):
    """A piece of work is through; whoever gets this hands it to `latest.finish`. `error` is a fault of the program."""

    def __init__(self, latest: Latest, generation: int, value: Any, error: Exception | None = None) -> None:
        super().__init__()
        self.latest, self.generation, self.value, self.error = latest, generation, value, error


class Latest:
    """`work` runs in a thread and may only return a value; `done` gets it on the event loop, unless it came too late."""

    def __init__(self, receiver: MessagePump) -> None:
        self._receiver = receiver
        self._generation = 0
        self._running = False
        self._done: Callable[[Any], None] | None = None
        self._next: Callable[[], Any] | None = None

    @property
    def waiting(self) -> bool:
        """Whether somebody still wants an answer that is not there."""
        return self._done is not None

    @property
    def running(self) -> bool:
        """Whether the thread is at work, be it on something that nobody wants any more."""
        return self._running

    def begin(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._generation += 1
        self._done = done
        if self._running:
            self._next = work
        else:
            self._start(work)

    def drop(self) -> None:
        """Nobody wants an answer any more."""
        self._generation += 1
        self._done = self._next = None

    def finish(self, message: Worked) -> None:
        """To be called once for each `Worked`. Raises what went wrong in the thread."""
        self._running = False
        if message.error is not None:
            raise message.error
        if self._next is not None:
            work, self._next = self._next, None
            self._start(work)
        elif message.generation == self._generation and self._done is not None:
            done, self._done = self._done, None
            done(message.value)

    def _start(self, work: Callable[[], Any]) -> None:
        self._running = True
        generation, receiver = self._generation, self._receiver

        def run() -> None:
            try:
                receiver.post_message(Worked(self, generation, work()))
            except Exception as error:
                receiver.post_message(Worked(self, generation, None, error))

        in_background(run)
