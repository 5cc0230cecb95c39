"""The command line read: one argparse parser made of the table of commands, for the shell and for the explorer's `:` line."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn

from adapters.aws.source import with_regions
from tui.commands import grammar
from tui.commands.grammar import TABLE, Command
from whygate import __version__
from whygate.errors import UserError
from whygate.text import visible

ROWS = {row.name: row for row in TABLE}
COMMANDS = tuple(name for name in ROWS if name != "explore")
LINE_COMMANDS = tuple(row.name for row in TABLE if row.line)
_WITHOUT_A_COMMAND = ("-h", "--help", "--version")


class Help(argparse.RawDescriptionHelpFormatter):
    """Breaks a description where a line ends, and leaves alone what has lines of its own."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return super()._fill_text(text, width, indent)
        return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.complain(message, f"see `{self.prog} --help`")

    def complain(self, what: str, todo: str) -> NoReturn:
        self.exit(2, f"whygate: {visible(str(UserError(what, todo=todo)))}\n")
        raise AssertionError("exit came back")

    def refuse(self, words: Sequence[str]) -> NoReturn:
        """Complains about words that nothing takes, and names the option that the first of them is like."""
        what = f"unrecognized arguments: {' '.join(words)}"
        names = [name for name in self._option_string_actions if name.startswith("--")]
        near = meant(words[0].partition("=")[0], names) if words[0].startswith("--") else ""
        if near:
            self.complain(what, near)
        self.error(what)


class LineParser(Parser):
    """Says what is wrong as a UserError; it has no help of its own, never prints and never exits. `written` is how it is written."""

    written = ""

    def error(self, message: str) -> NoReturn:
        self.complain(message, f"write it as: {self.written}")

    def complain(self, what: str, todo: str) -> NoReturn:
        raise UserError(what, todo=todo)


class _Version(argparse.Action):
    """`--version`: the catalogue is looked at only when its date is wanted."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from whygate import catalogue

        sys.stdout.write(f"whygate {__version__}\nactions, resources and condition keys of AWS as of {catalogue.date()}\n")
        parser.exit()


def build(*, what_if: bool = False) -> Parser:
    """The parser with every command. `whygate [SOURCE]` without a command is handled by `parse`; `what_if` is `can` without a SOURCE,
    for policies that are in no account."""
    parser = Parser(prog="whygate", description=grammar.DESCRIPTION, epilog=_first_epilog(), formatter_class=Help)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version, and how old the reference data is, and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND or SOURCE", title="commands")
    for row in TABLE:
        _fill(commands.add_parser(row.name, help=row.help, **_looks(row)), row, what_if)
    return parser


def one(name: str, *, what_if: bool = False) -> Parser:
    """The parser of one command, as `build` has it, in a fraction of the time."""
    row = ROWS[name]
    parser = Parser(prog=f"whygate {name}", **_looks(row))
    _fill(parser, row, what_if)
    return parser


def _looks(row: Command) -> dict[str, Any]:
    return {"description": row.description, "epilog": _epilog(row), "formatter_class": Help}


def _fill(parser: Parser, row: Command, what_if: bool) -> None:
    if what_if and row.name == "can":
        grammar.what_if(parser)
    else:
        row.fill(parser, True)


def _first_epilog() -> str:
    width = max(len(example) for example, said in grammar.EXAMPLES if said)
    examples = "\n".join(f"  {example:<{width}}  {said}".rstrip() for example, said in grammar.EXAMPLES)
    return f"examples:\n{examples}\n\n{grammar.STATUS}\n{grammar.MORE}"


def _epilog(row: Command) -> str:
    examples = "\n".join(f"  {line}" for example in row.examples for line in example.split("\n"))
    return f"exit status: {row.status}\n\nexamples:\n{examples}"


def parsers(parser: argparse.ArgumentParser) -> dict[str, Parser]:
    """The parser of each command by its name."""
    return next(dict(item.choices) for item in parser._actions if isinstance(item, argparse._SubParsersAction))


def is_what_if(words: Sequence[str]) -> bool:
    """Whether these words are a `can` that brings its own policies, and so has no SOURCE."""
    return list(words[:1]) == ["can"] and any(word == "--identity" or word.startswith("--identity=") for word in words)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The parsed command line; `whygate SOURCE …` means `whygate explore SOURCE …`, and no words at all `whygate explore`."""
    words = list(arguments)
    if not words or (words[0] not in ROWS and words[0] not in _WITHOUT_A_COMMAND):
        _check_source(words)
        words.insert(0, "explore")
    if words[0] not in ROWS or {"-h", "--help"} & set(words):
        return build(what_if=is_what_if(words)).parse_args(words)
    parser = one(words[0], what_if=is_what_if(words))
    options, unknown = parser.parse_known_intermixed_args(words[1:])  # an option may stand between ACTION and RESOURCE
    if unknown:
        parser.refuse(unknown)
    options.command = words[0]
    if getattr(options, "region", None):
        try:
            options.source = with_regions(options.source, options.region)
        except UserError as error:
            parser.error(str(error))
    return options


def parse_line(words: Sequence[str]) -> argparse.Namespace:
    """A `:` line of the explorer, as words: a command of LINE_COMMANDS about the source that is open, with the fields that the command
    itself would get, but for SOURCE, and how to open it and print. Raises `UserError` in one plain line."""
    if not words:
        raise UserError("nothing to do", todo=f"type {_either(LINE_COMMANDS)}")
    name = words[0]
    if name not in LINE_COMMANDS:
        raise UserError(f"{name!r} is no command here", todo=meant(name, LINE_COMMANDS) or f"type {_either(LINE_COMMANDS)}")
    parser = line_parser(name)
    if any(item.nargs == argparse.REMAINDER for item in parser._actions):
        return argparse.Namespace(command=name, **{item.dest: " ".join(words[1:]) for item in parser._actions})
    options, unknown = parser.parse_known_intermixed_args(list(words[1:]))
    if unknown:
        parser.refuse(unknown)
    options.command = name
    return options


def line_parser(name: str) -> LineParser:
    """The parser of one command as the `:` line has it."""
    parser = LineParser(prog=name, add_help=False)
    ROWS[name].fill(parser, False)
    parser.written = usage(parser)
    return parser


def usage(parser: argparse.ArgumentParser) -> str:
    """`can PRINCIPAL ACTION [RESOURCE]`: what a command takes, without its options."""
    words = [parser.prog]
    for item in parser._actions:
        if not item.option_strings:
            words.append(f"[{item.metavar}]" if item.nargs in ("?", "*") else str(item.metavar))
    return " ".join(words)


def _check_source(words: Sequence[str]) -> None:
    """Leaves with a line where the first word was meant as a command: it is like one, and it is nothing that can be opened."""
    word = words[0] if words else "-"
    if word == "demo" or word.startswith("-") or any(mark in word for mark in "/.:") or os.path.lexists(word):
        return
    from adapters import registry

    near = meant(word, tuple(ROWS))
    if not near and len(words) < 2:
        return
    try:
        registry.find(word)
    except UserError:
        Parser(prog="whygate").complain(f"{word!r} is no command and no source", near or "see `whygate --help`")


def meant(word: str, names: Sequence[str]) -> str:
    """`did you mean …?` with the names that a word is like, "" where it is like none. Dashes before them make nothing alike."""
    bare = {name.lstrip("-"): name for name in names}
    close = difflib.get_close_matches(word.lower().lstrip("-"), bare, n=2, cutoff=0.6)
    return f"did you mean {' or '.join(bare[name] for name in close)}?" if close else ""


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
