"""A `Verdict` becomes an explanation: layers in AWS's order, each statement with its reason, near misses, what it hangs on (R7).

Data and sentences, no markup: commands print it (`render`), screens draw it.
"""

from __future__ import annotations

import msgspec

from whygate import asked_keys, collect, hanging, sentences, services
from whygate.asked_keys import KeyUse
from whygate.evaluate import ALLOWED, DEPENDS, EXPLICIT_DENY, Outcome, Verdict
from whygate.layers import ORDER, TITLES
from whygate.logic import Unknown
from whygate.matching import NO_RESOURCE
from whygate.policy import Path
from whygate.residual import residual
from whygate.statements import Match, resource_applies

HEADLINES = {
    "allowed": "ALLOWED",
    "explicitDeny": "DENIED, explicitly",
    "implicitDeny": "DENIED, implicitly",
    "depends": "DEPENDS",
}
WORDS = {
    "allow": "allows",
    "deny": "denies",
    "no-allow": "no allow",
    "unknown": "unknown",
    "none": "none",
    "not-applicable": "not in force",
}
NEAR_MISSES = 3


class StatementReport(msgspec.Struct, frozen=True):
    """One statement: `outcome` is match, no-match or unknown; `failed` the first element that failed or is unknown; `place` where that
    element stands in the document; `near` says that it is a near miss."""

    policy_key: str
    policy_name: str
    through: str
    index: int
    sid: str
    effect: str
    outcome: str
    failed: str
    reason: str
    place: Path
    near: bool = False


class LayerReport(msgspec.Struct, frozen=True):
    """One layer: `decision` is allow, deny, no-allow, unknown, none or not-applicable; `word` says it in a word or two; `collected` is
    False where nothing is known of the layer, `assumed` True where it counts as none only because the question says so."""

    layer: str
    title: str
    decision: str
    word: str
    because: str
    statements: tuple[StatementReport, ...] = ()
    collected: bool = True
    assumed: bool = False


class Explanation(msgspec.Struct, frozen=True):
    """All there is to say about one verdict. `deciding` is the index of the layer that decided; `unknowns` is what matters of what is
    not known; `allowed_if` and `denied_if` are ways, each a list of things that must all hold (see `residual`); `group` says of a
    `depends` in a few words what it hangs on (see `hanging`)."""

    verdict: str
    headline: str
    reason: str
    principal: str
    action: str
    resource: str
    layers: tuple[LayerReport, ...]
    deciding: int
    near_misses: tuple[StatementReport, ...]
    unknowns: tuple[Unknown, ...]
    notes: tuple[str, ...]
    context: tuple[KeyUse, ...]
    allowed_if: tuple[tuple[str, ...], ...] = ()
    denied_if: tuple[tuple[str, ...], ...] = ()
    group: str = ""


def explain(verdict: Verdict) -> Explanation:
    """Everything to say about `verdict`."""
    deciding = _deciding(verdict)
    nearest = _near_misses(verdict, deciding)
    near = {id(match) for match in nearest}
    reports = tuple(_layer(verdict, name, near) for name in ORDER)
    left = residual(verdict)
    return Explanation(
        verdict=verdict.verdict,
        headline=HEADLINES[verdict.verdict],
        reason=_reason(verdict, deciding),
        principal=verdict.request.caller.arn,
        action=verdict.request.action,
        resource=verdict.request.resource,
        layers=reports,
        deciding=ORDER.index(deciding),
        near_misses=tuple(_statement(match, verdict, True) for match in nearest),
        unknowns=left.unknowns,
        notes=(*_notes(verdict), *verdict.notes),
        context=asked_keys.keys(verdict),
        allowed_if=left.allowed_if,
        denied_if=left.denied_if,
        group=hanging.group(verdict, left.unknowns),
    )


def _statement(match: Match, verdict: Verdict, near: bool) -> StatementReport:
    outcome = {True: "match", False: "no-match", None: "unknown"}[match.applies.value]
    inside = (match.statement.element(match.element),) if match.element else ()
    return StatementReport(
        policy_key=match.held.key,
        policy_name=match.held.name,
        through=match.held.through,
        index=match.statement.index,
        sid=match.statement.sid,
        effect=match.statement.effect,
        outcome=outcome,
        failed=match.element,
        reason=sentences.reason(match, verdict.request),
        place=match.held.policy.place(match.statement, *inside),
        near=near,
    )


def _matches(outcome: Outcome) -> tuple[Match, ...]:
    return tuple(match for level in outcome.levels for match in level.matches)


def _layer(verdict: Verdict, name: str, near: set[int]) -> LayerReport:
    outcome = verdict.outcomes[name]
    decision, because = _decision(verdict, name, outcome)
    statements = tuple(_statement(match, verdict, id(match) in near) for match in _matches(outcome))
    unknown = decision == "unknown" and outcome.layer.exists is None
    assumed = decision == "none" and outcome.layer.note == collect.ASSUMED
    return LayerReport(name, TITLES[name], decision, WORDS[decision], because, statements, not unknown, assumed)


def _decision(verdict: Verdict, name: str, outcome: Outcome) -> tuple[str, str]:
    if outcome.note:
        return "not-applicable", outcome.note
    if outcome.layer.exists is False:
        return "none", outcome.layer.note
    if outcome.layer.exists is None:
        return "unknown", outcome.layer.note
    matches = _matches(outcome)
    if outcome.deny.value is True:
        return "deny", _first(matches, "Deny", True)
    if name == "resource":
        allow = _granted(verdict)
    else:
        allow = outcome.allow.value
    if outcome.deny.value is None:
        lead = "" if allow is not True else "allows it, but "
        return "unknown", f"{lead}a Deny may apply: {_reasons(outcome.deny.unknowns)}"
    if allow is None:
        return "unknown", _reasons(outcome.allow.unknowns)
    if allow:
        return "allow", "nothing denies it" if name == "rcp" else _first(matches, "Allow", True)
    return "no-allow", _no_allow(outcome, matches)


def _granted(verdict: Verdict) -> bool | None:
    values = [truth.value for truth in verdict.grants.values()]
    return True if True in values else None if None in values else False


def _first(matches: tuple[Match, ...], effect: str, value: bool | None) -> str:
    match = next((item for item in matches if item.statement.effect == effect and item.applies.value is value), None)
    return sentences.place(match) if match else ""


def _no_allow(outcome: Outcome, matches: tuple[Match, ...]) -> str:
    if len(outcome.levels) > 1:
        for level, layered in zip(outcome.layer.levels, outcome.levels, strict=True):
            if layered.allow.value is False:
                return f"nothing at level {level.name or 'unnamed'} allows it"
    return f"{sentences.statements(len(matches))}, none allows it" if matches else "no statements"


def _reasons(unknowns: tuple[Unknown, ...]) -> str:
    return ", ".join(dict.fromkeys(sentences.unknown(item) for item in unknowns))


def _deciding(verdict: Verdict) -> str:
    """The layer that decided, in AWS's order (R83)."""
    outcomes = verdict.outcomes
    live = [name for name in ORDER if outcomes[name].applies]
    if verdict.verdict == EXPLICIT_DENY:
        return next((name for name in live if outcomes[name].deny.value is True), "resource")
    if verdict.verdict == ALLOWED:
        return "resource" if _by_resource(verdict) else "identity"
    wanted = None if verdict.verdict == DEPENDS else False
    for name in ("scp", "vpce"):
        if name in live and outcomes[name].allow.value is wanted:
            return name
    if verdict.core.value is wanted or (wanted is None and verdict.core.value is None):
        return _deciding_core(verdict, live, wanted)
    return next((name for name in live if outcomes[name].deny.value is None), "identity")


def _deciding_core(verdict: Verdict, live: list[str], wanted: bool | None) -> str:
    outcomes = verdict.outcomes
    foreign = verdict.request.same_account.value is False or not verdict.request.caller.is_principal
    if foreign and _granted(verdict) is wanted:
        return "resource"
    if "identity" in live and outcomes["identity"].allow.value is wanted:
        return "identity"
    for name in ("boundary", "session"):
        if name in live and outcomes[name].allow.value is wanted:
            return name
    if "resource" in live and _granted(verdict) is wanted:
        return "resource"
    return "resource" if not verdict.request.caller.is_principal else "identity"


def _by_resource(verdict: Verdict) -> bool:
    """Whether the resource-based policy grants by itself: identity-based policies do not, are cut, or do not count (R83)."""
    request, outcomes = verdict.request, verdict.outcomes
    if not request.caller.is_principal:
        return True
    identity = outcomes["identity"].applies and all(outcomes[name].allow.value is True for name in ("identity", "boundary", "session"))
    if request.caller.kind == "federated-user" and outcomes["session"].layer.exists is False:
        identity = False
    if request.same_account.value is True and services.policy_is_mandatory(request.action, request.resource):
        identity = identity and verdict.grants["account"].value is True
    return not identity and _granted(verdict) is True


def _near_misses(verdict: Verdict, deciding: str) -> list[Match]:
    """Allow statements that came closest: condition before resource before action, the same service before another."""
    if verdict.verdict in (ALLOWED, EXPLICIT_DENY):
        return []
    found: list[tuple[int, int, Match]] = []
    for name in dict.fromkeys((deciding, "identity", "resource")):
        outcome = verdict.outcomes[name]
        for match in () if outcome.allow.value is True else _matches(outcome):
            if match.statement.effect == "Allow" and match.applies.value is not True:
                score = _nearness(match, verdict)
                if score:
                    found.append((-score, len(found), match))
    return [match for _, _, match in sorted(found, key=lambda item: item[:2])[:NEAR_MISSES]]


def _nearness(match: Match, verdict: Verdict) -> int:
    if match.applies.value is None:
        return 5
    if match.element in ("condition", "resource"):
        return 4 if match.element == "condition" else 3
    if match.element == "action" and not match.statement.not_action:
        # Another action of the service is near only where all but the action would fit.
        same = any(pattern.split(":", 1)[0].lower() == verdict.request.service for pattern in match.statement.actions)
        variable = match.held.policy.variables
        return 2 if same and resource_applies(match.held, match.statement, verdict.request, variable=variable).possible else 0
    return 1 if match.element == "principal" else 0


def _reason(verdict: Verdict, deciding: str) -> str:
    outcome = verdict.outcomes[deciding]
    matches = _matches(outcome)
    who = _who(verdict)
    if verdict.verdict == EXPLICIT_DENY:
        if verdict.deny.value is True:
            return f"{_first(matches, 'Deny', True)} denies it."
        return "the bucket policy is public, and Block Public Access lets no other account in (R110)."
    if verdict.verdict == ALLOWED:
        if verdict.request.is_action("sts:GetCallerIdentity"):
            return "every caller may ask who it is (R95)."
        if verdict.request.is_action("sts:GetSessionToken"):
            return "users need no permission for temporary credentials of their own (R95)."
        by = _first(matches, "Allow", True)
        return f"{by} allows it." if by else "the root user may do anything in its account that nothing denies (R105)."
    if verdict.verdict == DEPENDS:
        return hanging.reason(verdict)
    if deciding == "identity":
        return f"nothing that applies to {who} allows {verdict.request.action}."
    if deciding == "resource" and outcome.layer.exists is False:
        return f"the caller is of another account, and there is no resource-based policy to let it in ({outcome.layer.note or 'none'})."
    return f"{_the(deciding)} {'do' if deciding == 'scp' else 'does'} not allow it: {_no_allow(outcome, matches)}."


def _the(layer: str) -> str:
    return {"scp": "the SCPs", "vpce": "the VPC endpoint policy", "identity": "the identity-based policies"}.get(
        layer, f"the {TITLES[layer]}"
    )


def _who(verdict: Verdict) -> str:
    return verdict.request.caller.name or verdict.request.caller.arn


def _notes(verdict: Verdict) -> tuple[str, ...]:
    found: list[str] = []
    if verdict.verdict == "implicitDeny" and verdict.deny.value is None:
        found.append(f"a Deny might match as well: {_reasons(verdict.deny.unknowns)}")
    for name in ORDER:
        note = verdict.outcomes[name].layer.note
        if note.startswith("assumed") or note.endswith("assumed to be none"):
            found.append(f"{TITLES[name]}: {note}")
    rcp = verdict.outcomes["rcp"]
    if rcp.applies and verdict.request.resource == NO_RESOURCE and rcp.deny.possible:
        found.append("a call without a resource: AWS leaves open whose RCPs count; the caller's account's are taken (R104)")
    return tuple(found)
