"""R1 and R2 as properties: what the engine calls certain while something is unknown stays so however the unknown is filled in."""

from __future__ import annotations

from typing import Any

from engine_accounts import HOME, MIA, decide
from hypothesis import given, settings
from hypothesis import strategies as st

from whygate import conditions
from whygate import layers as layering
from whygate import policy as documents
from whygate.conditions import _TABLE
from whygate.context import Context
from whygate.evaluate import Verdict
from whygate.logic import FALSE, TRUE, Truth, Unknown, all_of, any_of, negate, unknown
from whygate.policies import given as given_policy

QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:a"
SINGLE, SET, VARIABLE = "aws:RequestTag/k", "aws:TagKeys", "aws:PrincipalTag/t"
PLAIN = ["", "a", "ab", "b*", "7", "2025-01-01", "203.0.113.9", "2001:db8::1", "arn:aws:s3:::a", "true", "false", "YWI="]
WANTED = [
    *PLAIN,
    *("*", "a*", "?", "8", "seven", "2026", "203.0.113.0/24", "203.0.113.0/99", "arn:aws:s3:::*", "arn:*:*:*:*:*", "TRUE", "no!"),
    *(f"${{{VARIABLE}}}", f"a${{{VARIABLE}}}", f"${{{VARIABLE}, 'a'}}", f"arn:aws:s3:::${{{VARIABLE}}}", f"${{{SET}}}"),
]
FILLINGS: dict[str, list[object]] = {
    SINGLE: [None, *PLAIN],
    SET: [None, [], [""], ["a"], ["a", "ab"], ["7", "b*"], ["arn:aws:s3:::a", "203.0.113.9"], ["", "true"]],
    VARIABLE: [None, "", "a", "b*", "7"],
}

operators = st.builds(
    lambda qualifier, row, if_exists: qualifier + row[0] + ("IfExists" if if_exists and row[0] != "Null" else ""),
    st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from(_TABLE),
    st.booleans(),
)
tests_of_a_block = st.builds(
    documents.ConditionTest, operators, st.sampled_from([SINGLE, SET, VARIABLE]), st.lists(st.sampled_from(WANTED), max_size=3).map(tuple)
)
blocks = st.lists(tests_of_a_block, min_size=1, max_size=2).map(tuple)
truths = st.sampled_from([TRUE, FALSE, unknown(Unknown("context", "a:b")), unknown(Unknown("layer", "scp"))])


@st.composite
def known_in_part(draw: st.DrawFn) -> tuple[dict[str, object], dict[str, object]]:
    """A context with some keys left out, and the same one with these filled in."""
    whole = {key: draw(st.sampled_from(values)) for key, values in FILLINGS.items()}
    left_out = draw(st.sets(st.sampled_from(sorted(whole)), min_size=1))
    return {key: value for key, value in whole.items() if key not in left_out}, whole


@settings(max_examples=1200, deadline=None)
@given(blocks, known_in_part(), st.booleans())
def test_a_certain_condition_stays_so_however_the_unknown_keys_are_filled(
    block: tuple[documents.ConditionTest, ...], contexts: tuple[dict[str, object], dict[str, object]], variable: bool
) -> None:
    part, whole = contexts
    before = conditions.evaluate(block, Context(part), variable=variable)
    if before.value is not None:
        assert conditions.evaluate(block, Context(whole), variable=variable).value is before.value
    else:
        assert before.unknowns
        keys = {item.name.lower() for item in before.unknowns if item.kind == "context"}
        assert not keys & {key.lower() for key in part}  # what is known is never named as unknown


@settings(max_examples=200, deadline=None)
@given(st.lists(truths, max_size=5))
def test_three_valued_logic_is_that_of_its_completions(values: list[Truth]) -> None:
    def completions(truth: Truth) -> set[bool]:
        return {True, False} if truth.value is None else {truth.value}

    def summed(outcomes: set[bool]) -> bool | None:
        return outcomes.pop() if len(outcomes) == 1 else None

    # Each unknown here stands for itself, so AND can be true where every part can, and false where some part can.
    every, some = all(True in completions(item) for item in values), any(False in completions(item) for item in values)
    assert all_of(values).value is summed({True} & {every} | ({False} if some else set()))
    assert any_of(values).value is negate(all_of([negate(item) for item in values])).value
    expected = {reason for item in values for reason in item.unknowns}
    assert set(all_of(values).unknowns) == (expected if all_of(values).value is None else set())


CONDITIONS: list[dict[str, Any]] = [
    {},
    {"StringLike": {SINGLE: "a*"}},
    {"StringNotEquals": {SINGLE: "a"}},
    {"StringEqualsIfExists": {SINGLE: f"${{{VARIABLE}}}"}},
    {"ForAllValues:StringEquals": {SET: ["a", "ab"]}},
    {"ForAnyValue:StringLike": {SET: "a*"}, "Null": {VARIABLE: "false"}},
]
statements = st.builds(
    lambda effect, action, resource, condition: {"Effect": effect, "Action": action, "Resource": resource, "Condition": condition},
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["*", "sqs:Tag*", "sns:*"]),
    st.sampled_from(["*", f"{QUEUE[:-1]}${{{VARIABLE}}}", f"arn:aws:sqs:*:{HOME}:*", "arn:aws:s3:::other/*"]),
    st.sampled_from(CONDITIONS),
)
policies = st.lists(statements, max_size=3)
maybe_policies = st.one_of(st.none(), st.just("unknown"), policies)
FILLED_LAYERS: list[Any] = [
    None,
    [],
    [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}],
    [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {SINGLE: "a"}}}],
]
LAYERS = {"boundary": "boundary", "scp": "scp", "resource": "resource"}


def verdict_of(identity: Any, context: dict[str, object], layers: dict[str, Any]) -> Verdict:
    made: dict[str, Any] = {}
    for name, content in layers.items():
        if content is None:
            made[name] = layering.none(name)
        elif content == "unknown":
            made[name] = layering.not_known(name)
        else:
            named = [{**item, "Principal": "*"} for item in content] if name == "resource" else content
            made[name] = layering.of(name, (given_policy(named, LAYERS[name], name),))
    return decide(identity, "sqs:TagQueue", QUEUE, who=MIA, ctx=context, **made)


@settings(max_examples=250, deadline=None)
@given(policies, known_in_part(), st.fixed_dictionaries(dict.fromkeys(LAYERS, maybe_policies)), st.data())
def test_a_certain_verdict_stays_so_however_keys_and_layers_are_filled(
    identity: Any, contexts: tuple[dict[str, object], dict[str, object]], layers: dict[str, Any], data: st.DataObject
) -> None:
    part, whole = contexts
    before = verdict_of(identity, part, layers)
    filled = {name: data.draw(st.sampled_from(FILLED_LAYERS)) if item == "unknown" else item for name, item in layers.items()}
    after = verdict_of(identity, whole, filled)
    # A Deny that only might match turns an implicit denial into an explicit one: no access either way (R1).
    possible = {
        "allowed": {"allowed"},
        "explicitDeny": {"explicitDeny"},
        "implicitDeny": {"implicitDeny", "explicitDeny"},
        "depends": {"allowed", "explicitDeny", "implicitDeny", "depends"},
    }
    assert after.verdict in possible[before.verdict]
    assert bool(before.unknowns) is (before.verdict == "depends")
    for item in before.unknowns:  # only what is unknown is named
        known_key = item.kind == "context" and item.name.lower() in {key.lower() for key in part}
        known_layer = item.kind == "layer" and layers.get(item.name) != "unknown"
        assert not known_key
        assert not known_layer
