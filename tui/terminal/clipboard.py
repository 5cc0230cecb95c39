"""Text to the terminal's clipboard by OSC 52, also from inside tmux and screen; what is too long for that, or is to be kept, to a private
file. A terminal never says whether it took the text, and so neither does a notice here.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping

from tui.kept import state
from tui.kept.private import PrivateDirectory
from whygate.text import visible

MOST_BYTES = 75_000  # what terminals and multiplexers are known to take in one OSC 52
FILE = "clipboard.txt"

_SCREEN_PIECE = 240  # screen cuts a longer string


def send(text: str, write: Callable[[str], None], *, to_file: bool = False, environment: Mapping[str, str] | None = None) -> str:
    """Send `text`, and say in a few words what was done. Raises UserError where it goes to a file and that cannot be written."""
    content = text.encode(errors="replace")
    if to_file or len(content) > MOST_BYTES:
        path = PrivateDirectory(state.directory(), state.VARIABLE).replace(FILE, content)
        why = "" if to_file else f"more than terminals take ({MOST_BYTES:,} bytes), so "
        return f"{why}written to {visible(path)}: {len(content):,} bytes"
    write(sequence(content, os.environ if environment is None else environment))
    return f"sent to terminal: {len(content):,} bytes"


def sequence(content: bytes, environment: Mapping[str, str]) -> str:
    """What to write to the terminal. A multiplexer gets it twice: for its own clipboard, and to be passed on to the terminal around it;
    which of the two it heeds is a matter of its settings."""
    bare = f"\x1b]52;c;{base64.b64encode(content).decode()}\x07"
    term = environment.get("TERM", "")
    if environment.get("TMUX") or term.startswith("tmux"):
        inner = bare.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{inner}\x1b\\{bare}"
    if environment.get("STY") or term.startswith("screen"):
        pieces = [bare[start : start + _SCREEN_PIECE] for start in range(0, len(bare), _SCREEN_PIECE)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) + bare
    return bare
