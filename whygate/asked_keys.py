"""The condition keys that a verdict looked at: what the request has, from where that is known, and what policies compare it with."""

from __future__ import annotations

import msgspec

from whygate import catalogue, conditions, variables
from whygate.context import Context
from whygate.evaluate import Verdict
from whygate.layers import ORDER
from whygate.policy import ConditionTest
from whygate.values import network

MOST_VALUES = 12


class KeyUse(msgspec.Struct, frozen=True):
    """A condition key that some statement asked for: its value (or `absent`, `unknown`) and where that is from. `state` is present,
    absent or unknown; `compared` are values that somebody would try: those of the policies, or true and false."""

    key: str
    value: str
    origin: str
    state: str = "present"
    compared: tuple[str, ...] = ()


def keys(verdict: Verdict) -> tuple[KeyUse, ...]:
    """The keys that statements asked for: those whose principal, action and resource could match."""
    names: dict[str, str] = {}
    tests: dict[str, dict[tuple[ConditionTest, bool], None]] = {}
    for layer in ORDER:
        for match in (match for level in verdict.outcomes[layer].levels for match in level.matches):
            if not match.applies.possible and match.element != "condition":
                continue
            statement, variable = match.statement, match.held.policy.variables
            texts = [*(statement.resources or ()), *(text for item in statement.tests for text in item.values)]
            used = [item.key for item in statement.tests]
            used += [key for text in texts if "${" in text and variable for key in variables.names(text)]
            for key in used:
                names.setdefault(key.lower(), key)
            for item in statement.tests:
                tests.setdefault(item.key.lower(), {})[item, variable] = None
    context = verdict.request.context
    found = []
    for lowered, key in names.items():
        value = context.get(key)
        found.append(KeyUse(key, str(value), value.origin, value.state, _compared(key, tuple(tests.get(lowered, ())), context)))
    return tuple(found)


def _compared(key: str, tests: tuple[tuple[ConditionTest, bool], ...], context: Context) -> tuple[str, ...]:
    found: dict[str, None] = {}
    if catalogue.key_type(key) == "Bool":
        found.update(dict.fromkeys(("true", "false")))
    for test, variable in tests:
        parsed = conditions.operator(test.operator)
        if parsed is None or parsed.family in ("Null", "Binary"):
            continue
        if parsed.family == "Bool":
            found.update(dict.fromkeys(("true", "false")))
            continue
        for text in test.values:
            if sample := _sample(parsed, text, context, variable=variable):
                found[sample] = None
    return tuple(found)[:MOST_VALUES]


def _sample(parsed: conditions.Operator, text: str, context: Context, *, variable: bool) -> str:
    """A request value like the policy's: a network's first address; a pattern with a wildcard is none, nor a variable not known."""
    if parsed.family == "Ip":
        block = network(text)
        return str(block.network_address) if block is not None else ""
    if parsed.family in ("Numeric", "Date"):
        return text
    expanded = variables.expand(text, context, variables=variable, wildcards=parsed.comparison in ("like", "arn"))
    parts = expanded.parts or ()
    return "".join(part for part in parts if isinstance(part, str)) if all(isinstance(part, str) for part in parts) else ""
