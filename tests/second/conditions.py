"""Section 4 of the reference: condition blocks."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from second.context import ABSENT, MULTIVALUED, Context, Said, text
from second.globs import expand, fields, filled
from second.three import NotSaidError, Three, all_of, any_of, negate

_NUMBER = r"[+-]?\d+(\.\d+)?"

Compare = Callable[[str, str, Context, bool, bool], Three]
"""Policy value, request value, context, whether `${…}` is a variable, whether the operator is a negated one."""


def block(condition: dict[str, Any], context: Context, *, variables: bool) -> Three:
    """R56."""
    return all_of(
        test(operator, key, values if isinstance(values, list) else [values], context, variables=variables)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def parse(operator: str) -> tuple[str, str, bool] | None:
    """The set operator (or nothing), the plain operator, whether there is IfExists; all in lower case, as R80 takes any."""
    name, qualifier, if_exists = operator.lower(), "", False
    for prefix in ("forallvalues:", "foranyvalue:"):
        if name.startswith(prefix):
            qualifier, name = prefix, name[len(prefix) :]
    if name.endswith("ifexists"):
        if_exists, name = True, name[: -len("ifexists")]
    if name not in OPERATORS and (name != "null" or if_exists):
        return None
    return qualifier, name, if_exists


def test(operator: str, key: str, values: list[Any], context: Context, *, variables: bool) -> Three:
    parsed = parse(operator)
    assert parsed is not None
    qualifier, name, if_exists = parsed
    policy, said = [text(item) for item in values], context.get(key)
    if said.state == "unknown":  # R1: what all completions agree on is known
        plain = [filled(one, context) if variables else one for one in policy]
        if qualifier and "" in plain:
            raise NotSaidError("an empty value among others (R71)")
        near = completions(said, key, plain)
        return _agreed([_answer(qualifier, name, if_exists, policy, key, item, context, variables) for item in near])
    return _answer(qualifier, name, if_exists, policy, key, said, context, variables)


def _agreed(answers: list[Three]) -> Three:
    return answers[0] if len(set(answers)) == 1 else None


def completions(said: Said, key: str, policy: list[str]) -> list[Said]:
    """Enough values of an unknown key to see whether a test hangs on it: each of the policy's own values with something for its
    wildcards and variables, numbers and times around them, other kinds of text, and absence."""
    plain = [*policy, *(re.sub("[*?]", "x", item) for item in policy)]
    plain += ["", "zz", "arn:aws:zz:z:zz:zz", "true", "false", "198.51.100.77", "2001:db9::9"]
    for item in policy:
        instant, network = _instant(item), _network(item)
        plain += [] if instant is None else [str(instant - 1), str(instant), str(instant + 1)]
        if re.fullmatch(_NUMBER, item):
            plain += [str(Decimal(item) - 1), str(Decimal(item) + 1)]
        plain += [] if network is None else [str(network[0])]
    found = [Said("present", (item,)) for item in dict.fromkeys(plain)]
    if key.lower() in MULTIVALUED:
        found += [Said("present", (one, "zz")) for one in plain if one not in ("", "zz")]
    return found if said.sent else [*found, ABSENT]


def _answer(
    qualifier: str, name: str, if_exists: bool, policy: list[str], key: str, said: Said, context: Context, variables: bool
) -> Three:
    if name == "null":  # R69
        return any_of(item.lower() == str(said.state == "absent").lower() for item in policy)
    compare, negated = OPERATORS[name]

    def one(value: str) -> Three:  # R57
        matched = any_of(compare(item, value, context, variables, negated) for item in policy)
        return negate(matched) if negated else matched

    if qualifier:
        if len(set(said.values)) > 1 and "" in said.values:
            raise NotSaidError("an empty value among others (R71)")
        empty = all(item == "" for item in said.values)
        if qualifier == "forallvalues:":  # R71, R73
            return True if empty else all_of(one(item) for item in said.values)
        if empty:  # R72, R75
            return None if if_exists else False
        return any_of(one(item) for item in said.values)
    if said.state == "absent":  # R67, R68
        return if_exists or negated
    if len(said.values) != 1:  # R74
        return False
    return one(said.values[0])


def _string(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R60."""
    return expand(policy, context, variables=variables, star=r"\*", question=r"\?").matches(value)


def _ignore_case(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R61."""
    expanded = expand(policy, context, variables=variables, star=r"\*", question=r"\?")
    if expanded.absent or not re.fullmatch(expanded.expression, value, re.DOTALL | re.IGNORECASE):
        return False
    return None if expanded.unknown else True


def _like(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R61."""
    return expand(policy, context, variables=variables).matches(value)


def _arn(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R66."""
    if policy == "*":
        return None
    if expand(policy, context, variables=variables).absent:  # R77
        return False
    pattern, parts = fields(policy, variables=variables), value.split(":", 5)
    if len(pattern) < 6 and variables and "${" in policy:
        raise NotSaidError("a variable in place of a whole ARN")
    if len(pattern) < 6 or pattern[0] != "arn" or len(parts) < 6 or parts[0] != "arn":
        return None if negated else False
    return all_of(expand(one, context, variables=variables).matches(part) for one, part in zip(pattern, parts, strict=True))


def _numeric(order: Callable[[Decimal, Decimal], bool]) -> Compare:
    """R62."""

    def compare(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
        if not all(re.fullmatch(_NUMBER, item) for item in (policy, value)):
            return None if negated else False
        return order(Decimal(value), Decimal(policy))

    return compare


def _instant(value: str) -> Decimal | None:
    """R63, as seconds since 1970."""
    if re.fullmatch(r"\d{4}", value):
        value += "-01"
    if re.fullmatch(r"\d{4}-\d\d", value):
        value += "-01"
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return Decimal(value)
    if ":60" in value:  # a leap second
        before = _instant(value.replace(":60", ":59"))
        return None if before is None else before + 1
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return Decimal(str((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def _date(order: Callable[[Decimal, Decimal], bool]) -> Compare:
    """R63."""

    def compare(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
        left, right = _instant(value), _instant(policy)
        if left is None or right is None:
            return None if negated else False
        return order(left, right)

    return compare


def _bool(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R64."""
    if variables and "${" in policy:
        raise NotSaidError("a variable under Bool (R76)")
    one, other = policy.lower(), value.lower()
    if one in ("true", "false") and other in ("true", "false"):
        return one == other
    return False if "true" in (one, other) else None


def _binary(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R64."""
    try:
        return base64.b64decode(policy, validate=True) == base64.b64decode(value, validate=True)
    except binascii.Error:
        return False


def _ip(policy: str, value: str, context: Context, variables: bool, negated: bool) -> Three:
    """R65."""
    network = _network(policy)
    if network is None:
        return None if negated else False
    try:
        return ipaddress.ip_address(value) in network
    except ValueError:
        return None if negated else False


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """R65."""
    try:
        return ipaddress.ip_network(value, strict=False) if re.fullmatch(r"[^/]*(/\d+)?", value) else None
    except ValueError:
        return None


OPERATORS: dict[str, tuple[Compare, bool]] = {
    "stringequals": (_string, False),
    "stringnotequals": (_string, True),
    "stringequalsignorecase": (_ignore_case, False),
    "stringnotequalsignorecase": (_ignore_case, True),
    "stringlike": (_like, False),
    "stringnotlike": (_like, True),
    "bool": (_bool, False),
    "binaryequals": (_binary, False),
    "ipaddress": (_ip, False),
    "notipaddress": (_ip, True),
    "arnequals": (_arn, False),
    "arnlike": (_arn, False),
    "arnnotequals": (_arn, True),
    "arnnotlike": (_arn, True),
}
for _word, _order in {
    "equals": lambda request, policy: request == policy,
    "lessthan": lambda request, policy: request < policy,
    "lessthanequals": lambda request, policy: request <= policy,
    "greaterthan": lambda request, policy: request > policy,
    "greaterthanequals": lambda request, policy: request >= policy,
}.items():
    OPERATORS[f"numeric{_word}"] = (_numeric(_order), False)
    OPERATORS[f"date{_word}"] = (_date(_order), False)
OPERATORS["numericnotequals"] = (_numeric(lambda request, policy: request == policy), True)
OPERATORS["datenotequals"] = (_date(lambda request, policy: request == policy), True)
