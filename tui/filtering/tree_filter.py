"""Which rows of a tree a filter leaves: those that match, wherever they stand, and what they stand under. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tui.filtering import fuzzy
from tui.filtering.filter import Filter, Word
from tui.rows.tree import Node, TreeRow, flat
from whygate import statement_terms
from whygate.statement_index import held_by

Path = tuple[str, ...]
"""The keys of the nodes from the top down to one."""


class Kept(msgspec.Struct, frozen=True):
    """`rows` are the rows that match, `above` those that something below keeps; `total` counts the rows of the whole tree, `unknown` the
    policies in it that terms about statements cannot look into, and `condition_keys` are those that its statements name."""

    rows: frozenset[Path] = frozenset()
    above: frozenset[Path] = frozenset()
    total: int = 0
    fuzzy: bool = False
    unknown: int = 0
    condition_keys: tuple[str, ...] = ()


class _Row(msgspec.Struct, frozen=True):
    """A node where it stands, its own text and that of the way to it, in small letters."""

    node: Node
    path: Path
    text: str
    way: str


def kept(top: Sequence[Node], wanted: Filter, group_names: frozenset[str]) -> Kept:
    """What a filter leaves of a tree, opened or not. A word is looked for in the row; beside a term, in what it stands under too."""
    rows = list(_rows(top, (), ""))
    spelled = {word for word in wanted.words if word.inverted or any(word.text in row.text for row in rows)}
    terms = [each for each in wanted.terms if each.name in statement_terms.STATEMENT]
    way = held_by(wanted.terms, group_names) if len(terms) < len(wanted.terms) else None

    def may_keep(row: _Row) -> bool:
        held = row.node.held
        return all(_has(row, word, spelled, whole=bool(wanted.terms)) for word in wanted.words) and (
            way is None or (held is not None and way(held.kind, held.through.casefold()))
        )

    def keeps(row: _Row) -> bool:
        statement = row.node.statement
        return may_keep(row) and (not terms or (statement is not None and statement_terms.meets(statement, terms)))

    unknown = sum(1 for row in rows if terms and _unreadable(row.node) and may_keep(row))
    matching = frozenset(row.path for row in rows if keeps(row))
    above = frozenset(path[:length] for path in matching for length in range(1, len(path)))
    keys = {test.key for row in rows if row.node.statement is not None for test in row.node.statement.tests}
    return Kept(matching, above, len(rows), bool(matching) and len(spelled) < len(set(wanted.words)), unknown, tuple(sorted(keys)))


def _unreadable(node: Node) -> bool:
    """Whether it is a policy whose statements nobody knows."""
    return node.held is not None and node.statement is None and bool(node.held.policy.unreadable)


def _has(row: _Row, word: Word, spelled: set[Word], *, whole: bool) -> bool:
    if word.inverted:
        return word.text not in row.way
    if word not in spelled:
        return fuzzy.holds(row.node.text.casefold(), word.text)
    return word.text in (row.way if whole else row.text)


def _rows(nodes: Iterable[Node], path: Path, way: str) -> Iterable[_Row]:
    for node in nodes:
        own = f"{node.text} {node.detail}".casefold()
        row = _Row(node, (*path, node.key), own, f"{way} {own}")
        yield row
        if node.children is not None:
            yield from _rows(node.children(), row.path, row.way)


def narrowed(nodes: Sequence[Node], left: Kept, opened: frozenset[str], path: Path = ()) -> list[TreeRow]:
    """The rows to show: what stands above a match is open, a match itself is open with all that is below it where it was opened."""
    found: list[TreeRow] = []
    for node in nodes:
        here = (*path, node.key)
        if here in left.above and node.children is not None:
            found.append(TreeRow(node, len(path), True))
            found.extend(narrowed(node.children(), left, opened, here))
        elif here in left.rows:
            found.extend(flat([node], opened, len(path)))
    return found
