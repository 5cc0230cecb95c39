"""A decoded document is written as a snapshot document (reference/snapshot.md): the inverse of `document`, without its lenience.

Policy documents become objects, names AWS's own, what was derived from the keys that are there is written out. Files are not opened here.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct, UnsetType

from whygate import json_tree, policy
from whygate.assembly import assemble, derived_coverage
from whygate.document import LATEST_VERSION, AccountDocument, Document
from whygate.entities import ControlLevel, CoverageRow, Source
from whygate.entries import SECRETS, AccountPage

_PAGING = ("is_truncated", "marker", "next_token")
_WHOLE = ("snapshot_version", "source", "questions")  # said once, for all accounts
_NAMES = dict(zip(AccountPage.__struct_fields__, AccountPage.__struct_encode_fields__, strict=True))


def text(document: Document, source: Source) -> bytes:
    """UTF-8 JSON with a line feed at its end; decoded again it holds the same accounts, and answers the same.

    `source` is what the snapshot says of itself. One account is written as AWS prints it, several under `Accounts`.
    """
    told = {"Adapter": source.adapter, "Origin": source.origin, "CollectedAt": source.collected_at}
    whole: dict[str, Any] = {"SnapshotVersion": LATEST_VERSION, "Source": {key: value for key, value in told.items() if value}}
    accounts = [_account(account) for account in document.accounts]
    if document.further_organizations:
        accounts = _in_their_organizations(document, accounts)
    if len(accounts) == 1:
        whole.update(accounts[0])
    else:
        whole["Accounts"] = accounts
    if document.organization is not None and not document.further_organizations:
        whole["Organization"] = _plain(document.organization)
    if document.questions:
        whole["Questions"] = _plain(document.questions)
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def _account(account: AccountDocument) -> dict[str, Any]:
    page = account.page
    values = {name: getattr(page, name) for name in _NAMES if name not in (*_PAGING, *_WHOLE)}
    written = {_NAMES[name]: _plain(value) for name, value in values.items() if value is not None}
    named = {"Id": account.id} if account.id else {}
    described = {**written.pop("Account", {}), **named}
    if account.truncated:  # then what was collected is less than what is there, and reading it again says so again
        written["IsTruncated"] = True
    elif page.coverage is None:
        written["Coverage"] = [_row(row) for row in derived_coverage(page)]
    for key in ("AccessKeys", "MFADevices", "LoginProfiles"):
        if key in written:
            written[key] = [{name: value for name, value in row.items() if name not in SECRETS} for row in written[key]]
    return {"Account": described, **written}


def _in_their_organizations(document: Document, accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Accounts of several organizations, of which a document can hold one: each account with the levels above it."""
    found = list(accounts)
    assembled = {account.id: account for account in assemble(document).accounts}
    for id in [id for id in assembled if id not in {account.id for account in document.accounts}]:
        found.append({"Account": {"Id": id}, "Coverage": [_row(row) for row in assembled[id].coverage]})
    for written in found:
        account = assembled[written["Account"].get("Id", "")]
        told = {
            "Partition": account.partition,
            "OrganizationId": account.organization_id,
            "OrganizationPath": account.organization_path,
            "IsManagementAccount": account.is_management,
        }
        written["Account"] |= {key: value for key, value in told.items() if value is not None}
        for key, levels in (("ServiceControlPolicies", account.scps), ("ResourceControlPolicies", account.rcps)):
            if levels is not None:
                written[key] = [_level(level) for level in levels]
    return found


def _row(row: CoverageRow) -> dict[str, str]:
    told = {"Part": row.part, "Status": row.status, "Region": row.region, "Detail": row.detail}
    return {key: value for key, value in told.items() if value}


def _level(level: ControlLevel) -> dict[str, Any]:
    policies = [
        {"Id": item.id, "Name": item.name, "Arn": item.arn, **({} if item.document is None else {"Document": _object(item.document)})}
        for item in level.policies
    ]
    return {"TargetId": level.target_id, "TargetName": level.target_name, "Policies": policies}


def _plain(value: Any) -> Any:
    """A struct and all below it as what JSON holds, without what was not given."""
    if isinstance(value, Struct):
        given = zip(value.__struct_encode_fields__, (getattr(value, name) for name in value.__struct_fields__), strict=True)
        return {name: _plain(item) for name, item in given if item is not None and not isinstance(item, UnsetType)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return _object(value) if isinstance(value, Raw) else value


def _object(raw: Raw) -> Raw:
    """A policy document as an object, whatever form it came in; what is unreadable stays as it came, to be shown as that.

    Printed by `json_tree`, so that keys that are there twice and the spelling of numbers survive.
    """
    data = bytes(raw)
    if data[:1] not in (b'"', b"["):
        return raw
    read = policy.read(data)
    if read.unreadable:
        return raw
    try:
        return Raw("\n".join(json_tree.render(read.tree).lines).encode())
    except UnicodeEncodeError:  # half a surrogate pair, which no file can hold other than escaped
        return raw
