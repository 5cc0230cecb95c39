"""`whygate config [show|check|path]`: the documented configuration file with its defaults, what is wrong with one, and where it is."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator

from tui.commands.output import write
from tui.kept import config
from tui.kept.settings import OPTIONS, PARTS, allowed
from whygate.errors import UserError
from whygate.text import visible

WIDTH = 100
_DONE = "as it should be"


def run(options: argparse.Namespace) -> int:
    """Prints the file, or checks one: 1 where something is wrong with it. Raises `UserError` for one that is not there."""
    if options.file and options.what != "check":
        raise UserError(f"`whygate config {options.what}` takes no file", todo="only `check` does")
    if options.what == "path":
        write(visible(config.default_path()))
        return 0
    if options.what == "show":
        write("\n".join(documented(config.default_path())))
        return 0
    return _check(config.load(options.file))


def _check(found: config.Config) -> int:
    from tui.kept import columns, keymap

    problems = (*found.problems, *keymap.chosen(found)[1], *columns.chosen(found)[1])
    for problem in sorted(problems, key=lambda each: each.line):
        write(str(problem))
    if not problems:
        write(f"{visible(found.path)}: {_DONE}")
    return 1 if problems else 0


def documented(path: str) -> Iterator[str]:
    """The lines of a configuration file in which everything has its default, as a comment, with what it does."""
    from tui.actions import ACTIONS
    from tui.kept.columns import names
    from tui.location import LISTS

    yield "# The configuration of whygate's explorer. The commands do not read it."
    yield f"# It is looked for at {visible(path)},"
    yield f"# unless {config.VARIABLE} or `whygate --config FILE` names another. `whygate config check` says what is wrong with it."
    for option in OPTIONS:
        yield ""
        yield from _comment(f"{option.help}: {allowed(option)}")
        yield f'# {option.name} = "{option.default}"'
    helps = {part.name: part.help for part in PARTS}
    yield ""
    yield from _comment(helps["keys"])
    yield "[keys]"
    for action in ACTIONS:
        if action.keys:
            yield from _comment(action.help)
            yield f"# {action.id} = {_texts(action.keys)}"
    yield ""
    yield from _comment(helps["columns"])
    yield "[columns]"
    for listed in LISTS:
        yield from _comment(f"of {', '.join(names(listed))}")
        yield f"# {listed} = {_texts(shown(listed))}"


def shown(listed: str) -> tuple[str, ...]:
    """The columns that a list has without being told."""
    from tui.kept.columns import DETAILS, names

    return tuple(name for name in names(listed) if name not in DETAILS[listed] and name != "account") or names(listed)


def _texts(texts: tuple[str, ...]) -> str:
    quoted = [f'"{text}"' for text in texts]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
