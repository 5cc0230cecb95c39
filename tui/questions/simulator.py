"""AWS's own simulator behind the source that is open: whom the Question screen asks for a second opinion, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.simulated import Asked, Opinion


class Simulator:
    """`source` says what is open just now; with `offline` nobody is asked."""

    def __init__(self, source: Callable[[], str], *, offline: bool) -> None:
        self._source = source
        self._offline = offline
        self._checked: tuple[str, str] | None = None

    def why_not(self) -> str:
        """Why this source gives no second opinion; empty where it does. Looked up once for a source."""
        source = self._source()
        if self._checked is None or self._checked[0] != source:
            self._checked = source, self._reason(source)
        return self._checked[1]

    def _reason(self, source: str) -> str:
        if self._offline:
            return "a second opinion asks AWS, and --offline asks nobody"
        from adapters import second_opinion

        try:
            second_opinion.check(source)
        except UserError as error:
            return error.what  # a notice is one line of a narrow screen
        return ""

    def __call__(self, asked: Asked) -> Opinion:
        """What it says. Raises UserError where it says nothing; for the background."""
        if reason := self.why_not():
            raise UserError(reason)
        from adapters import second_opinion

        return second_opinion.ask(self._source(), asked)
