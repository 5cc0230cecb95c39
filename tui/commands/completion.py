"""`whygate completion SHELL`: the script that completes whygate's command line there; with `--line`, what that script asks on every Tab.

The scripts know nothing of whygate: what comes next is read from the parser itself (`expected`), and values from where they are, which
for a live account is what was kept of it: Tab asks nobody.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import shlex
from collections.abc import Iterable
from typing import NamedTuple

from tui.commands import expected
from tui.commands.expected import Argument, Expected
from tui.commands.output import write
from whygate.text import visible

SCRIPTS = {"bash": "whygate.bash", "zsh": "_whygate", "fish": "whygate.fish"}
_QUOTES = ("'", '"')
_GOES_ON = (":", "=", "/")


class Candidate(NamedTuple):
    """One thing that a word may become."""

    word: str
    help: str = ""


class Line(NamedTuple):
    """A command line up to the cursor: the words behind the program's name, the last one apart, and that one as it is typed."""

    before: tuple[str, ...]
    word: str
    typed: str


def run(options: argparse.Namespace) -> int:
    """Prints the script, or what a line may become; for a line that nothing is known of, nothing."""
    if options.line is None:
        write(script(options.shell).rstrip("\n"))
        return 0
    said = io.StringIO()
    # Nothing may come between a person and the line that is being typed: neither a fault nor a word on standard error.
    with contextlib.suppress(Exception, SystemExit), contextlib.redirect_stderr(said):
        files, candidates = answer(options.line)
        line = read(options.line)
        rows = (_written(each, line, options.shell, options.breaks) for each in candidates)
        write("\n".join(["files" if files else "words", *(row for row in rows if row)]))
    return 0


def script(shell: str) -> str:
    """The script for a shell, one of SCRIPTS."""
    from importlib import resources  # not needed on a Tab, where every millisecond is felt

    return resources.files(__package__).joinpath("scripts", SCRIPTS[shell]).read_text(encoding="utf-8")


def answer(text: str) -> tuple[bool, list[Candidate]]:
    """Whether file names fit behind this line, and what else does."""
    line = read(text)
    wanted = expected.on_command_line(line.before, line.word)
    if line.word.startswith("-") and line.word != "-" and not wanted.head and wanted.options:
        return False, _beginning(line.word, _options(wanted))
    from tui.commands import fillers

    value = wanted.value
    if value is None:
        return False, _beginning(line.word, _options(wanted)) if not line.word else []
    found = fillers.fill(value, wanted.given, line.word.removeprefix(wanted.head))
    return fillers.is_file(value), _beginning(line.word, [Candidate(f"{wanted.head}{word}", help) for word, help in found])


def read(text: str) -> Line:
    """The words of a line as the shells type them; an open quote is closed."""
    words: list[str] = []
    for ending in ("", *_QUOTES):
        with contextlib.suppress(ValueError):
            words = shlex.split(text + ending)
            break
    typed = text[-len(text.rpartition(" ")[2]) :] if not text.endswith(" ") else ""
    if not typed:
        words.append("")
    return Line(tuple(words[1:-1]), words[-1], typed)


def _options(wanted: Expected) -> list[Candidate]:
    return [Candidate(_option(each), each.help) for each in wanted.options]


def _option(argument: Argument) -> str:
    return argument.names[-1]


def _beginning(word: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that begin with what is typed, in any letter case where none does as it stands. What cannot be typed is left out: a name
    with control characters in it would reach the terminal through the shell."""
    whole = [each for each in candidates if visible(each.word) == each.word and "\n" not in each.word]
    found = [each for each in whole if each.word.startswith(word)]
    return found or [each for each in whole if each.word.casefold().startswith(word.casefold())]


def _written(candidate: Candidate, line: Line, shell: str, breaks: str) -> str:
    """A candidate as its shell wants it. bash takes texts as they will stand on the line, and only their part behind the last character
    at which it breaks words; a blank at the end means that the word is whole. Empty where that leaves nothing to add."""
    if shell != "bash":
        return f"{candidate.word}\t{visible(candidate.help)}"
    word = candidate.word
    end = "" if word.endswith(_GOES_ON) else " "
    if line.typed.startswith(_QUOTES):
        return word
    cut = max((line.word.rfind(mark) + 1 for mark in ":=" if mark in breaks), default=0)
    return f"{shlex.quote(word[cut:])}{end}" if word[cut:] else ""
