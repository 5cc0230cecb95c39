"""A CloudTrail event, or a decoded authorization message, becomes a denial (R158, R161). Finding them in a file is in `denials`."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import msgspec

from whygate import arn
from whygate.callers import ANONYMOUS
from whygate.denial import Denial, Reported, encodable
from whygate.denial_messages import is_denial_code, scan, with_resource
from whygate.denial_patterns import NO_POLICY
from whygate.denial_request import Found, action_of_call, arn_of_parameters, first_fitting, service_of

_SHOWN = 5


def is_event(item: Mapping[str, object]) -> bool:
    return isinstance(item.get("eventSource"), str) and isinstance(item.get("eventName"), str)


def is_decoded(item: Mapping[str, object]) -> bool:
    """Whether it has the shape of what `sts:DecodeAuthorizationMessage` returns (R158)."""
    return isinstance(item.get("context"), Mapping) and bool({"allowed", "explicitDeny", "matchedStatements"} & item.keys())


def event(item: Mapping[str, object]) -> Denial | None:
    """The denial that an event records, or None for an event that is none. What a message says beats what the event says."""
    code, message = _text(item, "errorCode"), _text(item, "errorMessage")
    said = next((denial for denial in scan(message) if denial.action), None) if message else None
    if said is None and not (code and is_denial_code(code)):
        return None
    identity = _mapping(item.get("userIdentity"))
    context = _context(item, identity)
    who = _principal(identity)
    inferred, notes = [], []
    principal = said.principal if said and said.principal else who
    if said and said.principal and who and said.principal != who:
        notes.append(f"principal: the message names {said.principal}, the event {who}; the message is taken")
    elif principal and not (said and said.principal):
        inferred.append("principal")
        notes.append(f"principal: {principal}, from the event's userIdentity")
    action = said.action if said and said.action else None
    if action is None:
        call = action_of_call(service_of(_text(item, "eventSource")), _text(item, "eventName"))
        action = call.name
        inferred.append("action")
        notes.append(call.note)
    if context:
        inferred.append("context")
    notes += [meaning for phrase, meaning in NO_POLICY if phrase.lower() in message.lower()]
    made = Denial(
        text=_summary(item, code, message),
        reported=said.reported if said else Reported(code=code or None),
        principal=principal,
        action=action,
        context=context,
        inferred=tuple(inferred),
        notes=(*notes, *(_message_notes(said) if said else ())),
        encoded=said.encoded if said else None,
        origin="event",
        operation=_text(item, "eventName"),
        principal_id=_text(identity, "principalId") or None,
        parent_arn=_text(identity, "sessionContext", "sessionIssuer", "arn") or None if identity.get("type") == "FederatedUser" else None,
        credential=_credential(identity),
    )
    if code and not made.reported.code:
        made = msgspec.structs.replace(made, reported=msgspec.structs.replace(made.reported, code=code))
    if said and said.resource is not None:
        return with_resource(made, said.said_resource or said.resource)
    return _with_event_resource(made, item, identity, who)


def _message_notes(said: Denial) -> tuple[str, ...]:
    return tuple(note for note in said.notes if not note.startswith("resource:"))


def _with_event_resource(denial: Denial, item: Mapping[str, object], identity: Mapping[str, object], who: str | None) -> Denial:
    assert denial.action is not None
    listed = item.get("resources")
    arns = [_text(_mapping(row), "ARN") or _text(_mapping(row), "arn") for row in listed] if isinstance(listed, list) else []
    chosen = first_fitting(denial.action, arns)
    found = Found(chosen, f"resource: {chosen}, from the event's resources") if chosen else None
    if found is None:
        own = arn.split(who or "")
        where = {
            "partition": own.partition if own else "aws",
            "region": _text(item, "awsRegion"),
            "account": _text(item, "recipientAccountId") or _text(identity, "accountId"),
        }
        found = arn_of_parameters(denial.action, item.get("requestParameters"), where)
    if found is None:
        return denial
    return msgspec.structs.replace(denial, resource=found.name, inferred=(*denial.inferred, "resource"), notes=(*denial.notes, found.note))


def _principal(identity: Mapping[str, object]) -> str | None:
    kind = _text(identity, "type")
    if kind == "AWSService":
        return _text(identity, "invokedBy") or None
    if _text(identity, "accountId").upper() == "ANONYMOUS_PRINCIPAL":
        return ANONYMOUS
    named = _text(identity, "arn")
    if named:
        return named
    if kind in ("WebIdentityUser", "SAMLUser"):
        return _text(identity, "identityProvider") or None
    if kind == "Root" and _text(identity, "accountId"):
        return f"arn:aws:iam::{_text(identity, 'accountId')}:root"
    return None


def _context(item: Mapping[str, object], identity: Mapping[str, object]) -> dict[str, object]:
    """The condition keys that the event tells (R161). An address beside an endpoint is inside its network (R13)."""
    kind = _text(identity, "type")
    issuer = _text(identity, "sessionContext", "sessionIssuer", "arn")
    own = issuer if kind == "AssumedRole" else "" if kind == "AWSService" else _text(identity, "arn")
    endpoint = _text(item, "vpcEndpointId")
    found: dict[str, object] = {
        "aws:PrincipalArn": own,
        "aws:VpcSourceIp" if endpoint else "aws:SourceIp": _address(_text(item, "sourceIPAddress")),
        "aws:SourceVpce": endpoint,
        "aws:MultiFactorAuthPresent": _text(identity, "sessionContext", "attributes", "mfaAuthenticated").lower(),
        "aws:TokenIssueTime": _text(identity, "sessionContext", "attributes", "creationDate"),
        "aws:SourceIdentity": _text(identity, "sessionContext", "sourceIdentity"),
        "aws:RequestedRegion": _text(item, "awsRegion"),
        "aws:ViaAWSService": "true" if kind != "AWSService" and _text(identity, "invokedBy") else "",
        "aws:CurrentTime": _text(item, "eventTime"),
    }
    return {key: value for key, value in found.items() if value}


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text)) and text
    except ValueError:
        return ""  # a service's name, for a forwarded call


def _credential(identity: Mapping[str, object]) -> str:
    """What signed the call, where the key id tells; only users and root have long-term keys (R14, R17)."""
    if _text(identity, "type") not in ("IAMUser", "Root"):
        return ""
    if isinstance(identity.get("sessionContext"), Mapping):
        return "session-token"
    return {"AKIA": "long-term", "ASIA": "session-token"}.get(_text(identity, "accessKeyId")[:4], "")


def decoded(item: Mapping[str, object]) -> Denial:
    """The denial of a decoded authorization message; its context is the request's own (R158)."""
    context = _mapping(item.get("context"))
    explicit = item.get("explicitDeny")
    matched = [_mapping(row) for row in _items(item.get("matchedStatements"))]
    decision = None
    if item.get("allowed") is not True:
        decision = "explicitDeny" if explicit is True or _text(item, "explicitDeny").lower() == "true" else "implicitDeny"
    conditions: dict[str, object] = {}
    for row in _items(context.get("conditions")):
        key = _text(_mapping(row), "key")
        values = [_text(_mapping(value), "value") for value in _items(_mapping(row).get("values"))]
        if ":" in key:
            conditions[key] = values[0] if len(values) == 1 else values
    inferred: tuple[str, ...] = ()
    lowered = {key.lower() for key in conditions}
    notes = [f"AWS matched {_statement(row)}" for row in matched[:_SHOWN]]
    if "aws:region" in lowered and "aws:requestedregion" not in lowered:
        conditions["aws:RequestedRegion"] = next(value for key, value in conditions.items() if key.lower() == "aws:region")
        inferred = ("context",)
        notes.append("context: aws:RequestedRegion, from aws:Region")
    if item.get("allowed") is True:
        notes.append("the decoded message says that the request was allowed")
    principal = _mapping(context.get("principal"))
    return Denial(
        text="a decoded authorization message",
        reported=Reported(decision),
        principal=_text(principal, "arn") or None,
        action=_text(context, "action") or None,
        resource=_text(context, "resource") or None,
        context=conditions,
        inferred=inferred,
        notes=tuple(notes),
        origin="decoded",
        principal_id=_text(principal, "id") or None,
    )


def _statement(row: Mapping[str, object]) -> str:
    actions = [_text(_mapping(value), "value") for value in _items(row.get("actions"))]
    label = _text(row, "statementId") or "a statement with no Sid"
    return f"{label} ({_text(row, 'effect').capitalize() or 'effect not said'} {', '.join(actions[:_SHOWN]) or 'no action listed'})"


def _summary(item: Mapping[str, object], code: str, message: str) -> str:
    head = f"{_text(item, 'eventTime')} {_text(item, 'eventSource')} {_text(item, 'eventName')} {code}".strip()
    short = " ".join(message[:2000].split())
    return f"{head}: {short}" if short else head


def _mapping(item: object) -> Mapping[str, object]:
    return item if isinstance(item, Mapping) else {}


def _items(item: object) -> list[object]:
    """`{"items": [...]}` as the decoded message writes lists, or a list."""
    inner = item.get("items") if isinstance(item, Mapping) else item
    return inner if isinstance(inner, list) else []


def _text(item: Mapping[str, object], *path: str) -> str:
    """The text at a path; empty for what is not there or is no text. Booleans and numbers are read as text."""
    here: object = item
    for part in path:
        here = here.get(part) if isinstance(here, Mapping) else None
    if isinstance(here, bool):
        return "true" if here else "false"
    return encodable(here) if isinstance(here, str) else str(here) if isinstance(here, (int, float)) else ""
