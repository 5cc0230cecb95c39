"""`whygate list` and `whygate sources`: every kind, filter words, counts, and the three formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import Answer, run

from adapters import registry
from tui.commands.listing import KINDS
from whygate.snapshot import Snapshot

Capture = pytest.CaptureFixture[str]
COUNTED = [kind for kind in KINDS if kind not in ("coverage", "questions")]


def listed(capsys: Capture, *words: str | Path) -> Answer:
    answer = run(capsys, "list", *words)
    assert (answer.status, answer.err) == (0, "")
    return answer


def objects(capsys: Capture, *words: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in listed(capsys, *words, "--format", "json").lines]


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return registry.load("demo")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_json_line_a_thing_with_the_released_fields(capsys: Capture, kind: str) -> None:
    found = objects(capsys, "demo", kind)
    assert found
    for row in found:
        assert {"kind", "arn", "name", "account"} <= row.keys()
    assert {row["kind"] for row in found} == {{"policies": "policy", "coverage": "coverage"}.get(kind, kind[:-1])}


@pytest.mark.parametrize("kind", COUNTED)
def test_a_kind_lists_all_there_is_and_each_once(capsys: Capture, demo: Snapshot, kind: str) -> None:
    arns = [row["arn"] for row in objects(capsys, "demo", kind)]
    assert sorted(arns) == sorted(thing.arn for thing in getattr(demo, kind))
    assert len(set(arns)) == len(arns)


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_markdown_have_a_line_a_thing(capsys: Capture, kind: str) -> None:
    number = len(objects(capsys, "demo", kind))
    assert len(listed(capsys, "demo", kind).lines) == number
    markdown = listed(capsys, "demo", kind, "--format", "markdown").lines
    assert markdown[:2] == ["| name | account | ARN |", "|---|---|---|"]
    assert len(markdown) == number + 2


@pytest.mark.parametrize("typed", ["user", "USERS", "User"])
def test_a_kind_may_be_said_in_the_singular_and_in_any_case(capsys: Capture, typed: str) -> None:
    assert listed(capsys, "demo", typed).out == listed(capsys, "demo", "users").out


def test_filter_words_must_all_be_there_and_unwanted_words_must_not(capsys: Capture) -> None:
    def names(*words: str) -> set[str]:
        return {row["name"] for row in objects(capsys, "demo", "roles", *words)}

    everything, with_ocr = names(), names("OCR")
    assert with_ocr == {row["name"] for row in objects(capsys, "demo", "roles") if "ocr" in f"{row['name']} {row['arn']}".lower()}
    assert names("!ocr") == everything - with_ocr
    assert names("ocr", "batch") == {"ocr-batch-worker"}
    assert names("ocr", "!batch") == with_ocr - {"ocr-batch-worker"}
    assert names("ocr batch") == names("batch", "ocr")
    assert names("no-such-name") == set()


def test_nothing_found_is_an_empty_answer_and_no_error(capsys: Capture) -> None:
    assert listed(capsys, "demo", "users", "no-such-name").out == ""


def test_without_a_kind_the_counts_are_those_of_the_lists(capsys: Capture, demo: Snapshot) -> None:
    text = listed(capsys, "demo").out
    for kind in COUNTED:
        assert f"{len(getattr(demo, kind))} {kind}" in text
    for account in demo.accounts:
        assert account.id in text


def test_json_counts_are_by_account_and_add_up_to_the_lists_of_accounts(capsys: Capture, demo: Snapshot) -> None:
    found = objects(capsys, "demo")
    assert [row["account"] for row in found] == [account.id for account in demo.accounts]
    assert {row["kind"] for row in found} == {"account"}
    for kind in ("users", "groups", "roles", "resources"):
        assert sum(row[kind] for row in found) == len(getattr(demo, kind))
        assert all(row[kind] for row in found)


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """Two accounts: one with users alone, one whole but for the newest training jobs."""
    lists: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "Resources": []}
    partial = {"Part": "sagemaker:training-job", "Status": "partial", "Region": "eu-west-1", "Detail": "the newest 3 of 57"}
    accounts = [
        {"Account": {"Id": "111122223333"}, "UserDetailList": []},
        {
            "Account": {"Id": "444455556666"},
            **lists,
            "ServiceControlPolicies": [],
            "ResourceControlPolicies": [],
            "Coverage": [partial],
        },
    ]
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps({"Accounts": accounts}))
    return path


def test_what_was_not_collected_is_said_of_its_own_account(capsys: Capture, halves: Path) -> None:
    first, second = objects(capsys, halves)
    assert {"SCPs", "RCPs", "groups", "roles"} <= set(first["not_collected"])
    assert "sagemaker:training-job (partial)" not in first["not_collected"]
    assert second["not_collected"] == ["sagemaker:training-job (partial)"]
    lines = listed(capsys, halves).lines
    assert any(line.startswith("not collected of 111122223333: SCPs, RCPs") for line in lines)
    assert "not collected of 444455556666: sagemaker:training-job (partial)" in lines


def test_coverage_rows_say_part_and_status(capsys: Capture, halves: Path) -> None:
    rows = [row for row in objects(capsys, halves, "coverage") if row["name"] == "sagemaker:training-job"]
    assert rows == [
        {
            "kind": "coverage",
            "arn": None,
            "name": "sagemaker:training-job",
            "account": "444455556666",
            "status": "partial",
            "region": "eu-west-1",
            "detail": "the newest 3 of 57",
        }
    ]
    text = listed(capsys, halves, "coverage", "training").lines
    assert text == ["sagemaker:training-job  444455556666 partial eu-west-1 the newest 3 of 57"]


def test_question_rows_hold_what_can_needs(capsys: Capture) -> None:
    row = objects(capsys, "demo", "questions")[0]
    answer = run(capsys, "can", "demo", row["principal"], row["action"], row["resource"])
    assert answer.status in (0, 1, 3)


def test_markdown_of_the_counts_is_a_list(capsys: Capture) -> None:
    assert all(line.startswith("- ") for line in listed(capsys, "demo", "--format", "markdown").lines)


def test_sources_names_every_adapter_in_every_format(capsys: Capture) -> None:
    names = {item.name for item in registry.registered()}
    assert {"demo", "export"} <= names
    rows = [json.loads(line) for line in run(capsys, "sources", "--format", "json").lines]
    adapters = [row for row in rows if row["kind"] == "adapter"]
    assert {row["name"] for row in adapters} == names
    assert all(row["description"] for row in adapters)
    for format in ("text", "markdown"):
        text = run(capsys, "sources", "--format", format).out
        assert all(any(line.lstrip("-* ").startswith(name) for line in text.splitlines()) for name in names)


def test_sources_shows_an_adapter_that_does_not_work_with_its_problem(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = registry.Registered("vault", "whygate-vault", None, "ImportError: no module\x1b[2J named vault")
    monkeypatch.setattr(registry, "registered", lambda: (broken,))
    assert run(capsys, "sources").lines[0] == "vault       does not work: ImportError: no module\\x1b[2J named vault"
    row = json.loads(run(capsys, "sources", "--format", "json").lines[0])
    assert row == {"kind": "adapter", "name": "vault", "description": None, "problem": broken.problem}
