"""Scenarios as values: the vectors of the reference and our own, asked as `whygate simulate` asks, and what `read` makes of rows."""

from __future__ import annotations

from typing import Any

import pytest
from vector_format import Vector, numbered, of_reference, our_own

from adapters import registry
from whygate import scenarios
from whygate.errors import UserError
from whygate.evaluate import Verdict, combine
from whygate.question import Options
from whygate.scenarios import Row, Scenario
from whygate.snapshot import Snapshot

_SAME = ("action", "resource", "resource_account", "resource_policy", "wildcard_only_action")
_LAYERS = {
    "identity": "identity_policies",
    "boundary": "permissions_boundary",
    "session": "session_policies",
    "vpce": "vpc_endpoint_policies",
}


def documents(value: Any) -> Any:
    """A layer of a vector as a list of documents; a bare list of statements is one."""
    if value is None:
        return []
    if isinstance(value, dict) and "policies" in value:
        return value["policies"]
    return value if value == "unknown" else [value]


def levels(value: Any) -> Any:
    return value if value == "unknown" else [documents(level) for level in value or []]


def scenario(vector: Vector) -> dict[str, Any]:
    """The scenario that asks what an `eval` vector asks."""
    row = {key: vector[key] for key in _SAME if vector.get(key) is not None}
    row["principal"] = vector["caller"]
    row["context"] = vector.get("ctx", {})
    row.update({name: documents(vector.get(key)) for key, name in _LAYERS.items()})
    row.update({name: levels(vector.get(name)) for name in ("scps", "rcps")})
    return row


def read(*values: object) -> tuple[Scenario, ...]:
    return scenarios.read(Row(value, number) for number, value in enumerate(values, 1))


def askable(vector: Vector) -> bool:
    """Whether a scenario has keys for everything that the vector says."""
    checks = vector.get("checks", [vector])
    return vector["t"] in ("eval", "multi") and not any({"role_arn", "parent_arn", "ids"} & check.keys() for check in checks)


def verdict(vector: Vector) -> str:
    found = read(*map(scenario, vector.get("checks", [vector])))
    return combine([scenarios.answer(item, None) for item in found]).verdict


REFERENCE = [(name, vector) for name, vector in numbered(of_reference()) if askable(vector)]
OURS = [(f"{stem}: {name}", vector) for stem, found in our_own().items() for name, vector in numbered(found) if askable(vector)]


# A vector assumes nothing, a scenario assumes what AWS always sends (R8). No vector of either set hangs on one of those keys unless it
# gives it, so there is no list of differences here; one that comes to differ must be listed with its reason.


@pytest.mark.skipif(not REFERENCE, reason="the shared reference is not beside this checkout")
@pytest.mark.parametrize("vector", [vector for _, vector in REFERENCE], ids=[name for name, _ in REFERENCE])
def test_the_vectors_of_the_reference_are_answered_alike_as_scenarios(vector: Vector) -> None:
    assert verdict(vector) == vector["expect"]


@pytest.mark.parametrize("vector", [vector for _, vector in OURS], ids=[name for name, _ in OURS])
def test_our_own_vectors_are_answered_alike_as_scenarios(vector: Vector) -> None:
    assert verdict(vector) == vector["expect"]


@pytest.mark.skipif(not REFERENCE, reason="the shared reference is not beside this checkout")
def test_nearly_every_decision_of_the_reference_can_be_asked_as_a_scenario() -> None:
    decisions = [vector for vector in of_reference() if vector["t"] in ("eval", "multi")]
    assert len(REFERENCE) > 0.9 * len(decisions)


ANA = "arn:aws:iam::111122223333:user/ana"
ADAPTER = "arn:aws:textract:us-east-1:111122223333:/adapters/ab12"


def policy(**condition: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **({"Condition": condition} if condition else {})}
    return {"Version": "2012-10-17", "Statement": [statement]}


def asked(snapshot: Snapshot | None = None, **keys: object) -> Verdict:
    row = {"principal": ANA, "action": "textract:GetAdapter", "resource": ADAPTER, "identity_policies": [policy()], **keys}
    (found,) = read({key: value for key, value in row.items() if value is not ...})
    return scenarios.answer(found, snapshot)


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return registry.load("demo")


def test_what_is_left_out_has_its_default() -> None:
    (found,) = read({"principal": ANA, "action": "s3:GetObject"})
    assert (found.id, found.resources, found.resource_account, found.context) == ("1", ("*",), None, {})
    assert (found.missing_context, found.expected, found.wildcard_only, found.given) == ("unknown", "", False, {})


def test_null_is_as_if_a_layer_were_left_out_and_an_empty_list_is_not() -> None:
    (found,) = read({"principal": ANA, "action": "s3:GetObject", "scps": None, "permissions_boundary": []})
    assert found.given == {"permissions_boundary": []}


def test_ids_are_text_or_the_position_and_stay_apart() -> None:
    row = {"principal": ANA, "action": "s3:GetObject"}
    assert [item.id for item in read({**row, "id": "a"}, row, {**row, "id": 7})] == ["a", "2", "7"]
    with pytest.raises(UserError, match="stands on line 1 already"):
        read({**row, "id": "2"}, row)


@pytest.mark.parametrize("key", ["aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime", "aws:ViaAWSService", "aws:RequestedRegion"])
def test_what_aws_always_sends_is_assumed_and_shown_as_such_r8(key: str) -> None:
    verdict = asked(identity_policies=[policy(Null={key: "false"})])
    assert verdict.verdict == "allowed"
    value = verdict.request.context.get(key)
    assert value.state == "present"
    assert value.origin.startswith("assumed")


@pytest.mark.parametrize("key", ["aws:SourceIp", "aws:MultiFactorAuthPresent", "aws:RequestTag/k", "aws:SourceVpce"])
def test_nothing_else_is_assumed_r8(key: str) -> None:
    assert not asked().request.context.get(key).origin.startswith("assumed")


def test_nothing_is_assumed_where_missing_keys_are_absent() -> None:
    assert asked(missing_context="absent").request.context.get("aws:SecureTransport").state == "absent"


def test_given_beats_derived_and_null_beats_both() -> None:
    own = [policy(StringEquals={"aws:username": "ana"})]
    assert asked(identity_policies=own).verdict == "allowed"
    assert asked(identity_policies=own, context={"aws:username": "bob"}).verdict == "implicitDeny"
    assert asked(identity_policies=own, context={"AWS:UserName": None}).verdict == "implicitDeny"


def test_a_given_key_that_the_action_does_not_define_counts_and_is_noted() -> None:
    verdict = asked(identity_policies=[policy(StringEquals={"s3:prefix": "a"})], context={"s3:prefix": "a"})
    assert verdict.verdict == "allowed"
    assert any("does not define s3:prefix" in note for note in verdict.notes)


def test_the_owner_is_from_the_arn_else_from_the_snapshot_else_unknown(demo: Snapshot) -> None:
    assert asked().request.resource_account == "111122223333"
    bucket: dict[str, Any] = {"action": "s3:GetObject", "resource": "arn:aws:s3:::ocr-prod-scans/a.png"}
    assert asked(demo, **bucket).request.resource_account == "123456789012"
    assert asked(**bucket).request.resource_account is None
    assert asked(**bucket, resource_account="999988887777").request.resource_account == "999988887777"


def test_tags_come_from_the_snapshot_also_for_a_scenario_with_its_own_policies(demo: Snapshot) -> None:
    tagged = {
        "principal": "arn:aws:iam::123456789012:user/paulosantos",
        "resource": "arn:aws:textract:eu-west-1:123456789012:/adapters/3f9d2c61b7aa",
        "identity_policies": [policy(StringEquals={"aws:ResourceTag/env": "prod"})],
    }
    assert asked(demo, **tagged).verdict == "allowed"
    assert asked(None, **tagged).verdict == "depends"


def test_a_name_is_a_principal_where_there_is_a_snapshot(demo: Snapshot) -> None:
    verdict = asked(demo, principal="paulosantos", identity_policies=..., resource=ADAPTER.replace("111122223333", "123456789012"))
    assert verdict.request.caller.arn == "arn:aws:iam::123456789012:user/paulosantos"


def test_a_policy_that_breaks_the_grammar_makes_it_depend_and_is_named() -> None:
    verdict = asked(identity_policies=[policy(), {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*"}]}])
    assert verdict.verdict == "depends"
    assert [item.kind for item in verdict.unknowns] == ["policy"]


def test_uncollected_none_takes_unknown_layers_of_the_snapshot_and_not_of_the_scenario(demo: Snapshot) -> None:
    keys = {"principal": "mateojackson", "action": "textract:AnalyzeID", "context": {"aws:RequestedRegion": "eu-west-1"}, "scps": "unknown"}
    (found,) = read(keys)
    assert scenarios.answer(found, demo, Options(uncollected="none")).verdict == "depends"


def test_an_error_names_line_and_scenario() -> None:
    (found,) = read({"id": "odd", "principal": "nobody", "action": "s3:GetObject", "identity_policies": []})
    with pytest.raises(UserError) as caught:
        scenarios.answer(found, None)
    assert caught.value.where == "line 1 (scenario odd)"


@pytest.mark.parametrize("value", [[], "text", 7, None])
def test_a_scenario_is_an_object(value: object) -> None:
    with pytest.raises(UserError, match="a scenario is an object"):
        read(value)
