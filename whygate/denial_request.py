"""From the names in a denial to those a question needs: calls to actions (R23), words and parameters to ARNs, ARNs to what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

import msgspec

from whygate import arn, catalogue
from whygate.denial import Denial, encodable
from whygate.denial_patterns import API_ACTIONS, EVENT_SOURCES, IAM_WORDS, PARAMETERS
from whygate.errors import UserError

_VERSION = re.compile(r"_?20[0-9]{2}_?[01][0-9]_?[0-3][0-9](?:v[0-9]+)?$")
_IAM_WORD = re.compile(rf"({'|'.join(sorted(IAM_WORDS, key=len, reverse=True))})\s+(\S+)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_ACCOUNTS = ("partition", "region", "account")


class Found(msgspec.Struct, frozen=True):
    """A name, and a sentence on how it was found; the sentence is empty where nothing was inferred."""

    name: str
    note: str = ""


def service_of(source: str) -> str:
    """The IAM prefix of an eventSource: `monitoring.amazonaws.com` is `cloudwatch`."""
    head = re.sub(r"\.amazonaws\.com(?:\.cn)?$", "", source.strip().lower())
    return EVENT_SOURCES.get(head, head)


def action_of_call(service: str, call: str) -> Found:
    """The action that an API call needs (R23). Versions of a name are dropped; a call the reference does not know stays as it is."""
    named = f"{service}:{call}"
    for candidate in dict.fromkeys((call, _VERSION.sub("", call))):
        wanted = API_ACTIONS.get(f"{service}:{candidate}", f"{service}:{candidate}")
        known = catalogue.action(wanted)
        if known:
            return Found(known.name, f"action: {known.name}, from the call {named}")
    return Found(
        f"{service}:{_VERSION.sub('', call)}",
        f"action: taken from the call {named}; the reference of {catalogue.date()} has no action of that name",
    )


def iam_arn(text: str, principal: str | None) -> Found | None:
    """The ARN that words such as `group Admins` mean, in the principal's account; without a path, which they do not tell."""
    match = _IAM_WORD.fullmatch(text.strip())
    if match is None:
        return None
    name = match.group(2).strip("\"'")
    if arn.split(name):
        return Found(name, f"resource: {name}, from {text!r}")
    owner = arn.split(principal or "")
    if owner is None or not owner.account:
        return None
    word = " ".join(match.group(1).lower().split())
    made = f"arn:{owner.partition}:iam::{owner.account}:{IAM_WORDS[word]}/{name}"
    return Found(made, f"resource: {made}, from {text!r}, with no path because the message tells none")


def arn_of_parameters(action: str, parameters: object, where: Mapping[str, str]) -> Found | None:
    """The resource that a call's parameters name: an ARN among them that the action takes, else its ARN template filled in.
    `where` gives partition, region and account. None unless every placeholder has a value."""
    known = catalogue.action(action)
    if known is None or not isinstance(parameters, Mapping):
        return None
    uses = {use.type for use in known.resources}
    types = [item for item in catalogue.resource_types(known.service) if item.name.split(":", 1)[1] in uses]
    given = {_plain(key): encodable(unquote(item)) for key, item in parameters.items() if isinstance(item, str) and item}
    for text in given.values():
        if text.startswith("arn:") and any(item.fits(text) for item in types):
            return Found(text, f"resource: {text}, from the call's parameters")
    for item in types:
        made = _filled(item.arn, given, where)
        if made:
            return Found(made, f"resource: {made}, put together from the call's parameters")
    return None


def _plain(key: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(key).lower())


def _filled(template: str, given: Mapping[str, str], where: Mapping[str, str]) -> str | None:
    made = template
    own = 0
    for placeholder in _PLACEHOLDER.findall(template):
        name = _plain(placeholder)
        if name in _ACCOUNTS:
            value = where.get(name, "")
        else:
            value = next((given[key] for key in (name, *PARAMETERS.get(name, ())) if key in given), "")
            own += 1
        if not value:
            return None
        made = made.replace(f"${{{placeholder}}}", value)
    return made if own else None


def arn_of_name(action: str, name: str, where: Mapping[str, str]) -> Found | None:
    """The ARN of a resource that a message only names, where the action takes one type and that type has one name."""
    known = catalogue.action(action)
    if known is None or not re.fullmatch(r"[\w.@=+/-]+", name) or len(known.resources) != 1:
        return None
    types = [item for item in catalogue.resource_types(known.service) if item.name == f"{known.service}:{known.resources[0].type}"]
    if len(types) != 1:
        return None
    own = [item for item in _PLACEHOLDER.findall(types[0].arn) if _plain(item) not in _ACCOUNTS]
    made = _filled(types[0].arn, {_plain(own[0]): name}, where) if len(own) == 1 else None
    return Found(made, f"resource: {made}, made of the name {name!r}; the real ARN may differ") if made else None


def first_fitting(action: str, candidates: Iterable[str]) -> str | None:
    """Of several ARNs the first that is of a type the action takes, else the first."""
    listed = [item for item in candidates if arn.split(item)]
    known = catalogue.action(action)
    if known:
        uses = {f"{known.service}:{use.type}" for use in known.resources}
        for item in listed:
            if any(kind.name in uses for kind in catalogue.types_of(item)):
                return item
    return listed[0] if listed else None


def asked_resource(denial: Denial) -> Found:
    """What to ask about: an ARN, `*` for a call without a resource, or empty for whatever the action takes."""
    known = catalogue.action(denial.action or "")
    if denial.resource is None:
        return Found("*" if known and known.wildcard_only else "")
    if denial.resource == "*":
        return Found("*")
    if known and known.wildcard_only and not denial.resource.startswith("arn:"):
        return Found("*", f"{known.name} takes no resource: asked on *, not on {denial.resource}")
    try:
        arn.parse(denial.resource)
    except UserError as error:
        return Found("", f"the resource in the message was dropped: {error.what}")
    return Found(denial.resource)
