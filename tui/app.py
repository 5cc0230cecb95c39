"""Starts the explorer: looks at the terminal first, settles what Textual reads only once, and then imports it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.background.ahead import Ahead, Source
from tui.kept.config import Config
from tui.kept.settings import Settings
from tui.terminal import link
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.account_app import Begin
    from tui.explorer import Explorer
    from tui.terminal.terminal_app import Look

Begins = Callable[[str], Source]


def run(source: str, *, at: str = "", begin: Begins | None = None, verify: bool = True, config: Config | None = None) -> int:
    """Show the explorer over `source` (what `whygate SOURCE` names, empty for the start screen) until the user leaves it; the exit status.

    `at` is a location to begin at, as `tui.location` writes them. `begin` opens the source, where that is not simply the registry's
    way; without `verify` nobody may be asked for a second opinion. What is wrong with `config` is shown there, and said once more on
    standard error when the screen is the shell's again. Raises UserError where there is no terminal to draw on, or `at` is no location.
    """
    check_terminal()
    config = config or Config("")
    reached = link.settle(config.settings.link, os.environ)
    for name, value in reached.environment:
        os.environ.setdefault(name, value)
    gc.disable()  # until the first picture: what is made by then stays
    ahead = Ahead(source, begin) if source and begin is not None else None
    look = _look(config.settings)
    mouse = reached.mouse if config.settings.mouse == "auto" else config.settings.mouse == "on"
    explorer, complaints = _explorer(source, at, begin, verify, config, look)
    explorer.ahead = ahead
    explorer.run(mouse=mouse)
    gc.enable()
    explorer.keep()
    for line in complaints:
        sys.stderr.write(f"whygate: {line}\n")
    status = explorer.return_code or 0
    if explorer.loading:  # an adapter's threads may wait for an answer that never comes, and Python would wait for them
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def _look(settings: Settings) -> Look:
    """How the terminal is used. Textual takes NO_COLOR away, and programs that the explorer starts shall have it."""
    no_colour = link.wants_no_colour(os.environ)
    ascii_only = link.wants_ascii(os.environ) if settings.ascii == "auto" else settings.ascii == "on"
    theme = settings.theme
    if theme == "auto":
        theme = "terminal" if link.has_sixteen_colours(os.environ) else "dark"
    child = {"NO_COLOR": os.environ.pop("NO_COLOR")} if "NO_COLOR" in os.environ else {}
    from tui.terminal.terminal_app import Look

    return Look(theme=theme, no_colour=no_colour, ascii_only=ascii_only, to_file=settings.clipboard == "file", child=child)


def _explorer(source: str, at: str, begin: Begin | None, verify: bool, config: Config, look: Look) -> tuple[Explorer, list[str]]:
    """The explorer with what is configured and remembered, and the lines about what could not be."""
    from tui.explorer import Explorer
    from tui.kept import state
    from tui.place import Place

    said: list[str] = []

    def failed(line: str) -> None:
        said.append(line)
        explorer.post_message(Place.Said(line))

    remembered = state.open(failed=failed)
    explorer = Explorer(source, at=at, begin=begin, verify=verify, remembered=remembered)
    explorer.settle(look)
    said += [str(problem) for problem in _complete(explorer, config)]
    if remembered.problem:
        said.append(remembered.problem)
    if said:
        more = f"1 of {len(said)} lines, all of them when you leave: " if len(said) > 1 else ""  # first: the end may be cut
        explorer.notice = more + said[0]
    return explorer, said


def _complete(explorer: Explorer, config: Config) -> tuple[object, ...]:
    """Give the explorer the keys and columns that were chosen; all that is wrong with the file."""
    problems = config.problems
    if config.settings.keys:
        from tui.kept import keymap

        explorer.keymap, wrong = keymap.chosen(config)
        explorer.set_keymap(keymap.for_textual(explorer.keymap))
        problems += wrong
    if config.settings.columns:
        from tui.kept import columns

        explorer.columns, wrong = columns.chosen(config)
        problems += wrong
    return problems


def check_terminal() -> None:
    """Raises UserError where the explorer could not be seen."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # it is drawn on standard error
        raise UserError("the explorer needs a terminal", todo="use whygate list or whygate can in a pipe")
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise UserError(
            f"the terminal says that it is {os.environ.get('TERM') or 'nothing'}",
            todo="set TERM to what it really is, such as xterm-256color, or use whygate list and whygate can",
        )
