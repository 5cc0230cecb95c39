"""A user, a role or a group as rows that open in place: group, policy, statement; then boundary, trust, keys and tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from tui import actions
from tui.location import Location, State, Visit
from tui.place import Place, rows_in_view
from tui.table import Cell, Column, Rows, Table
from tui.tree import Node, TreeRow, flat, parent
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

INDENT = 2
TEXT_WIDTH = 34
WIDE_TEXT_WIDTH = 56


class PrincipalPlace(Place):
    """One tree at a time; opening and closing rows is part of the place's state."""

    scope = "principal"
    BINDINGS = actions.bindings("principal")

    def __init__(self) -> None:
        super().__init__(id="principal")
        self._arn = ""
        self._asks = True
        self._top_level: Sequence[Node] = ()
        self._opened: frozenset[str] = frozenset()
        self._rows: list[TreeRow] = []

    def compose(self) -> ComposeResult:
        yield Table(id="tree")

    @property
    def _table(self) -> Table:
        return self.query_one("#tree", Table)

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        from tui.principal_nodes import nodes, opened_at_first
        from whygate.entities import Group, Role, User

        entity = snapshot.by_arn(visit.location.id)
        if not isinstance(entity, (User, Role, Group)):
            raise UserError(f"{visit.location.id} is not in this account")
        self._arn = entity.arn
        self._asks = not isinstance(entity, Group)
        self._top_level = nodes(snapshot, entity)
        state = visit.state
        self._opened = opened_at_first(self._top_level) if state.opened is None else state.opened
        self._lay_out(state.cursor or 0, state.top)

    def renew(self, snapshot: Snapshot) -> None:
        row, state = self._table.value, self.state()
        self.show(snapshot, Visit(Location("principal", self._arn), "", state))
        at = next((at for at, other in enumerate(self._rows) if isinstance(row, TreeRow) and other.node.key == row.node.key), None)
        if at is not None and at != state.cursor:
            self._lay_out(at, max(state.top + at - (state.cursor or 0), 0))

    def _lay_out(self, cursor: int, top: int) -> None:
        self._rows = flat(self._top_level, self._opened)
        text_width = WIDE_TEXT_WIDTH if self.app.size.width >= 120 else TEXT_WIDTH
        self._table.show(Rows(self._rows, (Column(width=text_width), Column()), _cells), cursor=cursor, top=top)

    def settle(self) -> None:
        self.take_focus(self._table)

    def state(self) -> State:
        return State(cursor=self._table.cursor, top=self._table.top, opened=self._opened)

    def position(self) -> str:
        return rows_in_view(self._table.span)

    def copyable(self) -> str:
        row = self._table.value
        return (row.node.copied or row.node.detail or row.node.text) if isinstance(row, TreeRow) else ""

    def question(self) -> Location:
        return Location("question").with_query(principal=self._arn if self._asks else "")

    def _set_open(self, row: TreeRow, is_open: bool) -> None:
        self._opened = self._opened | {row.node.key} if is_open else self._opened - {row.node.key}
        self._lay_out(self._table.cursor, self._table.top)
        self.changed()

    def action_open_or_close(self) -> None:
        row = self._table.value
        if isinstance(row, TreeRow) and row.node.children is not None:
            self._set_open(row, not row.open)

    @on(Table.Entered)
    def _enter(self, message: Table.RowMessage) -> None:
        row = message.value
        if row.node.target is not None:
            self.walk_to(*row.node.target)
        elif row.node.children is not None:
            self._set_open(row, not row.open)
        else:
            self.say("there is nothing further to show about this row")

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        row = message.value
        if row.node.children is not None and not row.open:
            self._set_open(row, True)
        elif row.open:
            self._table.action_down()
        else:
            self._enter(message)

    @on(Table.Closed)
    def _close(self, message: Table.Closed) -> None:
        row = message.value
        if row is None:
            return
        if row.open:
            self._set_open(row, False)
        else:
            self._table.move_to(parent(self._rows, self._table.cursor))

    @on(Table.Moved)
    def _moved(self) -> None:
        self.changed()


def _cells(row: TreeRow) -> tuple[Cell, ...]:
    text = " " * (INDENT * row.depth) + row.mark + row.node.text
    return ((text, row.node.tone),), ((row.node.detail, "dim" if row.node.children is None else ""),)
