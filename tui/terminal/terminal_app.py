"""A Textual app that gets on with the terminal it is on: colours and characters that the terminal has, a size that is too small, a
terminal that goes away, other programs in its place. What it shows is not known here.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec
from rich.console import RenderableType
from textual import events
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Size
from textual.screen import Screen

from tui.terminal import clipboard, themes
from tui.terminal.driver import TerminalDriver
from tui.terminal.line_filters import line_filters
from tui.terminal.orderly import OrderlyApp
from whygate.errors import UserError

SMALLEST = Size(60, 15)
_PRETENDED = Size(80, 24)  # what is laid out, and never drawn, where the terminal is too small from the beginning
_LEAVES = ("q", "ctrl+q", "ctrl+c")
_LOOK_EVERY = 2.0  # seconds between two looks at whether the terminal is still there
_LOST = 128 + signal.SIGHUP


class Look(msgspec.Struct, frozen=True):
    """How the terminal is used. `child` is what programs that are started get of the environment besides; `to_file` is whether copied
    text goes to a file rather than to the terminal."""

    theme: str = themes.DARK.name
    no_colour: bool = False
    ascii_only: bool = False
    to_file: bool = False
    child: Mapping[str, str] = {}


class TerminalApp(OrderlyApp):
    """Textual's own handling, with what it leaves out."""

    # On the terminal's own ground Textual's cursor would be white, which that ground may be.
    CSS = "Input:ansi > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }"

    def __init__(self, css_path: list[str] | None = None) -> None:
        super().__init__(css_path)
        for theme in themes.THEMES:
            self.register_theme(theme)
        self._begin_with(themes.DARK.name)
        self._disable_tooltips = self._disable_notifications = True  # nothing here has any, and each is laid out with every screen
        for name in set(self.available_themes) - set(themes.NAMES):
            self.unregister_theme(name)
        self._too_small: Size | None = None
        self.look = Look(no_colour=self.no_color)
        self._own_filters = line_filters(no_colour=self.no_color, ascii_only=False)

    def _begin_with(self, theme: str) -> None:
        """As setting `theme`, without what that does to an app which is on the screen already: laying out everything anew."""
        self.set_reactive(TerminalApp.theme, theme)
        dark = self.current_theme.dark
        self.update_classes({f"-theme-{theme}": True, "-dark-mode": dark, "-light-mode": not dark}, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def settle(self, look: Look) -> None:
        """Use the terminal in this way; before the app runs."""
        self.look = look
        # Without colours any theme will do whose background is a colour: what stands out is found by that.
        self.theme = themes.DARK.name if look.no_colour and look.theme == themes.TERMINAL.name else look.theme
        self._own_filters = line_filters(no_colour=look.no_colour, ascii_only=look.ascii_only)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Ours last; of Textual's own only the one that themes need, because its NO_COLOR is shades of grey."""
        return (*(each for each in super().get_line_filters() if isinstance(each, ANSIToTruecolor)), *self._own_filters)

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        return TerminalDriver if found is LinuxDriver else found

    def keep(self) -> None:
        """Write what must not be lost when the program ends."""

    # A terminal that is too small

    @property
    def too_small(self) -> bool:
        """Whether one line that says so is all that can be seen."""
        return self._too_small is not None

    def on_resize(self, event: events.Resize) -> None:
        """What is laid out stays as it is while the terminal is too small: nobody sees it, and then it is back."""
        if event.size.width < SMALLEST.width or event.size.height < SMALLEST.height:
            event.prevent_default()
            event.stop()
            self._too_small = event.size
            if self._size is None:
                self.call_next(self._on_resize, events.Resize(_PRETENDED, _PRETENDED))
            self._say_so(event.size)
        elif self._too_small is not None:
            self._too_small = None
            self.call_next(self.draw_anew)

    def _say_so(self, size: Size) -> None:
        if self._driver is None or self.is_headless:
            return
        text = f"whygate needs {SMALLEST.width}x{SMALLEST.height}, this is {size.width}x{size.height}: make it larger, or q to leave"
        lines = [text[start : start + size.width] for start in range(0, len(text), max(size.width, 1))][: size.height]
        self._driver.write("\x1b[0m\x1b[2J\x1b[H" + "\r\n".join(lines))

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._too_small is None:
            super()._display(screen, renderable)

    async def on_event(self, event: events.Event) -> None:
        if self._too_small is None or not isinstance(event, events.InputEvent):
            await super().on_event(event)
        elif isinstance(event, events.Key) and event.key in _LEAVES:
            self.exit()
        elif isinstance(event, events.Key) and event.key == "ctrl+z":
            self.action_suspend_process()

    # A terminal that goes away, and a program that is asked to end

    def on_mount(self) -> None:
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._asked_to_end, number)
        self.set_interval(_LOOK_EVERY, self._look_for_the_terminal)

    def _asked_to_end(self, number: int) -> None:
        self._look_for_the_terminal()
        self.exit(return_code=128 + number)

    def _look_for_the_terminal(self) -> None:
        if not _is_there():
            # There is nothing to be restored, nobody to be told, and threads that would wait for a terminal for ever.
            self.keep()
            os._exit(_LOST)

    # Other programs, and the clipboard

    def copy_text(self, text: str) -> str:
        """Send text to the clipboard, or to a file; what was done, in a few words."""
        if len(text) <= clipboard.MOST_BYTES:
            self._clipboard = text  # what ctrl+v puts into an input
        try:
            return clipboard.send(text, self._write, to_file=self.look.to_file)
        except UserError as error:
            return str(error)

    def _write(self, text: str) -> None:
        if self._driver is not None:
            self._driver.write(text)

    def lend(self, work: Callable[[Mapping[str, str]], None]) -> None:
        """Give the terminal to `work`, which gets the environment for a program that it starts, and take it back. What `work` raises is
        raised when the terminal is ours again."""
        failure: UserError | None = None
        with self.suspend(), _leaving_signals_to_children():
            try:
                work({**os.environ, **self.look.child})
            except UserError as error:
                failure = error
        if self._too_small is not None:
            self._say_so(self._too_small)
        if failure is not None:
            raise failure


@contextmanager
def _leaving_signals_to_children() -> Iterator[None]:
    # Keys such as ctrl+c reach every program of the job. A handler of ours is, unlike a signal that is ignored, not theirs.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_there() -> bool:
    if sys.__stdin__ is None:
        return False
    try:
        termios.tcgetattr(sys.__stdin__.fileno())
    except termios.error:
        return False
    return True
