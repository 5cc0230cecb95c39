"""The account, or the head of a long one, before there is a screen: then the first picture is of the account, and not of a word that says
wait. Nothing here needs Textual, which is imported after it: the two at once would hinder each other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

# Seconds. A source that says that it is quick, and is not (a disk far away), is then read beside the rest.
PATIENCE = 0.3


Report = Callable[[int, int, str], None]


class Source(Protocol):
    """What the registry calls an `Opening`."""

    @property
    def quick(self) -> bool: ...

    @property
    def slow(self) -> bool: ...

    @property
    def stops(self) -> bool: ...

    def run(self, report: Report) -> Snapshot: ...

    def first_page(self) -> Snapshot | None: ...

    def snapshot(self) -> Snapshot | None: ...

    def stop(self) -> None: ...


class Found(NamedTuple):
    """A snapshot, and whether it is all of it."""

    snapshot: Snapshot
    whole: bool


class Ahead:
    """Begins at once, and returns when something is there, nothing can be, or patience is at an end."""

    def __init__(self, source: str, begin: Callable[[str], Source]) -> None:
        self.found: Found | None = None
        """None also where something is wrong: whoever opens the source in earnest will hear of it."""
        self._source = source
        self._begin = begin
        reading = threading.Thread(target=self._read, daemon=True)
        reading.start()
        reading.join(PATIENCE)

    def _read(self) -> None:
        try:
            source = self._begin(self._source)
            snapshot = source.run(_nobody_looks) if source.quick else source.first_page()
            self.found = Found(snapshot, source.quick) if snapshot is not None else None
        except UserError:
            self.found = None


def _nobody_looks(done: int, total: int, what: str) -> None:
    """There is no screen yet."""
