"""Action and resource patterns against one requested action and resource (R20-R33). Principals are in `principals`."""

from __future__ import annotations

import functools
import re

import msgspec

from whygate import arn, globs, variables
from whygate.context import Context
from whygate.globs import ANY, ANY_BUT_COLON, ONE_BUT_COLON, Part, Parts
from whygate.logic import FALSE, TRUE, Truth, Unknown, any_of, negate, unknown

NO_RESOURCE = "*"
"""The requested resource of a call that has none (R121)."""

_FIELD = re.compile(r"(?:\$\{[^{}]*\}|[^:])*")
# S3's own examples scope this action, which has no resource, to the pattern for every bucket (R121).
_WITHOUT_RESOURCE_BUT = {"s3:listallmybuckets": re.compile(r"arn:aws[a-z-]*:s3:::\*")}


def action_matches(pattern: str, action: str) -> bool:
    """One Action pattern, ignoring case; variables are not expanded (R20, R21)."""
    return globs.match(globs.parse(pattern.lower()), action.lower())


def actions_match(patterns: tuple[str, ...], negated: bool, action: str) -> bool:
    """A whole Action or NotAction element (R22)."""
    return any(action_matches(pattern, action) for pattern in patterns) != negated


class _Pattern(msgspec.Struct, frozen=True):
    """A resource pattern taken apart: the first five fields, the text of the sixth, and the pattern as a whole with its
    stars that stand before a colon allowed to cross colons (None where there is no such star, R24)."""

    fields: tuple[Parts, ...]
    resource: str
    crossing: Parts | None
    short_without_star: bool
    all_wildcards: bool


def fields_of(text: str) -> list[str]:
    """Up to six fields split at the first five colons that are not inside `${…}` (R24, R76)."""
    found: list[str] = []
    position = 0
    while len(found) < 5:
        match = _FIELD.match(text, position)
        end = match.end() if match else position
        if end >= len(text):
            return [*found, text[position:]]
        found.append(text[position:end])
        position = end + 1
    return [*found, text[position:]]


@functools.lru_cache(maxsize=65536)
def _pattern(text: str) -> _Pattern | None:
    """The pattern taken apart, or None where it is no ARN."""
    if not text.startswith("arn:"):
        return None
    written = fields_of(text)
    filled = written + ["*"] * (6 - len(written))
    return _Pattern(
        fields=tuple(globs.parse(field) for field in filled[:5]),
        resource=filled[5],
        crossing=_crossing(text, len(":".join(written[:5])) if len(written) == 6 else len(text)) if "*:" in text else None,
        short_without_star=len(written) < 6 and not text.endswith("*"),
        all_wildcards=all(set(field) == {"*"} for field in filled[1:]),
    )


def _crossing(text: str, head: int) -> Parts:
    parts: list[Part] = []
    for position, character in enumerate(text):
        in_resource = position > head
        if character == "*":
            crosses = in_resource or position == len(text) - 1 or text[position + 1] == ":"
            parts.append(ANY if crosses else ANY_BUT_COLON)
        elif character == "?":
            parts.append(globs.ONE if in_resource else ONE_BUT_COLON)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += character
        else:
            parts.append(character)
    return tuple(parts)


def resource_matches(
    pattern: str, resource: str, context: Context, *, variable: bool = True, kind: str = "identity", action: str = ""
) -> Truth:
    """One Resource pattern against the requested ARN, or `*` for a call without a resource.

    `variable` says whether `${…}` is expanded (version 2012-10-17); `kind` is the kind of policy, which decides what a
    short ARN means (R30). A requested ARN with wildcards of its own is a question about all that it stands for: true where
    the pattern covers it whole, unknown where it covers a part (R112).
    """
    if pattern == "*":
        return TRUE
    taken = _pattern(pattern)
    if resource == NO_RESOURCE:
        exception = _WITHOUT_RESOURCE_BUT.get(action.lower())
        if exception and exception.fullmatch(pattern):
            return TRUE
        if taken and taken.all_wildcards:
            return unknown(Unknown("rule", "R121", f"whether {pattern} covers a call that has no resource is not documented"))
        return FALSE
    asked = arn.split(resource)
    if taken is None or asked is None:
        return FALSE
    truth = _by_fields(taken, asked, resource, context, variable)
    if taken.short_without_star and kind in ("resource", "vpce"):
        truth = FALSE
    if truth.value is False and taken.crossing is not None and globs.match_set(taken.crossing, resource):
        return unknown(Unknown("rule", "R24", f"whether a * in {pattern} runs on past a colon is not documented clearly"))
    return truth


def _by_fields(pattern: _Pattern, asked: arn.Arn, resource: str, context: Context, variable: bool) -> Truth:
    values = ("arn", asked.partition, asked.service, asked.region, asked.account)
    expanded = variables.expand(pattern.resource, context, variables=variable, wildcards=True)
    if expanded.parts is None:
        return FALSE
    requested = (*values, asked.resource)
    parts = (*pattern.fields, expanded.parts)
    if not globs.has_wildcard(resource):
        covered = all(map(globs.match, parts, requested))
    else:
        covered = all(map(_covers, parts, requested))
        if not covered and all(globs.overlap(mine, globs.parse(value)) for mine, value in zip(parts, requested, strict=True)):
            return unknown(Unknown("resource", resource, "the question is about a pattern, and only part of it is covered (R112)"))
    if covered:
        return unknown(*expanded.unknowns) if expanded.unknowns else TRUE
    return FALSE


def _covers(parts: Parts, asked: str) -> bool:
    """Whether a pattern covers all that the requested pattern stands for: its stars are tried empty and long, filled with a
    character that only a wildcard can match."""
    return all(globs.match(parts, asked.replace("?", "\0").replace("*", filler)) for filler in ("", "\0" * 512))


def absent_variable(pattern: str, context: Context) -> str:
    """The first variable in the pattern's resource field whose key is surely absent and has no default, or an empty text."""
    for key in _without_default(pattern):
        value = context.get(key)
        if value.state == "absent" or value.multivalued:
            return key
    return ""


def _variables_not_known(pattern: str, context: Context) -> tuple[Unknown, ...]:
    """The variables in the pattern's resource field that have no default and whose key may be absent, for all that is known."""
    values = ((key, context.get(key)) for key in _without_default(pattern))
    return tuple(value.reason or Unknown("context", key) for key, value in values if value.state == "unknown" and not value.sent)


def _without_default(pattern: str) -> tuple[str, ...]:
    taken = _pattern(pattern)
    if taken is None or "${" not in taken.resource:
        return ()
    found = variables.parse(taken.resource, True)
    return tuple(item.key for item in found if isinstance(item, variables.Variable) and item.default is None)


def resources_match(
    patterns: tuple[str, ...],
    negated: bool,
    resource: str,
    context: Context,
    *,
    variable: bool = True,
    kind: str = "identity",
    action: str = "",
) -> Truth:
    """A whole Resource or NotResource element (R32, R33)."""
    truth = any_of(resource_matches(pattern, resource, context, variable=variable, kind=kind, action=action) for pattern in patterns)
    if not negated:
        return truth
    if truth.value is not True and variable:
        for pattern in patterns:
            key = absent_variable(pattern, context)
            if key:
                return unknown(Unknown("rule", "R33", f"NotResource with the variable {key}, which the request lacks, is not documented"))
        maybe_absent = [reason for pattern in patterns for reason in _variables_not_known(pattern, context)]
        if truth.value is False and maybe_absent:
            return unknown(*maybe_absent)
    return negate(truth)


def is_action(text: str) -> bool:
    """Whether `text` has the form service:Action without wildcards."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*:[A-Za-z0-9_.-]+", text) is not None
