"""What AWS denied: a message, an event or a whole log is pasted, and each denial in it stands beside our verdict, with its question.

The text stays in the place and in the history of this run (`State.text`). It is in no location, so it is neither in a bookmark nor among
what is remembered of a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tui import actions
from tui.documents.links import Links
from tui.location import Location, State, Visit
from tui.place import Place, rows_in_view
from tui.plain import plain, wrapped
from tui.questions import reading
from tui.report import Report, Section
from tui.rows.cells import Rows
from tui.rows.denied_rows import DeniedRow, Item, key_of, questions, rows
from tui.widgets.line import Block
from tui.widgets.paste import PasteEntry
from tui.widgets.table import Table
from whygate.text import count

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

HINT = "paste an AccessDenied message, a CloudTrail event or a decoded message"
IN_THE_LINE = 4_000  # characters that are shown on the line and can be edited there
IN_A_COMMAND = 2_000


class DeniedPlace(Place):
    """Every change reads again; a reading that a later one has overtaken is dropped. Without an account it says what AWS said."""

    scope = "denied"
    needs_account = False
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings("denied"), *actions.bindings("paste")]
    DEFAULT_CSS = """
    DeniedPlace #denied-text { height: 1; width: 1fr; border: none; padding: 0 1; background: $surface; }
    DeniedPlace #denied-about { padding: 0 1; margin: 0 0 1 0; max-height: 4; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(id="denied")
        self._snapshot: Snapshot | None = None
        self._links: Links | None = None
        self._text = ""
        self._items: list[Item] = []
        self._complaint = ""
        self._reading = False
        self._opened: frozenset[str] = frozenset()
        self._rows: list[DeniedRow] = []
        self._wanted: State | None = None
        self._enter_when_read = False
        self._width = 0
        self._reader = reading.Reader(self)

    def compose(self) -> ComposeResult:
        box = PasteEntry(id="denied-text", placeholder=HINT, compact=True, select_on_focus=False)
        box.cursor_blink = False
        yield box
        yield Block(id="denied-about")
        yield Table(id="denials")

    @property
    def _table(self) -> Table:
        return self.query_one("#denials", Table)

    @property
    def _box(self) -> PasteEntry:
        return self.query_one("#denied-text", PasteEntry)

    # The model

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        known = snapshot is self._snapshot and visit.state.text == self._text and all(item.answer for item in self._items)
        self._snapshot, self._links = snapshot, Links(snapshot)
        if known and self._items:
            self._opened = visit.state.opened if visit.state.opened is not None else self._opened
            self._lay_out(visit.state.cursor or 0, visit.state.top)
        else:
            self._begin(visit)

    def begin(self, visit: Visit) -> None:
        self._snapshot = self._links = None
        self._begin(visit)

    def _begin(self, visit: Visit) -> None:
        self._wanted = visit.state
        self._take(visit.state.text)
        self._write_box()

    def renew(self, snapshot: Snapshot) -> None:
        """The answers so far stay until there are others."""
        self._snapshot, self._links = snapshot, Links(snapshot)
        if self._text.strip():
            self._wanted = self.state()
            self._reading = True
            self._reader.read(self._text, snapshot)

    def _take(self, text: str) -> None:
        """Another text; what was read of the one before is no longer shown."""
        self._text = text
        self._items, self._complaint, self._opened = [], "", frozenset()
        self._reading = bool(text.strip())
        if self._reading:
            self._reader.read(text, self._snapshot)
        else:
            self._reader.forget()
        self._lay_out(0, 0)

    def _write_box(self) -> None:
        box = self._box
        with box.prevent(Input.Changed):
            box.value = self._text if len(self._text) <= IN_THE_LINE else ""
        box.cursor_position = 0
        box.placeholder = (
            HINT if len(self._text) <= IN_THE_LINE else "this text is too long for a line; what is typed or pasted replaces it"
        )

    @on(reading.Read)
    def _read(self, message: reading.Read) -> None:
        message.stop()
        if self._reader.is_late(message):
            return
        self._reading = False
        before = self._items
        self._items = [
            before[at] if at < len(before) and before[at].denial == denial else Item(denial) for at, denial in enumerate(message.denials)
        ]
        self._complaint = message.complaint
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted.opened is not None:
            self._opened = wanted.opened
        elif len(self._items) == 1:
            self._opened = frozenset({key_of(0)})
        self._lay_out((wanted.cursor or 0) if wanted is not None else 0, wanted.top if wanted is not None else 0)
        if self._items and self._enter_when_read:
            self.take_focus(self._table)
        self._enter_when_read = False
        self.changed()

    @on(reading.Answered)
    def _answered(self, message: reading.Answered) -> None:
        message.stop()
        if self._reader.is_late(message):
            return
        for at, answer in enumerate(message.answers, message.start):
            self._items[at] = Item(self._items[at].denial, answer)
        before = self._table.value
        self._lay_out(self._table.cursor, self._table.top)
        self._stay(before)
        self.changed()

    @on(reading.Faulted)
    def _faulted(self, message: reading.Faulted) -> None:
        raise message.error

    def _stay(self, row: object) -> None:
        """Keep the cursor on its denial where an answer above it brought more rows."""
        now = self._table.value
        if isinstance(row, DeniedRow) and isinstance(now, DeniedRow) and row.number != now.number:
            self._table.move_to(next((at for at, other in enumerate(self._rows) if other.number == row.number), 0))

    def _lay_out(self, cursor: int, top: int) -> None:
        self._width = self.app.size.width
        self._rows = rows(self._items, self._opened, self._width, self._links)
        width = self._width
        model = Rows(self._rows, cells=lambda row: (row.drawn(width),), stops=lambda row: row.stop, target=lambda row: row.target)
        self._table.show(model, cursor=cursor, top=top)
        about = wrapped(self._about(), max(self._width - 4, 20))
        self.query_one("#denied-about", Block).set([plain(line) for line in about])

    def _about(self) -> str:
        if self._complaint:
            return self._complaint
        if not self._text.strip():
            return "Paste it here; nothing leaves this machine. Several messages, or a whole log, may come at once."
        lines = count(self._text.count("\n") + 1, "line")
        if self._reading:
            return f"reading {lines} …"
        waiting = sum(item.answer is None for item in self._items)
        asked = f", {waiting:,} still to be answered" if waiting else ""
        alone = "" if self._snapshot is not None else "; open an account to see our verdict beside it"
        return f"{lines}, {count(len(self._items), 'denial')}{asked}{alone}"

    def on_resize(self) -> None:
        if self._width != self.app.size.width:
            self._lay_out(self._table.cursor, self._table.top)

    # What a place answers

    def settle(self) -> None:
        self.take_focus(self._table if self._text.strip() else self._box)

    def state(self) -> State:
        return State(cursor=self._table.cursor, top=self._table.top, opened=self._opened if self._items else None, text=self._text)

    def status(self) -> str:
        return count(len(self._items), "denial") if self._items else ""

    def mode(self) -> str:
        return "paste" if self._box.has_focus else ""

    def position(self) -> str:
        return rows_in_view(self._table.span)

    def copyable(self) -> str:
        row = self._table.value
        return row.copied if isinstance(row, DeniedRow) else ""

    def question(self) -> Location:
        row = self._table.value
        return questions(self._items, row.number if isinstance(row, DeniedRow) else -1)

    def why_not(self, action: str) -> str:
        if action in ("open_or_close", "save") and not self._items:
            return "there is no denial yet: paste a message first"
        if action == "to_list" and not self._items and not self._reading:  # what is being read may bring some
            return self._complaint or "paste a message first"
        return ""

    def command(self) -> tuple[str, ...]:
        if not self._items:
            return ()
        text = self._text.strip()
        return ("explain", text if len(text) <= IN_A_COMMAND else "-", "SOURCE")

    def report(self) -> Report | None:
        from whygate import denial_render

        answers = [item.answer for item in self._items if item.answer is not None]
        if not answers:
            return None
        sections = [Section(markdown=denial_render.markdown(answer)) for answer in answers]
        return Report("What AWS denied", sections, {"denials": [denial_render.data(answer) for answer in answers]})

    def out(self) -> bool:
        if not self._box.has_focus or not self._items:
            return False
        self.take_focus(self._table)
        self.changed()
        return True

    # The text

    @on(PasteEntry.Pasted)
    def _pasted(self, message: PasteEntry.Pasted) -> None:
        message.stop()
        self._replace(message.text)

    def on_paste(self, event: events.Paste) -> None:
        """A paste while the cursor is in the list is a new text too."""
        event.stop()
        self._replace(event.text)

    def _replace(self, text: str) -> None:
        self._wanted = None
        self._take(text.replace("\r\n", "\n").replace("\r", "\n"))  # terminals paste a line feed as the key Enter
        self._write_box()
        self._enter_when_read = True
        self.changed()

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self._text:
            self._wanted = None
            self._take(event.value)
            self.changed()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_to_list()

    def on_descendant_focus(self) -> None:
        self.changed()

    def action_edit(self) -> None:
        self.take_focus(self._box)

    def action_to_list(self) -> None:
        if self._items:
            self.take_focus(self._table)
        elif self._reading:
            self._enter_when_read = True
        else:
            self.say(self._complaint or "paste a message first")

    # The list

    def action_open_or_close(self) -> None:
        row = self._table.value
        if isinstance(row, DeniedRow):
            self._set_open(row.number, key_of(row.number) not in self._opened)

    def _set_open(self, number: int, is_open: bool) -> None:
        self._opened = self._opened | {key_of(number)} if is_open else self._opened - {key_of(number)}
        at = self._table.cursor if is_open else next(at for at, row in enumerate(self._rows) if row.number == number)
        self._lay_out(at, min(self._table.top, at))
        self.changed()

    @on(Table.Entered)
    def _enter(self, message: Table.RowMessage) -> None:
        row = message.value
        if not isinstance(row, DeniedRow):
            return
        answer = self._items[row.number].answer
        if row.target is not None:
            self.walk_to(*row.target)
        elif self._snapshot is None:
            self.say("open an account first, to ask it the same: type :open and what it is")
        elif answer is None:
            self.say("it is still being answered")
        else:
            self.say(answer.problem or "there is nothing further to show about this row")

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        row = message.value
        if isinstance(row, DeniedRow) and row.opens and not row.open:
            self._set_open(row.number, True)
        elif isinstance(row, DeniedRow) and row.opens:
            self._table.action_down()
        else:
            self._enter(message)

    @on(Table.Closed)
    def _close(self, message: Table.Closed) -> None:
        row = message.value
        if isinstance(row, DeniedRow) and key_of(row.number) in self._opened:
            self._set_open(row.number, False)

    @on(Table.Moved)
    def _moved(self) -> None:
        self.changed()
