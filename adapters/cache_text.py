"""A snapshot document as the cache keeps it: its own JSON text without credentials, cut into chunks. Where they are kept is in `cache`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from whygate import json_source
from whygate.entries import SECRETS

ENTITIES = 500
# What stands below these is an account's own text: a tag or a policy may use any word.
_OWN_WORDS = frozenset({"Tags", "Document", "PolicyDocument", "AssumeRolePolicyDocument", "Policy", "Content", "Context"})
_SUSPECT = re.compile(rb'"(?:%s)"\s*:|\\u00' % b"|".join(sorted(name.encode() for name in SECRETS)))


def text_of(document: Mapping[str, object] | bytes) -> bytes:
    """The UTF-8 JSON text of a document that was read without complaint, every credential in it replaced by `null`."""
    data = document if isinstance(document, bytes) else msgspec.json.encode(document)
    return _without_secrets(data) if _SUSPECT.search(data) else data


def chunks(data: bytes) -> Iterator[bytes]:
    """The text in pieces of about `ENTITIES` entities; joined again they are the text, byte for byte."""
    begin = count = 0
    for start in _entities(data):
        if count == ENTITIES:
            yield data[begin:start]
            begin, count = start, 0
        count += 1
    yield data[begin:]


def _entities(data: bytes) -> Iterator[int]:
    """Where the items of the lists begin, of a document that may hold several accounts."""
    for begin in json_source.values(data):
        for member in json_source.members(data, begin):
            for item in _items(data, member.start):
                if member.key != "Accounts":
                    yield item
                    continue
                for inner in json_source.members(data, item):
                    yield from _items(data, inner.start)


def _items(data: bytes, start: int) -> Iterator[int]:
    if data[start : start + 1] == b"[":
        yield from (member.start for member in json_source.members(data, start))


def _without_secrets(data: bytes) -> bytes:
    found: list[tuple[int, int]] = []
    pending = json_source.values(data)
    while pending:
        for member in json_source.members(data, pending.pop()):
            if member.key in SECRETS and member.end is not None:
                found.append((member.start, member.end))
            elif member.key not in _OWN_WORDS and data[member.start : member.start + 1] in (b"{", b"["):
                pending.append(member.start)
    pieces: list[bytes] = []
    done = 0
    for begin, end in sorted(found):
        pieces += [data[done:begin], b"null"]
        done = end
    return b"".join([*pieces, data[done:]])
