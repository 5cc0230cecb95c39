"""Denials read and answered off the event loop: first what a text holds, then the answers, some at a time. The latest text wins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from tui.background.thread import in_background
from whygate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whygate.denial import Denial
    from whygate.denial_answer import Answer
    from whygate.snapshot import Snapshot

LONGEST = 8_000_000  # characters; a log that is longer is for the command line
EVERY = 0.2  # seconds of answering between two messages


class Posted(Message):
    """From the reading of a generation; the messages below are siblings, because a handler also gets subclasses."""

    def __init__(self, generation: int) -> None:
        super().__init__()
        self.generation = generation


class Read(Posted):
    """What a text holds; without denials `complaint` says in a line what is the matter."""

    def __init__(self, generation: int, denials: Sequence[Denial], complaint: str = "") -> None:
        super().__init__(generation)
        self.denials, self.complaint = denials, complaint


class Answered(Posted):
    """Answers to the denials from number `start` on."""

    def __init__(self, generation: int, start: int, answers: Sequence[Answer]) -> None:
        super().__init__(generation)
        self.start, self.answers = start, answers


class Faulted(Message):
    """A fault of the program in the background; raised again where the event loop reports it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Reader:
    """Posts `Read` and `Answered` to its receiver, `Faulted` for a fault. A reading that a later one overtook ends early."""

    def __init__(self, receiver: Widget) -> None:
        self._receiver = receiver
        self._generation = 0

    def read(self, text: str, snapshot: Snapshot | None) -> None:
        """Read a text, and answer what it holds beside an account, or where there is none by what the messages say."""
        self._generation += 1
        generation = self._generation

        def work() -> None:
            try:
                self._work(generation, text, snapshot)
            except Exception as error:
                self._receiver.post_message(Faulted(error))

        in_background(work)

    def forget(self) -> None:
        """What is on its way comes too late."""
        self._generation += 1

    def is_late(self, message: Posted) -> bool:
        return message.generation != self._generation

    def _work(self, generation: int, text: str, snapshot: Snapshot | None) -> None:
        from whygate import denials
        from whygate.denial_answer import answer

        try:
            if len(text) > LONGEST:
                what = f"more than {LONGEST // 1_000_000} million characters"
                raise UserError(what, todo="give it to the command line: whygate explain - SOURCE < FILE")
            found = denials.read(text)
        except UserError as error:
            self._receiver.post_message(Read(generation, (), str(error)))
            return
        self._receiver.post_message(Read(generation, found))
        start, answers = 0, []
        began = time.monotonic()
        for denial in found:
            if generation != self._generation:
                return
            answers.append(answer(denial, snapshot))
            if time.monotonic() - began > EVERY:
                self._receiver.post_message(Answered(generation, start, answers))
                start, answers, began = start + len(answers), [], time.monotonic()
        self._receiver.post_message(Answered(generation, start, answers))
