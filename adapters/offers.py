"""What could be opened here, as values: kept snapshots, AWS profiles, files and folders, the demo. It looks, and opens nothing.

No credential is read out of a file, nobody is asked, and no more is read than the head of a file.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Callable, Mapping

from adapters.cache import SnapshotCache
from whygate.errors import UserError

ONLY_KEPT = "--offline"


@dataclasses.dataclass(frozen=True)
class Offer:
    """One thing that can be opened. `source` is what to type after `whygate`, `options` what has to follow it; `what` says in a few words
    what it is. `account` is empty and `age` (seconds since it was collected or written) and `size` (bytes) are None where nobody knows."""

    kind: str
    source: str
    what: str
    options: tuple[str, ...] = ()
    account: str = ""
    age: float | None = None
    size: int | None = None

    @property
    def typed(self) -> str:
        """What a shell takes after `whygate`."""
        return shlex.join((self.source, *self.options))


@dataclasses.dataclass(frozen=True)
class Found:
    """Offers of one kind, and a line each for what was left out or could not be looked at."""

    offers: tuple[Offer, ...] = ()
    notes: tuple[str, ...] = ()


def kept(directory: str | None = None) -> Found:
    """The snapshots of live accounts that are kept on this machine; of each source the youngest, the only one that its name opens."""
    with SnapshotCache(directory) as cache:
        try:
            entries = cache.entries() if cache.check() else ()
        except UserError as error:
            return Found(notes=(str(error),))
        youngest = {entry.source: entry for entry in reversed(entries) if entry.source}
        offers = tuple(
            Offer("kept", entry.source, "kept snapshot", (ONLY_KEPT,), entry.account, _finite(entry.age()), entry.size)
            for entry in entries
            if youngest.get(entry.source) is entry
        )
        return Found(offers, tuple(cache.problems))


def profiles(environment: Mapping[str, str] | None = None) -> Found:
    """The profiles that the AWS configuration names, and the credentials of the environment."""
    from adapters.aws import profiles as named

    return named.offers(environment)


def files(folder: str = ".") -> Found:
    """The exports in a folder, and the folders in it that hold some."""
    from adapters import nearby

    return nearby.offers(folder)


def demo() -> Found:
    return Found((Offer("demo", "demo", "two made-up accounts to look around in"),))


KINDS: Mapping[str, Callable[[], Found]] = {"kept": kept, "profile": profiles, "file": files, "demo": demo}
"""The kinds of offers in the order in which they are shown; `file` brings folders too."""


def _finite(age: float) -> float | None:
    return None if age == float("inf") else age
