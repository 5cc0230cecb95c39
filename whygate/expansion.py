"""Which actions the patterns of an Action or NotAction element stand for: by service, and within one by access level.

It knows what the reference knows: where that has no such service or action it says so, and names none. Whether a statement applies
to a request is decided in `statements`, not here.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from whygate import catalogue, globs, matching
from whygate.text import count

LEVELS = ("List", "Read", "Write", "Permissions management", "Tagging")
"""The access levels in AWS's order."""


class Covered(msgspec.Struct, frozen=True):
    """The actions of one service, as `service:Action`, sorted; `known` is how many the reference has of that service."""

    service: str
    actions: tuple[str, ...]
    known: int

    @property
    def extent(self) -> str:
        """How many, and of how many: `all 25`, `3 of 25`."""
        return f"all {self.known:,}" if len(self.actions) == self.known else f"{len(self.actions):,} of {self.known:,}"


class Expansion(msgspec.Struct, frozen=True):
    """What an element stands for. `named` is what its patterns fit; `rest` is every other action of the reference, for a NotAction
    only: it is those that the statement is about. `gaps` are sentences about patterns that the reference has nothing for."""

    patterns: tuple[str, ...]
    negated: bool
    named: tuple[Covered, ...]
    rest: tuple[Covered, ...]
    gaps: tuple[str, ...]
    date: str

    @property
    def sentence(self) -> str:
        """What the element says, in one line, with the day of the reference that was counted in."""
        number, where = total(self.named), f"the reference of {self.date}"
        if not self.negated:
            if len(self.named) == 1:
                only = self.named[0]
                return f"{only.service}: {only.extent} {'action' if only.known == 1 else 'actions'} in {where}"
            return f"{count(number, 'action')} of {count(len(self.named), 'service')} in {where}" if number else f"no action of {where}"
        others = total(self.rest)
        return f"every action but {number:,}: {others:,} of {number + others:,} in {where}, and all that it does not know"


def total(covered: Sequence[Covered]) -> int:
    """How many actions these are together."""
    return sum(len(each.actions) for each in covered)


@functools.lru_cache(maxsize=64)
def expand(patterns: tuple[str, ...], negated: bool = False) -> Expansion:
    """The actions of an element with these patterns (R20-R23); `negated` says that it is a NotAction. A pattern with a wildcard in
    its service reads the whole reference, which takes a tenth of a second the first time."""
    found: dict[str, set[str]] = {}
    gaps = []
    for pattern in patterns:
        fitting = _fitting(pattern)
        for service, actions in fitting.items():
            found.setdefault(service, set()).update(actions)
        if not fitting:
            gaps.append(_gap(pattern))
    named = tuple(_covered(service, found[service]) for service in sorted(found))
    rest = tuple(filter(None, (_others(service, found.get(service, set())) for service in catalogue.services()))) if negated else ()
    return Expansion(patterns, negated, named, rest, tuple(gaps), catalogue.date())


def by_level(actions: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(access level, actions) pairs in AWS's order, empty levels left out."""
    levels: dict[str, list[str]] = {level: [] for level in LEVELS}
    for name in actions:
        known = catalogue.action(name)
        if known is not None:
            levels.setdefault(known.access_level, []).append(known.name)
    return tuple((level, tuple(names)) for level, names in levels.items() if names)


def _fitting(pattern: str) -> dict[str, Sequence[str]]:
    """By service what fits a pattern; services in which nothing does are left out."""
    service, colon, name = pattern.lower().partition(":")
    if colon and not globs.has_wildcard(service):
        candidates: Sequence[str] = (service,)
    else:
        candidates = [each for each in catalogue.services() if catalogue.action_names(each)]
    if set(pattern) == {"*"} or (len(candidates) == 1 and colon and set(name) == {"*"}):
        return {each: catalogue.action_names(each) for each in candidates if catalogue.action_names(each)}
    fitting = {each: [action for action in catalogue.action_names(each) if matching.action_matches(pattern, action)] for each in candidates}
    return {each: actions for each, actions in fitting.items() if actions}


def _covered(service: str, actions: set[str]) -> Covered:
    return Covered(service, tuple(sorted(actions)), len(catalogue.action_names(service)))


def _others(service: str, excluded: set[str]) -> Covered | None:
    every = catalogue.action_names(service)
    actions = tuple(name for name in every if name not in excluded) if excluded else every
    return Covered(service, actions, len(every)) if actions else None


def _gap(pattern: str) -> str:
    service, colon, _ = pattern.partition(":")
    if colon and not globs.has_wildcard(service) and not catalogue.knows_service(service):
        return f"{pattern}: service {service} is not in the reference of {catalogue.date()}, so what this covers is not known"
    return f"{pattern}: fits no action in the reference of {catalogue.date()}"
