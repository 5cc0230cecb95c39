"""A place that is one tree of rows which open in place: the keys, the cursor and the way back, and on a wide screen a panel about the row
under the cursor. What the rows say is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from tui.location import State
from tui.place import Place, rows_in_view
from tui.plain import fit, width_of
from tui.rows.cells import Cell, Piece, Rows
from tui.rows.tree import Node, TreeRow, flat, parent, unfolded
from tui.widgets.panel import MARGIN, WIDE, Panel, list_width
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.background.workshop import Made, Workshop
    from tui.documents.links import Links
    from tui.questions.asking import Faulted
    from whygate.grammar import Finding
    from whygate.snapshot import Snapshot

LEAST_TEXT_WIDTH = 26


class TreePlace(Place):
    """Whoever derives from it calls `plant` with the top level of the tree."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._top_level: Sequence[Node] = ()
        self._opened: frozenset[str] = frozenset()
        self._rows: list[TreeRow] = []
        self._width = 0
        self._snapshot: Snapshot | None = None
        self._links: Links | None = None
        self._workshop: Workshop | None = None

    def compose(self) -> ComposeResult:
        yield Table(id=f"{self.id}-tree")

    @property
    def table(self) -> Table:
        """The tree on the screen."""
        return self.query_one(f"#{self.id}-tree", Table)

    @property
    def top_level(self) -> Sequence[Node]:
        return self._top_level

    def plant(self, nodes: Sequence[Node], state: State, at_first: frozenset[str]) -> None:
        """Show another tree, as it was left, or with the nodes of `at_first` open."""
        self._top_level = nodes
        self._opened = at_first if state.opened is None else state.opened
        self.lay_out(state.cursor or 0, state.top)

    def replant(self, nodes: Sequence[Node]) -> None:
        """Show a tree in which more is known: the cursor stays on its row, and the row where it is on the screen."""
        row, cursor, below_top = self.table.value, self.cursor, self.table.cursor - self.table.top
        self._top_level = nodes
        stops = self._stops(self.visible_rows())
        at = next((at for at, other in enumerate(stops) if isinstance(row, TreeRow) and other.node.key == row.node.key), cursor)
        self.lay_out(at, None, below_top)

    def redrawn(self) -> Sequence[Node]:
        """The tree for the screen as wide as it is now."""
        return self._top_level

    @property
    def tree_width(self) -> int:
        """The cells that the tree has."""
        return list_width(self.app.size.width)

    def visible_rows(self) -> list[TreeRow]:
        """The rows that are to be seen, each once."""
        return flat(self._top_level, self._opened)

    def lay_out(self, cursor: int, top: int | None, below_top: int = 0) -> None:
        """Show the rows with the cursor on the row of that number, `top` the first line in view, or the cursor's `below_top` above it."""
        self._width = self.app.size.width
        width = self.tree_width
        self._rows = unfolded(self.visible_rows(), width - 2, _text_width(width))
        at = [at for at, row in enumerate(self._rows) if not row.part]
        line = at[min(cursor, len(at) - 1)] if at else 0
        shown = Rows(self._rows, cells=self._cells, stops=lambda row: not row.part, target=lambda row: row.node.target)
        self.table.show(shown, cursor=line, top=max(line - below_top, 0) if top is None else top)
        self._show_aside()

    @staticmethod
    def _stops(rows: Sequence[TreeRow]) -> list[TreeRow]:
        return [row for row in rows if not row.part]

    @property
    def cursor(self) -> int:
        """Which of the rows the cursor is on, however many lines the others take."""
        return len(self._stops(self._rows[: self.table.cursor]))

    def _cells(self, row: TreeRow) -> tuple[Cell, ...]:
        node = row.node
        said, detail = row.said or (node.text, node.detail)
        text = " " * (row.lead - 2) + row.mark + said
        if not detail:
            return (((text, node.tone),),)
        column = _text_width(self.tree_width)
        shown = fit(text, column) if width_of(text) <= column else text
        pieces: tuple[Piece, ...] = ((shown + "  ", node.tone), (detail, "dim" if node.children is None else ""))
        return (pieces,)

    def on_resize(self) -> None:
        if self._rows and self._width != self.app.size.width:
            self.replant(self.redrawn())

    def _reveal_all_of_it(self) -> None:
        """Have every line of the row under the cursor in view, where it has room."""
        table = self.table
        last = table.cursor
        while last + 1 < len(self._rows) and self._rows[last + 1].part:
            last += 1
        top = min(last - table.size.height + 1, table.cursor)
        if last > table.cursor and table.size.height and top > table.top:
            table.scroll_to(y=top, animate=False, force=True)

    # Beside it

    @property
    def _panel(self) -> Panel | None:
        return next(iter(self.query(Panel)), None)

    def _show_aside(self) -> None:
        """Made for the first wide screen: a narrow one pays nothing for it."""
        panel, width = self._panel, self.app.size.width
        if width < WIDE:
            if panel is not None:
                panel.display = False
            return
        if panel is None:
            panel = Panel(id=f"{self.id}-panel")
            panel.styles.dock = "right"
            self.mount(panel)
        panel.display = True
        panel.styles.width = width - list_width(width)
        row = self.table.value
        if isinstance(row, TreeRow) and self._snapshot is not None:
            from tui.documents.links import Links
            from tui.rows.aside import lines_of
            from tui.rows.node_asides import of_node

            if self._links is None:
                self._links = Links(self._snapshot)
            aside = of_node(self._snapshot, row.node, self._findings(row.node))
            panel.lay(lines_of(aside, width - list_width(width) - 1 - MARGIN, self._links))
        else:
            panel.lay(())

    def take_snapshot(self, snapshot: Snapshot) -> None:
        """What the rows and what stands beside them is of."""
        if snapshot is not self._snapshot:
            self._snapshot, self._links = snapshot, None

    def _findings(self, node: Node) -> Sequence[Finding] | None:
        """What is suspicious about the document that a row is of, as soon as it is known."""
        if node.held is None:
            return ()
        from tui.background.workshop import Workshop
        from tui.documents.policy_reading import findings

        if self._workshop is None:
            self._workshop = Workshop(self)
        held = node.held
        found: Sequence[Finding] | None = self._workshop.get((held.key, held.grammar, bytes(held.raw or b"")), partial(findings, held))
        return found

    def on_made(self, message: Made) -> None:
        message.stop()
        assert self._workshop is not None
        self._workshop.accept(message)
        self._show_aside()

    def on_faulted(self, message: Faulted) -> None:
        raise message.error

    # Keys

    def settle(self) -> None:
        self.take_focus(self.table)

    def state(self) -> State:
        return State(cursor=self.cursor, top=self.table.top, opened=self._opened)

    def position(self) -> str:
        return rows_in_view(self.table.span)

    def copyable(self) -> str:
        row = self.table.value
        return (row.node.copied or row.node.detail or row.node.text) if isinstance(row, TreeRow) else ""

    def _set_open(self, row: TreeRow, is_open: bool) -> None:
        self._opened = self._opened | {row.node.key} if is_open else self._opened - {row.node.key}
        self.lay_out(self.cursor, self.table.top)
        self.changed()

    def action_open_or_close(self) -> None:
        row = self.table.value
        if isinstance(row, TreeRow) and row.node.children is not None:
            self._set_open(row, not row.open)

    @on(Table.Entered)
    def _enter(self, message: Table.RowMessage) -> None:
        row = message.value
        if not isinstance(row, TreeRow):
            return
        if row.node.target is not None:
            self.walk_to(*row.node.target)
        elif row.node.children is not None:
            self._set_open(row, not row.open)
        else:
            self.say("there is nothing further to show about this row")

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        row = message.value
        if isinstance(row, TreeRow) and row.node.children is not None and not row.open:
            self._set_open(row, True)
        elif isinstance(row, TreeRow) and row.open:
            self.table.action_down()
        else:
            self._enter(message)

    @on(Table.Closed)
    def _close(self, message: Table.Closed) -> None:
        row = message.value
        if not isinstance(row, TreeRow):
            return
        if row.open:
            self._set_open(row, False)
        else:
            self.table.move_to(parent(self._rows, self.table.cursor))

    @on(Table.Moved)
    def _moved(self) -> None:
        self._reveal_all_of_it()
        self._show_aside()
        self.changed()


def _text_width(width: int) -> int:
    """The cells that texts have before their details begin."""
    return max(LEAST_TEXT_WIDTH, width * 3 // 8)
