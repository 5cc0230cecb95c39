"""`whygate export SOURCE FILE`: writes a source as one snapshot document, whole or not at all."""

from __future__ import annotations

import argparse
import gzip
import os
import sys

from tui.commands import opening
from tui.commands.output import complain
from whygate import written
from whygate.errors import UserError
from whygate.text import visible


def run(options: argparse.Namespace) -> int:
    """Writes the document and prints nothing else. Raises `UserError` for a source that cannot be read or a file that cannot be written."""
    name = options.file
    if not name:
        raise UserError("no file is named", todo="name one, or - for standard output")
    if name != "-" and not options.force and os.path.lexists(name):
        raise _there(name)
    found = opening.read(options)
    text = written.text(found.document, found.source)
    for problem in (*found.document.warnings, *found.problems):
        complain(visible(f"warning: {problem}"))
    if name == "-":
        _print(text)
    else:
        _write(name, gzip.compress(text, 6, mtime=0) if name.endswith(".gz") else text, overwrite=options.force)
    return 0


def _print(text: bytes) -> None:
    if sys.stdout is None:
        raise UserError("standard output is closed", todo="name a file")
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def _write(name: str, data: bytes, *, overwrite: bool) -> None:
    """The whole file or none of it, readable by its owner alone. Written beside its place and then moved there; a device, such as
    /dev/stdout or a pipe, is written to as it is."""
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
        raise _there(name) from None
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


def _there(name: str) -> UserError:
    what = "a folder" if os.path.isdir(name) else "is there already"
    return UserError(what, where=visible(name), todo="name a file in it" if os.path.isdir(name) else "name another, or use --force")
