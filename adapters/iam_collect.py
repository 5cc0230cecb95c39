"""The adapter for a store of the iam-collect tool: a folder a resource, in lower case with `%2f` for `/`, a JSON file a property.

The tool writes no file for what is empty, so inside an account that it collected a property without a file is none. Folder names
are for finding things only: what a thing is called stands in its `metadata.json`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from whygate import arn as arns
from whygate.arn import ACCOUNT_ID
from whygate.errors import UserError
from whygate.organization import RCP, SCP
from whygate.text import visible

Report = Callable[[int, int, str], None]

_KINDS = {"SERVICE_CONTROL_POLICY": "scps", "RESOURCE_CONTROL_POLICY": "rcps"}
_INLINE = {"user": "UserPolicyList", "group": "GroupPolicyList", "role": "RolePolicyList"}
_LISTS = {"user": "UserDetailList", "group": "GroupDetailList", "role": "RoleDetailList", "policy": "Policies"}
_AGAIN = "run iam-collect download again"
# Resource types whose name in the Service Authorization Reference does not follow from the ARN.
_TYPES = {"s3": "s3:bucket", "sns": "sns:topic", "sqs": "sqs:queue"}


class IamCollectAdapter:
    """`iam-collect download`, into a folder."""

    name = "iam-collect"
    description = "a store of the iam-collect tool: the folder that it writes"

    def accepts(self, source: str) -> bool:
        """A folder that holds `aws/PARTITION/accounts`, or one of those folders on the way."""
        return bool(partitions(source))

    def load(self, source: str, report: Report) -> Mapping[str, object]:
        """A snapshot document of every account in the store, each with the levels that its organization puts above it."""
        found: dict[str, dict[str, object]] = {}
        for partition in partitions(source):
            levels = _organizations(partition)
            folder = os.path.join(partition, "accounts")
            names = [name for name in _names(folder) if ACCOUNT_ID.fullmatch(name)]
            for done, name in enumerate(names):
                report(done, len(names), f"account {name}")
                page, above = _account(os.path.join(folder, name), name), levels.pop(name, {})
                described = {**page["Account"], **above.get("Account", {}), "Partition": os.path.basename(partition)}
                found[name] = {**page, **above, "Account": described}
            for name, above in levels.items():  # accounts of an organization that nobody collected: their levels still bind
                found.setdefault(name, above)
        if not found:
            raise UserError("a store of iam-collect with no account in it", where=visible(source), todo=_AGAIN)
        return {"Accounts": list(found.values())}


def partitions(source: str) -> tuple[str, ...]:
    """The folders of a store's partitions (`aws`, `aws-cn`), from the store's own folder or from one below; () for no store."""
    if not os.path.isdir(source):
        return ()
    below = [os.path.join(source, name) for name in _names(source) if re.fullmatch("aws[a-z-]*", name)]
    further = [os.path.join(source, "aws", name) for name in _names(os.path.join(source, "aws")) if re.fullmatch("aws[a-z-]*", name)]
    return tuple(folder for folder in (source, *below, *further) if _is_partition(folder))


def _is_partition(folder: str) -> bool:
    accounts = os.path.join(folder, "accounts")
    return any(ACCOUNT_ID.fullmatch(name) and os.path.isdir(os.path.join(accounts, name)) for name in _names(accounts))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _read(folder: str, name: str) -> Any:
    """The JSON value of a file, or None where the tool wrote none; raises `UserError` for one that is damaged."""
    path = os.path.join(folder, f"{name}.json")
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.DecodeError as error:
        raise UserError(f"not JSON: {visible(str(error))}", where=visible(path), todo=_AGAIN) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=visible(path), todo="copy the store to where you may read it") from None


def _unknown(folder: str, name: str, what: str) -> UserError:
    what = f"{what}: a layout of iam-collect that this whygate does not know"
    return UserError(what, where=visible(os.path.join(folder, f"{name}.json")), todo="update whygate")


def _object(folder: str, name: str) -> dict[str, Any]:
    value = _read(folder, name)
    if value is not None and not isinstance(value, dict):
        raise _unknown(folder, name, "expected an object")
    return value or {}


def _objects(folder: str, name: str) -> dict[str, dict[str, Any]]:
    """An object whose every value is one."""
    value = _object(folder, name)
    for key, inner in value.items():
        if not isinstance(inner, dict):
            raise _unknown(folder, name, f"{visible(key)} is no object")
    return value


def _list(folder: str, name: str) -> list[Any]:
    value = _read(folder, name)
    if value is not None and not isinstance(value, list):
        raise _unknown(folder, name, "expected a list")
    return value or []


def _metadata(folder: str) -> dict[str, Any]:
    """A resource's own description, which has its ARN in every layout that we know."""
    found = _object(folder, "metadata")
    if arns.split(str(found.get("arn"))) is None:
        raise _unknown(folder, "metadata", "no arn is in it")
    return found


def _resources(folder: str) -> Iterator[str]:
    """The folders below that describe a thing."""
    for where, folders, files in os.walk(folder):
        folders.sort()
        if "metadata.json" in files:
            yield where


def _account(folder: str, account: str) -> dict[str, Any]:
    page: dict[str, Any] = {"Account": {"Id": account}}
    iam = os.path.join(folder, "iam")
    if os.path.isdir(iam):
        for listed in _LISTS.values():
            page[listed] = []
        for kind, listed in _LISTS.items():
            folders = [os.path.join(iam, kind), *([os.path.join(iam, "aws", kind)] if kind == "policy" else [])]
            for where in (where for base in folders for where in _resources(base)):
                page[listed].append(_entity(kind, where))
    others = [where for name in _names(folder) if name != "iam" for where in _resources(os.path.join(folder, name))]
    for where in others:
        found = _metadata(where)
        if ":vpc-endpoint/" in found["arn"]:
            page.setdefault("VpcEndpoints", []).append(_endpoint(where, found))
        else:
            page.setdefault("Resources", []).append(_resource(where, found, account))
    block = _read(folder, "s3-bpa")
    if block is not None:
        page["PublicAccessBlock"] = block
    organization = _object(folder, "organization").get("organizationId")
    if organization:
        page["Account"]["OrganizationId"] = organization
    return page


def _entity(kind: str, folder: str) -> dict[str, object]:
    found = _metadata(folder)
    title = kind.capitalize()
    # The ARN decides, where a store's name says otherwise.
    name = str(found["arn"]).rsplit("/", 1)[-1]
    entry: dict[str, object] = {
        "Arn": found["arn"],
        f"{title}Name": name,
        f"{title}Id": found.get("id"),
        "Path": found.get("path"),
        "CreateDate": found.get("created") or found.get("createDate"),
    }
    if kind == "policy":
        version = found.get("defaultVersionId") or "v1"
        entry["DefaultVersionId"] = version
        entry["IsAttachable"] = found.get("isAttachable")
        entry["Description"] = found.get("description")
        entry["UpdateDate"] = found.get("updateDate")
        entry["PolicyVersionList"] = [{"VersionId": version, "IsDefaultVersion": True, "Document": _read(folder, "current-policy")}]
        return entry
    entry[_INLINE[kind]] = _list(folder, "inline-policies")
    entry["AttachedManagedPolicies"] = [{"PolicyArn": arn} for arn in _list(folder, "managed-policies")]
    if kind != "group":
        entry["Tags"] = _object(folder, "tags")
        if found.get("permissionBoundary"):
            entry["PermissionsBoundary"] = {"PermissionsBoundaryArn": found["permissionBoundary"]}
    if kind == "user":
        entry["GroupList"] = [str(arn).rsplit("/", 1)[-1] for arn in _list(folder, "groups")]
    if kind == "role":
        entry["AssumeRolePolicyDocument"] = _read(folder, "trust-policy")
        entry["InstanceProfileList"] = [{"Arn": arn} for arn in _list(folder, "instance-profiles")]
    return entry


def _resource(folder: str, found: Mapping[str, Any], account: str) -> dict[str, object]:
    arn = str(found["arn"])
    service = arn.split(":")[2]
    entry: dict[str, object] = {"Arn": arn, "Account": account, "Name": found.get("name"), "Policy": _read(folder, "policy")}
    if service in _TYPES:
        entry["Type"] = _TYPES[service]
    entry["Tags"] = _object(folder, "tags")
    if service == "s3":
        details: dict[str, object] = {"PublicAccessBlock": _read(folder, "bpa") or {"RestrictPublicBuckets": False}}
        if "abacEnabled" in found:
            details["AbacEnabled"] = found["abacEnabled"]
        entry["Details"] = details
    return entry


def _endpoint(folder: str, found: Mapping[str, Any]) -> dict[str, object]:
    arn = str(found["arn"])
    return {
        "Id": found.get("id") or arn.rsplit("/", 1)[-1],
        "Arn": arn,
        "VpcId": str(found.get("vpc") or "").rsplit("/", 1)[-1] or None,
        "ServiceName": found.get("serviceName"),
        "Policy": _read(folder, "endpoint-policy"),
    }


def _organizations(partition: str) -> dict[str, dict[str, Any]]:
    """What every account of every organization in the store has above it, as parts of its page."""
    found: dict[str, dict[str, Any]] = {}
    base = os.path.join(partition, "organizations")
    for name in _names(base):
        found.update(_organization(os.path.join(base, name), name))
    return found


def _organization(folder: str, name: str) -> dict[str, dict[str, Any]]:
    described = _object(folder, "metadata")
    units = _objects(folder, "ous")
    features = described.get("features") or {}
    policies = {kind: _control_policies(os.path.join(folder, kind)) for kind in _KINDS.values()}
    pages: dict[str, dict[str, Any]] = {}
    for account, placed in _objects(folder, "accounts").items():
        above = _above(units, str(placed.get("ou") or ""))
        page: dict[str, object] = {
            "Account": {
                "Id": account,
                "OrganizationId": described.get("id") or name,
                "OrganizationPath": "/".join([described.get("id") or name, *above]) + "/" if above else None,
                "IsManagementAccount": account == described.get("rootAccountId"),
            }
        }
        for kind, key, listed in ((SCP, "ServiceControlPolicies", "scps"), (RCP, "ResourceControlPolicies", "rcps")):
            if features.get(kind) is False:
                page[key] = []
                continue
            targets = [
                *((unit, _object(os.path.join(folder, "ous", unit), "metadata").get("name"), units[unit]) for unit in above),
                (account, None, placed),
            ]
            if above and all(isinstance(target.get(listed), list) for _, _, target in targets):
                page[key] = [
                    {"TargetId": target, "TargetName": title, "Policies": [_named(policies[listed], arn) for arn in attached[listed]]}
                    for target, title, attached in targets
                ]
        pages[account] = page
    return pages


def _above(units: Mapping[str, Any], unit: str) -> list[str]:
    """The root and the organizational units down to `unit`; [] where the way up breaks off."""
    found: list[str] = []
    while unit:
        if unit not in units or unit in found:
            return []
        found.append(unit)
        unit = str(units[unit].get("parent") or "")
    return found[::-1] if found and found[-1].startswith("r-") else []


def _control_policies(folder: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for where in _resources(folder):
        described = _metadata(where)
        identity = str(described["arn"]).rsplit("/", 1)[-1]
        found[identity] = {"Id": identity, "Arn": described["arn"], "Name": described.get("name"), "Document": _read(where, "policy")}
    return found


def _named(policies: Mapping[str, dict[str, object]], arn: Any) -> dict[str, object]:
    """A policy by the ARN that a target names; one without a document where the store has none."""
    identity = str(arn).rsplit("/", 1)[-1]
    return policies.get(identity) or {"Id": identity, "Arn": arn, "Name": identity}
