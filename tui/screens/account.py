"""The account: its lists with their counts, a filter, and at 120 columns the details of the row under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from tui import actions
from tui.background.latest import Worked
from tui.crumbs import label_of
from tui.filtering.counting import counted, said
from tui.filtering.narrowing import Narrowed, Narrowing
from tui.location import LISTS, Location, State, Visit
from tui.place import rows_in_view
from tui.plain import joined, plain, wrapped
from tui.report import Report, table_section
from tui.rows.cells import Column, Rows
from tui.screens.filtering_place import FilteringPlace
from tui.widgets.line import Block, Line
from tui.widgets.panel import Panel
from tui.widgets.table import Table
from whygate.errors import UserError
from whygate.text import count

if TYPE_CHECKING:
    from tui.documents.links import Links
    from tui.filtering.filter_completion import Candidate
    from tui.kept.settings import Texts
    from tui.rows.lists import Listing
    from whygate.snapshot import Snapshot

Position = Callable[[Sequence[int]], tuple[int, int]]
"""Cursor and first row in view, among the rows that a filter leaves."""

LISTS_WIDTH = 24
WIDE = 120


class _Columns(Horizontal):
    """The lists cover all of it: nothing of its own need be drawn."""

    BLANK = True


class AccountPlace(FilteringPlace):
    """Before an account is loaded it shows one message in the middle: what is being loaded, or why it could not be."""

    scope = "account"
    BLANK = True  # as its columns
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("account")

    def __init__(self, columns: Texts | None = None) -> None:
        super().__init__(id="account")
        self._columns = columns or {}
        self._snapshot: Snapshot | None = None
        self._links: Links | None = None
        self._listing: Listing | None = None
        self._narrowing = Narrowing(self)
        self._narrowed = Narrowed()  # what the rows on the screen were left by
        self._left_in: dict[str, State] = {}

    def compose(self) -> ComposeResult:
        yield Line(id="tabs")
        with _Columns(id="account-columns"):
            yield Table(id="rows")

    async def on_resize(self) -> None:
        """A wide terminal has the lists on the left and details on the right, a narrow one the lists on a line of their own. What only
        a wide one has room for is made when there first is one."""
        wide = self.app.size.width >= WIDE
        self.set_class(wide, "-wide")
        if wide and self._details is None:
            columns = self.query_one(_Columns)
            await columns.mount(Table(id="lists"), before="#rows")
            await columns.mount(Panel(id="details"), after="#rows")
        if self._listing is not None:
            self._show_lists(self._listing.name)

    def announce(self, lines: list[str], style: str = "") -> None:
        """Show a message in place of the lists."""
        self.add_class("-message")
        width = max(self.app.size.width - 8, 20)
        message = next(iter(self.query("#message").results(Block)), None)
        if message is None:
            message = Block(id="message")
            self.mount(message)
        message.set([plain(part, style) for line in lines for part in wrapped(line, width)])

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        self.remove_class("-message")
        if snapshot is not self._snapshot:
            self._snapshot, self._links = snapshot, None
            self._left_in.clear()
        name = visit.location.id
        self._take(name)
        self._show_lists(name)
        text = visit.state.filter if visit.state.cursor is not None else visit.state.filter or visit.location.value("filter")
        self._narrow(text, lambda rows: (visit.state.cursor or 0, visit.state.top), arriving=True)

    def renew(self, snapshot: Snapshot) -> None:
        """The cursor stays on its row, wherever that is among more rows, and the row where it is on the screen."""
        if self._listing is None:
            return
        value, below_top = self._table.value, self._table.cursor - self._table.top
        was = self._listing.copied(value) if value is not None else ""
        text, typed = self._filter, self.typed
        self._snapshot, self._links = snapshot, None
        self._take(self._listing.name)
        values, copied = self._listing.rows.values, self._listing.copied

        def where_it_was(rows: Sequence[int]) -> tuple[int, int]:
            at = next((at for at, index in enumerate(rows) if copied(values[index]) == was), 0) if was else 0
            return at, max(at - below_top, 0)

        self._show_lists(self._listing.name)
        self._narrow(text, where_it_was, said=False)
        self.typed = typed

    @property
    def listed(self) -> Location | None:
        """The list that is shown, or was before another place was."""
        return Location("list", self._listing.name) if self._listing is not None else None

    def _take(self, name: str) -> None:
        from tui.rows.lists import listing as listing_of

        assert self._snapshot is not None
        listing = listing_of(self._snapshot, name)
        if chosen := self._columns.get(name):
            from tui.kept.columns import arranged

            listing = arranged(listing, chosen)
        values = listing.rows.values
        self._listing = listing
        self._narrowing.take(self._snapshot, listing.name, lambda: [listing.text(value).casefold() for value in values], values)

    def _show_lists(self, name: str) -> None:
        from tui.rows.lists import counts, tabs

        assert self._snapshot is not None
        numbers = counts(self._snapshot)
        self.query_one("#tabs", Line).set(joined(*tabs(numbers, name, self.app.size.width)))
        for lists in self.query("#lists").results(Table):
            rows = Rows(LISTS, (Column(width=12), Column(width=6)), lambda each: (each, f"{numbers[each]:,}".rjust(6)))
            lists.show(rows, cursor=LISTS.index(name))

    def _narrow(self, text: str, position: Position, *, said: bool = True, arriving: bool = False) -> None:
        """Show what `text` leaves. Where that has to be found out first, the rows stay as they are until it is there, or, on arriving at
        another list, are those that its words leave."""
        self.typed = text
        try:
            narrowed = self._narrowing.narrow(text, lambda found: self._show_rows(found, position, said=said))
            if narrowed is None and arriving:
                narrowed = self._narrowing.words_alone(text)
        except UserError as error:
            self.notice_filter(str(error))
            narrowed = Narrowed() if arriving else None
        if narrowed is not None:
            self._show_rows(narrowed, position, said=said)
        self.changed()

    def _show_rows(self, narrowed: Narrowed, position: Position, *, said: bool = True) -> None:
        assert self._listing is not None
        self._narrowed = narrowed
        only = range(self._total) if narrowed.rows is None else narrowed.rows
        cursor, top = position(only)
        self._table.show(msgspec.structs.replace(self._listing.rows, target=self._listing.target), only=only, cursor=cursor, top=top)
        notice = ""
        if not only:
            notice = f"nothing in {self._listing.name} matches {narrowed.text}" if self._total else self._listing.empty
            if self._details is not None:
                self._details.lay([((line, ""),) for line in wrapped(notice, self._details_width)])
        if narrowed.unknown:
            notice = f"{count(narrowed.unknown, 'row')} could not be judged: not every document is in the data"
        if said:
            self.notice_filter(notice)
        self.changed()

    @on(Worked)
    def _worked(self, message: Worked) -> None:
        message.stop()
        self._narrowing.finish(message)

    @property
    def _total(self) -> int:
        return len(self._listing.rows.values) if self._listing is not None else 0

    @property
    def _table(self) -> Table:
        return self.query_one("#rows", Table)

    @property
    def _details(self) -> Panel | None:
        return next(iter(self.query(Panel)), None)

    @property
    def _details_width(self) -> int:
        """What the style sheet gives to the details, a third of what the lists leave, less their margin."""
        return (self.app.size.width - LISTS_WIDTH) // 3 - 3

    def settle(self) -> None:
        self.take_focus(self._table)

    def here(self, location: Location) -> Location:
        return location.with_query(filter=self._filter)

    def state(self) -> State:
        return State(cursor=self._table.cursor, top=self._table.top, filter=self._filter)

    @property
    def _filter(self) -> str:
        """The filter that is in force, or will be in a moment; not one that is none."""
        return self.typed if self._narrowing.waiting else self._narrowed.text

    def status(self) -> str:
        if self._listing is None or self.has_class("-message"):  # the rows of the account before
            return ""
        number = counted(self._table.count, self._total)
        fuzzy, reading = "fuzzy" if self._narrowed.fuzzy else "", "reading policies …" if self._narrowing.reading else ""
        return said(self.typed, number, self.app.size.width, reading or fuzzy)

    def mode(self) -> str:
        return "filter" if self.filtering else ""

    def position(self) -> str:
        return rows_in_view(self._table.span)

    def copyable(self) -> str:
        value = self._table.value
        return self._listing.copied(value) if self._listing is not None and value is not None else ""

    def command(self) -> tuple[str, ...]:
        return ("list", "SOURCE", self._listing.name, *filter(None, (self._filter,))) if self._listing is not None else ()

    def report(self) -> Report | None:
        if self._listing is None or self._snapshot is None:
            return None
        from tui.commands.listing import rows

        only = self._table.shown
        every = list(rows(self._snapshot, self._listing.name))
        title = f"{self._listing.name}, filtered by {self._filter}" if self._filter else self._listing.name
        data = {"kind": self._listing.name, "filter": self._filter or None, "rows": [every[index] for index in only]}
        return Report(title, (table_section(self._listing.rows, only),), data)

    def question(self) -> Location:
        value = self._table.value
        principal = self._listing.principal(value) if self._listing is not None and value is not None else ""
        return Location("question").with_query(principal=principal)

    def out(self) -> bool:
        return self.end_filter()

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
        details = self._details
        if self._listing is None or value is None or details is None or not details.display:
            return
        from tui.documents.links import Links
        from tui.rows.aside import Aside, lines_of

        if self._links is None and self._snapshot is not None:
            self._links = Links(self._snapshot)
        facts = [(name, text) for name, text in self._listing.details(value) if text]
        details.lay(lines_of(Aside(facts=facts), self._details_width, self._links))

    @on(Table.Entered, "#lists")
    @on(Table.Moved, "#lists")
    def _choose(self, message: Table.RowMessage) -> None:
        if self._listing is not None and message.value not in (None, self._listing.name) and message.table.has_focus:
            self._switch(message.value)

    @on(Line.Clicked, "#tabs")
    def _click_tab(self, message: Line.Clicked) -> None:
        from tui.rows.lists import counts, tabs

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

    @property
    def filtered(self) -> Table:
        return self._table

    def filter_hint(self) -> str:
        from tui.filtering.filter import hint

        return hint(self._listing.name) if self._listing is not None else ""

    def filter_stands(self) -> bool:
        return self.typed == self._filter

    def narrow(self, text: str) -> None:
        self._narrow(text, lambda rows: (0, 0))

    def candidates(self, text: str) -> Sequence[Candidate]:
        from tui.filtering.filter_completion import Known, complete

        if self._snapshot is None:
            return ()
        narrowing = self._narrowing
        return complete(text, narrowing.where, Known(self._snapshot, lambda: narrowing.search.tags, lambda: narrowing.condition_keys))
