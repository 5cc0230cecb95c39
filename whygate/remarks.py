"""What a reader should know besides the verdict: what was assumed, what the reference does not hold, what other switches there are."""

from __future__ import annotations

from collections.abc import Iterator

from whygate import catalogue, lint, values
from whygate.arn import split
from whygate.evaluate import IMPLICIT_DENY, Verdict
from whygate.layers import ORDER
from whygate.matching import NO_RESOURCE
from whygate.request import Request
from whygate.snapshot import Snapshot

# What the values of global keys are, where they are not just text (IAM User Guide, global condition context keys, 2026-11).
_TYPES = {
    **dict.fromkeys(
        ("aws:multifactorauthpresent", "aws:securetransport", "aws:viaawsservice", "aws:principalisawsservice", "aws:assumedroot"),
        "true or false",
    ),
    **dict.fromkeys(("aws:multifactorauthage", "aws:epochtime"), "a number"),
    **dict.fromkeys(("aws:currenttime", "aws:tokenissuetime"), "a date"),
    **dict.fromkeys(("aws:sourceip", "aws:vpcsourceip"), "an address"),
    **dict.fromkeys(("aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn", "iam:associatedresourcearn"), "an ARN"),
}


def remarks(snapshot: Snapshot | None, verdict: Verdict, asked: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The notes on a verdict, each a plain sentence; `asked` are those on what the question was really asked on."""
    request = verdict.request
    return (
        *asked,
        *_of_action(request),
        *_of_context(request),
        *_of_caller(request),
        *_of_resource(snapshot, verdict),
        *_of_documents(verdict),
    )


def _of_action(request: Request) -> Iterator[str]:
    known = catalogue.action(request.action)
    if known is None:
        what = "service" if not catalogue.knows_service(request.service) else "action"
        yield f"{request.action}: the {what} is not in the reference of {catalogue.date()}; it may be new, or misspelt"
        return
    required = [use.type for use in known.resources if use.required]
    if len(required) > 1 and request.resource != NO_RESOURCE:
        yield f"{request.action} authorizes {' and '.join(required)} in one call: ask for each, all must be allowed (R124)"


def _of_context(request: Request) -> Iterator[str]:
    for key in request.context.given:
        value = request.context.get(key)
        wanted = _TYPES.get(key)
        for text in value.values if wanted else ():
            if not _is(wanted or "", text):
                yield f"{key} is given as {text}, which is not {wanted}"
        if _undefined(request, key):
            yield f"{request.action} does not define {key}, which was given; it counts as given"
    for key, given, derived in request.context.contradicted():
        if not _undefined(request, key):
            yield f"{key} is given as {given}; for this request it would be {derived} ({derived.origin}); what is given counts"


def _is(kind: str, text: str) -> bool:
    if kind == "true or false":
        return text.lower() in ("true", "false")
    if kind == "a number":
        return values.number(text) is not None or values.date(text) is not None
    if kind == "a date":
        return values.date(text) is not None
    network = values.network(text) if kind == "an address" else None
    return network is not None and network.num_addresses == 1 if kind == "an address" else split(text) is not None


def _undefined(request: Request, key: str) -> bool:
    """Whether a given key is one that the reference does not define for the action."""
    prefix = key.split(":", 1)[0]
    scoped = prefix != "aws" or key.startswith(("aws:resourcetag/", "aws:requesttag/")) or key == "aws:tagkeys"
    known = catalogue.knows_service(prefix if prefix != "aws" else request.service)
    return scoped and known and catalogue.defines_key(request.action, key) is False


def _of_caller(request: Request) -> Iterator[str]:
    if request.caller.kind == "session" and request.caller.session is None:
        yield "asked about a session of the role with no session name, no session policy and no session tags"


def _of_resource(snapshot: Snapshot | None, verdict: Verdict) -> Iterator[str]:
    request = verdict.request
    if snapshot is not None and request.resource_account is None and request.resource != NO_RESOURCE:
        yield "which account owns the resource is not known; name it with --resource-account"
    if verdict.verdict != IMPLICIT_DENY or request.resource == NO_RESOURCE:
        return
    found = snapshot.resource_for(request.resource) if snapshot else None
    if request.service == "kms" and ":key/" in request.resource:
        grants = found.details.get("Grants") if found else None
        if grants != []:
            how = f"the key has {len(grants)}" if isinstance(grants, list) else "they were not collected"
            yield f"a KMS grant can allow what no policy does, and grants are not evaluated: {how} (R93)"
    if (
        request.service == "s3"
        and request.same_account.value is not True
        and verdict.grants
        and not any(truth.possible for truth in verdict.grants.values())
    ):
        ownership = found.details.get("ObjectOwnership") if found else None
        if ownership != "BucketOwnerEnforced":
            yield f"an S3 ACL can let another account in, and ACLs are not evaluated: object ownership is {ownership or 'not known'} (R111)"


def _of_documents(verdict: Verdict) -> Iterator[str]:
    """Documents that came with the question and are over AWS's limits: they cannot be in force (R51)."""
    for name in ORDER:
        for held in verdict.layers.get(name).policies:
            if held.given is not None and not held.given.unreadable:
                yield from (f"{held.name}: {item.text} (R51)" for item in lint.size(held.given, held.grammar))
