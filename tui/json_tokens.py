"""Colours for JSON that was printed a value a line: splits one line into pieces, each with its tone. It does not parse."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+-]*|\b(?:true|false|null)\b)|(?P<plain>[^"\d]+?(?=["\d]|\b(?:true|false|null)\b|$)|.)""",
    re.DOTALL,
)


def tokens(line: str) -> tuple[tuple[str, str], ...]:
    """(text, tone) pieces that together are `line` again; tones are `key`, `string`, `number` and the empty one."""
    pieces = []
    for match in _TOKEN.finditer(line):
        kind = match.lastgroup or ""
        pieces.append((match.group(), "" if kind == "plain" else kind))
    return tuple(pieces)


def folded(pieces: tuple[tuple[str, str], ...], width: int, indent: int) -> list[tuple[tuple[str, str], ...]]:
    """The pieces of a line over as many lines as `width` asks for; later lines are indented so that they read as part of it."""
    room = max(width, 8)
    lines: list[tuple[tuple[str, str], ...]] = []
    current: list[tuple[str, str]] = []
    left = room
    for whole, tone in pieces:
        text = whole
        while len(text) > left:
            if left:
                current.append((text[:left], tone))
            text = text[left:]
            lines.append(tuple(current))
            margin = min(indent, room // 2)
            current = [(" " * margin, "")]
            left = room - margin
        if text:
            current.append((text, tone))
            left -= len(text)
    return [*lines, tuple(current)]
