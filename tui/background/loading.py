"""An account on its way to the explorer, off the event loop: how far it is, what of it can be shown already, how to end it early.

What is shown of it, and whether it comes too late, is the explorer's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from textual.message import Message
from textual.message_pump import MessagePump

from tui.background.progress import Step
from tui.background.thread import in_background
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

Report = Callable[[int, int, str], None]

# Seconds between two snapshots of what is there: making one takes time from what still comes, so a large one is made less often.
EVERY = 1.0
SHARE = 4


class Opening(Protocol):
    """What the registry calls an `Opening`."""

    @property
    def slow(self) -> bool: ...

    @property
    def stops(self) -> bool: ...

    def run(self, report: Report) -> Snapshot: ...

    def snapshot(self) -> Snapshot | None: ...

    def stop(self) -> None: ...


class Simple:
    """An opening of a function: all at once, and not to be stopped."""

    slow = stops = False

    def __init__(self, load: Callable[[str, Report], Snapshot], source: str) -> None:
        self._load, self._source = load, source

    def run(self, report: Report) -> Snapshot:
        return self._load(self._source, report)

    def snapshot(self) -> Snapshot | None:
        return None

    def stop(self) -> None:
        """There is no way to."""


class Loading:
    """One load of one source; posts its messages to `receiver`. `begin` is called in the background: it may import what it likes."""

    class Posted(Message):
        """From this load; the messages below are siblings, because a handler also gets subclasses."""

        def __init__(self, loading: Loading) -> None:
            super().__init__()
            self.loading = loading

    class Began(Posted):
        """Its adapter is found."""

    class Progressed(Posted):
        """`loading.step` is another one."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Loading.Progressed) and message.loading is self.loading

    class Arrived(Posted):
        """A snapshot, of all there will be (`whole`) or of what is there by now."""

        def __init__(self, loading: Loading, snapshot: Snapshot, *, whole: bool = True) -> None:
            super().__init__(loading)
            self.snapshot, self.whole = snapshot, whole

    class Failed(Posted):
        """It could not be loaded: a UserError for the user's eyes, anything else is a fault of the program."""

        def __init__(self, loading: Loading, error: Exception) -> None:
            super().__init__(loading)
            self.error = error

    def __init__(self, receiver: MessagePump, source: str, begin: Callable[[str], Opening]) -> None:
        self.source = source
        self.step = Step()
        self.stopped = False
        self._receiver = receiver
        self._begin = begin
        self._opening: Opening | None = None
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._hurry = threading.Event()
        self._over = False

    def start(self) -> None:
        in_background(self._work)

    @property
    def slow(self) -> bool:
        """Whether it may take its time; False also while nobody knows yet."""
        return self._opening is not None and self._opening.slow

    @property
    def stops(self) -> bool:
        """Whether `stop` would do anything."""
        return self._opening is not None and self._opening.stops and not self.stopped

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def stop(self) -> None:
        """End it with what is there: `Arrived` follows soon with that, and once more when nothing is on its way any longer."""
        self.stopped = True
        in_background(self._stop)

    def _stop(self) -> None:
        try:
            if self._opening is not None:
                self._opening.stop()
        except Exception as error:
            self._receiver.post_message(self.Failed(self, error))
        self._hurry.set()
        self._news.set()

    def _work(self) -> None:
        from whygate.packed import LISTS

        try:
            opening = self._opening = self._begin(self.source)
            self._receiver.post_message(self.Began(self))
            if opening.stops:
                in_background(self._watch)
            snapshot = opening.run(self._report)
            for name in LISTS:  # a kept snapshot decodes its lists when they are looked at: here nobody waits for it
                getattr(snapshot, name)
        except Exception as error:
            self._end(self.Failed(self, error))
        else:
            self._end(self.Arrived(self, snapshot))

    def _end(self, message: Posted) -> None:
        with self._lock:
            self._over = True
            self._receiver.post_message(message)
        self._hurry.set()
        self._news.set()

    def _report(self, done: int, total: int, what: str) -> None:
        self.step = Step(done, total, what)
        self._receiver.post_message(self.Progressed(self))
        self._news.set()

    def _watch(self) -> None:
        """Makes a snapshot of what is there when there is news, and then waits a while before the next."""
        assert self._opening is not None
        while True:
            self._news.wait()
            self._news.clear()
            if self._over:
                return
            began = time.monotonic()
            try:
                snapshot = self._opening.snapshot()
            except UserError:  # whoever collects will say it too, or get over it
                snapshot = None
            except Exception as error:
                self._receiver.post_message(self.Failed(self, error))
                return
            if snapshot is None:
                continue
            with self._lock:  # never after the whole
                if self._over:
                    return
                self._receiver.post_message(self.Arrived(self, snapshot, whole=False))
            self._hurry.wait(max(EVERY, SHARE * (time.monotonic() - began)))
