"""The ladder as rows: what was not collected, what a verdict hangs on, every key with its origin; and the statement beside them."""

from __future__ import annotations

import msgspec
import pytest
from explorer_accounts import account, demo
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.questions.asking import Question, answer
from tui.rows.beside import WIDE, ladder_width, statement_lines
from tui.rows.key_rows import Keys, keys_of
from tui.rows.ladder import because, deciding_statement, headline, ladder, row_of_key
from tui.rows.ladder_row import LadderRow
from whygate.explain import Explanation, explain
from whygate.snapshot import Snapshot

DEV = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
SOFIA = Question("sofiamartinez", "textract:DeleteAdapter", DEV)
LONG = "aws:PrincipalTag/a-tag-with-quite-a-long-name-as-some-companies-have"


def export(*statements: dict[str, object]) -> Snapshot:
    """What `aws iam get-account-authorization-details` gives: no SCPs, no RCPs, no resources."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    held = [{"PolicyName": "P", "PolicyDocument": document}]
    user = {"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "UserPolicyList": held, "Tags": []}
    return account(UserDetailList=[user])


def allow(**condition: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "textract:*", "Resource": "*", **({"Condition": condition} if condition else {})}


def asked(shown: Snapshot, question: Question) -> Explanation:
    return explain(answer(shown, question))


def texts(rows: list[LadderRow]) -> list[str]:
    return [row.text for row in rows]


ANA = Question("ana", "textract:DetectDocumentText", "*")


def test_a_layer_that_was_not_collected_says_so_and_below_the_layers_stands_what_to_do() -> None:
    rows = texts(ladder(asked(export(allow()), ANA), ANA, frozenset(), 80))
    assert next(row for row in rows if "? not collected" in row).startswith("service control policies")
    assert any(row.startswith("? not collected: SCPs, RCPs. u counts them as none") for row in rows)


def test_counted_as_none_stands_in_the_layers_themselves() -> None:
    question = msgspec.structs.replace(ANA, uncollected="none")
    explanation = asked(export(allow()), question)
    rows = texts(ladder(explanation, question, frozenset(), 80))
    assert explanation.verdict == "allowed"
    assert sum("? assumed none" in row for row in rows) == 2
    assert any(row.startswith("? counted as none: SCPs, RCPs. u counts them as unknown again") for row in rows)


def test_where_everything_was_collected_nothing_is_said_of_it() -> None:
    rows = texts(ladder(asked(demo(), SOFIA), SOFIA, frozenset(), 80))
    assert not any("not collected" in row or "assumed none" in row for row in rows)


def test_a_depends_is_told_by_what_it_hangs_on() -> None:
    waiting = asked(export(allow()), ANA)
    assert headline(waiting) == "DEPENDS: allowed by everything collected (SCPs, RCPs not collected)"
    key = asked(export(allow(Bool={"aws:MultiFactorAuthPresent": "true"})), ANA)
    assert headline(key) == "DEPENDS on aws:MultiFactorAuthPresent (SCPs, RCPs not collected)"
    assert because(key) == "allowed if aws:MultiFactorAuthPresent is true and no SCP stops it and no RCP denies it."
    assert headline(asked(demo(), SOFIA)) == "DEPENDS on aws:MultiFactorAuthPresent"


def test_where_no_ways_are_known_what_it_hangs_on_is_named_as_a_reader_would() -> None:
    explanation = msgspec.structs.replace(asked(export(allow()), ANA), allowed_if=(), denied_if=())
    rows = texts(ladder(explanation, ANA, frozenset(), 200))
    assert "· SCPs (not collected)" in rows
    assert not any(row.startswith(("· scp:", "· rcp:", "· resource:")) for row in rows)


def test_a_verdict_that_hangs_on_nothing_keeps_its_headline_and_reason() -> None:
    question = Question("mateojackson", "textract:DetectDocumentText", "*")
    explanation = asked(demo(), question)
    assert headline(explanation) == "DENIED, implicitly"
    assert because(explanation) == explanation.reason


def test_every_key_says_where_its_value_is_from() -> None:
    question = msgspec.structs.replace(SOFIA, context="aws:PrincipalOrgID! aws:Unasked=x")
    keys = {key.name: key for key in keys_of(asked(demo(), question), question)}
    assert (keys["aws:MultiFactorAuthPresent"].state, keys["aws:MultiFactorAuthPresent"].origin) == ("unknown", "not given")
    assert (keys["aws:PrincipalOrgID"].state, keys["aws:PrincipalOrgID"].given) == ("absent", True)
    assert keys["aws:RequestedRegion"].origin == "assumed: the resource's region (R8)"
    assert keys["aws:Unasked"].origin == "given, but no statement asks for it"


def test_the_keys_that_matter_come_first_and_keep_their_places_once_they_are_given() -> None:
    before = keys_of(asked(demo(), SOFIA), SOFIA)
    assert before[0].name == "aws:MultiFactorAuthPresent"
    order = tuple(key.name.lower() for key in reversed(before))
    given_one = msgspec.structs.replace(SOFIA, context="aws:MultiFactorAuthPresent=true")
    rows = ladder(asked(demo(), given_one), given_one, frozenset(), 80, Keys(order))
    assert [row.sets.lower() for row in rows if row.sets] == list(order)


def test_values_worth_trying_are_those_of_the_policies() -> None:
    conditions = allow(
        StringEquals={"aws:PrincipalTag/team": ["ocr", "${aws:username}"]},
        StringLike={"s3:prefix": "a*"},
        IpAddress={"aws:SourceIp": "203.0.113.0/24"},
        Bool={"aws:SecureTransport": "true"},
    )
    tried = {key.name: key.compared for key in keys_of(asked(export(conditions), ANA), ANA)}
    assert tried["aws:PrincipalTag/team"] == ("ocr", "ana")
    assert tried["aws:SourceIp"] == ("203.0.113.0",)
    assert tried["aws:SecureTransport"] == ("true", "false")
    assert tried["s3:prefix"] == (), "a pattern is no value"


@pytest.mark.parametrize("width", [60, 80, 92])
def test_the_value_that_is_edited_lies_where_the_row_says(width: int) -> None:
    shown = export(allow(StringEquals={LONG: "x", "aws:SourceVpc": "v"}))
    explanation = asked(shown, ANA)
    for name in (LONG, "aws:SourceVpc"):
        plain_rows = ladder(explanation, ANA, frozenset(), width)
        at = row_of_key(plain_rows, name)
        assert at is not None
        below, left = plain_rows[at].value_at
        value = next(key.value for key in keys_of(explanation, ANA) if key.name == name)
        assert plain_rows[at + below].text[left:].startswith(value)
        edited = ladder(explanation, ANA, frozenset(), width, Keys(edited=name))
        at = row_of_key(edited, name)
        assert at is not None
        assert edited[at].value_at == (below, left)
        assert edited[at + below].text[left:].strip() == "", "the input lies there"


@given(st.text(min_size=1), st.integers(min_value=60, max_value=160))
def test_no_row_is_wider_than_its_table(value: str, width: int) -> None:
    question = msgspec.structs.replace(SOFIA, context=f"{LONG}=x")
    explanation = asked(demo(), question)
    use = msgspec.structs.replace(explanation.context[0], value=value, origin=value)
    rows = ladder(msgspec.structs.replace(explanation, context=(use,)), question, frozenset({"identity"}), width)
    assert all(cell_len(row.text) <= width - 2 for row in rows if row.sets or not row.report)


def test_the_statement_beside_the_ladder_has_its_lines_with_the_failed_element_marked() -> None:
    question = Question("mateojackson", "textract:DetectDocumentText", "*")
    identity = next(layer for layer in asked(demo(), question).layers if layer.layer == "identity")
    report = deciding_statement(identity)
    assert report is not None
    lines = ["".join(text for text, *_ in line) for line in statement_lines(demo(), report, 66)]
    assert lines[0] == "group ocr › TextractUse › WorkWithAdapters"
    assert lines[1].startswith("≈ near miss: only for")
    assert [line for line in lines if "✗" in line] == ['   8 ✗   "Resource": "arn:aws:textract:*:123456789012:/adapters/*"']
    assert all(cell_len(line) <= 66 for line in lines)


def test_a_deny_that_hangs_on_something_says_more_of_a_layer_than_the_allow_beside_it() -> None:
    identity = next(layer for layer in asked(demo(), SOFIA).layers if layer.layer == "identity")
    report = deciding_statement(identity)
    assert report is not None
    assert (report.outcome, report.effect) == ("unknown", "Deny")


def test_only_a_wide_screen_has_room_beside_the_ladder() -> None:
    assert ladder_width(80) == 80
    assert ladder_width(WIDE - 1) == WIDE - 1
    assert 84 <= ladder_width(WIDE) < WIDE
