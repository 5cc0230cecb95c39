"""A policy: its document with line numbers, folds and findings, who has it, its versions side by side; under a question what each
statement does there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from tui import actions
from tui.background.workshop import Made, Workshop
from tui.documents import folding, policy_reading, versions
from tui.documents.json_tokens import tokens
from tui.documents.links import Links
from tui.documents.paper import PaperRow, Room, row_of_line
from tui.documents.raw_text import document_lines
from tui.location import Location, State, Visit
from tui.plain import joined
from tui.questions.asking import Answered, Asker, Faulted, question_of
from tui.screens.paper_place import PaperPlace
from tui.widgets.line import Line
from tui.widgets.table import Table
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.documents.versions import Comparison
    from tui.report import Report
    from whygate.explain import Explanation, StatementReport
    from whygate.grammar import Finding
    from whygate.policies import Held
    from whygate.snapshot import Snapshot

AGAINST = "against"
_NOT_COMPARED = ("filter", "fold_all", "fold_others", "expand", "next_finding")


class PolicyPlace(PaperPlace):
    """The location's query may name a `statement` to begin at, a version to compare with (`against`), and a question (`principal`,
    `action`, `resource`, `context`)."""

    scope = "policy"
    BINDINGS = actions.bindings("policy")

    def __init__(self) -> None:
        super().__init__(id="policy")
        self._held: Held | None = None
        self._versions: tuple[Held, ...] = ()
        self._location = Location("policy")
        self._label = ""
        self._explanation: Explanation | None = None
        self._found: tuple[Finding, ...] = ()
        self._asker = Asker(self)
        self._workshop = Workshop(self)

    def compose(self) -> ComposeResult:
        yield Line(id="policy-about")
        yield Line(id="policy-question")
        yield Table(id="paper")

    # Showing

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        self._explanation = None
        self._show(snapshot, visit)

    def renew(self, snapshot: Snapshot) -> None:
        """What the question is answered with so far stays until there is another answer."""
        self._show(snapshot, Visit(self._location, self._label, self.state()))

    def _show(self, snapshot: Snapshot, visit: Visit) -> None:
        from whygate.policies import held
        from whygate.policies import versions as versions_of

        location, state = visit.location, visit.state
        self._held = held(snapshot, location.id)
        self._policy = self._held.policy
        self._versions = versions_of(snapshot, self._held.arn) if self._held.arn and self._held.version else ()
        if snapshot is not self._snapshot or self._links is None:
            self._links = Links(snapshot)
        self._snapshot, self._location, self._label = snapshot, location, visit.label
        self._opened = state.opened or frozenset()
        try:
            self.leave_out(state.filter)
        except UserError:  # kept from a moment when it was not finished
            self.leave_out("")
        question = question_of(location)
        if question.complete:
            self._explanation = self._asker.ask(snapshot, question) or self._explanation
        self.query_one("#policy-question", Line).display = question.complete
        statement = location.value("statement")
        begins = statement.isdecimal() and not self._comparing
        self.lay_out(state.cursor, state.top, int(statement) if begins else None)

    @property
    def _comparing(self) -> bool:
        return self._against() is not None

    def _against(self) -> Held | None:
        """The version that this one is compared with."""
        wanted = self._location.value(AGAINST)
        return next((each for each in self._versions if each.version == wanted), None) if wanted else None

    def _comparison(self) -> Comparison | None:
        other = self._against()
        if other is None or self._held is None:
            return None
        old, new = document_lines(other), document_lines(self._held)
        made: Comparison | None = self._workshop.get(("compare", old, new), lambda: versions.compare(old, new))
        return made

    def _reports(self) -> dict[int, StatementReport]:
        if self._explanation is None or self._held is None:
            return {}
        every = [report for layer in self._explanation.layers for report in layer.statements]
        return {report.index: report for report in every if report.policy_key == self._held.key}

    def _findings(self, held: Held) -> tuple[Finding, ...]:
        if not held.known or held.policy.unreadable:
            return ()
        key = ("lint", held.grammar, bool(held.problem), bytes(held.raw) if held.raw is not None else id(held.policy.tree))
        found: tuple[Finding, ...] | None = self._workshop.get(key, lambda: policy_reading.findings(held))
        return found or ()

    def _shown(self) -> policy_reading.Shown | None:
        held = self._held
        if held is None:
            return None
        return policy_reading.Shown(
            held,
            document_lines(held),
            self._width,
            self._opened,
            self._reports(),
            self._findings(held),
            policy_reading.attachments(self._snapshot, held),
            self._against(),
            self._comparison(),
            self._left_out,
        )

    def make_rows(self, width: int) -> tuple[list[PaperRow], Room]:
        shown = self._shown()
        if shown is None:
            return [], Room(width, width, False)
        self._found = shown.findings
        self.query_one("#policy-about", Line).set(joined(" ", (policy_reading.about(shown, len(self._versions)), "$text-muted")))
        apart = policy_reading.apart(shown) if self._explanation is not None else ""
        said = question_of(self._location).sentence()
        self.query_one("#policy-question", Line).set(
            joined(" question: ", said), joined((f" {apart} ", "$text-warning")) if apart else None
        )
        return policy_reading.rows(shown, self._workshop)

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        message.stop()
        if not self._asker.accept(message):
            return
        self._explanation = message.explanation
        if message.complaint:
            self.say(message.complaint)
        self.lay_out_again()

    @on(Made)
    def _arrived(self, message: Made) -> None:
        message.stop()
        self._workshop.accept(message)
        if message.value != ():  # a document without findings looks as it did
            self.lay_out_again()

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    # What the frame asks

    def state(self) -> State:
        return State(cursor=self._table.cursor, top=self._table.top, filter=self.typed, opened=self._opened)

    def out(self) -> bool:
        if self.end_filter():
            return True
        was = self._comparing
        if was:
            self.action_compare()
        return was

    def why_not(self, action: str) -> str:
        if action in ("next_version", "compare") and len(self._versions) < 2:
            single = self._held is not None and self._held.version
            return "there is one version only in this source" if single else "only managed policies have versions"
        if action in _NOT_COMPARED and self._comparing:
            return "two versions are compared here; d goes back to the document"
        return "there are no findings in this document" if action == "next_finding" and not self._found else ""

    def copyable(self) -> str:
        """The one ARN on the row that leads somewhere, else the ARN of the policy, else the document."""
        row = self._row
        if self._held is None or self._links is None:
            return ""
        if row is not None and row.target is not None:
            return row.target[0].id
        named = self._links.texts(tokens(row.text)) if row is not None else ()
        return named[0] if len(named) == 1 else self._held.arn or "\n".join(document_lines(self._held))

    def action_copy_document(self) -> None:
        if self._held is not None:
            self.post_message(self.Copied("\n".join(document_lines(self._held))))

    def document(self) -> tuple[str, str]:
        return ("", "") if self._held is None else (f"{self._held.name}.json", "\n".join(document_lines(self._held)))

    def question(self) -> Location:
        question = question_of(self._location)
        if question.complete or self._held is None:
            return question.location()
        owner = self._held.owner
        return Location("question").with_query(principal=owner if ":user/" in owner or ":role/" in owner else "")

    def command(self) -> tuple[str, ...]:
        question = question_of(self._location)
        return question.command() if question.complete else ()

    def report(self) -> Report | None:
        shown, question = self._shown(), question_of(self._location)
        asked = question.sentence() if question.complete else ""
        return policy_reading.report(shown, asked, len(self._versions)) if shown is not None else None

    # Going through it

    def _step(self, direction: int) -> None:
        """The first line of the next statement (or the one before, or of this one where the cursor is inside it); the next difference."""
        what, stops = "statement", [at for at in range(len(self._rows)) if self._begins(at)]
        if self._comparing:
            what, stops = "difference", versions.differences(self._rows)
        here = self._table.cursor
        ahead = [at for at in stops if at > here] if direction > 0 else [at for at in reversed(stops) if at < here]
        if ahead:
            self._table.move_to(ahead[0])
        else:
            self.say(f"that was the {'last' if direction > 0 else 'first'} {what}" if stops else f"there is no {what}")

    def _begins(self, at: int) -> bool:
        row = self._rows[at]
        return row.statement is not None and (at == 0 or self._rows[at - 1].statement != row.statement)

    def action_next_statement(self) -> None:
        self._step(1)

    def action_previous_statement(self) -> None:
        self._step(-1)

    def action_next_finding(self) -> None:
        """Round and round; what is folded away is unfolded."""
        if self._held is None or not self._found:
            return
        lines = policy_reading.finding_lines(self._held, self._found)
        line = next((each for each in lines if each > self._line_here()), lines[0])
        statement = policy_reading.statement_at(self._held.policy, line)
        if statement is not None and statement.index in self._left_out:
            self.narrow("")
        if statement is not None and folding.statement_key(statement.index) in self._opened:
            self.open_or_close(folding.statement_key(statement.index))
        self._table.move_to(row_of_line(self._rows, line))
        self.say(f"line {lines.index(line) + 1} of {len(lines)} with a finding")

    def _line_here(self) -> int:
        """The line (from 0) that the cursor is on or under; -1 above the first."""
        before = (self._rows[at].number for at in range(min(self._table.cursor, len(self._rows) - 1), -1, -1))
        return next((number - 1 for number in before if number is not None), -1)

    # Versions

    def _become(self, location: Location, *, opened: frozenset[str]) -> None:
        if self._snapshot is not None:
            self.changed(location, self._label)
            self.show(self._snapshot, Visit(location, self._label, State(filter=self.typed, opened=opened)))

    def _version_after(self, version: str, *, but: str = "") -> Held | None:
        at = next((number for number, each in enumerate(self._versions) if each.version == version), -1)
        later = [*self._versions[at + 1 :], *self._versions[: at + 1]]
        return next((each for each in later if each.version != but), None)

    def action_next_version(self) -> None:
        other = self._against()
        if self._held is None:
            return
        if other is not None:
            self._compare_with(self._version_after(other.version, but=self._held.version))
        elif chosen := self._version_after(self._held.version):
            self._become(Location("policy", chosen.key, self._location.query), opened=frozenset())

    def action_compare(self) -> None:
        if self._held is not None:
            self._compare_with(None if self._comparing else self._version_after(self._held.version, but=self._held.version))

    def _compare_with(self, other: Held | None) -> None:
        query = tuple(pair for pair in self._location.query if pair[0] != AGAINST)
        if other is not None:
            query = (*query, (AGAINST, other.version))
        self._become(Location("policy", self._location.id, query), opened=self._opened)
