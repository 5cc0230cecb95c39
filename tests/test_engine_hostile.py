"""Documents that somebody else wrote: whatever stands in them, the engine gives a verdict, an explanation and findings, and never fails."""

from __future__ import annotations

from typing import Any

from engine_accounts import HOME, MIA, RUN, SCAN, allow, decide
from hypothesis import given, settings
from hypothesis import strategies as st

from whygate import layers as layering
from whygate import lint
from whygate.conditions import _TABLE
from whygate.explain import explain
from whygate.policies import given as given_policy

QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"

scraps = st.lists(
    st.sampled_from(
        [
            *"*?:/$ ,'{}\x00\x1b\u202e\ud800é1",
            "${",
            "}",
            "${aws:username}",
            "${a, 'b'}",
            "arn:aws:",
            "sqs",
            HOME,
            "root",
            "role/",
            "iam::",
            "aws:TagKeys",
        ]
    ),
    max_size=6,
).map("".join)
texts = st.one_of(scraps, scraps.map("arn:".__add__), scraps.map("sqs:".__add__), st.sampled_from(["*", QUEUE, MIA, SCAN, HOME, "true"]))
some_texts = st.one_of(texts, st.lists(texts, max_size=3))
operators = st.builds(
    lambda qualifier, row, end: qualifier + row[0] + end,
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:", "forallvalues:"]),
    st.sampled_from(_TABLE),
    st.sampled_from(["", "", "IfExists"]),
)
keys = st.one_of(
    scraps, st.sampled_from(["aws:username", "aws:TagKeys", "aws:SourceIp", "aws:PrincipalTag/t", "kms:ViaService", "idp.example.com:aud"])
)
conditions = st.dictionaries(operators, st.dictionaries(keys, st.one_of(some_texts, st.booleans(), st.integers()), max_size=2), max_size=2)
actions = st.one_of(st.sampled_from(["*", "sqs:TagQueue"]), scraps.map(lambda text: f"sqs:{text.replace(' ', '')}*"))
resources = st.one_of(st.sampled_from(["*", QUEUE]), scraps.map("arn:".__add__))
kinds_of_principal = st.sampled_from(["AWS", "AWS", "Service", "Federated", "CanonicalUser"])
principals = st.one_of(st.just("*"), st.dictionaries(kinds_of_principal, st.lists(texts, min_size=1, max_size=3), min_size=1))


@st.composite
def statements(draw: st.DrawFn, principal: bool) -> dict[str, Any]:
    """A statement that keeps to the grammar, so that it is evaluated and not only refused."""
    effect, negated = draw(st.sampled_from(["Allow", "Deny"])), st.sampled_from(["", "", "Not"])
    made: dict[str, Any] = {
        "Effect": effect,
        draw(negated) + "Action": draw(st.lists(actions, min_size=1, max_size=3)),
        draw(negated) + "Resource": draw(st.lists(resources, min_size=1, max_size=3)),
        "Condition": draw(st.one_of(st.just({}), conditions)),
    }
    if principal:
        made[("Not" if effect == "Deny" and draw(st.booleans()) else "") + "Principal"] = draw(principals)
    return made


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(statements(False), max_size=2),
    st.lists(statements(True), max_size=2),
    st.dictionaries(keys, st.one_of(st.none(), texts, st.lists(texts, max_size=2)), max_size=2),
    st.sampled_from(
        [MIA, RUN, SCAN, f"arn:aws:iam::{HOME}:root", f"arn:aws:sts::{HOME}:federated-user/b", "textract.amazonaws.com", "anonymous"]
    ),
    st.sampled_from([QUEUE, "*", f"arn:aws:sqs:*:{HOME}:*"]),
)
def test_every_statement_gets_a_verdict_and_an_explanation(
    identity: list[Any], resource: list[Any], context: dict[str, Any], who: str, target: str
) -> None:
    shared = layering.of("resource", (given_policy(resource, "resource", "queue"),))
    verdict = decide(identity, "sqs:TagQueue", target, who=who, ctx=context, resource=shared)
    explanation = explain(verdict)
    assert explanation.reason.endswith(".")
    assert bool(verdict.unknowns) is (verdict.verdict == "depends")
    for report in explanation.layers:
        assert all(item.reason for item in report.statements)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        json_values,
        st.builds(lambda value, name: [{**allow(), name: value}], json_values, texts),
        json_values.map(lambda value: {"Statement": value}),
    )
)
def test_every_document_is_judged_and_printed(value: Any) -> None:
    held = given_policy(value, "inline", "p")
    for kind in ("identity", "resource", "trust", "scp", "rcp"):
        assert all(item.text for item in lint.findings(held.policy, kind))
    assert decide(value, "sqs:TagQueue", QUEUE).verdict in ("allowed", "explicitDeny", "implicitDeny", "depends")
    assert held.policy.unreadable or held.policy.text.lines
