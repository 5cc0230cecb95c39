"""What the explorer may send to a terminal, and nothing else: a parser that knows every sequence the program means, and refuses the rest.

What Textual sends when it takes the terminal and gives it back is listed here by hand: a new sequence is a new row, and somebody's thought.
"""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from whygate.text import visible

CURSOR = re.compile(r"\x1b\[(?:\d+(?:;\d+)?)?H|\x1b\[\d+C")
LOOKS = re.compile(r"\x1b\[[\d;]*m")
# The other screen, the cursor, focus, brackets around what is pasted, lines that break.
MODES = re.compile(r"\x1b\[\?(?:1049|25|1004|2004|2026|2048|7)[hl]")
MOUSE = re.compile(r"\x1b\[\?(?:1000|1003|1006|1015)[hl]")
# Keys as kitty tells them; what a terminal is asked that may know frames; a screen that is wiped; the pointer's own shape.
OTHERS = re.compile(r"\x1b\[>\d+u|\x1b\[<u|\x1b\[\?20(?:26|48)\$p|\x1b\[2J|\x1b\]22;default\x07")
CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/]*=*)\x07")
IN_TMUX = re.compile(r"\x1bPtmux;\x1b\x1b\]52;c;([A-Za-z0-9+/]*=*)\x07\x1b\\")
TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")
LINE = re.compile(r"\r*\n|\r")
BELL = re.compile("\x07")
KNOWN = (TEXT, LOOKS, CURSOR, MODES, MOUSE, OTHERS, LINE, CLIPBOARD, IN_TMUX)
AROUND = 40


class Sent(NamedTuple):
    """The text between the sequences, what was sent to the clipboard, and whether the mouse was asked for."""

    text: str
    copied: tuple[str, ...]
    mouse: bool


def read(raw: bytes, *, bell: bool = False) -> Sent:
    """Every byte that a program sent, understood. Raises AssertionError for the first that nobody meant. With `bell` it may ring."""
    text = raw.decode("utf-8", errors="strict")
    at, words, copied, mouse = 0, [], [], False
    while at < len(text):
        for known in (*KNOWN, BELL) if bell else KNOWN:
            if found := known.match(text, at):
                break
        else:
            raise AssertionError(f"nobody meant this: {text[max(at - AROUND, 0) : at]!r} >>> {text[at : at + AROUND]!r}")
        at = found.end()
        if known is TEXT:
            assert visible(found.group()) == found.group(), f"this hides something: {found.group()!r}"
            words.append(found.group())
        elif known in (CLIPBOARD, IN_TMUX):
            copied.append(base64.b64decode(found.group(1)).decode())
        mouse = mouse or known is MOUSE
    return Sent("".join(words), tuple(copied), mouse)
