"""Names, tags, Sids, descriptions and values that hold terminal escapes and markup, shown by the real program on a real terminal, in every
place: nothing of them reaches the terminal as more than text, and every byte that does is one that the program means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import hostile
import pytest
import sent_bytes
from pty_terminal import Terminal

from tui.location import LISTS, Location
from tui.places import PLACES
from whygate.text import visible

QUESTION = (("principal", hostile.USER), ("action", hostile.ACTION), ("resource", hostile.BUCKET))


def shows(*words: str) -> Callable[[str], bool]:
    """Whether these words are on the screen, and hostile text in the form in which it can be seen."""
    return lambda text: all(word in text for word in words) and any(form in body(text) for form in hostile.SHOWN)


def body(text: str) -> str:
    """What is below the header and the breadcrumb, which may hold names anywhere."""
    return "\n".join(text.split("\n")[2:])


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


def said(terminal: Terminal, line: str) -> None:
    """A line of the command line, in one go."""
    terminal.type(":")
    terminal.wait_for("enter go")
    terminal.type(pasted(line) + "\r")
    terminal.wait_for(lambda text: "enter go" not in text)


@contextmanager
def over(source: Path, environment: dict[str, str], columns: int, rows: int) -> Iterator[Terminal]:
    """The explorer over the account, left by `q`; what it sent is understood to the last byte."""
    with Terminal(["-m", "whygate", str(source)], columns=columns, rows=rows, environment=environment) as terminal:
        terminal.wait_for(shows("users"))
        yield terminal
        terminal.type("q")
        assert terminal.ended() == 0
        sent_bytes.read(bytes(terminal.raw))


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    return hostile.installed(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return hostile.written(tmp_path)


# What is pressed in each place, and what then stands there besides; a place that is new has to say so here.
def nothing(terminal: Terminal) -> None:
    """Just arriving shows everything."""


def everything(terminal: Terminal) -> None:
    """Open every row of a tree: each time once from the top down, because what was opened brings new rows."""
    for _ in range(2):
        terminal.type("g" + " j" * 30)
        terminal.quiet()


def read_the_policy(terminal: Terminal) -> None:
    for keys in ("!", "a", "!", "z", "z", "d", "n", "d", "v", "v"):
        terminal.type(keys)
        terminal.quiet()
    terminal.type("/sid:")
    terminal.quiet()
    terminal.type("\x1b")
    terminal.quiet()


def change_the_question(terminal: Terminal) -> None:
    terminal.type("=")
    terminal.wait_for("enter keep")
    for key in ("\x1b[B", "\x1b[B", pasted(hostile.HOSTILE), "\r"):
        terminal.type(key)
        terminal.quiet()
    for key in ("e", "\x1b[3~", "\x1b[B", "\x1b", "O", "\x1b"):
        terminal.type(key)
        terminal.quiet()
    everything_in_the_ladder(terminal)


def everything_in_the_ladder(terminal: Terminal) -> None:
    terminal.type("g" + "lj" * 12)
    terminal.quiet()
    terminal.type("G")
    terminal.quiet()


def paste_a_denial(terminal: Terminal) -> None:
    terminal.type(pasted(str(hostile.EVENT["errorMessage"])))
    terminal.wait_for("1 denial")
    terminal.quiet()
    terminal.type("e\x15" + pasted(json.dumps(hostile.EVENT)))
    terminal.wait_for("1 denial")
    terminal.quiet()
    everything(terminal)


WAYS: dict[str, tuple[tuple[Location, str, Callable[[Terminal], None]], ...]] = {
    "list": tuple((Location("list", name), name, nothing) for name in LISTS),
    "principal": (
        (Location("principal", hostile.USER), "attached policies", everything),
        (Location("principal", hostile.GROUP), "inline policies", everything),
        (Location("principal", hostile.ROLE), "trust policy", everything),
    ),
    "policy": (
        (Location("policy", hostile.POLICY), "Statement", read_the_policy),
        (Location("policy", hostile.POLICY, QUESTION), "Statement", nothing),
        (Location("policy", hostile.BROKEN), "malformed", read_the_policy),
        (Location("policy", f"{hostile.ROLE}#trust"), "Statement", read_the_policy),
    ),
    "resource": ((Location("resource", hostile.BUCKET), "S3 bucket", everything),),
    "question": ((Location("question", "", QUESTION), "layer", change_the_question),),
    "way": ((Location("way", "", QUESTION), "decides", everything),),
    "services": ((Location("services", hostile.USER), "s3", nothing),),
    "denied": ((Location("denied"), "paste", paste_a_denial),),
}
NAMED_ABOVE = ("services",)  # names nobody but in the breadcrumb
EMPTY_AT_FIRST = ("denied",)


def test_every_place_is_among_those_that_are_looked_at() -> None:
    assert {*WAYS, "start"} == set(PLACES)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
@pytest.mark.parametrize("kind", WAYS)
def test_no_place_lets_an_escape_or_markup_through(
    tmp_path: Path, source: Path, installed: dict[str, str], kind: str, columns: int, rows: int
) -> None:
    with over(source, installed, columns, rows) as terminal:
        for number, (location, word, keys) in enumerate(WAYS[kind]):
            said(terminal, f"at {location}")
            if kind in EMPTY_AT_FIRST:
                terminal.wait_for(word)
                keys(terminal)
                terminal.wait_for(shows())
            else:
                terminal.wait_for(word if kind in NAMED_ABOVE else shows(word))
                keys(terminal)
            if columns == 80:
                saved(terminal, tmp_path / f"{number}")
        terminal.type("f")
        terminal.quiet()
        terminal.type("\x1b")
        terminal.quiet()
        terminal.type("?")
        terminal.wait_for("keys in this place")
        terminal.type("\x1b")
        terminal.wait_for(lambda text: "keys in this place" not in text)


def saved(terminal: Terminal, path: Path) -> None:
    """What a place writes is as harmless, and well formed."""
    for form in (".svg", ".md", ".json"):
        file = path.with_suffix(form)
        said(terminal, f"save {file}")
        terminal.wait_for(lambda text, file=file: file.exists())  # type: ignore[misc]  # mypy types no lambda with a default
        text = file.read_text()
        assert all(visible(line) == line for line in text.split("\n")), form
        if form == ".svg":
            assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
        elif form == ".json":
            assert json.loads(text)["from"]["account"].startswith(hostile.ACCOUNT)
        else:
            assert tables(text)


def tables(text: str) -> bool:
    """Whether every row of every table of a Markdown document has as many cells as its first."""
    outside = re.sub(r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in re.findall(r"(?:^\|[^\n]*\n?)+", outside, flags=re.MULTILINE):
        numbers = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in block.splitlines()}
        if len(numbers) != 1:
            return False
    return True
