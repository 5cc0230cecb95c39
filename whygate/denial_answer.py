"""What a denial means: in words alone, and beside an account, where our verdict is held against what AWS said (R160)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from whygate import arn, question
from whygate.denial import Denial
from whygate.denial_patterns import STANDS_IN
from whygate.denial_request import asked_resource
from whygate.errors import UserError
from whygate.evaluate import EXPLICIT_DENY
from whygate.explain import Explanation, LayerReport, explain
from whygate.question import Options
from whygate.snapshot import Group, ManagedPolicy, Role, Snapshot, User

DENIED = ("explicitDeny", "implicitDeny")


class Advice(msgspec.Struct, frozen=True):
    """`said` is what AWS said in a sentence, `owner` whose job it is, `ask` what to ask them for."""

    said: str
    owner: str
    ask: str


class Asked(msgspec.Struct, frozen=True):
    """The question that a denial became, in the words that `question.ask` takes: what the account knows itself is not in `context`."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, object] = {}
    credential: str = ""
    parent_arn: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """A denial and what is to be said of it.

    `agreement` is `agrees` (same decision, same layer where AWS named one), `consistent` (our verdict depends on something that AWS
    knew), `differs`, or None where nothing was compared; `remarks` say why. `explanation` is None without an account, and where the
    question could not be asked: `problem` then says what is missing. `asked` is what was asked, where that could be told.
    """

    denial: Denial
    advice: Advice
    explanation: Explanation | None = None
    problem: str = ""
    agreement: str | None = None
    remarks: tuple[str, ...] = ()
    asked: Asked | None = None


# Layer: its name, whose it is, what to ask for where nothing allows, and where something denies.
_LAYERS = {
    "identity": (
        "identity-based policy",
        "the account's IAM administrator",
        "a policy on the user, one of its groups or the role that allows {action}{on}",
        "an exception in the Deny that matches {action}{on}",
    ),
    "boundary": (
        "permissions boundary",
        "whoever sets permissions boundaries in the account, often its security team",
        "{action}{on} inside the boundary; a policy that allows it is not enough",
        "an exception in the boundary's Deny for {action}{on}",
    ),
    "session": (
        "session policy",
        "whoever made the session: the program or broker that called AssumeRole or GetFederationToken",
        "a session made with a policy that allows {action}{on}, or with none",
        "a session made without the Deny for {action}{on}",
    ),
    "resource": (
        "resource-based policy",
        "the owner of the resource",
        "a statement in the resource's policy that allows {principal} {action}{on}",
        "an exception for {principal} in the Deny of the resource's policy",
    ),
    "trust": (
        "role trust policy",
        "the owner of the role",
        "a statement in the role's trust policy that lets {principal} do {action}",
        "an exception for {principal} in the Deny of the role's trust policy",
    ),
    "scp": (
        "service control policy",
        "the organization's administrator",
        "{action}{on} in what the SCPs allow, at every level from the root to the account",
        "an exception in the SCP for {action}{on}, or a move of the work to where it does not apply",
    ),
    "rcp": (
        "resource control policy",
        "the administrator of the organization that the resource belongs to",
        "an exception in the RCP for {principal}",
        "an exception in the RCP for {principal}, or a request that meets its conditions",
    ),
    "vpce": (
        "VPC endpoint policy",
        "the owner of the network, who keeps the VPC endpoint",
        "{action}{on} in the endpoint's policy, or another way out of the network",
        "an exception in the endpoint policy's Deny for {action}{on}",
    ),
    "s3-bpa": (
        "S3 Block Public Access",
        "the owner of the bucket, and the administrator of its account",
        "a policy or ACL that is not public; the setting only where the bucket is meant for everyone",
        "a policy or ACL that is not public; the setting {setting} only where the bucket is meant for everyone",
    ),
    "s3-setting": (
        "a setting of the bucket",
        "the owner of the bucket",
        "an upload that the bucket takes",
        "an upload without {setting}, or a change of that setting",
    ),
}


def advice(denial: Denial) -> Advice:
    """What the message says by itself: which layer, whose job, what to ask for."""
    reported = denial.reported
    if reported.layer is None:
        ask = "a look at this denial beside the account's data, since the message names no layer"
        if denial.encoded:
            ask = "the output of aws sts decode-authorization-message --encoded-message …, which whygate explain reads"
        said = "denied by a Deny, in a policy that AWS does not name" if reported.explicit else "denied; why is not said"
        return Advice(said, "the account's IAM administrator, who can see its policies", ask)
    name, owner, implicit, explicit = _LAYERS[reported.layer]
    ask = (explicit if reported.explicit else implicit).format(
        principal=denial.principal or "the caller",
        action=denial.action or "the action",
        on=f" on {denial.resource}" if denial.resource not in (None, "*") else "",
        setting=reported.setting or "",
    )
    if reported.layer in ("s3-bpa", "s3-setting"):
        said = f"denied by {name}"
    elif reported.explicit:
        said = f"denied by a Deny in {'an' if name[0] in 'ai' else 'a'} {name}"
    else:
        said = f"denied, because no {name} allows it"
    return Advice(said, owner, ask)


def answer(
    denial: Denial, snapshot: Snapshot | None = None, context: Mapping[str, object] | None = None, options: Options | None = None
) -> Answer:
    """What `denial` means, beside `snapshot` where there is one. `context` beats what the denial tells."""
    if snapshot is None:
        return Answer(denial, advice(denial))
    denial = _completed(denial, snapshot)
    problem = _missing(denial)
    if problem:
        return Answer(denial, advice(denial), problem=problem)
    assert denial.principal is not None
    assert denial.action is not None
    options = options or Options()
    options = msgspec.structs.replace(
        options, parent_arn=options.parent_arn or denial.parent_arn, credential=options.credential or denial.credential
    )
    target = asked_resource(denial)
    values = {**_own(denial, snapshot), **(context or {})}
    asked = Asked(denial.principal, denial.action, target.name, values, options.credential, options.parent_arn)
    try:
        verdict = question.ask(snapshot, asked.principal, asked.action, asked.resource, asked.context, options)
    except UserError as error:
        return Answer(denial, advice(denial), problem=str(error), asked=asked)
    explanation = explain(verdict)
    if target.note:
        explanation = msgspec.structs.replace(explanation, notes=(target.note, *explanation.notes))
    agreement, remarks = compare(denial, explanation, snapshot)
    return Answer(denial, advice(denial), explanation, "", agreement, remarks, asked)


def _own(denial: Denial, snapshot: Snapshot) -> dict[str, object]:
    """The denial's context. aws:PrincipalArn is left out where the account data has the caller, and so knows it itself."""
    found = dict(denial.context)
    if snapshot.by_arn(str(found.get("aws:PrincipalArn", ""))):
        del found["aws:PrincipalArn"]
    return found


def _missing(denial: Denial) -> str:
    if denial.principal is None and denial.action is None:
        return "it says neither who asked nor for what: find the call in CloudTrail, and explain its event"
    if denial.principal is None:
        return "it does not say who asked: find the call in CloudTrail, or use `whygate can` with the principal"
    if denial.action is None:
        call = f" (the call was {denial.operation})" if denial.operation else ""
        return f"it does not say for which action{call}: use `whygate can` with the action"
    return ""


def _completed(denial: Denial, snapshot: Snapshot) -> Denial:
    """`denial` with what the account knows: who has a unique id, and the path of a user, group, role or policy that was only named."""
    if denial.principal is None and denial.principal_id:
        identity, _, session = denial.principal_id.partition(":")
        entity = snapshot.by_id(identity)
        if entity is not None:
            named = entity.arn
            if session:
                named = f"arn:{entity.arn.split(':')[1]}:sts::{entity.account}:assumed-role/{entity.name}/{session}"
            note = f"principal: {named}, by the unique id {identity}"
            denial = msgspec.structs.replace(denial, principal=named, inferred=(*denial.inferred, "principal"), notes=(*denial.notes, note))
    named_resource = arn.split(denial.resource or "")
    if (
        "resource" not in denial.inferred
        or named_resource is None
        or named_resource.service != "iam"
        or snapshot.by_arn(str(named_resource))
    ):
        return denial
    things: dict[str, tuple[User | Group | Role | ManagedPolicy, ...]] = {
        "user": snapshot.users,
        "group": snapshot.groups,
        "role": snapshot.roles,
        "policy": snapshot.policies,
    }
    for thing in things.get(named_resource.kind, ()):
        if thing.name == named_resource.name and thing.account == named_resource.account:
            note = f"resource: {thing.arn}, whose path is in the account data"
            return msgspec.structs.replace(denial, resource=thing.arn, notes=(*denial.notes, note))
    return denial


def compare(denial: Denial, explanation: Explanation, snapshot: Snapshot) -> tuple[str | None, tuple[str, ...]]:
    """Whether our verdict agrees with what AWS said, and what a difference can mean."""
    reported = denial.reported
    layer = STANDS_IN.get(reported.layer or "", reported.layer)
    ours = explanation.layers[explanation.deciding].layer
    there = next((item for item in explanation.layers if item.layer == layer), None)
    remarks = list(_outside(denial, snapshot))
    if explanation.verdict == "allowed":
        return "differs", (*remarks, *_allowed_here(denial, explanation, there, snapshot))
    if explanation.verdict == "depends":
        return _open_here(remarks, explanation, there)
    if layer is None:
        if reported.decision in (None, explanation.verdict):
            return "agrees", (*remarks, f"AWS named no layer; here the layer {_title(explanation, ours)} decides.")
        return "differs", (*remarks, *_other_decision(denial))
    if layer != ours:
        remarks += _other_layer(denial, explanation, there, layer, ours)
        return "differs", tuple(remarks)
    if reported.decision == explanation.verdict:
        return "agrees", tuple(remarks)
    return "differs", (*remarks, *_other_decision(denial))


def _title(explanation: Explanation, layer: str) -> str:
    return next(item.title for item in explanation.layers if item.layer == layer)


def _outside(denial: Denial, snapshot: Snapshot) -> list[str]:
    account = arn.account_of(denial.principal or "")
    if account and snapshot.account(account) is None:
        return [f"the principal's account {account} is not in this source: its policies are unknown here."]
    return []


def _since(denial: Denial, snapshot: Snapshot) -> str:
    collected = snapshot.source.collected_at
    when = denial.context.get("aws:CurrentTime")
    dates = f" (denied {when}, collected {collected})" if collected and when else f" (collected {collected})" if collected else ""
    return f"the policies may have changed since{dates}."


def _allowed_here(denial: Denial, explanation: Explanation, there: LayerReport | None, snapshot: Snapshot) -> list[str]:
    found = [f"AWS denied what is allowed here: {_since(denial, snapshot)}"]
    if there is not None and there.decision == "none":
        found.append(
            f"AWS named the layer {there.title}, which is not there in this source{f' ({there.because})' if there.because else ''}."
        )
    if denial.reported.layer == "session":
        found.append("the session had a policy of its own; give it with --session-policy.")
    found.append("a value that only AWS saw may differ, such as the source address, MFA, tags or the endpoint; give it with --context.")
    if denial.resource is None and explanation.resource != "*":
        found.append("the message names no resource, and another one may have been asked for.")
    if "resource" in denial.inferred:
        found.append(f"the resource was inferred from {denial.said_resource or 'the call'}, and may be another.")
    return found


def _open_here(remarks: list[str], explanation: Explanation, there: LayerReport | None) -> tuple[str, tuple[str, ...]]:
    if there is not None and there.decision == "unknown":
        remarks.append(f"here the layer {there.title} is unknown ({there.because}); AWS knew it, and names it.")
    elif there is not None and there.decision == "none":
        remarks.append(f"AWS named the layer {there.title}, which is not there in this source: it may have been added or left since.")
        return "differs", tuple(remarks)
    else:
        names = ", ".join(dict.fromkeys(item.name for item in explanation.unknowns))
        remarks.append(f"the verdict hangs on {names or 'what is not known here'}; that AWS denied tells which way it went.")
    return "consistent", tuple(remarks)


def _other_decision(denial: Denial) -> list[str]:
    if denial.reported.layer == "scp" and denial.reported.explicit:
        return ["AWS used to call an SCP's missing Allow an explicit deny: the message may be of the old form (R160)."]
    if denial.reported.explicit:
        return ["AWS found a Deny where none matches here: it may have changed since, or a value that only AWS saw made it match."]
    return [
        "a Deny matches here, and AWS names a missing Allow: the Deny may be new since, or its condition did not hold for that request."
    ]


def _other_layer(denial: Denial, explanation: Explanation, there: LayerReport | None, layer: str, ours: str) -> list[str]:
    found = []
    theirs, mine = f"the layer {there.title if there else layer}", f"the layer {_title(explanation, ours)}"
    if there is not None and there.decision == "no-allow" and denial.reported.explicit:
        found += [*_other_decision(denial), f"here {mine} decides, and {theirs} has no Deny that matches."]
    elif there is not None and there.decision in ("deny", "no-allow"):
        found.append(f"AWS names one layer even where several deny (R160): {theirs} and {mine} both do here.")
    elif there is not None and there.decision == "unknown":
        found.append(f"AWS names {theirs}, which is unknown here ({there.because}).")
        does = "denies as well" if explanation.verdict == EXPLICIT_DENY else "does not allow it either"
        found.append(f"{mine} {does}, and AWS names one layer even where several deny (R160).")
    else:
        found.append(f"AWS names {theirs}; here {mine} decides, and the named one does not deny: either may have changed since.")
    if layer == "resource" and ours == "identity" and _foreign(denial):
        found.append(
            "across accounts AWS was seen to blame the resource-based policy where only the caller's own policy is missing (R160)."
        )
    return found


def _foreign(denial: Denial) -> bool:
    own, other = arn.account_of(denial.principal or ""), arn.account_of(denial.resource or "")
    return bool(own and other and own != other)
