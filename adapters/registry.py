"""Finds the adapter that opens a source, and turns what it loads into a `Snapshot`. It knows none but `demo`, a word, and `export`, the
last resort.

An adapter is a class under the entry-point group `whygate.adapters`, made without arguments; it need not import anything of ours.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from msgspec import Struct

from adapters import points
from whygate import dates
from whygate.document import Document, DocumentError, decode, decode_mapping
from whygate.entities import Source
from whygate.entries import SourceEntry
from whygate.errors import UserError
from whygate.snapshot import Snapshot, build
from whygate.text import visible

if TYPE_CHECKING:
    from adapters.cached import Slow

GROUP = points.GROUP
Report = Callable[[int, int, str], None]


class Adapter(Protocol):
    """One kind of source."""

    name: str
    description: str

    def accepts(self, source: str) -> bool:
        """Whether `source`, as the user typed it, is of this kind; quick: at most a look at the head of a file."""

    def load(self, source: str, report: Report) -> Mapping[str, object] | bytes | Document:
        """A snapshot document, as a mapping or as UTF-8 JSON text (ours may have decoded it). `report(done, total, what)` says how
        far it is, total 0 where that is not known. Raises `UserError` for what the user can mend.

        An adapter that is slow may also have `cache_key(source) -> tuple[str, ...] | None`: what decides what it would load (account,
        principal, regions). What it loads is then kept under that key; None keeps nothing.

        One that collects piece by piece may have `begin(source)`, which returns a `Pull` and is called in place of `load`.

        One that has loaded some sources before anybody could notice may have `quick(source) -> bool`, and one with long ones
        `first_page(source) -> bytes | None`: the head of it, as a document of which more follows.
        """


class Pull(Protocol):
    """A source that is collected piece by piece: what is there can be had meanwhile, and it can be ended early."""

    def run(self, report: Report) -> Mapping[str, object]:
        """All of it, as `load`; after `stop` soon what there is. Raises `UserError`."""

    def document(self) -> Mapping[str, object]:
        """The document of what is there by now, with what is missing in its `Coverage`; from any thread."""

    def stop(self) -> None:
        """Asks for nothing more; from any thread, and returns at once."""


class CachePolicy(Struct, frozen=True):
    """What the user wants of the cache in front of slow adapters: ask again whatever is kept (`refresh`), ask nobody (`offline`), ask
    again where what is kept is older than `max_age` seconds. `directory` None is the usual place."""

    refresh: bool = False
    offline: bool = False
    max_age: float | None = None
    directory: str | None = None


class Read(NamedTuple):
    """A source read: the document, where it came from, and what there is to say about the way."""

    document: Document
    source: Source
    problems: tuple[str, ...]


class Registered(Struct, frozen=True):
    """An entry point, with its adapter or with the reason why there is none."""

    name: str
    distribution: str
    adapter: Adapter | None
    problem: str = ""

    @property
    def label(self) -> str:
        return f"adapter {visible(self.name)} ({visible(self.distribution)})"


def registered() -> Iterator[Registered]:
    """Every adapter that is installed, in the order they are asked: other people's, then ours, `demo` first because it is told by a
    word and `export` last because it takes any path. A broken one is among them, with its problem. Each is imported when its turn comes:
    the one wanted need not be the last."""
    found = {(point.name, point.value): point for point in points.installed()}
    for point in sorted(found.values(), key=_turn):
        yield _load_point(point)


def _turn(point: points.Point) -> tuple[bool, int, str]:
    return point.value.startswith("adapters."), {"demo": 0, "export": 2}.get(point.name, 1), point.name


def _load_point(point: points.Point) -> Registered:
    distribution = point.distribution or point.value
    try:
        adapter: Adapter = point.load()()
        lacking = [part for part in ("name", "description", "accepts", "load") if not hasattr(adapter, part)]
    except Exception as error:  # whatever somebody else's module does on import is their adapter's problem, not the program's end
        return Registered(point.name, distribution, None, _said(error))
    if lacking:
        return Registered(point.name, distribution, None, f"it has no {', '.join(lacking)}")
    return Registered(point.name, distribution, adapter)


def find(source: str) -> Registered:
    """The adapter that opens `source`; its `adapter` is there. Raises `UserError` where none does."""
    found, _ = _find(source)
    return found


def load(source: str, report: Report | None = None, cache: CachePolicy | None = None) -> Snapshot:
    """The snapshot of `source`: an export file, `-`, `demo`, or whatever else an installed adapter accepts; raises `UserError`.

    What a slow adapter loaded before is opened instead, as `cache` wants it."""
    return begin(source, cache).run(report)


def read(source: str, report: Report | None = None, cache: CachePolicy | None = None) -> Read:
    """As `load`, for the document itself."""
    return begin(source, cache).read(report)


def begin(source: str, cache: CachePolicy | None = None) -> Opening:
    """The opening of `source`, not begun: `load` for those who want to see what is there on the way. Raises `UserError`."""
    found, problems = _find(source)
    return Opening(found, source, cache, problems)


class Opening:
    """A source on its way; `run` or `read` it once. `snapshot` and `stop` may be called from any thread, before, meanwhile and after."""

    def __init__(self, found: Registered, source: str, cache: CachePolicy | None = None, problems: tuple[str, ...] = ()) -> None:
        self._found = found
        self._source = source
        self._cache = cache or CachePolicy()
        self._problems = problems
        self._lock = threading.Lock()
        self._pull: Pull | None = None
        self._stopped = False
        self._shown: object = None

    @property
    def slow(self) -> bool:
        """Whether this may take its time: the adapter asks somebody."""
        return hasattr(self._found.adapter, "begin") or hasattr(self._found.adapter, "cache_key")

    @property
    def stops(self) -> bool:
        """Whether `stop` and `snapshot` do something: the adapter can end before its end."""
        return hasattr(self._found.adapter, "begin")

    @property
    def quick(self) -> bool:
        """Whether this is over before anybody could notice that it began. Raises `UserError` where the adapter fails at it."""
        asked = getattr(self._found.adapter, "quick", None)
        with self._faults():
            return asked is not None and bool(asked(self._source))

    def first_page(self) -> Snapshot | None:
        """What stands at the head of a long source, with the rest missing; None where nothing can be told so soon. Raises `UserError`."""
        asked = getattr(self._found.adapter, "first_page", None)
        with self._faults():
            page = asked(self._source) if asked is not None else None
        return self._build(page) if page is not None else None

    def run(self, report: Report | None = None) -> Snapshot:
        """The snapshot, from the cache or collected; of a source that was stopped what there is of it. Raises `UserError`."""
        if hasattr(self._found.adapter, "cache_key"):
            from adapters import cached

            snapshot, said = cached.snapshot(self._slow(report or _silent), self._cache)
        else:
            snapshot, said = self._build(self._load(report or _silent)), ()
        problems = (*self._problems, *said)
        return dataclasses.replace(snapshot, warnings=(*snapshot.warnings, *problems)) if problems else snapshot

    def read(self, report: Report | None = None) -> Read:
        """As `run`, for the document."""
        if hasattr(self._found.adapter, "cache_key"):
            from adapters import cached

            document, kept_at, said = cached.load(self._slow(report or _silent), self._cache)
            return Read(document, _whence(document, self._found, self._source, kept_at), (*self._problems, *said))
        document = _decoded(self._found, self._source, self._load(report or _silent))
        return Read(document, _whence(document, self._found, self._source, None), self._problems)

    def snapshot(self) -> Snapshot | None:
        """What is there by now; None where that is nothing, or what it was the last time that somebody asked. One caller at a time.
        Raises `UserError` where the adapter fails at it."""
        pull = self._pull
        if pull is None:
            return None
        with self._faults():
            loaded = pull.document()
        coverage = loaded.get("Coverage")
        if coverage is not None and coverage == self._shown:  # every part that comes changes it, and comparing is cheap
            return None
        snapshot = self._build(loaded)
        if not any((snapshot.users, snapshot.groups, snapshot.roles, snapshot.policies, snapshot.resources)):
            return None
        self._shown = coverage
        return snapshot

    def stop(self) -> None:
        """Ends it early: `run` then returns what is there, and nothing of it is kept in the cache. Returns at once."""
        with self._lock:
            self._stopped = True
            pull = self._pull
        if pull is not None:
            with self._faults():
                pull.stop()

    def _load(self, report: Report) -> object:
        adapter = self._found.adapter
        assert adapter is not None
        with self._faults():
            if not self.stops:
                return adapter.load(self._source, report)
            pull: Pull = adapter.begin(self._source)  # type: ignore[attr-defined]  # `stops` looked
            with self._lock:
                self._pull, stopped = pull, self._stopped
            if stopped:
                pull.stop()
            return pull.run(report)

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except DocumentError as error:
            raise error.at(visible(self._source)) from None
        except UserError:
            raise
        except Exception as error:
            what = f"{self._found.label} failed: {_said(error)}"
            raise UserError(what, where=visible(self._source), todo="tell its author") from error

    def _build(self, loaded: object) -> Snapshot:
        document = _decoded(self._found, self._source, loaded)
        return _built(document, _whence(document, self._found, self._source, None))

    def _slow(self, report: Report) -> Slow:
        from adapters import cached

        found, source = self._found, self._source
        return cached.Slow(
            found.name,
            source,
            lambda: _cache_key(found, source),
            lambda: self._load(report),
            lambda loaded: _decoded(found, source, loaded),
            lambda document, kept_at: _built(document, _whence(document, found, source, kept_at)),
            lambda: not self._stopped,
        )


def _whence(document: Document, found: Registered, source: str, collected_at: str | None) -> Source:
    """Where a document came from: as it says itself, else as far as we know."""
    told = document.source or SourceEntry()
    moment = dates.utc(told.collected_at) or collected_at or _written_at(source)
    return Source(told.adapter or found.name, told.origin or source, moment)


def _built(document: Document, whence: Source) -> Snapshot:
    return dataclasses.replace(build(document), source=whence)


def _cache_key(found: Registered, source: str) -> tuple[str, ...] | None:
    try:
        key: object = found.adapter.cache_key(source)  # type: ignore[union-attr]  # whoever calls this looked
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{found.label} failed: {_said(error)}", where=visible(source), todo="tell its author") from error
    if key is None or (isinstance(key, tuple) and all(isinstance(part, str) for part in key)):
        return key
    raise UserError(f"{found.label} has a cache key that is no tuple of texts", where=visible(source), todo="tell its author")


def _find(source: str) -> tuple[Registered, tuple[str, ...]]:
    problems: list[str] = []
    everyone: list[Registered] = []
    for candidate in registered():
        everyone.append(candidate)
        problem = candidate.problem
        if candidate.adapter is not None:
            try:
                if candidate.adapter.accepts(source):
                    return candidate, tuple(problems)
            except Exception as error:
                problem = _said(error)
        if problem:
            problems.append(f"{candidate.label} does not work: {problem}")
    what = f"no adapter opens {visible(repr(source))}"
    if not everyone:
        raise UserError(f"{what}: none is installed", todo="install whygate with pip, so that its entry points are there")
    raise UserError("; ".join([what, *problems]), todo=_meant(source, everyone))


def document(found: Registered, source: str, report: Report) -> Document:
    """What one adapter makes of `source`, past the cache; raises `UserError` that names the source."""
    return _decoded(found, source, Opening(found, source)._load(report))


def _decoded(found: Registered, source: str, loaded: object) -> Document:
    if isinstance(loaded, Document):
        return loaded
    try:
        if isinstance(loaded, (bytes, bytearray, memoryview)):
            return decode(bytes(loaded))
        if isinstance(loaded, Mapping):
            return decode_mapping(loaded)
    except DocumentError as error:
        raise error.at(visible(source)) from None
    what = f"{found.label} returned {visible(type(loaded).__name__)}, not a snapshot document"
    raise UserError(what, where=visible(source), todo="tell its author")


def _silent(done: int, total: int, what: str) -> None:
    """Nobody wants to know how far it is."""


def _said(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return visible(f"{type(error).__name__}: {text[0]}" if text else type(error).__name__)


def _meant(source: str, everyone: Sequence[Registered]) -> str:
    """What could have been meant: a file here with nearly that name, else what there is to open."""
    try:
        here = os.listdir(".")
    except OSError:
        here = []
    names = [entry.name for entry in everyone if entry.adapter is not None and entry.name != "export"]
    close = difflib.get_close_matches(source, [*names, *here], n=3)
    if close:
        return f"did you mean {' or '.join(visible(name) for name in close)}?"
    return f"name an account export{', or ' if names else ''}{', '.join(visible(name) for name in names)}"


def _written_at(source: str) -> str | None:
    """When a file was last written, which is the nearest to when its data was collected."""
    try:
        if os.path.isfile(source):
            return datetime.fromtimestamp(os.stat(source).st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, ValueError, OverflowError):
        pass
    return None
