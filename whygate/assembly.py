"""A checked document becomes the entities of a snapshot: names and ARNs completed, accounts told apart, organizations read.

Looking things up is in `snapshot`; what a document may look like is in `entries` and `document`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Raw, UnsetType

from whygate import arn as arns
from whygate import dates, entries
from whygate.document import AccountDocument, Document
from whygate.entities import (
    Account,
    Attached,
    CoverageRow,
    Group,
    InlinePolicy,
    LastUsed,
    ManagedPolicy,
    PolicyVersion,
    Resource,
    Role,
    Row,
    SavedQuestion,
    Source,
    Tags,
    User,
    VpcEndpoint,
)
from whygate.organization import RCP, SCP, Tree, given, written_levels
from whygate.text import count, visible

IAM_PARTS = ("users", "groups", "roles", "policies")

Thing = TypeVar("Thing", User, Group, Role, ManagedPolicy, Resource)


class Parts(NamedTuple):
    """What a snapshot is made of; every list is sorted by name and then ARN, accounts have the primary one first."""

    accounts: tuple[Account, ...]
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    roles: tuple[Role, ...]
    policies: tuple[ManagedPolicy, ...]
    resources: tuple[Resource, ...]
    questions: tuple[SavedQuestion, ...]
    source: Source
    warnings: tuple[str, ...]


def assemble(document: Document) -> Parts:
    """Everything a `Document` holds, as entities."""
    warnings = list(document.warnings)
    users: list[User] = []
    groups: list[Group] = []
    roles: list[Role] = []
    policies: list[ManagedPolicy] = []
    resources: list[Resource] = []
    for account in document.accounts:
        page = account.page
        owner = _Owner(account.id, _partition(account))
        users += [_user(entry, owner) for entry in page.user_detail_list or ()]
        groups += [_group(entry, owner) for entry in page.group_detail_list or ()]
        roles += [_role(entry, owner) for entry in page.role_detail_list or ()]
        policies += [_policy(entry, owner, warnings) for entry in page.policies or ()]
        resources += [_resource(entry) for entry in page.resources or ()]
        if owner.borrowed:
            number = count(owner.borrowed, "ARN names", "ARNs name")
            warnings.append(f"{number} AWS itself as the owner: read as account {visible(account.id)}")
    seen = [thing.account for things in (users, groups, roles, policies, resources) for thing in things if thing.account]
    source = document.source or entries.SourceEntry()
    return Parts(
        _accounts(document, seen, warnings),
        _unique(users, warnings),
        _unique(groups, warnings),
        _unique(roles, warnings),
        _unique(policies, warnings),
        _unique(resources, warnings),
        tuple(_question(entry) for entry in document.questions),
        Source(source.adapter or "", source.origin or "", dates.utc(source.collected_at)),
        tuple(warnings),
    )


class _Owner:
    """The account a list belongs to, for entries whose ARN does not say."""

    def __init__(self, account: str, partition: str) -> None:
        self.account = account
        self.partition = partition
        self.borrowed = 0

    def place(self, kind: str, arn: str | None, name: str | None, path: str | None) -> tuple[str, str, str, str]:
        """ARN, name, path and account, each made from the others where it is missing."""
        if not arn:
            arn = f"arn:{self.partition}:iam::{self.account}:{kind}{path or '/'}{name}"
        fields = arn.split(":", 5)
        account, resource = fields[4], fields[5]
        if account == "aws" and kind != "policy":  # AWS owns policies alone; a redacted export may say otherwise
            account = self.account
            self.borrowed += 1
        if not name:
            name = resource.rsplit("/", 1)[-1]
        if not path:
            middle = resource.split("/")[1:-1]
            path = f"/{'/'.join(middle)}/" if middle else "/"
        return arn, name, path, account


def _partition(account: AccountDocument) -> str:
    """As the document says, else as most ARNs say."""
    page = account.page
    if page.account is not None and page.account.partition:
        return page.account.partition
    lists = (page.user_detail_list or (), page.group_detail_list or (), page.role_detail_list or (), page.policies or ())
    seen = Counter(entity.arn.split(":", 2)[1] for items in lists for entity in items if entity.arn)
    return seen.most_common(1)[0][0] if seen else "aws"


def _user(entry: entries.UserEntry, owner: _Owner) -> User:
    arn, name, path, account = owner.place("user", entry.arn, entry.user_name, entry.path)
    return User(
        arn,
        name,
        entry.user_id or "",
        path,
        account,
        dates.utc(entry.create_date),
        tuple(entry.group_list or ()),
        _inline(entry.user_policy_list),
        _attached(entry.attached_managed_policies),
        _boundary(entry.permissions_boundary),
        _tags(entry.tags),
        dates.utc(entry.password_last_used),
        uncollected=tuple(entry.not_collected or ()),
    )


def _group(entry: entries.GroupEntry, owner: _Owner) -> Group:
    arn, name, path, account = owner.place("group", entry.arn, entry.group_name, entry.path)
    return Group(
        arn,
        name,
        entry.group_id or "",
        path,
        account,
        dates.utc(entry.create_date),
        _inline(entry.group_policy_list),
        _attached(entry.attached_managed_policies),
        uncollected=tuple(entry.not_collected or ()),
    )


def _role(entry: entries.RoleEntry, owner: _Owner) -> Role:
    arn, name, path, account = owner.place("role", entry.arn, entry.role_name, entry.path)
    used = entry.role_last_used
    return Role(
        arn,
        name,
        entry.role_id or "",
        path,
        account,
        dates.utc(entry.create_date),
        _inline(entry.role_policy_list),
        _attached(entry.attached_managed_policies),
        _boundary(entry.permissions_boundary),
        _tags(entry.tags),
        given(entry.assume_role_policy_document),
        tuple(profile.arn or profile.instance_profile_name or "" for profile in entry.instance_profile_list or ()),
        None if used is None else LastUsed(dates.utc(used.last_used_date), used.region),
        entry.description or "",
        entry.max_session_duration,
        uncollected=tuple(entry.not_collected or ()),
    )


def _policy(entry: entries.PolicyEntry, owner: _Owner, warnings: list[str]) -> ManagedPolicy:
    arn, name, path, account = owner.place("policy", entry.arn, entry.policy_name, entry.path)
    written = entry.policy_version_list or []
    default = _default(entry, written)
    if written and default is None:
        warnings.append(f"nothing says which version of {visible(arn)} is in force: its document is unknown")
    versions = tuple(
        PolicyVersion(
            version.version_id or "",
            index == default,
            given(version.document) or given(version.policy_document),
            dates.utc(version.create_date),
        )
        for index, version in enumerate(written)
    )
    return ManagedPolicy(
        arn,
        name,
        entry.policy_id or "",
        path,
        account,
        versions,
        versions[default].id if default is not None else entry.default_version_id,
        entry.is_attachable,
        entry.attachment_count,
        entry.description or "",
        dates.utc(entry.create_date),
        dates.utc(entry.update_date),
    )


def _default(entry: entries.PolicyEntry, versions: Sequence[entries.VersionEntry]) -> int | None:
    """The index of the version in force (R16); None where nothing says it or two things say it differently."""
    flagged = [index for index, version in enumerate(versions) if version.is_default_version]
    named = [index for index, version in enumerate(versions) if entry.default_version_id and version.version_id == entry.default_version_id]
    if flagged or named:
        agreed = set(flagged) & set(named) if flagged and named else set(flagged or named)
        return agreed.pop() if len(agreed) == 1 else None
    alone = len(versions) == 1 and not entry.default_version_id and versions[0].is_default_version is None
    return 0 if alone else None


def _inline(items: list[entries.InlineEntry] | None) -> tuple[InlinePolicy, ...]:
    return tuple(InlinePolicy(item.policy_name or "", given(item.policy_document) or given(item.document)) for item in items or ())


def _attached(items: list[entries.AttachedEntry] | None) -> tuple[Attached, ...]:
    return tuple(Attached(item.policy_name or item.policy_arn.rsplit("/", 1)[-1], item.policy_arn) for item in items or ())


def _boundary(entry: entries.BoundaryEntry | str | None) -> str | None:
    return (entry if isinstance(entry, str) or entry is None else entry.permissions_boundary_arn) or None


def _tags(tags: entries.Tags) -> Tags | None:
    if isinstance(tags, dict):
        return tuple(tags.items())
    return None if tags is None else tuple((tag.key, tag.value or "") for tag in tags)


def _resource(entry: entries.ResourceEntry) -> Resource:
    parsed = arns.split(entry.arn)
    kind = f"{parsed.service}:{parsed.kind}" if parsed and parsed.kind != parsed.resource else ""
    account = entry.account or (parsed.account if parsed else "") or None
    name = entry.name or (parsed.name.rsplit(":", 1)[-1] if parsed else entry.arn)
    return Resource(entry.arn, entry.type or kind, account, name, _tags(entry.tags), _policy_of(entry.policy), entry.details or {})


def _policy_of(raw: Raw | UnsetType) -> Raw | UnsetType | None:
    return raw if isinstance(raw, UnsetType) else given(raw)


def _question(entry: entries.QuestionEntry) -> SavedQuestion:
    return SavedQuestion(entry.title, entry.principal, entry.action, entry.resource or "*", entry.context or {})


def _unique(things: Iterable[Thing], warnings: list[str]) -> tuple[Thing, ...]:
    """Sorted by name and ARN; of several with one ARN the first counts, and a different one is not dropped in silence."""
    found: dict[str, Thing] = {}
    for thing in things:
        first = found.setdefault(thing.arn, thing)
        if isinstance(first, ManagedPolicy) and isinstance(thing, ManagedPolicy) and first.account == "aws":
            if first.document is None:
                found[thing.arn] = thing
            if _says_the_same(first.document, thing.document):
                continue
        if first is not thing and first != thing:
            warnings.append(f"{visible(thing.arn)} is listed more than once, and not the same: the first entry counts")
    return tuple(sorted(found.values(), key=lambda thing: (thing.name, thing.arn)))


def _says_the_same(first: Raw | None, second: Raw | None) -> bool:
    """AWS's policies are in every account's export, with that account's counts and its tool's spacing; only what they say matters."""
    if first is None or second is None or bytes(first) == bytes(second):
        return True
    return bool(msgspec.json.decode(first) == msgspec.json.decode(second))


def _accounts(document: Document, seen: Iterable[str], warnings: list[str]) -> tuple[Account, ...]:
    trees = [Tree(entry) for entry in (document.organization, *document.further_organizations) if entry is not None]
    accounts: dict[str, Account] = {}
    for described in document.accounts:
        account = _account(described)
        accounts.setdefault(account.id, account)
    partition = next(iter(accounts.values())).partition if accounts else "aws"
    for other in dict.fromkeys(seen):
        if other != "aws" and other not in accounts:
            unseen = CoverageRow("account", "not-collected", detail="only seen in ARNs")
            accounts[other] = Account(other, partition=partition, coverage=(unseen,))
    for tree in trees:
        members = {name: _in_organization(account, tree) for name, account in accounts.items() if len(trees) == 1 or tree.chain(name)}
        accounts.update(members)
        for kind, word, missing in ((SCP, "SCPs", "scps"), (RCP, "RCPs", "rcps")):
            if tree.lacks(kind) and any(getattr(account, missing) is None for account in members.values()):
                warnings.append(f"the organization lists no {word}: they are unknown, not none")
    return tuple(accounts.values())


def _in_organization(account: Account, tree: Tree) -> Account:
    management = account.id == tree.management_account if tree.management_account else None
    return msgspec.structs.replace(
        account,
        organization_id=account.organization_id or tree.id,
        organization_path=account.organization_path or tree.path(account.id),
        is_management=management if account.is_management is None else account.is_management,
        scps=tree.levels(account.id, SCP) if account.scps is None else account.scps,
        rcps=tree.levels(account.id, RCP) if account.rcps is None else account.rcps,
    )


def _account(document: AccountDocument) -> Account:
    page = document.page
    named = page.account or entries.AccountEntry()
    whole = whole_parts(document)
    scps, rcps, endpoints = page.service_control_policies, page.resource_control_policies, page.vpc_endpoints
    return Account(
        document.id,
        named.alias or "",
        _partition(document),
        named.organization_id,
        named.organization_path,
        named.is_management_account,
        written_levels(scps) if scps is not None else None,
        written_levels(rcps) if rcps is not None else None,
        page.public_access_block,
        tuple(_endpoint(entry) for entry in endpoints) if endpoints is not None else None,
        _rows(page.access_keys),
        _rows(page.mfa_devices),
        _rows(page.login_profiles),
        page.account_summary,
        page.password_policy,
        coverage_rows(document),
        "users" in whole and page.user_detail_list is not None,
        "groups" in whole and page.group_detail_list is not None,
        "roles" in whole and page.role_detail_list is not None,
        "policies" in whole and page.policies is not None,
        page.resources is not None,
    )


def _endpoint(entry: entries.VpcEndpointEntry) -> VpcEndpoint:
    return VpcEndpoint(entry.id, entry.arn or "", entry.vpc_id or "", entry.service_name or "", _policy_of(entry.policy))


def _rows(rows: entries.Rows) -> tuple[Row, ...] | None:
    """Metadata only: a secret that slipped into a file goes no further."""
    if rows is None:
        return None
    return tuple({key: value for key, value in row.items() if key not in entries.SECRETS} for row in rows)


def _parts(page: entries.AccountPage) -> tuple[tuple[str, object], ...]:
    return (
        ("users", page.user_detail_list),
        ("groups", page.group_detail_list),
        ("roles", page.role_detail_list),
        ("policies", page.policies),
        ("SCPs", page.service_control_policies),
        ("RCPs", page.resource_control_policies),
        ("resources", page.resources),
        ("VPC endpoints", page.vpc_endpoints),
        ("public access block", page.public_access_block),
        ("access keys", page.access_keys),
        ("MFA devices", page.mfa_devices),
        ("login profiles", page.login_profiles),
    )


def whole_parts(document: AccountDocument) -> set[str]:
    """The IAM parts whose list is complete where it is there: not cut short, and no row of the coverage says otherwise."""
    if document.truncated:
        return set()
    return set(IAM_PARTS) - {row.part for row in document.page.coverage or () if row.status != "collected"}


def coverage_rows(document: AccountDocument) -> tuple[CoverageRow, ...]:
    """The rows as written; where there are none, a row for each part that the keys of the document tell."""
    page = document.page
    if page.coverage is not None:
        rows = [CoverageRow(row.part, row.status, row.region or "", row.detail or "") for row in page.coverage]
    else:
        rows = derived_coverage(page)
    if document.truncated:
        rows = [row for row in rows if row.part not in IAM_PARTS]
        rows = [CoverageRow(part, "partial", detail="the export is cut short") for part in IAM_PARTS] + rows
    return tuple(rows)


def derived_coverage(page: entries.AccountPage) -> list[CoverageRow]:
    """A row for each part, as the keys that are there and not there tell."""
    return [CoverageRow(part, "not-collected" if value is None else "collected") for part, value in _parts(page)]
