"""IAM Identity Center: the permission sets, and who is assigned which in this account. Answers its own management account alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.aws.found import Found, Unknown, document
from adapters.aws.pull import Job, Progress
from adapters.aws.session import Calls

PART = "Identity Center"
_NONE = ("ResourceNotFoundException",)


def jobs(region: str) -> tuple[Job, ...]:
    return (Job((PART,), "sso-admin", region, _collect, regional=True),)


def _collect(calls: Calls, found: Found, progress: Progress) -> Sequence[Job]:
    for instance in found.listing(PART, calls.pages("ListInstances", "Instances")):
        arn = instance["InstanceArn"]
        for permission_set in found.listing(PART, calls.pages("ListPermissionSets", "PermissionSets", InstanceArn=arn)):
            found.add("PermissionSets", _permission_set(calls, found, arn, permission_set))
            _assignments(calls, found, arn, permission_set)
    return ()


def _permission_set(calls: Calls, found: Found, instance: str, arn: str) -> dict[str, Any]:
    given = {"InstanceArn": instance, "PermissionSetArn": arn}
    described = found.detail(PART, calls.ask, "DescribePermissionSet", **given)
    entry: dict[str, Any] = {"PermissionSetArn": arn, **({} if isinstance(described, Unknown) else described.get("PermissionSet") or {})}
    inline = found.detail(PART, calls.ask, "GetInlinePolicyForPermissionSet", **given)
    if not isinstance(inline, Unknown):
        entry["InlinePolicy"] = document(inline.get("InlinePolicy") or None)
    boundary = found.detail(PART, calls.ask_unless, _NONE, "GetPermissionsBoundaryForPermissionSet", **given)
    if not isinstance(boundary, Unknown):
        entry["PermissionsBoundary"] = (boundary or {}).get("PermissionsBoundary")
    managed = found.detail(PART, calls.every, "ListManagedPoliciesInPermissionSet", "AttachedManagedPolicies", **given)
    if not isinstance(managed, Unknown):
        entry["AttachedManagedPolicies"] = managed
    key = "CustomerManagedPolicyReferences"
    customer = found.detail(PART, calls.every, "ListCustomerManagedPolicyReferencesInPermissionSet", key, **given)
    if not isinstance(customer, Unknown):
        entry[key] = customer
    return entry


def _assignments(calls: Calls, found: Found, instance: str, arn: str) -> None:
    given = {"InstanceArn": instance, "AccountId": calls.account, "PermissionSetArn": arn}
    for assignment in found.listing(PART, calls.pages("ListAccountAssignments", "AccountAssignments", **given)):
        found.add("AccountAssignments", assignment)
