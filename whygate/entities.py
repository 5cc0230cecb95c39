"""The things a snapshot holds: users, roles, groups, policies, resources, accounts. Values only; looking them up is in `snapshot`.

`None` for a list or a document means that it was not collected, never that there is none. Dates are text (RFC 3339, UTC), or
whatever text came where it is no date we can read.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, Raw, Struct, UnsetType

Tags = tuple[tuple[str, str], ...]
Row = Mapping[str, object]


class Attached(Struct, frozen=True, gc=False):
    """A managed policy named by the entity that it is attached to; its document may or may not be in the snapshot."""

    name: str
    arn: str


class InlinePolicy(Struct, frozen=True, gc=False):
    name: str
    document: Raw | None


class LastUsed(Struct, frozen=True, gc=False):
    """When a role was last used; both parts None means not within the period that AWS tracks."""

    date: str | None = None
    region: str | None = None


class User(Struct, frozen=True, gc=False):
    """`groups` holds group names (R108); `boundary` is an ARN; `tags` is None where they were not collected. `uncollected` names the
    document's keys (`UserPolicyList`, `AttachedManagedPolicies`, `GroupList`, `PermissionsBoundary`) that nobody asked for; so for groups
    and roles."""

    arn: str
    name: str
    id: str
    path: str
    account: str
    created: str | None
    groups: tuple[str, ...]
    inline: tuple[InlinePolicy, ...]
    attached: tuple[Attached, ...]
    boundary: str | None
    tags: Tags | None
    password_last_used: str | None = None
    uncollected: tuple[str, ...] = ()


class Group(Struct, frozen=True, gc=False):
    arn: str
    name: str
    id: str
    path: str
    account: str
    created: str | None
    inline: tuple[InlinePolicy, ...]
    attached: tuple[Attached, ...]
    uncollected: tuple[str, ...] = ()


class Role(Struct, frozen=True, gc=False):
    """`trust` is the trust policy's document, None where it was not collected; `last_used` is None where that was not."""

    arn: str
    name: str
    id: str
    path: str
    account: str
    created: str | None
    inline: tuple[InlinePolicy, ...]
    attached: tuple[Attached, ...]
    boundary: str | None
    tags: Tags | None
    trust: Raw | None
    instance_profiles: tuple[str, ...] = ()
    last_used: LastUsed | None = None
    description: str = ""
    max_session: int | None = None
    uncollected: tuple[str, ...] = ()


class PolicyVersion(Struct, frozen=True, gc=False):
    id: str
    is_default: bool
    document: Raw | None
    created: str | None


class ManagedPolicy(Struct, frozen=True, gc=False):
    """`account` is "aws" for AWS managed policies; `default_version` is None where no version can be told to be in force."""

    arn: str
    name: str
    id: str
    path: str
    account: str
    versions: tuple[PolicyVersion, ...]
    default_version: str | None
    attachable: bool | None = None
    attachment_count: int | None = None
    description: str = ""
    created: str | None = None
    updated: str | None = None

    @property
    def document(self) -> Raw | None:
        """The document in force (R16), or None where it is not known."""
        return next((version.document for version in self.versions if version.is_default), None)


class Resource(Struct, frozen=True, gc=False):
    """`policy` is UNSET where it was not collected and None where there surely is none; `account` is None where unknown."""

    arn: str
    type: str
    account: str | None
    name: str
    tags: Tags | None
    policy: Raw | UnsetType | None = UNSET
    details: Row = {}


class ControlPolicy(Struct, frozen=True, gc=False):
    id: str
    name: str
    arn: str
    document: Raw | None


class ControlLevel(Struct, frozen=True, gc=False):
    """The SCPs or RCPs attached to one target: the root, an organizational unit or the account."""

    target_id: str
    target_name: str
    policies: tuple[ControlPolicy, ...]


class VpcEndpoint(Struct, frozen=True, gc=False):
    """`policy` as in `Resource`."""

    id: str
    arn: str
    vpc_id: str
    service_name: str
    policy: Raw | UnsetType | None = UNSET


class CoverageRow(Struct, frozen=True, gc=False):
    """`status` is collected, not-permitted, not-collected, failed or partial."""

    part: str
    status: str
    region: str = ""
    detail: str = ""


class Account(Struct, frozen=True, gc=False):
    """One account. Levels run from the root to the account; None is unknown, () is none. The `..._collected` flags say that
    the list is complete for this account: what is not in it does not exist."""

    id: str
    alias: str = ""
    partition: str = "aws"
    organization_id: str | None = None
    organization_path: str | None = None
    is_management: bool | None = None
    scps: tuple[ControlLevel, ...] | None = None
    rcps: tuple[ControlLevel, ...] | None = None
    public_access_block: object = None
    vpc_endpoints: tuple[VpcEndpoint, ...] | None = None
    access_keys: tuple[Row, ...] | None = None
    mfa_devices: tuple[Row, ...] | None = None
    login_profiles: tuple[Row, ...] | None = None
    account_summary: Row | None = None
    password_policy: object = None
    coverage: tuple[CoverageRow, ...] = ()
    users_collected: bool = False
    groups_collected: bool = False
    roles_collected: bool = False
    policies_collected: bool = False
    resources_collected: bool = False


class Source(Struct, frozen=True, gc=False):
    """Where a snapshot came from; all empty for a document that does not say."""

    adapter: str = ""
    origin: str = ""
    collected_at: str | None = None


class SavedQuestion(Struct, frozen=True, gc=False):
    """A question worth asking of this account."""

    title: str
    principal: str
    action: str
    resource: str = "*"
    context: Row = {}


Entity = User | Role | Group
