"""The inputs of a question, one a line, with what each may be completed to below the one that is typed in. It asks nobody anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui import actions
from tui.background.thread import in_background
from tui.plain import plain
from tui.questions import completion, options
from tui.questions.asking import Question
from tui.rows.cells import Rows
from tui.widgets.entry import Entry
from tui.widgets.line import Line
from tui.widgets.table import Table
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

HINTS = {
    "principal": "a user or role by name or ARN, a session, root, a service, or *",
    "action": "service:Action, as in textract:DetectDocumentText",
    "resource": "an ARN, * for a call that takes none, or empty for whichever it takes",
    "context": "key=value, key= is empty, key! is surely absent",
    "options": "uncollected=none, missing-context=absent, credential=console …",
}
NAMES = tuple(HINTS)


class Inputs(Widget):
    """Posts `Edited` at every change, `Left` when somebody wants out of the last one, and `Moved` when another one is typed in."""

    DEFAULT_CSS = """
    Inputs { height: auto; width: 1fr; layout: vertical; }
    Inputs .input-row { height: 1; }
    Inputs .label { width: 12; }
    Inputs Input { height: 1; width: 1fr; border: none; padding: 0 1; background: $surface; }
    Inputs #candidates { display: none; height: 5; margin: 0 0 0 12; background: $surface; }
    Inputs.-completing #candidates { display: block; }
    """
    BINDINGS = actions.bindings("input")

    class Edited(Message):
        """The question as it is typed by now; `complaint` says in a line what of it cannot be read, and then it is as before."""

        def __init__(self, question: Question, complaint: str) -> None:
            super().__init__()
            self.question, self.complaint = question, complaint

    class Left(Message):
        """Somebody is done with the inputs."""

    class Moved(Message):
        """Another input has the focus, or none any longer."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._explanation: Explanation | None = None
        self._question = Question()
        self._chosen = False

    def compose(self) -> ComposeResult:
        for name in NAMES:
            with Horizontal(classes="input-row"):
                yield Line(id=f"label-{name}", classes="label")
                box = Entry(id=f"ask-{name}", placeholder=HINTS[name], compact=True, select_on_focus=False)
                box.cursor_blink = False
                yield box
        yield Table(id="candidates")

    def on_mount(self) -> None:
        for name in NAMES:
            self.query_one(f"#label-{name}", Line).set(plain(f" {name}", "$text-muted"))
        self._candidates.can_focus = False

    # What is shown

    def show(self, snapshot: Snapshot, question: Question) -> None:
        """Put a question into the inputs; that is no edit. Raises UserError for one that cannot be written."""
        texts = {**question.query(), "options": options.written(question)}
        self._snapshot, self._question = snapshot, question
        for name in NAMES:
            box = self.box(name)
            if box.value != texts[name]:
                with box.prevent(Input.Changed):
                    box.value = texts[name]
            box.cursor_position = len(box.value)

    def know(self, snapshot: Snapshot, explanation: Explanation | None) -> None:
        """What there is to complete from: an account, and the answer so far."""
        self._snapshot, self._explanation = snapshot, explanation

    def add_to(self, name: str) -> None:
        """Have a blank behind what stands in a line of several words, so that the next one can be typed."""
        box = self.box(name)
        if box.value and not box.value.endswith(" "):
            with box.prevent(Input.Changed):
                box.value += " "
            box.cursor_position = len(box.value)

    def box(self, name: str) -> Input:
        return self.query_one(f"#ask-{name}", Input)

    @property
    def _candidates(self) -> Table:
        return self.query_one("#candidates", Table)

    @property
    def focused(self) -> str | None:
        """The name of the input that is typed in."""
        return next((name for name in NAMES if self.box(name).has_focus), None)

    def edit(self, name: str) -> None:
        """Type in this one."""
        self.screen.set_focus(self.box(name))

    # Typing

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        name = (event.input.id or "").removeprefix("ask-")
        complaint = ""
        question = self._question
        try:
            fields = options.parse(event.value) if name == "options" else {name: event.value}
            question = msgspec.structs.replace(question, **fields)
        except UserError as error:
            complaint = str(error)
        if question == self._question and not complaint and name != "options":
            return
        self._question = question
        self._chosen = False
        self._complete(name)
        self.post_message(self.Edited(question, complaint))

    def on_descendant_focus(self) -> None:
        name = self.focused
        if name is not None:
            self._chosen = False
            if name == "principal":
                self._look_for_others()
            self._complete(name)
        self.post_message(self.Moved())

    def on_descendant_blur(self) -> None:
        self.remove_class("-completing")
        self.post_message(self.Moved())

    def _look_for_others(self) -> None:
        snapshot = self._snapshot
        if snapshot is not None:
            in_background(lambda: completion.look_for_others(snapshot))

    def _complete(self, name: str) -> None:
        if self._snapshot is None:
            return
        text = self.box(name).value
        if name == "principal":
            found = completion.principals(self._snapshot, text)
        elif name == "action":
            found = completion.actions(text)
        elif name == "resource":
            found = completion.resources(self._snapshot, text)
        elif name == "context":
            found = completion.context(self._explanation, text)
        else:
            found = completion.options(self._snapshot, text)
        self.set_class(completion.worth_showing(found, text), "-completing")
        self._candidates.show(Rows(found, cells=lambda each: (each,)))

    def _take(self) -> bool:
        """Put the marked completion into the input; False where there is none."""
        name = self.focused
        value = self._candidates.value
        if name is None or value is None or not self.has_class("-completing"):
            return False
        box = self.box(name)
        if box.value == value:
            return False
        box.value = value
        box.cursor_position = len(value)
        return True

    @on(Table.Moved, "#candidates")
    def _pointed(self, message: Table.Moved) -> None:
        message.stop()

    @on(Table.Entered, "#candidates")
    def _clicked(self, message: Table.Entered) -> None:
        message.stop()
        self._take()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._chosen:
            self._take()
        elif self._question.complete:
            self.post_message(self.Left())
        else:
            self.action_next_input()

    # Keys

    def action_choose_next(self) -> None:
        if self.has_class("-completing"):
            self._chosen = True
            self._candidates.action_down()
        else:
            self._walk(1)

    def action_choose_previous(self) -> None:
        if self.has_class("-completing"):
            self._chosen = True
            self._candidates.action_up()
        else:
            self._walk(-1)

    def action_next_input(self) -> None:
        typed = self.focused is not None and bool(self.box(self.focused).value)
        if not ((typed or self._chosen) and self._take()):
            self._walk(1)

    def action_previous_input(self) -> None:
        self._walk(-1)

    def _walk(self, step: int) -> None:
        name = self.focused
        at = NAMES.index(name) + step if name is not None else 0 if step > 0 else len(NAMES) - 1
        if 0 <= at < len(NAMES):
            self.edit(NAMES[at])
        else:
            self.post_message(self.Left())
