"""A filter over one list of an account: words at once, terms about statements off the event loop, where policies are read when the first
such term is typed. It draws nothing, and says nothing; the place that has the list does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from textual.message_pump import MessagePump

from tui.background.latest import Latest, Worked

if TYPE_CHECKING:
    from tui.filtering.filter import Filter, Search
    from whygate.snapshot import Snapshot
    from whygate.statement_index import Found, StatementIndex
    from whygate.statement_terms import Term

KEPT = 64
AT_ONCE = 0.03  # seconds that terms may take on the event loop, by what they took before


class Narrowed(msgspec.Struct, frozen=True):
    """What a filter leaves: indices of rows (None: all of them), whether a word was found by its letters alone, and how many rows have
    a document that is not known and might have made a difference."""

    text: str = ""
    rows: Sequence[int] | None = None
    fuzzy: bool = False
    unknown: int = 0


class Narrowing:
    """`take` gives it the list, `narrow` a filter. The receiver hands every `Worked` that it gets to `finish`."""

    def __init__(self, receiver: MessagePump) -> None:
        self._latest = Latest(receiver)
        self._snapshot: Snapshot | None = None
        self._index: StatementIndex | None = None
        self._where = ""
        self._texts: Callable[[], Sequence[str]] = tuple
        self._values: Sequence[Any] = ()
        self._search: Search | None = None
        self._seconds = 0.0
        self._known: dict[tuple[str, tuple[Term, ...]], Found] = {}

    def take(self, snapshot: Snapshot, where: str, texts: Callable[[], Sequence[str]], values: Sequence[Any]) -> None:
        """Another list, or the same one of another snapshot; `texts` makes what words are looked for in, in small letters."""
        self._latest.drop()
        self._where, self._texts, self._values, self._search = where, texts, values, None
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._known = {}

    def narrow(self, text: str, done: Callable[[Narrowed], None]) -> Narrowed | None:
        """What `text` leaves, or None where `done` will be called with it. Raises UserError for a filter that is none; then what was
        asked before is forgotten too."""
        self._latest.drop()
        if not text.strip():
            return Narrowed(text)
        from tui.filtering.filter import read

        wanted = read(text, self._where)
        if wanted.empty:
            return Narrowed(text)
        if not wanted.terms:
            return self._with(text, wanted, None)
        where, terms = self._where, wanted.terms
        found = self._known.get((where, terms))
        if found is None and self._quick:
            found = self._answer(where, terms)
            self._keep(where, terms, found)
        if found is not None:
            return self._with(text, wanted, found)

        def take(answer: Found) -> None:
            self._keep(where, terms, answer)
            done(self._with(text, wanted, answer))

        self._latest.begin(lambda: self._answer(where, terms), take)
        return None

    @property
    def _quick(self) -> bool:
        """Whether the policies of this list are read, and terms about them were answered quickly so far: as on most accounts."""
        index = self._index
        return (
            index is not None
            and index.snapshot is self._snapshot
            and self._where in index.read
            and not self._latest.running
            and self._seconds < AT_ONCE
        )

    def _keep(self, where: str, terms: tuple[Term, ...], found: Found) -> None:
        while len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[where, terms] = found

    def words_alone(self, text: str) -> Narrowed:
        """What the words of `text` and its terms about rows leave, while the rest is being found out."""
        from tui.filtering.filter import read

        return self._with(text, read(text, self._where), None)

    def _answer(self, where: str, terms: tuple[Term, ...]) -> Found:
        """In the thread, or on the event loop while there is none: never two at a time."""
        from whygate.statement_index import StatementIndex

        snapshot = self._snapshot
        assert snapshot is not None
        if self._index is None or self._index.snapshot is not snapshot:
            self._index = StatementIndex(snapshot, self._index.documents if self._index is not None else None)
        was_read, began = where in self._index.read, time.perf_counter()
        found = self._index.rows(where, terms)
        if was_read:
            self._seconds = time.perf_counter() - began
        return found

    def _with(self, text: str, wanted: Filter, found: Found | None) -> Narrowed:
        from tui.filtering.filter import both

        selection = self.search.find(wanted)
        if found is None:
            return Narrowed(text, selection.rows, selection.fuzzy)
        rows = found.rows if not (wanted.words or wanted.fields) else both(selection.rows, frozenset(found.rows))
        return Narrowed(text, rows, selection.fuzzy, found.unknown)

    @property
    def search(self) -> Search:
        """The words of the list."""
        if self._search is None:
            from tui.filtering.filter import Search

            self._search = Search(self._texts(), self._values)
        return self._search

    @property
    def where(self) -> str:
        return self._where

    @property
    def waiting(self) -> bool:
        """Whether an answer is on its way."""
        return self._latest.waiting

    @property
    def reading(self) -> bool:
        """Whether it is on its way because policies have to be read first."""
        return self.waiting and (self._index is None or self._index.snapshot is not self._snapshot or self._where not in self._index.read)

    @property
    def condition_keys(self) -> Sequence[str]:
        """The condition keys of the policies that were read so far."""
        return self._index.documents.condition_keys if self._index is not None else ()

    def drop(self) -> None:
        """Nobody waits any more."""
        self._latest.drop()

    def finish(self, message: Worked) -> None:
        self._latest.finish(message)
