"""`whygate list` with the filter of the explorer: the same terms on a command line."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from explorer_accounts import demo
from running import REPOSITORY, run

from tui.filtering.filter import TERMS
from whygate.statement_index import StatementIndex
from whygate.statement_terms import term

Capture = pytest.CaptureFixture[str]


def names(capsys: Capture, *words: str | Path) -> list[str]:
    answer = run(capsys, "list", *words, "--format", "json")
    assert (answer.status, answer.err) == (0, "")
    return [json.loads(each)["name"] for each in answer.lines]


def test_terms_leave_the_same_rows_as_in_the_explorer(capsys: Capture) -> None:
    found = StatementIndex(demo()).rows("users", [term("eff", "deny"), term("act", "rekognition:*")]).rows
    expected = [demo().users[row].name for row in found]
    assert names(capsys, "demo", "users", "eff:deny", "act:rekognition:*") == expected
    assert names(capsys, "demo", "users", "eff:deny act:rekognition:*") == expected
    assert names(capsys, "demo", "users", "eff:deny", "act:rekognition:*", expected[0]) == expected[:1]


def test_terms_about_rows_and_words_with_colons(capsys: Capture) -> None:
    assert names(capsys, "demo", "resources", "type:collection") == [each.name for each in demo().resources if "collection" in each.type]
    assert names(capsys, "demo", "policies", "kind:aws") == [each.name for each in demo().policies if each.account == "aws"]
    assert names(capsys, "demo", "users", "arn:aws:iam::123456789012:user/mateojackson") == ["mateojackson"]


def test_a_filter_that_is_none_is_one_line_and_no_answer(capsys: Capture) -> None:
    answer = run(capsys, "list", "demo", "users", "eff:maybe")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "whygate: there is no effect 'maybe'; write eff:allow or eff:deny\n"
    answer = run(capsys, "list", "demo", "groups", "type:bucket")
    assert (answer.status, answer.out) == (2, "")
    assert "type: says nothing about groups" in answer.err


def test_a_word_never_stands_for_its_letters_here(capsys: Capture) -> None:
    assert names(capsys, "demo", "users", "mtjcks") == []


def test_rows_that_cannot_be_judged_are_said_beside_the_answer(capsys: Capture, tmp_path: Path) -> None:
    elsewhere = [{"PolicyName": "Elsewhere", "PolicyArn": "arn:aws:iam::123456789012:policy/Elsewhere"}]
    people: list[dict[str, Any]] = [
        {"UserName": "a", "Arn": "arn:aws:iam::123456789012:user/a", "AttachedManagedPolicies": elsewhere},
        {"UserName": "b", "Arn": "arn:aws:iam::123456789012:user/b"},
    ]
    (tmp_path / "account.json").write_text(json.dumps({"UserDetailList": people}))
    answer = run(capsys, "list", tmp_path / "account.json", "users", "eff:deny")
    assert (answer.status, answer.out) == (0, "")
    assert answer.err == "whygate: 1 row of users could not be judged: not every document is in the data\n"


def test_the_document_names_every_term_and_its_examples_find_something(capsys: Capture) -> None:
    text = (REPOSITORY / "docs" / "filter.md").read_text()
    named = set(re.findall(r"`([a-z]+):", "\n".join(each.split("|")[1] for each in text.splitlines() if each.startswith("| `"))))
    assert named == {kind.name for kind in TERMS}
    examples = [shlex.split(each) for each in text.splitlines() if each.startswith("whygate list ")]
    assert len(examples) == 3
    for _, _, source, kind, *words in examples:
        found = run(capsys, "list", source, kind, *words).lines  # some cannot be judged, and standard error says so
        assert 0 < len(found) < len(getattr(demo(), kind))
