"""Denials as rows: a line each, and below an open one what AWS said, the request, and our verdict beside it. Pure; every sentence comes
from `whygate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.location import Location, Target
from tui.plain import fit, wrapped
from tui.questions import context
from tui.questions.asking import Question
from tui.rows import marks
from tui.rows.cells import Piece
from whygate import denial_render
from whygate.arn import split

if TYPE_CHECKING:
    from tui.documents.links import Links
    from whygate.denial import Denial
    from whygate.denial_answer import Answer

LABEL_WIDTH = 11
INDENT = 4
HEAD_WIDTH = 46
WIDE_HEAD_WIDTH = 70
WIDE = 120
_LINKED = ("principal", "resource", "policy")


class Item(msgspec.Struct, frozen=True):
    """A denial of a text, and its answer once there is one."""

    denial: Denial
    answer: Answer | None = None


class DeniedRow(msgspec.Struct, frozen=True):
    """A row of denial `number`. Its first row has the `item` itself and is drawn from it when it is in view: a log may hold thousands.
    `leads` is where Enter goes from the others."""

    number: int
    item: Item | None = None
    open: bool = False
    pieces: tuple[Piece, ...] = ()
    leads: Target | None = None
    stop: bool = True
    text: str = ""

    @property
    def opens(self) -> bool:
        """Whether it is the row that opens the denial."""
        return self.item is not None

    @property
    def copied(self) -> str:
        return self.item.denial.text if self.item is not None else self.text

    @property
    def target(self) -> Target | None:
        return _target(self.item) if self.item is not None else self.leads

    def drawn(self, width: int) -> tuple[Piece, ...]:
        """The pieces of the row on a screen of `width` cells."""
        return _head(self.item, self.open, width) if self.item is not None else self.pieces


def key_of(number: int) -> str:
    """The name of a denial among those of a text, for the set of open ones."""
    return str(number)


def rows(items: Sequence[Item], opened: frozenset[str], width: int, links: Links | None = None) -> list[DeniedRow]:
    """The rows for a table of `width` cells."""
    found: list[DeniedRow] = []
    for number, item in enumerate(items):
        is_open = key_of(number) in opened
        found.append(DeniedRow(number, item, is_open))
        if is_open:
            found += _lines(item, number, width - 2, links)
    return found


def question_of(answer: Answer | None) -> Question | None:
    """The question that a denial became; None where it could not become one."""
    if answer is None or answer.asked is None:
        return None
    asked = answer.asked
    return Question(asked.principal, asked.action, asked.resource, context.written(asked.context), credential=asked.credential)


def _target(item: Item) -> Target | None:
    question = question_of(item.answer)
    return (question.location(), "Can…?") if question is not None else None


def _head(item: Item, is_open: bool, width: int) -> tuple[Piece, ...]:
    denial = item.denial
    times = f" ×{denial.times:,}" if denial.times > 1 else ""
    text = f"{'▾' if is_open else '▹'} {_who(denial)} {denial.action or denial.operation or 'an action that is not named'}{times}"
    room = WIDE_HEAD_WIDTH if width >= WIDE else HEAD_WIDTH
    mark, tone = ("…", "dim") if item.answer is None else _mark(item.answer)
    said = "" if item.answer is None else denial_render.brief(item.answer)
    return (fit(text, room) + "  ", "strong"), (f"{mark} {said}", tone)


def _who(denial: Denial) -> str:
    named = split(denial.principal or "")
    if named is None:
        return denial.principal or "somebody"
    return named.resource.partition("/")[2] or named.resource


def _mark(answer: Answer) -> tuple[str, str]:
    if answer.explanation is None:
        return "–", "dim"
    return marks.VERDICTS.get(answer.explanation.verdict, ("?", "maybe"))


def _lines(item: Item, number: int, room: int, links: Links | None) -> list[DeniedRow]:
    answer, target = item.answer, _target(item)
    found: list[DeniedRow] = []

    def add(label: str, text: str, tone: str = "") -> None:
        leads = links.target(text) if links is not None and label in _LINKED else None
        for at, part in enumerate(wrapped(text, max(room - INDENT - LABEL_WIDTH, 20))):
            head = " " * INDENT + fit("" if at else label, LABEL_WIDTH)
            value: Piece = (part, tone or "link", leads) if leads is not None else (part, tone)
            found.append(DeniedRow(number, None, False, ((head, "dim"), value), leads or target, not at, text))

    if answer is not None:
        add("AWS said", answer.advice.said)
        if answer.explanation is not None:
            mark, tone = _mark(answer)
            add("here", f"{mark} {answer.explanation.headline}", tone)
            if answer.explanation.reason:
                add("", answer.explanation.reason)
        if answer.problem:
            add("no verdict", answer.problem, "maybe")
        if answer.agreement:
            add("so", denial_render.AGREEMENTS[answer.agreement], "strong")
        for remark in answer.remarks:
            add("", remark)
    for name, value in denial_render.rows(answer.denial if answer is not None else item.denial):
        add(name, value)
    if answer is not None:
        add("whose job", answer.advice.owner)
        add("ask for", answer.advice.ask)
        for note in answer.denial.notes:
            add("inferred", note)
    return found


def questions(items: Sequence[Item], number: int) -> Location:
    """The question of one denial, empty where it has none."""
    asked = question_of(items[number].answer) if 0 <= number < len(items) else None
    return asked.location() if asked is not None else Location("question")
