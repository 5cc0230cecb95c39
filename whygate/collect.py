"""From an account to a request's layers: who the caller is there, which documents apply, and what was not collected (R4, R10, R16)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import UNSET

from whygate import layers, policies, services
from whygate.arn import split
from whygate.callers import Caller, caller
from whygate.derive import Organization, Tags
from whygate.entities import Account, ControlLevel, Role, User, VpcEndpoint
from whygate.errors import UserError
from whygate.layers import Layer, Layers, Level
from whygate.lookup import listed
from whygate.matching import NO_RESOURCE
from whygate.policies import Held
from whygate.request import Request
from whygate.snapshot import Snapshot

ROOT = "root"
ASSUMED = "not collected, and assumed to be none"
ASSUMABLE = ("scp", "rcp", "resource", "vpce")
"""The layers that a question may count as none where they were not collected (`assume_none`)."""


def caller_of(snapshot: Snapshot, text: str, *, parent_arn: str | None = None) -> Caller:
    """The caller that a person means: whatever `Snapshot.principal` takes, and sessions, root, services and `*`.

    Raises `UserError` for a name that is not in the snapshot, or is there more than once.
    """
    if text == ROOT and ROOT not in {*(user.name for user in snapshot.users), *(role.name for role in snapshot.roles)}:
        return caller(_only_root(snapshot))
    named = split(text)
    if text == "*" or (named is None and "." in text and _is_service(text)):
        return caller(text)
    if named is None or (
        named.service == "iam" and named.kind in ("user", "role") and _complete(snapshot.account(named.account), named.kind)
    ):
        entity = snapshot.principal(text)
        return caller(entity.arn, ids=(entity.id,) if entity.id else None)
    who = caller(text, parent_arn=parent_arn)
    if who.kind == "session" and who.session is not None:
        role = snapshot.role_named(who.account, who.name)
        if role is not None:
            return caller(text, role_arn=role.arn, ids=(role.id,) if role.id else None)
        return msgspec.structs.replace(who, role_arn=None)  # its path is not in a session's ARN, so its ARN is not known (R10)
    entity_or_none = snapshot.by_arn(text)
    identity = getattr(entity_or_none, "id", "") if entity_or_none is not None else ""
    return caller(text, parent_arn=parent_arn, ids=(identity,)) if identity else who


def roots(snapshot: Snapshot) -> tuple[str, ...]:
    """The ARN of the root of every account that has an id."""
    arns = [role.arn for role in snapshot.roles[:1]] + [user.arn for user in snapshot.users[:1]]
    partition = arns[0].split(":")[1] if arns else "aws"
    return tuple(f"arn:{partition}:iam::{account.id}:{ROOT}" for account in snapshot.accounts if account.id)


def _only_root(snapshot: Snapshot) -> str:
    found = roots(snapshot)
    if len(found) == 1:
        return found[0]
    what = f"{ROOT} is ambiguous: {listed(found)}" if found else f"nothing says of which account {ROOT} is meant"
    raise UserError(what, todo="name it by its ARN, arn:aws:iam::ACCOUNT:root")


def _is_service(text: str) -> bool:
    try:
        return caller(text).kind == "service"
    except UserError:
        return False


def _complete(account: Account | None, kind: str) -> bool:
    """Whether every user or role of the account is in the snapshot, so that one that is missing does not exist."""
    return account is not None and (account.users_collected if kind == "user" else account.roles_collected)


def entity_of(snapshot: Snapshot, who: Caller) -> User | Role | None:
    """The user or role whose policies, tags and boundary are the caller's; None where it is not in the data or has none."""
    arn = {"user": who.arn, "session": who.role_arn, "federated-user": who.parent_arn}.get(who.kind)
    found = snapshot.by_arn(arn) if arn else None
    return found if isinstance(found, (User, Role)) else None


def principal_tags(snapshot: Snapshot, who: Caller) -> Tags | None:
    entity = entity_of(snapshot, who)
    return entity.tags if entity else None


def resource_tags(snapshot: Snapshot, resource: str) -> Tags | None:
    """The tags that aws:ResourceTag would carry; None where they are not known. S3 looks at bucket tags only with ABAC on."""
    found = snapshot.resource_for(resource)
    if found is None:
        entity = snapshot.by_arn(resource)
        return entity.tags if isinstance(entity, (User, Role)) else None
    if found.type == "s3:bucket":
        enabled = found.details.get("AbacEnabled")
        return None if enabled is None or found.arn != resource else found.tags if enabled else ()
    return found.tags


def owner_of(snapshot: Snapshot, resource: str) -> str | None:
    """The account that owns a resource whose ARN does not say (an S3 bucket), where the snapshot knows it."""
    found = snapshot.resource_for(resource)
    return found.account if found else None


def organization_of(snapshot: Snapshot, account: str | None) -> Organization:
    found = snapshot.account(account) if account else None
    return Organization(found.organization_id, found.organization_path) if found else Organization()


def layers_of(snapshot: Snapshot, request: Request, *, session: tuple[Held, ...] | None = None, uncollected: str = "unknown") -> Layers:
    """The layers of `request` from the account data. `session` are the session policies given with the question; `uncollected`
    is `unknown`, or `none` to assume that a layer which was not collected does not exist."""
    found = Layers(
        identity=_identity(snapshot, request.caller),
        boundary=_boundary(snapshot, request.caller),
        session=layers.of("session", session) if session else layers.none("session", _session_note(request.caller, session)),
        resource=_resource(snapshot, request),
        scp=_control(snapshot, "scp", request.caller.account, request.resource),
        rcp=_control(snapshot, "rcp", request.resource_account, request.resource),
        vpce=_endpoint(snapshot, request),
        public_access=_public_access(snapshot, request),
    )
    return found if uncollected == "unknown" else assume_none(found)


def assume_none(found: Layers) -> Layers:
    """The layers as they would be if what was not collected did not exist."""
    assumed = {name: layers.none(name, ASSUMED) for name in ASSUMABLE if found.get(name).exists is None}
    public = False if found.public_access is None else found.public_access
    return Layers(
        identity=found.identity,
        boundary=found.boundary,
        session=found.session,
        resource=assumed.get("resource", found.resource),
        scp=assumed.get("scp", found.scp),
        rcp=assumed.get("rcp", found.rcp),
        vpce=assumed.get("vpce", found.vpce),
        public_access=public,
    )


def _identity(snapshot: Snapshot, who: Caller) -> Layer:
    if who.kind not in ("user", "session", "federated-user"):
        return layers.none("identity")
    entity = entity_of(snapshot, who)
    if entity is None:
        what = {"user": "this user", "session": "the role of this session", "federated-user": "the user behind this session"}[who.kind]
        return layers.not_known("identity", f"{what} is not in the data")
    return layers.of("identity", policies.policies_of(snapshot, entity))


def _boundary(snapshot: Snapshot, who: Caller) -> Layer:
    entity = entity_of(snapshot, who)
    if entity is None:
        known_none = who.kind not in ("user", "session", "federated-user")
        return layers.none("boundary") if known_none else layers.not_known("boundary", "the principal is not in the data")
    boundary = policies.boundary_of(snapshot, entity)
    return layers.of("boundary", (boundary,)) if boundary else layers.none("boundary", f"{entity.name} has none")


def _session_note(who: Caller, session: tuple[Held, ...] | None) -> str:
    if who.kind != "session" or session is not None:
        return ""
    return "assumed: the session was made without one"


def _resource(snapshot: Snapshot, request: Request) -> Layer:
    if services.is_trust(request.action, request.resource):
        return _trust(snapshot, request)
    if not services.has_resource_policy(request.action, request.resource):
        where = "the call has no resource" if request.resource == NO_RESOURCE else f"{request.service} has none for this"
        return layers.none("resource", where)
    found = snapshot.resource_for(request.resource)
    if found is None:
        return layers.not_known("resource", "this resource is not in the data" if not request.any_resource else "no resource is named")
    held = policies.policy_of(found)
    if held is None:
        return layers.none("resource", f"{found.name or found.arn} has none")
    return (
        layers.of("resource", (held,))
        if held.known
        else layers.not_known("resource", f"the policy of {found.name or found.arn} was not collected")
    )


def _trust(snapshot: Snapshot, request: Request) -> Layer:
    role = snapshot.by_arn(request.resource)
    if isinstance(role, Role):
        held = policies.trust_of(role)
        return (
            layers.of("resource", (held,))
            if held.known
            else layers.not_known("resource", f"the trust policy of {role.name} was not collected")
        )
    if not request.any_resource and _complete(snapshot.account(request.resource_account or ""), "role"):
        return layers.none("resource", "this role does not exist in the account that was collected")
    return layers.not_known("resource", "this role is not in the data" if not request.any_resource else "no role is named")


def _control(snapshot: Snapshot, kind: str, account_id: str | None, resource: str) -> Layer:
    whose = "caller's" if kind == "scp" else "resource owner's"
    account = snapshot.account(account_id) if account_id else None
    if account is None:
        return layers.not_known(kind, f"the {whose} account is not in the data")
    if account.is_management:
        return layers.none(kind, f"{account.id} is the management account, which they do not bind")
    levels = account.scps if kind == "scp" else account.rcps
    if levels is None:
        return layers.not_known(kind, "not collected")
    if not levels:
        return layers.none(kind, "none apply to this account")
    return Layer(kind, True, tuple(_level(level, kind) for level in levels))


def _level(level: ControlLevel, kind: str) -> Level:
    return Level(tuple(policies.control(item, kind) for item in level.policies), level.target_name or level.target_id)


def _endpoint(snapshot: Snapshot, request: Request) -> Layer:
    """Only a request that is said to come through an endpoint has this layer (R4, R109)."""
    value = request.context.get("aws:SourceVpce")
    if value.state != "present":
        through = any(request.context.get(key).state == "present" for key in ("aws:SourceVpc", "aws:VpcSourceIp"))
        return (
            layers.not_known("vpce", "which VPC endpoint the call comes through is not known")
            if through
            else layers.none("vpce", "no VPC endpoint is named")
        )
    for account in snapshot.accounts:
        for endpoint in account.vpc_endpoints or ():
            if endpoint.id == value.values[0]:
                return _endpoint_layer(endpoint)
    return layers.not_known("vpce", f"the policy of {value.values[0]} is not in the data")


def _endpoint_layer(endpoint: VpcEndpoint) -> Layer:
    if endpoint.policy is UNSET:
        return layers.not_known("vpce", f"the policy of {endpoint.id} was not collected")
    if endpoint.policy is None:
        return layers.none("vpce", f"{endpoint.id} has the default policy, which allows all")
    return layers.of("vpce", (Held(endpoint.arn or endpoint.id, f"policy of {endpoint.id}", "vpce", endpoint.arn, raw=endpoint.policy),))


def _public_access(snapshot: Snapshot, request: Request) -> bool | None:
    """RestrictPublicBuckets of the bucket or of its account; the stricter one counts (R110)."""
    if request.service != "s3" or request.resource == NO_RESOURCE:
        return False
    found = snapshot.resource_for(request.resource)
    owner = snapshot.account(request.resource_account) if request.resource_account else None
    settings = [
        _restricts(found.details.get("PublicAccessBlock", UNSET)) if found else None,
        _restricts(owner.public_access_block) if owner else None,
    ]
    return True if True in settings else None if None in settings else False


def _restricts(block: object) -> bool | None:
    if not isinstance(block, Mapping):
        return None
    value = block.get("RestrictPublicBuckets")
    return value if isinstance(value, bool) else None
