"""The Textual app: it loads an account, keeps the history, shows one place at a time, and draws the frame around it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.segment import Segment, Segments
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.css.query import QueryError
from textual.message import Message

from tui import actions
from tui.background import in_background
from tui.line import Line, Rule
from tui.location import History, Location, Visit, label_of, parse
from tui.place import Place
from tui.plain import joined, plain
from tui.screens.account import AccountPlace
from whygate.errors import UserError
from whygate.text import visible_lines

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

Report = Callable[[int, int, str], None]
Load = Callable[[str, Report], "Snapshot"]

CLIPBOARD_BYTES = 75_000  # what terminals and multiplexers are known to take in one OSC 52


class Explorer(App[None]):
    """`source` is what `whygate SOURCE` names; it is loaded after the first frame is on the screen, by the adapters unless
    `load` is given.
    """

    BINDINGS = actions.bindings(actions.EVERYWHERE)
    TITLE = "whygate"
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    ALLOW_SELECT = False

    class Loaded(Message):
        """The account is there."""

        def __init__(self, generation: int, snapshot: Snapshot) -> None:
            super().__init__()
            self.generation, self.snapshot = generation, snapshot

    class Progressed(Message):
        """So much of it was read."""

        def __init__(self, generation: int, text: str) -> None:
            super().__init__()
            self.generation, self.text = generation, text

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Explorer.Progressed)

    class Failed(Message):
        """The account could not be loaded: a UserError for the user's eyes, anything else is a fault of the program."""

        def __init__(self, generation: int, error: Exception) -> None:
            super().__init__()
            self.generation, self.error = generation, error

    def __init__(self, source: str, *, at: str = "", load: Load | None = None) -> None:
        super().__init__(css_path=[f"screens/{name}.tcss" for name in ("frame", "account", "question")])
        self._source = source
        self._loader = load
        self._snapshot: Snapshot | None = None
        self._generation = 0
        self._arrived = False
        self._places: dict[str, Place] = {}
        self._notice = ""
        self.history = History(Visit(Location("list", "users"), "Users"))
        if at:
            location = parse(at)
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
        self._say_loading("")
        self._draw()
        self.call_after_refresh(self._load)

    # Loading

    def _load(self) -> None:
        self._generation += 1
        generation, source = self._generation, self._source

        def report(done: int, total: int, what: str) -> None:
            number = f"{done:,} of {total:,}" if total else f"{done:,}" if done else ""
            self.post_message(self.Progressed(generation, " ".join(part for part in (what, number) if part)))

        def work() -> None:
            try:
                snapshot = (self._loader or _load)(source, report)
            except Exception as error:
                self.post_message(self.Failed(generation, error))
            else:
                self.post_message(self.Loaded(generation, snapshot))

        in_background(work)

    def _say_loading(self, progress: str) -> None:
        text = f"loading {self._source}" + (f": {progress}" if progress else " …")
        self._line("header").set(joined(" ", text))
        if not progress and isinstance(account := self._places["list"], AccountPlace):
            account.announce([text])

    def on_explorer_progressed(self, message: Progressed) -> None:
        if message.generation == self._generation and self._snapshot is None:
            self._say_loading(message.text)

    def on_explorer_failed(self, message: Failed) -> None:
        if message.generation != self._generation:
            return
        if not isinstance(message.error, UserError):
            raise message.error
        if isinstance(account := self._places["list"], AccountPlace):
            account.announce(["The account could not be opened.", "", str(message.error)])
        self._line("header").set(joined(" ", self._source, " could not be opened"))
        self._say(str(message.error))

    async def on_explorer_loaded(self, message: Loaded) -> None:
        if message.generation != self._generation:
            return
        from tui.header import headline

        self._snapshot = message.snapshot
        self._line("header").set(joined(" ", headline(message.snapshot, datetime.now(UTC))))
        await self._arrive()
        self._arrived = True
        for warning in message.snapshot.warnings[:1]:
            self._say(warning)

    # Going places

    async def _arrive(self) -> None:
        """Show the place that the history is at."""
        visit = self.history.current
        if self._snapshot is None:
            return
        place = await self._place(visit.location.kind)
        try:
            place.show(self._snapshot, visit)
        except UserError as error:  # a bookmark of another account, or one that was never right
            self._say(str(error))
            if self.history.back() is not None:
                await self._arrive()
            return
        for other in self._places.values():
            other.display = other is place
        place.settle()
        self._draw()

    async def _place(self, kind: str) -> Place:
        if kind not in self._places:
            self._places[kind] = _make(kind)
            self._places[kind].display = False
            await self.query_one("#middle", Container).mount(self._places[kind])
        return self._places[kind]

    @property
    def loaded(self) -> bool:
        """Whether the account is there and its first place is on the screen."""
        return self._arrived

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
        self.exit()

    # A fault of the program

    def _fatal_error(self) -> None:
        # Textual prints the values of local variables here: documents, ARNs, perhaps credentials. Nobody should paste those.
        self.bell()
        text = visible_lines(traceback.format_exc())
        self._exit_renderables.append(Segments([Segment(text), Segment("\nThis is a fault in whygate, not in your account.\n")]))
        self._close_messages_no_wait()


def _load(source: str, report: Report) -> Snapshot:
    from adapters import registry

    return registry.load(source, report)


def _make(kind: str) -> Place:
    if kind == "principal":
        from tui.screens.principal import PrincipalPlace

        return PrincipalPlace()
    if kind == "policy":
        from tui.screens.policy import PolicyPlace

        return PolicyPlace()
    from tui.screens.question import QuestionPlace

    return QuestionPlace()
