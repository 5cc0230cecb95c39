"""The statement beside the ladder: `tui.beside` drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.beside import statement_lines
from tui.line import Block
from tui.plain import joined

if TYPE_CHECKING:
    from whygate.explain import StatementReport
    from whygate.snapshot import Snapshot

STYLES = {
    "": "",
    "strong": "bold",
    "dim": "$text-muted",
    "good": "$text-success",
    "bad": "$text-error",
    "maybe": "$text-warning",
    "key": "$text-primary",
    "string": "",
    "number": "$text-accent",
}


class StatementBlock(Block):
    """Shows one statement, or nothing; the same again costs nothing."""

    DEFAULT_CSS = "StatementBlock { height: 1fr; width: 1fr; padding: 0 0 0 2; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[int, StatementReport | None, int] | None = None

    def show(self, snapshot: Snapshot, report: StatementReport | None, width: int) -> None:
        """The statement of `report` on lines of `width` cells."""
        wanted = (id(snapshot), report, width)
        if wanted == self._shown:
            return
        self._shown = wanted
        lines = statement_lines(snapshot, report, width) if report is not None else []
        self.set([joined(*((text, STYLES.get(tone, "")) for text, tone in line)) if line else Content("") for line in lines])
