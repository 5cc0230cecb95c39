"""A place that is a document to read: its rows fold and open, a filter leaves statements out, and the cursor stays on its row through
all of that. Which document it is, and what is known about it, is said by whoever extends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on

from tui.documents import folding
from tui.documents.action_lines import is_about_actions, key_at, line_of
from tui.documents.links import Links
from tui.documents.paper import OPEN, PaperRow, Room, cells_of, links_of, row_like, row_of_line, row_of_statement
from tui.place import rows_in_view
from tui.rows.cells import Rows
from tui.screens.filtering_place import FilteringPlace
from tui.widgets.table import Table
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.filtering.filter_completion import Candidate
    from whygate.policy import Policy, Statement
    from whygate.snapshot import Snapshot


class PaperPlace(FilteringPlace):
    """Whoever extends it composes a table called `paper`, sets `_policy`, `_links` and `_opened`, and answers `make_rows`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._policy: Policy | None = None
        self._links: Links | None = None
        self._opened: frozenset[str] = frozenset()
        self._left_out: frozenset[int] = frozenset()
        self._rows: list[PaperRow] = []
        self._width = 0

    def make_rows(self, width: int) -> tuple[list[PaperRow], Room]:
        """The rows as they are to be now, for a table of `width` cells."""
        raise NotImplementedError

    @property
    def _table(self) -> Table:
        return self.query_one("#paper", Table)

    @property
    def _row(self) -> PaperRow | None:
        """The row under the cursor."""
        value = self._table.value
        return value if isinstance(value, PaperRow) else None

    @property
    def _statements(self) -> Sequence[Statement]:
        return self._policy.statements if self._policy is not None else ()

    # Laying out

    def _made(self) -> Rows:
        self._width = self.app.size.width
        self._rows, room = self.make_rows(self._width)
        if self._links is None:
            return Rows(self._rows)
        return Rows(self._rows, cells=cells_of(self._links, room), stops=lambda row: row.stops)

    def lay_out(self, cursor: int | None, top: int, statement: int | None = None) -> None:
        """Lay the rows out and put the cursor on a row; without one on a statement, or on the first row."""
        rows = self._made()
        if cursor is None:
            cursor = row_of_statement(self._rows, statement) if statement is not None else 0
            top = max(cursor - 1, 0) if statement is not None else 0
        self._table.show(rows, cursor=cursor, top=top)

    def lay_out_again(self, key: str = "") -> None:
        """Lay out anew with the cursor on the same row, or on that which opens and closes by `key`, at the same height of the screen."""
        before, cursor, height = self._row, self._table.cursor, self._table.cursor - self._table.top
        rows = self._made()
        if key:
            at = next((at for at, row in enumerate(self._rows) if row.opens == key), None)
            if at is None and (line := self._line_of(key)) is not None:
                at = row_of_line(self._rows, line)
        else:
            at = row_like(self._rows, before) if before is not None else None
        if at is None and before is not None and before.statement is not None:
            at = row_of_statement(self._rows, before.statement)
        if key in self._opened:  # what opened below the cursor should be seen
            height = min(height, self._table.size.height // 3)
        at = cursor if at is None else at
        self._table.show(rows, cursor=at, top=max(at - height, 0))

    def _line_of(self, key: str) -> int | None:
        """The line (from 0) of the actions that have this key."""
        for _, index, item in folding.opened_actions(frozenset({key})):
            for statement in self._statements:
                if statement.index == index and self._policy is not None:
                    return line_of(self._policy, statement, item)
        return None

    def on_resize(self) -> None:
        if self._rows and self._width != self.app.size.width:
            self.lay_out_again()

    def settle(self) -> None:
        self.take_focus(self._table)

    def position(self) -> str:
        return rows_in_view(self._table.span)

    # Folding and opening

    def _turn(self, opened: frozenset[str], key: str = "") -> None:
        """Another set of what is open, with the cursor on the row of `key`."""
        self._opened = opened
        self.lay_out_again(key)
        self.changed()

    def open_or_close(self, key: str) -> None:
        if key in {folding.statement_key(index) for index in self._left_out}:
            self.say("the filter leaves this statement out; esc clears the filter")
            return
        self._turn(folding.toggled(self._opened, key), key)

    def statement_here(self) -> Statement | None:
        """The statement under the cursor."""
        row = self._row
        wanted = row.statement if row is not None else None
        return next((each for each in self._statements if each.index == wanted), None) if wanted is not None else None

    def _actions_here(self) -> str:
        """The key of the actions that the row is about; empty where it is about something else."""
        row, statement = self._row, self.statement_here()
        if self._policy is None or row is None or statement is None or row.number is None or row.opens:
            return ""
        line = row.number - 1
        return key_at(self._policy, statement, line) if is_about_actions(self._policy, statement, line) else ""

    def action_fold(self) -> None:
        row = self._row
        if row is not None and (row.opens or row.within):
            self.open_or_close(row.opens or row.within)
        elif row is not None and row.statement is not None:
            self.open_or_close(folding.statement_key(row.statement))
        else:
            self.say("there is nothing to fold here")

    def action_fold_all(self) -> None:
        everything = folding.fold_all(self._opened, len(self._statements))
        self._turn(folding.unfold_all(self._opened) if everything == self._opened else everything)

    def action_fold_others(self) -> None:
        statement = self.statement_here()
        if statement is None:
            self.say("put the cursor on the statement that is to stay")
        else:
            self._turn(folding.fold_all(self._opened, len(self._statements), but=statement.index))

    def action_expand(self) -> None:
        statement, row = self.statement_here(), self._row
        if statement is None or row is None:
            self.say("put the cursor on a statement, or on one of its actions")
        elif row.within:
            self.open_or_close(row.within.partition("/")[0])
        elif not statement.actions:
            self.say("this statement names no actions")
        else:
            key = self._actions_here() or folding.actions_key(statement.index)
            opened = self._opened - {folding.statement_key(statement.index)}
            self._turn(folding.toggled(opened, key), key)

    @on(Table.Opened)
    def _right(self, message: Table.Opened) -> None:
        row, key = self._row, self._actions_here()
        if row is None:
            return
        if row.opens and row.fold != OPEN:
            self.open_or_close(row.opens)
        elif key and key not in self._opened:
            self.open_or_close(key)
        elif not row.opens:
            self._enter(Table.Entered(message.table, message.value))

    @on(Table.Closed)
    def _left(self) -> None:
        row, key = self._row, self._actions_here()
        if row is None:
            return
        if row.opens and row.fold == OPEN:
            self.open_or_close(row.opens)
        elif row.within:
            self.open_or_close(row.within)
        elif key in self._opened:
            self.open_or_close(key)
        elif row.statement is not None and not row.opens:
            self.open_or_close(folding.statement_key(row.statement))

    @on(Table.Entered)
    def _enter(self, message: Table.Entered) -> None:
        row, key = message.value, self._actions_here()
        if not isinstance(row, PaperRow) or self._links is None:
            return
        leads = links_of(row, self._links)
        if row.opens:
            self.open_or_close(row.opens)
        elif len(leads) == 1:
            self.walk_to(*leads[0])
        elif leads:
            self.say("this line leads to several places: f puts letters on them")
        elif key:
            self.open_or_close(key)
        else:
            self.say("there is nothing further to show about this row")

    @on(Table.Moved)
    def _moved(self) -> None:
        self.changed()

    # The filter

    @property
    def filtered(self) -> Table:
        return self._table

    def filter_hint(self) -> str:
        from tui.filtering.filter import hint

        return hint("policy")

    def candidates(self, text: str) -> Sequence[Candidate]:
        from tui.filtering.filter_completion import Known, complete

        keys = tuple(dict.fromkeys(test.key for each in self._statements for test in each.tests))
        return complete(text, "policy", Known(self._snapshot, condition_keys=lambda: keys)) if self._snapshot is not None else ()

    def narrow(self, text: str) -> None:
        """Fold away the statements that `text` leaves out."""
        try:
            self.leave_out(text)
        except UserError as error:
            self.typed = text
            self.notice_filter(str(error))
            self.changed()
            return
        statements = self._statements
        self.notice_filter(f"no statement here matches {text}" if statements and len(self._left_out) == len(statements) else "")
        self.lay_out_again()
        self.changed()

    def leave_out(self, text: str) -> None:
        """Take `text` as the filter, and show nothing yet. Raises UserError for what is none."""
        from tui.filtering.filter import keeps, read

        wanted, policy = read(text, "policy"), self._policy
        self.typed = text
        if policy is None or wanted.empty:
            self._left_out = frozenset()
            return
        left_out = set()
        for statement in policy.statements:
            first, last = policy.text.lines_of(policy.place(statement)) or (0, -1)
            if not keeps(wanted, "\n".join(policy.text.lines[first : last + 1]).casefold(), statement):
                left_out.add(statement.index)
        self._left_out = frozenset(left_out)

    def status(self) -> str:
        if not self.typed:
            return ""
        from tui.filtering.counting import counted, said

        number = len(self._statements)
        return said(self.typed, counted(number - len(self._left_out), number), self.app.size.width)

    def mode(self) -> str:
        return "filter" if self.filtering else ""
