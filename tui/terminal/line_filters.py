"""The last look at every piece of text on its way to the terminal: no colour where none is wanted, ASCII where there is nothing else, and
never a control character. What a piece says, and which place it is from, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.terminal.stand_ins import STAND_INS

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_STAND_INS = str.maketrans(STAND_INS)
REPLACEMENT = "�"
UNKNOWN = "?"


class NoColour(LineFilter):
    """Takes every colour away and leaves bold, underlined and reversed. What stood out from what is around it by its background alone,
    such as the row under the cursor, is reversed.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, style and _colourless(style, background.rgb), control) for text, style, control in segments]


@lru_cache(1024)
def _colourless(style: Style, around: tuple[int, int, int]) -> Style:
    own = style.bgcolor
    stands_out = own is not None and own.triplet is not None and tuple(own.triplet) != around
    return style.without_color + Style(reverse=True) if stands_out else style.without_color


class Characters(LineFilter):
    """Changes the text of pieces, and nothing else."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(self._change(text), style, control) for text, style, control in segments]


def safe(text: str) -> str:
    """`text` without control characters. Everything was made visible long before; this is for the day on which something was not."""
    return _CONTROL.sub(REPLACEMENT, text) if _CONTROL.search(text) else text


def safe_ascii(text: str) -> str:
    """As `safe`, in ASCII and as wide as it was; what has no stand-in becomes question marks."""
    known = _CONTROL.sub(UNKNOWN, text).translate(_STAND_INS)
    return known if known.isascii() else "".join(each if each.isascii() else UNKNOWN * cell_len(each) for each in known)


def line_filters(*, no_colour: bool, ascii_only: bool) -> tuple[LineFilter, ...]:
    """The filters of a terminal, in their order."""
    characters = Characters(safe_ascii if ascii_only else safe)
    return (NoColour(), characters) if no_colour else (characters,)
