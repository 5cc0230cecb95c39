"""The adapter for a file that somebody exported: plain or gzip, in any Unicode encoding that shells write. It reads bytes; what they
say is decoded elsewhere."""

from __future__ import annotations

import difflib
import os
import sys
import zlib
from collections.abc import Callable
from typing import IO, Any

import msgspec

from whygate import json_source
from whygate.document import DocumentError
from whygate.errors import UserError
from whygate.text import visible

CHUNK = 1 << 20
HEAD = 1 << 17
SUFFIXES = (".json", ".jsonl", ".gz")
_GZIP = b"\x1f\x8b"
_AGAIN = "copy or export it again"
_SHOWN = 3


class ExportAdapter:
    """`aws iam get-account-authorization-details > account.json`, or a snapshot that whygate wrote; `-` is standard input."""

    name = "export"
    description = "an account export or a snapshot: a JSON file, also gzip, or - for standard input"

    def accepts(self, source: str) -> bool:
        """Any path that is there, `-`, and what can only be meant as a path."""
        if source == "demo" or source.startswith("aws:"):
            return False
        return source == "-" or "/" in source or source.endswith(SUFFIXES) or os.path.exists(source)

    def quick(self, source: str) -> bool:
        """True for a small file."""
        return os.path.isfile(source) and os.path.getsize(source) <= CHUNK

    def first_page(self, source: str) -> bytes | None:
        """The users at the head of a large file, as the first page of several; None for one that does not begin with them."""
        if not os.path.isfile(source) or os.path.getsize(source) <= CHUNK:
            return None
        with open(source, "rb") as file:
            head = file.read(HEAD)
        start = json_source.after_space(head, 0)
        users = next((member for member in json_source.members(head, start) if member.key == "UserDetailList"), None)
        if users is None:
            return None
        ends = [member.end for member in json_source.members(head, users.start) if member.end is not None]
        return head[start : ends[-1]] + b'], "IsTruncated": true}' if ends else None

    def load(self, source: str, report: Callable[[int, int, str], None]) -> bytes:
        """The text of the export as UTF-8; raises `UserError` for a file that cannot be read."""
        return read(source, report)


def read(source: str, report: Callable[[int, int, str], None]) -> bytes:
    """The text of a file, or of standard input for `-`, as UTF-8 and unpacked; raises `UserError` for one that cannot be read."""
    where = "standard input" if source == "-" else visible(source)
    data = _read(source, where, report)
    if data.startswith(_GZIP):
        data = _unpacked(data, where)
    if data.startswith(b"PK\x03\x04"):
        raise UserError("a zip archive, not an account export", where=where, todo="unpack it first")
    return _utf8(data, where)


def answers(source: str, report: Callable[[int, int, str], None]) -> list[Any]:
    """The JSON values that stand in a file, one after another or in one list, each out of the `data` that a recorder wrapped it in;
    raises `UserError` for a file that cannot be read, `DocumentError` with its line for one that is not JSON."""
    data = json_source.checked(read(source, report))
    values = [msgspec.json.decode(memoryview(data)[start : json_source.value_end(data, start)]) for start in json_source.values(data)]
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    return [value["data"] if isinstance(value, dict) and isinstance(value.get("data"), dict) else value for value in values]


def rows(value: Any, path: str) -> list[dict[str, Any]]:
    """A list of objects inside an answer, [] for none; raises `DocumentError` with its place for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise DocumentError("expected a list", path=path, todo=_AGAIN)
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise DocumentError("expected an object", path=f"{path}[{index}]", todo=_AGAIN)
    return value


def _read(source: str, where: str, report: Callable[[int, int, str], None]) -> bytes:
    if source == "-":
        return _all(sys.stdin.buffer, 0, where, report)
    if os.path.isdir(source):
        raise UserError("a folder, not a file", where=where, todo=_files_in(source))
    try:
        with open(source, "rb") as file:
            return _all(file, os.fstat(file.fileno()).st_size, where, report)
    except FileNotFoundError:
        raise UserError("no such file", where=where, todo=_close_to(source)) from None
    except PermissionError:
        raise UserError("no permission to read it", where=where, todo="ask its owner, or copy it to where you may read") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UserError(f"cannot be read: {visible(reason)}", where=where, todo="name another file") from None


def _all(file: IO[bytes], total: int, where: str, report: Callable[[int, int, str], None]) -> bytes:
    chunks = []
    done = 0
    while chunk := file.read(CHUNK):
        chunks.append(chunk)
        done += len(chunk)
        report(done, max(total, done) if total else 0, f"reading {where}")
    return b"".join(chunks)


def _unpacked(data: bytes, where: str) -> bytes:
    import gzip  # not for every file: this is on the way to the first picture

    try:
        return gzip.decompress(data)
    except EOFError:
        raise UserError("cut off: the gzip stream has no end", where=where, todo=_AGAIN) from None
    except (OSError, zlib.error) as error:
        raise UserError(f"damaged gzip: {visible(str(error))}", where=where, todo=_AGAIN) from None


def _utf8(data: bytes, where: str) -> bytes:
    """UTF-16 turned into UTF-8, told by its byte order mark or by the zero byte beside the first bracket; the rest as it is."""
    encoding = _encoding(data)
    if encoding is None:
        return data
    if encoding == "utf-32":
        raise UserError("UTF-32, which no tool exports", where=where, todo="save it as UTF-8")
    try:
        return data.decode(encoding).encode()
    except UnicodeError as error:
        at = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise UserError(f"damaged UTF-16{at}", where=where, todo=_AGAIN) from None


def _encoding(data: bytes) -> str | None:
    first, second = data[:1], data[1:2]
    opening = (b"{", b"[", b" ", b"\t", b"\r", b"\n")
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")) or (first in opening and data[1:4] == b"\x00\x00\x00"):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if first in opening and second == b"\x00":
        return "utf-16-le"
    if first == b"\x00" and second in opening:
        return "utf-16-be"
    return None


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder or "."))
    except OSError:
        return []


def _files_in(folder: str) -> str:
    files = [visible(os.path.join(folder, name)) for name in _names(folder) if name.endswith(SUFFIXES)]
    if not files:
        return "name the file that holds the export; no JSON file is in this folder"
    more = ", …" if len(files) > _SHOWN else ""
    return f"name a file in it: {', '.join(files[:_SHOWN])}{more}"


def _close_to(source: str) -> str:
    folder, name = os.path.split(source)
    if folder and not os.path.isdir(folder):
        return f"there is no folder {visible(folder)} either"
    close = [visible(os.path.join(folder, found)) for found in difflib.get_close_matches(name, _names(folder), n=_SHOWN)]
    return f"did you mean {' or '.join(close)}?" if close else "check the name"
