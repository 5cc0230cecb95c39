"""A live source for tests: `live:` collects what a test hands it, piece by piece and in threads, by the contract of real adapters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any

Report = Callable[[int, int, str], None]
ACCOUNT = "123456789012"
PATIENCE = 20.0


def user(name: str, **more: Any) -> dict[str, Any]:
    return {"UserName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "UserPolicyList": [], "GroupList": [], **more}


def users(*names: str, **more: Any) -> dict[str, Any]:
    """A document with users, in which the roles are on their way."""
    rows = [{"Part": "users", "Status": "collected", "Detail": ", ".join(names)}]
    return {
        "SnapshotVersion": 1,
        "Account": {"Id": ACCOUNT},
        "UserDetailList": [user(name) for name in names],
        "Coverage": [*rows, {"Part": "roles", "Status": "not-collected", "Detail": "on its way"}],
        **more,
    }


class Pull:
    """The test calls `publish` with what is there by now, `finish` with all of it, or `fail`."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.begun = threading.Event()
        self._news: SimpleQueue[tuple[dict[str, Any] | None, Exception | None, tuple[int, int, str]]] = SimpleQueue()
        self._there: dict[str, Any] = {"SnapshotVersion": 1, "Coverage": [{"Part": "users", "Status": "not-collected"}]}

    def publish(self, document: Mapping[str, Any], done: int, total: int, what: str = "users") -> None:
        self._news.put((dict(document), None, (done, total, what)))

    def finish(self, document: Mapping[str, Any]) -> None:
        self._there = dict(document)
        self._news.put((None, None, (0, 0, "")))

    def fail(self, error: Exception) -> None:
        self._news.put((None, error, (0, 0, "")))

    def run(self, report: Report) -> dict[str, Any]:
        self.begun.set()
        while True:
            document, error, step = self._news.get(timeout=PATIENCE)
            if error is not None:
                raise error
            if document is None:
                return self._there
            self._there = document
            report(*step)

    def document(self) -> dict[str, Any]:
        return self._there

    def stop(self) -> None:
        self.stopped.set()
        self._news.put((None, None, (0, 0, "")))


class LiveAdapter:
    """`current` is the pull of the next source that is opened."""

    name = "live"
    description = "a live source of a test"
    current = Pull()

    def accepts(self, source: str) -> bool:
        return source.startswith("live:")

    def load(self, source: str, report: Report) -> dict[str, Any]:
        return self.begin(source).run(report)

    def begin(self, source: str) -> Pull:
        return self.current


class KeptLiveAdapter(LiveAdapter):
    """The same, kept in the cache."""

    name = "kept-live"

    def accepts(self, source: str) -> bool:
        return source.startswith("kept-live:")

    def cache_key(self, source: str) -> tuple[str, ...]:
        return (ACCOUNT, source)
