"""An input line that shows what cannot be shown: text from an account, or from a clipboard, may hold escapes, and they stay text."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from whygate.text import visible

STAND_IN = "�"


class Entry(Input):
    """As Input; its `value` is untouched, and on the screen every hostile character is one stand-in, so that the cursor fits. Line feeds
    and tabs are blanks."""

    @property
    def _value(self) -> Text:
        text = self.value.replace("\n", " ").replace("\t", " ")
        shown = "".join(character if visible(character) == character else STAND_IN for character in text)
        return Text(shown, no_wrap=True, overflow="ignore", end="")
