"""`whygate simulate`: file forms, every key of a scenario, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import SAMPLES, process, run

Capture = pytest.CaptureFixture[str]

ANA = "arn:aws:iam::111122223333:user/ana"
ADAPTER = "arn:aws:textract:us-east-1:111122223333:/adapters/ab12"
ROW = {"principal": ANA, "action": "textract:GetAdapter", "resource": ADAPTER}


def policy(effect: str = "Allow", action: str = "textract:*", **more: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*", **more}]}


ALLOWS = {**ROW, "identity_policies": [policy()]}


def written(folder: Path, text: str | bytes, name: str = "scenarios.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def answered(capsys: Capture, folder: Path, *rows: dict[str, Any], source: str = "") -> list[dict[str, Any]]:
    file = written(folder, "\n".join(map(json.dumps, rows)))
    answer = run(capsys, "simulate", file, *([source] if source else []), "--format", "json")
    assert answer.err == ""
    return [json.loads(line) for line in answer.lines]


def verdict(capsys: Capture, folder: Path, row: dict[str, Any], source: str = "") -> str:
    (found,) = answered(capsys, folder, row, source=source)
    return str(found["verdict"])


# The forms of a file


def test_the_demo_sample_holds(capsys: Capture) -> None:
    answer = run(capsys, "simulate", SAMPLES / "demo-scenarios.yaml", "demo")
    assert (answer.status, answer.err) == (0, "")
    assert answer.lines[-1] == "8 scenarios, 8 expectations, 0 failed"
    assert all(line.startswith("ok ") for line in answer.lines[:8])


def test_the_sample_that_brings_its_own_policies_needs_no_source(capsys: Capture) -> None:
    answer = run(capsys, "simulate", SAMPLES / "inline-scenarios.jsonl")
    assert (answer.status, answer.err) == (0, "")
    assert answer.lines[-1] == "4 scenarios, 3 expectations, 0 failed"
    assert answer.lines[3].startswith("-  ")


@pytest.mark.parametrize("indent", [None, 1, 2, "\t"])
def test_json_lines_and_json_lists_in_any_layout_are_the_same(capsys: Capture, tmp_path: Path, indent: int | str | None) -> None:
    rows = [{"id": "a", **ALLOWS}, {"id": "b\U0001f600", **ROW, "identity_policies": []}]
    lines = run(capsys, "simulate", written(tmp_path, "\n".join(map(json.dumps, rows))), "--format", "json")
    assert [json.loads(line)["id"] for line in lines.lines] == ["a", "b\U0001f600"]
    for text in (json.dumps(rows, indent=indent), "\n\n".join(json.dumps(row, indent=indent) for row in rows)):
        assert run(capsys, "simulate", written(tmp_path, text), "--format", "json") == lines


def test_yaml_is_the_same_as_json(capsys: Capture, tmp_path: Path) -> None:
    text = """\
# a comment
- id: a
  principal: arn:aws:iam::111122223333:user/ana
  action: textract:GetAdapter
  resource: arn:aws:textract:us-east-1:111122223333:/adapters/ab12
  identity_policies: &own
    - Version: 2012-10-17
      Statement: [{Effect: Allow, Action: "textract:*", Resource: "*"}]
- id: b
  principal: arn:aws:iam::111122223333:user/ana
  action: textract:GetAdapter
  resource: arn:aws:textract:us-east-1:111122223333:/adapters/ab12
  identity_policies: *own
  permissions_boundary: []
"""
    found = run(capsys, "simulate", written(tmp_path, text, "scenarios.yaml"), "--format", "json")
    assert [json.loads(line)["verdict"] for line in found.lines] == ["allowed", "allowed"]
    rows = [{"id": "a", **ALLOWS}, {"id": "b", **ALLOWS, "permissions_boundary": []}]
    assert run(capsys, "simulate", written(tmp_path, json.dumps(rows)), "--format", "json").out == found.out


def test_one_scenario_is_a_file(capsys: Capture, tmp_path: Path) -> None:
    assert run(capsys, "simulate", written(tmp_path, json.dumps(ALLOWS, indent=2))).lines[-1].startswith("1 scenario, ")
    yaml = 'principal: "*"\naction: textract:GetAdapter\n'
    assert run(capsys, "simulate", written(tmp_path, yaml)).lines[-1].startswith("1 scenario, ")


@pytest.mark.parametrize(
    ("yaml", "as_text"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", "true"),
        ("False", "false"),
        ("2026-11-01", "2026-11-01"),
        ("010", "010"),
        ("1.10", "1.10"),
        ("12:30:00", "12:30:00"),
        ("0x1F", "0x1F"),
        ("17", "17"),
        ("[no, 17, true]", "no, 17, true"),
    ],
)
def test_yaml_values_stay_what_was_written(capsys: Capture, tmp_path: Path, yaml: str, as_text: str) -> None:
    text = f"""\
- principal: {ANA}
  action: textract:DetectDocumentText
  context: {{"aws:PrincipalTag/k": {yaml}}}
  identity_policies:
    - Version: 2012-10-17
      Statement: {{Effect: Allow, Action: "*", Resource: "*", Condition: {{StringEquals: {{"aws:PrincipalTag/k": x}}}}}}
"""
    found = json.loads(run(capsys, "simulate", written(tmp_path, text), "--format", "json").out)
    assert [use["value"] for use in found["context"]] == [as_text]


def test_a_file_may_come_from_standard_input_and_in_utf_16() -> None:
    sample = (SAMPLES / "inline-scenarios.jsonl").read_text()
    assert process("simulate", "-", given=sample.encode()).status == 0
    assert process("simulate", "-", given=sample.encode("utf-16")).status == 0
    assert process("simulate", "-", given=sample.encode("utf-8-sig")).status == 0


def test_an_empty_list_has_nothing_to_answer(capsys: Capture, tmp_path: Path) -> None:
    answer = run(capsys, "simulate", written(tmp_path, "[]"))
    assert (answer.status, answer.lines[-1]) == (0, "0 scenarios, 0 expectations, 0 failed")


# What is printed


def test_json_is_a_line_a_scenario_in_their_order_with_the_released_fields(capsys: Capture, tmp_path: Path) -> None:
    rows = [{**ALLOWS, "id": name, "expected": expected} for name, expected in (("z", "allowed"), ("a", "depends"))]
    found = answered(capsys, tmp_path, *rows, ALLOWS)
    assert [(row["id"], row["verdict"], row["expected"], row["ok"]) for row in found] == [
        ("z", "allowed", "allowed", True),
        ("a", "allowed", "depends", False),
        ("3", "allowed", None, None),
    ]
    assert {"id", "verdict", "reason", "layers", "unknowns", "expected", "ok"} <= found[0].keys()
    assert all({"layer", "decision", "statements"} <= layer.keys() for layer in found[0]["layers"])


def test_can_prints_the_same_object_but_for_what_only_a_scenario_has(capsys: Capture, tmp_path: Path) -> None:
    (row,) = answered(capsys, tmp_path, {"principal": "mateojackson", "action": "textract:DetectDocumentText"}, source="demo")
    can = json.loads(run(capsys, "can", "demo", "mateojackson", "textract:DetectDocumentText", "*", "--format", "json").out)
    assert {key: value for key, value in row.items() if key not in ("id", "expected", "ok")} == can


def test_a_failed_expectation_is_exit_status_1_and_says_why(capsys: Capture, tmp_path: Path) -> None:
    row = {**ROW, "id": "x", "identity_policies": [], "expected": "allowed"}
    answer = run(capsys, "simulate", written(tmp_path, json.dumps(row)))
    assert answer.status == 1
    assert answer.lines[0].startswith("FAILED  x  implicitDeny")
    assert answer.lines[1].strip().startswith("expected allowed: nothing that applies to ana allows textract:GetAdapter.")
    assert answer.lines[-1] == "1 scenario, 1 expectation, 1 failed"
    assert run(capsys, "simulate", written(tmp_path, json.dumps(row)), "--format", "json").status == 1
    markdown = run(capsys, "simulate", written(tmp_path, json.dumps(row)), "--format", "markdown")
    assert markdown.status == 1
    assert markdown.lines[0] == "| | scenario | verdict | question |"
    assert markdown.lines[2].startswith("| FAILED | x | implicitDeny, expected allowed |")


def test_what_nobody_expected_does_not_fail(capsys: Capture, tmp_path: Path) -> None:
    assert run(capsys, "simulate", written(tmp_path, json.dumps({**ROW, "identity_policies": []}))).status == 0


def test_colour_only_where_it_is_asked_for(capsys: Capture, tmp_path: Path) -> None:
    file = written(tmp_path, json.dumps(ALLOWS))
    assert "\x1b" not in run(capsys, "simulate", file).out
    assert "\x1b[32mallowed" in run(capsys, "simulate", file, "--color", "always").out
    assert "\x1b" not in run(capsys, "simulate", file, "--color", "always", "--format", "markdown").out


# The keys


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "allowed"),
        ({"action": "TEXTRACT:getadapter"}, "allowed"),
        ({"identity_policies": []}, "implicitDeny"),
        ({"identity_policies": "unknown"}, "depends"),
        ({"identity_policies": [policy(), policy("Deny")]}, "explicitDeny"),
        ({"identity_policies": [json.dumps(policy())]}, "allowed"),
        ({"identity_policies": [{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}]}, "depends"),
        ({"permissions_boundary": [policy(action="s3:*")]}, "implicitDeny"),
        ({"permissions_boundary": []}, "allowed"),
        ({"permissions_boundary": "unknown"}, "depends"),
        ({"scps": [[policy()], [policy(action="s3:*")]]}, "implicitDeny"),
        ({"scps": [[policy(action="s3:*"), policy()], [policy()]]}, "allowed"),
        ({"scps": []}, "allowed"),
        ({"scps": "unknown"}, "depends"),
        ({"vpc_endpoint_policies": [policy(action="s3:*", Principal="*")]}, "implicitDeny"),
        ({"vpc_endpoint_policies": []}, "allowed"),
        ({"vpc_endpoint_policies": "unknown"}, "depends"),
        ({"resource": [ADAPTER, ADAPTER.replace("ab12", "cd34")]}, "allowed"),
        ({"resource_account": "111122223333"}, "allowed"),
        ({"id": 7, "expected": None, "resource_account": None}, "allowed"),
    ],
)
def test_a_key_does_what_it_says(capsys: Capture, tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    assert verdict(capsys, tmp_path, {**ALLOWS, **changes}) == expected


def test_all_of_several_resources_must_be_allowed(capsys: Capture, tmp_path: Path) -> None:
    only = {**ALLOWS, "identity_policies": [policy(Resource=ADAPTER)]}
    other = ADAPTER.replace("ab12", "cd34")
    assert verdict(capsys, tmp_path, {**only, "resource": [ADAPTER]}) == "allowed"
    (found,) = answered(capsys, tmp_path, {**only, "resource": [ADAPTER, other]})
    assert (found["verdict"], found["resource"]) == ("implicitDeny", other)


def test_a_resource_that_is_left_out_is_a_call_without_one(capsys: Capture, tmp_path: Path) -> None:
    row = {key: value for key, value in ALLOWS.items() if key != "resource"}
    (found,) = answered(capsys, tmp_path, {**row, "action": "textract:DetectDocumentText"})
    assert (found["verdict"], found["resource"]) == ("allowed", "*")


def test_session_policies_cut_a_role_session(capsys: Capture, tmp_path: Path) -> None:
    session = {**ALLOWS, "principal": "arn:aws:sts::111122223333:assumed-role/Ocr/job"}
    assert verdict(capsys, tmp_path, session) == "allowed"
    assert verdict(capsys, tmp_path, {**session, "session_policies": [policy()]}) == "allowed"
    assert verdict(capsys, tmp_path, {**session, "session_policies": [policy(action="s3:*")]}) == "implicitDeny"
    assert verdict(capsys, tmp_path, {**session, "session_policies": "unknown"}) == "depends"


def test_resource_policy_and_rcps_guard_a_bucket(capsys: Capture, tmp_path: Path) -> None:
    row = {"principal": ANA, "action": "s3:GetObject", "resource": "arn:aws:s3:::docs/a.png", "identity_policies": []}
    opens = policy(action="s3:*", Principal={"AWS": ANA})
    assert verdict(capsys, tmp_path, {**row, "resource_account": "111122223333", "resource_policy": opens}) == "allowed"
    assert verdict(capsys, tmp_path, {**row, "resource_account": "111122223333", "resource_policy": []}) == "implicitDeny"
    assert verdict(capsys, tmp_path, {**row, "resource_account": "111122223333", "resource_policy": "unknown"}) == "depends"
    assert verdict(capsys, tmp_path, {**row, "resource_account": "999988887777", "resource_policy": opens}) == "implicitDeny"
    closes = policy("Deny", "s3:*", Principal="*")
    guarded = {**row, "resource_account": "111122223333", "resource_policy": opens, "rcps": [[closes]]}
    assert verdict(capsys, tmp_path, guarded) == "explicitDeny"
    assert verdict(capsys, tmp_path, {**guarded, "rcps": []}) == "allowed"
    assert verdict(capsys, tmp_path, {**guarded, "rcps": "unknown"}) == "depends"


def test_context_is_given_absent_or_missing(capsys: Capture, tmp_path: Path) -> None:
    with_mfa = {**ALLOWS, "identity_policies": [policy(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})]}
    key = "aws:MultiFactorAuthPresent"
    assert verdict(capsys, tmp_path, with_mfa) == "depends"
    assert verdict(capsys, tmp_path, {**with_mfa, "context": {key: True}}) == "allowed"
    assert verdict(capsys, tmp_path, {**with_mfa, "context": {key: "false"}}) == "implicitDeny"
    assert verdict(capsys, tmp_path, {**with_mfa, "context": {key: None}}) == "implicitDeny"
    assert verdict(capsys, tmp_path, {**with_mfa, "missing_context": "absent"}) == "implicitDeny"
    assert verdict(capsys, tmp_path, {**with_mfa, "missing_context": "unknown"}) == "depends"


def test_without_missing_context_what_aws_always_sends_is_assumed_and_with_it_nothing_is(capsys: Capture, tmp_path: Path) -> None:
    over_tls = {**ALLOWS, "identity_policies": [policy(Condition={"Bool": {"aws:SecureTransport": "true"}})]}
    (found,) = answered(capsys, tmp_path, over_tls)
    assert found["verdict"] == "allowed"
    assert "assumed" in found["context"][0]["origin"]
    assert verdict(capsys, tmp_path, {**over_tls, "missing_context": "absent"}) == "implicitDeny"


def test_a_context_value_may_be_text_number_boolean_or_list(capsys: Capture, tmp_path: Path) -> None:
    def tagged(value: object) -> str:
        condition = {"ForAnyValue:StringEquals": {"aws:TagKeys": ["1", "true", "a"]}}
        row = {**ALLOWS, "action": "textract:TagResource", "identity_policies": [policy(Condition=condition)]}
        return verdict(capsys, tmp_path, {**row, "context": {"aws:TagKeys": value}})

    assert [tagged(value) for value in ("a", 1, True, ["x", "a"])] == ["allowed"] * 4
    assert [tagged(value) for value in ("b", 2, False, ["x", "y"], [])] == ["implicitDeny"] * 5


def test_an_action_may_be_said_to_take_no_resource(capsys: Capture, tmp_path: Path) -> None:
    new = {**ALLOWS, "action": "textract:BrandNewCall", "identity_policies": [policy(Resource=ADAPTER)]}
    assert verdict(capsys, tmp_path, new) == "allowed"
    (found,) = answered(capsys, tmp_path, {**new, "wildcard_only_action": True})
    assert (found["verdict"], found["resource"]) == ("implicitDeny", "*")


def test_a_layer_of_the_scenario_takes_the_place_of_the_sources(capsys: Capture, tmp_path: Path) -> None:
    row = {"principal": "kwesimanu", "action": "textract:DetectDocumentText", "context": {"aws:RequestedRegion": "ap-southeast-2"}}
    assert verdict(capsys, tmp_path, row, "demo") == "explicitDeny"
    assert verdict(capsys, tmp_path, {**row, "scps": []}, "demo") == "allowed"
    assert verdict(capsys, tmp_path, {**row, "scps": [], "permissions_boundary": [policy(action="s3:*")]}, "demo") == "implicitDeny"


def test_with_policies_of_its_own_a_scenario_takes_no_layer_from_the_source(capsys: Capture, tmp_path: Path) -> None:
    row = {
        "principal": "arn:aws:iam::123456789012:user/kwesimanu",
        "action": "textract:DetectDocumentText",
        "context": {"aws:RequestedRegion": "ap-southeast-2"},
        "identity_policies": [policy()],
    }
    assert verdict(capsys, tmp_path, row, "demo") == "allowed"


def test_uncollected_layers_of_the_source_may_be_assumed_to_be_none(capsys: Capture, tmp_path: Path) -> None:
    user = {"UserName": "ana", "Arn": ANA, "UserPolicyList": [{"PolicyName": "All", "PolicyDocument": policy()}]}
    source = written(tmp_path, json.dumps({"UserDetailList": [user]}), "account.json")
    file = written(tmp_path, json.dumps({**ROW, "expected": "allowed"}))
    assert run(capsys, "simulate", file, source).status == 1
    assert run(capsys, "simulate", file, source, "--uncollected", "none").status == 0


def test_callers_without_policies_need_no_source(capsys: Capture, tmp_path: Path) -> None:
    for principal in ("*", "textract.amazonaws.com", "arn:aws:iam::111122223333:root"):
        assert verdict(capsys, tmp_path, {**ROW, "principal": principal}) in ("allowed", "implicitDeny")
