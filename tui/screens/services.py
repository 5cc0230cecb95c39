"""What a principal may do, a bar a service; a service opens into its access levels and actions, an action leads to its question."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from tui import actions
from tui.background.thread import in_background
from tui.location import Location, State, Visit
from tui.place import rows_in_view
from tui.plain import plain, wrapped
from tui.questions import context, options
from tui.questions.asking import Faulted, Question, question_of
from tui.report import Report, Section, stamp
from tui.rows import bars
from tui.rows.bars import BarRow
from tui.rows.cells import Column, Rows
from tui.screens.toggled_place import ToggledPlace
from tui.widgets.line import Block
from tui.widgets.table import Table
from whygate.errors import UserError
from whygate.text import count

if TYPE_CHECKING:
    from whygate.access import Plan, ServiceAccess
    from whygate.snapshot import Snapshot

SECONDS = 0.2  # between two looks at what was asked by now: each is a screen full of bytes
KEPT = 4


class Asked(msgspec.Struct, frozen=True):
    """How far it is: the plan, the services that were asked by now, and whether these are all. `complaint` says why none can be."""

    plan: Plan | None = None
    services: Sequence[ServiceAccess] = ()
    done: bool = False
    complaint: str = ""


class ServicesPlace(ToggledPlace):
    """The location's id is a principal's ARN; its query may have what a question has besides: context, and what is assumed. The services
    are asked off the event loop and shown as they come; what was asked is kept for the way back.
    """

    scope = "services"
    BINDINGS = actions.bindings("services")
    DEFAULT_CSS = "ServicesPlace #services-legend { max-height: 5; margin: 0 0 1 0; }"

    class Came(Message):
        """More services were asked."""

        def __init__(self, generation: int, asked: Asked) -> None:
            super().__init__()
            self.generation, self.asked = generation, asked

    def __init__(self) -> None:
        super().__init__(id="services")
        self._snapshot: Snapshot | None = None
        self._question = Question()
        self._asked = Asked()
        self._known: list[tuple[Snapshot, Question, Asked]] = []
        self._generation = 0
        self._under_way: tuple[Snapshot, Question] | None = None
        self._most_first = False
        self._rows: Sequence[BarRow] = ()
        self._wanted: State | None = None
        self._width = 0

    def compose(self) -> ComposeResult:
        yield Block(id="services-legend")
        yield Table(id="services-rows")

    @property
    def table(self) -> Table:
        """The bars."""
        return self.query_one("#services-rows", Table)

    @property
    def done(self) -> bool:
        """Whether everything was asked."""
        return self._asked.done

    # The model

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        from whygate.entities import Role, User

        if not isinstance(snapshot.by_arn(visit.location.id), (User, Role)):
            raise UserError(f"{visit.location.id} is no user and no role of this account", todo="access by service is a user's or a role's")
        question = msgspec.structs.replace(question_of(visit.location), principal=visit.location.id, action="", resource="")
        self._toggled = visit.state.opened or frozenset()
        self._wanted = visit.state
        if (snapshot, question) != (self._snapshot, self._question):
            self._asked = Asked()
        self._snapshot, self._question = snapshot, question
        self._begin()
        self.lay_out()

    def renew(self, snapshot: Snapshot) -> None:
        """Asked again; what was said so far stays until there is more of the new."""
        self._snapshot = snapshot
        self._begin()

    def _begin(self) -> None:
        snapshot, question = self._snapshot, self._question
        assert snapshot is not None
        known = next((asked for whose, what, asked in self._known if whose is snapshot and what == question), None)
        if known is not None:
            self._generation += 1
            self._under_way, self._asked = None, known
            return
        if self._under_way is not None and self._under_way[0] is snapshot and self._under_way[1] == question:
            return
        self._generation += 1
        self._under_way = (snapshot, question)
        generation = self._generation

        def work() -> None:
            try:
                self._ask(generation, snapshot, question)
            except UserError as error:
                self.post_message(self.Came(generation, Asked(done=True, complaint=str(error))))
            except Exception as error:
                self.post_message(Faulted(error))

        in_background(work)

    def _ask(self, generation: int, snapshot: Snapshot, question: Question) -> None:
        """In the background: one service after the other, as long as somebody wants to know."""
        from whygate.access import access, plan

        given, how = context.read(question.context), options.read(question)
        planned = plan(snapshot, question.principal)
        services: list[ServiceAccess] = []
        last = time.monotonic()
        for service in access(snapshot, planned, given, how):
            if generation != self._generation or not self.is_running:
                return
            services.append(service)
            if time.monotonic() - last >= SECONDS:
                self.post_message(self.Came(generation, Asked(planned, tuple(services))))
                last = time.monotonic()
        self.post_message(self.Came(generation, Asked(planned, tuple(services), True)))

    @on(Came)
    def _came(self, message: Came) -> None:
        message.stop()
        if message.generation != self._generation or self._snapshot is None:
            return
        self._asked = message.asked
        if message.asked.done:
            self._under_way = None
            self._known = [*self._known, (self._snapshot, self._question, message.asked)][-KEPT:]
        if self.display:
            row = self.table.value
            self.lay_out(row.key if isinstance(row, BarRow) and self._rows else "")

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    # What is seen

    def above(self, row: BarRow) -> str:
        return row.parent

    def lay_out(self, at: str = "") -> None:
        """The rows again; the cursor stays on the row called `at`, and that row where it is on the screen."""
        before, top = self.table.cursor, self.table.top
        self._width = self.app.size.width
        self.query_one("#services-legend", Block).set(self._legend())
        plan, services = self._asked.plan, self._asked.services
        ordered = bars.most_first(services) if self._most_first else services
        self._rows = bars.bar_rows(plan, ordered, self._question, self._toggled, self._width, done=self._asked.done) if plan else ()
        wanted = self._wanted
        if wanted is not None and wanted.cursor is not None and wanted.cursor < len(self._rows):
            self._fill(wanted.cursor, wanted.top)
            self._wanted = None
            return
        if wanted is None or wanted.cursor is None or self._asked.done:
            self._wanted = None
        found = next((number for number, row in enumerate(self._rows) if at and row.key == at and row.stop), None)
        self._fill(found if found is not None else 0, max(top + (found or 0) - before, 0) if found is not None else 0)

    def _fill(self, cursor: int, top: int) -> None:
        title = "".join(piece[0] for piece in bars.heading(self._width)) if self._rows else ""
        rows = Rows(self._rows, (Column(title),), lambda row: (row.pieces,), lambda row: row.stop, lambda row: row.target)
        self.table.show(rows, cursor=cursor, top=top)
        self.changed()

    def _legend(self) -> list[Content]:
        width = max(self._width - 2, 20)
        said = options.said(self._question)
        lines = [plain(f" {part}") for part in wrapped(self._asked.complaint, width)] if self._asked.complaint else []
        if not self._asked.complaint:
            styles = {"good": "$text-success", "bad": "$text-error", "maybe": "$text-warning", "dim": "$text-muted"}
            for line in bars.legend(width):
                lines.append(Content(" ") + Content("").join([plain(piece[0], styles.get(piece[1], "")) for piece in line]))
        given = ", ".join(part for part in (f"with {self._question.context}" if self._question.context else "", said) if part)
        return [*lines, *(plain(f" {part}", "bold $text-warning") for part in wrapped(given, width) if given)]

    def on_resize(self) -> None:
        if self._rows and self._width != self.app.size.width:
            row = self.table.value
            self.lay_out(row.key if isinstance(row, BarRow) else "")

    def settle(self) -> None:
        self.take_focus(self.table)

    def state(self) -> State:
        return State(cursor=self.table.cursor if self._rows else None, top=self.table.top, opened=self._toggled)

    def status(self) -> str:
        plan, asked = self._asked.plan, self._asked
        if plan is None:
            return "" if asked.done else "asking …"
        order = "most allowed first · " if self._most_first else ""
        if asked.done:
            return f"{order}{count(len(asked.services), 'service')}"
        return f"{order}{len(asked.services):,} of {len(plan.services):,} services asked"

    def position(self) -> str:
        return rows_in_view(self.table.span)

    def copyable(self) -> str:
        row = self.table.value
        return (row.action or row.service) if isinstance(row, BarRow) else ""

    def question(self) -> Location:
        row = self.table.value
        return row.target[0] if isinstance(row, BarRow) and row.target is not None else self._question.location()

    def report(self) -> Report | None:
        plan, asked = self._asked.plan, self._asked
        if plan is None or self._snapshot is None:
            return None
        from tui.rows.svg import access_svg
        from whygate.access import LEVELS, STANDINGS

        columns = ("service", "access level", *(bars.WORDS[standing] for standing in STANDINGS))
        rows = [
            (service.service, level or "all", *(f"{number:,}" for number in service.counts(level or None).values()))
            for service in asked.services
            for level in ("", *LEVELS)
            if any(service.counts(level or None).values())
        ]
        said = [*bars.notes(plan, len(asked.services), done=asked.done), options.said(self._question)]
        return Report(
            title=f"What {plan.principal} may do, by service",
            sections=(Section(columns=columns, rows=rows), Section("What this says", lines=[line for line in said if line])),
            data={"principal": plan.principal, "complete": asked.done, "not_asked": plan.left_out, **_data(asked)},
            svg=access_svg(plan, asked.services, stamp(self._snapshot), done=asked.done),
        )

    # Keys

    def action_assume_none(self) -> None:
        """Count what was not collected as none, or as unknown again."""
        question = msgspec.structs.replace(self._question, uncollected="" if self._question.uncollected else "none")
        self._question, self._asked, self._wanted = question, Asked(), self.state()
        location = Location("services", question.principal).with_query(**{**question.query(), "principal": ""})
        self.changed(location, "services")
        self._begin()
        self.lay_out()

    def action_sort(self) -> None:
        """By name, or what is allowed most first."""
        self._most_first = not self._most_first
        self.lay_out()


def _data(asked: Asked) -> dict[str, object]:
    services = [
        {
            "service": service.service,
            "why_asked": service.how,
            "counts": service.counts(),
            "depends_on": [{"on": because, "actions": number} for because, number in service.groups()],
            "actions": [
                {"action": each.action, "access_level": each.level or None, "verdict": each.verdict, "depends_on": each.because or None}
                for each in service.actions
            ],
        }
        for service in asked.services
    ]
    return {"services": services}
