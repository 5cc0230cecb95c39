"""The account's place in its organization, and the SCPs and RCPs of every level above it.

Any member may ask for the organization's id; the rest answers only the management account or a delegated administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.aws.found import Found, Unknown, document
from adapters.aws.pull import Job, Progress
from adapters.aws.session import Calls

PLACE = "organization"
KINDS = {
    "SCPs": ("SERVICE_CONTROL_POLICY", "ServiceControlPolicies"),
    "RCPs": ("RESOURCE_CONTROL_POLICY", "ResourceControlPolicies"),
}
_ALONE = ("AWSOrganizationsNotInUseException",)
_NOT_ENABLED = ("PolicyTypeNotEnabledException",)
Target = tuple[str, str]


def jobs(region: str) -> tuple[Job, ...]:
    return (Job((PLACE, *KINDS), "organizations", region, _collect),)


def _collect(calls: Calls, found: Found, progress: Progress) -> Sequence[Job]:
    answer = found.value(PLACE, calls.ask_unless, _ALONE, "DescribeOrganization")
    if answer is None:
        for part, (_, key) in KINDS.items():
            found.part(part).things += 1
            found.values[key] = []
        return ()
    if not isinstance(answer, Unknown):
        organization = answer.get("Organization") or {}
        management = organization.get("MasterAccountId")
        found.values["Account"] = {
            "OrganizationId": organization.get("Id"),
            **({"IsManagementAccount": management == calls.account} if management and calls.account else {}),
        }
    chain = found.detail(PLACE, _chain, calls, found)
    if isinstance(chain, Unknown):
        for part in KINDS:
            gaps = found.part(part)
            gaps.refused.update(found.part(PLACE).refused)
            gaps.failed.update(found.part(PLACE).failed)
        return ()
    identity = found.values.get("Account", {}).get("OrganizationId")
    if identity:
        found.values["Account"]["OrganizationPath"] = "/".join([identity, *(target for target, _ in chain[:-1])]) + "/"
    documents: dict[str, Any] = {}
    for part, (kind, key) in KINDS.items():
        levels = found.detail(part, _levels, calls, found, part, kind, chain, documents)
        if not isinstance(levels, Unknown):
            found.values[key] = levels
            found.part(part).things += 1
    return ()


def _chain(calls: Calls, found: Found) -> list[Target]:
    """Id and name of every target from the root to the account."""
    chain: list[Target] = [(calls.account, calls.account)]
    while True:
        parents = list(calls.pages("ListParents", "Parents", ChildId=chain[0][0]))
        if not parents:
            return chain
        parent, kind = str(parents[0]["Id"]), parents[0]["Type"]
        chain.insert(0, (parent, _name(calls, found, parent, kind)))
        if kind == "ROOT":
            return chain


def _name(calls: Calls, found: Found, target: str, kind: str) -> str:
    """A name is nice to have: without it the id stands for it."""
    if kind == "ROOT":
        roots = found.detail(PLACE, lambda: {root["Id"]: root.get("Name") for root in calls.pages("ListRoots", "Roots")})
        return target if isinstance(roots, Unknown) else str(roots.get(target) or target)
    unit = found.detail(PLACE, calls.ask, "DescribeOrganizationalUnit", OrganizationalUnitId=target)
    return target if isinstance(unit, Unknown) else str((unit.get("OrganizationalUnit") or {}).get("Name") or target)


def _levels(calls: Calls, found: Found, part: str, kind: str, chain: list[Target], documents: dict[str, Any]) -> list[dict[str, Any]]:
    """The levels of one kind; none where the kind is not in use. A policy whose document is refused stays, with its document unknown."""
    levels = []
    for target, name in chain:
        policies = []
        attached: list[dict[str, Any]] = []
        for page in calls.whole_pages("ListPoliciesForTarget", _NOT_ENABLED, TargetId=target, Filter=kind):
            attached.extend(page.get("Policies") or ())
        for policy in attached:
            identity = str(policy["Id"])
            if identity not in documents:
                answer = found.detail(part, calls.ask, "DescribePolicy", PolicyId=identity)
                documents[identity] = None if isinstance(answer, Unknown) else document((answer.get("Policy") or {}).get("Content"))
            policies.append({"Id": identity, "Name": policy.get("Name"), "Arn": policy.get("Arn"), "Document": documents[identity]})
        levels.append({"TargetId": target, "TargetName": name, "Policies": policies})
    return levels if any(level["Policies"] for level in levels) else []
