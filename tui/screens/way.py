"""The way of a question from the principal to the resource, drawn: Enter on a node walks to it. What it says comes from `whygate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.content import Content

from tui import actions
from tui.background.latest import Latest, Worked
from tui.location import Location, State, Visit
from tui.place import rows_in_view
from tui.plain import plain, wrapped
from tui.questions.asking import Answered, Asker, Faulted, Question, question_of
from tui.report import Report, Section, stamp
from tui.rows import marks
from tui.rows.cells import Rows
from tui.rows.drawing import DrawnRow, Picture, picture, row_of_decision
from tui.screens.toggled_place import ToggledPlace
from tui.widgets.line import Block
from tui.widgets.table import Table
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot
    from whygate.ways import Way

_STYLES = {"good": "bold $text-success", "bad": "bold $text-error", "maybe": "bold $text-warning"}


class WayPlace(ToggledPlace):
    """The location's query is a question. Which branches were opened or closed by hand is part of the place's state."""

    scope = "way"
    BINDINGS = actions.bindings("way")
    DEFAULT_CSS = "WayPlace #way-verdict { max-height: 4; margin: 0 0 1 0; }"

    def __init__(self) -> None:
        super().__init__(id="way")
        self._snapshot: Snapshot | None = None
        self._asked = Question()
        self._explanation: Explanation | None = None
        self._complaint = ""
        self._way: Way | None = None
        self._drawn = Picture((), 0, 0)
        self._wanted: State | None = None
        self._width = 0
        self._asker = Asker(self)
        self._latest = Latest(self)

    def compose(self) -> ComposeResult:
        yield Block(id="way-verdict")
        yield Table(id="way-rows")

    @property
    def table(self) -> Table:
        """The rows of the picture."""
        return self.query_one("#way-rows", Table)

    # The model

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        question = question_of(visit.location)
        if not question.complete:
            raise UserError("a way needs a principal and an action", todo="ask a question first, then press w")
        self._snapshot, self._asked, self._wanted = snapshot, question, visit.state
        self._explanation, self._way, self._complaint = None, None, ""
        self._toggled = visit.state.opened or frozenset()
        self.lay_out()
        self._ask()

    def renew(self, snapshot: Snapshot) -> None:
        """What is drawn stays until there is another answer."""
        self._wanted, self._snapshot = self.state(), snapshot
        self._ask()

    def _ask(self) -> None:
        assert self._snapshot is not None
        self._latest.drop()
        known = self._asker.ask(self._snapshot, self._asked)
        if known is not None:
            self._explained(known, "")

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        message.stop()
        if self._asker.accept(message):
            self._explained(message.explanation, message.complaint)

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    def _explained(self, explanation: Explanation | None, complaint: str) -> None:
        snapshot = self._snapshot
        if explanation is None or snapshot is None:
            self._explanation, self._way, self._complaint = None, None, complaint
            self.lay_out()
            return

        def work() -> Way:
            from whygate.ways import way

            return way(explanation, snapshot)

        def done(found: Way) -> None:
            self._explanation, self._way, self._complaint = explanation, found, ""
            self.lay_out()

        self._latest.begin(work, done)

    @on(Worked)
    def _worked(self, message: Worked) -> None:
        message.stop()
        self._latest.finish(message)

    # What is seen

    def lay_out(self, at: str = "") -> None:
        """The rows again; the cursor stands on the branch called `at`, where it was left, or on what decides."""
        self._width = self.app.size.width
        self.query_one("#way-verdict", Block).set(self._verdict())
        if self._way is None:
            self._drawn = Picture((), 0, 0)
            self._fill(0, 0)
            return
        self._drawn = picture(self._way, self._asked, self._width, self._toggled)
        wanted, self._wanted = self._wanted, None
        if at:
            found = next((number for number, row in enumerate(self._drawn.rows) if row.key == at and row.stop), 0)
            self._fill(found, self.table.top)
        elif wanted is not None and wanted.cursor is not None:
            self._fill(wanted.cursor, wanted.top)
        else:
            self._fill(row_of_decision(self._drawn), 0)

    def _fill(self, cursor: int, top: int) -> None:
        drawn = self._drawn
        rows = Rows(drawn.rows, cells=drawn.cells, stops=lambda row: row.stop, target=lambda row: row.target)
        self.table.show(rows, cursor=cursor, top=top)
        self.changed()

    def _verdict(self) -> list[Content]:
        width = max(self._width - 4, 20)
        if self._explanation is None:
            return [plain(f" {part}") for part in wrapped(self._complaint or "…", width)]
        mark, tone = marks.VERDICTS.get(self._explanation.verdict, ("?", "maybe"))
        first, *rest = wrapped(f"{mark} {self._explanation.headline}: {self._explanation.reason}", width)
        return [plain(f" {first}", _STYLES[tone]), *(plain(f"   {part}") for part in rest)]

    def on_resize(self) -> None:
        if self._way is not None and self._width != self.app.size.width:
            row = self.table.value
            self.lay_out(row.key if isinstance(row, DrawnRow) else "")

    def settle(self) -> None:
        self.take_focus(self.table)

    def state(self) -> State:
        return State(cursor=self.table.cursor if self._drawn.rows else None, top=self.table.top, opened=self._toggled)

    def position(self) -> str:
        return rows_in_view(self.table.span)

    def copyable(self) -> str:
        row = self.table.value
        return row.target[0].id if isinstance(row, DrawnRow) and row.target is not None else row.said if isinstance(row, DrawnRow) else ""

    def question(self) -> Location:
        return self._asked.location()

    def why_not(self, action: str) -> str:
        return "there is no answer yet" if action == "decision" and self._way is None else ""

    def command(self) -> tuple[str, ...]:
        return self._asked.command()

    def report(self) -> Report | None:
        if self._way is None or self._snapshot is None:
            return None
        from tui.rows.svg import way_svg

        drawn = picture(self._way, self._asked, 120, self._toggled)
        verdict = f"{self._way.headline}: {self._way.reason}"
        return Report(
            title=self._asked.sentence(),
            sections=(Section(lines=(verdict,)), Section("The way", code=drawn.text())),
            data={"way": msgspec.to_builtins(self._way)},
            svg=way_svg(self._way, self._asked, stamp(self._snapshot), self._toggled),
        )

    # Keys

    def action_decision(self) -> None:
        """The next row that decides, round and round."""
        deciding = [at for at, row in enumerate(self._drawn.rows) if row.deciding and row.stop]
        if not deciding:
            self.say("nothing that is drawn here decides")
            return
        self.table.move_to(next((at for at in deciding if at > self.table.cursor), deciding[0]))

    def action_ladder(self) -> None:
        self.walk_to(self._asked.location(), "Can…?")
