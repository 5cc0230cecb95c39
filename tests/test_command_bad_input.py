"""Whatever cannot be answered: exactly one line that says what, where and what to do, exit status 2, nothing on standard output."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from running import process, refusal, run

Capture = pytest.CaptureFixture[str]
QUESTION = ("mateojackson", "textract:DetectDocumentText")
ACCOUNT = "111122223333"


def role(name: object) -> dict[str, object]:
    return {"RoleName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:role/x"}


def export(**lists: object) -> bytes:
    """An account export as text of several lines."""
    return json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], **lists}, indent=1).encode()


SOUND = export(RoleDetailList=[role("x")])
# What is in the file, what the line must say, and the place that it must name.
SPOILED = [
    pytest.param(b"not json at all", "not JSON", ":1", id="not JSON"),
    pytest.param(SOUND[: SOUND.index(b"role/x")], "cut off", "RoleDetailList[0]", id="cut off"),
    pytest.param(export(RoleDetailList=[role("a"), role("b"), role(7)]), "expected text", "RoleDetailList[2].RoleName", id="a wrong type"),
    pytest.param(
        export(UserDetailList=[{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "Tags": [{"Key": "k", "Value": [1]}]}]),
        "expected text",
        "UserDetailList[0].Tags[0].Value",
        id="a wrong type deep inside",
    ),
    pytest.param(export(RoleDetailList={}), "expected a list", "RoleDetailList", id="an object for a list"),
    pytest.param(b"", "empty", "", id="no bytes"),
    pytest.param(b" \n\n", "empty", "", id="white space"),
    pytest.param(b"[]", "", "", id="an empty list"),
    pytest.param(b'{"hello": "world"}', "not an account export", ":1", id="another document"),
    pytest.param(gzip.compress(b""), "empty", "", id="gzip of nothing"),
    pytest.param(gzip.compress(SOUND)[:-12], "cut off", "", id="gzip cut off"),
    pytest.param(b"\x1f\x8b\x08\x00rubbish", "gzip", "", id="damaged gzip"),
    pytest.param(b'{"UserDetailList": [{"UserName": "\xff"}]}', "not UTF-8", ":1", id="not UTF-8"),
    pytest.param(b"[" * 5000, "", "", id="nested too deeply"),
]


@pytest.mark.parametrize(("content", "what", "place"), SPOILED)
def test_a_spoiled_source_is_refused_with_its_place(capsys: Capture, tmp_path: Path, content: bytes, what: str, place: str) -> None:
    path = tmp_path / "account.json"
    path.write_bytes(content)
    lines = {refusal(run(capsys, *words)) for words in (("can", path, *QUESTION), ("list", path), ("list", path, "users"))}
    (line,) = lines
    assert line.startswith(f"{path}")
    assert what in line
    assert place in line
    assert "; " in line, "no word of what to do"


def test_a_wrong_type_names_its_own_line(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    content = export(RoleDetailList=[role("a"), role(7)])
    path.write_bytes(content)
    line = content[: content.index(b"7,")].count(b"\n") + 1
    assert refusal(run(capsys, "list", path)).startswith(f"{path}:{line}: ")


def test_an_empty_gzip_file_is_refused(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "account.json.gz"
    path.write_bytes(b"")
    assert "empty" in refusal(run(capsys, "can", path, *QUESTION))


def test_a_folder_with_nothing_in_it_is_refused(capsys: Capture, tmp_path: Path) -> None:
    line = refusal(run(capsys, "can", tmp_path, *QUESTION))
    assert line.startswith(f"{tmp_path}: ")
    assert "is in this folder" in line


def test_a_missing_file_is_refused_with_the_one_that_may_be_meant(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "account.json").write_bytes(SOUND)
    line = refusal(run(capsys, "list", tmp_path / "acount.json"))
    assert "no such file" in line
    assert f"did you mean {tmp_path / 'account.json'}?" in line


def test_a_misspelt_source_is_refused_with_the_one_that_may_be_meant(capsys: Capture) -> None:
    assert "did you mean demo?" in refusal(run(capsys, "list", "dmeo"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_read_permission_is_refused(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_bytes(SOUND)
    path.chmod(0)
    assert "no permission" in refusal(run(capsys, "list", path))
    assert "ermission" in refusal(run(capsys, "simulate", path))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("nobody-here", "textract:DetectDocumentText"), "no user or role nobody-here"),
        (("arn:aws:iam::123456789012:user/nobody-here", "textract:DetectDocumentText"), "nobody-here"),
        (("AKIAIOSFODNN7NOTHERE", "textract:DetectDocumentText"), "AKIAIOSFODNN7NOTHERE"),
        (("arn:aws:iam::123456789012:group/ocr", "textract:DetectDocumentText"), "a group is never a principal"),
        (("arn:aws:iam::12:user/mateojackson", "textract:DetectDocumentText"), "account '12' is not 12 digits"),
        (("arn:aws:s3:::bucket", "textract:DetectDocumentText"), "no principal that can make a request"),
        (("mateojackson", "DetectDocumentText"), "malformed action 'DetectDocumentText'"),
        (("mateojackson", "textract:"), "malformed action 'textract:'"),
        (("mateojackson", "textract:Detect*"), "ask about one action"),
        (("mateojackson", ""), "malformed action ''"),
        (("mateojackson", "textract:GetAdapter", "adapters/1"), "it does not begin with arn:"),
        (("mateojackson", "textract:GetAdapter", "arn:aws:textract"), "3 of 6 fields"),
        (("mateojackson", "s3:GetObject", "arn:aws:s3:::"), "the resource is missing"),
        (("mateojackson", "s3:GetObject", "arn:oops:s3:::a/b"), "no partition is called 'oops'"),
        ((*QUESTION, "--context", "aws:SourceIp"), "write KEY=VALUE"),
        ((*QUESTION, "--context", "SourceIp=1.2.3.4"), "'SourceIp' is no condition key"),
        ((*QUESTION, "--context", "aws:A=1", "--context", "aws:A!"), "say one of the two"),
        ((*QUESTION, "--resource-account", "123"), "'123' is not an account id of 12 digits"),
        (("mateojackson", "s3:GetObject", "arn:aws:sqs:eu-west-1:123456789012:q", "--resource-account", "111122223333"), "leave one"),
        ((*QUESTION, "--session-policy", "no-such-file.json"), "no-such-file.json: no such file"),
        ((*QUESTION, "--format", "xml"), "invalid choice: 'xml'"),
        ((*QUESTION, "--color", "sometimes"), "invalid choice: 'sometimes'"),
        ((*QUESTION, "--credential", "borrowed"), "invalid choice: 'borrowed'"),
        ((*QUESTION, "--missing-context", "maybe"), "invalid choice: 'maybe'"),
        ((*QUESTION, "--uncollected", "some"), "invalid choice: 'some'"),
        ((*QUESTION, "*", "one-too-many"), "unrecognized arguments: one-too-many"),
        (("mateojackson",), "required: ACTION"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(capsys: Capture, words: tuple[str, ...], what: str) -> None:
    line = refusal(run(capsys, "can", "demo", *words))
    assert what in line
    assert "; " in line


def test_an_ambiguous_name_is_refused_with_its_matches(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    both = {
        "UserDetailList": [{"UserName": "ci", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ci"}],
        "RoleDetailList": [{"RoleName": "ci", "Arn": f"arn:aws:iam::{ACCOUNT}:role/ci"}],
    }
    path.write_bytes(export(**both))
    line = refusal(run(capsys, "can", path, "ci", "textract:DetectDocumentText"))
    assert f"arn:aws:iam::{ACCOUNT}:user/ci" in line
    assert f"arn:aws:iam::{ACCOUNT}:role/ci" in line
    assert run(capsys, "can", path, "role/ci", "textract:DetectDocumentText").status == 1


@pytest.mark.parametrize("content", ["not json", "[[1]", '"text"', "7", '{"Version": "2012-10-17"}', ""])
def test_a_session_policy_that_is_no_policy_is_refused(capsys: Capture, tmp_path: Path, content: str) -> None:
    path = tmp_path / "session.json"
    path.write_text(content)
    assert refusal(run(capsys, "can", "demo", "ocr-batch-worker", "textract:GetAdapter", "--session-policy", path)).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("list",), "required: SOURCE"),
        (("list", "demo", "buckets"), "there is no kind 'buckets'"),
        (("simulate",), "required: FILE"),
        (("sources", "demo"), "unrecognized arguments: demo"),
        (("who", "demo"), "'who' is no command and no source; see `whygate --help`"),
        (("--no-such-option", "demo"), "unrecognized arguments: --no-such-option"),
        ((), "the explorer needs a terminal"),
        (("explore", "--at", "list users"), "--at is a place in a source"),
        (("demo",), "the explorer needs a terminal"),
    ],
)
def test_a_command_line_that_means_nothing_is_refused(words: tuple[str, ...], what: str) -> None:
    line = refusal(process(*words))
    assert what in line
    assert "; " in line


@pytest.mark.parametrize(
    "words",
    [
        ("simulate", "-", "-"),
        ("can", "-", *QUESTION, "--session-policy", "-"),
        ("can", "demo", *QUESTION, "--session-policy", "-", "--session-policy", "-"),
    ],
)
def test_standard_input_that_is_named_twice_is_refused(capsys: Capture, words: tuple[str, ...]) -> None:
    assert "standard input is named twice" in refusal(run(capsys, *words))


def test_filter_is_not_said_to_be_required(capsys: Capture) -> None:
    assert "FILTER" not in refusal(run(capsys, "list"))


def test_bad_input_is_refused_by_the_program_as_by_the_function(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_bytes(SOUND[:40])
    assert "cut off" in refusal(process("can", path, *QUESTION))
    assert "empty" in refusal(process("can", "-", *QUESTION))
