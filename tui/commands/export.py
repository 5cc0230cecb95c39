"""`whygate export SOURCE FILE`: writes a source as one snapshot document, whole or not at all."""

from __future__ import annotations

import argparse
import gzip
import os
import sys

from tui.commands import opening
from tui.commands.files import there, write_whole
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
        raise there(name)
    found = opening.read(options)
    for problem in (*found.document.warnings, *found.problems):
        complain(visible(f"warning: {problem}"))
    text = written.text(found.document, found.source)
    if name == "-":
        _print(text)
    else:
        write(name, text, overwrite=options.force)
    return 0


def write(name: str, text: bytes, *, overwrite: bool = False) -> None:
    """The document `text` in a file, packed where its name says so. Raises `UserError`."""
    write_whole(name, gzip.compress(text, 6, mtime=0) if name.endswith(".gz") else text, overwrite=overwrite)


def _print(text: bytes) -> None:
    if sys.stdout is None:
        raise UserError("standard output is closed", todo="name a file")
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
