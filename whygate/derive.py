"""Condition keys that the engine works out by itself, from the caller, the resource and the account data (R9-R18).

Each rule says where its value comes from. What is not told here is unknown, unless the action cannot carry the key (R129).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from whygate import arn, catalogue, services
from whygate.callers import Caller
from whygate.context import Context, Value, absent, as_value, present, unknown
from whygate.logic import Unknown
from whygate.matching import NO_RESOURCE

Tags = tuple[tuple[str, str], ...]

# Services with one endpoint for the world: aws:RequestedRegion is us-east-1 there (R13).
GLOBAL_SERVICES = frozenset(
    {"iam", "organizations", "cloudfront", "route53", "account", "globalaccelerator", "shield", "support", "budgets", "ce", "waf"}
)

_TEMPORARY = ("aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage")
_ENDPOINT = (
    "aws:vpcsourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
)
_SERVICE_ACTS = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
_CALLED_VIA = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths")


class Organization(msgspec.Struct, frozen=True):
    """What is known of an account's place: texts, an empty text for "in no organization", None for not known."""

    id: str | None = None
    path: str | None = None


class Facts(msgspec.Struct, frozen=True):
    """What the rules look at. Tags are None where they were not collected; `credential` is `long-term`, `session-token`,
    `console` or empty for not said; `now` is None, and `assume` off, where nothing may be assumed (R8)."""

    caller: Caller
    action: str
    resource: str
    resource_account: str | None
    given: frozenset[str] = frozenset()
    given_values: Mapping[str, object] = {}
    principal_tags: Tags | None = None
    resource_tags: Tags | None = None
    principal_organization: Organization = Organization()
    resource_organization: Organization = Organization()
    credential: str = ""
    now: datetime | None = None
    assume: bool = False


def context(facts: Facts, given: Mapping[str, object], *, missing: str = "unknown") -> Context:
    """The request context of `facts` with the keys that the user gave."""
    facts = msgspec.structs.replace(
        facts,
        given=frozenset(key.lower() for key, item in given.items() if as_value(key, item).values),
        given_values={key.lower(): item for key, item in given.items()},
    )
    return Context(given, lambda key: value(key, facts), missing=missing)


def value(key: str, facts: Facts) -> Value | None:
    """The derived value of `key` (lower case), or None where there is nothing to say."""
    rule = _RULES.get(key)
    if rule:
        return rule(key, facts)
    if key.startswith("aws:principaltag/"):
        return _principal_tag(key.partition("/")[2], facts)
    if key.startswith("aws:resourcetag/"):
        return _resource_tag(key.partition("/")[2], facts)
    if key.startswith("aws:requesttag/") or key == "aws:tagkeys":
        return _undefined(key, facts)
    if key.startswith("aws:"):
        return None  # a global key that has no rule here is unknown, never absent (R13)
    if key == "kms:calleraccount" and facts.action.lower().startswith("kms:"):
        return present(facts.caller.account, origin="the caller's account") if facts.caller.account else None
    if key == "s3:resourceaccount" and facts.action.lower().startswith("s3:"):
        return _resource_account(key, facts)
    service, _, tag = key.partition(":resourcetag/")
    if tag and service == facts.action.split(":", 1)[0].lower() and _undefined(key, facts) is None:
        return _tag_of_resource(tag, facts)  # several services have a key of their own for the same tags
    if key == "kms:viaservice" and _direct(facts):
        return absent("a direct call")
    return _undefined(key, facts)


def _undefined(key: str, facts: Facts) -> Value | None:
    """Absent where the reference defines the action and not this key for it (R129). Keys of identity providers stay with
    the session that they made, so they are never ruled out."""
    prefix = key.split(":", 1)[0]
    if prefix != "aws" and ("." in prefix or prefix == "saml" or not catalogue.knows_service(prefix)):
        return None
    if catalogue.defines_key(facts.action, key) is False:
        return absent(f"{facts.action} does not define it (reference of {catalogue.date()})")
    return None


def _principal_arn(key: str, facts: Facts) -> Value | None:
    who = facts.caller
    if who.principal_arn:
        return present(who.principal_arn, origin="the caller")
    return absent(f"{who.kind} callers carry none") if who.kind in ("anonymous", "service") else None


def _principal_account(key: str, facts: Facts) -> Value | None:
    who = facts.caller
    if who.kind == "anonymous":
        return present("anonymous", origin="the caller")
    if who.is_principal:
        return present(who.account, origin="the caller's ARN")
    return absent("a service calls for itself") if who.kind == "service" else None


def _principal_type(key: str, facts: Facts) -> Value | None:
    kinds = {"root": "Account", "user": "User", "federated-user": "FederatedUser", "session": "AssumedRole", "anonymous": "Anonymous"}
    name = kinds.get(facts.caller.kind)
    return present(name, origin="the caller") if name else None


def _username(key: str, facts: Facts) -> Value | None:
    if facts.caller.kind == "user":
        return present(facts.caller.name, origin="the user's name")
    return absent("only IAM users carry one")


def _userid(key: str, facts: Facts) -> Value | None:
    who = facts.caller
    identity = who.ids[0] if who.ids else ""
    if who.kind == "root":
        return present(who.account, origin="the caller")
    if who.kind == "anonymous":
        return present("anonymous", origin="the caller")
    if who.kind == "federated-user":
        return present(f"{who.account}:{who.name}", origin="the caller")
    if who.kind == "user" and identity:
        return present(identity, origin="the user's unique id")
    if who.kind == "session" and identity and who.session is not None:
        return present(f"{identity}:{who.session}", origin="the role's unique id and the session name")
    return unknown("the unique id or the session name is not known", sent=True)


def _is_aws_service(key: str, facts: Facts) -> Value | None:
    if facts.caller.kind == "anonymous":
        return absent("anonymous callers carry none")
    if facts.caller.kind == "provider":
        return None
    return present("true" if facts.caller.kind == "service" else "false", origin="the caller")


def _service_name(key: str, facts: Facts) -> Value | None:
    if facts.caller.kind != "service":
        return absent("only services that call for themselves carry it")
    return (
        present(facts.caller.arn, origin="the caller")
        if key == "aws:principalservicename"
        else unknown("the service's other names", sent=True)
    )


def _organization(key: str, facts: Facts) -> Value | None:
    of_principal = key.startswith("aws:principal")
    if of_principal and facts.caller.kind == "anonymous":
        return absent("anonymous callers carry none")
    if of_principal and not facts.caller.is_principal:
        return None
    place = facts.principal_organization if of_principal else facts.resource_organization
    text = place.id if key.endswith("id") else place.path
    if text is None:
        return absent("the account is in no organization") if place.id == "" else None
    return present(text, origin="the account's organization") if text else absent("the account is in no organization")


def _temporary(key: str, facts: Facts) -> Value | None:
    """Keys of temporary credentials (R14)."""
    who = facts.caller
    if who.kind in ("anonymous", "service") or facts.credential == "long-term":
        return absent("no temporary credentials")
    if key == "aws:multifactorauthage":
        return absent("no MFA was used") if _is_false(facts.given_values.get("aws:multifactorauthpresent")) else None
    temporary = who.kind in ("session", "federated-user") or facts.credential in ("session-token", "console")
    return unknown("temporary credentials carry it, its value was not given", sent=True) if temporary else None


def _is_false(item: object) -> bool:
    if isinstance(item, (list, tuple)) and len(item) == 1:
        return _is_false(item[0])
    return item is False or (isinstance(item, str) and item.lower() == "false")


def _federated_provider(key: str, facts: Facts) -> Value | None:
    return (
        absent("only sessions of web identities and SAML carry it")
        if facts.caller.kind in ("user", "root", "anonymous", "service")
        else None
    )


def _resource_account(key: str, facts: Facts) -> Value | None:
    if facts.resource_account is None:
        return unknown("the ARN names no owner", sent=True)
    return present(
        facts.resource_account, origin="the caller's account: no resource" if facts.resource == NO_RESOURCE else "the resource's owner"
    )


def _service_acts(key: str, facts: Facts) -> Value | None:
    """Keys that are there only when a service acts for another resource (R13)."""
    return absent("the caller acts for itself") if facts.caller.kind in ("user", "session", "root", "federated-user", "anonymous") else None


def _source_ip(key: str, facts: Facts) -> Value | None:
    return absent("the call comes through a VPC endpoint") if facts.given & {"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"} else None


def _endpoint(key: str, facts: Facts) -> Value | None:
    return absent("aws:SourceIp is given, so no VPC endpoint is used") if "aws:sourceip" in facts.given else None


def _direct(facts: Facts) -> bool:
    """Whether the call is known not to be one that a service forwards with the caller's credentials."""
    given = facts.given_values.get("aws:viaawsservice")
    return (
        _is_false(given)
        or facts.caller.kind == "anonymous"
        or (given is None and facts.assume and "aws:viaawsservice" not in facts.given_values)
    )


def _called_via(key: str, facts: Facts) -> Value | None:
    return absent("a direct call") if _direct(facts) or facts.caller.kind == "service" else None


def _via_service(key: str, facts: Facts) -> Value | None:
    return present("false", origin="assumed: a direct call (R8)") if facts.assume else unknown("not given", sent=True)


def _assumed(key: str, facts: Facts) -> Value | None:
    """Keys that AWS always sends (R8): assumed where that is allowed, and shown as assumed."""
    if not facts.assume:
        return unknown("not given", sent=True)
    if key == "aws:securetransport":
        return present("true", origin="assumed: HTTPS (R8)")
    if facts.now is None:
        return unknown("not given", sent=True)
    text = str(int(facts.now.timestamp())) if key == "aws:epochtime" else facts.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return present(text, origin="assumed: now (R8)")


def _region(key: str, facts: Facts) -> Value | None:
    service = facts.action.split(":", 1)[0].lower()
    if service in GLOBAL_SERVICES and facts.caller.partition == "aws":
        return present("us-east-1", origin=f"{service} is a global service")
    named = arn.split(facts.resource)
    if facts.assume and named and named.region and "*" not in named.region:
        return present(named.region, origin="assumed: the resource's region (R8)")
    return unknown("not given", sent=True)


def _user_agent(key: str, facts: Facts) -> Value | None:
    return unknown("not given", sent=True)


def _tag(name: str, tags: Tags, origin: str) -> Value:
    found = {text for key, text in tags if key.lower() == name}
    if len(found) > 1:
        return unknown("two tags", reason=Unknown("rule", "R58", f"two tags are called {name} but for letter case"))
    return present(found.pop(), origin=origin) if found else absent(f"no such tag: {origin}")


def _principal_tag(name: str, facts: Facts) -> Value | None:
    who = facts.caller
    if who.kind in ("root", "anonymous", "service"):
        return absent(f"{who.kind} callers carry no tags")
    if facts.principal_tags is None:
        return None
    return _tag(name, facts.principal_tags, f"the {'role' if who.kind == 'session' else 'user'}'s tags")


def _resource_tag(name: str, facts: Facts) -> Value | None:
    undefined = _undefined(f"aws:resourcetag/{name}", facts)
    if undefined is not None and facts.action.lower() != "iam:passrole" and not services.is_adapter_analysis(facts.action, facts.resource):
        return undefined
    return _tag_of_resource(name, facts)


def _tag_of_resource(name: str, facts: Facts) -> Value | None:
    if facts.action.lower() == "iam:passrole":
        return unknown("role tags", reason=Unknown("rule", "R128", "AWS says that a role's tags cannot be relied on for iam:PassRole"))
    return None if facts.resource_tags is None else _tag(name, facts.resource_tags, "the resource's tags")


_RULES: dict[str, Callable[[str, Facts], Value | None]] = {
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": _principal_account,
    "aws:principaltype": _principal_type,
    "aws:username": _username,
    "aws:userid": _userid,
    "aws:principalisawsservice": _is_aws_service,
    "aws:principalservicename": _service_name,
    "aws:principalservicenameslist": _service_name,
    "aws:federatedprovider": _federated_provider,
    "aws:resourceaccount": _resource_account,
    "aws:sourceip": _source_ip,
    "aws:viaawsservice": _via_service,
    "aws:securetransport": _assumed,
    "aws:currenttime": _assumed,
    "aws:epochtime": _assumed,
    "aws:requestedregion": _region,
    "aws:useragent": _user_agent,
    **dict.fromkeys(_TEMPORARY, _temporary),
    **dict.fromkeys(_ENDPOINT, _endpoint),
    **dict.fromkeys(_SERVICE_ACTS, _service_acts),
    **dict.fromkeys(_CALLED_VIA, _called_via),
    **dict.fromkeys(_ORGANIZATION, _organization),
}
