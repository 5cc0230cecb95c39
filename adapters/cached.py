"""Whether a slow source is asked again or what was kept of it is opened. Where it is kept is in `cache`; which adapter is asked, in
`registry`. An adapter takes part by having `cache_key(source)`; files have none, and never come here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from adapters.cache import Entry, SnapshotCache
from adapters.registry import CachePolicy
from whygate import dates, packed
from whygate.document import Document, DocumentError
from whygate.errors import UserError
from whygate.snapshot import Snapshot
from whygate.text import visible


class Slow(NamedTuple):
    """A slow source: the adapter's name, what the user typed, and how to ask it. `key` may ask over the network who is calling;
    `decode` raises `DocumentError` for what is no snapshot document; `build` makes the snapshot of one that was collected then; `whole`
    says of what was loaded whether it is to be kept, which a part of it is not."""

    adapter: str
    text: str
    key: Callable[[], tuple[str, ...] | None]
    load: Callable[[], object]
    decode: Callable[[object], Document]
    build: Callable[[Document, str], Snapshot]
    whole: Callable[[], bool]


class Found(NamedTuple):
    """A source opened: its document or its snapshot, and when it was collected."""

    found: Document | Snapshot
    collected_at: str


def load(source: Slow, policy: CachePolicy) -> tuple[Document, str, tuple[str, ...]]:
    """The document of a slow source, kept or collected anew; when it was collected; what there is to say of the cache.

    Raises `UserError`: the adapter's own, which then names what is kept, or that nothing is kept."""
    with SnapshotCache(policy.directory) as cache:
        found, collected_at = _find(cache, source, policy, _document)
        assert isinstance(found, Document)
        return found, collected_at, tuple(cache.problems)


def snapshot(source: Slow, policy: CachePolicy) -> tuple[Snapshot, tuple[str, ...]]:
    """As `load`, for the snapshot, which opens faster than its document would."""
    with SnapshotCache(policy.directory) as cache:
        found, collected_at = _find(cache, source, policy, _snapshot)
        made = source.build(found, collected_at) if isinstance(found, Document) else found
        return made, tuple(cache.problems)


Opener = Callable[[SnapshotCache, Slow, Entry], "Document | Snapshot | None"]


def _find(cache: SnapshotCache, source: Slow, policy: CachePolicy, opened: Opener) -> Found:
    return _kept(cache, source, policy, opened) if policy.offline else _asked(cache, source, policy, opened)


def _asked(cache: SnapshotCache, source: Slow, policy: CachePolicy, opened: Opener) -> Found:
    try:
        parts = source.key()
        key = None if parts is None else (source.adapter, *parts)
        entry = cache.entry(key) if key is not None and not policy.refresh else None
        if entry is not None and (policy.max_age is None or entry.age() <= policy.max_age):
            found = opened(cache, source, entry)
            if found is not None:
                return Found(found, entry.collected_at)
        loaded = source.load()
    except UserError as error:
        raise _with_a_way_out(cache, source, error) from None
    document = source.decode(loaded)
    said = document.source.collected_at if document.source is not None else None
    collected_at = dates.utc(said) or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if key is not None and source.whole() and isinstance(loaded, (bytes, Mapping)):
        account = document.accounts[0].id if document.accounts else ""
        packing = packed.pack(source.build(document, collected_at)) if document.accounts else None
        cache.store(key, loaded, collected_at, account=account, adapter=source.adapter, source=source.text, parts=packing)
    return Found(document, collected_at)


def _kept(cache: SnapshotCache, source: Slow, policy: CachePolicy, opened: Opener) -> Found:
    """What was kept of a source, by the name that the user gave it: who the caller is cannot be asked. The youngest counts."""
    cache.check()
    too_old: Entry | None = None
    for entry in _entries_of(cache, source):
        if policy.max_age is not None and entry.age() > policy.max_age:
            too_old = too_old or entry
            continue
        found = opened(cache, source, entry)
        if found is not None:
            return Found(found, entry.collected_at)
    if too_old is not None:
        what = f"what is kept of it was collected at {visible(too_old.collected_at)}, and that is older than asked for"
        raise UserError(what, where=visible(source.text), todo="give a longer --max-age, or leave --offline out")
    why = f" ({cache.problems[0]})" if cache.problems else ""
    raise UserError(f"nothing of it is kept{why}", where=visible(source.text), todo="open it once without --offline")


def _entries_of(cache: SnapshotCache, source: Slow) -> list[Entry]:
    return [entry for entry in cache.entries() if entry.adapter == source.adapter and entry.source == source.text]


def _snapshot(cache: SnapshotCache, source: Slow, entry: Entry) -> Document | Snapshot | None:
    parts = cache.parts(entry.key) if entry.parts and entry.source == source.text else None  # the snapshot says what was typed
    found = packed.unpack(parts) if parts else None
    return found or _document(cache, source, entry)


def _document(cache: SnapshotCache, source: Slow, entry: Entry) -> Document | None:
    text = cache.open(entry.key)
    if text is None:
        return None
    try:
        return source.decode(text)
    except DocumentError as error:  # kept by another version of this program, which read it otherwise
        cache.problems.append(f"what is kept of {visible(source.text)} cannot be read and is left out: {error}")
        return None


def _with_a_way_out(cache: SnapshotCache, source: Slow, error: UserError) -> UserError:
    """The same complaint, naming what is kept of the source; `DocumentError`s are about what came and stay as they are."""
    kept = [] if isinstance(error, DocumentError) else _entries_of(cache, source)
    if not kept:
        return error
    way_out = f"or open what was kept at {visible(kept[0].collected_at)} with --offline"
    return UserError(error.what, where=error.where, todo=f"{error.todo}, {way_out}" if error.todo else way_out.removeprefix("or "))
