"""The snapshot document as it is written: one struct for each kind of object in it, AWS's names, nothing resolved.

What varies in the wild is optional here, and `null` is as good as left out; dates are whatever came. Policy documents stay undecoded
bytes (`msgspec.Raw`, `null` included; UNSET where the key is not there), because one bad document must not spoil the account.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct, UnsetType, field

# What AWS answers once and nobody may keep: these keys go no further than the document that held them.
SECRETS = frozenset(
    {"SecretAccessKey", "SessionToken", "Password", "ServicePassword", "SecretString", "SecretBinary", "Base32StringSeed", "QRCodePNG"}
)


class TagEntry(Struct, frozen=True, rename="pascal", gc=False):
    key: str
    value: str | None = ""


class AttachedEntry(Struct, frozen=True, rename="pascal", gc=False):
    policy_arn: str
    policy_name: str | None = None


class InlineEntry(Struct, frozen=True, rename="pascal", gc=False):
    policy_name: str | None = None
    policy_document: Raw | UnsetType = UNSET
    document: Raw | UnsetType = UNSET


class BoundaryEntry(Struct, frozen=True, rename="pascal", gc=False):
    permissions_boundary_arn: str | None = None


class ProfileEntry(Struct, frozen=True, rename="pascal", gc=False):
    instance_profile_name: str | None = None
    arn: str | None = None


class LastUsedEntry(Struct, frozen=True, rename="pascal", gc=False):
    last_used_date: object = None
    region: str | None = None


Tags = list[TagEntry] | dict[str, str] | None


# `NotCollected` of a user, group or role names keys of the same entry that nobody asked AWS for: left out there they are unknown,
# where otherwise a list that is left out is empty.


class UserEntry(Struct, frozen=True, rename="pascal", gc=False):
    user_name: str | None = None
    arn: str | None = None
    user_id: str | None = None
    path: str | None = None
    create_date: object = None
    password_last_used: object = None
    group_list: list[str] | None = None
    user_policy_list: list[InlineEntry] | None = None
    attached_managed_policies: list[AttachedEntry] | None = None
    permissions_boundary: BoundaryEntry | str | None = None
    tags: Tags = None
    not_collected: list[str] | None = None


class GroupEntry(Struct, frozen=True, rename="pascal", gc=False):
    group_name: str | None = None
    arn: str | None = None
    group_id: str | None = None
    path: str | None = None
    create_date: object = None
    group_policy_list: list[InlineEntry] | None = None
    attached_managed_policies: list[AttachedEntry] | None = None
    not_collected: list[str] | None = None


class RoleEntry(Struct, frozen=True, rename="pascal", gc=False):
    role_name: str | None = None
    arn: str | None = None
    role_id: str | None = None
    path: str | None = None
    create_date: object = None
    description: str | None = None
    max_session_duration: int | None = None
    assume_role_policy_document: Raw | UnsetType = UNSET
    instance_profile_list: list[ProfileEntry] | None = None
    role_policy_list: list[InlineEntry] | None = None
    attached_managed_policies: list[AttachedEntry] | None = None
    permissions_boundary: BoundaryEntry | str | None = None
    role_last_used: LastUsedEntry | None = None
    tags: Tags = None
    not_collected: list[str] | None = None


class VersionEntry(Struct, frozen=True, rename="pascal", gc=False):
    version_id: str | None = None
    is_default_version: bool | None = None
    create_date: object = None
    document: Raw | UnsetType = UNSET
    policy_document: Raw | UnsetType = UNSET


class PolicyEntry(Struct, frozen=True, rename="pascal", gc=False):
    policy_name: str | None = None
    arn: str | None = None
    policy_id: str | None = None
    path: str | None = None
    default_version_id: str | None = None
    attachment_count: int | None = None
    is_attachable: bool | None = None
    description: str | None = None
    create_date: object = None
    update_date: object = None
    policy_version_list: list[VersionEntry] | None = None


class SourceEntry(Struct, frozen=True, rename="pascal", gc=False):
    adapter: str | None = None
    origin: str | None = None
    collected_at: object = None


class AccountEntry(Struct, frozen=True, rename="pascal", gc=False):
    id: str | None = None
    alias: str | None = None
    partition: str | None = None
    organization_id: str | None = None
    organization_path: str | None = None
    is_management_account: bool | None = None


class ControlPolicyEntry(Struct, frozen=True, rename="pascal", gc=False):
    id: str | None = None
    name: str | None = None
    arn: str | None = None
    type: str | None = None
    document: Raw | UnsetType = UNSET
    content: Raw | UnsetType = UNSET


class LevelEntry(Struct, frozen=True, rename="pascal", gc=False):
    policies: list[ControlPolicyEntry]
    target_id: str | None = None
    target_name: str | None = None


class ResourceEntry(Struct, frozen=True, rename="pascal", gc=False):
    arn: str
    type: str | None = None
    account: str | None = None
    name: str | None = None
    tags: Tags = None
    policy: Raw | UnsetType = UNSET
    details: dict[str, object] | None = None


class VpcEndpointEntry(Struct, frozen=True, rename="pascal", gc=False):
    id: str
    arn: str | None = None
    vpc_id: str | None = None
    service_name: str | None = None
    policy: Raw | UnsetType = UNSET


class CoverageEntry(Struct, frozen=True, rename="pascal", gc=False):
    part: str
    status: str
    region: str | None = None
    detail: str | None = None


class QuestionEntry(Struct, frozen=True, rename="pascal", gc=False):
    title: str
    principal: str
    action: str
    resource: str | None = None
    context: dict[str, object] | None = None


class TargetEntry(Struct, frozen=True, rename="pascal", gc=False):
    id: str
    name: str | None = None
    type: str | None = None
    parent_id: str | None = None
    policy_ids: list[str] | None = None


class OrganizationEntry(Struct, frozen=True, rename="pascal", gc=False):
    id: str | None = None
    management_account_id: str | None = None
    policies: list[ControlPolicyEntry] | None = None
    targets: list[TargetEntry] | None = None


Rows = list[dict[str, object]] | None


class AccountPage(Struct, frozen=True, rename="pascal", gc=False):
    """One account, or one page of it."""

    user_detail_list: list[UserEntry] | None = None
    group_detail_list: list[GroupEntry] | None = None
    role_detail_list: list[RoleEntry] | None = None
    policies: list[PolicyEntry] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
    next_token: str | None = None
    snapshot_version: int | None = None
    source: SourceEntry | None = None
    account: AccountEntry | None = None
    service_control_policies: list[LevelEntry] | None = None
    resource_control_policies: list[LevelEntry] | None = None
    resources: list[ResourceEntry] | None = None
    vpc_endpoints: list[VpcEndpointEntry] | None = None
    public_access_block: object = None
    access_keys: Rows = None
    mfa_devices: Rows = field(name="MFADevices", default=None)
    login_profiles: Rows = None
    account_summary: dict[str, object] | None = None
    password_policy: object = None
    credential_report: object = None  # this and the next four are carried along: nothing reads them yet, and nothing loses them
    saml_providers: object = field(name="SAMLProviders", default=None)
    open_id_connect_providers: object = field(name="OpenIDConnectProviders", default=None)
    permission_sets: object = None
    account_assignments: object = None
    coverage: list[CoverageEntry] | None = None
    questions: list[QuestionEntry] | None = None


class WholePage(AccountPage, frozen=True, rename="pascal", gc=False):
    """What a whole text may hold: an account, several of them, or an answer wrapped in `data`."""

    accounts: list[AccountPage] | None = None
    organization: OrganizationEntry | None = None
    data: Raw | UnsetType = field(name="data", default=UNSET)
