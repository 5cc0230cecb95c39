"""What a policy document may say, kind by kind (R31, R35, R42-R53, R55, R80). A document that breaks the grammar is refused by AWS
when it is saved, so one met in the data is malformed: nothing is guessed from it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from whygate import conditions, matching
from whygate.json_tree import Number, Object
from whygate.policy import PLAIN_STATEMENT_KEYS, PRINCIPAL_TYPES, Path, Policy

_WITH_PRINCIPAL = ("resource", "trust", "rcp", "vpce")
_RESOURCE_OPTIONAL = ("resource", "trust")  # SNS, for instance: then the attached resource is meant (R46)
_ALPHANUMERIC_SID = ("identity", "boundary", "session", "trust", "scp", "rcp")
_NAMES = {
    "identity": "an identity policy",
    "boundary": "a permissions boundary",
    "session": "a session policy",
    "resource": "a resource policy",
    "trust": "a trust policy",
    "scp": "an SCP",
    "rcp": "an RCP",
    "vpce": "an endpoint policy",
}


class Finding(msgspec.Struct, frozen=True):
    """Something to say about a document. `severity` is `malformed` (AWS refuses it) or `warning` (valid but suspicious);
    `path` says where it stands, `rule` is the number in the reference."""

    severity: str
    text: str
    path: Path
    rule: str


def check(policy: Policy, kind: str, *, aws_managed_rcp: bool = False) -> tuple[Finding, ...]:
    """All that makes `policy` malformed as a policy of `kind` (see `policy.KINDS`). Cached: documents do not change."""
    return _check(_Key(policy), kind, aws_managed_rcp)


class _Key:
    __slots__ = ("policy",)

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.policy.tree is self.policy.tree and other.policy.unreadable == self.policy.unreadable


@functools.lru_cache(maxsize=16384)
def _check(key: _Key, kind: str, aws_managed_rcp: bool) -> tuple[Finding, ...]:
    policy = key.policy
    if policy.unreadable:
        return (Finding("malformed", policy.unreadable, (), "R53"),)
    if aws_managed_rcp:  # RCPFullAWSAccess is AWS's own and the one exception to its rules (R55)
        return ()
    return tuple(_document(policy, kind))


def _broken(text: str, path: Path, rule: str) -> Finding:
    return Finding("malformed", text, path, rule)


def _document(policy: Policy, kind: str) -> Iterator[Finding]:
    tree = policy.tree
    yield from _duplicates(tree, ())
    if policy.version not in ("2012-10-17", "2008-10-17"):
        yield _broken(f"Version must be 2012-10-17 or 2008-10-17, not {tree.get('Version')!r}", ("Version",), "R43")
    for key in tree:
        if key not in ("Version", "Id", "Statement"):
            yield _broken(_unknown_element(key, ("Version", "Id", "Statement")), (key,), "R50")
    statements = tree["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    sids: set[str] = set()
    for index, item in enumerate(listed):
        path: Path = ("Statement", index) if isinstance(statements, list) else ("Statement",)
        if not isinstance(item, dict):
            yield _broken("a statement is a JSON object", path, "R44")
            continue
        yield from _statement(item, path, kind)
        sid = item.get("Sid")
        if isinstance(sid, str) and sid and kind in _ALPHANUMERIC_SID:
            if sid in sids:
                yield _broken(f"Sid {sid} is used twice", (*path, "Sid"), "R47")
            sids.add(sid)


def _duplicates(tree: Any, path: Path) -> Iterator[Finding]:
    if isinstance(tree, Object):
        for key in tree.duplicates:
            yield _broken(f"duplicate key {key}", (*path, key), "R49")
    items: Iterable[tuple[str | int, Any]] = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, item in items:
        if isinstance(item, (dict, list)):
            yield from _duplicates(item, (*path, step))


def _unknown_element(key: str, allowed: tuple[str, ...]) -> str:
    right = next((name for name in allowed if name.lower() == key.lower()), "")
    return f"unknown element {key}" + (f", which is spelled {right}" if right else "")


def _statement(item: dict[str, Any], path: Path, kind: str) -> Iterator[Finding]:
    for key in item:
        if key not in PLAIN_STATEMENT_KEYS:
            yield _broken(_unknown_element(key, PLAIN_STATEMENT_KEYS), (*path, key), "R50")
    if item.get("Effect") not in ("Allow", "Deny"):
        yield _broken("Effect must be Allow or Deny", (*path, "Effect"), "R45")
    if "Sid" in item and (not isinstance(item["Sid"], str) or isinstance(item["Sid"], Number)):
        yield _broken("Sid must be text", (*path, "Sid"), "R47")
    elif kind in _ALPHANUMERIC_SID and not re.fullmatch(r"[A-Za-z0-9]*", item.get("Sid", "")):
        yield _broken("Sid has characters IAM refuses", (*path, "Sid"), "R47")
    yield from _actions(item, path)
    yield from _resources(item, path, kind)
    yield from _principal(item, path, kind)
    yield from _condition(item.get("Condition", {}), (*path, "Condition"))
    if kind == "rcp":
        yield from _rcp(item, path)


def _list_of_text(item: dict[str, Any], key: str, path: Path) -> Iterator[Finding]:
    value = item[key]
    values = value if isinstance(value, list) else [value]
    if not values:
        yield _broken(f"{key} is an empty list", (*path, key), "R46")
    if not all(isinstance(text, str) and not isinstance(text, Number) for text in values):
        yield _broken(f"{key} must be text or a list of texts", (*path, key), "R44")


def _actions(item: dict[str, Any], path: Path) -> Iterator[Finding]:
    if "Action" in item and "NotAction" in item:
        yield _broken("Action and NotAction together", (*path, "NotAction"), "R46")
    if "Action" not in item and "NotAction" not in item:
        yield _broken("neither Action nor NotAction", path, "R46")
    for key in ("Action", "NotAction"):
        if key in item:
            yield from _list_of_text(item, key, path)
            for text in _texts(item[key]):
                if text != "*" and not re.fullmatch(r"[^\s:]+:\S+", text):
                    yield _broken(f"{key} {text!r} has no service prefix", (*path, key), "R20")


def _resources(item: dict[str, Any], path: Path, kind: str) -> Iterator[Finding]:
    there = [key for key in ("Resource", "NotResource") if key in item]
    if len(there) == 2:
        yield _broken("Resource and NotResource together", (*path, "NotResource"), "R46")
    if there and kind == "trust":
        yield _broken("trust policy has a Resource", (*path, there[0]), "R46")
    if not there and kind not in _RESOURCE_OPTIONAL:
        yield _broken("neither Resource nor NotResource", path, "R46")
    for key in there:
        yield from _list_of_text(item, key, path)
        for text in _texts(item[key]):
            yield from _resource(text, key, (*path, key), kind)


def _resource(text: str, key: str, path: Path, kind: str) -> Iterator[Finding]:
    if text == "*":
        return
    if not re.match(r"arn:", text):
        yield _broken(f"{key} is neither an ARN nor *", path, "R31")
        return
    if len(matching.fields_of(text)) < 6:
        if kind in ("session", "rcp"):
            yield _broken(f"short ARN {text} in {_NAMES[kind]}", path, "R30")
        elif kind == "scp" and not text.endswith("*"):
            yield _broken(f"short ARN {text} without a final * in an SCP", path, "R30")


def _principal(item: dict[str, Any], path: Path, kind: str) -> Iterator[Finding]:
    there = [key for key in ("Principal", "NotPrincipal") if key in item]
    if there and kind not in _WITH_PRINCIPAL:
        yield _broken(f"{there[0]} in {_NAMES[kind]}", (*path, there[0]), "R35")
        return
    if len(there) == 2:
        yield _broken("Principal and NotPrincipal together", (*path, "NotPrincipal"), "R46")
    if not there and kind in _WITH_PRINCIPAL:
        yield _broken("neither Principal nor NotPrincipal", path, "R46")
    if "NotPrincipal" in item:
        if kind == "trust":
            yield _broken("NotPrincipal in a trust policy", (*path, "NotPrincipal"), "R42")
        elif item.get("Effect") == "Allow":
            yield _broken("NotPrincipal with Allow is not supported", (*path, "NotPrincipal"), "R42")
    for key in there:
        value = item[key]
        if isinstance(value, dict):
            for name in value:
                if name not in PRINCIPAL_TYPES:
                    yield _broken(f"unknown principal type {name}", (*path, key, name), "R40")
                else:
                    yield from _list_of_text(value, name, (*path, key))
        elif not isinstance(value, str) or isinstance(value, Number):
            yield _broken(f"{key} must be * or an object", (*path, key), "R44")


def _condition(block: Any, path: Path) -> Iterator[Finding]:
    if not isinstance(block, dict):
        yield _broken("Condition must be an object", path, "R56")
        return
    for name, keys in block.items():
        if conditions.operator(name) is None:
            yield _broken(f"unknown condition operator {name}", (*path, name), "R80")
        if not isinstance(keys, dict):
            yield _broken(f"{name} must hold an object of keys", (*path, name), "R56")
            continue
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            if not all(isinstance(item, (str, bool)) for item in values):
                yield _broken(f"the value of {key} is not text, a number or a boolean", (*path, name, key), "R48")


def _rcp(item: dict[str, Any], path: Path) -> Iterator[Finding]:
    if item.get("Effect") == "Allow":
        yield _broken("RCP statement must be Deny", (*path, "Effect"), "R55")
    if item.get("Principal") not in ("*", {"AWS": "*"}):
        yield _broken("RCP principal must be *", (*path, "Principal"), "R55")
    if "NotPrincipal" in item:
        yield _broken("NotPrincipal in an RCP", (*path, "NotPrincipal"), "R55")
    if "NotAction" in item:
        yield _broken("NotAction in an RCP", (*path, "NotAction"), "R55")
    for text in _texts(item.get("Action", [])):
        if text.split(":", 1)[0] in ("", "*"):
            yield _broken("RCP action must name a service", (*path, "Action"), "R55")


def _texts(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
