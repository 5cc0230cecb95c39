"""Where things stand in JSON text: values one after another, the line of a path, the place of a fault. Decoding is in `document`.

Everything leans on one trick: msgspec skips a value far faster than Python can, and says at which byte the next one begins.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from whygate.errors import UserError
from whygate.text import visible

Path = tuple[str | int, ...]

_SKIP = msgspec.json.Decoder(msgspec.Raw)
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_BYTE = re.compile(r"(?:JSON is malformed: )?(.*) \(byte (\d+)\)")
_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PATH_SHOWN = 6


class DocumentError(UserError):
    """A document that cannot be read. `path` is the place inside it (`RoleDetailList[12].RoleName`, `page 2: ...`), `line` and
    `column` count from 1 and are None where they mean nothing (a document that never was text)."""

    def __init__(
        self, what: str, *, path: str = "", line: int | None = None, column: int | None = None, todo: str = "", source: str = ""
    ) -> None:
        where = f"{source}:{line}" if source and line else source or (f"line {line}" if line else "")
        super().__init__(f"{path}: {what}" if path else what, where=where, todo=todo)
        self.complaint = what
        self.path = path
        self.source = source
        self.line = line
        self.column = column

    def at(self, source: str) -> DocumentError:
        """The same complaint about a source that has a name, as the user typed it; one that names a file of its own keeps it."""
        if self.source:
            return self
        return DocumentError(self.complaint, path=self.path, line=self.line, column=self.column, todo=self.todo, source=source)


class Member(NamedTuple):
    """One member of an object or list: its key or index, where its key (for lists: its value) and its value begin, and where the
    value ends; `end` is None when the value itself is broken."""

    key: str | int
    key_start: int
    start: int
    end: int | None


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic collector, which would walk every new object of a bulk load again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def checked(data: bytes) -> bytes:
    """`data` without a byte order mark; raises `DocumentError` when it is empty or not UTF-8."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise DocumentError("empty", todo="write it anew: aws iam get-account-authorization-details > account.json")
    try:
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as error:
        line, column = line_of(data, error.start)
        raise DocumentError(
            f"not UTF-8 at column {column}: byte 0x{data[error.start]:02x}", line=line, column=column, todo="save it as UTF-8"
        ) from None
    return data


def line_of(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column of a byte offset, both from 1; columns count characters."""
    begin = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, len(data[begin:offset].decode(errors="replace")) + 1


def after_space(data: bytes, offset: int) -> int:
    found = _SPACE.match(data, offset)
    return found.end() if found else offset


def value_end(data: bytes, start: int) -> int:
    """The offset of the first character after the value that begins at `start` and the white space behind it.

    Raises msgspec.DecodeError or RecursionError when the value is not sound.
    """
    try:
        _SKIP.decode(memoryview(data)[start:])
    except msgspec.DecodeError as error:
        trailing = _TRAILING.search(str(error))
        if trailing is None:
            raise
        return start + int(trailing[1]) - 1
    return len(data)


def members(data: bytes, start: int) -> Iterator[Member]:
    """The members of the object or list that begins at `start`, in order, up to the first thing that is not JSON."""
    opening = data[start : start + 1]
    if opening not in (b"{", b"["):
        return
    position = after_space(data, start + 1)
    index = 0
    while position < len(data):
        key: str | int = index
        key_start = position
        if opening == b"{":
            text = _STRING.match(data, position)
            if text is None:
                return
            key = _key(text.group())
            position = after_space(data, text.end())
            if data[position : position + 1] != b":":
                return
            position = after_space(data, position + 1)
        elif data[position : position + 1] == b"]":
            return
        try:
            end = value_end(data, position)
        except (msgspec.DecodeError, RecursionError):
            yield Member(key, key_start, position, None)
            return
        yield Member(key, key_start, position, end)
        if data[end : end + 1] != b",":
            return
        position = after_space(data, end + 1)
        index += 1


def _key(quoted: bytes) -> str:
    try:
        return str(msgspec.json.decode(quoted, type=str))
    except msgspec.DecodeError:
        return quoted[1:-1].decode(errors="replace")


def locate(data: bytes, start: int, path: Path) -> int:
    """The offset of what stands at `path` inside the value at `start`, or of the nearest part above it that is there."""
    for step in path:
        found = next((member for member in members(data, start) if member.key == step), None)
        if found is None:
            break
        start = found.start
    return start


def written(path: Path) -> str:
    """`("RoleDetailList", 12, "RoleName")` as `RoleDetailList[12].RoleName`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{visible(step)}" for step in path)
    return text.removeprefix(".")


def steps(text: str) -> Path:
    """The path that a msgspec message ends in (`$.Policies[3].Arn`), up to the first key it does not name."""
    path: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", text):
        if index == "...":
            break
        path.append(name or int(index))
    return tuple(path)


def fault(data: bytes, start: int) -> DocumentError:
    """What is wrong with the value at `start`, which is known to be unsound: said of the innermost part that is."""
    path: list[str | int] = []
    while (broken := next((member for member in members(data, start) if member.end is None), None)) is not None:
        path.append(broken.key)
        start = broken.start
        if len(path) >= _PATH_SHOWN and _too_deep(data, start):
            break
    where = written(tuple(path))
    if _too_deep(data, start):
        line, column = line_of(data, start)
        return DocumentError("nested too deeply", path=where, line=line, column=column, todo="no policy goes 100 levels deep: look there")
    found = None
    try:
        value_end(data, start)
    except msgspec.DecodeError as error:
        found = _BYTE.fullmatch(str(error))
    if found is None:
        return _cut_off(data, start, where)
    offset = start + int(found[2])
    line, column = line_of(data, offset)
    reason, todo = _reason(found[1], data, offset)
    return DocumentError(f"not JSON at column {column}: {reason}", path=where, line=line, column=column, todo=todo)


def _too_deep(data: bytes, start: int) -> bool:
    try:
        value_end(data, start)
    except RecursionError:
        return True
    except msgspec.DecodeError:
        pass
    return False


def _cut_off(data: bytes, start: int, where: str) -> DocumentError:
    string = _STRING.match(data, start)
    if string is not None and string.end() < len(data):  # msgspec runs past the end of the text after half a surrogate pair
        line, column = line_of(data, start)
        return DocumentError("not JSON: half a surrogate pair in a text", path=where, line=line, column=column, todo="mend the text there")
    line, column = line_of(data, len(data.rstrip()))
    inside = f"the file ends inside {where}" if where else "the file ends before its last bracket"
    return DocumentError(f"cut off: {inside}", line=line, column=column, todo="export it again, or copy the whole file")


def _reason(message: str, data: bytes, offset: int) -> tuple[str, str]:
    here = data[offset : offset + 2]
    if here in (b"//", b"/*"):
        return "a comment, which JSON does not have", "take the comment out"
    if offset == after_space(data, 0):
        begins = visible(data[offset:].decode(errors="replace")[:1])
        return f"the text begins with {begins}", "an export begins with { or ["
    if here[:1] == b"'":
        return "single quotes around a text", "use double quotes; was it printed by Python? json.dumps writes JSON"
    if message.startswith("trailing comma"):
        return message, "take the comma out"
    return message, "the whole text must be JSON as the AWS CLI prints it"


def values(data: bytes) -> list[int]:
    """The offsets of the values that stand one after another in `data` (pages, JSON Lines); raises `DocumentError` at a fault."""
    found = []
    position = after_space(data, 0)
    while position < len(data):
        found.append(position)
        try:
            position = value_end(data, position)
        except (msgspec.DecodeError, RecursionError):
            raise fault(data, position) from None
    return found


def respelled(data: bytes, start: int, names: Mapping[str, str], verbatim: Set[str]) -> bytes:
    """`data` with the keys below `start` that `names` knows in another spelling (`userName`, `user_name`) written its way.

    `names` maps lower-case letters to the spelling wanted; nothing inside a value whose key is in `verbatim` is touched, and
    neither are line breaks, so that lines stay true.
    """
    pieces: list[bytes] = []
    done = 0
    pending = [start]
    changes: list[tuple[int, int, str]] = []
    while pending:
        for member in members(data, pending.pop()):
            name = member.key
            if isinstance(name, str):
                name = names.get(name.replace("_", "").lower(), name)
                text = _STRING.match(data, member.key_start)
                if text is not None and name != member.key:
                    changes.append((text.start(), text.end(), name))
            if name not in verbatim and data[member.start : member.start + 1] in (b"{", b"["):
                pending.append(member.start)
    for begin, end, name in sorted(changes):
        pieces += [data[done:begin], msgspec.json.encode(name)]
        done = end
    return b"".join([*pieces, data[done:]])
