"""Can this principal do this? Four inputs, the verdict, and the ladder of layers that led to it; all of it from `whygate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Input

from tui import actions, completion, marks
from tui.asking import Answered, Asker, Faulted, Question, question_of
from tui.entry import Entry
from tui.ladder import LadderRow, ladder, row_of_layer
from tui.line import Block, Line
from tui.location import Location, State, Visit
from tui.place import Place, rows_in_view
from tui.plain import plain, wrapped
from tui.table import Rows, Table
from tui.verifying import Ask, SecondOpinionBlock

if TYPE_CHECKING:
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

INPUTS = ("principal", "action", "resource", "context")
HINTS = {
    "principal": "a name or an ARN of a user or a role",
    "action": "service:Action, as in textract:DetectDocumentText",
    "resource": "an ARN, * for a call that takes none, or empty for whichever it takes",
    "context": "key=value, key= is empty, key! is surely absent",
}

TALL = 32


class QuestionPlace(Place):
    """Every change of an input asks again; an answer that a later change has overtaken is dropped."""

    scope = "question"
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings("question"), *actions.bindings("input")]

    def __init__(self, ask: Ask) -> None:
        """`ask` is who is asked for a second opinion."""
        super().__init__(id="question")
        self._snapshot: Snapshot | None = None
        self._asked = Question()
        self._explanation: Explanation | None = None
        self._last: Explanation | None = None
        self._opened: frozenset[str] = frozenset()
        self._rows: list[LadderRow] = []
        self._wanted: State | None = None
        self._renewed = False
        self._chosen = False
        self._size_shown: Size | None = None
        self._asker = Asker(self)
        self._second = SecondOpinionBlock(ask, id="second")

    def compose(self) -> ComposeResult:
        yield Block(id="sentence")
        for name in INPUTS:
            with Horizontal(classes="input-row"):
                yield Line(id=f"label-{name}", classes="label")
                box = Entry(id=f"ask-{name}", placeholder=HINTS[name], compact=True, select_on_focus=False)
                box.cursor_blink = False
                yield box
        yield Table(id="candidates")
        yield Block(id="verdict")
        yield self._second
        yield Table(id="ladder")

    def on_mount(self) -> None:
        for name in INPUTS:
            self.query_one(f"#label-{name}", Line).set(plain(f" {name}", "$text-muted"))
        self.query_one("#candidates", Table).can_focus = False

    # The model

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        self._snapshot = snapshot
        self._asked = question_of(visit.location)
        self._wanted, self._renewed = visit.state, False
        self._opened = visit.state.opened or frozenset()
        for name in INPUTS:
            box = self._input(name)
            with box.prevent(Input.Changed):
                box.value = getattr(self._asked, name)
            box.cursor_position = len(box.value)
        self._explanation = self._last = None
        self._show_inputs(not self._asked.complete)
        self._ask()

    def renew(self, snapshot: Snapshot) -> None:
        """The same question again; the answer so far stays until there is another one, and so does what is being typed."""
        self._snapshot = snapshot
        if self._asked.complete:
            self._renewed = True
            self._ask()

    def _show_inputs(self, editing: bool) -> None:
        """A low terminal has the question on one line while nobody edits it, so that the ladder and the misses fit."""
        inputs = editing or self.app.size.height >= TALL
        for row in self.query(".input-row"):
            row.display = inputs
        sentence = self.query_one("#sentence", Block)
        sentence.display = not inputs
        sentence.set([plain(f" {part}", "bold") for part in wrapped(self._asked.sentence(), max(self.app.size.width - 2, 20))])

    def _ask(self) -> None:
        assert self._snapshot is not None
        if not self._asked.complete:
            who, what = f"Who is asking? Type {HINTS['principal']}.", f"What is asked? Type {HINTS['action']}."
            self._explain(None, what if self._asked.principal.strip() else who)
            return
        known = self._asker.ask(self._snapshot, self._asked)
        if known is not None:
            self._explain(known, "")

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        message.stop()
        if self._asker.accept(message):
            self._explain(message.explanation, message.complaint)

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    def _explain(self, explanation: Explanation | None, complaint: str) -> None:
        if self._renewed and explanation is not None and explanation == self._explanation:
            self._renewed = False
            return
        self._second.forget()
        self._explanation = explanation
        self._last = explanation or self._last
        self.query_one("#verdict", Block).set(self._verdict(explanation, complaint))
        renewed, self._renewed = self._renewed and self._wanted is None, False
        wanted, self._wanted = self.state() if renewed else self._wanted, None
        if wanted is not None and wanted.cursor is not None:
            self._lay_out(wanted.cursor, wanted.top)
        else:
            self._lay_out(None, 0)

    def _verdict(self, explanation: Explanation | None, complaint: str) -> list[Content]:
        width = max(self.app.size.width - 4, 20)
        if explanation is None:
            return [plain(f" {part}") for part in wrapped(complaint, width)]
        mark, tone = marks.VERDICTS.get(explanation.verdict, ("?", "maybe"))
        style = {"good": "bold $text-success", "bad": "bold $text-error", "maybe": "bold $text-warning"}[tone]
        lines = [plain(f" {part}", style) for part in wrapped(f"{mark} {explanation.headline}", width)]
        return [*lines, *(plain(f"   {part}") for part in wrapped(explanation.reason, width - 2) if explanation.reason)]

    def action_verify(self) -> None:
        if self._explanation is None or self._snapshot is None:
            self.say("there is no verdict yet to compare with AWS's")
        else:
            self._second.begin(self._snapshot, self._asked)

    def _lay_out(self, cursor: int | None, top: int) -> None:
        """Rows again; without a cursor it stands on the deciding layer."""
        table = self.query_one("#ladder", Table)
        if self._explanation is None:
            self._rows = []
        else:
            self._rows = ladder(self._explanation, self._asked, self._opened, self.app.size.width)
            if cursor is None and self._explanation.layers:
                cursor = row_of_layer(self._rows, self._explanation.layers[self._explanation.deciding].layer)
        table.show(Rows(self._rows, cells=lambda row: (row.pieces,), stops=lambda row: row.stop), cursor=cursor or 0, top=top)
        self.changed()

    def on_resize(self) -> None:
        if self._size_shown == self.app.size:
            return
        self._size_shown = self.app.size
        if self._explanation is not None:
            self.query_one("#verdict", Block).set(self._verdict(self._explanation, ""))
            self._second.draw()
            self._lay_out(self.query_one("#ladder", Table).cursor, self.query_one("#ladder", Table).top)
        self._show_inputs(self._focused is not None or not self._asked.complete)

    # What a place answers

    def settle(self) -> None:
        if self._asked.complete:
            self._leave_inputs()
        else:
            self._edit("principal" if not self._asked.principal else "action")

    def state(self) -> State:
        table = self.query_one("#ladder", Table)
        return State(cursor=table.cursor if self._rows else None, top=table.top, opened=self._opened)

    def mode(self) -> str:
        return "input" if self._focused is not None else ""

    def position(self) -> str:
        return rows_in_view(self.query_one("#ladder", Table).span)

    def copyable(self) -> str:
        if self._explanation is None:
            return ""
        lines = [self._asked.sentence(), self._explanation.headline, self._explanation.reason, *self._second.lines()]
        lines += ["".join(text for text, _ in row.pieces).rstrip() for row in self._rows]
        return "\n".join(lines)

    def question(self) -> Location:
        return self._asked.location()

    def ask_again(self) -> bool:
        self.action_edit()
        return True

    def out(self) -> bool:
        if self._focused is None:
            return False
        self._leave_inputs()
        return True

    # The inputs

    def _input(self, name: str) -> Input:
        return self.query_one(f"#ask-{name}", Input)

    @property
    def _focused(self) -> str | None:
        return next((name for name in INPUTS if self._input(name).has_focus), None)

    def _leave_inputs(self) -> None:
        self.remove_class("-completing")
        self._show_inputs(not self._asked.complete)
        self.take_focus(self.query_one("#ladder", Table))

    def _edit(self, name: str) -> None:
        self._show_inputs(True)
        self.take_focus(self._input(name))

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        name = (event.input.id or "").removeprefix("ask-")
        if getattr(self._asked, name) == event.value:
            return
        self._asked = msgspec.structs.replace(self._asked, **{name: event.value})
        self._renewed = False
        self._chosen = False
        self.changed(self._asked.location(), "Can…?")
        self._complete(name)
        self._ask()

    def on_descendant_focus(self) -> None:
        name = self._focused
        if name is None:
            self.remove_class("-completing")
        else:
            self._chosen = False
            self._complete(name)
        self.changed()

    def _complete(self, name: str) -> None:
        if self._snapshot is None:
            return
        text = self._input(name).value
        if name == "principal":
            found = completion.principals(self._snapshot, text)
        elif name == "action":
            found = completion.actions(text)
        elif name == "resource":
            found = completion.resources(self._snapshot, text)
        else:
            found = completion.context(self._last, text)
        self.set_class(completion.worth_showing(found, text), "-completing")
        self.query_one("#candidates", Table).show(Rows(found, cells=lambda each: (each,)))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._chosen:
            self._take()
        elif self._asked.complete:
            self._leave_inputs()
        else:
            self.action_next_input()

    def _take(self) -> bool:
        """Put the marked completion into the input; False where there is none."""
        name = self._focused
        value = self.query_one("#candidates", Table).value
        if name is None or value is None or not self.has_class("-completing"):
            return False
        box = self._input(name)
        if box.value == value:
            return False
        box.value = value
        box.cursor_position = len(value)
        return True

    @on(Table.Entered, "#candidates")
    def _clicked(self, message: Table.Entered) -> None:
        message.stop()
        self._take()

    def action_choose_next(self) -> None:
        if self.has_class("-completing"):
            self._chosen = True
            self.query_one("#candidates", Table).action_down()
        else:
            self._walk(1)

    def action_choose_previous(self) -> None:
        if self.has_class("-completing"):
            self._chosen = True
            self.query_one("#candidates", Table).action_up()
        else:
            self._walk(-1)

    def _walk(self, step: int) -> None:
        name = self._focused
        at = INPUTS.index(name) + step if name is not None else 0 if step > 0 else len(INPUTS) - 1
        if 0 <= at < len(INPUTS):
            self._edit(INPUTS[at])
        else:
            self._leave_inputs()

    def action_next_input(self) -> None:
        typed = self._focused is not None and bool(self._input(self._focused).value)
        if not ((typed or self._chosen) and self._take()):
            self._walk(1)

    def action_previous_input(self) -> None:
        self._walk(-1)

    def action_edit(self) -> None:
        self._edit("action")

    def action_edit_context(self) -> None:
        self._edit("context")

    # The ladder

    @on(Table.Entered, "#ladder")
    def _enter(self, message: Table.RowMessage) -> None:
        row = message.value
        if not isinstance(row, LadderRow):
            return
        if row.target is not None:
            self.walk_to(*row.target)
        elif row.opens:
            self._set_open(row, not row.open)
        elif row.key:
            self.say("this layer has no statements to show")

    @on(Table.Opened, "#ladder")
    def _open(self, message: Table.Opened) -> None:
        row = message.value
        if isinstance(row, LadderRow) and row.opens and not row.open:
            self._set_open(row, True)
        elif isinstance(row, LadderRow) and row.opens:
            self.query_one("#ladder", Table).action_down()
        else:
            self._enter(message)

    @on(Table.Closed, "#ladder")
    def _close(self, message: Table.Closed) -> None:
        row = message.value
        if isinstance(row, LadderRow) and row.open:
            self._set_open(row, False)

    def _set_open(self, row: LadderRow, is_open: bool) -> None:
        self._opened = self._opened | {row.key} if is_open else self._opened - {row.key}
        table = self.query_one("#ladder", Table)
        self._lay_out(table.cursor, table.top)

    @on(Table.Moved)
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        self.changed()
