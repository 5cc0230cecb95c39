"""Policies in their place: which documents an entity holds, through what, and how a place is named and found again."""

from __future__ import annotations

import functools

import msgspec
from msgspec import UNSET, Raw

from whygate import grammar
from whygate import policy as documents
from whygate.arn import split
from whygate.entities import ControlPolicy, Group, ManagedPolicy, Resource, Role, User
from whygate.errors import UserError
from whygate.policy import Policy
from whygate.snapshot import Snapshot
from whygate.text import visible

# The rules of which grammar a policy of each kind follows (`grammar.check`).
_GRAMMAR = {"managed": "identity", "inline": "identity"}

_BOUNDARY = "PermissionsBoundary"
# What a key that was not collected would have held, and of which kind.
_PARTS = {
    "UserPolicyList": ("all inline policies", "inline"),
    "GroupPolicyList": ("all inline policies", "inline"),
    "RolePolicyList": ("all inline policies", "inline"),
    "AttachedManagedPolicies": ("all attached policies", "managed"),
    "GroupList": ("all policies of the groups", "managed"),
}


class Held(msgspec.Struct, frozen=True):
    """A policy in its place.

    `key` names the place: the ARN of a managed policy (with `@v3` for a version that is not in force), or the owner's ARN
    with `#inline/NAME`, `#trust` or `#policy`. `kind` is managed, inline, boundary, trust, resource, scp, rcp, session or
    vpce. `owner` is the ARN of what it sits on, `through` the name of the group that it comes by. `raw` is None where the
    document is not in the data; `given` holds a document that came with the question instead.
    """

    key: str
    name: str
    kind: str
    owner: str = ""
    through: str = ""
    arn: str = ""
    version: str = ""
    raw: Raw | None = None
    given: Policy | None = None

    @property
    def known(self) -> bool:
        return self.given is not None or self.raw is not None

    @property
    def policy(self) -> Policy:
        """The document, parsed; one that is not in the data reads as unreadable."""
        if self.given is not None:
            return self.given
        if self.raw is None:
            return Policy("", (), None, "its document is not in the data")
        return _parsed(bytes(self.raw))

    @property
    def grammar(self) -> str:
        return _GRAMMAR.get(self.kind, self.kind)

    @property
    def problem(self) -> str:
        """Why the document cannot be relied on, in a few words: it is missing, unreadable or malformed (R53); empty where it can."""
        if not self.known:
            return "its document is not in the data"
        policy = self.policy
        findings = grammar.check(policy, self.grammar, aws_managed_rcp=self.kind == "rcp" and self._full_access)
        if policy.unreadable or not findings:
            return policy.unreadable
        place = ".".join(str(part) for part in findings[0].path)
        return f"malformed{f' at {place}' if place else ''}: {findings[0].text}"

    @property
    def _full_access(self) -> bool:
        """Whether it is AWS's own RCPFullAWSAccess, the one RCP that may allow (R55)."""
        return "p-RCPFullAWSAccess" in self.key or self.name == "RCPFullAWSAccess"

    @property
    def label(self) -> str:
        """How a sentence names it: `group ocr › TextractUse`."""
        return visible(f"group {self.through} › {self.name}" if self.through else self.name)


@functools.lru_cache(maxsize=1024)
def _parsed(raw: bytes) -> Policy:
    return documents.read(raw)


def given(document: object, kind: str, name: str) -> Held:
    """A document that came with the question (a dict, a list of statements, or text)."""
    return Held(key=f"#given/{kind}/{name}", name=name, kind=kind, given=documents.from_python(document))


def managed(snapshot: Snapshot, arn: str, name: str, *, kind: str = "managed", owner: str = "", through: str = "") -> Held:
    """A managed policy in its version in force (R16); its document may be missing."""
    found = snapshot.policy(arn)
    return Held(
        key=arn,
        name=found.name if found else name or arn.rsplit("/", 1)[-1],
        kind=kind,
        owner=owner,
        through=through,
        arn=arn,
        version=(found.default_version or "") if found else "",
        raw=found.document if found else None,
    )


def own_policies(snapshot: Snapshot, entity: User | Role | Group, *, through: str = "") -> tuple[Held, ...]:
    """The identity-based policies on the entity itself: inline first, then attached."""
    inline = (
        Held(f"{entity.arn}#inline/{item.name}", item.name, "inline", entity.arn, through, raw=item.document) for item in entity.inline
    )
    attached = (managed(snapshot, item.arn, item.name, owner=entity.arn, through=through) for item in entity.attached)
    return (*inline, *attached, *_uncollected(entity, through))


def _uncollected(entity: User | Role | Group, through: str = "") -> tuple[Held, ...]:
    """What nobody asked AWS for, as policies whose documents are not in the data: the entity may hold any."""
    return tuple(
        Held(f"{entity.arn}#uncollected/{key}", f"{_PARTS[key][0]} of {entity.name}", _PARTS[key][1], entity.arn, through)
        for key in entity.uncollected
        if key in _PARTS
    )


def policies_of(snapshot: Snapshot, entity: User | Role | Group) -> tuple[Held, ...]:
    """All identity-based policies in force for the entity; for a user also those of its groups (R81, R108)."""
    found = list(own_policies(snapshot, entity))
    for name in dict.fromkeys(entity.groups) if isinstance(entity, User) else ():
        group = snapshot.group_of(entity, name) if isinstance(entity, User) else None
        if group is None:
            found.append(Held(f"{entity.arn}#group/{name}", f"all policies of group {name}", "managed", entity.arn, name))
        else:
            found.extend(own_policies(snapshot, group, through=group.name))
    return tuple(found)


def boundary_of(snapshot: Snapshot, entity: User | Role) -> Held | None:
    """The permissions boundary, or None where there is none (R88); one without a document where nobody asked for it."""
    if not entity.boundary and _BOUNDARY in entity.uncollected:
        return Held(f"{entity.arn}#uncollected/{_BOUNDARY}", f"permissions boundary of {entity.name}", "boundary", entity.arn)
    return managed(snapshot, entity.boundary, "", kind="boundary", owner=entity.arn) if entity.boundary else None


def trust_of(role: Role) -> Held:
    return Held(f"{role.arn}#trust", f"trust policy of {role.name}", "trust", role.arn, raw=role.trust)


def policy_of(resource: Resource) -> Held | None:
    """The resource-based policy; None where there surely is none. A policy that was not collected has no document."""
    if resource.policy is None:
        return None
    raw = None if resource.policy is UNSET else resource.policy
    return Held(f"{resource.arn}#policy", f"policy of {resource.name or resource.arn}", "resource", resource.arn, raw=raw)


def control(item: ControlPolicy, kind: str) -> Held:
    return Held(item.arn or item.id or f"{kind}:{item.name}", item.name or item.id, kind, arn=item.arn, raw=item.document)


def versions(snapshot: Snapshot, arn: str) -> tuple[Held, ...]:
    """Every version of a managed policy that is in the data, as the data lists them."""
    found = snapshot.policy(arn)
    if found is None:
        return ()
    return tuple(_version(found, version.id, version.is_default, version.document) for version in found.versions)


def default_version(snapshot: Snapshot, arn: str) -> Held | None:
    """The version of a managed policy that is in force, else the last one there is; None where none was collected."""
    known = versions(snapshot, arn)
    entity = snapshot.policy(arn)
    wanted = entity.default_version if entity is not None else None
    return next((each for each in known if each.version == wanted), known[-1] if known else None)


def _version(found: ManagedPolicy, version: str, is_default: bool, raw: Raw | None) -> Held:
    return Held(found.arn if is_default else f"{found.arn}@{version}", found.name, "managed", arn=found.arn, version=version, raw=raw)


def held(snapshot: Snapshot, key: str) -> Held:
    """The policy at a place; raises `UserError` where there is none."""
    owner, hash_, part = key.partition("#")
    if not hash_:
        found = _managed_or_control(snapshot, key)
    else:
        entity = snapshot.by_arn(owner)
        found = None
        if isinstance(entity, Role) and part == "trust":
            found = trust_of(entity)
        elif isinstance(entity, Resource) and part == "policy":
            found = policy_of(entity)
        elif isinstance(entity, (User, Role, Group)) and part.startswith(("inline/", "uncollected/")):
            boundary = boundary_of(snapshot, entity) if not isinstance(entity, Group) else None
            found = next((item for item in (*own_policies(snapshot, entity), boundary) if item and item.key == key), None)
    if found is None:
        raise UserError(f"there is no policy {visible(key)} in this snapshot", todo="`whygate list SOURCE policies` shows what there is")
    return found


def _managed_or_control(snapshot: Snapshot, key: str) -> Held | None:
    if snapshot.policy(key):
        return managed(snapshot, key, "")
    arn, _, version = key.rpartition("@")  # a name may hold an @ too
    if snapshot.policy(arn):
        return next((item for item in versions(snapshot, arn) if item.version == version), None)
    for account in snapshot.accounts:
        for kind, levels in (("scp", account.scps), ("rcp", account.rcps)):
            for level in levels or ():
                for item in level.policies:
                    if control(item, kind).key == key:
                        return control(item, kind)
    parsed = split(key)
    if parsed and parsed.service == "iam" and parsed.kind == "policy" and snapshot.attachments(key):
        return managed(snapshot, key, "")  # attached, but its document is not in the data
    return None
