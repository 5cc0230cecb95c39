"""A look at the head of a file: enough to tell what kind of answer it is, before anybody reads it whole. Decoding is elsewhere."""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Iterator

from msgspec import Struct

from whygate import json_source

LENGTH = 1 << 18
_GZIP = b"\x1f\x8b"


class Head(Struct, frozen=True):
    """The first value of a file. `text` is its beginning, as UTF-8; `keys` are the keys of the first object (in a list its first
    element, in a recorded answer its `data`) with where their values begin in `text`."""

    text: bytes
    keys: dict[str, int]

    def __contains__(self, key: object) -> bool:
        return key in self.keys

    def inner(self, key: str) -> frozenset[str]:
        """The keys of the object under `key`, or of the first element of the list there."""
        start = self.keys.get(key)
        return frozenset(_keys(self.text, start)) if start is not None else frozenset()

    def opens(self, key: str, bracket: bytes) -> bool:
        """Whether the value under `key` begins with `bracket`."""
        start = self.keys.get(key)
        return start is not None and self.text[start : start + 1] == bracket


def look(source: str) -> Head | None:
    """The head of a regular file; None for what is no file that may be read."""
    try:
        if not os.path.isfile(source):
            return None
        status = os.stat(source)
        return _look(source, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        return None


@functools.lru_cache(maxsize=32)
def _look(source: str, _modified: int, _size: int) -> Head:
    with open(source, "rb") as file:
        return head_of(file.read(LENGTH))


def head_of(data: bytes) -> Head:
    """The head of these bytes: plain or gzip, UTF-8 or UTF-16, cut anywhere."""
    if data.startswith(_GZIP):
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, LENGTH)
        except zlib.error:
            data = b""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="ignore").encode()
    elif data[1:2] == b"\x00":
        data = data.decode("utf-16-le", errors="ignore").encode(errors="ignore")
    text = data.removeprefix(b"\xef\xbb\xbf")
    start = json_source.after_space(text, 0)
    keys = _keys(text, start)
    if "data" in keys and text[keys["data"] : keys["data"] + 1] == b"{":
        keys = _keys(text, keys["data"])
    return Head(text, keys)


def _keys(text: bytes, start: int) -> dict[str, int]:
    start = next(_elements(text, start), start)
    if text[start : start + 1] == b'"':  # a list of JSON texts, as select-resource-config answers
        try:
            import json  # not for every file: this is on the way to the first picture

            inner = json.JSONDecoder().raw_decode(text[start:].decode(errors="ignore"))[0].encode()
        except (ValueError, RecursionError):
            return {}
        return dict.fromkeys(_keys(inner, 0), start) if inner[:1] == b"{" else {}
    return {str(member.key): member.start for member in json_source.members(text, start) if isinstance(member.key, str)}


def _elements(text: bytes, start: int) -> Iterator[int]:
    if text[start : start + 1] == b"[":
        yield from (member.start for member in json_source.members(text, start))
