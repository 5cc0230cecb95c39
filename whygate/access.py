"""Access by service: for one principal, what each service's actions come to, asked one by one with no resource named.

First a `plan`, which says which services are asked about and which are not; then `access`, a service at a time, so that a screen fills in.
Nothing is said about an action that was not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from whygate import catalogue, collect, globs, hanging, matching, policies
from whygate.errors import UserError
from whygate.evaluate import ALLOWED, DEPENDS, EXPLICIT_DENY, IMPLICIT_DENY, Verdict, evaluate
from whygate.logic import Unknown
from whygate.policies import Held
from whygate.question import Options, ask
from whygate.snapshot import Snapshot

STANDINGS = ("allowed", "collected", "depends", "elsewhere", "denied")
"""What an action comes to: allowed; a `depends` that everything collected allows; a `depends` on something else; a `depends` that nothing
of the principal's own allows, so that only a resource's own policy could; denied, explicitly or implicitly."""

LEVELS = ("List", "Read", "Write", "Tagging", "Permissions management")
"""AWS's access levels; an action that the reference does not hold has none."""

HOW = {
    "named": "named by its policies",
    "pattern": "reached by a pattern such as *",
    "unread": "a document that is not in the data may name it",
    "root": "the root user may do anything that nothing denies",
}
"""Why a service is asked about."""

ASSUMED = "no resource is named, and any resource is taken to be of the principal's own account"
"""What every answer here takes for granted, for a reader."""

ONLY_ELSEWHERE = "only a resource's own policy could allow it"

_GATES = ("scp", "rcp")
_SOME = Unknown("resource", "which resource it is")


class ActionAccess(msgspec.Struct, frozen=True):
    """`action` is service:Action, `level` one of LEVELS or empty, `verdict` as of `question.ask`, `standing` one of STANDINGS;
    `because` says of a `depends` what it hangs on, in the words by which such actions fall into groups. `resource_account` is the
    account that any resource was taken to be of: asked with it and no resource, the question has the same answer."""

    action: str
    level: str
    verdict: str
    standing: str
    because: str = ""
    resource_account: str = ""


class ServiceAccess(msgspec.Struct, frozen=True):
    """One service: all of its actions in the reference were asked, and those that a policy names besides. `how` is one of HOW, `totals`
    says how many actions have each of STANDINGS."""

    service: str
    how: str
    actions: tuple[ActionAccess, ...]
    totals: tuple[int, ...]

    def counts(self, level: str | None = None) -> dict[str, int]:
        """How many actions have each standing, of one access level or of all; every one of STANDINGS is there."""
        if level is None:
            return dict(zip(STANDINGS, self.totals, strict=True))
        return dict(zip(STANDINGS, _totals(each for each in self.actions if each.level == level), strict=True))

    def groups(self) -> tuple[tuple[str, int], ...]:
        """What the `depends` of this service hang on, the most frequent first, with how many actions each."""
        counted = Counter(each.because for each in self.actions if each.because)
        return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


class Plan(msgspec.Struct, frozen=True):
    """What is asked about `principal`: `services` as (service, how) in the order of asking, `beside` actions that a policy spells out and
    the reference does not hold, `unknown` services that policies name and the reference does not hold, `left_out` services that nothing
    of the principal's names or reaches: they are not asked about."""

    principal: str
    services: tuple[tuple[str, str], ...]
    beside: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def actions(self) -> int:
        """How many actions there are to ask about."""
        return len(self.beside) + sum(len(catalogue.action_names(service)) for service, _ in self.services)


def plan(snapshot: Snapshot, principal: str) -> Plan:
    """Which services to ask about: those that the identity-based policies name, then those that a pattern reaches, each in alphabetical
    order. `principal` is what a person types. Raises `UserError` for what is no user, role, session or root."""
    who = collect.caller_of(snapshot, principal)
    if not who.is_principal:
        raise UserError(f"{who.arn} has no policies of its own", todo="ask about a user, a role, a session or root")
    every = catalogue.services()
    entity = collect.entity_of(snapshot, who)
    if who.kind == "root":
        return Plan(principal, tuple((service, "root") for service in every))
    held = policies.policies_of(snapshot, entity) if entity is not None else ()
    named: set[str] = set()
    reaching: set[str] = set()
    spelled: dict[str, None] = {}
    for effect, pattern in _patterns(held):
        service = pattern.partition(":")[0].lower()
        if ":" not in pattern or globs.has_wildcard(service):
            reaching.update((pattern.lower(),) if effect == "Allow" else ())
        else:
            named.add(service)
            if matching.is_action(pattern) and catalogue.knows_service(service) and catalogue.action(pattern) is None:
                spelled[pattern] = None
    unread = entity is None or any(each.problem for each in held)
    found = [(service, "named") for service in every if service in named]
    rest = [(service, _how(service, reaching, unread)) for service in every if service not in named]
    return Plan(
        principal=principal,
        services=(*found, *(item for item in rest if item[1])),
        beside=tuple(spelled),
        unknown=tuple(sorted(named - set(every))),
        left_out=tuple(service for service, how in rest if not how),
    )


def access(
    snapshot: Snapshot, planned: Plan, context: Mapping[str, object] | None = None, options: Options | None = None
) -> Iterator[ServiceAccess]:
    """What each service of the plan comes to, a service at a time and in the plan's order."""
    options = options or Options()
    home = collect.caller_of(snapshot, planned.principal).account
    at_home = msgspec.structs.replace(options, resource_account=home)

    def asked(name: str) -> ActionAccess:
        try:
            return _answered(ask(snapshot, planned.principal, name, "", context, at_home), home)
        except UserError:  # a kind of resource that is AWS's own, such as a role template
            return _answered(ask(snapshot, planned.principal, name, "", context, options), options.resource_account or "")

    for service, how in planned.services:
        mine = [name for name in planned.beside if name.partition(":")[0].lower() == service]
        found = tuple(asked(name) for name in (*catalogue.action_names(service), *mine))
        yield ServiceAccess(service, how, found, _totals(found))


def _totals(actions: Iterable[ActionAccess]) -> tuple[int, ...]:
    counted = Counter(each.standing for each in actions)
    return tuple(counted[standing] for standing in STANDINGS)


def _patterns(held: tuple[Held, ...]) -> Iterator[tuple[str, str]]:
    """(effect, action pattern) of every statement; an Allow for all but some actions reaches everything."""
    for each in held:
        for statement in each.policy.statements:
            if statement.not_action:
                yield statement.effect, "*"
            for pattern in statement.actions:
                yield "" if statement.not_action else statement.effect, pattern


def _how(service: str, patterns: set[str], unread: bool) -> str:
    actions = globs.parse(f"{service}:*")
    reached = any(pattern == "*" or globs.overlap(globs.parse(pattern), actions) for pattern in patterns)
    return "pattern" if reached else "unread" if unread else ""


def _answered(verdict: Verdict, resource_account: str) -> ActionAccess:
    action = verdict.request.action
    known = catalogue.action(action)
    level = known.access_level.partition(",")[0] if known is not None else ""
    standing, because = _told_apart(verdict)
    return ActionAccess(action, level, verdict.verdict, standing, because, resource_account)


def _told_apart(verdict: Verdict) -> tuple[str, str]:
    """Which kind of answer it is and, for a `depends`, on what. A resource-based policy is always unknown, because no resource is named:
    it is told of only where it is all that could allow."""
    if verdict.verdict != DEPENDS:
        return ("allowed" if verdict.verdict == ALLOWED else "denied"), ""
    matters = verdict.unknowns
    if any(item.kind == "layer" for item in matters):
        assumed = evaluate(verdict.request, collect.assume_none(verdict.layers))
        if assumed.verdict == ALLOWED:
            return "collected", hanging.group(verdict, matters)
        if assumed.verdict == IMPLICIT_DENY:
            return "elsewhere", ONLY_ELSEWHERE
        matters = (*assumed.unknowns, *(item for item in matters if item.kind == "layer" and item.name in _GATES))
    return "depends", hanging.group(verdict, tuple(_SOME if item.kind == "resource" else item for item in matters))


def words(each: ActionAccess) -> str:
    """What an action comes to, in words."""
    return each.because or {ALLOWED: "allowed", EXPLICIT_DENY: "denied, explicitly"}.get(each.verdict, "denied, implicitly")
