"""What the statements of a whole account say, kept so that terms about them (`statement_terms`) are answered for every row of a list in
a few milliseconds. Each document is read once, however many hold it, and equal elements are kept once.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw

from whygate import policies
from whygate import policy as documents
from whygate import statement_terms as terms
from whygate.entities import Group, Role, User
from whygate.policies import Held
from whygate.policy import Statement
from whygate.snapshot import Snapshot
from whygate.statement_terms import Term

LISTS = ("users", "groups", "roles", "policies", "resources")

UNKNOWN = -1
"""Stands for a document that is not in the data, or that nobody can read."""

T = TypeVar("T", bound=Hashable)
_Texts = tuple[str, ...]
_Action = tuple[bool, tuple[str, ...]]
_Place = tuple[int, str, str]  # a document, how it is held (one of WAYS but group, or nothing), and the group that it comes by


class Found(msgspec.Struct, frozen=True):
    """`rows` are the indices of the rows that meet the terms, in order; `unknown` counts the rows with a document that is not known and
    that might have made a difference."""

    rows: Sequence[int]
    unknown: int = 0


class _Kept(Generic[T]):
    """Equal things once, each with a number."""

    def __init__(self) -> None:
        self.numbers: dict[T, int] = {}

    def number(self, thing: T) -> int:
        return self.numbers.setdefault(thing, len(self.numbers))


class Documents:
    """The documents that were read so far, by their text; it only grows, and serves one snapshot after the other."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._statements: list[tuple[int, ...]] = []
        self._words: dict[str, str] = {}
        self._effects: set[str] = set()
        self._patterns: dict[str, set[str]] = {}  # by service, because a term is mostly about one
        self._keys: dict[str, str] = {}
        self._actions = _Kept[_Action]()
        self._resources = _Kept[_Texts]()
        self._tests = _Kept[_Texts]()
        self._whole = _Kept[tuple[str, int, int, int]]()

    def number(self, raw: Raw | None) -> int:
        """The number of a document; UNKNOWN for one that is not there or cannot be read."""
        if raw is None:
            return UNKNOWN
        text = bytes(raw)
        key = hashlib.blake2b(text, digest_size=16).digest()
        known = self._numbers.get(key)
        if known is None:
            policy = documents.read(text)
            known = UNKNOWN if policy.unreadable else len(self._statements)
            if not policy.unreadable:
                self._statements.append(tuple(dict.fromkeys(map(self._statement, policy.statements))))
            self._numbers[key] = known
        return known

    def _statement(self, statement: Statement) -> int:
        patterns = self._folded(each.lower() for each in statement.actions)
        actions = self._actions.number((statement.not_action, patterns))
        if not statement.not_action:
            for pattern in patterns:
                self._patterns.setdefault(terms.service_of(pattern), set()).add(pattern)
        resources = self._resources.number(self._folded(each.casefold() for each in statement.resources or ()))
        for each in statement.tests:
            self._keys.setdefault(each.key.casefold(), each.key)
        tests = self._tests.number(self._folded(each.key.casefold() for each in statement.tests))
        effect = statement.effect.casefold()
        self._effects.add(effect)
        return self._whole.number((effect, actions, resources, tests))

    def _folded(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._words.setdefault(text, text) for text in texts))

    @property
    def condition_keys(self) -> tuple[str, ...]:
        """Every condition key that some statement names, as it is first written."""
        spelled = list(self._keys.values())  # at once: another thread may be reading more
        return tuple(sorted(spelled))

    def meeting(self, wanted: Sequence[Term]) -> set[int]:
        """The documents with one statement that meets all the terms."""
        kept = self._meeting_statements(wanted)
        return {number for number, statements in enumerate(self._statements) if not kept.isdisjoint(statements)}

    def _meeting_statements(self, wanted: Sequence[Term]) -> set[int]:
        of = {name: [each for each in wanted if each.name == name] for name in terms.STATEMENT}
        actions = self._elements(self._actions, of["act"], self._with_action)
        resources = self._elements(self._resources, of["res"], self._with_text)
        tests = self._elements(self._tests, of["cond"], self._with_text)
        effects = {each for each in self._effects if all((each == one.value) != one.inverted for one in of["eff"])}
        return {
            number
            for (effect, action, resource, test), number in self._whole.numbers.items()
            if effect in effects
            and (actions is None or action in actions)
            and (resources is None or resource in resources)
            and (tests is None or test in tests)
        }

    def _elements(self, kept: _Kept[T], wanted: Sequence[Term], finder: Callable[[_Kept[T], str], set[int]]) -> set[int] | None:
        """The numbers of the elements that meet the terms about them; None where there is no such term."""
        if not wanted:
            return None
        left = set(kept.numbers.values())
        for each in wanted:
            found = finder(kept, each.value)
            left = left - found if each.inverted else left & found
        return left

    def _with_action(self, kept: _Kept[_Action], value: str) -> set[int]:
        pattern = terms.action_pattern(value)
        common = {
            each
            for service, patterns in self._patterns.items()
            if terms.may_be_of(service, pattern)
            for each in patterns
            if terms.common_action(each, pattern)
        }
        return {
            number
            for (negated, patterns), number in kept.numbers.items()
            if (terms.leaves_action(patterns, pattern) if negated else not common.isdisjoint(patterns))
        }

    def _with_text(self, kept: _Kept[_Texts], value: str) -> set[int]:
        holding = {each for each in {text for texts in kept.numbers for text in texts} if value in each}
        return {number for texts, number in kept.numbers.items() if not holding.isdisjoint(texts)}


class StatementIndex:
    """Which rows of the lists of one snapshot hold which documents. A list is looked at when it is first asked about; for one thread at a
    time."""

    def __init__(self, snapshot: Snapshot, kept: Documents | None = None) -> None:
        self.documents = kept or Documents()
        self.snapshot = snapshot
        self._places: dict[str, dict[_Place, Sequence[int]]] = {}

    @property
    def read(self) -> frozenset[str]:
        """The lists whose documents were read already."""
        return frozenset(self._places)

    def rows(self, name: str, wanted: Sequence[Term]) -> Found:
        """The rows of the list `name` (one of LISTS) that meet the terms.

        All terms must hold of one statement in one place: among a principal's own policies and those of its groups, and its permissions
        boundary only where `through:boundary` says so. Inverted terms are about that statement too; where every term is inverted, they
        leave out the rows with a statement that meets one of them.
        """
        places = self._of(name)
        if any(not each.inverted for each in wanted):
            found, unknown = self._meeting(places, wanted)
            return Found(sorted(found), len(unknown - found))
        left, not_known = set(range(len(getattr(self.snapshot, name)))), set[int]()
        for each in wanted:
            found, unknown = self._meeting(places, [Term(each.name, each.value)])
            left -= found
            not_known |= unknown
        return Found(sorted(left), len(not_known & left))

    def _meeting(self, places: dict[_Place, Sequence[int]], wanted: Sequence[Term]) -> tuple[set[int], set[int]]:
        """The rows that surely meet the terms, and those with a document that may."""
        about = [each for each in wanted if each.name in terms.STATEMENT]
        documents = self.documents.meeting(about) if about else None
        held = held_by(wanted, self._group_names)
        found, unknown = set[int](), set[int]()
        for (document, how, group), rows in places.items():
            if (documents is not None and document not in documents and document != UNKNOWN) or not held(how, group):
                continue
            (unknown if documents is not None and document == UNKNOWN else found).update(rows)
        return found, unknown

    @functools.cached_property
    def _group_names(self) -> frozenset[str]:
        return frozenset(each.name.casefold() for each in self.snapshot.groups)

    def _of(self, name: str) -> dict[_Place, Sequence[int]]:
        if name not in self._places:
            self._places[name] = self._read(name)
        return self._places[name]

    def _read(self, name: str) -> dict[_Place, Sequence[int]]:
        found: dict[_Place, list[int]] = {}
        if name == "policies":
            for row, policy in enumerate(self.snapshot.policies):
                found.setdefault((self.documents.number(policy.document), "", ""), []).append(row)
        elif name == "resources":
            for row, resource in enumerate(self.snapshot.resources):
                if resource.policy is not None:
                    raw = None if resource.policy is UNSET else resource.policy
                    found.setdefault((self.documents.number(raw), "", ""), []).append(row)
        else:
            self._read_principals(getattr(self.snapshot, name), found)
        return dict(found)

    def _read_principals(self, entities: Sequence[User | Role | Group], found: dict[_Place, list[int]]) -> None:
        members: dict[tuple[str, str], list[int]] = {}
        for row, entity in enumerate(entities):
            for held in policies.own_policies(self.snapshot, entity):
                found.setdefault(self._place(held), []).append(row)
            boundary = None if isinstance(entity, Group) else policies.boundary_of(self.snapshot, entity)
            if boundary is not None:
                found.setdefault(self._place(boundary), []).append(row)
            for name in dict.fromkeys(entity.groups) if isinstance(entity, User) else ():
                members.setdefault((entity.account, name), []).append(row)
        for (_, name), rows in members.items():
            user = entities[rows[0]]
            group = self.snapshot.group_of(user, name) if isinstance(user, User) else None
            by_group = policies.own_policies(self.snapshot, group, through=group.name) if group is not None else ()
            places = [(UNKNOWN, "managed", name.casefold())] if group is None else map(self._place, by_group)
            for place in places:  # a group that is not in the data may hold anything
                found.setdefault(place, []).extend(rows)

    def _place(self, held: Held) -> _Place:
        return self.documents.number(held.raw), held.kind, held.through.casefold()


def held_by(wanted: Iterable[Term], group_names: frozenset[str]) -> Callable[[str, str], bool]:
    """The test of how a policy is held (its kind, and the group that it comes by)."""
    asked = [(_one_way(each.value, group_names), each.inverted) for each in wanted if each.name == terms.THROUGH]
    boundary = any(each.name == terms.THROUGH and each.value == "boundary" and not each.inverted for each in wanted)

    @functools.cache
    def held(how: str, group: str) -> bool:
        return (boundary or how != "boundary") and all(test(how, group) != inverted for test, inverted in asked)

    return held


def _one_way(value: str, group_names: frozenset[str]) -> Callable[[str, str], bool]:
    if value == "group":
        return lambda how, group: bool(group)
    if value in terms.WAYS:
        return lambda how, group: how == value
    of_name = terms.called(value, group_names)
    return lambda how, group: bool(group) and of_name(group)
