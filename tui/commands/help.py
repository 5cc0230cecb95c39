"""`whygate help [COMMAND]`: the same as `--help`; with `--man`, the manual page."""

from __future__ import annotations

import argparse

from tui.commands import manual
from tui.commands.output import write
from tui.commands.parser import ROWS, build, meant, parsers
from whygate.errors import UserError


def run(options: argparse.Namespace) -> int:
    """Prints it. Raises `UserError` for a command that there is not."""
    if options.name and options.name not in ROWS:
        raise UserError(f"no command is called {options.name!r}", todo=meant(options.name, tuple(ROWS)) or "see `whygate help`")
    if options.man:
        if options.name:
            raise UserError("--man is about all commands at once", todo="leave COMMAND out")
        write(manual.page().rstrip("\n"))
        return 0
    parser = build()
    write((parsers(parser)[options.name] if options.name else parser).format_help().rstrip("\n"))
    return 0
