"""Files that a user names on the command line besides a source: policies and scenarios, read as text."""

from __future__ import annotations

import sys
from pathlib import Path

from whygate import policy
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


def check_standard_input(*names: str) -> None:
    """Raises `UserError` where more than one of the names is `-`: what one of them reads is gone for the other."""
    if names.count("-") > 1:
        raise UserError("standard input is named twice", where="-", todo="put one of the two into a file")


def read_policy(name: str) -> str:
    """The text of a file that holds one policy document; raises `UserError` also where it does not."""
    text = read_text(name)
    unreadable = policy.read(text).unreadable
    if unreadable:
        raise UserError(unreadable, where="standard input" if name == "-" else name, todo="give one policy document, as JSON")
    return text


def _decoded(data: bytes, name: str) -> str:
    encoding, title = ("utf-16", "UTF-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "UTF-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(f"not {title} text at byte {error.start}", where=name, todo="save it as UTF-8") from None
    if not text.strip():
        raise UserError("the file is empty", where=name)
    return text
