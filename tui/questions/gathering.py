"""What can be opened here, gathered off the event loop, a section after the other; what is found is posted as it is found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from tui.background.thread import in_background
from tui.rows.header import age

if TYPE_CHECKING:
    from adapters.offers import Found
    from tui.kept.state import Recent

MOST_RECENT = 8


class Gathered(Message):
    """What was found of one section."""

    def __init__(self, generation: int, section: str, found: Found) -> None:
        super().__init__()
        self.generation, self.section, self.found = generation, section, found


class Faulted(Message):
    """A fault of the program in the background; raised again where the event loop reports it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Gatherer:
    """Posts a `Gathered` a section to its receiver, `Faulted` for a fault. One that a later one overtook ends early."""

    def __init__(self, receiver: Widget) -> None:
        self._receiver = receiver
        self._generation = 0

    def gather(self, recent: Sequence[Recent]) -> None:
        """Look for everything; `recent` is what was opened lately, the latest first."""
        self._generation += 1
        generation = self._generation

        def work() -> None:
            from adapters import offers

            try:
                self._receiver.post_message(Gathered(generation, "recent", opened(recent)))
                for section, find in offers.KINDS.items():
                    if generation == self._generation:
                        self._receiver.post_message(Gathered(generation, section, find()))
            except Exception as error:
                self._receiver.post_message(Faulted(error))

        in_background(work)

    def is_late(self, message: Gathered) -> bool:
        return message.generation != self._generation


def opened(recent: Sequence[Recent]) -> Found:
    """What was opened lately and is still there; the demo has a place of its own."""
    from adapters.offers import Found, Offer

    offers: list[Offer] = []
    for each in recent:
        is_path = os.path.isabs(each.source)
        if each.source == "demo" or (is_path and not os.path.exists(each.source)) or len(offers) == MOST_RECENT:
            continue
        size = _size(each.source) if is_path else each.size
        offers.append(Offer("recent", each.source, _when(each.at), account=each.account, size=size or None))
    return Found(tuple(offers))


def _size(path: str) -> int:
    """The bytes of a file; 0 for a folder, and for what is gone by now."""
    try:
        return os.path.getsize(path) if os.path.isfile(path) else 0
    except OSError:
        return 0


def _when(at: str) -> str:
    """`opened 3 h ago` for a moment in RFC 3339, empty for what is none."""
    old = age(at, datetime.now(UTC))
    return "opened just now" if old == "just now" else f"opened {old.removesuffix(' old')} ago" if old else ""
