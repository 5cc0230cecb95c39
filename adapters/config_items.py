"""The adapter for what AWS Config records: items, snapshots, histories and query answers, in JSON or JSON Lines, in both spellings.

Config knows only the resource types that it was told to record: whatever it brings is a part of an account, never the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adapters.export import answers
from adapters.heads import Head, look
from whygate.document import DocumentError
from whygate.text import visible

Report = Callable[[int, int, str], None]

_LISTS = ("configurationItems", "baseConfigurationItems")
_GONE = ("ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded")
_DETAIL = "AWS Config items: only what was recorded"
# Config's type of an IAM entity: the list of the snapshot document, and the keys that say what it may do.
_ENTITIES = {
    "AWS::IAM::User": ("UserDetailList", ("UserPolicyList", "AttachedManagedPolicies", "GroupList")),
    "AWS::IAM::Group": ("GroupDetailList", ("GroupPolicyList", "AttachedManagedPolicies")),
    "AWS::IAM::Role": ("RoleDetailList", ("RolePolicyList", "AttachedManagedPolicies")),
    "AWS::IAM::Policy": ("Policies", ()),
}
_PARTS = {
    "UserDetailList": "users",
    "GroupDetailList": "groups",
    "RoleDetailList": "roles",
    "Policies": "policies",
    "Resources": "resources",
}
# Types whose name in the Service Authorization Reference does not follow from the ARN.
_TYPES = {"AWS::S3::Bucket": "s3:bucket", "AWS::SNS::Topic": "sns:topic", "AWS::SQS::Queue": "sqs:queue"}
# Where the items of a type carry their resource policy: the keys that lead to it. Empty or null there means that there is none.
_POLICIES = {
    "AWS::S3::Bucket": ("supplementaryConfiguration", "BucketPolicy", "policyText"),
    "AWS::KMS::Key": ("supplementaryConfiguration", "Policy"),
    "AWS::Lambda::Function": ("supplementaryConfiguration", "Policy"),
    "AWS::SNS::Topic": ("configuration", "Policy"),
    "AWS::SQS::Queue": ("configuration", "Policy"),
    "AWS::ECR::Repository": ("configuration", "RepositoryPolicyText"),
    "AWS::SecretsManager::Secret": ("configuration", "ResourcePolicy"),
}
_DOCUMENTS = frozenset({"Document", "PolicyDocument", "AssumeRolePolicyDocument"})


class ConfigItemsAdapter:
    """`aws configservice get-resource-config-history`, `select-resource-config` and their like, or a snapshot from the bucket."""

    name = "config"
    description = "AWS Config items: a snapshot, a history or a query's answer, as a JSON file"

    def accepts(self, source: str) -> bool:
        """A file that begins like an item, or like a list of items."""
        head = look(source)
        return head is not None and is_config(head)

    def load(self, source: str, report: Report) -> Mapping[str, object]:
        """The newest item of each resource, as a snapshot document of the accounts they are in."""
        return self.load_together([source], report)

    def load_together(self, sources: Sequence[str], report: Report) -> Mapping[str, object]:
        """As `load` for several files, whose items belong together."""
        found: list[Item] = []
        for source in sources:
            try:
                for value in answers(source, report):
                    found.extend(_items(value))
            except DocumentError as error:
                raise error.at(visible(source)) from None
        return document(found)


def is_config(head: Head) -> bool:
    if "resourceType" in head:
        return "configuration" in head or "configurationItemCaptureTime" in head
    return any(key in head and head.opens(key, b"[") for key in _LISTS) or "configurationItem" in head or _is_query(head)


def _is_query(head: Head) -> bool:
    return "Results" in head and ("QueryInfo" in head or "resourceType" in head.inner("Results"))


Item = Mapping[str, Any]


def _items(value: Any) -> Iterator[Item]:
    """The items in one answer: an item, something that holds items, or JSON text of either."""
    value = _decoded(value)
    if isinstance(value, list):
        for item in value:
            yield from _items(item)
    elif isinstance(value, dict):
        if "resourceType" in value:
            yield value
        for key in (*_LISTS, "configurationItem", "Results"):
            if key in value:
                yield from _items(value[key])


def _decoded(value: Any) -> Any:
    """`value`, out of its JSON text where it is one."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            import json  # not for every file: this is on the way to the first picture

            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def document(items: Sequence[Item]) -> dict[str, object]:
    """The snapshot document that these items make."""
    newest: dict[tuple[str, str, str], Item] = {}
    for item in sorted(items, key=lambda item: str(item.get("configurationItemCaptureTime") or "")):
        newest[_account(item), str(item.get("resourceType")), str(_arn(item) or item.get("resourceId"))] = item
    accounts: dict[str, dict[str, Any]] = {}
    for (account, _, _), item in newest.items():
        page = accounts.setdefault(account, {"Account": {"Id": account}} if account else {})
        if item.get("configurationItemStatus") not in _GONE:
            _put(page, item, account)
    if not accounts:
        raise DocumentError("no configuration item is in it", todo="export them anew")
    for page in accounts.values():
        page["Coverage"] = [
            {"Part": part, "Status": "partial" if key in page else "not-collected", "Detail": _DETAIL} for key, part in _PARTS.items()
        ]
    return {"Accounts": list(accounts.values())}


def _account(item: Item) -> str:
    return str(item.get("accountId") or item.get("awsAccountId") or "")


def _arn(item: Item) -> str | None:
    arn = item.get("arn") or item.get("ARN")
    if not arn and item.get("resourceType") == "AWS::S3::Bucket":
        arn = f"arn:aws:s3:::{item.get('resourceName') or item.get('resourceId')}"
    return str(arn) if arn else None


def _put(page: dict[str, Any], item: Item, account: str) -> None:
    kind = str(item.get("resourceType"))
    configuration = _decoded(item.get("configuration"))
    configuration = configuration if isinstance(configuration, dict) else {}
    supplementary = _decoded(item.get("supplementaryConfiguration"))
    parts = {"configuration": configuration, "supplementaryConfiguration": supplementary if isinstance(supplementary, dict) else {}}
    arn = _arn(item)
    if kind in _ENTITIES:
        if arn:
            key, entry = _entity(kind, arn, item, configuration)
            page.setdefault(key, []).append(entry)
    elif kind == "AWS::S3::AccountPublicAccessBlock":
        page["PublicAccessBlock"] = _pascal(configuration)
    elif kind == "AWS::EC2::VPCEndpoint":
        page.setdefault("VpcEndpoints", []).append(_endpoint(arn, item, configuration))
    elif arn:
        page.setdefault("Resources", []).append(_resource(kind, arn, account, item, parts))


def _entity(kind: str, arn: str, item: Item, configuration: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    key, rights = _ENTITIES[kind]
    entry: dict[str, object] = {**_pascal(configuration), "Arn": arn}
    tags = _tags(item.get("tags"))
    if tags is not None and "Tags" not in entry:
        entry["Tags"] = tags
    missing = [name for name in rights if entry.get(name) is None]
    if not configuration and kind in ("AWS::IAM::User", "AWS::IAM::Role"):
        missing.append("PermissionsBoundary")
    if missing:
        entry["NotCollected"] = missing
    return key, entry


def _pascal(value: Mapping[str, Any]) -> dict[str, object]:
    """The keys as IAM's API spells them (`roleName` is `RoleName`), inside too, but not inside policy documents."""
    found: dict[str, object] = {}
    for key, inner in value.items():
        name = key[:1].upper() + key[1:]
        if name not in _DOCUMENTS and isinstance(inner, Mapping):
            found[name] = _pascal(inner)
        elif name not in _DOCUMENTS and isinstance(inner, list):
            found[name] = [_pascal(item) if isinstance(item, Mapping) else item for item in inner]
        else:
            found[name] = inner
    return found


def _tags(tags: Any) -> dict[str, str] | None:
    """A map, or a list of `{"key", "value"}` in either spelling."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    if isinstance(tags, list):
        pairs = [_pascal(tag) for tag in tags if isinstance(tag, Mapping)]
        return {str(pair["Key"]): str(pair.get("Value") or "") for pair in pairs if "Key" in pair}
    return None


def _resource(kind: str, arn: str, account: str, item: Item, parts: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {"Arn": arn, "Account": account or None, "Name": item.get("resourceName") or None}
    if kind in _TYPES:
        found["Type"] = _TYPES[kind]
    tags = _tags(item.get("tags"))
    if tags is not None:
        found["Tags"] = tags
    policy: Any = parts
    for step in _POLICIES.get(kind, ("nowhere",)):
        policy = _decoded(policy)
        if not isinstance(policy, Mapping) or step not in policy:
            break
        policy = policy[step]
    else:
        found["Policy"] = policy or None
    if kind == "AWS::S3::Bucket":
        block = _decoded(parts["supplementaryConfiguration"].get("PublicAccessBlockConfiguration"))
        if isinstance(block, Mapping):
            found["Details"] = {"PublicAccessBlock": _pascal(block)}
    return found


def _endpoint(arn: str | None, item: Item, configuration: Mapping[str, Any]) -> dict[str, object]:
    named = _pascal(configuration)
    identity = str(named.get("VpcEndpointId") or item.get("resourceId"))
    found: dict[str, object] = {"Id": identity, "Arn": arn, "VpcId": named.get("VpcId"), "ServiceName": named.get("ServiceName")}
    if "PolicyDocument" in named:
        found["Policy"] = named["PolicyDocument"] or None
    return found
