"""Text over several lines, broken where a reader would break it: at blanks, and a long ARN or path behind a slash or a colon. Pure."""

from __future__ import annotations

import re

from tui.plain import width_of, wrapped
from whygate.text import visible

MOST_CHARACTERS = 4_000  # what a screen has room for; the whole of it is a key away
_PARTS = re.compile(r"(?:[^/: ]|(?<!\w)[/:])*[/: ]?", re.DOTALL)  # each to a blank, or to a slash or a colon behind a word


def broken(text: str, width: int) -> list[str]:
    """`text` made safe and on lines of at most `width` cells; at least one."""
    safe = visible(text[:MOST_CHARACTERS])
    if len(text) > MOST_CHARACTERS:
        safe += "…"
    if width_of(safe) <= width:
        return [safe]
    if all(width_of(word) <= width for word in safe.split(" ")):
        return wrapped(safe, width)
    lines: list[str] = []
    line = ""
    for part in _PARTS.findall(safe):
        if width_of((line + part).rstrip()) <= width:
            line += part
            continue
        if width_of(part.rstrip()) > width:  # too long for any line, so it may as well begin here
            *full, line = wrapped(line + part, width)
            lines += full
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = part
    return [*lines, line.rstrip()] if line.strip() or not lines else lines
