"""What can be configured, once: the documented file, the check of a file and the command line's choices are all made from this table.

Nothing is read here, and Textual is not imported: some of it must be settled before Textual is.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tui.terminal.link import LINKS

THEMES = ("auto", "dark", "light", "high-contrast", "terminal")
SWITCH = ("auto", "on", "off")
CLIPBOARDS = ("terminal", "file")


class Option(msgspec.Struct, frozen=True):
    """`name = default` in the file; a text, and one of `choices` where there are any."""

    name: str
    default: str
    help: str
    choices: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A table `[name]` in the file, whose values are texts or lists of texts; what may stand in it is known where it is used."""

    name: str
    help: str
    example: str


OPTIONS = (
    Option("theme", "auto", "the colours: dark, or terminal (its own 16 colours) where the terminal has no more than those", THEMES),
    Option(
        "link",
        "auto",
        "how the terminal is reached; over ssh no mouse, no animation, 15 frames a second. auto looks at SSH_CONNECTION",
        LINKS,
    ),
    Option(
        "mouse", "auto", "whether the mouse is used: auto is on for a local terminal and off over ssh, where every movement is sent", SWITCH
    ),
    Option(
        "ascii", "auto", "marks and lines in ASCII: auto where the locale is not UTF-8, or TERM is one that knows few characters", SWITCH
    ),
    Option("clipboard", "terminal", "where y sends text: to the terminal's clipboard (OSC 52), or to a private file", CLIPBOARDS),
    Option("source", "", "what `whygate` alone opens, such as aws:prod or the path of a file; empty shows what can be opened"),
)

PARTS = (
    Part("keys", "the keys of an action: one key, or a list of keys", 'everywhere.copy = ["y", "ctrl+y"]'),
    Part("columns", "the columns of a list, in their order", 'users = ["user", "created", "groups"]'),
)

Texts = Mapping[str, tuple[str, ...]]


class Settings(msgspec.Struct, frozen=True):
    """One value for each of OPTIONS, and the parts: texts by name, not yet compared with the keys and columns that there are."""

    theme: str = "auto"
    link: str = "auto"
    mouse: str = "auto"
    ascii: str = "auto"
    clipboard: str = "terminal"
    source: str = ""
    keys: Texts = {}
    columns: Texts = {}


def option(name: str) -> Option:
    """The row of OPTIONS with this name."""
    return next(each for each in OPTIONS if each.name == name)


def allowed(row: Option) -> str:
    """What the value may be, in words."""
    if not row.choices:
        return "a text in quotes"
    quoted = [f'"{choice}"' for choice in row.choices]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
