"""Snapshots that were slow to collect, kept on this machine: one directory, one database, one entry for each key.

It is a convenience and never the truth: what is damaged, locked, full or not ours costs a line in `problems` and a slower start. When it
is used is decided in `cached`; the database is opened in `cache_disk`, how a document is cut into chunks is in `cache_text`.
"""

from __future__ import annotations

import hashlib
import math
import os
import stat
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from whygate.errors import UserError
from whygate.text import visible

if TYPE_CHECKING:
    from adapters.cache_disk import PlainCache

VARIABLE = "WHYGATE_CACHE_DIR"
FORMAT = 1
Key = tuple[str, ...]
Answer = TypeVar("Answer")

_MANIFEST = "manifest:"
_DATABASE = "cache.db"
_SIDES = ("cache.db-wal", "cache.db-shm")
_ASIDE = "damaged.db"


class Entry(msgspec.Struct, frozen=True):
    """What is kept under one key, without the document itself. `size` is the document's length in bytes, `kept_size` what it takes
    here; moments are RFC 3339 in UTC. `parts` names what is kept of the snapshot made from it, each with its checksum."""

    format: int
    key: Key
    account: str
    adapter: str
    source: str
    collected_at: str
    kept_at: str
    generation: str
    chunks: int
    size: int
    kept_size: int
    parts: dict[str, int] = {}

    def age(self, now: float | None = None) -> float:
        """Seconds since it was collected: 0 where the clock says that this is yet to come, infinite where it is no date."""
        try:
            then = datetime.fromisoformat(self.collected_at)
        except ValueError:
            return math.inf
        then = then.replace(tzinfo=UTC) if then.tzinfo is None else then
        return max(0.0, (time.time() if now is None else now) - then.timestamp())


class DamagedError(Exception):
    """What is kept under a key cannot be put together again."""


def default_directory() -> str:
    """Where the cache is unless somebody says otherwise: `WHYGATE_CACHE_DIR`, else the user's cache directory."""
    named = os.environ.get(VARIABLE)
    if named:
        return os.path.abspath(os.path.expanduser(named))
    import platformdirs

    return os.path.join(platformdirs.user_cache_dir("whygate", appauthor=False), "snapshots")


class SnapshotCache:
    """The kept snapshots. A context manager; nothing is opened, or made, before it is needed.

    Of all that can go wrong only a directory that is not safe is an error, and only for who asks (`check`); else `problems` says it.
    """

    def __init__(self, directory: str | os.PathLike[str] | None = None) -> None:
        self.directory = os.fspath(directory) if directory is not None else default_directory()
        self.problems: list[str] = []
        self._opened: PlainCache | None = None
        self._given_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            with suppress(Exception):  # all that can fail with SQLite may fail here, and nothing depends on it any more
                opened.close()

    def check(self) -> bool:
        """Whether there is a directory. Raises `UserError` where it is not one that can be trusted with policies."""
        try:
            found = os.lstat(self.directory)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._refusal(f"cannot be looked at: {error.strerror}") from None
        if stat.S_ISLNK(found.st_mode):
            raise self._refusal("is a link")
        if not stat.S_ISDIR(found.st_mode):
            raise self._refusal("is not a directory")
        self._check_owner(found, "")
        for name in (_DATABASE, *_SIDES):
            try:
                inside = os.lstat(os.path.join(self.directory, name))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise self._refusal(f"cannot be looked at: {error.strerror}") from None
            if not stat.S_ISREG(inside.st_mode):
                raise self._refusal(f"holds a {name} that is not a file")
            self._check_owner(inside, f"holds a {name} that ")
        return True

    def store(
        self,
        key: Key,
        document: Mapping[str, object] | bytes,
        collected_at: str,
        *,
        account: str = "",
        adapter: str = "",
        source: str = "",
        parts: Mapping[str, bytes] | None = None,
    ) -> bool:
        """Keeps a document that was read without complaint in place of what was under `key`; False, and a problem, where it cannot.
        `parts` is the same as `whygate.packed` packs it, to be opened faster than the document.

        All of it or nothing: chunks and manifest come in one transaction, so that nobody ever reads half of it.
        """

        if self._given_up:
            return False
        from adapters.cache_text import chunks, text_of

        text = text_of(document)
        packed = [zlib.compress(chunk, 1) for chunk in chunks(text)]
        entry = Entry(
            format=FORMAT,
            key=key,
            account=account,
            adapter=adapter,
            source=source,
            collected_at=collected_at,
            kept_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            generation=os.urandom(8).hex(),
            chunks=len(packed),
            size=len(text),
            kept_size=sum(map(len, (*packed, *(parts or {}).values()))),
            parts={name: zlib.crc32(part) for name, part in (parts or {}).items()},
        )

        def put(cache: PlainCache) -> bool:
            with cache.transact():
                _forget(cache, key)
                for number, chunk in enumerate(packed):
                    cache.set(_chunk(entry, number), chunk)
                for name, part in (parts or {}).items():
                    cache.set(_chunk(entry, name), part)
                cache.set(_name(key), msgspec.json.encode(entry))
            return True

        return self._with_cache(put, False, make=True)

    def entries(self) -> tuple[Entry, ...]:
        """What is kept, the youngest first."""

        def listed(cache: PlainCache) -> tuple[Entry, ...]:
            found = [entry for entry in (_entry(cache, name) for name in cache if name.startswith(_MANIFEST)) if entry is not None]
            return tuple(sorted(found, key=lambda entry: (entry.age(), entry.key)))

        return self._with_cache(listed, ())

    def entry(self, key: Key) -> Entry | None:
        """What is kept under `key`, without the document."""
        return self._with_cache(lambda cache: _entry(cache, _name(key)), None)

    def open(self, key: Key) -> bytes | None:
        """The document under `key` as UTF-8 JSON text; None where there is none, or none that can be read."""

        def read(cache: PlainCache, entry: Entry) -> bytes | None:
            parts = [cache.get(_chunk(entry, number)) for number in range(entry.chunks)]
            return None if None in parts else _joined(entry, parts)

        return self._with_cache(lambda cache: self._read(cache, key, read), None)

    def parts(self, key: Key) -> dict[str, bytes] | None:
        """The parts of the snapshot under `key`, undamaged; None where there are none."""

        def read(cache: PlainCache, entry: Entry) -> dict[str, bytes] | None:
            parts = {name: cache.get(_chunk(entry, name)) for name in entry.parts}
            if None in parts.values():
                return None
            if any(not isinstance(part, bytes) or zlib.crc32(part) != entry.parts[name] for name, part in parts.items()):
                raise DamagedError("a part of it is not what it was")
            return parts

        return self._with_cache(lambda cache: self._read(cache, key, read), None) or None

    def _read(self, cache: PlainCache, key: Key, read: Callable[[PlainCache, Entry], Answer | None]) -> Answer | None:
        """What `read` finds, tried again where somebody put another pull there meanwhile; what is damaged is forgotten."""
        try:
            entry = _entry(cache, _name(key))
            while entry is not None:
                found = read(cache, entry)
                if found is not None:
                    return found
                newer = _entry(cache, _name(key))
                if newer == entry:
                    raise DamagedError("a part of it is missing")
                entry = newer
        except (DamagedError, zlib.error) as error:
            self._say(f"what was kept is damaged and forgotten: {error}")
            with cache.transact():
                _forget(cache, key)
        return None

    def clear(self, account: str = "") -> int:
        """Forgets everything, or everything of one account, and says how many entries that were."""

        def remove(cache: PlainCache) -> int:
            with cache.transact():
                named = [(name, _entry(cache, name)) for name in list(cache) if name.startswith(_MANIFEST)]
                gone = [entry for _, entry in named if not account or (entry is not None and entry.account == account)]
                for entry in gone:
                    if entry is not None:
                        _forget(cache, entry.key)
                if not account:
                    for name in list(cache):  # also what no manifest speaks of
                        cache.delete(name)
            return len(gone)

        count = self._with_cache(remove, 0)
        if not account and self._safe():
            with suppress(OSError):  # what was set aside as damaged goes too
                os.unlink(os.path.join(self.directory, _ASIDE))
        return count

    # The database, and what can be the matter with it

    def _with_cache(self, work: Callable[[PlainCache], Answer], otherwise: Answer, *, make: bool = False) -> Answer:
        """The answer of `work`, or `otherwise` with a problem. A damaged database is set aside; what was to be kept is then kept
        in a new one."""
        if self._given_up or not (make or os.path.lexists(os.path.join(self.directory, _DATABASE))):
            return otherwise
        from adapters import cache_disk

        for again in (make, False):
            try:
                return work(self._database())
            except UserError as error:
                self._say(f"nothing is kept: {error}")
                self._given_up = True
                return otherwise
            except Exception as error:  # a cache may fail in any way, and no answer depends on it
                said, damaged = cache_disk.reason(error)
                if not damaged:
                    self._say(f"not used: {visible(said)}")
                    self._given_up = True
                    return otherwise
                if not self._set_aside(said):
                    return otherwise
            if not again:
                break
        return otherwise

    def _database(self) -> PlainCache:
        from adapters import cache_disk

        if self._opened is None:
            if not self.check():
                os.makedirs(os.path.dirname(self.directory), exist_ok=True)
                with suppress(FileExistsError):
                    os.mkdir(self.directory, 0o700)
                self.check()
            self._opened = cache_disk.open_cache(self.directory)
        return self._opened

    def _set_aside(self, said: str) -> bool:
        """Moves a damaged database out of the way, so that a new one can be begun."""
        self.close()
        try:
            os.replace(os.path.join(self.directory, _DATABASE), os.path.join(self.directory, _ASIDE))
            for name in _SIDES:
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(self.directory, name))
        except FileNotFoundError:
            return True  # another process was quicker
        except OSError as error:
            self._say(f"damaged and not used ({visible(said)}), and cannot be set aside: {error.strerror}")
            self._given_up = True
            return False
        self._say(f"damaged ({visible(said)}), so it was set aside as {_ASIDE} and begun anew")
        return True

    def _safe(self) -> bool:
        try:
            return self.check()
        except UserError:
            return False

    def _say(self, what: str) -> None:
        line = f"cache {visible(self.directory)}: {what}"
        if line not in self.problems:
            self.problems.append(line)

    def _check_owner(self, found: os.stat_result, lead: str) -> None:
        if found.st_uid != os.geteuid():
            raise self._refusal(f"{lead}belongs to somebody else")
        if stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
            raise self._refusal(f"{lead}can be written by others", "take that right away (chmod go-w), or ")

    def _refusal(self, what: str, first: str = "") -> UserError:
        return UserError(f"this cache directory {what}", where=visible(self.directory), todo=f"{first}name another with {VARIABLE}")


def _name(key: Key) -> str:
    return _MANIFEST + _digest(key)


def _digest(key: Key) -> str:
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:32]


def _chunk(entry: Entry, part: int | str) -> str:
    return f"chunk:{_digest(entry.key)}:{entry.generation}:{part}"


def _entry(cache: PlainCache, name: str) -> Entry | None:
    """The manifest under `name`; None also for one that a later version of this program wrote."""
    try:
        entry = msgspec.json.decode(cache.get(name, b"null"), type=Entry)
    except (msgspec.DecodeError, TypeError):
        return None
    return entry if entry.format == FORMAT and _name(entry.key) == name else None


def _forget(cache: PlainCache, key: Key) -> None:
    """Removes the manifest of `key` and every chunk of it, of whatever generation; within a transaction."""
    cache.delete(_name(key))
    for name in list(cache):
        if name.startswith(f"chunk:{_digest(key)}:"):
            cache.delete(name)


def _joined(entry: Entry, parts: list[object]) -> bytes:
    texts = [zlib.decompress(part) if isinstance(part, bytes) else b"" for part in parts]
    if sum(map(len, texts)) != entry.size:
        raise DamagedError("it is not as long as it was")
    return b"".join(texts)
