"""Files that a user names besides a source: policies and scenarios, read as text; answers, written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from whygate import policy
from whygate.errors import UserError
from whygate.text import visible


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


def write_whole(name: str, data: bytes, *, overwrite: bool = False) -> None:
    """The whole file or none of it, readable by its owner alone. Written beside its place and then moved there; a device, such as
    /dev/stdout or a pipe, is written to as it is. Raises `UserError`, also where there is one already that may not be overwritten."""
    place = os.path.realpath(name)  # so that a link keeps pointing where it does
    try:
        if overwrite and os.path.lexists(place) and not os.path.isfile(place):
            with open(place, "wb") as file:
                file.write(data)
            return
        beside = os.path.join(os.path.dirname(place), f".{os.path.basename(place)[:200]}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if overwrite or not _linked(beside, place):
                os.replace(beside, place)
        finally:
            if os.path.lexists(beside):
                os.unlink(beside)
    except FileExistsError:
        raise there(name) from None
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror or error}", where=visible(name), todo="name another place") from None


def _linked(beside: str, place: str) -> bool:
    """The file under its name, in a way that fails where somebody was quicker, as a move does not; False where the file system has no
    links and nobody was."""
    try:
        os.link(beside, place)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(place):
            raise FileExistsError(place) from None
        return False
    return True


def there(name: str) -> UserError:
    what = "a folder" if os.path.isdir(name) else "is there already"
    return UserError(what, where=visible(name), todo="name a file in it" if os.path.isdir(name) else "name another, or use --force")
