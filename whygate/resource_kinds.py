"""What a resource is in AWS's words, which actions take it, and what its policy, or that it has none, means for questions about it.

The actions are those of the Service Authorization Reference (R121, R122); who may do them is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec
from msgspec import UNSET

from whygate import arn, catalogue, services
from whygate.catalogue import Action, ResourceType
from whygate.errors import UserError
from whygate.snapshot import Snapshot
from whygate.text import visible

LEVELS = ("List", "Read", "Write", "Tagging", "Permissions management")
"""The access levels of actions, as AWS orders them."""

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


class Kind(msgspec.Struct, frozen=True):
    """`type` is `service:type` as the reference spells it, or what the source says, empty where nobody knows; `title` is for people, with
    the service's full name: `Amazon Textract adapter`."""

    type: str
    title: str


class Operations(msgspec.Struct, frozen=True):
    """Actions that take one resource: `asked` is the ARN to ask about, that of the resource, or a pattern for what is inside it, which
    `title` then names; `levels` are (access level, actions) pairs in AWS's order."""

    title: str
    asked: str
    levels: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def count(self) -> int:
        return sum(len(names) for _, names in self.levels)


class PolicyState(msgspec.Struct, frozen=True):
    """Whether a resource has a policy, in a word or two, and in a sentence what that means. `present` where it can be read."""

    word: str
    meaning: str
    present: bool = False


def kind_of(resource: str, listed: str = "") -> Kind:
    """The kind of a resource by its ARN; `listed` is the type that the source gives it. Raises `UserError` for what is no ARN."""
    parsed = arn.parse(resource)
    fitting = catalogue.types_of(resource)
    named = next((item.name for item in fitting if item.name.lower() == listed.lower()), "")
    type_ = named or listed or (fitting[0].name if fitting else "")
    service, _, word = type_.partition(":")
    title = catalogue.service_title(service or parsed.service)
    return Kind(type_, f"{title} {word}".strip())


def operations(resource: str, kind: Kind) -> tuple[Operations, ...]:
    """The actions that take the resource, then those that take what is inside it, such as the objects of a bucket."""
    service = kind.type.partition(":")[0]
    types = {item.name: item for item in catalogue.resource_types(service)}
    own = types.get(kind.type)
    if own is None:
        return ()
    found = [Operations(kind.title, resource, _levels(own))]
    for item in types.values():
        rest = item.arn.removeprefix(own.arn)
        if rest[:1] in ("/", ":") and rest != item.arn:
            title = f"{catalogue.service_title(service)} {item.name.partition(':')[2]}"
            found.append(Operations(title, resource + _PLACEHOLDER.sub("*", rest), _levels(item)))
    analyses = [name for name in services.ADAPTER_ANALYSES if services.is_adapter_analysis(name, resource)]
    if analyses:
        found.append(Operations("analysis calls that can name it (R133)", resource, _by_level(analyses, lambda action: True)))
    return tuple(each for each in found if each.levels)


def _levels(type_: ResourceType) -> tuple[tuple[str, tuple[str, ...]], ...]:
    service, _, word = type_.name.partition(":")
    return _by_level(catalogue.action_names(service), lambda action: any(use.type == word for use in action.resources))


def _by_level(names: Iterable[str], wanted: Callable[[Action], bool]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    by_level: dict[str, list[str]] = {}
    for name in names:
        action = catalogue.action(name)
        if action is not None and wanted(action):
            by_level.setdefault(_level(action), []).append(action.name)
    return tuple((level, tuple(by_level[level])) for level in (*LEVELS, *sorted(by_level.keys() - set(LEVELS))) if level in by_level)


def _level(action: Action) -> str:
    """The level that says most of an action for which the reference gives two: `Tagging, Write` is Tagging."""
    return action.access_level.partition(",")[0]


def policy_state(snapshot: Snapshot, resource: str) -> PolicyState:
    """What there is of the resource-based policy of the resource with this ARN (R91-R95)."""
    found = snapshot.resource(resource)
    if found is not None and found.policy is not UNSET and found.policy is not None:
        if services.policy_is_mandatory("", resource):
            return PolicyState("here", "nobody gets in past it: identity-based policies count only as far as it lets them", True)
        return PolicyState("here", "inside the account it or an identity-based policy may allow; from another account both must", True)
    if not services.may_carry_policy(resource):
        return PolicyState("none", "AWS has none for this: inside the account identity-based policies decide")
    if found is None:
        return PolicyState("not known", "this resource is not in the source, so a verdict may hang on a policy that nobody has seen")
    if found.policy is None:
        return PolicyState("none", "inside the account identity-based policies decide; who comes from another account needs one")
    return PolicyState("not collected", "it may allow or deny, so a verdict about this resource depends on it until it is collected")


def region_of(resource: str) -> str:
    """The region in an ARN; empty for what is in none, or does not say."""
    parsed = arn.split(resource)
    return parsed.region if parsed else ""


def checked(resource: str) -> str:
    """The ARN itself; raises `UserError` for what is no ARN of a resource."""
    if "*" in resource or "?" in resource:
        raise UserError(f"{visible(resource)} is a pattern, not one resource", todo="name one by its ARN")
    return str(arn.parse(resource))
