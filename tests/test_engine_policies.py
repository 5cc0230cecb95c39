"""Reading policy documents: every form in which they arrive, what was lost on the way, and where each element stands in the print."""

from __future__ import annotations

import json
import sys
import urllib.parse
from datetime import date
from typing import Any

import pytest
from engine_accounts import allow, deny, document

from whygate import grammar, json_tree, lint, policy
from whygate.json_tree import Number, Object

DOCUMENT = document(
    allow("s3:Get*", ["arn:aws:s3:::box", "arn:aws:s3:::box/*"], Sid="Read"), deny("s3:*", Condition={"Bool": {"a:b": False}})
)
TEXT = json.dumps(DOCUMENT)


def statements(found: policy.Policy) -> list[tuple[str, tuple[str, ...]]]:
    assert found.unreadable == ""
    return [(item.effect, item.actions) for item in found.statements]


@pytest.mark.parametrize(
    "raw",
    [
        TEXT,
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        f"\n\t {TEXT} \n",
        urllib.parse.quote(TEXT),
        urllib.parse.quote(TEXT, safe=""),
        json.dumps(TEXT),
        json.dumps(urllib.parse.quote(TEXT)),
        json.dumps([DOCUMENT]),
    ],
    ids=[
        "text",
        "bytes",
        "byte order mark",
        "white space",
        "url-encoded",
        "wholly url-encoded",
        "json in json",
        "url-encoded in json",
        "list of one",
    ],
)
def test_a_document_reads_the_same_in_every_form(raw: str | bytes) -> None:
    found = policy.read(raw)
    assert statements(found) == [("Allow", ("s3:Get*",)), ("Deny", ("s3:*",))]
    assert found.variables
    assert found.statements[1].tests == (policy.ConditionTest("Bool", "a:b", ("false",)),)


def test_python_values_read_like_their_text() -> None:
    assert policy.from_python(DOCUMENT).statements == policy.read(TEXT).statements
    assert policy.from_python(DOCUMENT["Statement"]).statements == policy.read(TEXT).statements


def test_a_version_that_yaml_made_a_date_is_text_again() -> None:
    found = policy.from_python({**DOCUMENT, "Version": date(2012, 10, 17)})
    assert found.variables
    assert grammar.check(found, "identity") == ()
    assert '"2012-10-17"' in found.text.lines[1]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"Statement": "\xff"}', "the document is not UTF-8 at byte 15"),
        ("%7B%FF%7D", "the document is URL-encoded text that is not UTF-8"),
        ("", "the document is not JSON: expecting value (line 1 of the document)"),
        ('{"a":\n\n}', "the document is not JSON: expecting value (line 3 of the document)"),
        ('{"Statement": NaN}', "the document is not JSON: NaN is not JSON"),
        ("null", "a policy document is a JSON object, this is null"),
        ("true", "a policy document is a JSON object, this is a boolean"),
        ("3", "a policy document is a JSON object, this is a number"),
        ("{}", "the document has no Statement"),
        (json.dumps(json.dumps(json.dumps(TEXT))), "the document is text inside text"),
    ],
)
def test_what_cannot_be_read_says_why_and_has_no_statements(raw: str | bytes, why: str) -> None:
    found = policy.read(raw)
    assert (found.unreadable, found.statements) == (why, ())
    assert [item.text for item in grammar.check(found, "identity")] == [why]
    assert lint.findings(found, "identity") == grammar.check(found, "identity")


@pytest.mark.parametrize("depth", [json_tree.MAX_DEPTH, sys.getrecursionlimit() - 150, 200_000])
def test_hostile_nesting_is_refused_and_not_walked(depth: int) -> None:
    found = policy.read('{"Statement": {"Effect": "Allow", "Resource": ' + "[" * depth + "]" * depth + "}}")
    assert found.unreadable == "the document is not JSON: nested too deeply"
    assert grammar.check(found, "identity")[0].text == found.unreadable


def test_deep_nesting_within_the_bound_can_be_checked_and_printed() -> None:
    depth = json_tree.MAX_DEPTH - 2
    found = policy.read('{"Statement": {"Effect": "Allow", "Resource": ' + "[" * depth + "]" * depth + "}}")
    assert found.unreadable == ""
    assert "Resource must be text or a list of texts" in [item.text for item in grammar.check(found, "identity")]
    assert len(found.text.lines) > depth


def test_python_values_that_hold_themselves_are_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert policy.from_python({"Statement": endless}).unreadable == "the document is nested too deeply"


def test_brackets_inside_text_are_no_nesting() -> None:
    text = json.dumps(document(allow(Sid="[" * 5000)))
    assert policy.read(text).unreadable == ""


def test_duplicate_keys_are_found_at_every_depth_and_the_last_one_wins() -> None:
    found = policy.read(
        '{"Version":"2012-10-17","Id":"a","Id":"b","Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}'
    )
    places = [(item.text, item.path) for item in grammar.check(found, "resource") if item.rule == "R49"]
    assert places == [("duplicate key Id", ("Id",)), ("duplicate key Effect", ("Statement", 0, "Effect"))]
    assert found.statements[0].effect == "Deny"
    assert sum('"Id"' in line for line in found.text.lines) == 2  # both are printed


def test_numbers_keep_their_text() -> None:
    tree = json_tree.loads('{"a": 1.50, "b": 12345678901234567890, "c": 1E2}')
    assert [(type(value), str(value)) for value in tree.values()] == [(Number, "1.50"), (Number, "12345678901234567890"), (Number, "1E2")]
    assert "".join(json_tree.render(tree).lines).replace(" ", "") == '{"a":1.50,"b":12345678901234567890,"c":1E2}'


def test_the_print_reads_back_as_the_same_document() -> None:
    found = policy.read(TEXT)
    assert json.loads("\n".join(found.text.lines)) == DOCUMENT


def test_each_element_knows_its_lines() -> None:
    found = policy.read(TEXT)
    first, second = found.statements

    def printed(*inside: str | int, statement: policy.Statement) -> str:
        lines = found.text.lines_of(found.place(statement, *inside))
        assert lines is not None
        return " ".join(line.strip() for line in found.text.lines[lines[0] : lines[1] + 1])

    assert printed("Action", statement=first) == '"Action": "s3:Get*",'
    assert printed("Resource", 1, statement=first) == '"arn:aws:s3:::box/*"'
    assert printed("Resource", statement=first) == '"Resource": [ "arn:aws:s3:::box", "arn:aws:s3:::box/*" ],'
    assert printed("Condition", "Bool", "a:b", statement=second) == '"a:b": false'
    assert printed("NotThere", statement=second) == printed(statement=second)  # the nearest part above


def test_a_statement_without_a_list_around_it_is_at_statement() -> None:
    found = policy.from_python({"Version": "2012-10-17", "Statement": allow()})
    assert found.place(found.statements[0], "Action") == ("Statement", "Action")
    assert found.text.lines_of(("Statement", "Action")) == (4, 4)


@pytest.mark.parametrize(
    ("statement", "label", "summary"),
    [
        (allow("s3:*", Sid="All"), "All", "Allow s3:* on *"),
        (deny(["s3:*", "sns:*"], "*", Condition={"Bool": {"a:b": "true", "c:d": "true"}}), "statement 1", "Deny s3:* +1 on * if a:b, c:d"),
        ({"Effect": "Allow", "NotAction": "iam:*", "NotResource": ["a", "b"]}, "statement 1", "Allow all but iam:* on all but a +1"),
        ({}, "statement 1", "(no Effect) nothing"),
    ],
)
def test_a_statement_is_summed_up_in_a_line(statement: dict[str, Any], label: str, summary: str) -> None:
    found = policy.from_python([statement]).statements[0]
    assert (found.label, found.summary()) == (label, summary)


@pytest.mark.parametrize("value", [None, 3, True, [1, None], {"a": {"b": []}}, [[["x"]]], "text"])
@pytest.mark.parametrize("element", ["Effect", "Action", "Resource", "Principal", "Condition", "Sid"])
def test_an_element_of_any_type_is_read_and_judged_without_an_exception(element: str, value: Any) -> None:
    found = policy.from_python([{**allow(Principal="*"), element: value}])
    for kind in policy.KINDS:
        for item in lint.findings(found, kind):
            assert found.text.lines_of(item.path) is not None


@pytest.mark.parametrize("kind", policy.KINDS)
def test_a_good_document_of_every_kind_has_no_complaint(kind: str) -> None:
    with_principal = kind in ("resource", "trust", "rcp", "vpce")
    statement: dict[str, Any] = {"Effect": "Deny" if kind == "rcp" else "Allow", "Action": "s3:GetObject"}
    if kind != "trust":
        statement["Resource"] = "arn:aws:s3:::box/*"
    if with_principal:
        statement["Principal"] = "*"
    assert grammar.check(policy.from_python([statement]), kind) == ()


def test_the_rcp_that_aws_manages_is_the_one_exception() -> None:
    found = policy.from_python([allow(Principal="*")])
    assert grammar.check(found, "rcp", aws_managed_rcp=True) == ()
    assert [item.rule for item in grammar.check(found, "rcp")] == ["R55", "R55"]


def test_an_object_remembers_every_pair() -> None:
    made = Object([("a", 1), ("b", 2), ("a", 3)])
    assert (dict(made), made.duplicates, len(made.pairs)) == ({"a": 3, "b": 2}, ("a",), 3)
