"""Questions put to `whygate` off the event loop: one at a time for each asker, the latest wins, and the last answers are kept."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import msgspec
from textual.message import Message
from textual.widget import Widget

from tui.background.thread import in_background
from tui.location import Location
from tui.questions import context, options
from whygate.errors import UserError

if TYPE_CHECKING:
    from argparse import Namespace

    from whygate.evaluate import Verdict
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

KEPT = 16


class Question(msgspec.Struct, frozen=True):
    """What is asked, as typed. The fields after `context` are the options of `whygate can`, under its own names and with its own
    values; empty is as if the option were not there."""

    principal: str = ""
    action: str = ""
    resource: str = ""
    context: str = ""
    uncollected: str = ""
    missing_context: str = ""
    resource_account: str = ""
    credential: str = ""
    session_policy: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.principal.strip() and self.action.strip())

    def location(self) -> Location:
        return Location("question").with_query(**self.query())

    def query(self) -> dict[str, str]:
        """What the query of a location holds of a question."""
        return msgspec.structs.asdict(self)

    def sentence(self) -> str:
        """`mateojackson can textract:DetectDocumentText on *`; of an unfinished question what there is. What is assumed is said."""
        given = f" with {self.context}" if self.context else ""
        target = f" on {self.resource}" if self.resource else ""
        said = options.said(self)
        return f"{self.principal} can {self.action}{target}{given}" + (f", {said}" if said else "")

    def command(self) -> tuple[str, ...]:
        """The words of the command line that ask the same; SOURCE stands for the source. Empty where the question is not complete."""
        if not self.complete:
            return ()
        words = ["can", "SOURCE", self.principal.strip(), self.action.strip(), *([self.resource.strip()] if self.resource.strip() else [])]
        try:
            given = [part for word in context.words(self.context) for part in ("--context", word)]
            return (*words, *given, *options.flags(self))
        except UserError:  # what cannot be read cannot be asked either
            return ()


def question_of(location: Location) -> Question:
    """The question in the query of a location; not complete where the location is not under a question."""
    return Question(*(location.value(name) for name in Question.__struct_fields__))


def of_options(parsed: Namespace) -> Question:
    """The question of a parsed `can` of the command line. Raises UserError for a context that cannot be read."""
    from whygate.context import parse_given

    question = Question(parsed.principal, parsed.action, parsed.resource, context.written(parse_given(parsed.context or [])))
    return msgspec.structs.replace(question, **options.of(parsed))


def of_command(parsed: Namespace) -> Question:
    """The question that the parsed words of `can` ask. Raises UserError for a context that cannot be read."""
    from whygate.context import parse_given

    return Question(
        parsed.principal,
        parsed.action,
        parsed.resource,
        context.written(parse_given(parsed.context)),
        "" if parsed.uncollected == "unknown" else parsed.uncollected,
        "" if parsed.missing_context == "unknown" else parsed.missing_context,
        parsed.resource_account or "",
        parsed.credential,
        shlex.join(parsed.session_policy or ()),
    )


def answer(snapshot: Snapshot, question: Question) -> Verdict:
    """The verdict of `whygate` on a question. Raises UserError for what cannot be asked."""
    from whygate.question import ask

    given = context.read(question.context)
    how = options.read(question)
    return ask(snapshot, question.principal.strip(), question.action.strip(), question.resource.strip(), given, how)


class Answered(Message):
    """`explanation` is None where the question could not be answered; then `complaint` says why in one line."""

    def __init__(self, generation: int, question: Question, explanation: Explanation | None, complaint: str) -> None:
        super().__init__()
        self.generation, self.question, self.explanation, self.complaint = generation, question, explanation, complaint


class Faulted(Message):
    """A fault of the program in the background; raised again where the event loop reports it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Asker:
    """Answers at once what was answered a moment ago, else posts `Answered` to its receiver. While one question is being
    answered, of those that come in only the last is kept.
    """

    def __init__(self, receiver: Widget) -> None:
        self._receiver = receiver
        self._generation = 0
        self._busy = False
        self._next: tuple[Snapshot, Question] | None = None

    def ask(self, snapshot: Snapshot, question: Question) -> Explanation | None:
        """The answer where it is known already; else None, and an `Answered` follows."""
        self._generation += 1
        self._next = None
        kept = _recalled(snapshot, question)
        if kept is None and self._busy:
            self._next = (snapshot, question)
        elif kept is None:
            self._start(snapshot, question)
        return kept

    def accept(self, message: Answered) -> bool:
        """To be called once for each answer: starts what waited. False for an answer that came too late."""
        self._busy = False
        if self._next is not None:
            waiting, self._next = self._next, None
            self._start(*waiting)
        return message.generation == self._generation

    def _start(self, snapshot: Snapshot, question: Question) -> None:
        self._busy = True
        generation, receiver = self._generation, self._receiver

        def work() -> None:
            try:
                receiver.post_message(_answer(generation, snapshot, question))
            except Exception as error:
                receiver.post_message(Faulted(error))

        in_background(work)


_recent: list[tuple[Snapshot, Question, Explanation]] = []


def _recalled(snapshot: Snapshot, question: Question) -> Explanation | None:
    # A copy, because threads append to the list.
    return next((answer for whose, what, answer in list(_recent) if whose is snapshot and what == question), None)


def _answer(generation: int, snapshot: Snapshot, question: Question) -> Answered:
    from whygate.explain import explain

    try:
        explanation = explain(answer(snapshot, question))
    except UserError as error:
        return Answered(generation, question, None, str(error))
    if not question.session_policy:  # a file may be another one the next time
        _recent.append((snapshot, question, explanation))
        del _recent[:-KEPT]
    return Answered(generation, question, explanation, "")
