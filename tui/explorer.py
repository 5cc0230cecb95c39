"""The Textual app: it loads an account, keeps the history, shows one place at a time, and draws the frame around it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segment, Segments
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.css.query import QueryError
from textual.timer import Timer

from tui import actions, header
from tui.line import Line, Rule
from tui.loading import Loading, Opening, Report, Simple
from tui.location import History, Location, Visit, label_of, list_of, parse
from tui.place import Place
from tui.plain import joined, plain
from tui.screens.account import AccountPlace
from whygate.errors import UserError
from whygate.text import visible_lines

if TYPE_CHECKING:
    from whygate.simulated import Asked, Opinion
    from whygate.snapshot import Snapshot

Load = Callable[[str, Report], "Snapshot"]
Begin = Callable[[str], Opening]

CLIPBOARD_BYTES = 75_000  # what terminals and multiplexers are known to take in one OSC 52


class Explorer(App[None]):
    """`source` is what `whygate SOURCE` names; it is opened after the first frame is on the screen, by the adapters unless
    `load` or `begin` is given. What of a live source is there already can be walked in while the rest arrives.
    """

    BINDINGS = actions.bindings(actions.EVERYWHERE)
    TITLE = "whygate"
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    ALLOW_SELECT = False

    def __init__(self, source: str, *, at: str = "", load: Load | None = None, begin: Begin | None = None, verify: bool = True) -> None:
        super().__init__(css_path=[f"screens/{name}.tcss" for name in ("frame", "account", "question")])
        self._source = source
        self._verify = verify
        self._snapshot: Snapshot | None = None
        self._loading: Loading | None = Loading(self, source, (lambda name: Simple(load, name)) if load else begin or _begin)
        self._clock: Timer | None = None
        self._arrived = False
        self._places: dict[str, Place] = {}
        self._notice = ""
        location = parse(at) if at else Location("list", "users")
        base = list_of(location)
        self.history = History(Visit(Location("list", base), base.capitalize()))
        if at:
            (self.history.replace if location.kind == "list" else self.history.go)(Visit(location, label_of(location)))

    def compose(self) -> ComposeResult:
        yield Line(id="header")
        yield Line(id="crumbs")
        yield Rule(id="upper")
        self._places["list"] = AccountPlace()
        with Container(id="middle"):
            yield self._places["list"]
        yield Rule(id="lower")
        yield Line(id="keys")

    def on_mount(self) -> None:
        self.animation_level = "none"
        self._draw_header()
        self._announce()
        self._draw()
        if self._loading is not None:
            self.call_after_refresh(self._loading.start)

    # Loading

    def _draw_header(self) -> None:
        loading, snapshot = self._loading, self._snapshot
        if loading is not None:
            far = header.loading(loading.step, loading.seconds if loading.slow else None, stopped=loading.stopped)
            name = f"loading {self._source}: {far}" if snapshot is None and far else f"loading {self._source} …"
            hint = " esc goes on with this " if snapshot is not None and loading.stops and self.history.at_start else ""
            self._line("header").set(joined(" ", name if snapshot is None else f"{header.account_name(snapshot)} · {far}"), plain(hint))
        elif snapshot is not None:
            self._line("header").set(joined(" ", header.headline(snapshot, datetime.now(UTC))))

    def _announce(self) -> None:
        """The message in the middle, while there is nothing else to see."""
        lines = [f"loading {self._source} …"]
        if self._loading is not None and self._loading.stops:
            lines += ["", "What is there can be used while the rest arrives; esc goes on without the rest."]
        if isinstance(account := self._places["list"], AccountPlace):
            account.announce(lines)

    def _is_late(self, message: Loading.Posted) -> bool:
        return message.loading is not self._loading

    def on_loading_began(self, message: Loading.Began) -> None:
        if not self._is_late(message) and message.loading.slow:
            self._clock = self.set_interval(1.0, self._draw_header)
            self._draw_header()
            if self._snapshot is None:
                self._announce()

    def on_loading_progressed(self, message: Loading.Progressed) -> None:
        if not self._is_late(message):
            self._draw_header()

    def on_loading_failed(self, message: Loading.Failed) -> None:
        if self._is_late(message):
            return
        if not isinstance(message.error, UserError):
            raise message.error
        self._at_rest()
        if self._snapshot is None:
            if isinstance(account := self._places["list"], AccountPlace):
                account.announce(["The account could not be opened.", "", str(message.error)])
            self._line("header").set(joined(" ", self._source, " could not be opened"))
        self._say(str(message.error))

    async def on_loading_arrived(self, message: Loading.Arrived) -> None:
        if self._is_late(message):
            return
        if message.whole:
            self._at_rest()
        before, self._snapshot = self._snapshot, message.snapshot
        if before is not None:
            await self._renew(message.snapshot)
        elif not await self._arrive(patient=not message.whole):
            self._snapshot = None  # the place that was asked for is not there yet
            return
        self._arrived = True
        self._draw_header()
        if message.whole:
            for warning in message.snapshot.warnings[:1]:
                self._say(warning)

    async def _renew(self, snapshot: Snapshot) -> None:
        account = self._places["list"]
        if account is not self.place and isinstance(account, AccountPlace) and account.listed is not None:
            account.renew(snapshot)  # so that its cursor is on the same row on the way back
            self.history.restate(account.listed, account.state())
        try:
            self.place.renew(snapshot)
        except UserError:  # it was there, and is not in the whole
            await self._arrive()
        self._draw()

    def _at_rest(self) -> None:
        """Nothing is on its way any longer."""
        self._loading = None
        if self._clock is not None:
            self._clock.stop()
        self._draw_header()

    def _stop_loading(self) -> None:
        assert self._loading is not None
        self._loading.stop()
        self._draw_header()
        self._say("going on with what is there" if self._snapshot is not None else "stopping; what is there by now will be shown")

    # Going places

    async def _arrive(self, *, patient: bool = False) -> bool:
        """Show the place that the history is at, or where it is not in the account the one before; False where nobody could, or where
        it is not there yet and somebody is `patient`."""
        visit = self.history.current
        if self._snapshot is None:
            return False
        place = await self._place(visit.location.kind)
        try:
            place.show(self._snapshot, visit)
        except UserError as error:  # a bookmark of another account, or one that was never right
            if patient:
                return False
            self._say(str(error))
            return self.history.back() is not None and await self._arrive()
        for other in self._places.values():
            other.display = other is place
        place.settle()
        self._draw()
        if self._loading is not None:
            self._draw_header()
        return True

    async def _place(self, kind: str) -> Place:
        if kind not in self._places:
            self._places[kind] = self._make(kind)
            self._places[kind].display = False
            await self.query_one("#middle", Container).mount(self._places[kind])
        return self._places[kind]

    def _make(self, kind: str) -> Place:
        if kind == "principal":
            from tui.screens.principal import PrincipalPlace

            return PrincipalPlace()
        if kind == "policy":
            from tui.screens.policy import PolicyPlace

            return PolicyPlace()
        from tui.screens.question import QuestionPlace

        return QuestionPlace(partial(_second_opinion, self._source) if self._verify else _nobody)

    @property
    def loaded(self) -> bool:
        """Whether the account, or what there is of it, is there and its first place is on the screen."""
        return self._arrived

    @property
    def loading(self) -> bool:
        """Whether more is on its way."""
        return self._loading is not None

    @property
    def snapshot(self) -> Snapshot | None:
        """What is shown."""
        return self._snapshot

    @property
    def place(self) -> Place:
        """The place on the screen."""
        return self._places.get(self.history.current.location.kind, self._places["list"])

    async def on_place_go(self, message: Place.Go) -> None:
        if message.place is self.place:  # a second Enter, typed before the first one was through, would walk twice
            await self._go(message.location, message.label)

    async def _go(self, location: Location, label: str) -> None:
        if self._snapshot is None:
            return
        self._notice = ""
        self.history.leave(self.place.state())
        self.history.go(Visit(location, label))
        await self._arrive()

    def on_place_changed(self, message: Place.Changed) -> None:
        if message.location is not None and message.place is self.place:
            self.history.replace(Visit(message.location, message.label))
        self._draw()

    def on_place_said(self, message: Place.Said) -> None:
        self._say(message.text)

    # The frame

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name}", Line)

    def _say(self, text: str) -> None:
        self._notice = text
        self._draw()

    def _draw(self) -> None:
        try:
            place = self.place
            trail = self.history.trail if self._snapshot is not None else ()
            self._line("crumbs").set(joined(" ", " › ".join(trail)), joined(place.status(), " "))
            self._line("upper").set(Content(""), plain(place.position()))
            self._line("lower").set(joined(" ", self._notice, " ") if self._notice else Content(""))
            keys = actions.key_bar(place.scope, place.mode())
            self._line("keys").set(joined(*(part for key, word in keys for part in (f" {key} ", (f"{word} ", "$text-muted")))))
        except QueryError:  # the screen is going away
            return

    # Keys

    async def action_out(self) -> None:
        self._notice = ""
        if self.place.out():
            self._draw()
        elif self._loading is not None and self._loading.stops and (self._snapshot is None or self.history.at_start):
            self._stop_loading()
        else:
            await self.action_back()

    async def action_back(self) -> None:
        self.history.leave(self.place.state())
        if self.history.back() is None:
            self._say("this is where you began; q quits")
        else:
            self._notice = ""
            await self._arrive()

    async def action_forward(self) -> None:
        self.history.leave(self.place.state())
        if self.history.forward() is None:
            self._say("there is nothing ahead")
        else:
            self._notice = ""
            await self._arrive()

    async def action_can(self) -> None:
        if not self.place.ask_again():
            await self._go(self.place.question(), "Can…?")

    def action_copy(self) -> None:
        self._copy(self.place.copyable())

    def action_copy_place(self) -> None:
        self._copy(str(self.history.current.location))

    def _copy(self, text: str) -> None:
        size = len(text.encode(errors="replace"))
        if not text:
            self._say("there is nothing to copy here")
        elif size > CLIPBOARD_BYTES:
            self._say(f"not sent: {size:,} bytes are more than terminals take ({CLIPBOARD_BYTES:,})")
        else:
            self.copy_to_clipboard(text.encode(errors="replace").decode())
            self._say(f"sent to terminal: {size:,} bytes")

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.place.scope))

    def action_leave(self) -> None:
        if self._loading is not None and self._loading.stops:
            self._loading.stop()
        self.exit()

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


def _nobody(asked: Asked) -> Opinion:
    raise UserError("a second opinion asks AWS, and --offline asks nobody", todo="open it without --offline")


def _second_opinion(source: str, asked: Asked) -> Opinion:
    # Imported where it is asked, in the background: few ever do.
    from adapters import second_opinion

    return second_opinion.ask(source, asked)
