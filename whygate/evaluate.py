"""How the layers combine into a verdict. Reads like AWS's evaluation page: R83 is `_core` and `evaluate`, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from whygate import services
from whygate.layers import ORDER, Layer, Layers
from whygate.logic import FALSE, TRUE, Truth, Unknown, all_of, any_of, negate, unknown
from whygate.public_access import restricted
from whygate.request import Request
from whygate.statements import Layered, together

ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY, DEPENDS = "allowed", "explicitDeny", "implicitDeny", "depends"

NO_PERMISSION_NEEDED = "sts:GetCallerIdentity"


class Outcome(msgspec.Struct, frozen=True):
    """What one layer says: whether it applies to this request at all, whether a Deny matches, whether it lets the request pass
    (for identity and resource: whether it allows), and its levels."""

    layer: Layer
    applies: bool
    deny: Truth
    allow: Truth
    levels: tuple[Layered, ...]
    note: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing in it is left open."""
        return all(not level.doubts and all(match.applies.value is not None for match in level.matches) for level in self.levels)

    def granted(self, grade: str) -> Truth:
        return any_of(level.granted(grade) for level in self.levels) if self.applies else FALSE


class Verdict(msgspec.Struct, frozen=True):
    """`verdict` is allowed, explicitDeny, implicitDeny or depends (R1); `unknowns` is what a `depends` hangs on. `access`, `core` and
    `grants` (resource-based grades by name) are kept for the explanation, `notes` are for the reader."""

    request: Request
    layers: Layers
    verdict: str
    outcomes: dict[str, Outcome]
    access: Truth
    core: Truth
    deny: Truth
    grants: dict[str, Truth]
    public_access: Truth = FALSE
    notes: tuple[str, ...] = ()

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        return self.access.unknowns if self.verdict == DEPENDS else ()


def evaluate(request: Request, layers: Layers, settled: Mapping[str, Outcome] | None = None) -> Verdict:
    """Decide one request (R1, R83). Pure; never raises for what a policy says. `settled` holds outcomes of layers that are known
    already, from the same request with fewer things known."""
    has_boundary = _has_boundary(request, layers.boundary)
    known = settled or {}
    outcomes = {name: known[name] if name in known else _outcome(layers.get(name), request, has_boundary) for name in ORDER}
    held_back = {"resource": negate(_repairs_bucket_policy(request))}
    deny = any_of(all_of([outcome.deny, held_back.get(name, TRUE)]) for name, outcome in outcomes.items() if outcome.applies)
    public = restricted(request, layers, outcomes["resource"].levels)
    core, grants = _core(request, outcomes, layers)
    gates = [outcomes[name].allow for name in ("scp", "vpce") if outcomes[name].applies]  # RCPs only deny (R102)
    access = all_of([core, _signed_well(request), *gates, negate(deny), negate(public)])
    if request.is_action(NO_PERMISSION_NEEDED) and request.caller.is_principal:  # even under an explicit Deny (R95)
        deny, access = FALSE, TRUE
    if deny.value is True or (public.value is True and access.value is False):
        verdict = EXPLICIT_DENY
    else:
        verdict = {True: ALLOWED, False: IMPLICIT_DENY, None: DEPENDS}[access.value]
    return Verdict(request, layers, verdict, outcomes, access, core, deny, grants, public)


def combine(verdicts: list[Verdict]) -> Verdict:
    """The verdict of a call that needs several checks, and so the check that decided (R6)."""
    order = (EXPLICIT_DENY, IMPLICIT_DENY, DEPENDS, ALLOWED)
    return min(verdicts, key=lambda item: order.index(item.verdict))


def _has_boundary(request: Request, layer: Layer) -> Truth:
    """Whether the caller has a permissions boundary, as NotPrincipal with Deny asks (R41)."""
    if request.caller.kind not in ("user", "session", "federated-user") or layer.exists is False:
        return FALSE
    if layer.exists is None:
        return unknown(_not_known(layer))
    if request.caller.kind == "federated-user":
        return unknown(
            Unknown("rule", "R41", "whether the boundary of the user behind a federated session counts as the session's is not documented")
        )
    return TRUE


def _repairs_bucket_policy(request: Request) -> Truth:
    """Root may always repair a bucket policy that locks everybody out, the policy's own Deny notwithstanding (R105). Only that
    of an own bucket, so that it hangs on the bucket's owner where that is not known (R15)."""
    repairs = request.is_action("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
    return request.same_account if request.caller.kind == "root" and repairs else FALSE


def _not_known(layer: Layer) -> Unknown:
    return Unknown("layer", layer.name, layer.note)


def _outcome(layer: Layer, request: Request, has_boundary: Truth) -> Outcome:
    why_not = _not_applicable(layer.name, request)
    if why_not or layer.exists is False:
        return Outcome(layer, False, FALSE, TRUE, (), why_not)
    if layer.exists is None:
        doubt = unknown(_not_known(layer))
        level = Layered(doubt, doubt, (), doubt.unknowns)
        return Outcome(layer, True, doubt, TRUE if layer.name == "rcp" else doubt, (level,))
    levels = tuple(
        together(level.policies, request, has_boundary, layer.missing if index == 0 else ()) for index, level in enumerate(layer.levels)
    )
    deny = any_of(level.deny for level in levels)
    allow = TRUE if layer.name == "rcp" else all_of(level.allow for level in levels)  # every level must allow (R96)
    return Outcome(layer, True, deny, allow, levels)


def _not_applicable(name: str, request: Request) -> str:
    """Why a layer has no say over this caller or call, whatever it holds; empty where it has."""
    caller = request.caller
    if name == "scp":
        if not caller.is_principal:
            return "SCPs bind only users, roles and root of member accounts (R98)"
        return "SCPs do not bind service-linked roles (R98)" if caller.service_linked else ""
    if name == "rcp":
        if not services.rcp_reaches(request.action):
            return f"RCPs do not cover {request.service} (as of {services.DATE}, R103)"
        linked = caller.service_linked or (
            services.is_trust(request.action, request.resource) and ":role/aws-service-role/" in request.resource
        )
        return "RCPs do not bind service-linked roles (R101)" if linked else ""
    if name in ("identity", "boundary") and caller.kind == "root":
        return "the root user has none (R105)"
    if name in ("identity", "boundary", "session") and not caller.is_principal:
        return "only users, roles and their sessions have one"
    if name == "boundary" and caller.service_linked:
        return "a service-linked role can have none (R99)"
    if name == "session" and caller.kind == "user":
        return "a user's own credentials carry none (R89)"
    return ""


def _core(request: Request, outcomes: dict[str, Outcome], layers: Layers) -> tuple[Truth, dict[str, Truth]]:
    """Whether some policy grants: the middle of R83, with the grades that the resource-based policy grants."""
    resource, caller = outcomes["resource"], request.caller
    grants = {grade: resource.granted(grade) for grade in ("star", "direct", "role", "fed-parent", "account")}
    boundary_ok = outcomes["boundary"].allow
    session_ok = _session_ok(request, outcomes["session"], layers.session)
    identity = _identity(request, outcomes["identity"], boundary_ok, session_ok)

    if caller.kind == "provider":
        return grants["direct"], grants
    if caller.kind in ("service", "anonymous"):
        return any_of([grants["direct"], grants["star"]]), grants
    forbidden = _forbidden(request)
    if forbidden is not None:
        return forbidden, grants

    limited = all_of([any_of([grants["role"], grants["fed-parent"]]), boundary_ok, session_ok])
    bypassing = any_of([grants["star"], grants["direct"], limited])
    if services.policy_is_mandatory(request.action, request.resource):
        within = any_of([bypassing, all_of([grants["account"], identity])])
    else:
        within = any_of([bypassing, identity])
    across = all_of([any_of(grants.values()), identity])
    same = request.same_account
    if same.value is None and within.value is across.value and within.value is not None:
        return within, grants
    return any_of([all_of([same, within]), all_of([negate(same), across])]), grants


def _identity(request: Request, identity: Outcome, boundary_ok: Truth, session_ok: Truth) -> Truth:
    """The caller's own side, cut by boundary and session policy."""
    if not request.caller.is_principal:
        return FALSE
    if request.caller.kind == "root":
        return session_ok
    allow = identity.allow if identity.applies else FALSE
    return all_of([allow, boundary_ok, session_ok])


def _session_ok(request: Request, session: Outcome, layer: Layer) -> Truth:
    if request.caller.kind == "federated-user" and layer.exists is False:
        return FALSE  # a federated-user session without a session policy gets nothing from identity policies (R89)
    return session.allow


def _signed_well(request: Request) -> Truth:
    """What GetSessionToken credentials cannot do: IAM without MFA, and STS but AssumeRole and GetCallerIdentity (R89)."""
    if request.credential != "session-token" or request.caller.kind not in ("user", "root"):
        return TRUE
    if request.service == "sts" and not request.is_action("sts:AssumeRole", NO_PERMISSION_NEEDED):
        return FALSE
    if request.service != "iam":
        return TRUE
    mfa = request.context.get("aws:MultiFactorAuthPresent")
    if mfa.state == "unknown":
        return unknown(Unknown("context", "aws:MultiFactorAuthPresent"))
    return TRUE if [value.lower() for value in mfa.values] == ["true"] else FALSE


def _forbidden(request: Request) -> Truth | None:
    """Calls that some credentials can never make, or always may, whatever policies say (R89, R95); None for all others."""
    kind = request.caller.kind
    if kind == "root" and request.is_action("sts:AssumeRole"):
        return FALSE
    if kind == "federated-user" and request.service in ("iam", "sts") and not request.is_action(NO_PERMISSION_NEEDED):
        return FALSE
    if kind in ("user", "root") and request.is_action("sts:GetSessionToken"):
        return TRUE
    return None
