"""Files that a user names on the command line besides a source: policies and scenarios, read as text."""

from __future__ import annotations

import sys
from pathlib import Path

from whygate.errors import UserError


def read_text(name: str) -> str:
    """The text of a file, or of standard input for `-`; raises `UserError` in one line for what cannot be read."""
    if name == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input")
    try:
        data = Path(name).read_bytes()
    except FileNotFoundError:
        raise UserError("no such file", where=name, todo="check the path") from None
    except IsADirectoryError:
        raise UserError("this is a directory", where=name, todo="name a file") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=name) from None
    return _decoded(data, name)


def _decoded(data: bytes, name: str) -> str:
    encoding, title = ("utf-16", "UTF-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "UTF-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(f"not {title} text at byte {error.start}", where=name, todo="save it as UTF-8") from None
    if not text.strip():
        raise UserError("the file is empty", where=name)
    return text
