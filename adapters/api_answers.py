"""The adapter for single answers of IAM's API: list-users, get-role, get-group, list-instance-profiles and their like, as the CLI or a
recorder wrote them. What an answer does not carry was not collected: a role listed so has a trust policy, and rights nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.export import answers, rows
from adapters.heads import Head, look
from whygate import arn as arns
from whygate.document import DocumentError
from whygate.text import visible

Report = Callable[[int, int, str], None]

_DETAIL = "from single answers of IAM's API"
_LISTS = {"UserDetailList": "users", "GroupDetailList": "groups", "RoleDetailList": "roles"}
# The key of an answer: the list that it belongs to, and whether the answer is about one entity.
_ANSWERS = {
    "User": ("UserDetailList", True),
    "Users": ("UserDetailList", False),
    "Group": ("GroupDetailList", True),
    "Groups": ("GroupDetailList", False),
    "Role": ("RoleDetailList", True),
    "Roles": ("RoleDetailList", False),
}
_RIGHTS = {
    "UserDetailList": ("UserPolicyList", "AttachedManagedPolicies", "GroupList", "PermissionsBoundary"),
    "GroupDetailList": ("GroupPolicyList", "AttachedManagedPolicies"),
    "RoleDetailList": ("RolePolicyList", "AttachedManagedPolicies", "PermissionsBoundary"),
}


class ApiAnswersAdapter:
    """`aws iam list-roles > roles.json`: what a caller without the right to a whole export can still fetch."""

    name = "api"
    description = "single answers of IAM's API, such as list-roles or get-role: parts of an account"

    def accepts(self, source: str) -> bool:
        """A file that begins like an answer about users, groups, roles or instance profiles."""
        head = look(source)
        return head is not None and is_answer(head)

    def load(self, source: str, report: Report) -> Mapping[str, object]:
        """A snapshot document of the accounts that the ARNs name."""
        found = self.load_together([source], report)
        if not found["Accounts"]:
            raise DocumentError("no user, group or role is in it", todo="put it into a folder beside the rest of its account")
        return found

    def load_together(self, sources: Sequence[str], report: Report) -> Mapping[str, object]:
        """As `load` for several files, whose answers are parts of the same accounts."""
        pages: dict[str, dict[str, Any]] = {}
        for source in sources:
            try:
                for value in answers(source, report):
                    if not isinstance(value, dict):
                        raise DocumentError("not an answer of IAM: expected an object", todo="fetch it again")
                    _add(pages, value)
            except DocumentError as error:
                raise error.at(visible(source)) from None
        for page in pages.values():
            rows = [(part, "partial" if key in page else "not-collected") for key, part in _LISTS.items()]
            page["Coverage"] = [
                {"Part": part, "Status": status, "Detail": _DETAIL} for part, status in (*rows, ("policies", "not-collected"))
            ]
        return {"Accounts": list(pages.values())}


def is_answer(head: Head) -> bool:
    named = {key for key in _ANSWERS if key in head and head.inner(key) & {"RoleName", "UserName", "GroupName"}}
    return bool(named) or ("InstanceProfiles" in head and head.opens("InstanceProfiles", b"[")) or _empty(head)


def _empty(head: Head) -> bool:
    """An answer that lists nothing, which only its other keys tell from something else."""
    return any(key in head and head.opens(key, b"[") for key in ("Users", "Groups", "Roles")) and "IsTruncated" in head


def _add(pages: dict[str, dict[str, Any]], value: Mapping[str, Any]) -> None:
    cut = bool(value.get("IsTruncated"))
    for key, (listed, alone) in _ANSWERS.items():
        found = value.get(key)
        for index, entry in enumerate([found] if isinstance(found, dict) else found if isinstance(found, list) else ()):
            if not isinstance(entry, dict) or not entry.get("Arn"):
                raise DocumentError("Arn is missing", path=key if alone else f"{key}[{index}]", todo="fetch it again, without --query")
            _put(pages, listed, entry, alone, cut)
    for profile in rows(value.get("InstanceProfiles"), "InstanceProfiles"):
        for role in rows(profile.get("Roles"), "InstanceProfiles.Roles"):
            if not role.get("Arn"):
                raise DocumentError("Arn is missing", path="InstanceProfiles.Roles", todo="fetch it again, without --query")
            _put(pages, "RoleDetailList", {**role, "InstanceProfileList": [{"Arn": profile.get("Arn")}]}, False, cut)


def _put(pages: dict[str, dict[str, Any]], listed: str, entry: Mapping[str, Any], alone: bool, cut: bool) -> None:
    """Puts an entry into its account's page, or completes the one that is there already."""
    parsed = arns.split(str(entry["Arn"]))
    account = parsed.account if parsed and parsed.account != "aws" else ""
    page = pages.setdefault(account, {"Account": {"Id": account}} if account else {})
    if not alone:
        page["IsTruncated"] = cut  # what the last page says
    # get-user and get-role answer with the boundary where there is one; the lists never do.
    missing = [key for key in _RIGHTS[listed] if key not in entry and not (alone and key == "PermissionsBoundary")]
    entries: list[dict[str, Any]] = page.setdefault(listed, [])
    known = next((one for one in entries if one["Arn"] == entry["Arn"]), None)
    if known is None:
        entries.append({**entry, "NotCollected": missing})
        return
    profiles = [*known.get("InstanceProfileList", ()), *entry.get("InstanceProfileList", ())]
    known.update(
        {key: value for key, value in entry.items() if value is not None},
        NotCollected=[key for key in known["NotCollected"] if key in missing],
    )
    if profiles:
        known["InstanceProfileList"] = profiles
