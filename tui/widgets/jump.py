"""Jump mode: a letter or two over everything on the screen that leads somewhere; typing them goes there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.location import Target

ALPHABET = "asdfghjklqwertyuiopzxcvbnm"  # the home row first


class Spot(NamedTuple):
    """Something that leads to `target`, at a row and a column of cells of the widget that shows it."""

    row: int
    column: int
    target: Target


def labels(number: int) -> list[str]:
    """So many labels, none of which begins another: single letters where they are enough, else pairs."""
    if number <= len(ALPHABET):
        return list(ALPHABET[:number])
    return ["".join(pair) for pair in product(ALPHABET, repeat=2)][:number]


def lettered(strip: Strip, letters: Sequence[tuple[int, str]], style: Style) -> Strip:
    """The strip with each text of `letters` over it, at its column of cells."""
    width = strip.cell_length
    for column, text in letters:
        end = min(column + len(text), width)
        if column < end:
            over = Strip([Segment(text[: end - column], style)])
            strip = Strip.join([strip.crop(0, column), over, strip.crop(end, width)])
    return strip


class JumpKeys(Widget, can_focus=True):
    """Takes the keys while there are letters on the screen. It has no size: what is to be seen is drawn by those who have the spots."""

    DEFAULT_CSS = "JumpKeys { height: 0; width: 0; }"

    class Typed(Message):
        """So far these letters were typed; empty: somebody wants out."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    typed = ""

    def begin(self) -> None:
        self.typed = ""
        self.screen.set_focus(self)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        letter = (event.character or "").lower()
        self.typed = self.typed + letter if letter and letter in ALPHABET else ""
        self.post_message(self.Typed(self.typed))

    def on_blur(self) -> None:
        self.typed = ""
        self.post_message(self.Typed(""))
