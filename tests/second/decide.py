"""Sections 5 and 6 of the reference: the layers of a row, and how they combine (R81-R109)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from second import callers
from second.callers import Who
from second.conditions import block
from second.context import Context
from second.grammar import document, malformed, statements, variables
from second.matching import GRADES, grades, statement_action, statement_principal, statement_resource
from second.three import Three, all_of, any_of, negate

# R103, as far as rows use services.
RCP_SERVICES = ("s3", "sts", "kms", "sqs", "textract")

_REPAIRS = ("s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy")

LAYERS = {
    "scp": "scps",
    "rcp": "rcps",
    "vpce": "vpce",
    "resource": "resource_policy",
    "identity": "identity",
    "boundary": "boundary",
    "session": "session",
}
"""Each layer and its field in a row."""

Place = tuple[int, int, int]
"""Level, document and statement, each counted from 0."""


@dataclass
class Level:
    """What the documents of one level say together (R82). `granted` is what an Allow gives by grade."""

    deny: Three = False
    allow: Three = False
    granted: dict[str, Three] = field(default_factory=lambda: dict.fromkeys(GRADES, False))


@dataclass
class Layer:
    exists: Three
    levels: list[Level]
    denies: set[Place] = field(default_factory=set)
    allows: set[Place] = field(default_factory=set)

    @property
    def deny(self) -> Three:
        return None if self.exists is None else any_of(level.deny for level in self.levels)

    @property
    def passes(self) -> Three:
        """Whether there is no such layer, or each of its levels allows."""
        return None if self.exists is None else all_of(level.allow for level in self.levels)

    @property
    def allow(self) -> Three:
        return self.passes if self.levels or self.exists is None else False

    def granted(self, grade: str) -> Three:
        return None if self.exists is None else any_of(level.granted[grade] for level in self.levels)


@dataclass
class Decision:
    """`layers` are those that apply to the request; `unknown` the condition keys that were asked for and are not known."""

    verdict: str
    layers: dict[str, Layer]
    context: Context
    who: Who


def decide(row: dict[str, Any]) -> Decision:
    """The verdict of an `eval` row. Raises `NotSaidError` where the reference leaves open what holds."""
    who, action, resource = callers.read(row), row["action"], row["resource"]
    owner = row.get("resource_account") or (resource.split(":", 5)[4] if resource != "*" else who.account) or None
    context = Context(row.get("ctx", {}), who, action, resource, owner)
    boundary = row.get("boundary") if who.kind in ("user", "session") else None
    has_boundary = None if boundary == "unknown" else boundary is not None
    layers = {
        name: _layer(row, name, who, context, has_boundary)
        for name in LAYERS
        if row.get(LAYERS[name]) not in (None, []) or (row.get(LAYERS[name]) == [] and name not in ("scp", "rcp"))
        if _applies(name, who, row)
    }
    verdict = _combine(row, who, layers, owner)
    return Decision(verdict, layers, context, who)


def _combine(row: dict[str, Any], who: Who, layers: dict[str, Layer], owner: str | None) -> str:
    """R83."""
    nothing = Layer(False, [])
    if row["action"].lower() == "sts:getcalleridentity" and who.in_account:  # R95
        return "allowed"
    denies = {name: layer.deny for name, layer in layers.items()}
    if who.kind == "root" and row["action"].lower() in _REPAIRS:  # R105: of the root user's own bucket
        denies["resource"] = all_of([denies.get("resource", False), None if owner is None else owner != who.account])
    deny = any_of(denies.values())
    if deny is True:
        return "explicitDeny"
    ok = {name: layers[name].passes if name in layers else True for name in ("scp", "vpce")}  # RCPs: R102
    core = _core(row, who, layers, layers.get("resource", nothing), owner)
    access = all_of([core, ok["scp"], ok["vpce"], negate(deny)])
    return {True: "allowed", False: "implicitDeny", None: "depends"}[access]


def _core(row: dict[str, Any], who: Who, layers: dict[str, Layer], policy: Layer, owner: str | None) -> Three:
    action, service = row["action"].lower(), row["action"].lower().partition(":")[0]
    if who.kind in ("service", "anonymous"):
        return any_of([policy.granted("direct"), policy.granted("star")])
    if who.kind == "provider":
        return policy.granted("direct")  # a star does not let it in (R95)
    if who.kind == "root" and action == "sts:assumerole":  # R95
        return False
    if who.kind == "fed" and service in ("iam", "sts"):  # R89
        return False
    boundary_ok = layers["boundary"].passes if "boundary" in layers else True
    session_ok = layers["session"].passes if "session" in layers else who.kind != "fed"
    identity = all_of([layers["identity"].allow if "identity" in layers else False, boundary_ok, session_ok])
    if who.kind == "root":
        identity = session_ok  # R105
    first_lines = [
        policy.granted("star"),
        policy.granted("direct"),
        all_of([policy.granted("role"), boundary_ok, session_ok]),
        all_of([policy.granted("fed-parent"), boundary_ok, session_ok]),
    ]
    if _mandatory(service, row["resource"]):
        same = any_of([*first_lines, all_of([policy.granted("account"), identity])])
    else:
        same = any_of([*first_lines, identity])
    cross = all_of([any_of(policy.granted(grade) for grade in GRADES), identity])
    if owner is None:  # R15: itself unknown
        return same if same is cross else None
    return same if owner == who.account else cross


def _mandatory(service: str, resource: str) -> bool:
    """R92-R94: KMS keys and role trust."""
    kind = resource.split(":", 5)[5].partition("/")[0] if resource != "*" else ""
    return (service, kind) in (("kms", "key"), ("sts", "role"))


def _applies(name: str, who: Who, row: dict[str, Any]) -> bool:
    service = row["action"].lower().partition(":")[0]
    match name:
        case "scp":  # R98
            return who.in_account and not who.service_linked
        case "rcp":  # R101, R103
            if row["action"].lower() == "kms:retiregrant":
                return False
            return service in RCP_SERVICES and not who.service_linked and ":role/aws-service-role/" not in row["resource"]
        case "identity":  # R105, R106
            return who.kind in ("user", "session", "fed")
        case "boundary":  # R88, R99
            return who.kind in ("user", "session", "fed") and not who.service_linked
        case "session":  # R83, R89, R105
            return who.kind in ("session", "fed", "root")
    return True


def _layer(row: dict[str, Any], name: str, who: Who, context: Context, has_boundary: Three) -> Layer:
    given = row[LAYERS[name]]
    if given == "unknown":
        return Layer(None, [])
    layer = Layer(True, [])
    kind = "trust" if name == "resource" and context.action.lower().startswith("sts:") and ":role/" in context.resource else name
    for number, item in enumerate(given if name in ("scp", "rcp") else [given]):
        several = item["policies"] if isinstance(item, dict) and "policies" in item else [item]
        level = Level()
        for at, one in enumerate(several):
            _add(level, layer, (number, at), document(one), kind, who, context, has_boundary)
        layer.levels.append(level)
    return layer


def _add(level: Level, layer: Layer, place: tuple[int, int], doc: Any, kind: str, who: Who, context: Context, has_boundary: Three) -> None:
    if malformed(doc, kind):  # R53
        level.deny = any_of([level.deny, None])
        level.allow = any_of([level.allow, None])
        level.granted = {grade: any_of([value, None]) for grade, value in level.granted.items()}
        return
    for index, statement in enumerate(statements(doc)):
        rest = all_of(  # R19
            [
                statement_action(statement, context.action),
                statement_resource(statement, context.resource, context, variables=variables(doc), kind=kind),
                block(statement.get("Condition", {}), context, variables=variables(doc)),
            ]
        )
        applies = all_of([statement_principal(statement, who, has_boundary), rest])
        if applies is True:
            (layer.denies if statement["Effect"] == "Deny" else layer.allows).add((*place, index))
        if statement["Effect"] == "Deny":
            level.deny = any_of([level.deny, applies])
            continue
        level.allow = any_of([level.allow, applies])
        for grade, value in grades(statement.get("Principal", {}), who).items():
            level.granted[grade] = any_of([level.granted[grade], all_of([value, rest])])
