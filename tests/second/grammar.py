"""Section 3 of the reference: which documents are malformed, so that they never are in force (R53)."""

from __future__ import annotations

import json
import re
from typing import Any

from second.conditions import parse
from second.globs import fields
from second.matching import listed
from second.three import NotSaidError

_ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_IAM = ("identity", "boundary", "session", "trust")


def document(given: Any) -> Any:
    """A bare list of statements is read as version 2012-10-17; text as the JSON that it holds; a list of one document as it."""
    if isinstance(given, str):
        try:
            return json.loads(given, object_pairs_hook=_once)
        except ValueError:
            return None
    if isinstance(given, list) and len(given) == 1 and "Statement" in given[0]:
        return given[0]
    return {"Version": "2012-10-17", "Statement": given} if isinstance(given, list) else given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """R49."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def statements(doc: dict[str, Any]) -> list[Any]:
    return listed(doc["Statement"])


def variables(doc: dict[str, Any]) -> bool:
    """R43."""
    return bool(doc.get("Version") == "2012-10-17")


def malformed(doc: Any, kind: str) -> bool:
    """Whether a document of this kind is malformed; `kind` as in the vectors."""
    if not isinstance(doc, dict) or "Statement" not in doc:
        return True
    if doc.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):  # R43
        return True
    parts = statements(doc)
    if not parts:
        return False
    if any(not isinstance(item, dict) or _bad(item, kind, variables(doc)) for item in parts):
        return True
    sids = [item["Sid"] for item in parts if item.get("Sid")]
    if any(not isinstance(item, str) for item in sids):
        return True
    refused = len(set(sids)) < len(sids) or any(not re.fullmatch("[A-Za-z0-9]*", sid) for sid in sids)  # R47
    if refused and kind in ("scp", "rcp"):
        raise NotSaidError("whether Organizations is as strict about Sid as IAM is")
    return refused and kind in _IAM


def _bad(statement: dict[str, Any], kind: str, variable: bool) -> bool:
    if set(statement) - _ELEMENTS or statement.get("Effect") not in ("Allow", "Deny"):  # R50, R45
        return True
    if ("Action" in statement) == ("NotAction" in statement):  # R46
        return True
    if any(statement.get(name) == [] for name in ("Action", "NotAction", "Resource", "NotResource")):
        return True
    return (
        _bad_principal(statement, kind)
        or _bad_resource(statement, kind, variable)
        or _bad_condition(statement)
        or _bad_rcp(statement, kind)
    )


def _bad_principal(statement: dict[str, Any], kind: str) -> bool:
    """R35, R42, R46."""
    there = [name for name in ("Principal", "NotPrincipal") if name in statement]
    if kind in ("identity", "boundary", "session", "scp"):
        return bool(there)
    if len(there) != 1:
        return True
    element = statement[there[0]]
    if element != "*" and (not isinstance(element, dict) or set(element) - {"AWS", "Service", "Federated", "CanonicalUser"}):
        return True  # R40, R44
    return there == ["NotPrincipal"] and (kind == "trust" or statement["Effect"] == "Allow")


def _bad_resource(statement: dict[str, Any], kind: str, variable: bool) -> bool:
    there = [name for name in ("Resource", "NotResource") if name in statement]
    if any(not isinstance(item, str) for name in (*there, "Action", "NotAction") for item in listed(statement.get(name, ""))):
        return True  # R44
    if kind == "trust":
        return bool(there)
    if len(there) != 1:
        return len(there) == 2 or kind != "resource"
    for item in listed(statement[there[0]]):
        if item == "*":
            continue
        if not item.startswith("arn:"):  # R31
            return True
        short = len(fields(item, variables=variable)) < 6
        if short and (kind in ("session", "rcp") or (kind == "scp" and not item.endswith("*"))):  # R30
            return True
    return False


def _bad_condition(statement: dict[str, Any]) -> bool:
    """R48, R80."""
    condition = statement.get("Condition", {})
    return any(
        parse(operator) is None or any(isinstance(item, dict) for values in keys.values() for item in listed(values))
        for operator, keys in condition.items()
    )


def _bad_rcp(statement: dict[str, Any], kind: str) -> bool:
    """R55."""
    if kind != "rcp":
        return False
    if statement["Effect"] != "Deny" or statement.get("Principal") != "*" or "NotAction" in statement:
        return True
    return any(set(item.partition(":")[0]) == {"*"} for item in listed(statement["Action"]))
