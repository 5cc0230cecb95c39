"""Can this principal do this? The inputs, the verdict, and the ladder of layers that led to it; all of it from `whygate`.

Every change asks again. An answer that a later change has overtaken is dropped. The condition keys of the answer are set in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size

from tui import actions
from tui.location import Location, State, Visit
from tui.place import Place, rows_in_view
from tui.plain import plain, wrapped
from tui.questions import options
from tui.questions.asking import Answered, Asker, Faulted, Question, question_of
from tui.questions.simulator import Simulator
from tui.questions.verifying import SecondOpinionBlock
from tui.report import Report, Section
from tui.rows import marks
from tui.rows.ladder import because, headline
from tui.widgets.inputs import HINTS, Inputs
from tui.widgets.ladder_view import LadderView
from tui.widgets.line import Block

if TYPE_CHECKING:
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

TALL = 32  # rows from which on the inputs stay in sight


class QuestionPlace(Place):
    """A question as a location's query holds it (`tui.questions.asking`); editing it changes the location and takes no step."""

    scope = "question"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("question")

    def __init__(self, simulator: Simulator) -> None:
        """`simulator` is who is asked for a second opinion."""
        super().__init__(id="question")
        self._snapshot: Snapshot | None = None
        self._asked = Question()
        self._explanation: Explanation | None = None
        self._wanted: State | None = None
        self._renewed = False
        self._size_shown: Size | None = None
        self._asker = Asker(self)
        self._inputs = Inputs(id="inputs")
        self._second = SecondOpinionBlock(simulator, id="second")
        self._simulator = simulator
        self._ladder = LadderView(id="ladder-view")

    def compose(self) -> ComposeResult:
        yield Block(id="sentence")
        yield self._inputs
        yield Block(id="verdict")
        yield self._second
        yield self._ladder

    # The model

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        self._inputs.show(snapshot, question_of(visit.location))
        self._snapshot = snapshot
        self._asked = question_of(visit.location)
        self._wanted, self._renewed = visit.state, False
        self._explanation = None
        self._ladder.begin(visit.state.opened or frozenset())
        self._show_inputs(not self._asked.complete)
        self._ask()

    def renew(self, snapshot: Snapshot) -> None:
        """The same question again; the answer so far stays until there is another one, and so does what is being typed."""
        self._snapshot = snapshot
        self._inputs.know(snapshot, self._explanation)
        if self._asked.complete:
            self._renewed = True
            self._ask()

    def _show_inputs(self, editing: bool) -> None:
        """A low terminal has the question on one line while nobody edits it, so that the ladder and the misses fit."""
        before, self._inputs.display = self._inputs.display, editing or self.app.size.height >= TALL
        self.set_class(self._inputs.display, "-inputs")
        if self._inputs.display is not before:
            self.refresh()
        self._show_sentence()

    def _show_sentence(self) -> None:
        sentence = self.query_one("#sentence", Block)
        sentence.display = not self._inputs.display
        sentence.set([plain(f" {part}", "bold") for part in wrapped(self._asked.sentence(), max(self.app.size.width - 2, 20))])

    def _change(self, question: Question) -> None:
        """Ask another question here."""
        self._asked = question
        self._renewed = False
        self.changed(question.location(), "Can…?")
        self._ask()

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
        if explanation is not None and self._snapshot is not None:
            self._inputs.know(self._snapshot, explanation)
        before = self._heights
        self.query_one("#verdict", Block).set(self._verdict(complaint))
        self._show_sentence()
        if self._heights != before:  # all below moves; Textual leaves stale cells where a layout and a scroll come together
            self.refresh()
        renewed, self._renewed = self._renewed and self._wanted is None, False
        wanted, self._wanted = self._ladder.state() if renewed else self._wanted, None
        if self._snapshot is not None:
            self._ladder.show(self._snapshot, explanation, self._asked, wanted)
        self.changed()

    @property
    def _heights(self) -> tuple[int, ...]:
        return tuple(self.query_one(name, Block).text.count("\n") for name in ("#sentence", "#verdict"))

    def _verdict(self, complaint: str) -> list[Content]:
        width = max(self.app.size.width - 4, 20)
        explanation = self._explanation
        if explanation is None:
            return [plain(f" {part}") for part in wrapped(complaint, width)]
        mark, tone = marks.VERDICTS.get(explanation.verdict, ("?", "maybe"))
        style = {"good": "bold $text-success", "bad": "bold $text-error", "maybe": "bold $text-warning"}[tone]
        lines = [plain(f" {part}", style) for part in wrapped(f"{mark} {headline(explanation)}", width)]
        reason, assumed = because(explanation), options.said(self._asked)
        lines += [plain(f"   {part}") for part in wrapped(reason, width - 2) if reason]
        if assumed and self._inputs.display:  # else the sentence above says it
            lines += [plain(f"   {part}", style) for part in wrapped(assumed, width - 2)]
        return lines

    def on_resize(self) -> None:
        if self._size_shown == self.app.size:
            return
        self._size_shown = self.app.size
        self._show_inputs(self._inputs.focused is not None or not self._asked.complete)
        if self._explanation is not None:
            self.query_one("#verdict", Block).set(self._verdict(""))
            self._second.draw()
        self._ladder.draw()

    # What a place answers

    def settle(self) -> None:
        if self._asked.complete:
            self._leave_inputs()
        else:
            self._edit("principal" if not self._asked.principal else "action")

    def state(self) -> State:
        return self._ladder.state()

    def mode(self) -> str:
        return "value" if self._ladder.editing else "input" if self._inputs.focused is not None else ""

    def position(self) -> str:
        return rows_in_view(self._ladder.table.span)

    def copyable(self) -> str:
        if self._explanation is None:
            return ""
        lines = [self._asked.sentence(), headline(self._explanation), because(self._explanation), *self._second.lines()]
        return "\n".join([*lines, *self._ladder.lines()])

    def command(self) -> tuple[str, ...]:
        return self._asked.command()

    def report(self) -> Report | None:
        if self._explanation is None:
            return None
        from whygate import render

        sections = [Section(markdown=render.markdown(self._explanation))]
        if said := options.said(self._asked):
            sections.insert(0, Section(lines=[said]))
        if second := self._second.lines():
            sections.append(Section(heading="second opinion", lines=second))
        asked = {name: text for name, text in self._asked.query().items() if text}
        return Report(self._asked.sentence(), sections, {"question": asked, **render.data(self._explanation)})

    def question(self) -> Location:
        return self._asked.location()

    def ask_again(self) -> bool:
        self.action_edit()
        return True

    def why_not(self, action: str) -> str:
        if action == "edit_value":
            return "" if self._ladder.key is not None else "no statement asked for a condition key"
        if action == "way" and self._explanation is None:
            return "there is no verdict yet to draw"
        if action == "way" and not self._asked.complete:
            return "there is no way yet: the question is not complete"
        if action == "verify":
            return self._simulator.why_not() if self._explanation is not None else "there is no verdict yet to compare with AWS's"
        if action == "assume_none" and not self._asked.uncollected and self._explanation is not None:
            missing = any(not layer.collected for layer in self._explanation.layers)
            unknown = any(each.kind == "layer" for each in self._explanation.unknowns)
            return "" if missing or unknown else "every layer of this question was collected"
        return ""

    def out(self) -> bool:
        if self._ladder.editing:
            self._ladder.give_up()
        elif self._inputs.focused is not None:
            self._leave_inputs()
        else:
            return False
        return True

    # The inputs

    @on(Inputs.Edited)
    def _edited(self, message: Inputs.Edited) -> None:
        message.stop()
        if message.complaint:
            self._explain(None, message.complaint)
        else:
            self._change(message.question)

    @on(Inputs.Moved)
    def _input_moved(self, message: Inputs.Moved) -> None:
        message.stop()
        self.changed()

    @on(Inputs.Left)
    def _leave_inputs(self) -> None:
        if self._explanation is None and self._snapshot is not None and self._asked.complete:  # what could not be read is dropped
            self._inputs.show(self._snapshot, self._asked)
            self._ask()
        self._show_inputs(not self._asked.complete)
        self.take_focus(self._ladder.table)

    def _edit(self, name: str) -> None:
        self._show_inputs(True)
        self.take_focus(self._inputs.box(name))

    def action_edit(self) -> None:
        self._edit("action")

    def action_edit_context(self) -> None:
        self._edit("context")
        self._inputs.add_to("context")

    def action_edit_options(self) -> None:
        self._edit("options")
        self._inputs.add_to("options")

    def action_assume_none(self) -> None:
        self._set(uncollected="" if self._asked.uncollected else "none")

    def action_assume_absent(self) -> None:
        self._set(missing_context="" if self._asked.missing_context else "absent")

    def _set(self, **values: str) -> None:
        if self._snapshot is not None:
            question = msgspec.structs.replace(self._asked, **values)
            self._inputs.show(self._snapshot, question)
            self._change(question)

    def action_verify(self) -> None:
        if self._explanation is not None and self._snapshot is not None:
            self._second.begin(self._snapshot, self._asked)

    def action_way(self) -> None:
        self.walk_to(Location("way", "", self._asked.location().query), "way")

    # The ladder

    def action_edit_value(self) -> None:
        self._ladder.edit_value()

    @on(LadderView.SetContext)
    def _set_context(self, message: LadderView.SetContext) -> None:
        message.stop()
        self._wanted = self._ladder.state()
        self._set(context=message.text)

    @on(LadderView.Walk)
    def _walk(self, message: LadderView.Walk) -> None:
        message.stop()
        self.walk_to(*message.target)

    @on(LadderView.Said)
    def _said(self, message: LadderView.Said) -> None:
        message.stop()
        self.say(message.text)

    @on(LadderView.Moved)
    def _moved(self, message: LadderView.Moved) -> None:
        message.stop()
        self.changed()
