"""A second opinion on a question, asked off the event loop. What is asked and what it means is in `whygate.second_opinion`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from tui.background.thread import in_background
from tui.plain import plain, wrapped
from tui.questions.asking import Faulted, Question, answer
from tui.widgets.line import Block
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.second_opinion import SecondOpinion
    from whygate.simulated import Asked, Opinion
    from whygate.snapshot import Snapshot

Ask = Callable[["Asked"], "Opinion"]


class Verified(Message):
    """`found` is None where there is no second opinion; then `complaint` says why in one line."""

    def __init__(self, generation: int, found: SecondOpinion | None, complaint: str) -> None:
        super().__init__()
        self.generation, self.found, self.complaint = generation, found, complaint


class SecondOpinionBlock(Block):
    """Asks through `ask` when it is told to, and shows what came; nothing where nobody asked. What comes for a question that is no
    longer there is dropped.
    """

    def __init__(self, ask: Ask, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ask = ask
        self._generation = 0
        self._shown: SecondOpinion | str = ""
        self.display = False

    def begin(self, snapshot: Snapshot, question: Question) -> None:
        """Ask about this question; the answer, or why there is none, comes by itself."""
        self._generation += 1
        self._show("asking AWS's policy simulator …")
        generation, ask = self._generation, self._ask

        def work() -> None:
            try:
                self.post_message(Verified(generation, _verified(snapshot, question, ask), ""))
            except UserError as error:
                self.post_message(Verified(generation, None, str(error)))
            except Exception as error:
                self.post_message(Faulted(error))

        in_background(work)

    def forget(self) -> None:
        """The question or the data changed: an opinion on what was before says nothing."""
        self._generation += 1
        self._show("")

    @on(Verified)
    def _came(self, message: Verified) -> None:
        message.stop()
        if message.generation == self._generation:
            self._show(message.found or message.complaint)

    def lines(self) -> list[str]:
        """What it says, a sentence a line."""
        if isinstance(self._shown, str):
            return [self._shown] if self._shown else []
        from whygate import second_opinion

        return [second_opinion.headline(self._shown), *second_opinion.lines(self._shown)]

    def _show(self, shown: SecondOpinion | str) -> None:
        self._shown = shown
        self.draw()

    def draw(self) -> None:
        """Lay the lines out for the width that there is now."""
        width = max(self.app.size.width - 6, 20)
        head, *more = self.lines() or [""]
        below = [plain(f"   {part}") for line in more for part in wrapped(line, width)]
        self.set([*(plain(f" {part}") for part in wrapped(head, width)), *below])
        self.display = bool(head)


def _verified(snapshot: Snapshot, question: Question, ask: Ask) -> SecondOpinion:
    from whygate import second_opinion
    from whygate.explain import explain

    verdict = answer(snapshot, question)
    return second_opinion.consult(verdict, explain(verdict), ask, snapshot.source.collected_at or "")
