"""Who names whom: the principals that a policy names, and the identity-based policies that name a resource or a pattern that covers it.

Naming is not allowing: what a statement that names somebody leads to is decided in `evaluate`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec

from whygate import arn, globs
from whygate.context import Context
from whygate.entities import Group, Role, User
from whygate.logic import Truth
from whygate.matching import fields_of, resource_matches
from whygate.policies import Held, managed, own_policies
from whygate.policy import Policy, Statement
from whygate.principals import account_named
from whygate.snapshot import Snapshot

KINDS = ("everyone", "account", "user", "role", "role session", "federated user", "service", "identity provider", "canonical user", "other")
"""What an entry of a Principal element can be, the widest first."""

HOW = ("arn", "pattern", "inside", "all but", "everything")
"""How a statement reaches a resource: by its ARN; by a pattern that covers it; by what covers only things inside it (the objects of a
bucket); by a NotResource that does not leave it out; by a pattern for whatever there is."""

_TYPES = {"Service": "service", "Federated": "identity provider", "CanonicalUser": "canonical user"}
_RESOURCES = {"user": "user", "role": "role", "assumed-role": "role session", "federated-user": "federated user"}


class Mention(msgspec.Struct, frozen=True):
    """One entry of a Principal element. `kind` is one of KINDS, `text` as it stands in the policy, `arn` the user or role of the snapshot
    that it means (for a session its role), empty where none is there; `excepted` where it stands in a NotPrincipal."""

    kind: str
    text: str
    statement: Statement
    arn: str = ""
    excepted: bool = False


class Naming(msgspec.Struct, frozen=True):
    """A statement of an identity-based policy that reaches a resource: `how` is one of HOW, `patterns` those of its patterns that do.
    `sure` is False where that hangs on a policy variable. `holders` have the policy themselves: of a group not its members."""

    held: Held
    statement: Statement
    how: str
    patterns: tuple[str, ...]
    holders: tuple[User | Group | Role, ...]
    sure: bool = True


def principals(snapshot: Snapshot, policy: Policy) -> tuple[Mention, ...]:
    """Everybody whom the statements of a resource-based policy or a trust policy name, by kind, then in the policy's order."""
    found = [
        _mention(snapshot, kind, text, statement)
        for statement in policy.statements
        for kind, text in dict.fromkeys(statement.principals or ())
    ]
    return tuple(sorted(found, key=lambda mention: KINDS.index(mention.kind)))


def _mention(snapshot: Snapshot, type_: str, text: str, statement: Statement) -> Mention:
    kind, entity = _TYPES.get(type_, "other"), ""
    if type_ == "AWS":
        kind, entity = _aws(snapshot, text)
    return Mention(kind, text, statement, entity, statement.not_principal)


def _aws(snapshot: Snapshot, text: str) -> tuple[str, str]:
    """The kind of an AWS principal, and the ARN of the user or role of the snapshot that it means."""
    if text == "*":
        return "everyone", ""
    if account_named("AWS", text):
        return "account", ""
    parsed = arn.split(text)
    if parsed is None:  # a unique id stands for the user or role that has it (R39)
        entity = snapshot.by_id(text)
        kind = {"AIDA": "user", "AROA": "role"}.get(text[:4], "other")
        return kind, entity.arn if isinstance(entity, (User, Role)) else ""
    kind = _RESOURCES.get(parsed.kind, "other") if parsed.service in ("iam", "sts") else "other"
    if kind == "role session":
        role = snapshot.role_named(parsed.account, parsed.resource.split("/")[1])
        return kind, role.arn if role else ""
    named = snapshot.by_arn(text)
    return kind, named.arn if isinstance(named, (User, Role)) else ""


def naming(snapshot: Snapshot, resource: str) -> tuple[Naming, ...]:
    """The statements of all identity-based policies of the snapshot that reach the resource with this ARN, those first that name it most
    exactly. Where a pattern does not spell out the service of the resource, the statement has to be about one of its actions."""
    parsed = arn.split(resource)
    if parsed is None:
        return ()
    found: list[Naming] = []
    for held, holders in _policies(snapshot):
        policy = held.policy
        for statement in policy.statements:
            reach = _reach(statement, resource, parsed.service, policy.variables)
            if reach is not None:
                found.append(Naming(held, statement, reach.how, reach.patterns, holders, reach.sure))
    return tuple(sorted(found, key=lambda item: (HOW.index(item.how), item.held.name, item.statement.index)))


def _policies(snapshot: Snapshot) -> Iterator[tuple[Held, tuple[User | Group | Role, ...]]]:
    """Every identity-based policy once, with those who have it; also the managed ones that nobody has."""
    for item in snapshot.policies:
        used = snapshot.attachments(item.arn)
        holders = tuple(entity for entity, how in used if how == "attached")
        if holders or not used:  # a permissions boundary grants nothing
            yield managed(snapshot, item.arn, item.name), holders
    entities: tuple[User | Group | Role, ...] = (*snapshot.users, *snapshot.groups, *snapshot.roles)
    for entity in entities:
        for held in own_policies(snapshot, entity) if entity.inline else ():
            if held.kind == "inline" and held.known:
                yield held, (entity,)


class _Reach(msgspec.Struct, frozen=True):
    how: str
    patterns: tuple[str, ...]
    sure: bool = True


def _reach(statement: Statement, resource: str, service: str, variables: bool) -> _Reach | None:
    """How a statement reaches the resource; None where it does not."""
    if statement.resources is None or not any(statement.resources):
        return None
    on_service = statement.not_action or any(_is_about(name.partition(":")[0], service) for name in statement.actions)
    if statement.not_resource:
        left_out = any(_covers(pattern, resource, variables).value is True for pattern in statement.resources)
        return _Reach("all but", statement.resources) if on_service and not left_out else None
    best: dict[str, list[str]] = {}
    certain: set[str] = set()
    for pattern in statement.resources:
        spelled = _service_of(pattern)
        if spelled != service and (not on_service or not _is_wild(spelled)):
            continue
        how, sure = _by(pattern, resource, variables)
        if how:
            best.setdefault(how, []).append(pattern)
            if sure:
                certain.add(how)
    how = next((name for name in HOW if name in best), "")
    return _Reach(how, tuple(best[how]), how in certain) if how else None


@functools.lru_cache(maxsize=8192)
def _by(pattern: str, resource: str, variables: bool) -> tuple[str, bool]:
    """How one pattern reaches the resource (empty: not at all), and whether that is sure."""
    if pattern == resource:
        return "arn", True
    truth = _covers(pattern, resource, variables)
    if truth.value is not False:
        widest = pattern == "*" or not fields_of(pattern)[-1].strip("*")
        return "everything" if widest else "pattern", truth.value is True
    inside = (_covers(pattern, f"{resource}{mark}*", variables) for mark in "/:")
    return ("inside", True) if any(each.value is not False for each in inside) else ("", False)


def _covers(pattern: str, resource: str, variables: bool) -> Truth:
    return resource_matches(pattern, resource, Context(), variable=variables)


def _service_of(pattern: str) -> str:
    """The service as a pattern spells it; `*` for one that names none."""
    fields = pattern.split(":", 3)
    return fields[2] if len(fields) > 3 else "*"


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text


@functools.lru_cache(maxsize=8192)
def _is_about(prefix: str, service: str) -> bool:
    """Whether what stands before the colon of an action pattern can be the service."""
    return globs.match(globs.parse(prefix.lower()), service.lower())
