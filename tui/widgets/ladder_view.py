"""The ladder on the screen: its rows, the statement beside them where there is room, and the value that is typed in a row.

It draws one answer and says what somebody wants; it asks nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from tui.documents.links import Links
from tui.location import State, Target
from tui.questions import context
from tui.questions.asking import Question
from tui.rows.beside import WIDE, ladder_width, statement_lines
from tui.rows.cells import Rows
from tui.rows.key_rows import Key, Keys, keys_of
from tui.rows.ladder import ladder, row_of_key, row_of_layer
from tui.rows.ladder_row import LadderRow
from tui.widgets.panel import MARGIN as PANEL_MARGIN
from tui.widgets.panel import Panel
from tui.widgets.table import Table
from tui.widgets.value_edit import ValueEdit
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

MARGIN = 2  # cells of a table before the text of a row


class LadderView(Widget):
    """Posts `Walk`, `SetContext`, `Said` and `Moved`."""

    DEFAULT_CSS = """
    LadderView { height: 1fr; width: 1fr; layout: horizontal; layers: default above; }
    LadderView ValueEdit { layer: above; }
    """

    class Walk(Message):
        """Somebody goes to where a row leads."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    class SetContext(Message):
        """Somebody typed a value: the context of the question is this by now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Said(Message):
        """A notice."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Moved(Message):
        """Another row is under the cursor, or a value is typed or no longer."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._explanation: Explanation | None = None
        self._question = Question()
        self._opened: frozenset[str] = frozenset()
        self._rows: list[LadderRow] = []
        self._keys = Keys()
        self._before = ""  # the context as it was before a value was typed
        self.table = Table(id="ladder")
        self._statement = Panel(id="statement")
        self._links: Links | None = None
        self._value = ValueEdit(id="value")

    def compose(self) -> ComposeResult:
        yield self.table
        yield self._statement
        yield self._value

    # What is shown

    def begin(self, opened: frozenset[str]) -> None:
        """Before another question: forget the keys of the one before; `opened` are the layers that are open."""
        self._opened = opened
        self._keys = Keys()
        self._explanation = None
        self._value.end()

    def show(self, snapshot: Snapshot, explanation: Explanation | None, question: Question, state: State | None) -> None:
        """An answer; without a state the cursor stands on the layer that decided, and while a value is typed on its key. The rows of
        keys stay in their order while only the context or an option is another."""
        asked = self._question
        if (asked.principal, asked.action, asked.resource) != (question.principal, question.action, question.resource):
            self._keys = Keys()
        if snapshot is not self._snapshot:
            self._links = Links(snapshot)
        self._snapshot, self._explanation, self._question = snapshot, explanation, question
        if explanation is not None:
            self._order(explanation)
        if self.editing:
            state = self.state()
        if state is not None and state.cursor is not None:
            self._lay_out(state.cursor, state.top)
        else:
            self._lay_out(None, 0)

    def _order(self, explanation: Explanation) -> None:
        keys = keys_of(explanation, self._question)
        known = self._keys.order
        order = (*known, *(key.name.lower() for key in keys if key.name.lower() not in known))
        first = self._keys.first if known else explanation.verdict == "depends"
        self._keys = msgspec.structs.replace(self._keys, order=order, first=first)

    def draw(self) -> None:
        """Lay the rows out for the width that there is now."""
        if self._explanation is not None:
            self._lay_out(self.table.cursor, self.table.top, again=True)

    def _lay_out(self, cursor: int | None, top: int, *, again: bool = False) -> None:
        """The rows for the width that there is; `again` is for other lines of the same rows, which may be broken elsewhere."""
        before = row_of_key(self._rows, self._value.key)
        stops_above = sum(row.stop for row in self._rows[:cursor]) if again and cursor is not None else None
        width = self.app.size.width
        if self._explanation is None:
            self._rows = []
        else:
            self._rows = ladder(self._explanation, self._question, self._opened, ladder_width(width), self._keys)
            if cursor is None:
                cursor = self._deciding
            if stops_above is not None:
                stops = [at for at, row in enumerate(self._rows) if row.stop]
                same = stops[min(stops_above, len(stops) - 1)] if stops else 0
                cursor, top = same, max(top + same - cursor, 0)
        now = row_of_key(self._rows, self._value.key)
        if before is not None and now is not None:
            cursor, top = now, max(top + now - before, 0)
        rows = Rows(self._rows, cells=lambda row: (row.pieces,), stops=lambda row: row.stop, target=lambda row: row.target)
        self.table.show(rows, cursor=cursor or 0, top=top)
        self.table.styles.width = ladder_width(width)
        self._statement.display = width >= WIDE
        self._statement.styles.width = width - ladder_width(width)
        self._follow()

    @property
    def _deciding(self) -> int:
        assert self._explanation is not None
        return row_of_layer(self._rows, self._explanation.layers[self._explanation.deciding].layer)

    @on(Table.Moved)
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        self._follow()
        self.post_message(self.Moved())

    def _follow(self) -> None:
        """Bring what goes with the rows to where they are: the value that is typed, the statement beside them."""
        at = row_of_key(self._rows, self._value.key)
        if at is not None:
            below, left = self._rows[at].value_at
            x, y = MARGIN + left, at + below - self.table.top
            self._value.lie(x, min(max(y, 0), max(self.size.height - 1, 0)), ladder_width(self.app.size.width) - x - 1)
        room = self.app.size.width - ladder_width(self.app.size.width) - PANEL_MARGIN - 1  # none, where a resize is on its way
        if self._snapshot is not None and self._explanation is not None and self._statement.display and room > 0:
            row = self.table.value
            report = row.report if isinstance(row, LadderRow) and row.report is not None else self._rows[self._deciding].report
            self._statement.lay(statement_lines(self._snapshot, report, room, self._links) if report is not None else ())

    def state(self) -> State:
        """How it looks now, for the way back."""
        return State(cursor=self.table.cursor if self._rows else None, top=self.table.top, opened=self._opened)

    def lines(self) -> list[str]:
        """The rows as text."""
        return [row.text for row in self._rows]

    # A value, in its row

    @property
    def editing(self) -> bool:
        """Whether a value is being typed."""
        return self._value.editing

    @property
    def key(self) -> Key | None:
        """The condition key of the row under the cursor, else the one that matters most; None where there is none."""
        row = self.table.value if self._rows else None
        if self._explanation is None or not isinstance(row, LadderRow):
            return None
        name = (row.sets or row.about_key).lower()
        keys = keys_of(self._explanation, self._question)
        return next((key for key in keys if not name or key.name.lower() == name), None)

    def edit_value(self) -> None:
        """Type a value for `key`."""
        key = self.key
        if key is None:
            return
        try:
            value = context.value_of(self._question.context, key.name)
        except UserError as error:
            self.post_message(self.Said(str(error)))
            return
        self._before = self._question.context
        self._keys = msgspec.structs.replace(self._keys, edited=key.name)
        self._value.begin(key.name, value, key.value, key.compared)
        self._lay_out(row_of_key(self._rows, key.name), self.table.top)
        self.screen.set_focus(self._value)
        self.post_message(self.Moved())

    def give_up(self) -> None:
        """Put the value back as it was."""
        self._value.give_up()

    @on(ValueEdit.Typed)
    def _typed(self, message: ValueEdit.Typed) -> None:
        message.stop()
        if message.key == self._value.key:
            self.post_message(self.SetContext(context.with_value(self._before, message.key, message.value)))

    @on(ValueEdit.Done)
    def _done(self, message: ValueEdit.Done) -> None:
        message.stop()
        if not self.editing:
            return
        self._value.end()
        self._keys = msgspec.structs.replace(self._keys, edited="")
        if not message.keep and self._question.context != self._before:
            self.post_message(self.SetContext(self._before))
        self._lay_out(self.table.cursor, self.table.top)
        if message.by_key:
            self.screen.set_focus(self.table)
        self.post_message(self.Moved())

    # Rows

    @on(Table.Entered)
    def _enter(self, message: Table.RowMessage) -> None:
        message.stop()
        row = message.value
        if not isinstance(row, LadderRow):
            return
        if row.target is not None:
            self.post_message(self.Walk(row.target))
        elif row.sets or row.about_key:
            self.edit_value()
        elif row.opens:
            self._set_open(row, not row.open)
        elif row.key:
            self.post_message(self.Said("this layer has no statements to show"))

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        message.stop()
        row = message.value
        if isinstance(row, LadderRow) and row.opens and not row.open:
            self._set_open(row, True)
        elif isinstance(row, LadderRow) and row.opens:
            self.table.action_down()
        else:
            self._enter(message)

    @on(Table.Closed)
    def _close(self, message: Table.Closed) -> None:
        message.stop()
        row = message.value
        if isinstance(row, LadderRow) and row.open:
            self._set_open(row, False)

    def _set_open(self, row: LadderRow, is_open: bool) -> None:
        self._opened = self._opened | {row.key} if is_open else self._opened - {row.key}
        self._lay_out(self.table.cursor, self.table.top)
