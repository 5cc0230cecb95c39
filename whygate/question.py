"""The question people ask: may this principal do this action on this resource? One function answers it, for commands, screens and callers.

It puts a request together from what was typed and what the snapshot knows, and gives it to `evaluate`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from whygate import arn, catalogue, collect, derive, policies, services, textract
from whygate.callers import Caller
from whygate.errors import UserError
from whygate.evaluate import Verdict, evaluate
from whygate.matching import NO_RESOURCE, is_action
from whygate.remarks import remarks
from whygate.request import Request, owner
from whygate.snapshot import Snapshot


class Options(msgspec.Struct, frozen=True):
    """What a question may say besides who, what and where.

    `missing_context` is `unknown` or `absent`; `uncollected` is `unknown` or `none`; `session_policies` None means that none are
    given; `now` is the time to assume, None for the present; `credential` is `long-term`, `session-token`, `console` or empty.
    """

    missing_context: str = "unknown"
    uncollected: str = "unknown"
    session_policies: tuple[object, ...] | None = None
    resource_account: str | None = None
    parent_arn: str | None = None
    credential: str = ""
    wildcard_only: bool = False
    now: datetime | None = None


def ask(
    snapshot: Snapshot,
    principal: str,
    action: str,
    resource: str = "",
    context: Mapping[str, object] | None = None,
    options: Options | None = None,
) -> Verdict:
    """The verdict for one question. `principal` is what a person types, `action` is `service:Action`, `resource` an ARN, `*` for a
    call without a resource, or empty for "whichever it takes". Raises `UserError` for what is malformed or not there."""
    options = options or Options()
    who = collect.caller_of(snapshot, principal, parent_arn=options.parent_arn)
    action = canonical_action(action)
    asked = target(who, action, resource, options.wildcard_only)
    account = owner_named(asked.resource, options.resource_account) or _owner(snapshot, who, asked.resource)
    session = None
    if options.session_policies is not None:
        session = tuple(
            policies.given(item, "session", f"session policy {number}") for number, item in enumerate(options.session_policies, 1)
        )

    def decide(target: Target, account: str | None) -> Verdict:
        request = request_for(snapshot, who, action, target, account, context or {}, options)
        return evaluate(request, collect.layers_of(snapshot, request, session=session, uncollected=options.uncollected))

    verdict = decide(asked, account)
    if services.is_adapter_analysis(action, asked.resource):
        verdict = textract.together(verdict, decide(Target(NO_RESOURCE), who.account))
    return msgspec.structs.replace(verdict, notes=(*remarks(snapshot, verdict, asked.notes), *verdict.notes))


class Target(msgspec.Struct, frozen=True):
    """The resource that is asked about; `any_resource` where it is a pattern for all that the action takes."""

    resource: str
    any_resource: bool = False
    notes: tuple[str, ...] = ()


def canonical_action(text: str) -> str:
    """An action in AWS's own spelling; raises `UserError` for what is no single action. What the reference does not know passes."""
    text = text.strip()
    if not is_action(text):
        todo = (
            "ask about one action, without * or ?"
            if re.search(r"[*?]", text)
            else "write it as service:Action, as in textract:DetectDocumentText"
        )
        raise UserError(f"malformed action {text!r}", todo=todo)
    found = catalogue.action(text)
    return found.name if found else text


def target(who: Caller, action: str, resource: str, wildcard_only: bool) -> Target:
    """What a question about `resource` is really asked on (R121, R122); raises `UserError` for a malformed ARN."""
    known = catalogue.action(action)
    if wildcard_only or (known and known.wildcard_only):
        if resource in ("", NO_RESOURCE) or services.is_adapter_analysis(action, resource):
            return Target(resource or NO_RESOURCE)
        arn.parse(resource)
        return Target(NO_RESOURCE, notes=(f"{action} has no resource: the question is asked on *, not on {resource} (R121)",))
    if resource == "":
        return _any_resource(who, action, known)
    if resource == NO_RESOURCE:
        if known and any(use.required for use in known.resources):
            kinds = " or ".join(use.type for use in known.resources)
            return Target(
                NO_RESOURCE, notes=(f"{action} always names a resource ({kinds}), and the question names none: only * can match",)
            )
        return Target(NO_RESOURCE)
    arn.parse(resource)
    if known and not _fits(known, resource):
        kinds = ", ".join(use.type for use in known.resources)
        return Target(resource, notes=(f"{action} takes {kinds}; {resource} does not look like one (reference of {catalogue.date()})",))
    return Target(resource)


def _any_resource(who: Caller, action: str, known: catalogue.Action | None) -> Target:
    service = action.split(":", 1)[0].lower()
    pattern = f"arn:{who.partition}:{service}:*:*:*"
    kinds = "a resource"
    if known:
        types = [item for item in catalogue.resource_types(service) if item.name.split(":", 1)[1] in {use.type for use in known.resources}]
        kinds = " or ".join(sorted({use.type for use in known.resources}))
        if len(types) == 1:
            filled = types[0].arn.replace("${Partition}", who.partition).replace("${Account}", who.account or "*")
            pattern = re.sub(r"\$\{[^}]*\}", "*", filled)
    return Target(pattern, True, (f"no resource is named: asked about any {kinds} as {pattern}",))


def _fits(known: catalogue.Action, resource: str) -> bool:
    uses = {use.type for use in known.resources}
    types = [item for item in catalogue.resource_types(known.service) if item.name.split(":", 1)[1] in uses]
    return not types or any(item.fits(resource) for item in types)


def owner_named(resource: str, named: str | None) -> str | None:
    """The resource account that the user named, checked against the ARN; None where none is named."""
    if named is None:
        return None
    in_arn = arn.account_of(resource)
    if in_arn and in_arn != named and "*" not in in_arn:
        raise UserError(f"the resource account {named} is not the account in {resource}", todo="leave one of the two out")
    return named


def _owner(snapshot: Snapshot, who: Caller, resource: str) -> str | None:
    return owner(resource, who) or collect.owner_of(snapshot, resource)


def request_for(
    snapshot: Snapshot | None,
    who: Caller,
    action: str,
    target: Target,
    account: str | None,
    context: Mapping[str, object],
    options: Options,
) -> Request:
    """The request with its context: given keys, and what can be derived from caller, resource and, where there is one, snapshot."""
    assume = options.missing_context != "absent"
    facts = derive.Facts(
        caller=who,
        action=action,
        resource=target.resource,
        resource_account=account,
        principal_tags=collect.principal_tags(snapshot, who) if snapshot else None,
        resource_tags=collect.resource_tags(snapshot, target.resource) if snapshot else None,
        principal_organization=collect.organization_of(snapshot, who.account) if snapshot else derive.Organization(),
        resource_organization=collect.organization_of(snapshot, account) if snapshot else derive.Organization(),
        credential=options.credential,
        now=(options.now or datetime.now(UTC)) if assume else None,
        assume=assume,
    )
    return Request(
        caller=who,
        action=action,
        resource=target.resource,
        resource_account=account,
        context=derive.context(facts, context, missing=options.missing_context),
        any_resource=target.any_resource,
        credential=options.credential,
    )


def contexts(items: Sequence[str]) -> dict[str, object]:
    """`KEY=VALUE` items as commands take them."""
    from whygate.context import parse_given

    return parse_given(list(items))
