"""A Textual app over an account that arrives bit by bit: opens a source off the event loop, says how far it is, keeps what is there.

What is done with an account that is there is the explorer's; how one is opened is the adapters'.
"""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.segment import Segment, Segments
from textual.timer import Timer

from tui.background.loading import Loading, Opening, Report, Simple
from tui.rows import header
from tui.terminal.terminal_app import TerminalApp
from tui.widgets.frame import Frame
from whygate.errors import UserError
from whygate.text import visible_lines

if TYPE_CHECKING:
    from tui.background.ahead import Ahead
    from whygate.snapshot import Snapshot

Load = Callable[[str, Report], "Snapshot"]
Begin = Callable[[str], Opening]


class AccountApp(TerminalApp):
    """Whoever derives from it says what happens when an account arrives (`arrived`), grows (`renewed`) or does not come (`missed`)."""

    def __init__(self, css_path: list[str], *, load: Load | None = None, begin: Begin | None = None) -> None:
        super().__init__(css_path)
        self.frame = Frame()
        self.source = ""
        self.snapshot: Snapshot | None = None
        """What is shown."""
        self._begin: Begin = (lambda name: Simple(load, name)) if load else begin or _begin
        self._loading: Loading | None = None
        self._clock: Timer | None = None
        self._there = False
        self.ahead: Ahead | None = None
        """What was read of the source before there was a screen."""

    # What those that derive from it do

    async def arrived(self, *, patient: bool) -> bool:
        """The first of an account is there; False where what was asked for is not in it, and somebody is `patient`."""
        raise NotImplementedError

    async def renewed(self) -> None:
        """More of the account is there."""
        raise NotImplementedError

    async def missed(self, complaint: str) -> None:
        """It could not be opened."""
        raise NotImplementedError

    def waits(self, lines: list[str]) -> None:
        """Show these lines while there is nothing else to see."""
        raise NotImplementedError

    def may_stop(self) -> bool:
        """Whether escape would end the loading where the user is."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A notice for the user."""
        raise NotImplementedError

    # Opening

    @property
    def loaded(self) -> bool:
        """Whether the account, or what there is of it, is there and its first place is on the screen."""
        return self._there

    @property
    def loading(self) -> bool:
        """Whether more is on its way."""
        return self._loading is not None

    def prepare(self, source: str, begin: Begin | None = None) -> None:
        """Another source from now on, opened by `begin` where that is given; what still comes of the one before is too late."""
        if self._loading is not None and self._loading.stops:
            self._loading.stop()
        self._rest()
        self.source, self.snapshot, self._there = source, None, False
        self._loading = Loading(self, source, begin or self._begin) if source else None

    def resume(self, source: str, snapshot: Snapshot) -> None:
        """Look at an account again that was there before; what still comes of the one after it is too late."""
        self._rest()
        self.source, self.snapshot, self._there = source, snapshot, True

    async def greet(self) -> bool:
        """Show what was read ahead; False where nothing was, or what was asked for is not in it."""
        found = self.ahead.found if self.ahead is not None else None
        if found is None or self._loading is None:
            return False
        await self.on_loading_arrived(Loading.Arrived(self._loading, found.snapshot, whole=found.whole))
        return self._there

    def start(self) -> None:
        """Begin to open what was prepared, if it is not there yet."""
        gc.enable()
        if self._loading is not None:
            self._loading.start()

    def stop_loading(self) -> None:
        """Go on with what is there."""
        assert self._loading is not None
        self._loading.stop()
        self.draw_header()
        self.say("going on with what is there" if self.snapshot is not None else "stopping; what is there by now will be shown")

    @property
    def stops(self) -> bool:
        """Whether something is on its way that can be stopped."""
        return self._loading is not None and self._loading.stops

    def leave(self) -> None:
        """End the program, and what is on its way."""
        if self._loading is not None and self._loading.stops:
            self._loading.stop()
        self.exit()

    def draw_header(self) -> None:
        """The account, or how far it is."""
        loading, snapshot = self._loading, self.snapshot
        if loading is not None:
            far = header.loading(loading.step, loading.seconds if loading.slow else None, stopped=loading.stopped)
            name = f"loading {self.source}: {far}" if snapshot is None and far else f"loading {self.source} …"
            hint = "esc goes on with this" if snapshot is not None and loading.stops and self.may_stop() else ""
            self.frame.head(name if snapshot is None else f"{header.account_name(snapshot)} · {far}", hint)
        elif snapshot is not None:
            self.frame.head(header.headline(snapshot, datetime.now(UTC), self.size.width - 2))
        else:
            self.frame.head(f"{self.source} could not be opened" if self.source else "whygate")

    def announce(self) -> None:
        """The message in the middle, while there is nothing else to see."""
        lines = [f"loading {self.source} …"]
        if self.stops:
            lines += ["", "What is there can be used while the rest arrives; esc goes on without the rest."]
        self.waits(lines)

    def _is_late(self, message: Loading.Posted) -> bool:
        return message.loading is not self._loading

    def on_loading_began(self, message: Loading.Began) -> None:
        if not self._is_late(message) and message.loading.slow:
            self._clock = self.set_interval(1.0, self.draw_header)
            self.draw_header()
            if self.snapshot is None:
                self.announce()

    def on_loading_progressed(self, message: Loading.Progressed) -> None:
        if not self._is_late(message):
            self.draw_header()

    async def on_loading_failed(self, message: Loading.Failed) -> None:
        if self._is_late(message):
            return
        if not isinstance(message.error, UserError):
            raise message.error
        self._rest()
        if self.snapshot is None:
            await self.missed(str(message.error))
        self.draw_header()
        self.say(str(message.error))

    async def on_loading_arrived(self, message: Loading.Arrived) -> None:
        if self._is_late(message):
            return
        if message.whole:
            self._rest()
        before, self.snapshot = self.snapshot, message.snapshot
        if before is not None:
            await self.renewed()
        elif not await self.arrived(patient=not message.whole):
            self.snapshot = None
            return
        self._there = True
        self.draw_header()
        if message.whole:
            for warning in message.snapshot.warnings[:1]:
                self.say(warning)

    def _rest(self) -> None:
        """Nothing is on its way any longer."""
        self._loading = None
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    # A fault of the program

    def _fatal_error(self) -> None:
        # Textual prints the values of local variables here: documents, ARNs, perhaps credentials. Nobody should paste those.
        self.bell()
        text = visible_lines(traceback.format_exc())
        self._exit_renderables.append(Segments([Segment(text), Segment("\nThis is a fault in whygate, not in your account.\n")]))
        self._close_messages_no_wait()


def _begin(source: str) -> Opening:
    from adapters import registry

    return registry.begin(source)
