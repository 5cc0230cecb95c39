"""Users, groups, roles and policies without GetAccountAuthorizationDetails: by whatever List and Get calls are allowed.

With nothing but the right to see oneself, that is one user or role. A piece that could not be asked is written as a policy whose document
is not known, named after the permission that was missing: so a verdict that needs it says `depends`, and a missing piece is never none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.aws.found import Found, Unknown
from adapters.aws.session import Calls

PAGE = 1000


class _Entities:
    """Asks for one kind of entity: the names of its calls and of their answers differ by the word alone."""

    def __init__(self, calls: Calls, found: Found, word: str, part: str) -> None:
        self.calls, self.found, self.word, self.part = calls, found, word, part

    def inline(self, name: str) -> list[dict[str, Any]]:
        """The inline policies; a stand-in for those that could not be asked."""
        named = {f"{self.word}Name": name}
        operation = f"List{self.word}Policies"
        names = self.found.detail(self.part, self.calls.every, operation, "PolicyNames", **named)
        if isinstance(names, Unknown):
            return [_unknown_policy(operation)]
        policies = []
        for policy in names:
            answer = self.found.detail(self.part, self.calls.ask, f"Get{self.word}Policy", **named, PolicyName=policy)
            document = None if isinstance(answer, Unknown) else answer.get("PolicyDocument")
            policies.append({"PolicyName": policy, "PolicyDocument": document})
        return policies

    def attached(self, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The attached policies, and the stand-in where they could not be asked."""
        operation = f"ListAttached{self.word}Policies"
        named = {f"{self.word}Name": name}
        found = self.found.detail(self.part, self.calls.every, operation, "AttachedPolicies", **named)
        return ([], [_unknown_policy(operation)]) if isinstance(found, Unknown) else (found, [])

    def more(self, entity: dict[str, Any], name: str) -> dict[str, Any]:
        """What List leaves out: boundary, tags, last use. Where it cannot be asked, the boundary is one that nobody knows."""
        answer = self.found.detail(self.part, self.calls.ask, f"Get{self.word}", **{f"{self.word}Name": name})
        if isinstance(answer, Unknown):
            return {**entity, "PermissionsBoundary": {"PermissionsBoundaryArn": _stand_in(f"Get{self.word}")}}
        return {"Tags": [], **entity, **answer.get(self.word, {})}

    def whole(self, entity: dict[str, Any], more: bool = True) -> dict[str, Any]:
        """One entity as GetAccountAuthorizationDetails would say it."""
        name = str(entity[f"{self.word}Name"])
        attached, stand_in = self.attached(name)
        inline = f"{self.word}PolicyList"
        full = self.more(entity, name) if more else entity
        return {**full, inline: [*self.inline(name), *stand_in], "AttachedManagedPolicies": attached}


def _stand_in(operation: str) -> str:
    return f"not collected: iam:{operation}"


def _unknown_policy(operation: str) -> dict[str, Any]:
    return {"PolicyName": _stand_in(operation), "PolicyDocument": None}


def collect(calls: Calls, found: Found, progress: Callable[[int], None], caller: str) -> None:
    """Fills the four lists of the document as far as it is allowed."""
    _groups(calls, found, progress)
    _users(calls, found, progress, caller)
    _roles(calls, found, progress, caller)
    _policies(calls, found, progress)


def _listed(calls: Calls, found: Found, part: str, operation: str, key: str, list_key: str, **parameters: Any) -> list[dict[str, Any]]:
    """What a List call says. Where it stops half way or is refused, the list counts as short."""
    found.lists[list_key] = []
    items = list(found.listing(part, calls.pages(operation, key, **parameters)))
    if not found.whole(part):
        found.truncated = found.truncated or bool(items)
        if not items:
            del found.lists[list_key]
    return items


def _groups(calls: Calls, found: Found, progress: Callable[[int], None]) -> None:
    asking = _Entities(calls, found, "Group", "groups")
    for group in _listed(calls, found, "groups", "ListGroups", "Groups", "GroupDetailList", MaxItems=PAGE):
        found.add("GroupDetailList", asking.whole(group, more=False))
        progress(1)


def _users(calls: Calls, found: Found, progress: Callable[[int], None], caller: str) -> None:
    asking = _Entities(calls, found, "User", "users")
    users = _listed(calls, found, "users", "ListUsers", "Users", "UserDetailList", MaxItems=PAGE)
    own = caller.rsplit("/", 1)[-1] if ":user/" in caller else ""
    if own and not any(user.get("UserName") == own for user in users):
        answer = found.detail("users", calls.ask, "GetUser", UserName=own)
        users.append({"UserName": own, "Arn": caller} if isinstance(answer, Unknown) else answer["User"])
        found.part("users").things += 1
        found.truncated = True
    for user in users:
        name = str(user["UserName"])
        entity = asking.whole(user)
        groups = found.detail("users", calls.every, "ListGroupsForUser", "Groups", UserName=name)
        if isinstance(groups, Unknown):
            entity["UserPolicyList"].append(_unknown_policy("ListGroupsForUser"))
        else:
            entity["GroupList"] = [group["GroupName"] for group in groups]
            _join(calls, found, groups)
        found.add("UserDetailList", entity)
        progress(1)


def _join(calls: Calls, found: Found, groups: list[dict[str, Any]]) -> None:
    """Groups that are known only from one of their members."""
    known = {group.get("GroupName") for group in found.lists.get("GroupDetailList", ())}
    for group in groups:
        if group["GroupName"] not in known:
            found.add("GroupDetailList", _Entities(calls, found, "Group", "groups").whole(group, more=False))
            found.part("groups").things += 1
            found.truncated = True


def _roles(calls: Calls, found: Found, progress: Callable[[int], None], caller: str) -> None:
    asking = _Entities(calls, found, "Role", "roles")
    roles = _listed(calls, found, "roles", "ListRoles", "Roles", "RoleDetailList", MaxItems=PAGE)
    own = caller.split("/")[1] if ":assumed-role/" in caller else ""
    if own and not any(role.get("RoleName") == own for role in roles):
        answer = found.detail("roles", calls.ask, "GetRole", RoleName=own)
        if not isinstance(answer, Unknown):  # without GetRole the path is not known, and so not the ARN
            roles.append(answer["Role"])
            found.part("roles").things += 1
            found.truncated = True
    for role in roles:
        found.add("RoleDetailList", asking.whole(role))
        progress(1)


def _policies(calls: Calls, found: Found, progress: Callable[[int], None]) -> None:
    """Every policy of the account, and those of AWS that something here holds; each in its version in force."""
    policies = _listed(calls, found, "policies", "ListPolicies", "Policies", "Policies", Scope="Local", MaxItems=PAGE)
    known = {policy["Arn"] for policy in policies}
    for arn in sorted(_held(found) - known):
        answer = found.detail("policies", calls.ask, "GetPolicy", PolicyArn=arn)
        if isinstance(answer, Unknown):
            continue
        policies.append(answer["Policy"])
        found.part("policies").things += 1
        if "Policies" not in found.lists:
            found.truncated = True
    for policy in policies:
        version = policy.get("DefaultVersionId")
        given = {"PolicyArn": policy["Arn"], "VersionId": version}
        answer = found.detail("policies", calls.ask, "GetPolicyVersion", **given)
        versions = [{"VersionId": version, "IsDefaultVersion": True, "Document": None}]
        if not isinstance(answer, Unknown):
            versions = [{**answer["PolicyVersion"], "IsDefaultVersion": True}]
        found.add("Policies", {**policy, "PolicyVersionList": versions})
        progress(1)


def _held(found: Found) -> set[str]:
    arns = set()
    for key in ("UserDetailList", "GroupDetailList", "RoleDetailList"):
        for entity in found.lists.get(key, ()):
            arns |= {policy["PolicyArn"] for policy in entity["AttachedManagedPolicies"]}
            boundary = (entity.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", "")
            arns |= {boundary} if boundary.startswith("arn:") else set()
    return arns
