"""A place whose rows open in place, and that keeps which of them were opened or closed by hand. What is drawn is the place's own."""

from __future__ import annotations

from typing import Any, Protocol

from textual import on

from tui.location import Target
from tui.place import Place
from tui.widgets.table import Table


class OpeningRow(Protocol):
    """A row that may open: `key` names what it opens, `target` is where Enter leads."""

    @property
    def key(self) -> str: ...

    @property
    def opens(self) -> bool: ...

    @property
    def is_open(self) -> bool: ...

    @property
    def target(self) -> Target | None: ...


class ToggledPlace(Place):
    """Whoever derives from it has one table of rows like that (`table`), and lays it out anew (`lay_out`) when a row opens or closes."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._toggled: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        """The rows."""
        raise NotImplementedError

    def lay_out(self, at: str = "") -> None:
        """Show the rows, with the cursor on the row of that key, or where it is."""
        raise NotImplementedError

    def above(self, row: Any) -> str:
        """The key of the row that a row stands under; empty for none."""
        return ""

    def action_open_or_close(self) -> None:
        if self.table.value is not None:
            self._toggle(self.table.value)

    def _toggle(self, row: OpeningRow) -> None:
        if row.opens:
            self._toggled ^= {row.key}
            self.lay_out(row.key)
        else:
            self.say("there is nothing further to show about this row")

    @on(Table.Entered)
    def _enter(self, message: Table.RowMessage) -> None:
        row: Any = message.value
        if row is not None and row.target is not None:
            self.walk_to(*row.target)
        elif row is not None:
            self._toggle(row)

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        row: Any = message.value
        if row is not None and row.opens and not row.is_open:
            self._toggle(row)
        elif row is not None and row.opens:
            self.table.action_down()
        else:
            self._enter(message)

    @on(Table.Closed)
    def _close(self, message: Table.Closed) -> None:
        row: Any = message.value
        if row is not None and row.opens and row.is_open:
            self._toggle(row)
        elif row is not None and (key := self.above(row)):
            self.table.move_to(next((at for at, other in enumerate(self.table.rows.values) if other.key == key), self.table.cursor))

    @on(Table.Moved)
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        self.changed()
