"""What is valid in a policy document but suspicious: warnings, beside what `grammar` calls malformed (R54 and the rules it names)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from whygate import catalogue, conditions, globs, grammar, matching, values
from whygate.arn import split
from whygate.context import is_multivalued
from whygate.grammar import Finding
from whygate.policy import ConditionTest, Path, Policy, Statement

# Characters that AWS counts: IAM leaves white space out, Organizations counts it (R51).
_LIMITS = {"identity": 6144, "boundary": 6144, "session": 2048, "trust": 2048, "scp": 10240, "rcp": 5120}
_WITH_WHITE_SPACE = ("scp", "rcp")


def findings(policy: Policy, kind: str) -> tuple[Finding, ...]:
    """All there is to say about a document as a policy of `kind`: malformed findings first, then warnings in document order."""
    malformed = grammar.check(policy, kind)
    if policy.unreadable:
        return malformed
    return (*malformed, *_document(policy, kind))


def _warn(text: str, path: Path, rule: str) -> Finding:
    return Finding("warning", text, path, rule)


def _document(policy: Policy, kind: str) -> Iterator[Finding]:
    if "Id" in policy.tree and kind not in ("resource", "vpce"):
        yield _warn("Id belongs to resource policies", ("Id",), "R47")
    yield from size(policy, kind)
    for statement in policy.statements:
        path = policy.place(statement)
        yield from _actions(statement, path)
        yield from _resources(statement, path)
        yield from _principals(statement, path)
        for item in statement.tests:
            yield from _condition(item, statement, policy, kind, (*path, "Condition", item.operator, item.key))
        if not policy.variables:
            yield from _old_variables(statement, path)


def size(policy: Policy, kind: str) -> Iterator[Finding]:
    limit = _LIMITS.get(kind)
    if limit is None:
        return
    text = "\n".join(policy.text.lines)
    size = len(text) if kind in _WITH_WHITE_SPACE else len(re.sub(r"\s", "", text))
    # Printed with its indents a document may be longer than what is stored, so only text without white space is sure.
    if len(re.sub(r"\s", "", text)) > limit:
        yield _warn(f"{size:,} characters; the limit is {limit:,}", (), "R51")


def _explicit(statement: Statement) -> list[str]:
    return [text for text in statement.actions if not globs.has_wildcard(text) and not statement.not_action]


def _actions(statement: Statement, path: Path) -> Iterator[Finding]:
    place = (*path, statement.element("action"))
    for text in statement.actions:
        service, _, name = text.partition(":")
        if text == "*":
            continue
        if globs.has_wildcard(service):
            yield _warn(f"wildcard in the service prefix of {text}", place, "R21")
        elif not catalogue.knows_service(service):
            yield _warn(f"service {service} is not in the reference of {catalogue.date()}", place, "R54")
        elif not any(matching.action_matches(text, known) for known in catalogue.action_names(service)):
            yield _warn(f"action {text} is not in the reference of {catalogue.date()}", place, "R23" if name else "R54")
    passes = any(matching.action_matches(text, "iam:PassRole") for text in _explicit(statement))
    if statement.effect == "Allow" and passes and "*" in (statement.resources or ()) and not statement.not_resource and not statement.tests:
        yield _warn("iam:PassRole on * lets every role be passed to every service", place, "R54")


def _resources(statement: Statement, path: Path) -> Iterator[Finding]:
    patterns = statement.resources or ()
    place = (*path, statement.element("resource"))
    for text in patterns:
        named = split(text)
        if named and (globs.has_wildcard(named.partition) or globs.has_wildcard(named.service)):
            yield _warn(f"wildcard in the partition or service of {text}", place, "R28")
    if not patterns or "*" in patterns or statement.not_resource:
        return
    known = [found for found in map(catalogue.action, _explicit(statement)) if found]
    if any(found.wildcard_only for found in known):
        yield _warn("action has no resource-level permission", place, "R54")
    if len(known) < len(statement.actions):  # a pattern, or an action the reference does not hold, may well take it
        return
    scoped = [found for found in known if not found.wildcard_only]
    for text in patterns:
        if scoped and not any(_could_be(found, text) for found in scoped):
            yield _warn(f"no action here takes a resource like {text}", place, "R54")


def _could_be(action: catalogue.Action, pattern: str) -> bool:
    """Whether some resource of a type that the action uses could fit the pattern."""
    uses = {use.type for use in action.resources}
    for item in catalogue.resource_types(action.service):
        if item.name.split(":", 1)[1] in uses:
            shape = re.sub(r"\$\{[^}]*\}", "*", item.arn)
            pieces = matching.fields_of(re.sub(r"\$\{[^}]*\}", "*", pattern))
            pieces += ["*"] * (6 - len(pieces))
            if all(globs.overlap(globs.parse(mine), globs.parse(theirs)) for mine, theirs in zip(pieces, shape.split(":", 5), strict=True)):
                return True
    return False


def _principals(statement: Statement, path: Path) -> Iterator[Finding]:
    if statement.principals is None:
        return
    place = (*path, statement.element("principal"))
    for kind, text in statement.principals:
        if kind == "AWS" and text == "*" and statement.effect == "Allow" and not statement.tests:
            yield _warn("everybody is allowed, without a condition", place, "R54")
        elif kind == "AWS" and globs.has_wildcard(text) and text != "*":
            yield _warn(f"{text} is no pattern: a principal takes no partial wildcard, so it matches nobody", place, "R38")
        elif kind == "AWS" and re.fullmatch(r"(AIDA|AROA|AGPA|ANPA)[A-Z0-9]{8,}", text):
            yield _warn(f"{text} is the id of a principal that was deleted, or that AWS shows no more", place, "R39")


def _condition(item: ConditionTest, statement: Statement, policy: Policy, kind: str, path: Path) -> Iterator[Finding]:
    parsed = conditions.operator(item.operator)
    if parsed is None:
        return
    if not parsed.exact:
        yield _warn(f"operator {item.operator} is not in AWS's own letter case", path, "R80")
    if (
        parsed.family == "String"
        and parsed.comparison != "like"
        and any(globs.has_wildcard(_without_variables(text)) for text in item.values)
    ):
        yield _warn(f"{parsed.name} takes no wildcards: a * is a star", path, "R60")
    if parsed.qualifier == "all" and statement.effect == "Allow" and not _guarded(statement, item.key):
        yield _warn(f"ForAllValues holds where {item.key} is absent: add Null {item.key} false", path, "R71")
    if not parsed.qualifier and parsed.family != "Null" and is_multivalued(item.key):
        yield _warn(f"{item.key} has several values: use ForAnyValue or ForAllValues", path, "R74")
    if parsed.family == "Null" and parsed.qualifier:
        yield _warn("a set operator before Null is read as plain Null", path, "R69")
    if kind in ("identity", "boundary") and item.key.lower() in ("aws:sourcearn", "aws:sourceaccount"):
        yield _warn(f"{item.key} is absent when users and roles call: it belongs into resource policies", path, "R54")
    yield from _types(parsed, item, path)
    yield from _undefined(item, statement, path)
    same = [other for other in statement.tests if other.operator == item.operator and other.key.lower() == item.key.lower()]
    if len(same) > 1 and same[0] is not item:
        yield _warn(f"{item.key} and {same[0].key} are one key in two spellings", path, "R49")


def _without_variables(text: str) -> str:
    return re.sub(r"\$\{[^}]*\}", "", text)


def _guarded(statement: Statement, key: str) -> bool:
    return any(test.operator == "Null" and test.key.lower() == key.lower() and test.values == ("false",) for test in statement.tests)


def _types(parsed: conditions.Operator, item: ConditionTest, path: Path) -> Iterator[Finding]:
    for text in item.values:
        if parsed.family == "Numeric" and values.number(text) is None:
            yield _warn(f"{text} is not a number", path, "R62")
        elif parsed.family == "Date" and values.date(text) is None:
            yield _warn(f"{text} is not a date", path, "R63")
        elif parsed.family == "Date" and values.is_bare_year(text):
            yield _warn(f"{text} is read as a year, and could be epoch seconds", path, "R63")
        elif parsed.family in ("Bool", "Null") and text.lower() not in ("true", "false"):
            yield _warn(f"{text} is neither true nor false", path, "R64")
        elif parsed.family == "Ip" and values.network(text) is None:
            yield _warn(f"{text} is not an address range", path, "R65")
        elif parsed.family == "Arn" and len(matching.fields_of(text)) != 6 and not text.startswith("${"):
            yield _warn(f"{text} is not an ARN of six fields", path, "R66")


def _undefined(item: ConditionTest, statement: Statement, path: Path) -> Iterator[Finding]:
    prefix = item.key.split(":", 1)[0].lower()
    tag = item.key.lower().startswith(("aws:resourcetag/", "aws:requesttag/")) or item.key.lower() == "aws:tagkeys"
    if not tag and (prefix == "aws" or not catalogue.knows_service(prefix)):
        return
    known = [text for text in _explicit(statement) if catalogue.action(text)]
    if known and len(known) == len(statement.actions) and not any(catalogue.defines_key(text, item.key) for text in known):
        yield _warn(f"{item.key} is not defined for {_names(known)}", path, "R54")


def _names(actions: Iterable[str]) -> str:
    listed = list(actions)
    return ", ".join(listed[:2]) + (f" and {len(listed) - 2} more" if len(listed) > 2 else "")


def _old_variables(statement: Statement, path: Path) -> Iterator[Finding]:
    texts = [*(statement.resources or ()), *(text for item in statement.tests for text in item.values)]
    if any("${" in text for text in texts):
        yield _warn("${…} is plain text in a document without Version 2012-10-17", path, "R43")
