"""Rows that open in place: a tree of nodes and the set of open ones become a flat list of rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import msgspec

from tui.location import Location
from tui.plain import width_of
from tui.rows.breaking import broken

if TYPE_CHECKING:
    from tui.rows.aside import Aside
    from whygate.policies import Held
    from whygate.policy import Statement


class Node(msgspec.Struct, frozen=True):
    """`key` names the node among all of its tree; `children` are made when the node is opened, None for a leaf. `target` is
    where Enter leads, with the label for the breadcrumb. `held` is the policy that the node is or is part of, `statement` the
    statement that it is; `about` is what there is to say of it beside the tree, where that is more than the tree says.
    """

    key: str
    text: str
    detail: str = ""
    children: Callable[[], Sequence[Node]] | None = None
    target: tuple[Location, str] | None = None
    copied: str = ""
    tone: str = ""
    held: Held | None = None
    statement: Statement | None = None
    about: Callable[[], Aside] | None = None


INDENT = 2


class TreeRow(msgspec.Struct, frozen=True):
    """A node at its depth, and whether it is open. One that takes several lines has a row for each: `part` counts them, `said` is what
    of its text and its detail stands there; None for all of it."""

    node: Node
    depth: int
    open: bool
    part: int = 0
    said: tuple[str, str] | None = None

    @property
    def lead(self) -> int:
        """The cells before its text."""
        return INDENT * self.depth + 2

    @property
    def mark(self) -> str:
        """Open or closed, in words' stead; blank for a leaf."""
        return "  " if self.node.children is None or self.part else "▾ " if self.open else "▹ "


def flat(nodes: Sequence[Node], opened: frozenset[str] | None, depth: int = 0) -> list[TreeRow]:
    """The rows of `nodes` and of what is open below them, top down; None opens everything."""
    rows = []
    for node in nodes:
        is_open = node.children is not None and (opened is None or node.key in opened)
        rows.append(TreeRow(node, depth, is_open))
        if is_open and node.children is not None:
            rows.extend(flat(node.children(), opened, depth + 1))
    return rows


def unfolded(rows: Sequence[TreeRow], width: int, text_width: int) -> list[TreeRow]:
    """The rows on lines of `width` cells, with as many lines for a row as its text and its detail ask for. Details begin behind
    `text_width` cells; a longer text pushes its own aside."""
    found: list[TreeRow] = []
    for row in rows:
        text, detail, room = row.node.text, row.node.detail, width - row.lead
        long = width_of(text) > text_width - row.lead
        if not detail:
            lines = [(part, "") for part in broken(text, room)]
        elif not long:
            lines = list(zip_longest([text], broken(detail, width - text_width - 2), fillvalue=""))
        elif width_of(text) + 2 + width_of(detail) <= room:
            lines = [(text, detail)]
        else:
            lines = [*((part, "") for part in broken(text, room)), *(("", part) for part in broken(detail, width - text_width - 2))]
        found += [row] if len(lines) == 1 else [TreeRow(row.node, row.depth, row.open, part, said) for part, said in enumerate(lines)]
    return found


def outline(nodes: Sequence[Node]) -> list[dict[str, object]]:
    """All of a tree, opened or not, for programs."""
    return [
        {"name": node.text, "detail": node.detail or None, "parts": outline(node.children()) if node.children is not None else []}
        for node in nodes
    ]


def parent(rows: Sequence[TreeRow], position: int) -> int:
    """The row that the row at `position` stands under; itself at the top level."""
    depth = rows[position].depth
    return next((at for at in range(position - 1, -1, -1) if rows[at].depth < depth), position)
