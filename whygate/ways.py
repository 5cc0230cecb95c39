"""The way from a principal to a resource as a graph: groups, policies, statements, and the layers that a request passes.

Made from an `Explanation`, which has decided everything already; nothing is evaluated here and nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from whygate import arn, collect, policies, services
from whygate.callers import Caller
from whygate.entities import Role, User
from whygate.errors import UserError
from whygate.explain import WORDS, Explanation, LayerReport, StatementReport
from whygate.policies import Held
from whygate.request import owner
from whygate.snapshot import Snapshot

PRINCIPAL, JOIN, GOAL = "principal", "join", "goal"
"""The keys of the two ends, and of where two sides come together."""

OWN = ("identity", "boundary", "session")
GATES = ("scp", "vpce", "rcp")
PASSES, MAYBE, STOPS = "passes", "maybe", "stops"

JOINED = {
    "own": "",
    "either": "one account: either side is enough",
    "both": "across accounts: both sides have to allow",
    "mandatory": "the resource's own policy has to let the caller in",
    "policy": "only the resource's own policy can allow it",
    "unknown": "whose account it is decides whether one side is enough",
}
"""How the principal's own policies and the resource-based policy come together (R83), and the words for it."""

_STATEMENT_WORDS = {"allow": "allows", "deny": "denies", "unknown": "unknown", "near": "near miss", "no-match": "out of scope"}
_DOCUMENTS = {"inline": "inline policy", "trust": "trust policy", "resource": "resource-based policy", "scp": "SCP", "rcp": "RCP"}
_CALLERS = {"federated-user": "federated user", "provider": "identity provider"}
_FLOWS = (PASSES, MAYBE, STOPS)


class Node(msgspec.Struct, frozen=True):
    """`kind` is principal, role (behind a session), group, policy, statement, layer, join or resource; `layer` the layer it belongs to.
    `leads` is where a reader would walk, as (kind, id) with the kind principal, policy or resource, empty for nowhere; `statement`
    the index of a statement, from 0. `says` is what a statement says, in a line, `through` the group that a policy comes by."""

    key: str
    kind: str
    title: str
    layer: str = ""
    says: str = ""
    leads: tuple[str, str] = ("", "")
    statement: int | None = None
    through: str = ""


class Edge(msgspec.Struct, frozen=True):
    """From one node to the next, by their keys. `decision` is a layer's (as in `explain`), or of a statement allow, deny, unknown, near
    or no-match; empty where nothing is decided, as between a user and a group. `flow` says of an edge between layers what is left of
    the request behind it: passes, maybe or stops. `deciding` edges are those that the verdict comes from."""

    source: str
    target: str
    decision: str = ""
    word: str = ""
    reason: str = ""
    flow: str = ""
    deciding: bool = False


class Way(msgspec.Struct, frozen=True):
    """The whole graph. `joined` is one of JOINED."""

    verdict: str
    headline: str
    reason: str
    principal: str
    action: str
    resource: str
    joined: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, key: str) -> Node:
        """The node called `key`."""
        return next(node for node in self.nodes if node.key == key)

    def into(self, key: str) -> tuple[Edge, ...]:
        """The edges that end in a node."""
        return tuple(edge for edge in self.edges if edge.target == key)

    def out_of(self, key: str) -> tuple[Edge, ...]:
        """The edges that begin in a node."""
        return tuple(edge for edge in self.edges if edge.source == key)


def way(explanation: Explanation, snapshot: Snapshot) -> Way:
    """The graph of one explained verdict, in the account that it was asked of."""
    return _Builder(explanation, snapshot).build()


class _Builder:
    """Puts nodes and edges together, in the order in which a reader meets them. Lives only as long as `way` runs."""

    def __init__(self, explanation: Explanation, snapshot: Snapshot) -> None:
        self._explanation = explanation
        self._snapshot = snapshot
        self._layers = {layer.layer: layer for layer in explanation.layers}
        self._deciding = explanation.layers[explanation.deciding]
        self._caller = _caller(snapshot, explanation.principal)
        self._entity = collect.entity_of(snapshot, self._caller)
        self._joined = _joined(snapshot, self._caller, explanation, self._layers["resource"])
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []

    def build(self) -> Way:
        explanation = self._explanation
        holder = self._principal()
        self._identity(holder)
        for name in (*OWN[1:], *GATES):
            self._documents(self._layers[name], "")
        self._documents(self._layers["resource"], PRINCIPAL if self._joined == "either" else "")
        if self._joined == "either":
            self._nodes[JOIN] = Node(JOIN, "join", "either side")
        self._nodes[GOAL] = self._resource()
        if not any(edge.source == PRINCIPAL for edge in self._edges):
            self._edges.append(Edge(PRINCIPAL, "identity", word="no policies of its own"))
        edges = _marked(self._edges)
        return Way(
            verdict=explanation.verdict,
            headline=explanation.headline,
            reason=explanation.reason,
            principal=explanation.principal,
            action=explanation.action,
            resource=explanation.resource,
            joined=self._joined,
            nodes=tuple(self._nodes.values()),
            edges=(*edges, *self._chain()),
        )

    def _series(self) -> tuple[str, ...]:
        """The layers that stand one behind the other."""
        return (*OWN, *GATES) if self._joined == "either" else (*OWN, *GATES, "resource")

    # Nodes

    def _principal(self) -> str:
        """The node of the caller and, for a session, that of its role; the key of the one that holds the policies."""
        who, entity = self._caller, self._entity
        if who.kind == "session" and who.session is not None:
            self._nodes[PRINCIPAL] = Node(PRINCIPAL, "principal", f"session {who.session}")
            if entity is None:
                return PRINCIPAL
            self._nodes[entity.arn] = Node(entity.arn, "role", f"role {entity.name}", leads=("principal", entity.arn))
            self._edges.append(Edge(PRINCIPAL, entity.arn, word="session of"))
            return entity.arn
        kind = "role" if who.kind == "session" else _CALLERS.get(who.kind, who.kind)
        title = kind if who.name in ("", kind) else f"{kind} {who.name}"
        leads = ("principal", entity.arn) if entity is not None else ("", "")
        self._nodes[PRINCIPAL] = Node(PRINCIPAL, "principal", title, leads=leads)
        return PRINCIPAL

    def _identity(self, holder: str) -> None:
        """The principal's own policies, by the group that they come through; also those that say nothing because nobody can read them."""
        layer = self._layers["identity"]
        entity = self._entity
        self._nodes["identity"] = Node("identity", "layer", layer.title, layer="identity")
        if entity is None:
            return
        by_place = _by_policy(layer)
        for held in policies.policies_of(self._snapshot, entity):
            reports = by_place.pop((held.through, held.key), ())
            self._policy(layer, self._group(held.through, holder) if held.through else holder, held, reports)
        self._remaining(layer, by_place, holder)

    def _group(self, name: str, holder: str) -> str:
        key = f"group {name}"
        if key not in self._nodes:
            found = self._snapshot.group_of(self._entity, name) if isinstance(self._entity, User) else None
            leads = ("principal", found.arn) if found is not None else ("", "")
            self._nodes[key] = Node(key, "group", f"group {name}", "identity", leads=leads)
            self._edges.append(Edge(holder, key, word="member of"))
        return key

    def _documents(self, layer: LayerReport, source: str) -> None:
        """A layer and the policies that it consists of; `source` is who is led to them, empty for nobody."""
        self._nodes[layer.layer] = Node(layer.layer, "layer", layer.title, layer=layer.layer)
        self._remaining(layer, _by_policy(layer), source)

    def _remaining(self, layer: LayerReport, by_place: dict[tuple[str, str], tuple[StatementReport, ...]], source: str) -> None:
        for reports in by_place.values():
            first = reports[0]
            held = _held(self._snapshot, first.policy_key)
            self._policy(layer, source, held or Held("", first.policy_name, layer.layer), reports)

    def _policy(self, layer: LayerReport, source: str, held: Held, reports: tuple[StatementReport, ...]) -> None:
        through = held.through or (reports[0].through if reports else "")
        name = reports[0].policy_name if reports else held.name
        key = f"{layer.layer} {through} {reports[0].policy_key if reports else held.key}"
        leads = ("policy", held.key) if _held(self._snapshot, held.key) is not None else ("", "")
        self._nodes[key] = Node(key, "policy", name, layer.layer, _kind(held), leads, through=through)
        if source:
            self._edges.append(Edge(source, key, word=_kind(held)))
        if not reports and held.key and held.problem:
            deciding = self._deciding is layer and layer.decision == "unknown"
            self._edges.append(Edge(key, layer.layer, "unknown", "unknown", held.problem, deciding=deciding))
        for report in reports:
            self._statement(layer, key, held, report)

    def _statement(self, layer: LayerReport, policy: str, held: Held, report: StatementReport) -> None:
        key = f"{policy}#{report.index}"
        statement = next((each for each in held.policy.statements if each.index == report.index), None) if held.key else None
        above = self._nodes[policy]
        title = f"{report.index + 1} {report.sid}".rstrip()
        says = statement.summary() if statement is not None else ""
        self._nodes[key] = Node(key, "statement", title, layer.layer, says, above.leads, report.index, above.through)
        decision = _of_statement(report)
        self._edges.append(Edge(policy, key))
        self._edges.append(
            Edge(key, layer.layer, decision, _STATEMENT_WORDS[decision], report.reason, deciding=self._decides(layer, report))
        )

    def _decides(self, layer: LayerReport, report: StatementReport) -> bool:
        """Whether the verdict comes from this statement: the first that denies or allows in the deciding layer; where the layer is unknown,
        every one that is."""
        if layer is not self._deciding:
            return False
        if self._explanation.verdict == "depends":
            return report.outcome == "unknown"
        wanted = {"explicitDeny": "Deny", "allowed": "Allow"}.get(self._explanation.verdict)
        first = next((each for each in layer.statements if each.outcome == "match" and each.effect == wanted), None)
        return report == first

    def _resource(self) -> Node:
        explanation, snapshot = self._explanation, self._snapshot
        title = f"{explanation.action} on {explanation.resource}"
        found = snapshot.by_arn(explanation.resource)
        if isinstance(found, (User, Role)):
            return Node(GOAL, "resource", title, leads=("principal", found.arn))
        resource = snapshot.resource_for(explanation.resource)
        return Node(GOAL, "resource", title, leads=("resource", resource.arn) if resource is not None else ("", ""))

    # Edges between layers

    def _chain(self) -> Iterator[Edge]:
        """The layers one behind the other, each edge with what its source decided and what is left of the request behind it."""
        flow = PASSES
        series = self._series()
        for name, following in zip(series, (*series[1:], GOAL), strict=True):
            flow = max(flow, self._flow(name), key=_FLOWS.index)
            if self._joined == "either" and name in OWN:
                yield self._leave(name, JOIN if name == OWN[-1] else following, flow)
                if name == OWN[-1]:
                    policy = self._flow("resource")
                    yield self._leave("resource", JOIN, policy)
                    flow = self._joint_flow(flow, policy)
                    yield Edge(JOIN, following, word=JOINED["either"], flow=self._settled(flow, last=False))
            else:
                yield self._leave(name, following, self._settled(flow, last=following == GOAL))

    def _flow(self, name: str) -> str:
        """What one layer leaves of a request; a resource-based policy that there is not lets nobody in."""
        decision = self._layers[name].decision
        if decision in ("deny", "no-allow") or (decision == "none" and name == "resource" and self._joined != "own"):
            return STOPS
        return MAYBE if decision == "unknown" else PASSES

    def _joint_flow(self, own: str, policy: str) -> str:
        """Either side is enough, and a Deny on either side stops the request (R83)."""
        if any(self._layers[name].decision == "deny" for name in (*OWN, "resource")):
            return STOPS
        if MAYBE in (own, policy) and self._explanation.verdict == "depends":
            return MAYBE
        return min(own, policy, key=_FLOWS.index)

    def _settled(self, flow: str, *, last: bool) -> str:
        """The flow between layers where the verdict knows better: a layer that does not allow may not be needed."""
        verdict = self._explanation.verdict
        if verdict == "allowed":
            return PASSES
        if verdict == "depends":
            return MAYBE if last or flow == STOPS else flow
        return STOPS if last else flow

    def _leave(self, name: str, following: str, flow: str) -> Edge:
        layer = self._layers[name]
        reason = layer.because
        if flow == PASSES and self._flow(name) == STOPS:
            reason = f"{reason}; it need not: {self._explanation.reason}"
        return Edge(name, following, layer.decision, WORDS[layer.decision], reason, flow, layer is self._deciding)


def _caller(snapshot: Snapshot, text: str) -> Caller:
    try:
        return collect.caller_of(snapshot, text)
    except UserError:  # it was asked of another snapshot
        return Caller("principal", text, name=text)


def _held(snapshot: Snapshot, key: str) -> Held | None:
    """The policy at a place; None for one that came with the question, or that stands for what was not collected."""
    try:
        return policies.held(snapshot, key) if key else None
    except UserError:
        return None


def _joined(snapshot: Snapshot, who: Caller, explanation: Explanation, layer: LayerReport) -> str:
    if not who.is_principal:
        return "policy"
    asked = explanation.resource
    account = owner(asked, who) or collect.owner_of(snapshot, asked)
    if asked != "*" and account is not None and account != who.account:
        return "both"
    if layer.decision in ("none", "not-applicable"):
        return "mandatory" if services.policy_is_mandatory(explanation.action, asked) else "own"
    if services.policy_is_mandatory(explanation.action, asked):
        return "mandatory"
    return "either" if account is not None else "unknown"


def _marked(edges: Sequence[Edge]) -> list[Edge]:
    """The edges with those marked that lead to a statement which decides."""
    on_the_way = {edge.source for edge in edges if edge.deciding}
    found: list[Edge] = []
    for edge in reversed(edges):
        marked = edge.deciding or (not edge.decision and edge.target in on_the_way)
        if marked:
            on_the_way.add(edge.source)
        found.append(msgspec.structs.replace(edge, deciding=marked))
    return found[::-1]


def _by_policy(layer: LayerReport) -> dict[tuple[str, str], tuple[StatementReport, ...]]:
    """The statements of a layer by the policy that they stand in, and the group that it comes through. A control policy that is attached
    at several levels says the same at each of them: it is here once."""
    found: dict[tuple[str, str], dict[int, StatementReport]] = {}
    for report in layer.statements:
        found.setdefault((report.through, report.policy_key), {}).setdefault(report.index, report)
    return {place: tuple(reports.values()) for place, reports in found.items()}


def _of_statement(report: StatementReport) -> str:
    if report.outcome == "unknown":
        return "unknown"
    if report.outcome == "match":
        return "deny" if report.effect == "Deny" else "allow"
    return "near" if report.near else "no-match"


def _kind(held: Held) -> str:
    if held.kind == "managed" and held.arn:
        parsed = arn.split(held.arn)
        return "AWS managed policy" if parsed is not None and parsed.account == "aws" else "managed policy"
    return _DOCUMENTS.get(held.kind, "policy")
