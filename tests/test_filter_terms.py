"""Terms about one statement: what an action pattern can mean, NotAction, resources, condition keys, and several terms at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whygate import globs, policy
from whygate.errors import UserError
from whygate.policy import Statement
from whygate.statement_terms import STATEMENT, Term, called, common_action, leaves_action, meets, term


def statement(**elements: Any) -> Statement:
    return policy.from_python({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]}).statements[0]


def has(found: Statement, *typed: str) -> bool:
    """Whether the statement meets terms as they are typed."""
    terms = []
    for each in typed:
        name, _, value = each.lstrip("!").partition(":")
        terms.append(term(name, value, each.startswith("!")))
    return meets(found, terms)


@pytest.mark.parametrize(
    ("written", "asked", "common"),
    [
        ("rekognition:DetectLabels", "rekognition:*", True),
        ("rekognition:DetectLabels", "REKOGNITION:detectlabels", True),
        ("rekognition:DetectLabels", "rekognition:DetectText", False),
        ("rekognition:Detect*", "rekognition:*Text", True),
        ("rekognition:Detect*", "rekognition:Index*", False),
        ("*", "rekognition:DetectText", True),
        ("*:*", "rekognition:DetectText", True),
        ("rekog*", "rekognition:*", True),
        ("s3:*", "rekognition:*", False),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:GetObject", "s3:Get?bject", True),
        # What is no whole name is a beginning; a service that is one is meant whole.
        ("rekognition:DetectText", "rekog", True),
        ("rekognition:DetectText", "rekognition", True),
        ("rekognition:DetectText", "rekognition:Det", True),
        ("s3:GetObjectTagging", "s3:GetObject", False),
        ("s3:GetObjectTagging", "s3:GetObj", True),
        ("s3-outposts:GetObject", "s3", False),
        ("s3-outposts:GetObject", "s3-", True),
        ("made-up:Thing", "made-up:Th", True),
    ],
)
def test_an_action_is_met_where_pattern_and_term_can_mean_a_common_action(written: str, asked: str, common: bool) -> None:
    assert has(statement(Action=["sts:GetCallerIdentity", written]), f"act:{asked}") is common


@pytest.mark.parametrize(
    ("written", "asked", "left"),
    [
        (["iam:*"], "s3:*", True),
        (["iam:*"], "iam:*", False),
        (["iam:*"], "iam:PassRole", False),
        (["iam:*"], "*", True),
        (["*"], "iam:*", False),
        (["s3:Get*", "s3:Put*"], "s3:Get*", False),
        (["s3:Get*", "s3:Put*"], "s3:*", True),
        (["s3:GetObject"], "s3:Get*", True),
        (["s3:GetObject"], "s3:getobject", False),
        (["s3:???"], "s3:*", True),
    ],
)
def test_not_action_is_met_where_it_leaves_something_of_what_is_asked(written: list[str], asked: str, left: bool) -> None:
    assert has(statement(NotAction=written), f"act:{asked}") is left
    assert has(statement(NotAction=written), f"!act:{asked}") is not left


def test_a_resource_is_met_by_a_text_in_it_in_any_letter_case() -> None:
    faces = statement(Action="*", Resource=["arn:aws:rekognition:*:*:collection/Staff", "arn:aws:s3:::a"])
    assert has(faces, "res:collection/")
    assert has(faces, "res:COLLECTION/staff")
    assert not has(faces, "res:project/")
    assert has(faces, "!res:project/")
    assert has(statement(Action="*", NotResource="arn:aws:s3:::b/*"), "res:b/*")
    assert not has(statement(Action="sts:AssumeRole"), "res:a")


def test_a_condition_is_met_by_a_text_in_its_key() -> None:
    found = statement(Action="*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    assert has(found, "cond:aws:multifactor")
    assert not has(found, "cond:true")
    assert not has(found, "!cond:mfa", "cond:mfa")
    assert has(statement(Action="*"), "!cond:MultiFactor")


@pytest.mark.parametrize(("typed", "effect"), [("deny", "Deny"), ("d", "Deny"), ("ALLOW", "Allow"), ("al", "Allow")])
def test_an_effect_may_be_a_beginning(typed: str, effect: str) -> None:
    assert has(statement(Effect=effect), f"eff:{typed}")
    assert not has(statement(Effect={"Deny": "Allow", "Allow": "Deny"}[effect]), f"eff:{typed}")


def test_an_effect_that_there_is_not_is_refused() -> None:
    with pytest.raises(UserError, match="eff:allow or eff:deny"):
        term("eff", "maybe")


def test_several_terms_are_about_one_statement() -> None:
    found = statement(Effect="Deny", Action="rekognition:*", Resource="*")
    assert has(found, "eff:deny", "act:rekognition:DetectText", "res:*")
    assert not has(found, "eff:deny", "act:s3:*")
    assert has(found, "eff:deny", "!act:s3:*", "!cond:aws:")


def test_terms_that_are_not_about_statements_count_for_nothing_here() -> None:
    assert meets(statement(Action="*"), [Term("through", "group")])
    assert set(STATEMENT) == {"eff", "act", "res", "cond"}


PATTERNS = st.text("ab:*?", max_size=7)


@settings(max_examples=500, deadline=None)
@given(PATTERNS, PATTERNS)
def test_what_beginnings_settle_is_what_the_patterns_as_a_whole_say(first: str, second: str) -> None:
    assert common_action(first, second) is globs.overlap(globs.parse(first), globs.parse(second))


@settings(max_examples=300, deadline=None)
@given(st.lists(PATTERNS, max_size=3), PATTERNS, st.text("ab:", max_size=7))
def test_an_action_that_not_action_leaves_is_never_missed_where_the_term_names_it(written: list[str], asked: str, action: str) -> None:
    named = not globs.has_wildcard(asked)
    if named:
        assert leaves_action(tuple(written), action) is not any(globs.match(globs.parse(each), action) for each in written)
    if leaves_action(tuple(written), asked):
        # What it leaves can be told: the term with something that no pattern spells in its wildcards' place.
        example = asked.replace("?", "z").replace("*", "z" * 64)
        assert globs.match(globs.parse(asked), example)
        assert not any(globs.match(globs.parse(each), example) for each in written)


def test_a_name_is_meant_whole_where_something_is_called_so() -> None:
    names = {"ocr", "ocr-admins", "faces"}
    assert [each for each in sorted(names) if called("ocr", names)(each)] == ["ocr"]
    assert [each for each in sorted(names) if called("oc", names)(each)] == ["ocr", "ocr-admins"]
    assert [each for each in sorted(names) if called("*admins", names)(each)] == ["ocr-admins"]
