"""`whygate simulate` on files and scenarios that are wrong: one line with file and line, and no half answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import Answer, process, refusal, run

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


def refused(capsys: Capture, folder: Path, text: str, *words: str) -> str:
    """What is said of a file, from its line on."""
    file = written(folder, text)
    line = refusal(run(capsys, "simulate", file, *words))
    assert line.startswith(f"{file}"), line
    return line.removeprefix(f"{file}")


WRONG = [
    ({"principal": None}, "principal must be there, as text"),
    ({"principal": ""}, "principal must be there, as text"),
    ({"principal": 7}, "principal must be there, as text"),
    ({"action": ["a:b"]}, "action must be there, as text"),
    ({"resource": []}, "resource must be an ARN, a list of ARNs, or *"),
    ({"resource": {"arn": "*"}}, "resource must be"),
    ({"resource": ["*", 7]}, "resource must be"),
    ({"resource": None}, "resource must be"),
    ({"resource_account": 111122223333}, "resource_account must be a text of 12 digits"),
    ({"resource_account": "1234"}, "resource_account must be a text of 12 digits"),
    ({"context": []}, "context must be an object"),
    ({"context": None}, "context must be an object"),
    ({"context": {"SourceIp": "192.0.2.1"}}, "'SourceIp' is none"),
    ({"missing_context": "maybe"}, "missing_context must be unknown or absent"),
    ({"missing_context": []}, "missing_context must be unknown or absent"),
    ({"expected": "denied"}, "expected must be one of allowed, explicitDeny, implicitDeny, depends"),
    ({"expected": ["allowed"]}, "expected must be one of"),
    ({"expected": True}, "expected must be one of"),
    ({"wildcard_only_action": "yes"}, "wildcard_only_action must be true or false"),
    ({"wildcard_only_action": None}, "wildcard_only_action must be true or false"),
    ({"id": ["a"]}, "id must be text"),
    ({"id": True}, "id must be text"),
    ({"identity_policies": {}}, "identity_policies must be a list of policy documents"),
    ({"identity_policies": "none"}, "identity_policies must be a list of policy documents, or unknown"),
    ({"identity_policies": [7]}, "identity_policies must be a list of policy documents"),
    ({"permissions_boundary": policy()}, "permissions_boundary must be a list of policy documents"),
    ({"session_policies": [None]}, "session_policies must be a list of policy documents"),
    ({"vpc_endpoint_policies": True}, "vpc_endpoint_policies must be a list of policy documents"),
    ({"resource_policy": 7}, "resource_policy must be one policy document"),
    ({"scps": [policy()]}, "scps must be a list of levels, each a list of policy documents"),
    ({"scps": policy()}, "scps must be a list of levels"),
    ({"scps": [[7]]}, "scps must be a list of levels, each a list of policy documents"),
    ({"rcps": [[True]]}, "rcps must be a list of levels, each a list of policy documents"),
]


@pytest.mark.parametrize(("wrong", "what"), WRONG)
def test_a_wrong_value_is_refused_with_the_line_of_its_key(capsys: Capture, tmp_path: Path, wrong: dict[str, Any], what: str) -> None:
    row = {**ALLOWS, **wrong}
    (key,) = wrong
    lines = json.dumps([{"id": "fine", **ALLOWS}, row], indent=1).splitlines()
    number = max(index for index, text in enumerate(lines, 1) if text.startswith(f'  "{key}":'))
    said = refused(capsys, tmp_path, "\n".join(lines))
    assert said.startswith(f":{number}: ")
    assert what in said
    as_lines = f"{json.dumps({'id': 'fine', **ALLOWS})}\n\n{json.dumps(row)}\n"
    assert refused(capsys, tmp_path, as_lines).startswith(":3: ")


@pytest.mark.parametrize(
    ("key", "meant"), [("resourceAccount", "resource_account"), ("SCPs", "scps"), ("missing-context", "missing_context"), ("Id", "id")]
)
def test_an_unknown_key_is_refused_with_the_one_that_is_meant(capsys: Capture, tmp_path: Path, key: str, meant: str) -> None:
    said = refused(capsys, tmp_path, f'{{"principal": "*",\n "action": "s3:GetObject",\n "{key}": "x"}}')
    assert said == f":3: unknown key {key!r}; it is spelled {meant}"


def test_an_unknown_key_that_is_nothing_like_one_is_refused_with_all_there_are(capsys: Capture, tmp_path: Path) -> None:
    said = refused(capsys, tmp_path, '{"principal": "*", "action": "s3:GetObject", "colour": "x"}')
    assert said.startswith(":1: unknown key 'colour'; the keys are id, principal, action, ")


def test_an_id_that_is_there_twice_is_refused(capsys: Capture, tmp_path: Path) -> None:
    row = json.dumps({"id": "same", **ALLOWS})
    assert refused(capsys, tmp_path, f"{row}\n{row}\n").startswith(":2: the id 'same' stands on line 1 already; ")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('{"principal": "*",\n "action": "a:b",\n "action": "a:c"}', ":3: ", "the key 'action' is there twice"),
        ('[\n{"principal": "*", "action": "a:b", "context": {"a:b": 1, "a:b": 2}}]', ":2: ", "the key 'a:b' is there twice"),
        ("- principal: x\n  action: a:b\n  action: a:c\n", ":1: ", "the key 'action' is there twice"),
        ("", "", "the file is empty"),
        ("   \n", "", "the file is empty"),
        ("just words", "", "a scenario file is a list of scenarios"),
        ("# only a comment\n", "", "a scenario file is a list of scenarios"),
        ("[1, 2]", ":1: ", "a scenario is an object"),
        ("- one\n- two\n", ":1: ", "a scenario is an object"),
        ('{"principal": "*", "action": "a:b"}\n{"principal": \n', ":2: ", "cut off"),
        ('[{"principal": "*"},\n {"principal": "*"', ":2: ", "cut off"),
        ('{"principal": "*"}\nrubbish\n', ":2: ", "not JSON"),
        ("principal: [1\naction: 2\n", ":", "neither JSON nor YAML"),
        ("- principal: x\n\taction: y\n", ":2: ", "neither JSON nor YAML"),
        ("? [a, b]\n: c\n", ":1: ", "a key must be text"),
        ("principal: x\naction: &a [*a]\n", ": ", "an anchor holds itself"),
        ('{"id": "\\ud800", "principal": "*", "action": "a:b"}', ":1: ", ""),
        ('- id: "\\ud800"\n  principal: "*"\n', ":1: ", ""),
        ("[" * 3000, ":1: ", "nested too deeply"),
        ("- " * 3000, ": ", "nested too deeply"),
        ("\x00\x01", "", "neither JSON nor YAML"),
    ],
)
def test_what_is_no_scenario_file_is_refused_with_its_line(capsys: Capture, tmp_path: Path, text: str, where: str, what: str) -> None:
    said = refused(capsys, tmp_path, text)
    assert what in said
    assert said.startswith(where)


def test_bytes_that_are_no_text_are_refused(capsys: Capture, tmp_path: Path) -> None:
    utf_8 = refusal(run(capsys, "simulate", written(tmp_path, b"- \xff\n")))
    assert "not UTF-8 text at byte 2" in utf_8
    utf_16 = refusal(run(capsys, "simulate", written(tmp_path, b"\xff\xfeabc")))
    assert "not UTF-16 text" in utf_16


def test_a_folder_and_a_missing_file_are_refused(capsys: Capture, tmp_path: Path) -> None:
    assert "this is a directory" in refusal(run(capsys, "simulate", tmp_path))
    assert "no such file" in refusal(run(capsys, "simulate", tmp_path / "missing.yaml"))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"principal": "nobody"}, "'nobody' names no principal"),
        ({"principal": "arn:aws:iam::1:user/x"}, "account '1' is not 12 digits"),
        ({"action": "GetAdapter"}, "malformed action 'GetAdapter'"),
        ({"resource": "adapters/1"}, "it does not begin with arn:"),
        ({"resource_account": "999988887777"}, "the resource account 999988887777 is not the account in"),
        ({"context": {"aws:SourceIp": {"a": 1}}}, "the value of context key aws:SourceIp"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_line_and_id(
    capsys: Capture, tmp_path: Path, changes: dict[str, Any], what: str
) -> None:
    text = f"{json.dumps({'id': 'fine', **ALLOWS})}\n{json.dumps({'id': 'odd one', **ALLOWS, **changes})}"
    said = refused(capsys, tmp_path, text)
    assert said.startswith(":2 (scenario odd one): ")
    assert what in said


def test_without_a_source_a_scenario_must_bring_its_policies(capsys: Capture, tmp_path: Path) -> None:
    said = refused(capsys, tmp_path, json.dumps(ROW))
    assert "there is no SOURCE, so the scenario must bring identity_policies; add them, or name a SOURCE" in said


def test_an_unknown_principal_and_an_unreadable_source_are_refused(capsys: Capture, tmp_path: Path) -> None:
    said = refused(capsys, tmp_path, json.dumps({"principal": "nobody", "action": "s3:GetObject"}), "demo")
    assert said.startswith(":1 (scenario 1): no user or role nobody")
    file = written(tmp_path, json.dumps(ALLOWS))
    assert "no such file" in refusal(run(capsys, "simulate", file, tmp_path / "missing.json"))


def test_one_wrong_scenario_leaves_no_half_answer() -> None:
    good = json.dumps(ALLOWS)
    answer: Answer = process("simulate", "-", "--format", "json", given=f"{good}\n{good}\n{{}}\n".encode())
    assert refusal(answer).startswith("standard input:3: ")
