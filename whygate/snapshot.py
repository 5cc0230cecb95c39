"""`Snapshot`: everything known of one or more accounts at one moment, immutable, looked up by ARN, by name and by id.

What it holds is in `entities`, how a document becomes it in `assembly`; what anything allows is decided elsewhere.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property

from whygate import arn as arns
from whygate import assembly, json_source, lookup
from whygate.document import Document
from whygate.entities import (
    Account,
    Attached,
    ControlLevel,
    ControlPolicy,
    CoverageRow,
    Entity,
    Group,
    InlinePolicy,
    LastUsed,
    ManagedPolicy,
    PolicyVersion,
    Resource,
    Role,
    SavedQuestion,
    Source,
    User,
    VpcEndpoint,
)

__all__ = [
    "Account",
    "Attached",
    "ControlLevel",
    "ControlPolicy",
    "CoverageRow",
    "Entity",
    "Group",
    "InlinePolicy",
    "LastUsed",
    "ManagedPolicy",
    "PolicyVersion",
    "Resource",
    "Role",
    "SavedQuestion",
    "Snapshot",
    "Source",
    "User",
    "VpcEndpoint",
    "build",
]


@dataclasses.dataclass(frozen=True, eq=False)
class Snapshot:
    """One or more accounts; the primary one is first. Lists are sorted by name, then ARN. Change one with `dataclasses.replace`."""

    accounts: tuple[Account, ...]
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    resources: tuple[Resource, ...] = ()
    questions: tuple[SavedQuestion, ...] = ()
    source: Source = dataclasses.field(default_factory=Source)
    warnings: tuple[str, ...] = ()

    @property
    def primary(self) -> Account:
        return self.accounts[0]

    def account(self, id: str) -> Account | None:
        return self._accounts.get(id)

    def by_arn(self, arn: str) -> User | Role | Group | ManagedPolicy | Resource | None:
        """What carries exactly this ARN. An IAM entity wins over a `Resources` entry about it."""
        return self._entities.get(arn) or self._policies.get(arn) or self._resources.get(arn)

    def by_id(self, unique_id: str) -> User | Role | Group | ManagedPolicy | None:
        """What carries this unique id (`AIDA…`, `AROA…`, `AGPA…`, `ANPA…`: R17)."""
        return self._ids.get(unique_id)

    def principal(self, text: str) -> User | Role:
        """The user or role that a person means: an ARN, a name, `user/NAME`, `role/PATH/NAME`, a unique id, an access key id.

        As written first, then in any case where only one fits. Raises `UserError` with the closest names, or with every match.
        """
        return lookup.principal(self, text)

    def role_named(self, account: str, name: str) -> Role | None:
        """The role of that name in that account, whatever its path (R10)."""
        return self._roles_by_name.get((account, name))

    def user_named(self, account: str, name: str) -> User | None:
        return self._users_by_name.get((account, name))

    def group_of(self, user: User, name: str) -> Group | None:
        """The group that a user's group list means by `name`: joined on the name, within the user's account (R108)."""
        return self._groups_by_name.get((user.account, name))

    def members(self, group: Group) -> tuple[User, ...]:
        return self._members.get((group.account, group.name), ())

    def policy(self, arn: str) -> ManagedPolicy | None:
        return self._policies.get(arn)

    def attachments(self, policy_arn: str) -> tuple[tuple[Entity, str], ...]:
        """Who holds a managed policy, each with `attached` or `boundary`: users, groups, then roles."""
        return self._attachments.get(policy_arn, ())

    def resource(self, arn: str) -> Resource | None:
        """The `Resources` entry with exactly this ARN."""
        return self._resources.get(arn)

    def resource_for(self, arn: str) -> Resource | None:
        """The entry that speaks for `arn`: its own, or its bucket's for an S3 object. A version of a Textract adapter or of a
        Rekognition project has its own entry or none: its parent's tags are not its tags."""
        own = self._resources.get(arn)
        if own is not None:
            return own
        parsed = arns.split(arn)
        if parsed is None or parsed.service != "s3" or parsed.region or parsed.account or "/" not in parsed.resource:
            return None
        bucket = parsed.resource.split("/", 1)[0]
        return self._resources.get(f"arn:{parsed.partition}:s3:::{bucket}")

    def user_of_key(self, access_key_id: str) -> User | None:
        """The user who holds an access key, where the keys were collected."""
        for account in self.accounts:
            for row in account.access_keys or ():
                if row.get("AccessKeyId") == access_key_id:
                    return self.user_named(account.id, str(row.get("UserName", "")))
        return None

    def coverage_gaps(self) -> tuple[str, ...]:
        """What was not collected of the primary account, in words short enough for a header: `SCPs`, `resource policies`."""
        account = self.primary
        gaps = [
            name
            for name, missing in (
                ("SCPs", account.scps is None),
                ("RCPs", account.rcps is None),
                ("users", not account.users_collected),
                ("groups", not account.groups_collected),
                ("roles", not account.roles_collected),
                ("policies", not account.policies_collected),
                ("resource policies", not account.resources_collected),
            )
            if missing
        ]
        covered = {"SCPs", "RCPs", "resources", *assembly.IAM_PARTS}
        derived = {"VPC endpoints", "public access block", "access keys", "MFA devices", "login profiles"}
        for row in account.coverage:
            plain = row.status == "not-collected" and row.part in derived
            word = row.part if row.status in ("not-collected", "not-permitted") else f"{row.part} ({row.status})"
            if row.status != "collected" and row.part not in covered and not plain and word not in gaps:
                gaps.append(word)
        return tuple(gaps)

    @cached_property
    def _accounts(self) -> dict[str, Account]:
        return {account.id: account for account in self.accounts}

    @cached_property
    def _entities(self) -> dict[str, User | Role | Group]:
        entities: tuple[User | Role | Group, ...] = (*self.groups, *self.users, *self.roles)
        return {entity.arn: entity for entity in entities}

    @cached_property
    def _policies(self) -> dict[str, ManagedPolicy]:
        return {policy.arn: policy for policy in self.policies}

    @cached_property
    def _resources(self) -> dict[str, Resource]:
        return {resource.arn: resource for resource in self.resources}

    @cached_property
    def _ids(self) -> dict[str, User | Role | Group | ManagedPolicy]:
        things: tuple[User | Role | Group | ManagedPolicy, ...] = (*self.policies, *self.groups, *self.users, *self.roles)
        return {thing.id: thing for thing in things if thing.id}

    @cached_property
    def _users_by_name(self) -> dict[tuple[str, str], User]:
        return {(user.account, user.name): user for user in self.users}

    @cached_property
    def _groups_by_name(self) -> dict[tuple[str, str], Group]:
        return {(group.account, group.name): group for group in self.groups}

    @cached_property
    def _roles_by_name(self) -> dict[tuple[str, str], Role]:
        return {(role.account, role.name): role for role in self.roles}

    @cached_property
    def _members(self) -> dict[tuple[str, str], tuple[User, ...]]:
        members: dict[tuple[str, str], list[User]] = {}
        for user in self.users:
            for name in dict.fromkeys(user.groups):
                members.setdefault((user.account, name), []).append(user)
        return {key: tuple(users) for key, users in members.items()}

    @cached_property
    def _attachments(self) -> dict[str, tuple[tuple[Entity, str], ...]]:
        found: dict[str, list[tuple[Entity, str]]] = {}
        entities: tuple[Entity, ...] = (*self.users, *self.groups, *self.roles)
        for entity in entities:
            for attached in entity.attached:
                found.setdefault(attached.arn, []).append((entity, "attached"))
            if not isinstance(entity, Group) and entity.boundary:
                found.setdefault(entity.boundary, []).append((entity, "boundary"))
        return {arn: tuple(holders) for arn, holders in found.items()}


def build(document: Document) -> Snapshot:
    """The snapshot that a decoded document describes; a document that was decoded cannot fail here."""
    with json_source.collector_paused():
        return Snapshot(*assembly.assemble(document))
