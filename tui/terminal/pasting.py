"""What a terminal sends, with pastes that stay pastes. Textual reads an escape sequence inside a pasted text as keys, and leaves what
follows out of the text: a message with an ESC in it would press keys here. Pure.
"""

from __future__ import annotations

ESCAPE = "\x1b"
STAND_IN = "␛"
BEGIN = "\x1b[200~"
END = "\x1b[201~"


class Pastes:
    """A stream of what was typed and pasted, piece by piece as it arrives."""

    def __init__(self) -> None:
        self._inside = False
        self._last = ""  # what may become the beginning of a paste
        self._held = ""  # what may become the end of one

    def harmless(self, data: str) -> str:
        """The next piece, in which an ESC inside a paste is a character that stands for one. Nothing that is typed is held back."""
        if not self._inside and ESCAPE not in data and not self._last:
            return data
        return "".join([self._pasted(each) if self._inside else self._typed(each) for each in data])

    def _typed(self, character: str) -> str:
        self._last += character
        while not BEGIN.startswith(self._last):
            self._last = self._last[1:]
        if self._last == BEGIN:
            self._inside, self._last = True, ""
        return character

    def _pasted(self, character: str) -> str:
        self._held += character
        sent = ""
        while not END.startswith(self._held):
            sent += STAND_IN if self._held[0] == ESCAPE else self._held[0]
            self._held = self._held[1:]
        if self._held == END:
            self._inside, self._held = False, ""
            return sent + END
        return sent
