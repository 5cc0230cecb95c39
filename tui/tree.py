"""Rows that open in place: a tree of nodes and the set of open ones become a flat list of rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from tui.location import Location


class Node(msgspec.Struct, frozen=True):
    """`key` names the node among all of its tree; `children` are made when the node is opened, None for a leaf. `target` is
    where Enter leads, with the label for the breadcrumb.
    """

    key: str
    text: str
    detail: str = ""
    children: Callable[[], Sequence[Node]] | None = None
    target: tuple[Location, str] | None = None
    copied: str = ""
    tone: str = ""


class TreeRow(msgspec.Struct, frozen=True):
    """A node at its depth, and whether it is open."""

    node: Node
    depth: int
    open: bool

    @property
    def mark(self) -> str:
        """Open or closed, in words' stead; blank for a leaf."""
        return "  " if self.node.children is None else "▾ " if self.open else "▹ "


def flat(nodes: Sequence[Node], opened: frozenset[str], depth: int = 0) -> list[TreeRow]:
    """The rows of `nodes` and of what is open below them, top down."""
    rows = []
    for node in nodes:
        is_open = node.children is not None and node.key in opened
        rows.append(TreeRow(node, depth, is_open))
        if is_open and node.children is not None:
            rows.extend(flat(node.children(), opened, depth + 1))
    return rows


def parent(rows: Sequence[TreeRow], position: int) -> int:
    """The row that the row at `position` stands under; itself at the top level."""
    depth = rows[position].depth
    return next((at for at in range(position - 1, -1, -1) if rows[at].depth < depth), position)
