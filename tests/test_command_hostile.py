"""Names, Sids, tags and values that somebody else wrote: no output of a command lets a terminal act on them, and JSON loses nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import run

Capture = pytest.CaptureFixture[str]

ACCOUNT = "111122223333"
ESCAPES = "\x1b]52;c;SE9TVElMRQ==\x07\x1b[2J\x9b31m\x85\x7f"
HIDDEN = "\u202egnp.exe\u2066\u200b\u2028\ufeff\U000e0041"
MARKUP = "`|<b>*x*[y](z)"
HOSTILE = f"x{ESCAPES}{HIDDEN}{MARKUP}\r\n\ty"
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
FORMATS = ("text", "markdown", "json")

STATEMENT = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{HOSTILE}/*",
    "Condition": {"StringEquals": {f"aws:PrincipalTag/{HOSTILE}": HOSTILE}},
}
# IAM refuses such a Sid; in a policy on a bucket it is valid.
ON_BUCKET = {**STATEMENT, "Sid": HOSTILE, "Principal": {"AWS": ACCOUNT}, "Resource": "arn:aws:s3:::docs/*"}
USER = {
    "UserName": HOSTILE,
    "Arn": f"arn:aws:iam::{ACCOUNT}:user/{HOSTILE}",
    "UserPolicyList": [{"PolicyName": HOSTILE, "PolicyDocument": {"Version": "2012-10-17", "Statement": [STATEMENT]}}],
    "GroupList": [HOSTILE],
    "Tags": [{"Key": HOSTILE, "Value": HOSTILE}],
}
DOCUMENT = {
    "Account": {"Id": ACCOUNT, "Alias": HOSTILE},
    "UserDetailList": [USER],
    "GroupDetailList": [{"GroupName": HOSTILE, "Arn": f"arn:aws:iam::{ACCOUNT}:group/{HOSTILE}"}],
    "RoleDetailList": [{"RoleName": HOSTILE, "Arn": f"arn:aws:iam::{ACCOUNT}:role/{HOSTILE}"}],
    "Policies": [{"PolicyName": HOSTILE, "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{HOSTILE}"}],
    "Resources": [
        {
            "Arn": "arn:aws:s3:::docs",
            "Type": "s3:bucket",
            "Account": ACCOUNT,
            "Name": HOSTILE,
            "Tags": [{"Key": HOSTILE, "Value": HOSTILE}],
            "Policy": {"Version": "2012-10-17", "Statement": [ON_BUCKET]},
        }
    ],
    "Coverage": [{"Part": HOSTILE, "Status": "failed", "Detail": HOSTILE, "Region": HOSTILE}],
}
PRINCIPAL = f"arn:aws:iam::{ACCOUNT}:user/{HOSTILE}"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "account.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ["", "users", "groups", "roles", "policies", "resources", "coverage"])
def test_lists_show_hostile_text_as_text(capsys: Capture, export: Path, kind: str, format: str) -> None:
    answer = run(capsys, "list", export, *([kind] if kind else []), "--format", format)
    assert answer.status == 0
    assert not RAW.search(answer.out)
    if format == "json":
        row = json.loads(answer.lines[0])
        assert row["name"] == HOSTILE or kind == "coverage"
        names = [json.loads(line)["name"] for line in answer.lines]
        assert HOSTILE in names
    else:
        assert "\\x1b" in answer.out


@pytest.mark.parametrize("format", FORMATS)
def test_a_verdict_shows_hostile_text_as_text(capsys: Capture, export: Path, format: str) -> None:
    question = ("can", export, PRINCIPAL, "s3:GetObject", f"arn:aws:s3:::docs/{HOSTILE}", "--context", f"aws:PrincipalTag/k={HOSTILE}")
    answer = run(capsys, *question, "--format", format)
    assert answer.status in (0, 1, 3)
    assert not RAW.search(answer.out)
    if format == "json":
        found = json.loads(answer.out)
        assert found["principal"] == PRINCIPAL
        assert found["resource"] == f"arn:aws:s3:::docs/{HOSTILE}"
        identity, resource = (next(layer for layer in found["layers"] if layer["layer"] == name) for name in ("identity", "resource"))
        assert identity["statements"][0]["policy"] == HOSTILE
        assert resource["statements"][0]["statement"] == HOSTILE
    else:
        assert "\\x1b" in answer.out


def test_markdown_of_a_verdict_has_no_markup_of_theirs(capsys: Capture, export: Path) -> None:
    out = run(capsys, "can", export, PRINCIPAL, "s3:GetObject", "arn:aws:s3:::docs/a", "--format", "markdown").out
    outside_code = re.sub(r"(`+) ?.*?\1", "", out.splitlines()[0])
    assert "<b>" not in outside_code
    body = "\n".join(line for line in out.splitlines()[1:] if not line.startswith("| `"))
    assert "<b>" not in body.replace("\\<b\\>", "")
    assert not re.search(r"(?<!\\)\[y(?<!\\)\]\(z\)", body)
    for line in body.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 4


@pytest.mark.parametrize("format", FORMATS)
def test_an_answered_scenario_shows_hostile_text_as_text(capsys: Capture, export: Path, tmp_path: Path, format: str) -> None:
    file = tmp_path / "scenarios.jsonl"
    row = {"id": HOSTILE, "principal": PRINCIPAL, "action": "s3:GetObject", "resource": f"arn:aws:s3:::{HOSTILE}/a", "expected": "allowed"}
    file.write_text(json.dumps(row))
    answer = run(capsys, "simulate", file, export, "--format", format)
    assert answer.status == 1
    assert not RAW.search(answer.out)
    if format == "json":
        assert json.loads(answer.out)["id"] == HOSTILE
    elif format == "markdown":
        assert "<b>" not in answer.out.replace("\\<b\\>", "")


@pytest.mark.parametrize(
    "words",
    [
        ("can", "demo", HOSTILE, "s3:GetObject"),
        ("can", "demo", f"arn:aws:iam::{ACCOUNT}:user/{HOSTILE}", "s3:GetObject"),
        ("can", "demo", "mateojackson", HOSTILE),
        ("can", "demo", "mateojackson", "s3:GetObject", HOSTILE),
        ("can", "demo", "mateojackson", "s3:GetObject", "*", "--context", HOSTILE),
        ("can", "demo", "mateojackson", "s3:GetObject", "*", "--session-policy", HOSTILE.replace("\x00", "")),
        ("list", HOSTILE),
        ("list", f"{HOSTILE}.json"),
        ("list", "demo", HOSTILE),
        ("list", "demo", "users", "--format", HOSTILE),
        ("simulate", HOSTILE),
    ],
)
def test_a_refusal_repeats_hostile_words_as_text_on_one_line(capsys: Capture, words: tuple[str, ...]) -> None:
    answer = run(capsys, *words)
    if answer.status == 2:
        assert answer.err.count("\n") == 1
    else:
        assert words[2].startswith("arn:"), answer
    assert not RAW.search(answer.err + answer.out)


@pytest.mark.parametrize("key", ["id", "principal", "action", "resource", "expected", HOSTILE])
def test_a_refused_scenario_repeats_hostile_words_as_text_on_one_line(capsys: Capture, tmp_path: Path, key: str) -> None:
    file = tmp_path / "scenarios.jsonl"
    row = {"id": "a", "principal": "mateojackson", "action": "s3:GetObject", key: [HOSTILE] if key == "id" else HOSTILE}
    file.write_text(json.dumps(row))
    answer = run(capsys, "simulate", file, "demo")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert not RAW.search(answer.err)


def test_a_broken_document_with_hostile_keys_is_refused_on_one_line(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"UserDetailList": [{"UserName": {HOSTILE: 1}, "Arn": HOSTILE}]}))
    answer = run(capsys, "list", path)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert not RAW.search(answer.err)
