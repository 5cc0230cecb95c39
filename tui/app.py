"""Starts the explorer: looks at the terminal first, settles what Textual reads only once, and then imports it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.explorer import Begin

# Fewer frames a second mean fewer bytes while a key is held down; below 15 the answer to a single key becomes late.
SSH_FRAMES = "15"


def run(source: str, *, at: str = "", mouse: bool | None = None, begin: Begin | None = None, verify: bool = True) -> int:
    """Show the explorer over `source` (what `whygate SOURCE` names) until the user leaves it; the exit status.

    `at` is a location to begin at, as `tui.location` writes them. `mouse` None means: yes, but not over SSH, where every
    movement would be a report. `begin` opens the source, where that is not simply the registry's way; without `verify`
    nobody may be asked for a second opinion. Raises UserError where
    there is no terminal to draw on, or `at` is no location.
    """
    check_terminal()
    remote = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if remote:
        os.environ.setdefault("TEXTUAL_FPS", SSH_FRAMES)
    from tui.explorer import Explorer

    explorer = Explorer(source, at=at, begin=begin, verify=verify)
    explorer.run(mouse=not remote if mouse is None else mouse)
    status = explorer.return_code or 0
    if explorer.loading:  # an adapter's threads may wait for an answer that never comes, and Python would wait for them
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def check_terminal() -> None:
    """Raises UserError where the explorer could not be seen."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # Textual draws on standard error
        raise UserError("the explorer needs a terminal", todo="use whygate list or whygate can in a pipe")
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise UserError(
            f"the terminal says that it is {os.environ.get('TERM') or 'nothing'}",
            todo="set TERM to what it really is, such as xterm-256color, or use whygate list and whygate can",
        )
