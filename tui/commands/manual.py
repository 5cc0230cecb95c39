"""The manual page, whygate(1), as man reads it: made of the parser and of `surroundings`, so that it says what the program does.

docs/whygate.1 is this page, written with `whygate help --man`; a test compares them.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable, Iterator

from tui.commands import grammar, surroundings
from tui.commands.parser import ROWS, build, parsers
from whygate import __version__

_WIDTH = 72
# What stands in back quotes is set as what it is: words to type.
_UNBROKEN = "\0"
_TYPED = re.compile(r"`([^`]+)`")


def page() -> str:
    """All of it, in the macros of man(7), ASCII alone."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH WHYGATE 1 "" "whygate {__version__}" "User Commands"'
    yield from _section("NAME", [r"whygate \- why an action on an AWS resource is allowed or denied"])
    yield ".SH SYNOPSIS"
    for words in ("whygate [SOURCE] [OPTION]...", "whygate COMMAND [ARGUMENT]... [OPTION]..."):
        yield from (r".nf", _synopsis(words), ".fi")
    yield ".SH DESCRIPTION"
    for number, paragraph in enumerate(surroundings.DESCRIPTION):
        yield from ([".PP"] if number else [])
        yield from _text(paragraph)
    yield from _rows(".SS The source", surroundings.SOURCES)
    yield ".SH COMMANDS"
    yield from _text("An option may stand before, between or after the arguments. `--help` is an option of every command.")
    known = parsers(build())
    for name, row in ROWS.items():
        yield f'.SS "whygate {name}"'
        yield from (".nf", _synopsis(_usage(known[name])), ".fi", ".PP", *_text(row.description))
        for item in known[name]._actions:
            if "--help" not in item.option_strings:
                yield from (".TP", _tag(item), *_text(item.help or ""))
        yield from (".PP", *_text(f"Exit status: {row.status}."))
        yield from (".PP", "Examples:", *_examples(row.examples))
    yield ".SH OPTIONS"
    yield from _rows("", (("`-h`, `--help`", "What a command does, and its options."), ("`--version`", surroundings.VERSION)))
    yield from _rows(".SH EXIT STATUS", surroundings.STATUS)
    yield from _rows(".SH ENVIRONMENT", surroundings.ENVIRONMENT)
    yield from _rows(".SH FILES", surroundings.FILES)
    yield from (".SH EXAMPLES", *_examples([text for text, _ in grammar.EXAMPLES]))
    yield from _section("SEE ALSO", [r"\fBaws\fR(1), \fBjq\fR(1)"])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {title}"
    yield from lines


def _rows(head: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    if head:
        yield head
    for tag, said in rows:
        yield from (".TP", _inline(tag), *_text(said))


def _text(text: str) -> list[str]:
    whole = _TYPED.sub(lambda found: found[0].replace(" ", _UNBROKEN), text)
    lines = textwrap.wrap(whole, _WIDTH, break_on_hyphens=False, break_long_words=False)
    return [_inline(line.replace(_UNBROKEN, " ")) for line in lines]


def _inline(text: str) -> str:
    """Text that roff takes as it is, with what stands in back quotes in bold."""
    return _line(_TYPED.sub(lambda found: rf"\fB{found[1]}\fR", _escaped(text)))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("~", r"\(ti").replace("^", r"\(ha")


def _line(text: str) -> str:
    """A line that is no request, whatever it begins with."""
    return rf"\&{text}" if text.startswith((".", "'")) else text


def _synopsis(words: str) -> str:
    """Words to type in bold, what stands for something else in italics."""
    return " ".join(_word(word) for word in words.split())


def _word(word: str) -> str:
    bare = word.strip("[].")
    font = "I" if bare.isupper() or "=" in bare else "B"
    return _escaped(word).replace(_escaped(bare), rf"\f{font}{_escaped(bare)}\fR", 1) if bare else _escaped(word)


def _usage(parser: argparse.ArgumentParser) -> str:
    words = [parser.prog]
    for item in parser._actions:
        if not item.option_strings:
            more = "..." if item.nargs == "*" else ""
            words.append((f"[{item.metavar}]" if item.nargs in ("?", "*") else str(item.metavar)) + more)
    return " ".join([*words, "[OPTION]..."])


def _tag(item: argparse.Action) -> str:
    if not item.option_strings:
        return _word(str(item.metavar))
    names = ", ".join(rf"\fB{_escaped(name)}\fR" for name in item.option_strings)
    if item.nargs == 0:
        return names
    return f"{names} " + (rf"\fB{_escaped('|'.join(map(str, item.choices)))}\fR" if item.choices else _word(str(item.metavar)))


def _examples(examples: Iterable[str]) -> Iterator[str]:
    yield from (".RS", ".nf")
    for example in examples:
        yield from (_line(_escaped(line)) for line in example.split("\n"))
    yield from (".fi", ".RE")
