"""Condition blocks in three-valued logic: operators, set qualifiers, IfExists, Null (R56-R80). Pure: context in, `Truth` out."""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable
from typing import Literal

import msgspec

from whygate import globs, matching, variables
from whygate.context import Context, Value
from whygate.globs import Parts
from whygate.logic import FALSE, TRUE, Truth, Unknown, all_of, any_of, known, negate, unknown
from whygate.policy import ConditionTest
from whygate.values import date, network, network_holds, number

Family = Literal["String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn", "Null"]

# Base operators: name, family, how values are compared, whether negated.
_TABLE: tuple[tuple[str, Family, str, bool], ...] = (
    ("StringEquals", "String", "equal", False),
    ("StringNotEquals", "String", "equal", True),
    ("StringEqualsIgnoreCase", "String", "ignore-case", False),
    ("StringNotEqualsIgnoreCase", "String", "ignore-case", True),
    ("StringLike", "String", "like", False),
    ("StringNotLike", "String", "like", True),
    ("NumericEquals", "Numeric", "==", False),
    ("NumericNotEquals", "Numeric", "==", True),
    ("NumericLessThan", "Numeric", "<", False),
    ("NumericLessThanEquals", "Numeric", "<=", False),
    ("NumericGreaterThan", "Numeric", ">", False),
    ("NumericGreaterThanEquals", "Numeric", ">=", False),
    ("DateEquals", "Date", "==", False),
    ("DateNotEquals", "Date", "==", True),
    ("DateLessThan", "Date", "<", False),
    ("DateLessThanEquals", "Date", "<=", False),
    ("DateGreaterThan", "Date", ">", False),
    ("DateGreaterThanEquals", "Date", ">=", False),
    ("Bool", "Bool", "bool", False),
    ("BinaryEquals", "Binary", "bytes", False),
    ("IpAddress", "Ip", "in", False),
    ("NotIpAddress", "Ip", "in", True),
    ("ArnEquals", "Arn", "arn", False),
    ("ArnLike", "Arn", "arn", False),
    ("ArnNotEquals", "Arn", "arn", True),
    ("ArnNotLike", "Arn", "arn", True),
    ("Null", "Null", "null", False),
)
_OPERATORS = {row[0].lower(): row for row in _TABLE}

_ORDER: dict[str, Callable[[float], bool]] = {
    "==": lambda sign: sign == 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


class Operator(msgspec.Struct, frozen=True):
    """An operator taken apart; `qualifier` is `all`, `any` or empty. `exact` says that it was written in AWS's own case."""

    name: str
    family: Family
    comparison: str
    negated: bool
    if_exists: bool
    qualifier: str
    exact: bool


@functools.lru_cache(maxsize=1024)
def operator(text: str) -> Operator | None:
    """The operator that `text` names, in any letter case (R80), or None where there is none of that name."""
    prefix, colon, base = text.rpartition(":")
    qualifier = {"forallvalues": "all", "foranyvalue": "any", "": ""}.get(prefix.lower() if colon else "")
    if qualifier is None or (colon and not prefix):
        return None
    if_exists = base.lower().endswith("ifexists")
    found = _OPERATORS.get(base[: -len("IfExists")].lower() if if_exists else base.lower())
    if found is None or (found[1] == "Null" and if_exists):
        return None
    name, family, comparison, negated = found
    canonical = {"all": "ForAllValues:", "any": "ForAnyValue:", "": ""}[qualifier] + name + ("IfExists" if if_exists else "")
    return Operator(name, family, comparison, negated, if_exists, qualifier, canonical == text)


def evaluate(tests: tuple[ConditionTest, ...], context: Context, *, variable: bool) -> Truth:
    """A whole Condition block: every operator and every key must hold (R56)."""
    return all_of(holds(item, context, variable=variable) for item in tests)


def holds(item: ConditionTest, context: Context, *, variable: bool) -> Truth:
    """One operator and key against the request context (R57-R79)."""
    parsed = operator(item.operator)
    if parsed is None:
        return unknown(Unknown("rule", "R80", f"there is no condition operator {item.operator}"))
    value = context.get(item.key)
    if value.state == "unknown":
        return _of_unknown_key(parsed, item, value, context, variable)
    if parsed.family == "Null":
        return _null(item, value)
    if value.state == "absent":
        return _absent(parsed, item.key)
    if parsed.qualifier:
        if all(text == "" for text in value.values):  # AWS counts a set that comes down to empty strings as empty (R71)
            return _absent(parsed, item.key)
        each = [_value(parsed, item.values, text, context, variable) for text in value.values]
        return all_of(each) if parsed.qualifier == "all" else any_of(each)
    if len(value.values) != 1:
        return FALSE  # R74: no set operator on several values
    return _value(parsed, item.values, value.values[0], context, variable)


def _of_unknown_key(parsed: Operator, item: ConditionTest, value: Value, context: Context, variable: bool) -> Truth:
    """The key is not known. A test that comes out the same however the key is filled in is still certain (R1)."""
    reason = value.reason or Unknown("context", item.key)
    if parsed.family == "Null":
        sides = {text.lower() for text in item.values}
        if value.sent or not sides:
            return _null(item, Value("present"))
        return TRUE if {"true", "false"} <= sides else unknown(reason)
    reach = [_reach(parsed, text, context, variable) for text in item.values]
    matches, misses = any(can for can, _ in reach), not any(surely for _, surely in reach)
    outcomes = {outcome for outcome, possible in ((not parsed.negated, matches), (parsed.negated, misses)) if possible}
    if value.multivalued and not parsed.qualifier:
        outcomes.add(False)  # it may have several values (R74)
    if not value.sent or parsed.qualifier:  # a set of empty texts is as good as absent (R71)
        missing = _absent(parsed, item.key)
        if missing.value is None:
            return unknown(reason)
        outcomes.add(missing.value)
    if len(outcomes) == 1:
        return known(outcomes.pop())
    extra = () if value.reason else tuple(name for text in item.values for name in _unknown_variables(text, context, variable))
    return unknown(reason, *extra)


def _reach(parsed: Operator, text: str, context: Context, variable: bool) -> tuple[bool, bool]:
    """Whether some request value matches the policy value `text`, and whether every one does."""
    if parsed.family == "String":
        expanded = variables.expand(text, context, variables=variable, wildcards=parsed.comparison == "like")
        return expanded.parts is not None, parsed.comparison == "like" and set(text) == {"*"}
    if parsed.family == "Arn":
        expanded = variables.expand(text, context, variables=variable, wildcards=True)
        if expanded.parts is None:
            return False, False
        return parsed.negated or _arn_fields(expanded.parts) is not None or text == "*" or bool(expanded.unknowns), False
    if parsed.negated or parsed.family == "Bool":
        return True, False
    readers: dict[Family, Callable[[str], object]] = {"Numeric": number, "Date": date, "Ip": network, "Binary": _bytes}
    return readers[parsed.family](text) is not None, False


def _unknown_variables(text: str, context: Context, variable: bool) -> tuple[Unknown, ...]:
    return variables.expand(text, context, variables=variable, wildcards=False).unknowns if "${" in text else ()


def _null(item: ConditionTest, value: Value) -> Truth:
    absent = value.state == "absent"
    truths = []
    for text in item.values:
        wanted = {"true": True, "false": False}.get(text.lower())
        if wanted is None:
            truths.append(unknown(Unknown("rule", "R69", f"Null takes true or false, not {text}")))
        else:
            truths.append(known(wanted is absent))
    return any_of(truths)


def _absent(parsed: Operator, key: str) -> Truth:
    """The key is surely not in the request (R67, R68, R71, R72, R75)."""
    if parsed.qualifier == "all":
        return TRUE
    if parsed.qualifier == "any":
        if parsed.if_exists:
            return unknown(Unknown("rule", "R75", f"ForAnyValue with IfExists and no {key} in the request is not documented"))
        return FALSE
    return known(parsed.if_exists or parsed.negated)


def _value(parsed: Operator, values: tuple[str, ...], asked: str, context: Context, variable: bool) -> Truth:
    """One request value against all policy values: OR, or NOR for negated operators (R57, R73)."""
    compare = _COMPARE[parsed.family]
    truth = any_of(compare(parsed, text, asked, context, variable) for text in values)
    return negate(truth) if parsed.negated else truth


def _type_error(parsed: Operator, rule: str, text: str, what: str) -> Truth:
    """A value of the wrong type: false for positive operators; for negated ones a guess would silence a Deny (R62)."""
    return (
        unknown(Unknown("rule", rule, f"{parsed.name} with {text!r}, which is not {what}, is not documented")) if parsed.negated else FALSE
    )


def _string(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    expanded = variables.expand(text, context, variables=variable, wildcards=parsed.comparison == "like")
    if expanded.parts is None:
        return FALSE
    if parsed.comparison == "ignore-case":
        parts: Parts = tuple(part.lower() if isinstance(part, str) else part for part in expanded.parts)
        asked = asked.lower()
    else:
        parts = expanded.parts
    matched = globs.match(parts, asked)
    return unknown(*expanded.unknowns) if matched and expanded.unknowns else known(matched)


def _numeric(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    right, left = number(text), number(asked)
    if right is None or left is None:
        return _type_error(parsed, "R62", text if right is None else asked, "a number")
    return known(_ORDER[parsed.comparison]((left > right) - (left < right)))


def _date(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    right, left = date(text), date(asked)
    if right is None or left is None:
        return _type_error(parsed, "R63", text if right is None else asked, "a date")
    return known(_ORDER[parsed.comparison]((left > right) - (left < right)))


def _bool(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    if variable and "${" in text:
        return unknown(Unknown("rule", "R76", "AWS's pages contradict each other on variables with Bool"))
    right, left = text.lower(), asked.lower()
    if right in ("true", "false") and left in ("true", "false"):
        return known(right == left)
    if "true" in (right, left):
        return FALSE  # other text reads as false (R64)
    odd = text if right != "false" else asked
    return unknown(Unknown("rule", "R64", f"Bool with {odd!r}, which is neither true nor false, is not documented"))


def _binary(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    right, left = _bytes(text), _bytes(asked)
    return known(right is not None and right == left)


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _ip(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    policy, request = network(text), network(asked)
    if policy is None or request is None or request.num_addresses != 1:
        return _type_error(parsed, "R65", text if policy is None else asked, "an address range" if policy is None else "an address")
    return known(network_holds(policy, request))


def _arn(parsed: Operator, text: str, asked: str, context: Context, variable: bool) -> Truth:
    expanded = variables.expand(text, context, variables=variable, wildcards=True)
    if expanded.parts is None:
        return FALSE
    fields, requested = _arn_fields(expanded.parts), matching.fields_of(asked)
    if fields is None or len(requested) != 6 or requested[0] != "arn":
        if expanded.unknowns and fields is None:
            return unknown(*expanded.unknowns)
        if text == "*":
            return unknown(Unknown("rule", "R66", f"{parsed.name} with a bare * is not documented"))
        return _type_error(parsed, "R66", text if fields is None else asked, "an ARN of six fields")
    matched = all(map(globs.match, fields, requested))
    return unknown(*expanded.unknowns) if matched and expanded.unknowns else known(matched)


def _arn_fields(parts: Parts) -> list[Parts] | None:
    """Split at the first five colons (R66)."""
    fields: list[list[str | int]] = [[]]
    for part in parts:
        if isinstance(part, int):
            fields[-1].append(part)
            continue
        pieces = part.split(":", 6 - len(fields)) if len(fields) < 6 else [part]
        for number_of_piece, piece in enumerate(pieces):
            if number_of_piece:
                fields.append([])
            if piece:
                fields[-1].append(piece)
    return [tuple(field) for field in fields] if len(fields) == 6 and fields[0] == ["arn"] else None


_COMPARE: dict[Family, Callable[[Operator, str, str, Context, bool], Truth]] = {
    "String": _string,
    "Numeric": _numeric,
    "Date": _date,
    "Bool": _bool,
    "Binary": _binary,
    "Ip": _ip,
    "Arn": _arn,
}
