"""A policy document becomes a `Policy` and its `Statement`s, which remember where they stand in the printed text.

Reading is lenient: what a document may not say is found by `grammar`, and a document that breaks it counts as unknown (R53).
"""

from __future__ import annotations

import functools
import json
import re
import urllib.parse
from typing import Any

import msgspec

from whygate import json_tree
from whygate.json_tree import Number, Object, Text

Path = tuple[str | int, ...]

KINDS = ("identity", "boundary", "session", "resource", "trust", "scp", "rcp", "vpce")
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
PLAIN_STATEMENT_KEYS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")


class ConditionTest(msgspec.Struct, frozen=True):
    """One line of a Condition block: `operator` as written, the condition key, and the policy's values as text (R48)."""

    operator: str
    key: str
    values: tuple[str, ...]


class Statement(msgspec.Struct, frozen=True):
    """One statement of a policy, read but not checked; `index` counts from 0.

    `principals` is a list of (type, value) where `"*"` is ("AWS", "*"), or None where the element is absent;
    `resources` is None where there is neither Resource nor NotResource. `not_…` says which of the two elements stood there.
    """

    index: int
    sid: str
    effect: str
    principals: tuple[tuple[str, str], ...] | None
    not_principal: bool
    actions: tuple[str, ...]
    not_action: bool
    resources: tuple[str, ...] | None
    not_resource: bool
    tests: tuple[ConditionTest, ...]

    @property
    def label(self) -> str:
        """The Sid, or `statement 3` (from 1) where there is none."""
        return self.sid or f"statement {self.index + 1}"

    def element(self, name: str) -> str:
        """The key under which `principal`, `action`, `resource` or `condition` stands in this statement."""
        negated = {"principal": self.not_principal, "action": self.not_action, "resource": self.not_resource}.get(name, False)
        return f"Not{name.capitalize()}" if negated else name.capitalize()

    def summary(self) -> str:
        """One line: effect, actions, resources, and how many conditions."""
        parts = [self.effect or "(no Effect)", ("all but " if self.not_action else "") + _some(self.actions)]
        if self.resources is not None:
            parts.append("on " + ("all but " if self.not_resource else "") + _some(self.resources))
        if self.tests:
            parts.append("if " + ", ".join(dict.fromkeys(test.key for test in self.tests)))
        return " ".join(parts)


class Policy(msgspec.Struct, frozen=True):
    """A document as read. `unreadable` is a plain sentence where it is no JSON object at all; then it has no statements."""

    version: str
    statements: tuple[Statement, ...]
    tree: Any
    unreadable: str = ""

    @property
    def text(self) -> Text:
        """The document printed, with the place of each element."""
        return _rendered(_Identity(self.tree))

    @property
    def variables(self) -> bool:
        """Whether `${…}` is a variable here (R43)."""
        return self.version == "2012-10-17"

    def place(self, statement: Statement, *inside: str | int) -> Path:
        """The path of (a part of) a statement in the document; a lone statement may stand without a list around it (R44)."""
        listed = isinstance(self.tree, dict) and isinstance(self.tree.get("Statement"), list)
        return ("Statement", *((statement.index,) if listed else ()), *inside)


class _Identity:
    """Makes a tree usable as a cache key by identity; holds on to it, so the id cannot be reused."""

    __slots__ = ("tree",)

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def __hash__(self) -> int:
        return id(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.tree is self.tree


@functools.lru_cache(maxsize=256)
def _rendered(identity: _Identity) -> Text:
    return json_tree.render(identity.tree)


def _some(values: tuple[str, ...]) -> str:
    return "nothing" if not values else values[0] if len(values) == 1 else f"{values[0]} +{len(values) - 1}"


def _texts(value: Any) -> tuple[str, ...]:
    """One item or a list as texts (R44); what is neither is left to `grammar` to name."""
    items = value if isinstance(value, list) else [value]
    return tuple(_text(item) for item in items if isinstance(item, (str, bool)))


def _text(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _principals(value: Any) -> tuple[tuple[str, str], ...]:
    # A bare text is not AWS's grammar but stands in hand-made files as an ARN; it is read as AWS would read the AWS type.
    if isinstance(value, (str, list)):
        return tuple(("AWS", text) for text in _texts(value))
    if isinstance(value, dict):
        return tuple((kind, text) for kind, item in value.items() for text in _texts(item))
    return ()


def _tests(value: Any) -> tuple[ConditionTest, ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(
        ConditionTest(operator, key, _texts(values))
        for operator, block in value.items()
        if isinstance(block, dict)
        for key, values in block.items()
    )


def _statement(index: int, tree: Any) -> Statement:
    block = tree if isinstance(tree, dict) else {}
    sid, effect = block.get("Sid"), block.get("Effect")
    return Statement(
        index=index,
        sid=sid if isinstance(sid, str) else "",
        effect=effect if isinstance(effect, str) else "",
        principals=_principals(block.get("Principal", block.get("NotPrincipal"))) if {"Principal", "NotPrincipal"} & block.keys() else None,
        not_principal="NotPrincipal" in block and "Principal" not in block,
        actions=_texts(block.get("Action", block.get("NotAction", []))),
        not_action="NotAction" in block and "Action" not in block,
        resources=_texts(block.get("Resource", block.get("NotResource", []))) if {"Resource", "NotResource"} & block.keys() else None,
        not_resource="NotResource" in block and "Resource" not in block,
        tests=_tests(block.get("Condition")),
    )


def _unreadable(why: str, tree: Any = None) -> Policy:
    return Policy("", (), tree, why)


def from_tree(tree: Any) -> Policy:
    """A policy from a tree of `json_tree`. A bare list is a list of statements, read as version 2012-10-17."""
    if isinstance(tree, list) and len(tree) == 1 and isinstance(tree[0], dict) and "Statement" in tree[0]:
        tree = tree[0]
    if isinstance(tree, list):
        tree = Object([("Version", "2012-10-17"), ("Statement", tree)])
    if not isinstance(tree, dict):
        return _unreadable(f"a policy document is a JSON object, this is {_kind_of(tree)}", tree)
    if "Statement" not in tree:
        return _unreadable("the document has no Statement", tree)
    statements = tree["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    version = tree.get("Version", "2008-10-17")
    return Policy(
        version=version if isinstance(version, str) else "",
        statements=tuple(_statement(index, item) for index, item in enumerate(listed)),
        tree=tree,
    )


def from_python(value: Any) -> Policy:
    """A policy from Python values (a dict, or a bare list of statements), or from its text."""
    if isinstance(value, (str, bytes)):
        return read(value)
    try:
        return from_tree(json_tree.from_python(value))
    except ValueError as error:
        return _unreadable(f"the document is {error}")


def read(raw: bytes | str) -> Policy:
    """A policy from JSON text in any form in which documents arrive: an object, JSON text in a JSON string, URL-encoded
    text, or a list of one. Never raises: what cannot be read is `unreadable`.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _unreadable(f"the document is not UTF-8 at byte {error.start}")
    for _ in range(3):  # a JSON string may hold URL-encoded text, which holds the object
        stripped = text.strip().lstrip("\ufeff")
        try:
            if stripped[:1] == "%" or (stripped[:1] != '"' and re.match(r"[^\s{\[]*%(7[Bb]|5[Bb])", stripped)):
                stripped = urllib.parse.unquote(stripped, errors="strict").strip()
            tree = json_tree.loads(stripped)
        except UnicodeDecodeError:
            return _unreadable("the document is URL-encoded text that is not UTF-8")
        except ValueError as error:
            return _unreadable(f"the document is not JSON: {_complaint(error)}")
        if not isinstance(tree, str) or isinstance(tree, Number):
            return from_tree(tree)
        text = tree
    return _unreadable("the document is text inside text")


def _complaint(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno} of the document)"
    return str(error)


def _kind_of(value: Any) -> str:
    if isinstance(value, Number):
        return "a number"
    if isinstance(value, str):
        return "text"
    if value is None:
        return "null"
    return {bool: "a boolean", list: "a list"}.get(type(value), "an object")
