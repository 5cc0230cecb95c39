"""Scenario files: authorization questions as data, and the answers. A row brings its own policies or takes them from a snapshot.

Reading a file into rows (JSON Lines, a list, YAML) is not done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from whygate import callers, collect, layers, policies, question, services, textract
from whygate.callers import Caller
from whygate.errors import UserError
from whygate.evaluate import ALLOWED, DEPENDS, EXPLICIT_DENY, IMPLICIT_DENY, Verdict, combine, evaluate
from whygate.layers import Layer, Layers, Level
from whygate.matching import NO_RESOURCE
from whygate.question import Options, Target
from whygate.remarks import remarks
from whygate.request import Request, owner
from whygate.snapshot import Snapshot

UNKNOWN = "unknown"
WHAT_IF = "what if: only the policies given are looked at; no SCP, RCP, resource-based policy or permissions boundary is assumed"
VERDICTS = (ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY, DEPENDS)

_DOCUMENTS = ("identity_policies", "permissions_boundary", "session_policies", "vpc_endpoint_policies")
_LEVELS = ("scps", "rcps")
KEYS = (
    "id",
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
    "missing_context",
    *_DOCUMENTS,
    "resource_policy",
    *_LEVELS,
    "expected",
    "wildcard_only_action",
)
_CONDITION_KEY = re.compile(r"[^\s:]+:\S.*")
# Scenario key, layer, and the kind of its policies, for layers that are a list of documents.
_LAYERS = (
    ("identity_policies", "identity", "inline"),
    ("permissions_boundary", "boundary", "boundary"),
    ("session_policies", "session", "session"),
    ("vpc_endpoint_policies", "vpce", "vpce"),
)


class Row(msgspec.Struct, frozen=True):
    """One scenario as it stood in a file: its value, its line (from 1), and the line of each of its keys where that is known."""

    value: object
    line: int
    lines: Mapping[str, int] = {}


class Scenario(msgspec.Struct, frozen=True):
    """A checked scenario. `given` holds the layer keys that are there: documents, levels, or the text `unknown`."""

    id: str
    principal: str
    action: str
    resources: tuple[str, ...]
    resource_account: str | None
    context: Mapping[str, object]
    missing_context: str
    given: Mapping[str, Any]
    expected: str
    wildcard_only: bool
    line: int


def read(rows: Iterable[Row]) -> tuple[Scenario, ...]:
    """Checked scenarios; raises `UserError` that names the line, the key and what was expected."""
    found: list[Scenario] = []
    seen: dict[str, int] = {}
    for position, row in enumerate(rows, 1):
        scenario = _scenario(row, position)
        if scenario.id in seen:
            raise UserError(
                f"the id {scenario.id!r} stands on line {seen[scenario.id]} already",
                where=f"line {row.line}",
                todo="give each scenario its own",
            )
        seen[scenario.id] = row.line
        found.append(scenario)
    return tuple(found)


def _scenario(row: Row, position: int) -> Scenario:
    value = row.value
    if not isinstance(value, Mapping):
        raise UserError("a scenario is an object", where=f"line {row.line}", todo="see docs/scenarios.md for its keys")

    def wrong(key: str, wanted: str) -> UserError:
        return UserError(f"{key} must be {wanted}", where=f"line {row.lines.get(key, row.line)}")

    for key in value:
        if key not in KEYS:
            near = next((name for name in KEYS if name.replace("_", "") == str(key).replace("_", "").replace("-", "").lower()), "")
            todo = f"it is spelled {near}" if near else f"the keys are {', '.join(KEYS)}"
            raise UserError(f"unknown key {key!r}", where=f"line {row.lines.get(str(key), row.line)}", todo=todo)
    for key in ("principal", "action"):
        if not isinstance(value.get(key), str) or not value[key]:
            raise wrong(key, "there, as text")
    resources = value.get("resource", NO_RESOURCE)
    listed = resources if isinstance(resources, list) else [resources]
    if not listed or not all(isinstance(item, str) and item for item in listed):
        raise wrong("resource", "an ARN, a list of ARNs, or *")
    account = value.get("resource_account")
    if account is not None and not (isinstance(account, str) and account.isdigit() and len(account) == 12):
        raise wrong("resource_account", "a text of 12 digits")
    context = value.get("context", {})
    if not isinstance(context, Mapping):
        raise wrong("context", "an object of condition keys")
    for key in context:
        if not _CONDITION_KEY.fullmatch(key):
            raise wrong("context", f"an object of condition keys such as aws:SourceIp, and {key!r} is none")
    missing = value.get("missing_context", UNKNOWN)
    if missing not in (UNKNOWN, "absent"):
        raise wrong("missing_context", "unknown or absent")
    expected = value.get("expected")
    if expected is not None and expected not in VERDICTS:
        raise wrong("expected", f"one of {', '.join(VERDICTS)}")
    if not isinstance(value.get("wildcard_only_action", False), bool):
        raise wrong("wildcard_only_action", "true or false")
    identity = value.get("id")
    if identity is not None and (isinstance(identity, bool) or not isinstance(identity, (str, int))):
        raise wrong("id", "text")
    given = {key: _layer_value(key, value[key], wrong) for key in (*_DOCUMENTS, "resource_policy", *_LEVELS) if value.get(key) is not None}
    return Scenario(
        id=str(identity) if identity is not None else str(position),
        principal=value["principal"],
        action=value["action"],
        resources=tuple(listed),
        resource_account=account,
        context=context,
        missing_context=missing,
        given=given,
        expected=expected or "",
        wildcard_only=value.get("wildcard_only_action", False),
        line=row.line,
    )


def _layer_value(key: str, value: Any, wrong: Any) -> Any:
    if value == UNKNOWN:
        return UNKNOWN
    if key == "resource_policy":
        if not isinstance(value, (Mapping, str, list)):
            raise wrong(key, "one policy document, or unknown")
        return None if value == [] else value
    if not isinstance(value, list):
        raise wrong(key, f"a list of {'levels' if key in _LEVELS else 'policy documents'}, or unknown")
    if key in _LEVELS and not all(isinstance(level, list) for level in value):
        raise wrong(key, "a list of levels, each a list of policy documents")
    documents = [item for level in value for item in level] if key in _LEVELS else value
    if not all(isinstance(item, (Mapping, str, list)) for item in documents):
        raise wrong(key, f"a list of {'levels, each a list of ' if key in _LEVELS else ''}policy documents, which are objects")
    return value


def answer(scenario: Scenario, snapshot: Snapshot | None, options: Options | None = None) -> Verdict:
    """The verdict of a scenario; for several resources the one that decided (R6). Raises `UserError` that names the line."""
    options = msgspec.structs.replace(
        options or Options(),
        missing_context=scenario.missing_context,
        resource_account=scenario.resource_account,
        wildcard_only=scenario.wildcard_only,
    )
    try:
        return combine([_one(scenario, resource, snapshot, options) for resource in scenario.resources])
    except UserError as error:
        raise UserError(error.what, where=f"line {scenario.line} (scenario {scenario.id})", todo=error.todo) from None


def what_if(
    principal: str,
    action: str,
    resource: str,
    identity: Sequence[object],
    context: Mapping[str, object] | None = None,
    options: Options | None = None,
) -> Verdict:
    """The verdict for a principal of no account that holds these identity-based policies and nothing else: a scenario without a file.

    `principal` is an ARN, `resource` as in `question.ask`. Every other layer is none, but for session policies in `options`.
    """
    options = options or Options()
    given: dict[str, Any] = {"identity_policies": list(identity)}
    if options.session_policies is not None:
        given["session_policies"] = list(options.session_policies)
    scenario = Scenario(
        "", principal, action, (resource,), options.resource_account, context or {}, options.missing_context, given, "", False, 0
    )
    verdict = _one(scenario, resource, None, options)
    return msgspec.structs.replace(verdict, notes=(*verdict.notes, WHAT_IF))


def _one(scenario: Scenario, resource: str, snapshot: Snapshot | None, options: Options) -> Verdict:
    inline = "identity_policies" in scenario.given
    who = _caller(scenario, snapshot if not inline else None)
    if not inline and snapshot is None and who.is_principal and who.kind != "root":
        raise UserError("there is no SOURCE, so the scenario must bring identity_policies", todo="add them, or name a SOURCE")
    action = question.canonical_action(scenario.action)
    target = question.target(who, action, resource, options.wildcard_only)
    account = question.owner_named(target.resource, options.resource_account)

    def decide(target: Target) -> Verdict:
        owned = account if target.resource != NO_RESOURCE else None
        owned = owned or owner(target.resource, who) or (collect.owner_of(snapshot, target.resource) if snapshot else None)
        request = question.request_for(snapshot, who, action, target, owned, scenario.context, options)
        return evaluate(request, _layers(scenario, request, None if inline else snapshot, options))

    verdict = decide(target)
    if services.is_adapter_analysis(action, target.resource):
        verdict = textract.together(verdict, decide(Target(NO_RESOURCE)))
    return msgspec.structs.replace(verdict, notes=(*remarks(snapshot, verdict, target.notes), *verdict.notes))


def _caller(scenario: Scenario, snapshot: Snapshot | None) -> Caller:
    return collect.caller_of(snapshot, scenario.principal) if snapshot else callers.caller(scenario.principal)


def _layers(scenario: Scenario, request: Request, snapshot: Snapshot | None, options: Options) -> Layers:
    """The snapshot's layers with those of the scenario in their place; without a snapshot what is left out is none."""
    found = collect.layers_of(snapshot, request, uncollected=options.uncollected) if snapshot else Layers(identity=layers.none("identity"))
    replaced: dict[str, Layer] = {}
    for key, name, kind in _LAYERS:
        if key in scenario.given:
            replaced[name] = _documents(scenario.given[key], name, kind)
    if "resource_policy" in scenario.given:
        kind = "trust" if services.is_trust(request.action, request.resource) else "resource"
        document = scenario.given["resource_policy"]
        replaced["resource"] = _documents(document if document in (None, UNKNOWN) else [document], "resource", kind)
    for key, name in (("scps", "scp"), ("rcps", "rcp")):
        if key in scenario.given:
            replaced[name] = _levels(scenario.given[key], name)
    return msgspec.structs.replace(found, **replaced)


def _documents(value: Any, name: str, kind: str) -> Layer:
    if value == UNKNOWN:
        return layers.not_known(name, "given as unknown")
    if not value and name != "identity":
        return layers.none(name)
    title = layers.TITLES[name]
    return layers.of(name, tuple(policies.given(item, kind, f"{title} {number}") for number, item in enumerate(value or (), 1)))


def _levels(value: Any, name: str) -> Layer:
    if value == UNKNOWN:
        return layers.not_known(name, "given as unknown")
    if not value:
        return layers.none(name)
    return Layer(
        name,
        True,
        tuple(
            Level(tuple(policies.given(item, name, f"{name} {number}.{index}") for index, item in enumerate(level, 1)), f"level {number}")
            for number, level in enumerate(value, 1)
        ),
    )
