"""The explorer: what keys and lines of the command line do, wherever one is. Walking itself is in `walking`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.dom import DOMNode

from tui import actions
from tui.background.thread import in_background
from tui.crumbs import label_of, trail
from tui.location import Location, Target, asked_by
from tui.place import Place
from tui.walking import Walker
from tui.widgets.jump import JumpKeys, labels
from tui.widgets.line import Line
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.command_line import Outcome
    from tui.screens.chooser import Choice
    from tui.widgets.prompt import Prompt
    from tui.widgets.table import Table


_KEYS = {"esc": "escape"}


class Explorer(Walker):
    """Every action of the scope "everywhere" is a method here, `action_NAME`; what the command line can do besides is `do_NAME`."""

    BINDINGS = actions.bindings(actions.EVERYWHERE)

    _prompt: Prompt | None = None  # made when somebody first types a line
    _targets: Mapping[str, Target] = {}  # where the letters on the screen lead; none while there are none
    _lettered: Sequence[Table] = ()

    async def action_out(self) -> None:
        self.notice = ""
        if self.place.out():
            self.draw()
        elif self.stops and (self.snapshot is None or self.history.at_start):
            self.stop_loading()
        else:
            await self.action_back()

    async def action_back(self) -> None:
        self.history.leave(self.place.state())
        if self.history.back() is None:
            self.say(f"this is where you began; {self._key_of('leave')} quits")
        else:
            self.notice = ""
            await self._arrive()

    @on(Line.Clicked, "#crumbs")
    async def _crumb(self, message: Line.Clicked) -> None:
        for _ in range(self.frame.crumb_at(message.column) or 0):
            await self.action_back()

    @on(Line.Clicked, "#keys")
    async def _key(self, message: Line.Clicked) -> None:
        if identifier := self.frame.key_at(message.column):
            await self._run(identifier)

    async def action_forward(self) -> None:
        self.history.leave(self.place.state())
        if self.history.forward() is None:
            self.say("there is nothing ahead")
        else:
            self.notice = ""
            await self._arrive()

    async def action_can(self) -> None:
        if not self.place.ask_again():
            await self.go(asked_by(self.place.question(), self.history.visits), "Can…?")

    async def action_denied(self) -> None:
        await self.go(Location("denied"), label_of(Location("denied")))

    def action_copy(self) -> None:
        self._copy(self.place.copyable())

    def action_copy_place(self) -> None:
        self._copy(str(self.place.here(self.history.current.location)))

    def action_copy_command(self) -> None:
        from tui.saving import command

        self._copy(command(self.source, self.place, self.history.current.location))

    def on_place_copied(self, message: Place.Copied) -> None:
        self._copy(message.text)

    def _copy(self, text: str) -> None:
        self.say(self.copy_text(text) if text else "there is nothing to copy here")

    def action_leave(self) -> None:
        if self.remembered is not None and self.source:  # left on purpose: the next time begins at the beginning
            self.remembered.remember(self.source, "")
        self.leave()

    # The command line

    async def action_command(self, line: str = "") -> None:
        if self._prompt is None:
            from tui.widgets.prompt import Prompt

            self._prompt = Prompt(self._completed, lambda: self.remembered.history() if self.remembered is not None else ())
            await self.mount(self._prompt)
        self.notice = ""
        self._prompt.begin(line)
        self.draw()

    def _completed(self, line: str) -> tuple[str, ...]:
        from tui.command_line import complete

        return complete(line, self.snapshot)

    def _leave_prompt(self) -> None:
        if self._prompt is not None:
            self._prompt.end()
        self.place.settle()
        self.draw()

    def on_prompt_left(self) -> None:
        self._leave_prompt()

    def on_prompt_edited(self, message: Prompt.Edited) -> None:
        from tui.command_line import usage

        if said := usage(message.line):
            self.frame.hint(said)
        else:
            self.draw()

    async def on_prompt_typed(self, message: Prompt.Typed) -> None:
        self._leave_prompt()
        if message.line.strip():
            if self.remembered is not None:
                self.remembered.said(message.line)
            await self.run_line(message.line)

    async def run_line(self, line: str) -> None:
        """Do what a line of the command line asks for."""
        from tui.command_line import Go
        from tui.command_line import run as understood

        try:
            outcome: Outcome = understood(line, self.snapshot)
            if isinstance(outcome, Go):
                await self.go(outcome.location, outcome.label, outcome.state)
            else:
                await self._do(outcome.name, outcome.argument)
        except UserError as error:
            self.say(str(error))

    async def _do(self, name: str, argument: str) -> None:
        method: Callable[..., object] | None = getattr(self, f"do_{name}", None)
        if method is None:
            await self.run_action(name)
        else:
            done = method(argument)
            if hasattr(done, "__await__"):
                await done

    async def do_open(self, source: str) -> None:
        await self.open_source(source)

    def do_mark(self, label: str) -> None:
        self.action_mark(label)

    def do_save(self, path: str) -> None:
        """Write the place on the screen to a file; what its name ends in says how."""
        from tui.saving import save

        self.say(save(self, path))

    def do_export(self, path: str) -> None:
        """Write the whole snapshot, as `whygate export` does."""
        from tui.saving import export

        self.say("writing …")
        source = self.source

        def work() -> None:
            self.post_message(Place.Said(export(source, path)))

        in_background(work)

    def do_theme(self, name: str) -> None:
        if name not in self.available_themes:
            raise UserError(f"there is no theme {name!r}", todo=f"name one of {', '.join(self.available_themes)}")
        self.theme = name

    def action_save(self) -> Awaitable[None]:
        from tui.saving import suggested

        return self.action_command(f"save {suggested(self.history.current)}")

    def action_editor(self) -> None:
        from tui.saving import readable
        from tui.terminal import editor

        try:
            name, text = readable(self)
            self.lend(partial(editor.show, name, text))
        except UserError as error:
            self.say(str(error))

    # Jump mode

    def mode(self) -> str:
        if self._targets:
            return "jump"
        return "prompt" if self._prompt is not None and self._prompt.display else super().mode()

    async def action_jump(self) -> None:
        tables = self.place.tables()
        spots = [(table, spot) for table in tables for spot in table.spots()]
        if not spots:
            self.say("nothing on the screen leads anywhere")
            return
        keys = next(iter(self.query(JumpKeys)), None)
        if keys is None:
            keys = JumpKeys()
            await self.mount(keys)
        places = dict.fromkeys(spot.target[0] for _, spot in spots)  # the same letters for the same place, however often it is named
        names = dict(zip(places, labels(len(places)), strict=True))
        self._targets = {names[spot.target[0]]: spot.target for _, spot in reversed(spots)}
        self._lettered = tables
        for table in tables:
            table.letter([(spot, names[spot.target[0]]) for whose, spot in spots if whose is table])
        self.notice = ""
        keys.begin()
        self.draw()

    @on(JumpKeys.Typed)
    async def _letter(self, message: JumpKeys.Typed) -> None:
        waits = message.text and any(name.startswith(message.text) for name in self._targets)
        found = self._targets.get(message.text)
        if not self._targets or (waits and found is None):
            return
        for table in self._lettered:
            table.letter(())
        self._targets, self._lettered = {}, ()
        if found is not None:
            await self.go(*found)
        else:
            self.place.settle()
            self.draw()

    # Choosing from a list over the screen

    def _choose(self, title: str, choices: list[Choice], take: Callable[[str], object], empty: str = "") -> None:
        from tui.screens.chooser import Chooser

        async def chosen(value: str | None) -> None:
            if value:
                done = take(value)
                if hasattr(done, "__await__"):
                    await done

        self.push_screen(Chooser(title, choices, empty=empty), chosen)

    def _actions(self) -> list[Choice]:
        from tui.screens.chooser import Choice

        scope, mode = self.place.scope, self.mode()
        return [
            Choice(action.help, action.id, actions.shown(action, self.keymap), self.why_not(action.plain_name))
            for action in actions.working(scope, mode)
        ]

    async def _run(self, identifier: str) -> None:
        action = next(each for each in actions.ACTIONS if each.id == identifier)
        if not action.keys:  # somebody else handles the key, so the key it is
            self.simulate_key(_KEYS.get(action.shown, action.shown))
            return
        tables = self.place.tables()
        owners: dict[str, DOMNode | None] = {actions.EVERYWHERE: self, actions.TABLE: tables[0] if tables else None, "prompt": self._prompt}
        await self.run_action(action.name, owners.get(action.scope) or self.place)

    def _key_of(self, name: str) -> str:
        """The key that somebody has for an action that works everywhere."""
        action = next(each for each in actions.ACTIONS if each.scope == actions.EVERYWHERE and each.plain_name == name)
        return actions.shown(action, self.keymap).split()[0]

    def action_help(self) -> None:
        self._choose(f"keys in this place: {self.place.scope}", self._actions(), self._run)

    def action_palette(self) -> None:
        from tui.command_line import COMMANDS
        from tui.screens.chooser import Choice

        typed = [Choice(f":{each.name} {each.usage}".rstrip() + f"  {each.help}", f":{each.name}", ":") for each in COMMANDS]
        self._choose("everything that can be done", [*self._actions(), *typed, *self._bookmarks()], self._from_palette)

    async def _from_palette(self, value: str) -> None:
        if value.startswith(":"):
            await self.action_command(f"{value[1:]} ")
        elif value.startswith("at "):
            await self.run_line(value)
        else:
            await self._run(value)

    # Bookmarks

    def _bookmarks(self) -> list[Choice]:
        from tui.screens.chooser import Choice

        known = self.remembered.bookmarks(self.source) if self.remembered is not None else ()
        return [Choice(f"{each.label}  {each.location}", f"at {each.location}", "'") for each in known]

    def action_mark(self, label: str = "") -> None:
        place = str(self.place.here(self.history.current.location))
        if self.remembered is None:
            self.say("bookmarks are not kept in this run")
        elif not label and any(each.location == place for each in self.remembered.bookmarks(self.source)):
            self.remembered.unmark(self.source, place)
            self.say("the bookmark is gone")
        else:
            self.remembered.mark(self.source, place, label or " › ".join(trail(self.history.visits)))
            self.say(f"marked; {self._key_of('marks')} goes to a bookmark, {self._key_of('mark')} again takes it away")

    def action_marks(self) -> None:
        self._choose("bookmarks", self._bookmarks(), self.run_line, "none yet: m puts one where you are")
