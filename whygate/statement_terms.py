"""Terms about one statement, as a person types them to narrow what is shown: `eff:deny act:rekognition:*`. They look at what a
statement says, element by element; what it comes to for a request is `evaluate`'s.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable

import msgspec

from whygate import catalogue, globs
from whygate.errors import UserError
from whygate.policy import Statement
from whygate.text import visible

STATEMENT = ("eff", "act", "res", "cond")
THROUGH = "through"
WAYS = ("group", "boundary", "inline", "managed")
"""How a policy may be held: through a group, as permissions boundary, inline, or attached."""

EFFECTS = ("allow", "deny")

# Longer than any name: a text that only a wildcard can match, so that it stands for every text in the wildcard's place.
_ANYTHING = "\0" * 64


class Term(msgspec.Struct, frozen=True):
    """One term, made by `term`: `name` is one of STATEMENT or THROUGH, `value` in small letters; `inverted` where it must not hold."""

    name: str
    value: str
    inverted: bool = False


def term(name: str, value: str, inverted: bool = False) -> Term:
    """A term as typed; an effect may be a beginning. Raises UserError for an effect that there is not."""
    folded = value.casefold()
    if name == "eff":
        found = next((each for each in EFFECTS if each.startswith(folded)), "")
        if not found:
            raise UserError(f"there is no effect {visible(value)!r}", todo="write eff:allow or eff:deny")
        folded = found
    return Term(name, folded, inverted)


def meets(statement: Statement, terms: Iterable[Term]) -> bool:
    """Whether one statement meets every term, and none that is inverted. Terms that are not about statements count for nothing."""
    return all(_holds(statement, each) != each.inverted for each in terms if each.name in STATEMENT)


def _holds(statement: Statement, wanted: Term) -> bool:
    if wanted.name == "eff":
        return statement.effect.casefold() == wanted.value
    if wanted.name == "act":
        return means_action(tuple(each.lower() for each in statement.actions), statement.not_action, action_pattern(wanted.value))
    if wanted.name == "res":
        return any(wanted.value in each.casefold() for each in statement.resources or ())
    return any(wanted.value in each.key.casefold() for each in statement.tests)


@functools.lru_cache(maxsize=256)
def action_pattern(value: str) -> str:
    """The pattern that the value of `act:` stands for: itself where it has wildcards or is an action of the reference, else what
    begins so; a text without a colon is about services."""
    if globs.has_wildcard(value):
        return value
    if ":" not in value:
        return f"{value}:*" if catalogue.knows_service(value) else f"{value}*:*"
    return value if catalogue.action(value) else f"{value}*"


def means_action(patterns: tuple[str, ...], negated: bool, wanted: str) -> bool:
    """Whether an Action element (NotAction where `negated`), in small letters, and the pattern `wanted` can mean a common action."""
    return leaves_action(patterns, wanted) if negated else any(common_action(each, wanted) for each in patterns)


def common_action(pattern: str, wanted: str) -> bool:
    """Whether some text fits both patterns. What their beginnings settle, which is nearly all, is settled by those."""
    head, other = _head(pattern), _head(wanted)
    if not (head.startswith(other) or other.startswith(head)):
        return False
    if len(wanted) == len(other):
        return globs.match(globs.parse(pattern), wanted)
    if wanted == f"{other}*" and head.startswith(other):
        return True
    if len(pattern) == len(head):
        return globs.match(globs.parse(wanted), pattern)
    return globs.overlap(globs.parse(pattern), globs.parse(wanted))


def service_of(pattern: str) -> str:
    """The service that a pattern names, empty where a wildcard leaves it open."""
    service, colon, _ = _head(pattern).partition(":")
    return service if colon else ""


def may_be_of(service: str, wanted: str) -> bool:
    """Whether a pattern of this service (as `service_of` says) can have an action in common with `wanted`."""
    named, colon, _ = _head(wanted).partition(":")
    return not service or (service == named if colon else service.startswith(named))


def leaves_action(patterns: tuple[str, ...], wanted: str) -> bool:
    """Whether NotAction patterns leave something of what `wanted` means."""
    asked = wanted.replace("?", "\0").replace("*", _ANYTHING)
    return not any(globs.match(globs.parse(each), asked) for each in patterns)


@functools.lru_cache(maxsize=65536)
def _head(pattern: str) -> str:
    """What stands before the first wildcard."""
    ends = [at for at in (pattern.find("*"), pattern.find("?")) if at >= 0]
    return pattern[: min(ends)] if ends else pattern


def called(value: str, names: Container[str]) -> Callable[[str], bool]:
    """The test of a name (names and value in small letters): `*` and `?` are wildcards; else it is `value` where one of `names` is, and
    begins with it where none is."""
    if globs.has_wildcard(value):
        parts = globs.parse(value)
        return lambda name: globs.match(parts, name)
    if value in names:
        return lambda name: name == value
    return lambda name: name.startswith(value)
