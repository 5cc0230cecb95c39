"""Section 2 of the reference: actions, resources and principals."""

from __future__ import annotations

import re
from typing import Any

from second.callers import Who
from second.context import Context
from second.globs import expand, fields, simple
from second.three import NotSaidError, Three, any_of, negate

GRADES = ("star", "direct", "role", "fed-parent", "account")


def listed(value: Any) -> list[Any]:
    """R44."""
    return value if isinstance(value, list) else [value]


def action_matches(pattern: str, action: str) -> bool:
    """R20, R21."""
    return simple(pattern.lower(), action.lower())


def statement_action(statement: dict[str, Any], action: str) -> bool:
    if "Action" in statement:
        return any(action_matches(item, action) for item in listed(statement["Action"]))
    return not any(action_matches(item, action) for item in listed(statement["NotAction"]))  # R22


def resource_matches(pattern: str, resource: str, context: Context, *, variables: bool, kind: str) -> Three:
    if pattern == "*":  # R29
        return True
    parts = fields(pattern, variables=variables)
    if resource == "*":  # R121
        if pattern == "arn:aws:s3:::*" and context.action.lower() == "s3:listallmybuckets":
            return True
        return None if set("".join(parts[1:])) == {"*"} else False
    plain = _field_by_field(parts, pattern, resource, context, variables, kind)
    if plain is False and _run_on(parts, resource, context, variables) is not False:  # R24
        return None
    return plain


def _field_by_field(parts: list[str], pattern: str, resource: str, context: Context, variables: bool, kind: str) -> Three:
    if len(parts) < 6:  # R30
        if not pattern.endswith("*") and kind in ("resource", "trust", "vpce"):
            return False
        parts = parts + ["*"] * (6 - len(parts))
    value = resource.split(":", 5)
    first = all(simple(part, item) for part, item in zip(parts[:5], value[:5], strict=True))
    if not first:
        return False
    return expand(parts[5], context, variables=variables).matches(value[5])  # R25, R33


def _run_on(parts: list[str], resource: str, context: Context, variables: bool) -> Three:
    """Whether it matches where a `*` right before a colon may go on past the colon."""
    expression = ""
    for number, part in enumerate(parts[:5]):
        last = number == len(parts) - 1
        for place, character in enumerate(part):
            ends = place == len(part) - 1  # of a field, and so before a colon or at the end of the whole pattern
            expression += {"*": ".*" if ends else "[^:]*", "?": "[^:]"}.get(character, re.escape(character))
        expression += "" if last else ":"
    if len(parts) < 6:
        return re.fullmatch(expression, resource, re.DOTALL) is not None
    rest = expand(parts[5], context, variables=variables)
    if rest.absent or not re.fullmatch(expression + rest.expression, resource, re.DOTALL):
        return False
    return None if rest.unknown else True


def statement_resource(statement: dict[str, Any], resource: str, context: Context, *, variables: bool, kind: str) -> Three:
    if "Resource" in statement:
        return any_of(resource_matches(item, resource, context, variables=variables, kind=kind) for item in listed(statement["Resource"]))
    if "NotResource" not in statement:  # R34, R46
        return True
    entries = listed(statement["NotResource"])
    one = any_of(resource_matches(item, resource, context, variables=variables, kind=kind) for item in entries)  # R32
    if one is False and any(_may_name_absent(item, context, variables) for item in entries):  # R33
        return None
    return negate(one)


def _may_name_absent(pattern: str, context: Context, variables: bool) -> bool:
    parts = fields(pattern, variables=variables)
    if len(parts) < 6 or not variables:
        return False
    said = [context.get(key) for key in re.findall(r"\$\{([^},]*:[^},]*)\}", parts[5])]
    may_be = any(item.state == "unknown" and not item.sent for item in said)  # and R1 wants all completions to agree
    return may_be or expand(parts[5], context, variables=True).absent


def entries_of(element: Any) -> list[tuple[str, str]]:
    if element == "*":
        return [("AWS", "*")]
    return [(kind, item) for kind, items in element.items() for item in listed(items)]


def grade(entry: tuple[str, str], who: Who) -> tuple[str, Three]:
    """The grade that one entry gives, and whether it surely does (R36-R40)."""
    kind, name = entry
    if kind == "AWS" and name == "*":
        return ("star", True)
    if kind == "CanonicalUser":  # R40
        return ("account", None) if who.in_account else ("none", True)
    if kind in ("Service", "Federated"):
        return ("direct" if who.kind == {"Service": "service", "Federated": "provider"}[kind] and name == who.arn else "none", True)
    if not who.in_account:
        return ("none", True)
    if re.fullmatch(r"A(IDA|ROA)[A-Z0-9]+", name):  # R39
        return _by_id(name, who)
    if name == who.arn and who.kind != "root":
        return ("direct", True)
    if who.kind == "session" and name == who.role:
        return ("role", True)
    if who.kind == "fed" and re.fullmatch(f"arn:{who.partition}:iam::{who.account}:user/[^*?]+", name):
        if who.parent is None:
            return ("fed-parent", None)
        return ("fed-parent" if name == who.parent else "none", True)
    if name in (who.account, f"arn:{who.partition}:iam::{who.account}:root"):  # R37
        return ("direct" if who.kind == "root" else "account", True)
    return ("none", True)


def _by_id(name: str, who: Who) -> tuple[str, Three]:
    wanted = {"AIDA": "user", "AROA": "session"}[name[:4]]  # R17
    if who.kind == "fed":
        raise NotSaidError("unique id of a federated session's parent")
    if who.kind != wanted or (who.ids is not None and name not in who.ids):
        return ("none", True)
    return ("direct" if wanted == "user" else "role", True if who.ids is not None else None)


def grades(element: Any, who: Who) -> dict[str, Three]:
    """For each grade whether the statement counts with it: with the best one that it gives (R36)."""
    given = [grade(entry, who) for entry in entries_of(element)]
    found: dict[str, Three] = {}
    for name in GRADES:
        if (name, True) in given:
            found[name] = True
            return found
        if (name, None) in given:
            found[name] = None
    return found


def excluded(element: Any, who: Who, has_boundary: Three) -> Three:
    """R41: whether a Deny with NotPrincipal applies to the caller."""
    entries = entries_of(element)
    if (
        who.kind == "fed"
        or ("AWS", "*") in entries
        or any(kind == "CanonicalUser" or name[:4] in ("AIDA", "AROA") for kind, name in entries)
    ):
        raise NotSaidError("NotPrincipal for this caller or with this entry")
    if not who.in_account:
        return not any(grade(entry, who)[0] == "direct" for entry in entries)
    return any_of([has_boundary, _not_listed(entries, who)])


def _not_listed(entries: list[tuple[str, str]], who: Who) -> Three:
    names = [name for kind, name in entries if kind == "AWS"]
    account = who.account in names or f"arn:{who.partition}:iam::{who.account}:root" in names
    if who.kind == "root":
        return not account
    narrow = [who.arn, who.role] if who.kind == "session" else [who.arn]
    there = [name in names for name in narrow]
    if all(there) and account:
        return False
    if any(there):
        return None
    if not account:
        return True
    others = any(
        name.startswith((f"arn:{who.partition}:iam::{who.account}:", f"arn:{who.partition}:sts::{who.account}:"))
        and not name.endswith(":root")
        for name in names
    )
    return True if others else None


def statement_principal(statement: dict[str, Any], who: Who, has_boundary: Three) -> Three:
    """Whether the statement names the caller at all; of statements without Principal it is true."""
    if "NotPrincipal" in statement:
        return excluded(statement["NotPrincipal"], who, has_boundary)
    if "Principal" not in statement:
        return True
    return any_of(grades(statement["Principal"], who).values())
