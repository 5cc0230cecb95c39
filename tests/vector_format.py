"""Decision vectors: a JSON object a line becomes calls of the engine. The form is described in `tests/vectors/README.md`.

The same reader serves the vectors of the shared reference and our own, so both mean the same thing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from whygate import callers, conditions, derive, lint, matching, principals
from whygate import layers as layering
from whygate import policy as documents
from whygate.callers import Caller
from whygate.context import Context
from whygate.evaluate import Verdict, combine, evaluate
from whygate.json_tree import from_python
from whygate.layers import Layer, Layers, Level
from whygate.logic import Truth
from whygate.policies import Held, given
from whygate.request import Request, owner

Vector = dict[str, Any]

REPOSITORY = Path(__file__).parent.parent
REFERENCE = REPOSITORY.parent / "shared" / "reference" / "evaluation.md"
OWN = Path(__file__).parent / "vectors"

DECIDABLE = ("action", "resource", "principal", "cond", "lint", "derive", "eval", "multi")
"""The kinds of row that a test can decide by itself; `fact` and `msg` rows are for other tests."""


def of_reference() -> list[Vector]:
    """Every vector of the reference, in its order; none where the reference is not beside this checkout."""
    if not REFERENCE.is_file():
        return []
    text = REFERENCE.read_text(encoding="utf-8")
    return [row for block in re.findall(r"```jsonl\n(.*?)```", text, re.DOTALL) for row in rows(block)]


def our_own() -> dict[str, list[Vector]]:
    """Our own vectors, by the name of their file."""
    return {path.stem: rows(path.read_text(encoding="utf-8")) for path in sorted(OWN.glob("*.jsonl"))}


def rows(text: str) -> list[Vector]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def numbered(vectors: list[Vector]) -> list[tuple[str, Vector]]:
    """Each vector with a name for its test: its `id`, or its rule and kind and the how-manieth of these it is."""
    seen: Counter[str] = Counter()
    found = []
    for vector in vectors:
        name = vector.get("id") or f"{vector['r']}-{vector['t']}"
        seen[name] += 1
        found.append((name if "id" in vector else f"{name}-{seen[name]}", vector))
    return found


def wanted(vector: Vector) -> object:
    """What the engine must answer."""
    match vector["t"]:
        case "action" | "resource" | "cond":
            return {True: True, False: False, "true": True, "false": False, "unknown": None}[vector["match"]]
        case "principal":
            return vector["grade"]
        case "derive":
            return vector["value"]
        case "lint":
            return (vector["severity"], vector["finding"])
        case _:
            return vector["expect"]


def answer(vector: Vector) -> object:
    """What the engine answers, in the form of `wanted`."""
    match vector["t"]:
        case "action":
            return matching.action_matches(vector["pattern"], vector["value"])
        case "resource":
            return resource(vector).value
        case "principal":
            return principals.best_grade(_principals(vector["element"]), caller(vector))
        case "cond":
            return condition(vector).value
        case "derive":
            return derived(vector)
        case "lint":
            return _finding(vector)
        case "eval":
            return decide(vector).verdict
        case "multi":
            return combine([decide(check) for check in vector["checks"]]).verdict
    raise ValueError(f"a vector of kind {vector['t']} cannot be decided")


def resource(vector: Vector) -> Truth:
    return matching.resource_matches(
        vector["pattern"], vector["value"], Context(vector.get("ctx")), variable=_variables(vector), kind=vector.get("kind", "identity")
    )


def condition(vector: Vector) -> Truth:
    """A whole Condition block, read by the way that policies are read; nothing is derived here."""
    statement = documents.from_python([{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": vector["condition"]}]).statements[0]
    return conditions.evaluate(statement.tests, Context(vector["ctx"]), variable=_variables(vector))


def derived(vector: Vector) -> str | None:
    """The first value of a derived key, or None where it is surely absent."""
    value = derive.value(vector["key"].lower(), derive.Facts(caller(vector), "s3:GetObject", "*", None))
    assert value is not None
    return None if value.state == "absent" else value.values[0]


def caller(vector: Vector) -> Caller:
    ids = tuple(vector["ids"]) if "ids" in vector else None
    return callers.caller(vector["caller"], role_arn=vector.get("role_arn"), parent_arn=vector.get("parent_arn"), ids=ids)


def decide(vector: Vector) -> Verdict:
    """The verdict of an `eval` row."""
    request = request_of(vector)
    return evaluate(request, layers_of(vector, request))


def request_of(vector: Vector) -> Request:
    who, target = caller(vector), vector["resource"]
    account = vector.get("resource_account") or owner(target, who)
    facts = derive.Facts(who, vector["action"], target, account)
    return Request(who, vector["action"], target, account, derive.context(facts, vector.get("ctx", {})))


def layers_of(vector: Vector, request: Request) -> Layers:
    named = request.resource.startswith("arn:aws:iam::") and request.service == "sts"
    return Layers(
        identity=_layer("identity", "inline", vector.get("identity")),
        boundary=_layer("boundary", "boundary", vector.get("boundary")),
        session=_layer("session", "session", vector.get("session")),
        resource=_layer("resource", "trust" if named else "resource", vector.get("resource_policy")),
        scp=_levels("scp", vector.get("scps")),
        rcp=_levels("rcp", vector.get("rcps")),
        vpce=_layer("vpce", "vpce", vector.get("vpce")),
    )


def _layer(name: str, kind: str, document: Any) -> Layer:
    if document is None:
        return layering.none(name)
    return layering.not_known(name) if document == "unknown" else layering.of(name, _held(name, kind, document))


def _levels(name: str, levels: Any) -> Layer:
    if not levels:
        return layering.none(name)
    if levels == "unknown":
        return layering.not_known(name)
    return Layer(name, True, tuple(Level(_held(f"{name} {number}", name, item)) for number, item in enumerate(levels)))


def _held(name: str, kind: str, document: Any) -> tuple[Held, ...]:
    several = document["policies"] if isinstance(document, dict) and "policies" in document else [document]
    return tuple(given(item, kind, f"{name} {number}") for number, item in enumerate(several, 1))


def _principals(element: Any) -> principals.Entries:
    statement = documents.from_python([{"Effect": "Deny", "Principal": element, "Action": "*", "Resource": "*"}]).statements[0]
    return statement.principals or ()


def _variables(vector: Vector) -> bool:
    return bool(vector.get("version", "2012-10-17") == "2012-10-17")


def _finding(vector: Vector) -> object:
    """The finding that is wanted where it is there, else all that there are."""
    document = vector["doc"]
    policy = documents.read(document) if isinstance(document, str) else documents.from_tree(from_python(document))
    found = [(item.severity, item.text) for item in lint.findings(policy, vector["kind"])]
    expected = (vector["severity"], vector["finding"])
    return expected if expected in found else found
