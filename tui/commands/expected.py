"""What may come next on a command line, read from the parser: options, choices, and which kind of value. Where values come from is in
`completion` for the shells, and elsewhere for the explorer's `:` line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tui.commands.parser import LINE_COMMANDS, ROWS, build, is_what_if, line_parser, parsers

# What a value may be, as the parser's metavars call it.
COMMAND = "COMMAND"


class Argument(NamedTuple):
    """An argument (`names` is empty) or an option. `metavar` says what its value is, and is empty for an option without one; `choices`
    are all its values, where they can be listed."""

    names: tuple[str, ...]
    metavar: str
    choices: tuple[str, ...]
    help: str
    repeats: bool = False


class Expected(NamedTuple):
    """What the word that is being typed may be: a value of `value` (behind `head`, which is part of the word, as `--format=` is), or one
    of the `options`. `given` are the arguments so far, by metavar."""

    value: Argument | None = None
    head: str = ""
    options: tuple[Argument, ...] = ()
    given: Mapping[str, str] = {}


def words(command: str, *, line: bool = False) -> tuple[Argument, ...]:
    """All that a command takes, arguments first; with `line` as the explorer's `:` line has it."""
    found = [_argument(item) for item in (line_parser(command) if line else parsers(build())[command])._actions]
    return tuple(sorted(found, key=lambda each: bool(each.names)))


def on_command_line(before: Sequence[str], word: str) -> Expected:
    """What `word`, the last of the words behind `whygate`, may be."""
    parser = build(what_if=is_what_if(before))
    known = parsers(parser)
    if before and before[0] in known:
        return _expected(known[before[0]], before[1:], word)
    if before:
        return _expected(known["explore"], before, word)
    source = _argument(next(item for item in known["explore"]._actions if item.dest == "source"))
    options = (*_options(parser, ()), *(each for each in _options(known["explore"], ()) if "--help" not in each.names))
    return Expected(source._replace(metavar=f"{COMMAND} or {source.metavar}"), options=options)


def on_line(before: Sequence[str], word: str) -> Expected:
    """What `word`, the last of a `:` line, may be."""
    if not before:
        return Expected(Argument((), COMMAND, LINE_COMMANDS, ""))
    return _expected(line_parser(before[0]), before[1:], word) if before[0] in LINE_COMMANDS else Expected()


def commands() -> tuple[tuple[str, str], ...]:
    """The commands of the shell, each with what it is."""
    return tuple((row.name, row.help) for row in ROWS.values())


def _expected(parser: argparse.ArgumentParser, before: Sequence[str], word: str) -> Expected:
    positionals = [item for item in parser._actions if not item.option_strings]
    by_name = parser._option_string_actions
    used: list[argparse.Action] = []
    given: list[str] = []
    waiting: argparse.Action | None = None
    only_arguments = False
    for each in before:
        if waiting is not None:
            waiting = None
        elif each == "--" and not only_arguments:
            only_arguments = True
        elif each.startswith("--") and not only_arguments:
            name, has_value, _ = each.partition("=")
            item = by_name.get(name)
            if item is not None:
                used.append(item)
                waiting = item if item.nargs != 0 and not has_value else None
        elif not (each.startswith("-") and each in by_name) or only_arguments:
            given.append(each)
    named = {str(item.metavar): value for item, value in zip(positionals, given, strict=False)}
    if waiting is not None:
        return Expected(_argument(waiting), given=named)
    name, has_value, _ = word.partition("=")
    if has_value and name in by_name and not only_arguments:
        return Expected(_argument(by_name[name]), head=f"{name}=", given=named)
    options = () if only_arguments else tuple(_options(parser, used))
    at = min(len(given), len(positionals) - 1)
    open_ended = at >= 0 and positionals[at].nargs == "*"
    value = _argument(positionals[at]) if at >= 0 and (len(given) < len(positionals) or open_ended) else None
    return Expected(value, options=options, given=named)


def _options(parser: argparse.ArgumentParser, used: Sequence[argparse.Action]) -> Iterator[Argument]:
    """The options that may still be given: not twice, unless they add up, and not beside one that excludes them."""
    gone = {item.dest for item in used if not isinstance(item, argparse._AppendAction)}
    for group in parser._mutually_exclusive_groups:
        if gone & {item.dest for item in group._group_actions}:
            gone |= {item.dest for item in group._group_actions}
    yield from (_argument(item) for item in parser._actions if item.option_strings and item.dest not in gone)


def _argument(item: argparse.Action) -> Argument:
    takes_value = item.nargs != 0
    metavar = str(item.metavar or item.dest.upper()) if takes_value else ""
    choices = tuple(str(each) for each in item.choices or ()) if not isinstance(item, argparse._SubParsersAction) else ()
    repeats = isinstance(item, argparse._AppendAction) or item.nargs == "*"
    return Argument(tuple(item.option_strings), metavar, choices, item.help or "", repeats)
