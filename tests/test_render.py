"""An explanation as text, Markdown and JSON: the same content in each, and nothing of an account's text is markup."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from whygate import render, scenarios
from whygate.explain import Explanation, explain
from whygate.scenarios import Row

ANA = "arn:aws:iam::111122223333:user/ana"
TEXTS = st.text(st.characters(codec=None, categories=None), max_size=12)


def answered(**keys: object) -> Explanation:
    row = {"principal": ANA, "action": "textract:DetectDocumentText", **keys}
    (found,) = scenarios.read([Row(row, 1)])
    return explain(scenarios.answer(found, None))


def policy(effect: str = "Allow", action: str = "textract:*", **more: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*", **more}]}


ANSWERS = {
    "allowed": answered(identity_policies=[policy()]),
    "explicitDeny": answered(identity_policies=[policy(), policy("Deny", Sid="Stop")]),
    "implicitDeny": answered(identity_policies=[policy(action="textract:Analyze*")]),
    "depends": answered(identity_policies=[policy(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})]),
}
each = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)


@pytest.mark.parametrize("verdict", ANSWERS)
def test_the_answers_of_these_tests_are_what_they_are_called(verdict: str) -> None:
    assert ANSWERS[verdict].verdict == verdict


@each
def test_text_and_markdown_say_what_the_json_says(answer: Explanation) -> None:
    found = render.data(answer)
    text, markdown = render.text(answer), render.markdown(answer)
    assert text.split("\n")[0] == f"{found['principal']} can {found['action']} on {found['resource']}?"
    assert answer.headline in text
    assert f"**{answer.headline}**" in markdown
    assert answer.reason in text
    assert render.plain(answer.reason) in markdown
    for layer in answer.layers:
        assert re.search(rf"^[▸ ] {layer.title} +{re.escape(render.MARKS[layer.decision])} {layer.word}", text, re.MULTILINE)
        assert f"{layer.title}" in markdown
    for statement in answer.near_misses:
        assert render.title(statement) in text
        assert statement.reason in text
        assert render.plain(statement.reason) in markdown
    for use in answer.context:
        assert f"  {use.key}" in text
        assert f"`{use.key}`" in markdown
    for note in answer.notes:
        assert note in text
        assert render.plain(note) in markdown


@each
def test_the_layer_that_decided_is_marked_in_each_form(answer: Explanation) -> None:
    decided = answer.layers[answer.deciding]
    assert render.data(answer)["decided_by"] == decided.layer
    (marked,) = [line for line in render.text(answer).split("\n") if line.startswith("▸")]
    assert marked.startswith(f"▸ {decided.title} ")
    assert f"| **{decided.title}** |" in render.markdown(answer)


@each
def test_no_line_ends_in_blanks(answer: Explanation) -> None:
    for text in (render.text(answer), render.markdown(answer)):
        assert not re.search(r"[ \t]$", text, re.MULTILINE)
        assert not text.endswith("\n")


@each
def test_json_is_one_line_that_decodes_to_the_data(answer: Explanation) -> None:
    encoded = render.json_text(render.data(answer))
    assert "\n" not in encoded
    assert json.loads(encoded) == render.data(answer)


def test_a_scenario_adds_id_expectation_and_outcome() -> None:
    answer = ANSWERS["allowed"]
    assert render.scenario_data("a", answer, "allowed") == {"id": "a", **render.data(answer), "expected": "allowed", "ok": True}
    failed, unchecked = render.scenario_data("a", answer, "depends"), render.scenario_data("a", answer, "")
    assert (failed["ok"], failed["expected"]) == (False, "depends")
    assert (unchecked["ok"], unchecked["expected"]) == (None, None)


def test_a_statement_is_titled_by_group_policy_and_sid_or_number() -> None:
    (statement,) = ANSWERS["allowed"].layers[4].statements
    assert render.title(statement) == "identity-based policies 1 › statement 1"
    named = msgspec.structs.replace(statement, through="ocr", policy_name="TextractUse", sid="ReadForms")
    assert render.title(named) == "group ocr › TextractUse › ReadForms"


def test_json_writes_half_a_surrogate_pair_as_an_escape() -> None:
    value = {"a": "x\ud800y", "b": [1, None, True]}
    encoded = render.json_text(value)
    assert encoded == '{"a":"x\\ud800y","b":[1,null,true]}'
    assert json.loads(encoded) == value


@given(TEXTS)
def test_plain_markdown_has_every_mark_of_markdown_escaped(text: str) -> None:
    shown = render.plain(text)
    assert not re.search(r"[`*_{}\[\]<>#|!~&]", re.sub(r"\\.", "", shown))
    assert "\n" not in shown


@given(TEXTS, TEXTS)
@example("a|b", "\\|")
@example("`|", "a\\\\|`")
def test_a_table_of_markdown_keeps_its_columns_whatever_a_name_holds(principal: str, key: str) -> None:
    answer = ANSWERS["depends"]
    use = msgspec.structs.replace(answer.context[0], key=key, value=key, origin=key)
    changed = msgspec.structs.replace(answer, principal=principal, context=(use,))
    lines = render.markdown(changed).split("\n")
    assert lines[0].startswith("## ")
    rows = [line for line in lines if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows} == {4}
    assert len(lines) == len(render.markdown(answer).split("\n"))


@pytest.mark.parametrize("name", ["a`b", "``", "`x`", "a```b`c"])
def test_a_code_span_holds_backquotes(name: str) -> None:
    changed = msgspec.structs.replace(ANSWERS["allowed"], principal=name)
    heading = render.markdown(changed).split("\n")[0]
    fence = re.match(r"## (`+) ", heading)
    assert fence is not None
    assert fence[1] not in name
    assert heading.startswith(f"## {fence[1]} {name} {fence[1]} · ")
