"""What can be opened here: the screen of `whygate` without a SOURCE. It is there at once; what takes a look is filled in."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from tui import actions
from tui.filtering.filter import matches
from tui.location import Location, State, Visit
from tui.place import Place, rows_in_view
from tui.plain import plain, wrapped
from tui.questions.gathering import Faulted, Gathered, Gatherer
from tui.rows.cells import Rows
from tui.rows.start_rows import SECTIONS, StartRow, cells, matching, rows, text_of
from tui.widgets.entry import Entry
from tui.widgets.line import Block
from tui.widgets.table import Table
from whygate.text import count

if TYPE_CHECKING:
    from adapters.offers import Found
    from tui.kept.state import Recent
    from whygate.snapshot import Snapshot

WELCOME = "Why is an action on an AWS resource allowed or denied? Open an account, and ask it. Nothing of it leaves this machine."
HINT = "a file, a folder, aws:PROFILE or demo; enter opens it"
FILTER_HINT = "words that all match, !word leaves out"


class StartPlace(Place):
    """Posts `Open` for what was chosen; that it cannot be opened is said by whoever tried. `recent` is what was opened lately."""

    scope = "start"
    needs_account = False
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings("start"), *actions.bindings("filter")]
    DEFAULT_CSS = """
    StartPlace #welcome { padding: 1 2; max-height: 7; }
    #start-source, #start-filter { height: 1; width: 1fr; border: none; padding: 0 1; background: $surface; display: none; }
    """

    def __init__(self, recent: Callable[[], Sequence[Recent]] = tuple) -> None:
        super().__init__(id="start")
        self._recent = recent
        self._found: dict[str, Found] = {}
        self._every: list[StartRow] = []
        self._shown: Sequence[int] = ()
        self._filter = ""
        self._width = 0
        self._gatherer = Gatherer(self)
        self._touched = False
        self._complaint = ""
        self._typed = ""

    def compose(self) -> ComposeResult:
        yield Block(id="welcome")
        for name, hint in (("start-source", HINT), ("start-filter", FILTER_HINT)):
            box = Entry(id=name, placeholder=hint, compact=True, select_on_focus=False)
            box.cursor_blink = False
            yield box
        yield Table(id="offers")

    @property
    def table(self) -> Table:
        """The list on the screen."""
        return self.query_one("#offers", Table)

    # The model

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        self.begin(visit)

    def renew(self, snapshot: Snapshot) -> None:
        """An account that grows changes nothing here."""

    def begin(self, visit: Visit) -> None:
        from adapters.offers import demo

        self._filter = visit.state.filter
        self._touched = visit.state.cursor is not None
        self._found = {**self._found, "demo": demo()}  # what was found before stands until it is found again
        self._every = rows(self._found)
        self._lay_out(visit.state.cursor or 0, visit.state.top)
        self._gatherer.gather(tuple(self._recent()))
        self._write_source("")

    def _write_source(self, text: str) -> None:
        box = self._box("source")
        with box.prevent(Input.Changed):
            box.value = text

    @on(Gathered)
    def _gathered(self, message: Gathered) -> None:
        message.stop()
        if self._gatherer.is_late(message):
            return
        before, below_top = self.table.value, self.table.cursor - self.table.top
        self._found = {**self._found, message.section: message.found}
        self._every = rows(self._found)
        self._filtered()
        at = next((at for at, index in enumerate(self._shown) if before is not None and self._every[index].key == before.key), 0)
        if not self._touched:
            at = 0
        self._lay_out(at, max(at - below_top, 0) if self._touched else 0)

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    def _filtered(self) -> None:
        every = self._every
        offers = [at for at, row in enumerate(every) if row.offer is not None]
        left = matches(self._filter, [text_of(every[at]) for at in offers])
        self._shown = matching(every, [offers[at] for at in left]) if self._filter.split() else range(len(every))

    def _lay_out(self, cursor: int, top: int) -> None:
        width = self._width = self.app.size.width
        self._filtered()
        model = Rows(self._every, cells=lambda row: cells(row, width), stops=lambda row: row.offer is not None)
        self.table.show(model, only=self._shown, cursor=cursor, top=top)
        self._greet()
        self.changed()

    def _greet(self) -> None:
        text, style = (self._complaint, "$text-error") if self._complaint else (WELCOME, "")
        lines: list[Content] = [plain(line, style) for line in wrapped(text, max(self._width - 4, 20))]
        self.query_one("#welcome", Block).set(lines)

    def missed(self, complaint: str) -> None:
        self._complaint = f"It could not be opened. {complaint}"
        self._write_source(self._typed)  # to be mended where it was typed
        self._greet()

    def on_resize(self) -> None:
        if self._width != self.app.size.width:
            self._lay_out(self.table.cursor, self.table.top)

    @property
    def looking(self) -> bool:
        """Whether something is still being looked for."""
        return any(section not in self._found for section in SECTIONS)

    # What a place answers

    def settle(self) -> None:
        self.take_focus(self.table)

    def state(self) -> State:
        return State(cursor=self.table.cursor, top=self.table.top, filter=self._filter)

    def status(self) -> str:
        offered = sum(self._every[at].offer is not None for at in self._shown)
        said = "looking …" if self.looking else count(offered, "source")
        return f"/{self._filter} · {said}" if self._filter else said

    def mode(self) -> str:
        return next((mode for mode, name in (("source", "source"), ("filter", "filter")) if self._box(name).has_focus), "")

    def position(self) -> str:
        return rows_in_view(self.table.span)

    def copyable(self) -> str:
        row = self.table.value
        return f"whygate {row.offer.typed}" if isinstance(row, StartRow) and row.offer is not None else ""

    def question(self) -> Location:
        return Location("question")

    def why_not(self, action: str) -> str:
        return {"complete": "there is nothing to complete here", "save": "there is nothing to export here"}.get(action, "")

    def command(self) -> tuple[str, ...]:
        return ("sources",)

    def out(self) -> bool:
        if self.mode() or self._filter:
            if self.mode() != "source":
                self._filter = ""
                self._lay_out(0, 0)
            self._close_boxes()
            return True
        return False

    # Opening

    def _open(self, source: str, *, kept: bool = False) -> None:
        self._complaint = ""
        self._greet()
        self.post_message(self.Open(source, kept=kept))

    @on(Table.Entered)
    @on(Table.Opened)
    def _enter(self, message: Table.RowMessage) -> None:
        message.stop()
        row = message.value
        if isinstance(row, StartRow) and row.offer is not None:
            self._typed = ""
            self._open(row.offer.source, kept=row.offer.kind == "kept")

    @on(Table.Moved)
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        if message.table.has_focus and message.table.cursor > self._first:
            self._touched = True
        self.changed()

    @property
    def _first(self) -> int:
        return next((at for at, index in enumerate(self._shown) if self._every[index].offer is not None), 0)

    # The lines to type in

    def _box(self, name: str) -> Input:
        return self.query_one(f"#start-{name}", Input)

    def _edit(self, name: str) -> None:
        self._close_boxes()
        box = self._box(name)
        box.display = True
        with box.prevent(Input.Changed):
            box.value = self._filter if name == "filter" else box.value
        box.cursor_position = len(box.value)
        self.take_focus(box)
        self.changed()

    def _close_boxes(self) -> None:
        for name in ("source", "filter"):
            self._box(name).display = False
        self.settle()
        self.changed()

    def action_type(self) -> None:
        self._edit("source")

    def action_filter(self) -> None:
        self._edit("filter")

    def action_look_again(self) -> None:
        self._found = {}
        self.begin(Visit(Location("start"), "", State(cursor=self.table.cursor, top=self.table.top, filter=self._filter)))

    def action_row_down(self) -> None:
        self.table.action_down()

    def action_row_up(self) -> None:
        self.table.action_up()

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self._box("filter") and event.value != self._filter:
            self._filter = event.value
            self._lay_out(0, 0)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        source = event.value.strip()
        if event.input is self._box("filter"):
            self._close_boxes()
        elif source:
            self._close_boxes()
            self._typed = event.value
            self._open(os.path.expanduser(source) if source.startswith("~") else source)
        else:
            self.say(f"type what to open: {HINT}")
