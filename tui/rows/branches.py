"""What hangs below each node of a way, folded where nothing of it is about the question: the tree that `drawing` draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui.rows import marks
from whygate.text import count
from whygate.ways import Edge, Node, Way

MOST_BESIDE = 2  # so many that are out of scope stand for themselves among those that are not
_TELLING = ("allow", "deny", "unknown", "near")
_TONES = {"allow": ("✓", "good"), "deny": ("✗", "bad"), "unknown": ("?", "maybe"), "near": ("≈", "maybe")}
_PLURALS = {"policy": "policies", "statement": "statements", "group": "groups"}


class Branch(msgspec.Struct, frozen=True):
    """One node of the tree, or (`node` is None) several in one row. `text` begins with `word`, which has the `tone`; `deciding` says
    that the line to it is the one to follow, `opens` that opening or closing it shows other rows."""

    key: str
    title: str
    node: Node | None = None
    mark: str = ""
    tone: str = ""
    word: str = ""
    text: str = ""
    deciding: bool = False
    opens: bool = False
    children: tuple[Branch, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether what decides is this branch, or inside it and folded away."""
        return self.deciding and (not self.children or (self.node is not None and self.node.kind == "layer"))


class Tree:
    """A way by its nodes, with what is folded: `toggled` are the keys of branches that are not as they are at first."""

    def __init__(self, way: Way, toggled: frozenset[str]) -> None:
        self._nodes = {node.key: node for node in way.nodes}
        self._toggled = toggled
        self._below: dict[str, list[Edge]] = {}
        self._verdicts: dict[str, Edge] = {}
        for edge in way.edges:
            if self._nodes[edge.target].kind in ("layer", "join", "resource"):
                self._verdicts[edge.source] = edge
            else:
                self._below.setdefault(edge.source, []).append(edge)
        self._into = {edge.target: edge for edges in self._below.values() for edge in edges}
        self._found: dict[str, bool] = {}

    def leaving(self, key: str) -> Edge:
        """The edge by which a layer, or a statement, goes on."""
        return self._verdicts[key]

    def below(self, key: str, layer: str = "") -> tuple[Branch, ...]:
        """The branches below a node, of one layer or of all."""
        nodes = [self._nodes[edge.target] for edge in self._below.get(key, ())]
        return self._gathered(key, [node for node in nodes if not layer or node.layer == layer])

    def documents(self, layer: str) -> tuple[Branch, ...]:
        """The branches of the policies that a layer consists of and nobody is led to."""
        mine = [node for node in self._nodes.values() if node.layer == layer and node.kind == "policy" and node.key not in self._into]
        return self._gathered(layer, mine)

    def telling(self, key: str) -> bool:
        """Whether something at or below a node is about the question."""
        if key not in self._found:
            edge = self._verdicts.get(key)
            own = edge is not None and self._nodes[key].kind != "layer" and edge.decision in _TELLING
            self._found[key] = own or any(self.telling(below.target) for below in self._below.get(key, ()))
        return self._found[key]

    def is_open(self, key: str, at_first: bool) -> bool:
        return at_first != (key in self._toggled)

    def _gathered(self, key: str, nodes: Sequence[Node]) -> tuple[Branch, ...]:
        """Branches for `nodes`; those that are out of scope become one where they are many."""
        rest = [node for node in nodes if not self.telling(node.key)]
        if len(rest) <= MOST_BESIDE:
            return tuple(self._branch(node) for node in nodes)
        shown = [self._branch(node) for node in nodes if self.telling(node.key)]
        fold = f"{key} …"
        more = "more " if shown else ""
        statements = sum(self._statements(node.key) for node in rest)
        text = "out of scope" if all(node.kind == "statement" for node in rest) else f"{count(statements, 'statement')}, out of scope"
        is_open = self.is_open(fold, False)
        inside = tuple(self._branch(node) for node in rest) if is_open else ()
        return (*shown, Branch(fold, f"{more}{_kinds(rest)}", None, "▾" if is_open else "▹", "dim", text, text, False, True, inside))

    def _statements(self, key: str) -> int:
        own = 1 if self._nodes[key].kind == "statement" else 0
        return own + sum(self._statements(edge.target) for edge in self._below.get(key, ()))

    def _branch(self, node: Node) -> Branch:
        if node.kind == "statement":
            return self._statement(node, node.title)
        edges = self._below.get(node.key, [])
        into = self._into.get(node.key)
        if node.kind == "policy" and len(edges) == 1:
            only = self._nodes[edges[0].target]
            number, _, sid = only.title.partition(" ")
            return self._statement(only, f"{node.title} › {number if sid == node.title else only.title}")
        if not edges:
            return self._bare(node)
        at_first = self.telling(node.key)
        is_open = self.is_open(node.key, at_first)
        deciding = into.deciding if into is not None else any(edge.deciding for edge in edges)
        if not at_first:
            text = f"{self._inside(node)}, out of scope"
            inside = self.below(node.key) if is_open else ()
            return Branch(node.key, node.title, node, "▾" if is_open else "▹", "dim", text, text, False, True, inside)
        text = node.says if is_open else self._inside(node)
        inside = self.below(node.key) if is_open else ()
        return Branch(node.key, node.title, node, "" if is_open else "▹", "", "", text, deciding, True, inside)

    def _inside(self, node: Node) -> str:
        nodes = [self._nodes[edge.target] for edge in self._below.get(node.key, ())]
        statements = count(self._statements(node.key), "statement")
        return statements if node.kind == "policy" else f"{_kinds(nodes)}, {statements}"

    def _bare(self, node: Node) -> Branch:
        """A group or a policy without statements: one that cannot be read says why."""
        edge = self._verdicts.get(node.key)
        if edge is None:
            return Branch(node.key, node.title, node, "–", "dim", "", "no policies" if node.kind == "group" else "no statements")
        mark, tone = _TONES[edge.decision]
        return Branch(node.key, node.title, node, mark, tone, edge.word, f"{edge.word}: {edge.reason}", edge.deciding)

    def _statement(self, node: Node, title: str) -> Branch:
        edge = self._verdicts[node.key]
        mark, tone = _TONES.get(edge.decision, ("–", "dim"))
        said = edge.decision in ("allow", "deny")  # the reason says the word already
        text = edge.reason if said else f"{edge.word}: {edge.reason}"
        return Branch(node.key, title, node, mark, tone, "" if said else edge.word, text, edge.deciding)


def gate(tree: Tree, node: Node, edge: Edge, more: str, *, look: bool) -> Branch:
    """A layer, with the policies that it consists of; they stand open at first where `look` says that one wants to see them."""
    documents = tree.documents(node.layer) if node.layer != "identity" else ()
    mark, tone = marks.DECISIONS.get(edge.decision, ("?", "maybe"))
    inside = documents if documents and tree.is_open(node.key, look) else ()
    text = f"{edge.word}: {edge.reason}" if edge.reason else edge.word
    return Branch(
        node.key, node.title, node, mark, tone, edge.word, f"{text} ({more})" if more else text, edge.deciding, bool(documents), inside
    )


def quiet(tree: Tree, gates: Sequence[Branch], key: str) -> Branch:
    """Layers one behind the other that have no say, as one branch."""
    is_open = tree.is_open(key, False)
    text = ", ".join(branch.title for branch in gates)
    inside = tuple(gates) if is_open else ()
    return Branch(key, f"{len(gates)} layers without a say", None, "▾" if is_open else "▹", "dim", "", text, False, True, inside)


def _kinds(nodes: Sequence[Node]) -> str:
    """`3 groups, 1 policy`."""
    kinds = [node.kind for node in nodes]
    return ", ".join(count(kinds.count(kind), kind, _PLURALS.get(kind, "")) for kind in dict.fromkeys(kinds))
