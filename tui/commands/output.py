"""How commands write: text that is safe on a terminal, colour only where it is wanted, a closed pipe without a complaint."""

from __future__ import annotations

import os
import sys

from tui.terminal.stand_ins import STAND_INS
from whygate.errors import UserError

_COLOURS = {"allowed": "32", "explicitDeny": "31", "implicitDeny": "31", "depends": "33"}

# As in the explorer; here nothing has to stay in its column.
_PLAIN = str.maketrans({**STAND_INS, "…": "..."})


def write(text: str) -> None:
    """Text that was made safe already, and a line feed. Terminals that cannot show a character get a replacement, never a crash."""
    if sys.stdout is None:
        raise UserError("standard output is closed", todo="send it to a file or a pipe")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text + "\n")


def complain(line: str) -> None:
    sys.stderr.write(f"whygate: {line}\n")


def wants_colour(choice: str) -> bool:
    """`always` and `never` as said; `auto` is a terminal that is not dumb, without NO_COLOR."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str, verdict: str, wanted: bool) -> str:
    return f"\x1b[{_COLOURS[verdict]}m{text}\x1b[0m" if wanted else text
