"""A policy: its document with line numbers, its versions, who it is attached to; under a question what each statement does there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from tui import actions
from tui.asking import Answered, Asker, Faulted, question_of
from tui.line import Line
from tui.location import Location, State, Visit
from tui.paper import PaperRow, cells, paper, row_of_statement
from tui.place import Place, rows_in_view
from tui.plain import joined, wrapped
from tui.table import Rows, Table

if TYPE_CHECKING:
    from whygate.entities import Entity
    from whygate.explain import Explanation, StatementReport
    from whygate.policies import Held
    from whygate.snapshot import Snapshot

KINDS = {"scp": "service control policy", "rcp": "resource control policy", "resource": "resource-based policy"}


class PolicyPlace(Place):
    """The location's query may name a `statement` to begin at, and a question (`principal`, `action`, `resource`, `context`)."""

    scope = "policy"
    BINDINGS = actions.bindings("policy")

    def __init__(self) -> None:
        super().__init__(id="policy")
        self._snapshot: Snapshot | None = None
        self._held: Held | None = None
        self._location = Location("policy")
        self._explanation: Explanation | None = None
        self._rows: list[PaperRow] = []
        self._width = 0
        self._renewed = False
        self._asker = Asker(self)

    def compose(self) -> ComposeResult:
        yield Line(id="policy-about")
        yield Line(id="policy-question")
        yield Table(id="paper")

    @property
    def _table(self) -> Table:
        return self.query_one("#paper", Table)

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        self._explanation = None
        self._show(snapshot, visit)

    def renew(self, snapshot: Snapshot) -> None:
        """What the question is answered with so far stays until there is another answer."""
        self._show(snapshot, Visit(self._location, "", self.state()))
        self._renewed = question_of(self._location).complete

    def _show(self, snapshot: Snapshot, visit: Visit) -> None:
        from whygate.policies import held

        location = visit.location
        self._held = held(snapshot, location.id)
        self._snapshot, self._location, self._renewed = snapshot, location, False
        question = question_of(location)
        if question.complete:
            self._explanation = self._asker.ask(snapshot, question) or self._explanation
        self.query_one("#policy-about", Line).set(joined(" ", (self._about(), "$text-muted")))
        asked = self.query_one("#policy-question", Line)
        asked.display = question.complete
        asked.set(joined(" question: ", question.sentence()))
        self._lay_out(visit.state.cursor, visit.state.top)

    def _about(self) -> str:
        """Which version this is, what kind of policy, and who has it."""
        assert self._held is not None
        assert self._snapshot is not None
        from whygate.policies import versions

        parts = [KINDS.get(self._held.kind, f"{self._held.kind} policy")]
        known = versions(self._snapshot, self._held.arn) if self._held.arn and self._held.version else ()
        if self._held.version:
            entity = self._snapshot.policy(self._held.arn)
            default = " (default)" if entity is not None and entity.default_version == self._held.version else " (not the default)"
            parts.append(f"{self._held.version}{default} of {len(known)}" if len(known) > 1 else f"{self._held.version}{default}")
        if self._held.owner:
            parts.append(f"of {self._held.owner.rsplit('/', 1)[-1]}")
        elif self._held.kind == "managed":
            users = [f"{entity.name}{' as its boundary' if how == 'boundary' else ''}" for entity, how in self._attachments()]
            parts.append("attached to " + ", ".join(users) if users else "attached to nothing")
        return " · ".join(parts)

    def _attachments(self) -> tuple[tuple[Entity, str], ...]:
        if self._snapshot is None or self._held is None or not self._held.arn:
            return ()
        return self._snapshot.attachments(self._held.arn)

    def _reports(self) -> dict[int, StatementReport]:
        if self._explanation is None or self._held is None:
            return {}
        every = [report for layer in self._explanation.layers for report in layer.statements]
        return {report.index: report for report in every if report.policy_key == self._held.key}

    def _lay_out(self, cursor: int | None, top: int | None) -> None:
        if self._held is None:
            return
        width = self._width = self.app.size.width
        policy = self._held.policy
        self._rows = [PaperRow(((part, "maybe"),)) for part in (wrapped(self._held.problem, width - 12) if self._held.problem else ())]
        if not policy.unreadable:
            self._rows += paper(policy, self._reports(), width)
        self._rows += self._attached_rows()
        if cursor is None:
            statement = self._location.value("statement")
            cursor = row_of_statement(self._rows, int(statement)) if statement.isdigit() else 0
            top = max(cursor - 1, 0) if statement.isdigit() else 0
        rows = Rows(self._rows, cells=cells, stops=lambda row: row.number is not None or row.target is not None)
        self._table.show(rows, cursor=cursor, top=top)

    def _attached_rows(self) -> list[PaperRow]:
        attachments = self._attachments()
        if not attachments:
            return []
        rows = [PaperRow(()), PaperRow((("attached to", "strong"),))]
        for entity, how in attachments:
            label = f"group {entity.name}" if ":group/" in entity.arn else entity.name
            text = f"  {entity.arn}{' (permissions boundary)' if how == 'boundary' else ''}"
            rows.append(PaperRow(((text, ""),), target=(Location("principal", entity.arn), label)))
        return rows

    def on_resize(self) -> None:
        if self._rows and self._width != self.app.size.width:
            self._lay_out(self._table.cursor, self._table.top)

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        message.stop()
        if not self._asker.accept(message):
            return
        self._explanation = message.explanation
        if message.complaint:
            self.say(message.complaint)
        if self._renewed:
            self._lay_out(self._table.cursor, self._table.top)
            return
        row = self._table.value
        statement = row.statement if isinstance(row, PaperRow) else None
        self._lay_out(None if statement is None or self._location.value("statement") == str(statement) else self._table.cursor, 0)

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    def settle(self) -> None:
        self.take_focus(self._table)

    def state(self) -> State:
        return State(cursor=self._table.cursor, top=self._table.top)

    def position(self) -> str:
        return rows_in_view(self._table.span)

    def copyable(self) -> str:
        if self._held is None:
            return ""
        return "\n".join(self._held.policy.text.lines) if not self._held.policy.unreadable else self._held.arn or self._held.name

    def question(self) -> Location:
        question = question_of(self._location)
        if question.complete or self._held is None:
            return question.location()
        owner = self._held.owner
        return Location("question").with_query(principal=owner if ":user/" in owner or ":role/" in owner else "")

    def _step(self, direction: int) -> None:
        """The first line of the next statement (or the one before, or of this one where the cursor is inside it)."""
        starts = [at for at, row in enumerate(self._rows) if row.statement is not None and self._begins(at)]
        here = self._table.cursor
        ahead = [at for at in starts if at > here] if direction > 0 else [at for at in reversed(starts) if at < here]
        if ahead:
            self._table.move_to(ahead[0])
        else:
            self.say("that was the last statement" if direction > 0 else "that was the first statement")

    def _begins(self, at: int) -> bool:
        return at == 0 or self._rows[at - 1].statement != self._rows[at].statement

    def action_next_statement(self) -> None:
        self._step(1)

    def action_previous_statement(self) -> None:
        self._step(-1)

    def action_next_version(self) -> None:
        if self._snapshot is None or self._held is None:
            return
        from whygate.policies import versions

        known = versions(self._snapshot, self._held.arn) if self._held.arn and self._held.version else ()
        if len(known) < 2:
            single = "there is one version only in this source"
            self.say(single if self._held.version else "only managed policies have versions")
            return
        at = next((number for number, each in enumerate(known) if each.version == self._held.version), 0)
        chosen = known[(at + 1) % len(known)]
        location = Location("policy", chosen.key, self._location.query)
        self.changed(location, chosen.name)
        self.show(self._snapshot, Visit(location, chosen.name))

    @on(Table.Entered)
    def _enter(self, message: Table.Entered) -> None:
        row = message.value
        if isinstance(row, PaperRow) and row.target is not None:
            self.walk_to(*row.target)

    @on(Table.Moved)
    def _moved(self) -> None:
        self.changed()
