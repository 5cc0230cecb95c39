"""A resource: what it is, its tags, its policy and whom that names, which identity-based policies reach it, which actions take it.

What may be done with it is not said here: Enter on an action opens the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from tui import actions
from tui.background.thread import in_background
from tui.location import Location, Visit
from tui.report import Report, Section
from tui.rows.tree import flat, outline
from tui.screens.tree_place import TreePlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.rows.tree import Node
    from whygate.named import Naming
    from whygate.snapshot import Snapshot

KEPT = 8


class ResourcePlace(TreePlace):
    """The location's id is the ARN; it may also be of a resource that is not in the source, but named in its policies. Which policies
    name it is looked for in the background, and kept for the way back."""

    scope = "resource"
    BINDINGS = actions.bindings("resource")

    class Looked(Message):
        """The identity-based policies that reach a resource."""

        def __init__(self, generation: int, naming: Sequence[Naming]) -> None:
            super().__init__()
            self.generation, self.naming = generation, naming

    class Faulted(Message):
        """A fault of the program in the background; raised again where the event loop reports it."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__(id="resource")
        self._arn = ""
        self._naming: Sequence[Naming] | None = None
        self._known: list[tuple[Snapshot, str, Sequence[Naming]]] = []
        self._generation = 0

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        from tui.rows.resource_nodes import AT_FIRST
        from whygate.resource_kinds import checked

        arn = checked(visit.location.id)
        self._take(snapshot, arn)
        self.plant(self._grown(), visit.state, AT_FIRST)
        self._look()

    def renew(self, snapshot: Snapshot) -> None:
        before = self._naming
        self._take(snapshot, self._arn)
        self._naming = self._naming if self._naming is not None else before  # until there is another answer
        self.replant(self._grown())
        self._look()

    def _take(self, snapshot: Snapshot, arn: str) -> None:
        self._generation += 1
        self.take_snapshot(snapshot)
        self._arn = arn
        self._naming = next((naming for whose, which, naming in self._known if whose is snapshot and which == arn), None)

    def _grown(self) -> Sequence[Node]:
        from tui.rows.resource_nodes import nodes

        assert self._snapshot is not None
        return nodes(self._snapshot, self._arn, self._naming, self.tree_width)

    def redrawn(self) -> Sequence[Node]:
        return self._grown()

    def _look(self) -> None:
        snapshot, arn, generation = self._snapshot, self._arn, self._generation
        if snapshot is None or any(whose is snapshot and which == arn for whose, which, _ in self._known):
            return

        def work() -> None:
            from whygate.named import naming

            try:
                self.post_message(self.Looked(generation, naming(snapshot, arn)))
            except Exception as error:
                self.post_message(self.Faulted(error))

        in_background(work)

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        message.stop()
        if message.generation != self._generation or self._snapshot is None:
            return
        self._naming = message.naming
        self._known = [*self._known, (self._snapshot, self._arn, message.naming)][-KEPT:]
        self.replant(self._grown())
        self.changed()

    @on(Faulted)
    def _faulted(self, message: Faulted) -> None:
        raise message.error

    @property
    def looking(self) -> bool:
        """Whether it is not yet known which policies name it."""
        return self._naming is None

    def question(self) -> Location:
        return Location("question").with_query(resource=self._arn)

    def report(self) -> Report | None:
        if self._snapshot is None:
            return None
        everything = flat(self.top_level, None)
        lines = [f"{'  ' * row.depth}{row.node.text}  {row.node.detail}".rstrip() for row in everything]
        return Report(self._arn, (Section(code="\n".join(lines)),), {"arn": self._arn, "parts": outline(self.top_level)})
