"""`whygate can`: every way to name a principal, every option, three formats, and the exit status as the verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import Answer, process, run

ADAPTER = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
STAFF = "arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces"
MFA = "aws:MultiFactorAuthPresent"
IRELAND = ("--context", "aws:RequestedRegion=eu-west-1")
REVIEWER = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_DocumentReviewer_9a8b7c6d5e4f3a2b/pat.candella@example.com"
Capture = pytest.CaptureFixture[str]


def can(capsys: Capture, *words: str | Path) -> Answer:
    return run(capsys, "can", "demo", *words)


def answered(capsys: Capture, *words: str | Path) -> dict[str, Any]:
    answer = can(capsys, *words, "--format", "json")
    assert answer.err == ""
    found: dict[str, Any] = json.loads(answer.out)
    return found


def layer(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in answer["layers"] if item["layer"] == name)


@pytest.mark.parametrize(
    ("words", "status", "verdict"),
    [
        (("marymajor", "textract:StartDocumentAnalysis", "*", *IRELAND), 0, "allowed"),
        (("mateojackson", "textract:DetectDocumentText", "*"), 1, "implicitDeny"),
        (("carlossalazar", "rekognition:DeleteCollection", STAFF), 1, "explicitDeny"),
        (("sofiamartinez", "textract:DeleteAdapter", ADAPTER), 3, "depends"),
    ],
)
def test_the_exit_status_is_the_verdict(capsys: Capture, words: tuple[str, ...], status: int, verdict: str) -> None:
    for format in ("text", "json", "markdown"):
        assert can(capsys, *words, "--format", format).status == status
    assert answered(capsys, *words)["verdict"] == verdict


def test_json_is_one_line_with_the_released_field_names(capsys: Capture) -> None:
    answer = can(capsys, "mateojackson", "textract:DetectDocumentText", "--format", "json")
    assert answer.out.count("\n") == 1
    found = json.loads(answer.out)
    wanted = {"principal", "action", "resource", "verdict", "reason", "layers", "near_misses", "unknowns", "context", "notes", "decided_by"}
    assert wanted <= found.keys()
    assert [item["layer"] for item in found["layers"]] == ["scp", "rcp", "vpce", "resource", "identity", "boundary", "session"]
    assert all({"layer", "decision", "statements"} <= item.keys() for item in found["layers"])
    statement = found["near_misses"][0]
    assert {"policy", "statement", "through", "effect", "outcome", "failed", "reason"} <= statement.keys()
    assert (statement["policy"], statement["through"]) == ("TextractUse", "ocr")


def test_text_shows_question_verdict_every_layer_and_near_misses(capsys: Capture) -> None:
    lines = can(capsys, "mateojackson", "textract:DetectDocumentText", "--color", "never").lines
    assert lines[0] == "arn:aws:iam::123456789012:user/mateojackson can textract:DetectDocumentText on *?"
    assert lines[1].startswith("✗ DENIED, implicitly: ")
    assert [line.startswith("▸") for line in lines[3:10]] == [False, False, False, False, True, False, False]
    assert "nearest misses" in lines
    assert any(line.startswith("  group ocr › TextractUse › ReadForms") for line in lines)


def test_markdown_is_a_heading_and_a_table_of_layers(capsys: Capture) -> None:
    answer = can(capsys, "mateojackson", "textract:DetectDocumentText", "--format", "markdown")
    assert answer.lines[0] == "## `arn:aws:iam::123456789012:user/mateojackson` · `textract:DetectDocumentText` on `*`"
    assert answer.lines[2].startswith("**DENIED, implicitly**: ")
    rows = [line for line in answer.lines if line.startswith("| ")]
    assert any(line.startswith("| **identity-based policies** | ✗ no allow |") for line in rows)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mateojackson", "arn:aws:iam::123456789012:user/mateojackson"),
        ("user/mateojackson", "arn:aws:iam::123456789012:user/mateojackson"),
        ("arn:aws:iam::123456789012:user/mateojackson", "arn:aws:iam::123456789012:user/mateojackson"),
        ("AKIABCFEGJEQSEXAMPLE", "arn:aws:iam::123456789012:user/richardroe"),
        ("ocr-batch-worker", "arn:aws:iam::123456789012:role/ocr-batch-worker"),
        ("role/ocr-batch-worker", "arn:aws:iam::123456789012:role/ocr-batch-worker"),
        (REVIEWER, REVIEWER),
        ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"),
        ("textract.amazonaws.com", "textract.amazonaws.com"),
        ("*", "anonymous"),
    ],
)
def test_a_principal_is_named_as_people_type_it(capsys: Capture, typed: str, meant: str) -> None:
    assert answered(capsys, typed, "textract:GetAdapter", ADAPTER)["principal"] == meant


def test_an_action_is_printed_in_its_own_letter_case(capsys: Capture) -> None:
    assert answered(capsys, "mateojackson", "TEXTRACT:detectdocumenttext")["action"] == "textract:DetectDocumentText"


def test_a_resource_that_is_left_out_is_any_that_the_action_takes(capsys: Capture) -> None:
    found = answered(capsys, "sofiamartinez", "textract:DeleteAdapter")
    assert found["resource"] == "arn:aws:textract:*:123456789012:/adapters/*"
    assert any("no resource is named" in note for note in found["notes"])


def test_context_decides_what_hung_on_it(capsys: Capture) -> None:
    question = ("sofiamartinez", "textract:DeleteAdapter", ADAPTER)
    assert [item["name"] for item in answered(capsys, *question)["unknowns"]] == [MFA]
    assert can(capsys, *question, "--context", f"{MFA}=true").status == 0
    assert answered(capsys, *question, "--context", f"{MFA}=false")["verdict"] == "explicitDeny"
    assert answered(capsys, *question, "--context", f"{MFA}!")["verdict"] == "explicitDeny"


def test_a_key_may_have_an_equals_sign_and_nothing_behind_it_and_may_come_twice(capsys: Capture) -> None:
    def value(*items: str) -> str:
        words = [word for item in items for word in ("--context", item)]
        found = answered(capsys, "kwesimanu", "textract:DetectDocumentText", *words)
        return next(str(use["value"]) for use in found["context"] if use["key"] == "aws:RequestedRegion")

    assert value("aws:RequestedRegion=a=b") == "a=b"
    assert value("aws:RequestedRegion=") == ""
    assert value("aws:requestedregion=eu-west-1", "aws:requestedregion=us-east-1") == "eu-west-1, us-east-1"


def test_missing_context_may_count_as_absent(capsys: Capture) -> None:
    question = ("sofiamartinez", "textract:DeleteAdapter", ADAPTER, *IRELAND)
    assert answered(capsys, *question, "--missing-context", "unknown")["verdict"] == "depends"
    assert answered(capsys, *question, "--missing-context", "absent")["verdict"] == "explicitDeny"


def test_a_credential_says_which_mfa_keys_exist(capsys: Capture) -> None:
    question = ("sofiamartinez", "textract:DeleteAdapter", ADAPTER)
    assert answered(capsys, *question, "--credential", "long-term")["verdict"] == "explicitDeny"
    assert answered(capsys, *question, "--credential", "session-token")["verdict"] == "depends"
    assert answered(capsys, *question, "--credential", "console")["verdict"] == "depends"


def test_uncollected_layers_may_be_assumed_to_be_none_and_the_answer_says_so(capsys: Capture, tmp_path: Path) -> None:
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "textract:*", "Resource": "*"}]}
    user = {
        "UserName": "ana",
        "Arn": "arn:aws:iam::111122223333:user/ana",
        "UserPolicyList": [{"PolicyName": "All", "PolicyDocument": allow}],
    }
    export = tmp_path / "account.json"
    export.write_text(json.dumps({"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}))
    question = ("can", export, "ana", "textract:DetectDocumentText", "--format", "json")
    unsure = run(capsys, *question)
    assert unsure.status == 3
    assert "allowed by everything collected" in json.loads(unsure.out)["reason"]
    assumed = run(capsys, *question, "--uncollected", "none")
    assert assumed.status == 0
    assert any("assumed to be none" in note for note in json.loads(assumed.out)["notes"])


def test_a_session_policy_cuts_a_role_session(capsys: Capture, tmp_path: Path) -> None:
    policy = tmp_path / "session.json"
    policy.write_text('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"textract:ListAdapters","Resource":"*"}]}')
    question = (REVIEWER, "textract:GetAdapter", "arn:aws:textract:eu-west-1:123456789012:/adapters/3f9d2c61b7aa")
    assert can(capsys, *question).status == 0
    cut = answered(capsys, *question, "--session-policy", policy)
    assert (cut["verdict"], cut["decided_by"]) == ("implicitDeny", "session")
    assert layer(cut, "session")["decision"] == "no-allow"


def test_the_owner_of_a_bucket_may_be_named(capsys: Capture) -> None:
    question = ("mateojackson", "s3:GetObject", "arn:aws:s3:::somewhere-else/a.png", *IRELAND)
    open_question = "which account owns the resource is not known; name it with --resource-account"
    assert open_question in answered(capsys, *question)["notes"]
    foreign = answered(capsys, *question, "--resource-account", "999988887777")
    assert open_question not in foreign["notes"]
    assert foreign["verdict"] == "implicitDeny"
    assert foreign["decided_by"] == "identity"


def test_colour_is_off_in_a_pipe_and_on_when_asked_for(capsys: Capture) -> None:
    question = ("mateojackson", "textract:DetectDocumentText")
    plain = can(capsys, *question)
    coloured = can(capsys, *question, "--color", "always")
    assert "\x1b" not in plain.out
    assert coloured.lines[1] == f"\x1b[31m{plain.lines[1]}\x1b[0m"
    assert [line for number, line in enumerate(coloured.lines) if number != 1] == [
        line for number, line in enumerate(plain.lines) if number != 1
    ]


def test_source_and_session_policy_may_come_from_standard_input() -> None:
    policy = b'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    denied = process("can", "demo", "ocr-batch-worker", "textract:DetectDocumentText", "--session-policy", "-", given=policy)
    assert (denied.status, denied.err) == (1, "")
    assert "DENIED, explicitly" in denied.out
    empty = b'{"Account":{"Id":"111122223333"},"UserDetailList":[{"UserName":"ana","Arn":"arn:aws:iam::111122223333:user/ana"}]}'
    assert process("can", "-", "ana", "textract:DetectDocumentText", given=empty).status in (1, 3)


def test_a_terminal_without_the_marks_gets_others_that_do_not_read_as_depends() -> None:
    answer = process(
        "can", "demo", "mateojackson", "textract:DetectDocumentText", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert answer.status == 1
    assert answer.lines[1].startswith("x DENIED")
    assert answer.out.isascii()
    unsure = [line for line in answer.lines if " ? " in line]
    assert all("unknown" in line for line in unsure)


def test_a_resource_that_is_not_unicode_is_shown_escaped_and_kept_in_json() -> None:
    question = ("can", "demo", "mateojackson", "s3:GetObject", b"arn:aws:s3:::docs/\xff.png")
    shown = process(*question)
    assert (shown.status, shown.err) == (3, "")
    assert shown.lines[0].endswith("on arn:aws:s3:::docs/\\udcff.png?")
    kept = process(*question, "--format", "json")
    assert json.loads(kept.out)["resource"] == "arn:aws:s3:::docs/\udcff.png"
