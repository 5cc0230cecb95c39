"""Colours for JSON that was printed a value a line: splits one line into pieces, each with its tone. It does not parse."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from tui.rows.cells import Piece

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


def folded(pieces: Sequence[Piece], width: int, indent: int) -> list[tuple[Piece, ...]]:
    """The pieces of a line, made safe before, over as many lines as `width` cells ask for; later lines are indented so that they read
    as part of it. A piece that leads somewhere still does so in each of its parts."""
    room = max(width, 8)
    lines: list[tuple[Piece, ...]] = []
    current: list[Piece] = []
    left = room
    for piece in pieces:
        text = piece[0]
        while (wide := _cells(text)) > left:
            head = _head(text, left)
            if head:
                current.append(_with_text(piece, head))
            text = text[len(head) :]
            lines.append(tuple(current))
            margin = min(indent, room // 2)
            current = [(" " * margin, "")]
            left = room - margin
        if text:
            current.append(_with_text(piece, text))
            left -= wide
    return [*lines, tuple(current)]


def _with_text(piece: Piece, text: str) -> Piece:
    return (text, piece[1]) if len(piece) == 2 else (text, piece[1], piece[2])


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _head(text: str, cells: int) -> str:
    """The longest beginning of `text` that takes at most so many cells."""
    if text.isascii():
        return text[:cells]
    length = min(len(text), cells)
    while length and cell_len(text[:length]) > cells:
        length -= 1
    return text[:length]
