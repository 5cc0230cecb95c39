"""Policy files that are in no account: `can --identity` asks what they would allow, and is a scenario by another name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import SHARED, refusal, run
from sources import policy

Capture = pytest.CaptureFixture[str]
NEW = "arn:aws:iam::123456789012:role/New"
DETECT = "textract:DetectDocumentText"
SAMPLES = SHARED / "data" / "data-perimeter"


def file(folder: Path, document: Any, name: str = "policy.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (policy(), 0),
        (policy(action="s3:*"), 1),
        (policy({"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "textract:*", "Resource": "*"}), 1),
        (policy(Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), 3),
        ({"Version": "2012-10-17", "Statement": []}, 1),
    ],
    ids=["allows", "does not allow", "denies", "depends", "says nothing"],
)
def test_a_policy_file_answers_for_a_principal_of_no_account(tmp_path: Path, capsys: Capture, document: Any, status: int) -> None:
    path = file(tmp_path, document)
    answer = run(capsys, "can", "--identity", path, NEW, DETECT, "--format", "json")
    assert answer.status == status
    assert any(note.startswith("what if: only the policies given are looked at") for note in json.loads(answer.out)["notes"])


def test_several_files_are_one_principals_policies(tmp_path: Path, capsys: Capture) -> None:
    allow = file(tmp_path, policy(), "allow.json")
    deny = file(tmp_path, policy(effect="Deny"), "deny.json")
    assert run(capsys, "can", "--identity", allow, NEW, DETECT).status == 0
    assert run(capsys, "can", f"--identity={allow}", "--identity", deny, NEW, DETECT).status == 1


def test_context_and_a_session_policy_count_as_for_any_question(tmp_path: Path, capsys: Capture) -> None:
    path = file(tmp_path, policy(Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
    asked = ("can", NEW, DETECT, "--identity", path, "--context", "aws:SourceIp=192.0.2.7")
    assert run(capsys, *asked).status == 0
    session = file(tmp_path, policy(action="s3:*"), "session.json")
    assert run(capsys, *asked, "--session-policy", session).status == 1


@pytest.mark.parametrize("resource", ["*", "arn:aws:textract:eu-west-1:123456789012:/adapters/1", ""])
def test_it_answers_as_the_scenario_that_brings_the_same_policies(tmp_path: Path, capsys: Capture, resource: str) -> None:
    action = "textract:GetAdapter" if "adapters" in resource else DETECT
    document = policy(action="textract:*", resource="arn:aws:textract:*:123456789012:/adapters/*")
    row = {"principal": NEW, "action": action, "resource": resource or "*", "identity_policies": [document]}
    scenario = file(tmp_path, row, "scenarios.json")
    words = [resource] if resource else []
    here = run(capsys, "can", "--identity", file(tmp_path, document), NEW, action, *words, "--format", "json")
    there = json.loads(run(capsys, "simulate", scenario, "--format", "json").out)
    assert json.loads(here.out)["verdict"] == there["verdict"]
    assert json.loads(here.out)["verdict"] == ("allowed" if "adapters" in resource else "implicitDeny")


def test_a_source_beside_it_and_a_name_are_refused(tmp_path: Path, capsys: Capture) -> None:
    path = file(tmp_path, policy())
    assert "there is no SOURCE beside it" in refusal(run(capsys, "can", "--identity", path, "demo", "mateojackson", DETECT))
    assert "names no principal" in refusal(run(capsys, "can", "--identity", path, "mateojackson", DETECT))


@pytest.mark.parametrize(
    ("content", "says"),
    [("{}", "Statement"), ('{"Statement": [', "policy.json"), ("", "the file is empty")],
    ids=["no policy", "cut", "empty"],
)
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, capsys: Capture, content: str, says: str) -> None:
    line = refusal(run(capsys, "can", "--identity", file(tmp_path, content), NEW, DETECT))
    assert says in line
    assert "policy.json" in line


def test_a_policy_that_is_opened_as_a_source_is_told_how_to_ask(tmp_path: Path, capsys: Capture) -> None:
    assert "whygate can --identity FILE PRINCIPAL ACTION" in refusal(run(capsys, "list", file(tmp_path, policy())))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample policies are not beside this checkout")
def test_every_sample_policy_can_be_asked(capsys: Capture) -> None:
    files = sorted(SAMPLES.rglob("*.json"))
    assert len(files) > 20
    for path in files:
        assert run(capsys, "can", "--identity", path, NEW, DETECT).status in (0, 1, 3), path.name
