"""A second opinion: our verdict beside that of AWS's policy simulator, and which of its documented limits can explain a difference.

The limits are a table. Only those are named that apply to the question: that what the simulator leaves out is what decided here.
What neither looks at (KMS grants, S3 ACLs) explains no difference and is not among them; `remarks` says it beside our verdict.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from whygate import catalogue, render
from whygate.errors import UserError
from whygate.evaluate import ALLOWED, DEPENDS, EXPLICIT_DENY, IMPLICIT_DENY, Verdict
from whygate.explain import Explanation
from whygate.layers import ORDER
from whygate.simulated import Asked, ContextEntry, Opinion
from whygate.text import visible

AGREES, CONSISTENT, DIFFERS = "agrees", "consistent", "differs"
LIMITS_DATE = "2026-11"
_API = "IAM API Reference, SimulatePrincipalPolicy"


class Limit(msgspec.Struct, frozen=True):
    """One limit of the simulator. `layer` is the layer that it leaves out, `hides` whether a `deny` or an `allow` of it is lost, both
    empty where it is about something else; `callers` the kinds of callers that it is about, empty for all. `source` is who says so."""

    name: str
    text: str
    source: str
    layer: str = ""
    hides: str = ""
    callers: tuple[str, ...] = ()


# As of LIMITS_DATE (botocore 1.44.5 carries the same texts). Until then AWS also left SCPs with conditions out; now it evaluates them.
LIMITS = (
    Limit("rcp", "it does not evaluate resource control policies", f"{_API}: PolicyExclusionList", "rcp", "deny"),
    Limit(
        "resource-deny",
        "it looks up no resource-based policy, and was given none",
        f"{_API}: ResourceArns",
        "resource",
        "deny",
        ("user", "federated-user"),
    ),
    Limit(
        "resource-allow",
        "it looks up no resource-based policy, and was given none",
        f"{_API}: ResourceArns",
        "resource",
        "allow",
        ("user", "federated-user"),
    ),
    Limit(
        "role-resource-deny",
        "it evaluates no resource-based policies for roles",
        f"{_API}: ResourcePolicy",
        "resource",
        "deny",
        ("session",),
    ),
    Limit(
        "role-resource-allow",
        "it evaluates no resource-based policies for roles, and so no grant to a role or a session",
        f"{_API}: ResourcePolicy",
        "resource",
        "allow",
        ("session",),
    ),
    Limit("session", "it simulates a role, not a session: session policies are not in it", f"{_API}: CallerArn", "session", "deny"),
    Limit("vpce", "it does not evaluate VPC endpoint policies", f"{_API}: note on what it evaluates", "vpce", "deny"),
    Limit("public-access", "it does not know S3 Block Public Access", f"{_API}: note on what it evaluates"),
    Limit(
        "cross-account",
        "the resource belongs to another account, whose half it knows only from a policy that it is given",
        f"{_API}: ResourceOwner, EvalDecisionDetails",
    ),
    Limit("missing", "it had no value for {keys}", f"{_API}: MissingContextValues"),
    Limit("scp-keys", "it does not say when it lacks a key that an SCP asks for, here {keys}", f"{_API}: MissingContextValues"),
    Limit(
        "multivalued",
        "it is known to treat keys with several values otherwise, here {keys}",
        "comparisons by others; AWS documents no such limit",
    ),
)


class SecondOpinion(msgspec.Struct, frozen=True):
    """Both verdicts. `agreement` is `agrees`; `consistent` where ours leaves open what AWS was told, or both deny in another way; or
    `differs`. `limits` are those that can explain it, their texts filled in; `remarks` what else there is to say."""

    asked: Asked
    ours: str
    opinion: Opinion
    agreement: str
    limits: tuple[Limit, ...] = ()
    remarks: tuple[str, ...] = ()


def consult(verdict: Verdict, explanation: Explanation, ask: Callable[[Asked], Opinion], collected_at: str = "") -> SecondOpinion:
    """Asks AWS, through `ask`, what `verdict` answers. `explanation` is that of the verdict, `collected_at` when its data was
    collected. Raises `UserError` for what the simulator cannot be asked, and whatever `ask` raises."""
    asked = question_for(verdict, explanation)
    return compare(verdict, explanation, asked, ask(asked), collected_at)


def question_for(verdict: Verdict, explanation: Explanation) -> Asked:
    """The verdict's question for the simulator, with the condition keys that were given or that some statement asked for, as far as
    they are known. Raises `UserError` for what the simulator does not take."""
    request = verdict.request
    who = request.caller
    principal = {"user": who.arn, "session": who.role_arn}.get(who.kind)
    if not principal:
        what = f"AWS's simulator takes users and roles, and {who.arn} is neither"
        if who.kind == "session":
            what = f"AWS's simulator wants the role's ARN with its path, and that of {who.arn} is not known"
        raise UserError(what, todo="ask without the second opinion")
    if request.any_resource:
        raise UserError("AWS's simulator wants one resource, and the question names none", todo=f"name one: {request.resource}")
    keys = {key.lower(): key for key in (*request.context.given, *(use.key for use in explanation.context))}
    entries = []
    kinds = _types(verdict)
    for key in keys.values():
        value = request.context.get(key)
        if value.state == "present":
            kind = kinds.get(key.lower(), "string") + ("List" if value.multivalued else "")
            entries.append(ContextEntry(key, value.values, kind))
    return Asked(principal, request.action, request.resource, tuple(entries))


# The simulator wants to be told what kind of values a key has: what the operators that look at it compare.
_TYPES = {"numeric": "numeric", "date": "date", "bool": "boolean", "ipaddress": "ip", "notipaddress": "ip", "binary": "binary"}


def _types(verdict: Verdict) -> dict[str, str]:
    """The kind of values of each key (in lower case) that a statement looks at; of the others it does not matter."""
    found: dict[str, str] = {}
    for name in ORDER:
        for level in verdict.outcomes[name].levels:
            for test in (test for match in level.matches for test in match.statement.tests):
                operator = test.operator.rsplit(":", 1)[-1].lower()
                kind = next((kind for start, kind in _TYPES.items() if operator.startswith(start)), "string")
                if operator != "null":
                    found.setdefault(test.key.lower(), kind)
    return found


def compare(verdict: Verdict, explanation: Explanation, asked: Asked, opinion: Opinion, collected_at: str = "") -> SecondOpinion:
    """Both verdicts side by side."""
    agreement = _agreement(verdict.verdict, opinion.decision)
    limits = () if agreement == AGREES else _limits(verdict, explanation, asked, opinion)
    remarks = () if agreement == AGREES else tuple(_remarks(verdict, explanation, opinion, agreement, limits, collected_at))
    return SecondOpinion(asked, verdict.verdict, opinion, agreement, limits, remarks)


def _agreement(ours: str, theirs: str) -> str:
    if ours == theirs:
        return AGREES
    denied = (EXPLICIT_DENY, IMPLICIT_DENY)
    return CONSISTENT if ours == DEPENDS or (ours in denied and theirs in denied) else DIFFERS


def _limits(verdict: Verdict, explanation: Explanation, asked: Asked, opinion: Opinion) -> tuple[Limit, ...]:
    decisions = {layer.layer: layer.decision for layer in explanation.layers}
    keys = {
        "missing": _missing(verdict, opinion),
        "scp-keys": _keys_of_scps(verdict),
        "multivalued": [entry.key for entry in asked.context if entry.type.endswith("List")],
    }
    applies = {
        "public-access": verdict.public_access.possible and opinion.decision == ALLOWED,
        "cross-account": verdict.request.same_account.value is False,
    }
    found = []
    for limit in LIMITS:
        if limit.layer:
            kind = not limit.callers or verdict.request.caller.kind in limit.callers
            if kind and _hidden(limit, decisions[limit.layer], verdict.verdict, opinion.decision):
                found.append(limit)
        elif keys.get(limit.name):
            found.append(msgspec.structs.replace(limit, text=limit.text.format(keys=", ".join(keys[limit.name]))))
        elif applies.get(limit.name):
            found.append(limit)
    return tuple(found)


def _hidden(limit: Limit, decision: str, ours: str, theirs: str) -> bool:
    """Whether what the layer says here, and the simulator does not see, pulls the two verdicts apart."""
    if decision == "unknown":
        return ours == DEPENDS and (theirs == ALLOWED) == (limit.hides == "deny")
    if limit.hides == "allow":
        return decision == "allow" and theirs != ALLOWED
    gate = limit.layer in ("vpce", "session")  # whose silence denies; RCPs and, in one account, resource-based policies only deny
    return (decision == "deny" and theirs != EXPLICIT_DENY) or (gate and decision == "no-allow" and theirs == ALLOWED)


def _missing(verdict: Verdict, opinion: Opinion) -> list[str]:
    """The keys that the simulator had no value for and that are not surely absent: of those both say the same."""
    return [key for key in opinion.missing if verdict.request.context.get(key).state != "absent"]


def _keys_of_scps(verdict: Verdict) -> list[str]:
    """The keys, neither known nor surely absent, that an SCP asks for which may apply."""
    keys: dict[str, str] = {}
    for level in verdict.outcomes["scp"].levels:
        for match in level.matches:
            if match.applies.possible or match.element == "condition":
                keys.update({test.key.lower(): test.key for test in match.statement.tests})
    return [key for key in keys.values() if verdict.request.context.get(key).state == "unknown"]


def _remarks(
    verdict: Verdict, explanation: Explanation, opinion: Opinion, agreement: str, limits: tuple[Limit, ...], collected_at: str
) -> list[str]:
    decisions = {layer.layer: layer.decision for layer in explanation.layers}
    found = []
    if opinion.organizations is False and decisions["scp"] not in ("deny", "no-allow"):
        here = "as collected they do" if decisions["scp"] == "allow" else "here there are none in force"
        if "not collected" in verdict.layers.scp.note:
            here = "they were not collected"
        found.append(f"AWS says that the organization's SCPs do not allow it; {here}")
    if opinion.boundary is False and decisions["boundary"] not in ("deny", "no-allow"):
        found.append("AWS says that the permissions boundary does not allow it")
    if agreement == CONSISTENT and verdict.verdict == DEPENDS:
        found.append("AWS answers for the values that it was given; whygate leaves open what nobody told")
    if catalogue.action(verdict.request.action) is None:
        found.append(f"{verdict.request.action} is not in the reference of {catalogue.date()}")
    if agreement == DIFFERS:
        since = f" since {collected_at}" if collected_at else ""
        lead = "" if limits or found else "no documented limit explains it: "
        found.append(f"{lead}the policies may have changed{since}: ask again with --refresh")
    return found


_MAY = "may explain it: "
_SAYS = {
    AGREES: "both agree",
    CONSISTENT: "that fits ours",
    DIFFERS: "that differs from ours",
}


def headline(found: SecondOpinion) -> str:
    """One line: what AWS says, and whether it agrees."""
    return f"AWS's simulator says {found.opinion.decision}: {_SAYS[found.agreement]} ({found.ours})"


def lines(found: SecondOpinion) -> tuple[str, ...]:
    """What stands below the headline, a plain sentence part a line."""
    sources = [f"{one.policy} ({one.type})" if one.type else one.policy for one in found.opinion.statements]
    return (
        *([f"decided by {', '.join(dict.fromkeys(sources))}"] if sources else []),
        *(f"{_MAY}{limit.text}" for limit in found.limits),
        *found.remarks,
    )


def text(found: SecondOpinion) -> tuple[str, ...]:
    """The lines that `whygate can --verify` prints below its answer."""
    return ("", "second opinion", *(f"  {visible(line)}" for line in (headline(found), *lines(found))))


def markdown(found: SecondOpinion) -> tuple[str, ...]:
    """The same for a ticket, with the page behind each limit."""
    sources = {f"{_MAY}{limit.text}": f" ({limit.source}, {LIMITS_DATE})" for limit in found.limits}
    said = [f"- {render.plain(line + sources.get(line, ''))}" for line in lines(found)]
    return ("", f"**Second opinion**: {render.plain(headline(found))}", *(["", *said] if said else []))


def data(found: SecondOpinion) -> dict[str, object]:
    """The object under `second_opinion` in the JSON of `whygate can --verify`."""
    return {
        "decision": found.opinion.decision,
        "agreement": found.agreement,
        "principal": found.asked.principal,
        "resource": found.asked.resource,
        "context": [{"key": entry.key, "values": list(entry.values), "type": entry.type} for entry in found.asked.context],
        "statements": [{"policy": one.policy, "type": one.type or None} for one in found.opinion.statements],
        "missing_context": list(found.opinion.missing),
        "organizations": found.opinion.organizations,
        "boundary": found.opinion.boundary,
        "limits": [{"name": limit.name, "text": limit.text, "source": f"{limit.source} ({LIMITS_DATE})"} for limit in found.limits],
        "remarks": list(found.remarks),
    }
