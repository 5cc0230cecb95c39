"""The adapter for what AWS Organizations says: the CLI's answers, or a tree in one file. It brings the levels of SCPs and RCPs above
accounts, and nothing of what is inside them.

Several answers do not say what they are about (list-policies-for-target, list-children, list-parents, list-targets-for-policy): for
those the id stands in the file's name. What was not listed stays unknown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.export import answers, rows
from adapters.heads import Head, look
from whygate.document import DocumentError
from whygate.errors import UserError
from whygate.organization import RCP, SCP
from whygate.text import visible

Report = Callable[[int, int, str], None]

_TARGET = re.compile(r"(?<![0-9A-Za-z])(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12})(?![0-9A-Za-z])")
_POLICY = re.compile(r"(?<![0-9A-Za-z])(p-[0-9A-Za-z_]{8,128})(?![0-9A-Za-z])")
_TYPES = {"ORGANIZATIONAL_UNIT": "ORGANIZATIONAL_UNIT", "ACCOUNT": "ACCOUNT", "ROOT": "ROOT"}
# The answers by the key that holds them, and the keys inside of which one gives it away.
_ANSWERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Roots", frozenset({"Id", "Arn"})),
    ("OrganizationalUnits", frozenset({"Id", "Arn"})),
    ("OrganizationalUnit", frozenset({"Id", "Arn"})),
    ("Accounts", frozenset({"Email", "JoinedMethod", "JoinedTimestamp"})),
    ("Account", frozenset({"Email", "JoinedMethod", "JoinedTimestamp"})),
    ("Parents", frozenset({"Id", "Type"})),
    ("Children", frozenset({"Id", "Type"})),
    ("Policies", frozenset({"AwsManaged"})),
    ("Policy", frozenset({"PolicySummary"})),
    ("Targets", frozenset({"TargetId", "ParentId"})),
    ("Organization", frozenset({"MasterAccountId", "FeatureSet", "MasterAccountArn", "Targets"})),
)


class OrganizationsAdapter:
    """`aws organizations list-policies-for-target … > list-policies-for-target-r-ab12.json`, or a whole tree."""

    name = "organizations"
    description = "answers of AWS Organizations, or an organization's tree: the SCPs and RCPs above accounts"

    def accepts(self, source: str) -> bool:
        """A file that begins like an answer of Organizations."""
        head = look(source)
        return head is not None and is_organization(head)

    def load(self, source: str, report: Report) -> Mapping[str, object]:
        """A snapshot document of the accounts that are named, with their levels and nothing else."""
        found = self.load_together([source], report)
        if not found["Accounts"]:
            raise UserError("no account is named in it", where=visible(source), todo="put it into a folder beside the exports")
        return found

    def load_together(self, sources: Sequence[str], report: Report) -> dict[str, object]:
        """As `load` for several files of one organization, also where they name no account."""
        pieces = _Pieces()
        for source in sources:
            try:
                for value in answers(source, report):
                    pieces.add(value, os.path.basename(source))
            except DocumentError as error:
                raise error.at(visible(source)) from None
        return pieces.document()


def is_organization(head: Head) -> bool:
    if "PolicyTypes" in head or ("Children" in head and "Policies" in head):
        return True
    named = [key for key, inside in _ANSWERS if key in head and inside & head.inner(key)]
    # A snapshot of several accounts has an `Organization` too.
    return any(key != "Organization" or "Accounts" not in head for key in named) and not {"UserDetailList", "RoleDetailList"} & set(
        head.keys
    )


class _Pieces:
    """What the answers said so far."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.management: str | None = None
        self.targets: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}
        self.attached: dict[str, list[str]] = {}
        self.targets_known: set[str] = set()  # policies whose targets were all listed
        self.kinds_known: set[tuple[str, str]] = set()  # targets whose policies of a kind were all listed
        self.all_policies = False

    def add(self, value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise DocumentError("not an answer of AWS Organizations: expected an object", todo="export it anew")
        if value.get("NextToken"):
            raise DocumentError(
                "cut short: it says that more follows", path="NextToken", todo="call it without --max-items, for every page"
            )
        if "Children" in value and "Policies" in value:
            self._tree(value, None)
            return
        if "PolicyTypes" in value and "Id" in value:
            self._target(value, "ROOT")
            return
        self._listed(value, name)
        self._attachments(value, name)

    def _listed(self, value: Mapping[str, Any], name: str) -> None:
        """What there is, and what is below what."""
        above = next(iter(_TARGET.findall(name)), None)
        for key, kind in (("Roots", "ROOT"), ("OrganizationalUnits", "ORGANIZATIONAL_UNIT"), ("Accounts", "ACCOUNT")):
            for item in rows(value.get(key), key):
                self._target(item, kind, above if kind != "ROOT" else None)
        for key, kind in (("OrganizationalUnit", "ORGANIZATIONAL_UNIT"), ("Account", "ACCOUNT")):
            if isinstance(value.get(key), dict):
                self._target(value[key], kind)
        for item in rows(value.get("Children"), "Children"):
            self._target(item, _TYPES.get(str(item.get("Type"))), _needed(above, name, "the parent"))
        for item in rows(value.get("Parents"), "Parents"):
            child = _needed(above, name, "the child")
            self._target(item, _TYPES.get(str(item.get("Type"))))
            self._target({"Id": child}, None, str(item["Id"]))
        organization = value.get("Organization")
        if isinstance(organization, dict):
            self.id = organization.get("Id") or self.id
            self.management = organization.get("MasterAccountId") or organization.get("ManagementAccountId") or self.management
            if "Targets" in organization:
                self._written(organization)
        elif "Targets" in value and any("ParentId" in item for item in rows(value["Targets"], "Targets")):
            self.id = value.get("Id") or self.id
            self.management = value.get("ManagementAccountId") or self.management
            self._written(value)

    def _attachments(self, value: Mapping[str, Any], name: str) -> None:
        """Policies, and what they are attached to."""
        if isinstance(value.get("Policy"), dict):
            self._policy({**_object(value["Policy"], "PolicySummary"), "Content": value["Policy"].get("Content")})
        target = next(iter(_TARGET.findall(name)), None)
        if "Policies" in value and "Targets" not in value:
            for item in rows(value["Policies"], "Policies"):
                self._policy(item)
                if target:
                    self._attach(target, str(item["Id"]))
                    self.kinds_known.add((target, str(item.get("Type"))))
            self.all_policies = self.all_policies or not target
        targets = [item for item in rows(value.get("Targets"), "Targets") if "TargetId" in item]
        if targets:
            policy = next(iter(_POLICY.findall(name)), None)
            if policy is None:
                raise _unsaid(name, "the policy", "p-examplepolicy")
            self.targets_known.add(policy)
            for item in targets:
                self._target({"Id": item["TargetId"], "Name": item.get("Name"), "Arn": item.get("Arn")}, _TYPES.get(str(item.get("Type"))))
                self._attach(str(item["TargetId"]), policy)

    def _written(self, organization: Mapping[str, Any]) -> None:
        """An `Organization` as a snapshot document has it."""
        for policy in rows(organization.get("Policies"), "Policies"):
            self._policy(policy)
        for item in rows(organization.get("Targets"), "Targets"):
            self._target(item, item.get("Type"), item.get("ParentId"))
            if item.get("PolicyIds") is not None:
                self.attached.setdefault(str(item["Id"]), []).extend(item["PolicyIds"])
                self.kinds_known |= {(str(item["Id"]), SCP), (str(item["Id"]), RCP)}

    def _tree(self, node: Mapping[str, Any], parent: str | None) -> None:
        """A node of a tree that somebody's tool wrote, with everything below it."""
        identity = str(node.get("Id") or "")
        kind = "ACCOUNT" if identity.isdigit() else "ORGANIZATIONAL_UNIT" if identity.startswith("ou-") else "ROOT"
        self._target(node, kind, parent)
        self.attached.setdefault(identity, [])
        self.kinds_known |= {(identity, SCP), (identity, RCP)}
        for policy in rows(node.get("Policies"), "Policies"):
            self._policy(policy)
            self._attach(identity, str(policy["Id"]))
        for child in rows(node.get("Children"), "Children"):
            self._tree(child, identity)

    def _target(self, item: Mapping[str, Any], kind: str | None, parent: str | None = None) -> None:
        if not isinstance(item, Mapping) or not item.get("Id"):
            raise DocumentError("Id is missing", todo="export it anew, without --query")
        known = self.targets.setdefault(str(item["Id"]), {"Id": str(item["Id"])})
        for key, value in (("Name", item.get("Name")), ("Type", kind), ("ParentId", parent)):
            if value and not known.get(key):
                known[key] = value
        fields = str(item.get("Arn") or "").split(":", 5)  # arn:aws:organizations::MANAGEMENT:root/o-…/r-…
        if len(fields) == 6 and "/o-" in fields[5]:
            self.id = self.id or fields[5].split("/")[1]
            self.management = self.management or fields[4]

    def _policy(self, item: Mapping[str, Any]) -> None:
        if not item.get("Id"):
            raise DocumentError("a policy without its Id", todo="export it anew, without --query")
        known = self.policies.setdefault(str(item["Id"]), {"Id": str(item["Id"])})
        for key in ("Name", "Arn", "Type", "Document", "Content"):
            if item.get(key) and not known.get(key):
                known[key] = item[key]

    def _attach(self, target: str, policy: str) -> None:
        listed = self.attached.setdefault(target, [])
        if policy not in listed:
            listed.append(policy)

    def document(self) -> dict[str, object]:
        """A snapshot document; where a target's policies of a kind in use were not all listed, one without a document stands for them."""
        # SCPs and RCPs alone: tag and backup policies decide nothing.
        policies = {key: item for key, item in self.policies.items() if item.get("Type", SCP) in (SCP, RCP)}
        others = self.policies.keys() - policies.keys()
        for item in policies.values():
            item.setdefault("Type", SCP)
        kinds = {str(item["Type"]) for item in policies.values()}
        for kind in sorted(kinds):
            mine = {key for key, item in policies.items() if item["Type"] == kind}
            complete = self.all_policies and mine <= self.targets_known
            for target, attached in self.attached.items():
                if (target, kind) not in self.kinds_known and not complete:
                    unlisted = f"unlisted-{kind}"
                    policies[unlisted] = {"Id": unlisted, "Name": "policies that were not listed", "Type": kind}
                    attached.append(unlisted)
        targets = []
        for identity, described in self.targets.items():
            attached_here = self.attached.get(identity)
            targets.append(
                described if attached_here is None else {**described, "PolicyIds": [one for one in attached_here if one not in others]}
            )
        accounts = [{"Account": {"Id": key}} for key, place in self.targets.items() if place.get("Type") == "ACCOUNT" or key.isdigit()]
        tree = {"Id": self.id, "ManagementAccountId": self.management, "Policies": list(policies.values()), "Targets": targets}
        return {"Accounts": accounts, "Organization": tree}


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    if not isinstance(found, dict):
        raise DocumentError("expected an object", path=key, todo="export it anew, without --query")
    return found


def _needed(found: str | None, name: str, what: str) -> str:
    if found is None:
        raise _unsaid(name, what, "r-ab12")
    return found


def _unsaid(name: str, what: str, example: str) -> UserError:
    where = visible(name)
    return UserError(
        f"nothing says which {what.removeprefix('the ')} it is about",
        where=where,
        todo=f"put its id into the file's name, as in answer-{example}.json",
    )
