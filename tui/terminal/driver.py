"""Textual's driver of a terminal, mended where a terminal, or what is pasted into it, does what Textual does not expect."""

from __future__ import annotations

import codecs
import os
import selectors

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.pasting import Pastes

_AT_ONCE = 4096  # bytes
_TICK = 0.1  # seconds after which an ESC that nothing followed is the key


class TerminalDriver(LinuxDriver):
    """Textual's, for a process that was stopped without a warning (SIGSTOP) too: it would start twice over, and leave the terminal raw."""

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart and not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def run_input_thread(self) -> None:
        """As Textual's; but a pasted ESC presses no keys, and bytes that are no UTF-8 do not end the program."""
        decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        parser, pastes = XTermParser(self._debug), Pastes()

        def take(wait: float) -> None:
            if selector.select(wait):
                data = pastes.harmless(decode(os.read(self.fileno, _AT_ONCE)))
                for event in parser.feed(data) if data else ():  # nothing at all would be the end of what is typed
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                take(_TICK)
        try:
            for _ in parser.feed(""):
                pass
        except (EOFError, ParseError):
            pass
