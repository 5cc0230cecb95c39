"""Walking through an account: one place at a time, the history of places, and the frame around them. What keys do is in `explorer`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult, SuspendNotSupported
from textual.css.query import QueryError
from textual.screen import Screen

from tui import actions, places
from tui.account_app import AccountApp, Begin, Load
from tui.crumbs import label_of, trail
from tui.kept.settings import Texts
from tui.location import History, Location, State, Visit, list_of, parse, read, written
from tui.place import Place
from tui.questions.simulator import Simulator
from tui.screens.account import AccountPlace
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.background.loading import Opening
    from tui.kept.state import StateFile
    from whygate.snapshot import Snapshot


class _Ground(Screen[None]):
    """The frame and the place cover all of it: nothing of its own need be drawn."""

    BLANK = True


class Walker(AccountApp):
    """`source` is what `whygate SOURCE` names, empty for the start screen; it is opened after the first frame is on the screen, by the
    adapters unless `load` or `begin` is given. `at` is a location to begin at. `remembered` is what is kept between runs.
    """

    TITLE = "whygate"
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    ALLOW_SELECT = False
    STYLES: ClassVar[tuple[str, ...]] = ("frame", "account", "question")

    def __init__(
        self,
        source: str,
        *,
        at: str = "",
        load: Load | None = None,
        begin: Begin | None = None,
        verify: bool = True,
        remembered: StateFile | None = None,
    ) -> None:
        super().__init__([f"screens/{name}.tcss" for name in self.STYLES], load=load, begin=begin)
        self.remembered = remembered
        self.keymap: actions.Keymap = {}
        self.columns: Texts = {}
        self._verify = verify
        self._places: dict[str, Place] = {}
        self.notice = ""
        self._setting_out = False
        self._before: tuple[str, Snapshot, History] | None = None  # the account that stays where another one cannot be opened
        self.prepare(source)
        self.history = History(Visit(Location("start"), "Start"))
        if source:
            self._set_out(parse(at) if at else Location("list", "users"), named=bool(at))

    def _set_out(self, location: Location, *, named: bool) -> None:
        """Begin at a place, under its list; without a name at the place where the source was left, if it was not left on purpose."""
        base = Location("list", list_of(location))
        self.history = History(Visit(base, label_of(base)))
        if named:
            visit = Visit(location, label_of(location))
            (self.history.replace if location.kind == "list" else self.history.go)(visit)
        elif self.remembered is not None:
            left = read(self.remembered.place(self.source) or "")
            self.history.restore(left)
            if left:
                self.notice = "back where you were; esc goes back, q forgets it"

    def get_default_screen(self) -> Screen[None]:
        return _Ground(id="_default")

    def compose(self) -> ComposeResult:
        yield from self.frame.above()
        self._places["list"] = AccountPlace(self.columns)
        self._places["list"].display = bool(self.source)
        yield self._places["list"]
        yield from self.frame.below()

    async def on_mount(self) -> None:  # type: ignore[override]  # Textual calls either kind
        self.animation_level = "none"
        if not await self.greet():
            self.draw_header()
            if self.loading:
                self.announce()
                self.draw()
        self.call_after_refresh(self.start if self.source else self._arrive)

    # An account that arrives

    def waits(self, lines: list[str]) -> None:
        if isinstance(account := self._places["list"], AccountPlace):
            account.announce(lines)

    async def missed(self, complaint: str) -> None:
        before, self._before = self._before, None
        if before is not None:
            source, snapshot, self.history = before
            self._setting_out = False
            self.resume(source, snapshot)
            await self._arrive()
        if self._setting_out or before is not None:
            self.place.missed(complaint)
            return
        self.waits(["The account could not be opened.", "", complaint])

    def may_stop(self) -> bool:
        return self.history.at_start

    async def arrived(self, *, patient: bool) -> bool:
        if self._setting_out:
            self._leave_for(Visit(self.history.current.location, self.history.current.label, self.place.state()))
        there = await self._arrive(patient=patient)
        if there:
            self._before = None
            self.call_after_refresh(self._opened)  # what is written meanwhile would keep the first picture waiting
        return there

    def _opened(self) -> None:
        if self.remembered is not None and self.snapshot is not None:
            self.remembered.opened(self.source, account=self.snapshot.primary.id or "")
            self.keep_place()

    async def renewed(self) -> None:
        assert self.snapshot is not None
        account = self._places["list"]
        if account is not self.place and isinstance(account, AccountPlace) and account.listed is not None:
            account.renew(self.snapshot)  # so that its cursor is on the same row on the way back
            self.history.restate(account.listed, account.state())
        try:
            self.place.renew(self.snapshot)
        except UserError:  # it was there, and is not in the whole
            await self._arrive()
        self.draw()

    # Going places

    async def _arrive(self, *, patient: bool = False) -> bool:
        """Show the place that the history is at, or where it is not in the account the one before; False where nobody could, or where
        it is not there yet and somebody is `patient`."""
        visit = self.history.current
        needed = places.place_class(visit.location.kind).needs_account
        if self.snapshot is None and needed:
            return False
        place = await self._place(visit.location.kind)
        try:
            if self.snapshot is not None:
                place.show(self.snapshot, visit)
            else:
                place.begin(visit)
        except UserError as error:  # a bookmark of another account, or one that was never right
            if patient:
                return False
            self.say(str(error))
            return self.history.back() is not None and await self._arrive()
        for other in self._places.values():
            other.display = other is place
        place.settle()
        self.draw()
        if self.loading:
            self.draw_header()
        if self.loaded:
            self.keep_place()
        return True

    async def _place(self, kind: str) -> Place:
        if kind not in self._places:
            given: dict[str, Callable[..., Any]] = {
                "question": Simulator(lambda: self.source, offline=not self._verify),
                "start": lambda: self.remembered.recent() if self.remembered is not None else (),
            }
            self._places[kind] = places.make(kind, given)
            self._places[kind].display = False
            await self._places["list"].screen.mount(self._places[kind], after=self._places["list"])
        return self._places[kind]

    @property
    def place(self) -> Place:
        """The place on the screen."""
        return self._places.get(self.history.current.location.kind, self._places["list"])

    async def on_place_go(self, message: Place.Go) -> None:
        if message.place is self.place:  # a second Enter, typed before the first one was through, would walk twice
            await self.go(message.location, message.label)

    async def go(self, location: Location, label: str, state: State | None = None) -> None:
        """Walk to a place."""
        if self.snapshot is None and places.place_class(location.kind).needs_account:
            return
        self.notice = ""
        left, visit = self.place.state(), Visit(location, label, state or State())
        if location == self.history.current.location and not left.text:  # no step; but what was pasted is to be found on the way back
            self.history.replace(visit)
        else:
            self.history.leave(left)
            self.history.go(visit)
        await self._arrive()

    def on_place_changed(self, message: Place.Changed) -> None:
        if message.location is not None and message.place is self.place:
            self.history.replace(Visit(message.location, message.label))
            self.keep_place()
        self.draw()

    def on_place_said(self, message: Place.Said) -> None:
        self.say(message.text)

    async def on_place_open(self, message: Place.Open) -> None:
        await self.open_source(message.source, kept=message.kept)

    async def open_source(self, source: str, *, kept: bool = False) -> None:
        """Look at another account; where it does not come, the one before is there again. With `kept` what is kept of it is opened, and
        nobody is asked. A place that needs no account stays on the screen until the account is there, and where it does not come."""
        if not kept and not self._prepared(source):
            return
        stays = not self.place.needs_account
        self.history.leave(self.place.state())
        here = self.history.current
        if self.snapshot is not None:
            self._before = (self.source, self.snapshot, self.history)
        self.prepare(source, _begin_kept if kept else None)
        self.notice = ""
        if stays:
            self.history = History(here)
            self._setting_out = True
        else:
            self._set_out(Location("list", "users"), named=False)
            for place in self._places.values():
                place.display = place is self._places["list"]
            self.announce()
        self.draw_header()
        self.draw()
        self.start()

    def _prepared(self, source: str) -> bool:
        """Ask for an MFA code where a profile wants one, on the terminal as it was before; False where there is none to be had."""
        from adapters.aws.source import PREFIX, asks_for_mfa

        try:
            if not source.startswith(PREFIX) or not asks_for_mfa(source):
                return True
            from adapters.aws import AwsAdapter

            with self.suspend():
                AwsAdapter().prepare(source)
        except UserError as error:
            self.say(str(error))
            return False
        except SuspendNotSupported:
            self.say("this profile asks for an MFA code, and there is no terminal to type it on")
            return False
        return True

    def _leave_for(self, visit: Visit) -> None:
        """The account is there that was chosen on a place without one: to its own place, or on with a denial that waits for it."""
        self._setting_out = False
        self._set_out(Location("list", "users"), named=False)
        if visit.location.kind != "start":
            self.history.go(visit)

    def keep_place(self) -> None:
        """Where we are, for the day on which the connection breaks."""
        if self.remembered is not None and self.source and self.snapshot is not None:
            self.remembered.remember(self.source, written(self.history.visits))

    def keep(self) -> None:
        """Have on the disk what is remembered; before the end."""
        if self.remembered is not None:
            self.remembered.flush()

    # The frame

    def say(self, text: str) -> None:
        self.notice = text
        self.draw()

    def before_key(self) -> None:
        self.notice = ""  # it was about the key before; the next drawing leaves it out

    def mode(self) -> str:
        """Which of `actions.MODES` the keys are in, empty for none."""
        return self.place.mode()

    def draw(self) -> None:
        try:
            place = self.place
            names = trail(self.history.visits) if self.snapshot is not None or not place.needs_account else ()
            keys = actions.key_bar(place.scope, self.mode(), width=self.size.width, why_not=self.why_not, keymap=self.keymap)
            self.frame.draw(place, names, self.notice, keys)
        except QueryError:  # the screen is going away
            return

    def on_resize(self, event: events.Resize) -> None:
        self.draw_header()
        self.draw()

    def why_not(self, action: str) -> str:
        if self.snapshot is None and action in ("can", "jump", "copy_place", "copy_command", "mark", "save"):
            return "there is no account yet"
        return self.place.why_not(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual asks before it runs an action: one that does not work here says why."""
        known = any(each.scope == actions.EVERYWHERE and each.plain_name == action for each in actions.ACTIONS)
        if known and (reason := self.why_not(action)):
            self.say(reason)
            return False
        return True


def _begin_kept(source: str) -> Opening:
    from adapters import registry

    return registry.begin(source, registry.CachePolicy(offline=True))
