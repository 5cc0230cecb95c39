"""A user, a role or a group as rows that open in place: group, policy, statement; then boundary, trust, keys and tags. Here is which rows
there are and what a filter leaves of them; the rest is in `tree_place`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on

from tui import actions
from tui.background.latest import Latest, Worked
from tui.filtering.counting import counted, said
from tui.location import Location, State, Visit
from tui.report import Report, Section
from tui.rows.tree import TreeRow, flat, outline
from tui.screens.filtering_place import FilteringPlace
from tui.screens.tree_place import TreePlace
from tui.widgets.table import Table
from whygate.errors import UserError
from whygate.text import count

if TYPE_CHECKING:
    from tui.filtering.filter_completion import Candidate
    from tui.filtering.tree_filter import Kept
    from whygate.snapshot import Snapshot


class PrincipalPlace(TreePlace, FilteringPlace):
    """One tree at a time; opening and closing rows is part of the place's state."""

    scope = "principal"
    BINDINGS = actions.bindings("principal")

    def __init__(self) -> None:
        super().__init__(id="principal")
        self._arn = ""
        self._asks = True
        self._latest = Latest(self)
        self._filter = ""  # what the rows on the screen were left by
        self._kept: Kept | None = None

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        from tui.rows.principal_nodes import opened_at_first

        state, before = visit.state, (self._snapshot, self._arn, self._filter)
        self._take(snapshot, visit.location.id)
        self._opened = opened_at_first(self._top_level) if state.opened is None else state.opened
        if before == (snapshot, self._arn, state.filter):  # the way back: what the filter leaves is known
            self.typed = self._filter
            self._latest.drop()
            self.lay_out(state.cursor or 0, state.top)
        else:
            self._leave_all()
            if state.filter:
                self.lay_out(0, 0)
            self.narrow(state.filter, state.cursor or 0, state.top)

    def renew(self, snapshot: Snapshot) -> None:
        state, typed = self.state(), self.typed
        self._take(snapshot, self._arn)
        if not state.filter:
            self.replant(self.top_level)
            return
        self.narrow(state.filter, state.cursor or 0, state.top)
        self.typed = typed

    def _take(self, snapshot: Snapshot, arn: str) -> None:
        from tui.rows.principal_nodes import nodes
        from whygate.entities import Group, Role, User

        entity = snapshot.by_arn(arn)
        if not isinstance(entity, (User, Role, Group)):
            raise UserError(f"{arn} is not in this account")
        self.take_snapshot(snapshot)
        self._arn = entity.arn
        self._asks = not isinstance(entity, Group)
        self._top_level = nodes(snapshot, entity)

    def report(self) -> Report | None:
        everything = flat(self._top_level, None)
        lines = [f"{'  ' * row.depth}{row.node.text}  {row.node.detail}".rstrip() for row in everything]
        return Report(self._arn, (Section(code="\n".join(lines)),), {"arn": self._arn, "parts": outline(self._top_level)})

    def visible_rows(self) -> list[TreeRow]:
        if self._kept is None:
            return super().visible_rows()
        from tui.filtering.tree_filter import narrowed

        return narrowed(self._top_level, self._kept, self._opened)

    def state(self) -> State:
        return State(cursor=self.cursor, top=self.table.top, filter=self._filter, opened=self._opened)

    def mode(self) -> str:
        return "filter" if self.filtering else ""

    def status(self) -> str:
        if not self.typed:
            return ""
        number = counted(len(self._kept.rows), self._kept.total) if self._kept is not None else ""
        remark = "reading policies …" if self._latest.waiting else "fuzzy" if self._kept is not None and self._kept.fuzzy else ""
        return said(self.typed, number, self.app.size.width, remark)

    def out(self) -> bool:
        return self.end_filter()

    def why_not(self, action: str) -> str:
        return "a group may do nothing itself: look at one of its members" if action == "services" and not self._asks else ""

    def question(self) -> Location:
        return Location("question").with_query(principal=self._arn if self._asks else "")

    def action_services(self) -> None:
        self.walk_to(Location("services", self._arn), "services")

    # The filter

    @property
    def filtered(self) -> Table:
        return self.table

    def filter_hint(self) -> str:
        from tui.filtering.filter import hint

        return hint("principal")

    def filter_stands(self) -> bool:
        return self._latest.waiting or self.typed == self._filter

    def candidates(self, text: str) -> Sequence[Candidate]:
        from tui.filtering.filter_completion import Known, complete

        keys = self._kept.condition_keys if self._kept is not None else ()
        return complete(text, "principal", Known(self._snapshot, condition_keys=lambda: keys)) if self._snapshot is not None else ()

    def narrow(self, text: str, cursor: int = 0, top: int = 0) -> None:
        """The whole tree is looked through, for which policies may have to be read; until then the rows stay as they are."""
        self.typed = text
        self._latest.drop()
        if not text.strip():
            self._show_all(text, cursor, top)
            return
        from tui.filtering.filter import read

        try:
            wanted = read(text, "principal")
        except UserError as error:
            self.notice_filter(str(error))
            self.changed()
            return
        if wanted.empty:
            self._show_all(text, cursor, top)
            return
        nodes, snapshot = self._top_level, self._snapshot
        assert snapshot is not None

        def work() -> Kept:
            from tui.filtering.tree_filter import kept

            return kept(nodes, wanted, frozenset(group.name.casefold() for group in snapshot.groups))

        def done(left: Kept) -> None:
            self._kept, self._filter = left, text
            self.lay_out(cursor, top)
            if not cursor:
                matching = {path[-1] for path in left.rows}
                self.table.move_to(next((at for at, row in enumerate(self._rows) if row.node.key in matching), 0))
            notice = "" if left.rows else f"nothing here matches {text}"
            if left.unknown:
                notice = f"{count(left.unknown, 'policy', 'policies')} could not be judged: not every document is in the data"
            self.notice_filter(notice)
            self.changed()

        self._latest.begin(work, done)
        self.changed()

    def _show_all(self, text: str, cursor: int, top: int) -> None:
        self._leave_all(text)
        self.lay_out(cursor, top)
        self.notice_filter("")
        self.changed()

    def _leave_all(self, text: str = "") -> None:
        self._kept, self._filter = None, text

    @on(Worked)
    def _worked(self, message: Worked) -> None:
        message.stop()
        self._latest.finish(message)
