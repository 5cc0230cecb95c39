"""An input for text of many lines, such as a message or an event: what is pasted is posted whole, what is typed stands on one line."""

from __future__ import annotations

from textual import events
from textual.message import Message

from tui.widgets.entry import Entry

# Seconds between two keys of a terminal that pastes without saying so; no hand is as quick.
AT_ONCE = 0.02


class PasteEntry(Entry):
    """As Entry. Line feeds are part of the value: a terminal without bracketed paste types a text key by key, and then Enter is one."""

    class Pasted(Message):
        """A text, untouched."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    _last_key = float("-inf")

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # Input would take the first line alone
        self.post_message(self.Pasted(event.text))

    async def _on_key(self, event: events.Key) -> None:
        at_once = event.time - self._last_key < AT_ONCE
        if event.is_printable or event.key == "enter":
            self._last_key = event.time
        if event.key == "enter" and at_once:
            event.stop()
            event.prevent_default()
            self.insert_text_at_cursor("\n")
