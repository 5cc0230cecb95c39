"""The account: its lists with their counts, a filter, and at 120 columns the details of the row under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content

from tui import actions
from tui.filter import counted, matches
from tui.line import Block, Line
from tui.location import LISTS, Location, State, Visit, label_of
from tui.place import Place, rows_in_view
from tui.plain import joined, plain, wrapped
from tui.table import Column, Rows, Table

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.lists import Listing
    from whygate.snapshot import Snapshot

LISTS_WIDTH = 24
LABEL_WIDTH = 13
WIDE = 120


class AccountPlace(Place):
    """Before an account is loaded it shows one message in the middle: what is being loaded, or why it could not be."""

    scope = "account"
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings("account"), *actions.bindings("filter")]

    def __init__(self) -> None:
        super().__init__(id="account")
        self._snapshot: Snapshot | None = None
        self._listing: Listing | None = None
        self._haystacks: Sequence[str] = ()
        self._filter = ""
        self._left_in: dict[str, State] = {}

    def compose(self) -> ComposeResult:
        yield Line(id="tabs")
        with Horizontal(id="account-columns"):
            yield Table(id="lists")
            yield Table(id="rows")
            yield Block(id="details")
        yield Block(id="message")

    def on_resize(self) -> None:
        """A wide terminal has the lists on the left and details on the right, a narrow one the lists on a line of their own."""
        self.set_class(self.app.size.width >= WIDE, "-wide")
        if self._listing is not None:
            self._show_lists(self._listing.name)

    def announce(self, lines: list[str], style: str = "") -> None:
        """Show a message in place of the lists."""
        self.add_class("-message")
        width = max(self.app.size.width - 8, 20)
        self.query_one("#message", Block).set([plain(part, style) for line in lines for part in wrapped(line, width)])

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        from tui.lists import listing

        self.remove_class("-message")
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._left_in.clear()
        name = visit.location.id
        self._take(listing(snapshot, name))
        self._filter = visit.state.filter
        self._show_lists(name)
        self._show_rows(visit.state.cursor or 0, visit.state.top)

    def renew(self, snapshot: Snapshot) -> None:
        """The cursor stays on its row, wherever that is among more rows, and the row where it is on the screen."""
        from tui.lists import listing

        if self._listing is None:
            return
        value, below_top = self._table.value, self._table.cursor - self._table.top
        was = self._listing.copied(value) if value is not None else ""
        self._snapshot = snapshot
        self._take(listing(snapshot, self._listing.name))
        values = self._listing.rows.values
        only = matches(self._filter, self._haystacks)
        at = next((at for at, index in enumerate(only) if self._listing.copied(values[index]) == was), 0) if was else 0
        self._show_lists(self._listing.name)
        self._show_rows(at, max(at - below_top, 0), said=False)

    @property
    def listed(self) -> Location | None:
        """The list that is shown, or was before another place was."""
        return Location("list", self._listing.name) if self._listing is not None else None

    def _take(self, listing: Listing) -> None:
        self._listing = listing
        self._haystacks = [listing.text(value).casefold() for value in listing.rows.values]

    def _show_lists(self, name: str) -> None:
        from tui.lists import counts, tabs

        assert self._snapshot is not None
        numbers = counts(self._snapshot)
        self.query_one("#tabs", Line).set(joined(*tabs(numbers, name, self.app.size.width)))
        rows = Rows(LISTS, (Column(width=12), Column(width=6)), lambda each: (each, f"{numbers[each]:,}".rjust(6)))
        self.query_one("#lists", Table).show(rows, cursor=LISTS.index(name))

    def _show_rows(self, cursor: int, top: int = 0, *, said: bool = True) -> None:
        assert self._listing is not None
        only = matches(self._filter, self._haystacks)
        self._table.show(self._listing.rows, only=only, cursor=cursor, top=top)
        self.set_class(not only, "-empty")
        if not only:
            reason = f"nothing in {self._listing.name} matches {self._filter}" if self._haystacks else self._listing.empty
            self.query_one("#details", Block).set([plain(line) for line in wrapped(reason, self._details_width)])
            if said:
                self.say(reason)
        self.changed()

    @property
    def _table(self) -> Table:
        return self.query_one("#rows", Table)

    @property
    def _details_width(self) -> int:
        """What the style sheet gives to the details, a third of what the lists leave, less their margin."""
        return (self.app.size.width - LISTS_WIDTH) // 3 - 3

    def settle(self) -> None:
        self.take_focus(self._table)

    def state(self) -> State:
        return State(cursor=self._table.cursor, top=self._table.top, filter=self._filter)

    def status(self) -> str:
        if self._listing is None:
            return ""
        number = counted(self._table.count, len(self._haystacks))
        return f"/{self._filter} · {number}" if self._filter else number

    def mode(self) -> str:
        return "filter" if self.has_class("-filtering") else ""

    def position(self) -> str:
        return rows_in_view(self._table.span)

    def copyable(self) -> str:
        value = self._table.value
        return self._listing.copied(value) if self._listing is not None and value is not None else ""

    def question(self) -> Location:
        value = self._table.value
        principal = self._listing.principal(value) if self._listing is not None and value is not None else ""
        return Location("question").with_query(principal=principal)

    def out(self) -> bool:
        open_before = self.has_class("-filtering") or bool(self._filter)
        if self.has_class("-filtering"):
            self._close_filter()
        if self._filter:
            self._filter = ""
            self._show_rows(0)
        return open_before

    @on(Table.Entered, "#rows")
    @on(Table.Opened, "#rows")
    def _enter(self, message: Table.RowMessage) -> None:
        if self._listing is None or message.value is not self._table.value:  # a row of the list that was here before
            return
        target = self._listing.target(message.value)
        if target is None:
            self.say("there is nothing further to show about this row")
        else:
            self.walk_to(*target)

    @on(Table.Moved, "#rows")
    def _show_details(self) -> None:
        self.changed()
        value = self._table.value  # not the message's: that may be of the list that was here before
        if self._listing is None or value is None or not self.query_one("#details").display:
            return
        lines: list[Content] = []
        for name, text in self._listing.details(value):
            for number, part in enumerate(wrapped(text, self._details_width - LABEL_WIDTH)):
                lines.append(joined((("" if number else name).ljust(LABEL_WIDTH), "$text-muted"), part))
        self.query_one("#details", Block).set(lines)

    @on(Table.Entered, "#lists")
    @on(Table.Moved, "#lists")
    def _choose(self, message: Table.RowMessage) -> None:
        if self._listing is not None and message.value not in (None, self._listing.name) and message.table.has_focus:
            self._switch(message.value)

    @on(Line.Clicked, "#tabs")
    def _click_tab(self, message: Line.Clicked) -> None:
        from tui.lists import counts, tabs

        if self._snapshot is None or self._listing is None:
            return
        end = 0
        for name, (text, _) in zip(LISTS, tabs(counts(self._snapshot), self._listing.name, self.app.size.width), strict=True):
            end += len(text)
            if message.column < end:
                self._switch(name)
                return

    def _switch(self, name: str) -> None:
        """Another list of the same place: not a step in the history, but each list keeps its cursor and its filter."""
        if self._snapshot is None or self._listing is None:
            return
        self._left_in[self._listing.name] = self.state()
        location = Location("list", name)
        visit = Visit(location, label_of(location), self._left_in.get(name, State()))
        self.changed(location, visit.label)
        self.show(self._snapshot, visit)
        self.settle()

    def action_next_list(self) -> None:
        if self._listing is not None:
            self._switch(LISTS[(LISTS.index(self._listing.name) + 1) % len(LISTS)])

    def action_previous_list(self) -> None:
        if self._listing is not None:
            self._switch(LISTS[LISTS.index(self._listing.name) - 1])

    def action_list(self, number: int) -> None:
        self._switch(LISTS[number])

    # The filter

    async def action_filter(self) -> None:
        if self._listing is None:
            return
        from textual.widgets import Input

        from tui.entry import Entry

        self.add_class("-filtering")
        prompt = next(iter(self.query("#filter").results(Input)), None)
        if prompt is None:
            prompt = Entry(id="filter", select_on_focus=False, compact=True)
            prompt.cursor_blink = False
            await self.mount(prompt)
        prompt.display = True
        prompt.value = self._filter
        prompt.cursor_position = len(self._filter)
        self.take_focus(prompt)
        self.changed()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.has_class("-filtering") and event.value != self._filter:
            self._filter = event.value
            self._show_rows(0)

    def action_row_down(self) -> None:
        self._table.action_down()

    def action_row_up(self) -> None:
        self._table.action_up()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_filter()

    def _close_filter(self) -> None:
        self.remove_class("-filtering")
        self.query_one("#filter").display = False
        self.settle()
        self.changed()
