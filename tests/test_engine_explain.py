"""Explanations: the first element that failed and why, the layer that decided, the nearest misses in their order, what is noted (R7)."""

from __future__ import annotations

from typing import Any

import pytest
from engine_accounts import ADAPTER, AWAY, HOME, MIA, RUN, SCAN, account, allow, decide, deny, document, group, role, user

from whygate import layers as layering
from whygate.evaluate import Verdict
from whygate.explain import Explanation, StatementReport, explain
from whygate.layers import ORDER, Layer, Level
from whygate.policies import given
from whygate.question import Options, ask

EVERYTHING = document(allow())
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"


def layer(name: str, *statements: dict[str, Any], kind: str = "") -> Layer:
    return layering.of(name, (given(list(statements), kind or name, f"the {name}"),))


def reports(verdict: Verdict, name: str = "identity") -> tuple[StatementReport, ...]:
    return explain(verdict).layers[ORDER.index(name)].statements


def deciding(explanation: Explanation) -> str:
    return explanation.layers[explanation.deciding].layer


def one(statement: dict[str, Any], *, ctx: dict[str, object] | None = None, who: str = MIA) -> StatementReport:
    (report,) = reports(decide([statement], "sqs:TagQueue", QUEUE, ctx=ctx, who=who))
    return report


TAGGED = {"StringEquals": {"aws:RequestTag/k": "a"}}
ALL_BUT_QUEUES = {"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("statement", "outcome", "failed", "reason"),
    [
        (allow("sqs:*"), "match", "", "allows it"),
        (deny("sqs:*"), "match", "", "denies it"),
        (allow(["sqs:Get*", "sqs:Send*"], "arn:aws:s3:::x", Condition=TAGGED), "no-match", "action",
         "for sqs:Get*, sqs:Send*, not TagQueue"),
        (allow("s3:*"), "no-match", "action", "for s3: another service"),
        (allow(["s3:*", "sns:*", "s3:Get*"]), "no-match", "action", "for s3, sns: other services"),
        (ALL_BUT_QUEUES, "no-match", "action", "for every action but sqs:*, and this is one"),
        (allow("sqs:*", "arn:aws:s3:::x", Condition=TAGGED), "no-match", "resource", f"for arn:aws:s3:::x, not {QUEUE}"),
        (allow("sqs:*", Condition={"StringEquals": {"aws:RequestTag/k": ["x", "y", "z"]}}), "no-match", "condition",
         "aws:RequestTag/k: StringEquals x, y and 1 more, the request has b"),
        (allow("sqs:*", Condition={"Bool": {"aws:SecureTransport": "true"}}), "unknown", "condition",
         "hangs on aws:SecureTransport: Bool true, which is not known"),
        (allow("sqs:*", Condition={"StringEquals": {"aws:SourceArn": "x"}}), "no-match", "condition",
         "aws:SourceArn: StringEquals x, the request has none"),
        (allow("sqs:*", Condition={"StringLike": {"aws:RequestTag/k": "${aws:username}*"}}), "no-match", "condition",
         "aws:RequestTag/k: StringLike mia*, the request has b"),
    ],
)  # fmt: skip
def test_a_statement_tells_the_first_element_that_failed(statement: dict[str, Any], outcome: str, failed: str, reason: str) -> None:
    report = one(statement, ctx={"aws:RequestTag/k": "b"})
    assert (report.outcome, report.failed, report.reason) == (outcome, failed, reason)
    assert report.place == ("Statement", 0, *((element(statement, failed),) if failed else ()))


def element(statement: dict[str, Any], failed: str) -> str:
    return next(key for key in statement if key.removeprefix("Not").lower() == failed)


def test_a_later_failure_counts_where_an_earlier_element_is_only_unknown() -> None:
    report = one({**allow("sqs:*", f"{QUEUE[:-4]}${{aws:PrincipalTag/t}}"), "Condition": {"Null": {"aws:username": "true"}}})
    assert (report.outcome, report.failed) == ("no-match", "condition")
    assert one(allow("sqs:*", f"{QUEUE[:-4]}${{aws:PrincipalTag/t}}")).failed == "resource"


@pytest.mark.parametrize(
    ("principal", "who", "reason"),
    [
        ({"AWS": SCAN}, MIA, f"names {SCAN}, not {MIA}"),
        ({"AWS": [SCAN, AWAY], "Service": "textract.amazonaws.com"}, MIA, f"names {SCAN}, {AWAY} and 1 more, not {MIA}"),
    ],
)
def test_a_principal_that_does_not_name_the_caller_fails_first(principal: Any, who: str, reason: str) -> None:
    verdict = decide([], "sqs:TagQueue", QUEUE, who=who, resource=layer("resource", allow("s3:*", "*", Principal=principal)))
    (report,) = reports(verdict, "resource")
    assert (report.failed, report.reason) == ("principal", reason)


def test_a_resource_pattern_with_an_absent_variable_says_which() -> None:
    report = one(allow("sqs:*", f"{QUEUE}${{aws:username}}"), who=RUN)
    assert (report.failed, report.reason) == ("resource", f"for {QUEUE}${{aws:username}}, but the request has no aws:username")


def test_an_arn_for_a_call_without_a_resource_says_so() -> None:
    (report,) = reports(decide([allow("textract:*", ADAPTER)], "textract:DetectDocumentText"))
    assert "DetectDocumentText has no resource, so only * matches" in report.reason


DENY_ALL = deny("sqs:*")
NO = allow("s3:*")
ALL = allow()
BY_ALL = {"Principal": "*"}


@pytest.mark.parametrize(
    ("identity", "layers", "verdict", "by"),
    [
        ([ALL], {}, "allowed", "identity"),
        ([], {"resource": layer("resource", {**ALL, "Principal": {"AWS": MIA}})}, "allowed", "resource"),
        ([ALL], {"resource": layer("resource", {**ALL, "Principal": {"AWS": MIA}})}, "allowed", "identity"),
        (
            [ALL],
            {"resource": layer("resource", {**ALL, "Principal": {"AWS": MIA}}), "boundary": layer("boundary", NO)},
            "allowed",
            "resource",
        ),
        ([], {}, "implicitDeny", "identity"),
        ([ALL], {"boundary": layer("boundary", NO)}, "implicitDeny", "boundary"),
        ([], {"boundary": layer("boundary", NO)}, "implicitDeny", "identity"),
        ([ALL], {"scp": layer("scp", NO)}, "implicitDeny", "scp"),
        ([], {"scp": layer("scp", NO)}, "implicitDeny", "scp"),
        ([ALL], {"vpce": layer("vpce", {**NO, **BY_ALL})}, "implicitDeny", "vpce"),
        ([DENY_ALL], {}, "explicitDeny", "identity"),
        ([DENY_ALL], {"boundary": layer("boundary", DENY_ALL)}, "explicitDeny", "identity"),
        ([DENY_ALL], {"scp": layer("scp", DENY_ALL)}, "explicitDeny", "scp"),
        ([DENY_ALL], {"resource": layer("resource", {**DENY_ALL, **BY_ALL})}, "explicitDeny", "resource"),
        ([ALL], {"scp": layering.not_known("scp")}, "depends", "scp"),
        ([ALL], {"boundary": layering.not_known("boundary")}, "depends", "boundary"),
        ([ALL], {"rcp": layering.not_known("rcp")}, "depends", "rcp"),
        ([ALL, deny(Condition={"Bool": {"aws:SecureTransport": "false"}})], {}, "depends", "identity"),
    ],
)
def test_the_deciding_layer_is_the_first_in_the_order_of_aws(identity: list[Any], layers: dict[str, Any], verdict: str, by: str) -> None:
    found = decide(identity, "sqs:TagQueue", QUEUE, **layers)
    assert (found.verdict, deciding(explain(found))) == (verdict, by)


@pytest.mark.parametrize(
    ("principal", "by"), [({"AWS": HOME}, "identity"), ({"AWS": MIA}, "resource"), ({"AWS": [HOME, MIA]}, "resource"), ("*", "resource")]
)
def test_where_a_resource_policy_is_mandatory_identity_decides_only_if_it_delegates(principal: Any, by: str) -> None:
    key = f"arn:aws:kms:eu-west-1:{HOME}:key/k"
    found = decide([ALL], "kms:Decrypt", key, resource=layer("resource", {**ALL, "Principal": principal}))
    assert (found.verdict, deciding(explain(found))) == ("allowed", by)


@pytest.mark.parametrize(
    ("action", "who", "reason"),
    [
        ("sts:GetCallerIdentity", RUN, "every caller may ask who it is (R95)."),
        ("sts:GetSessionToken", MIA, "users need no permission for temporary credentials of their own (R95)."),
        ("sqs:ListQueues", f"arn:aws:iam::{HOME}:root", "the root user may do anything in its account that nothing denies (R105)."),
    ],
)
def test_what_is_allowed_without_a_statement_says_why(action: str, who: str, reason: str) -> None:
    found = decide([], action, who=who)
    assert (found.verdict, explain(found).reason) == ("allowed", reason)


def test_the_session_policy_decides_where_only_it_does_not_allow() -> None:
    found = decide([ALL], "sqs:TagQueue", QUEUE, who=RUN, session=layer("session", NO))
    assert deciding(explain(found)) == "session"
    assert explain(found).reason == "the session policy does not allow it: 1 statement, none allows it."


def test_across_accounts_the_side_that_does_not_allow_decides() -> None:
    other = QUEUE.replace(HOME, AWAY)
    without = decide([ALL], "sqs:TagQueue", other)
    assert deciding(explain(without)) == "resource"
    assert "of another account" in explain(without).reason
    one_sided = decide([], "sqs:TagQueue", other, resource=layer("resource", {**ALL, "Principal": {"AWS": MIA}}))
    assert deciding(explain(one_sided)) == "identity"


def test_the_level_of_an_scp_that_allows_nothing_is_named() -> None:
    levels = tuple(Level((given([item], "scp", name),), name) for name, item in (("Root", ALL), ("Work", NO), ("ocr", ALL)))
    explanation = explain(decide([ALL], "sqs:TagQueue", QUEUE, scp=Layer("scp", True, levels)))
    assert explanation.reason == "the SCPs do not allow it: nothing at level Work allows it."


def test_near_misses_come_nearest_first_and_only_allows_are_among_them() -> None:
    statements = [
        deny("sqs:*", Condition={"Null": {"aws:username": "true"}}, Sid="Deny"),
        allow("s3:*", Sid="OtherService"),
        allow("sqs:Send*", Sid="OtherAction"),
        allow("sqs:*", "arn:aws:sqs:*:*:other", Sid="OtherResource"),
        allow("sqs:*", Condition={"Null": {"aws:username": "true"}}, Sid="OtherCondition"),
    ]
    explanation = explain(decide(statements, "sqs:TagQueue", QUEUE))
    assert [item.sid for item in explanation.near_misses] == ["OtherCondition", "OtherResource", "OtherAction"]
    assert all(item.near for item in explanation.near_misses)
    near = {item.sid for report in explanation.layers for item in report.statements if item.near}
    assert near == {"OtherCondition", "OtherResource", "OtherAction"}


def test_a_statement_that_may_apply_is_the_nearest_miss() -> None:
    hanging = allow("sqs:*", Condition={"Bool": {"aws:SecureTransport": "true"}}, Sid="Hanging")
    failing = allow("sqs:*", Condition={"Null": {"aws:username": "true"}}, Sid="Failing")
    explanation = explain(decide([failing, hanging], "sqs:TagQueue", QUEUE))
    assert [item.sid for item in explanation.near_misses] == ["Hanging", "Failing"]


def test_an_action_of_the_same_service_on_another_resource_is_no_near_miss() -> None:
    assert explain(decide([allow("sqs:Send*", "arn:aws:sqs:*:*:other")], "sqs:TagQueue", QUEUE)).near_misses == ()


@pytest.mark.parametrize("identity", [[ALL], [ALL, DENY_ALL]])
def test_there_are_no_near_misses_where_it_is_allowed_or_denied_explicitly(identity: list[Any]) -> None:
    assert explain(decide([*identity, allow("sqs:Send*")], "sqs:TagQueue", QUEUE)).near_misses == ()


def test_a_statement_of_a_group_says_by_which_group_it_comes() -> None:
    snapshot = account([user("mia", GroupList=["ocr"])], [group("ocr", document(allow("textract:*", Sid="Use")))])
    explanation = explain(ask(snapshot, "mia", "textract:AnalyzeID"))
    assert explanation.reason == "p1 statement Use (group ocr) allows it."
    (report,) = explanation.layers[ORDER.index("identity")].statements
    assert (report.through, report.policy_key) == ("ocr", f"arn:aws:iam::{HOME}:group/ocr#inline/p1")


def test_a_denial_with_a_possible_deny_beside_it_says_so() -> None:
    found = decide([deny(Condition={"Bool": {"aws:SecureTransport": "false"}})], "sqs:TagQueue", QUEUE)
    assert found.verdict == "implicitDeny"
    assert "a Deny might match as well: aws:SecureTransport" in explain(found).notes


def test_assumptions_about_layers_are_noted() -> None:
    plain = account([user("mia", EVERYTHING)], roles=[role("Scan", EVERYTHING)], ServiceControlPolicies=None)
    explanation = explain(ask(plain, SCAN, "textract:AnalyzeID", options=Options(uncollected="none")))
    assert "service control policies: not collected, and assumed to be none" in explanation.notes
    assert "session policy: assumed: the session was made without one" in explanation.notes


def test_whose_rcps_count_for_a_call_without_a_resource_is_noted_only_where_it_matters() -> None:
    note = "AWS leaves open whose RCPs count"
    unknown_rcps = account([user("mia", EVERYTHING)], ResourceControlPolicies=None)
    assert any(note in item for item in explain(ask(unknown_rcps, "mia", "textract:AnalyzeID")).notes)
    assert not any(note in item for item in explain(ask(account([user("mia", EVERYTHING)]), "mia", "textract:AnalyzeID")).notes)


def test_what_only_waits_for_layers_that_were_not_collected_is_told_apart() -> None:
    waiting = explain(decide([ALL], "sqs:TagQueue", QUEUE, scp=layering.not_known("scp")))
    assert waiting.reason.startswith("allowed by everything collected; SCPs")
    hanging = explain(decide([allow(Condition={"Bool": {"aws:SecureTransport": "true"}})], "sqs:TagQueue", QUEUE))
    assert hanging.reason == "it hangs on aws:SecureTransport."
    assert [item.name for item in hanging.unknowns] == ["aws:SecureTransport"]


def test_every_layer_is_reported_in_order_with_a_decision_and_why() -> None:
    explanation = explain(decide([ALL], "rekognition:DetectText", rcp=layering.not_known("rcp"), scp=layer("scp", ALL)))
    assert [report.layer for report in explanation.layers] == list(ORDER)
    decisions = {report.layer: report.decision for report in explanation.layers}
    assert decisions == {
        "scp": "allow",
        "rcp": "not-applicable",
        "vpce": "none",
        "resource": "none",
        "identity": "allow",
        "boundary": "none",
        "session": "not-applicable",
    }
    assert "do not cover rekognition" in explanation.layers[ORDER.index("rcp")].because


def test_the_keys_that_statements_asked_for_are_listed_with_their_origin() -> None:
    statements = [
        allow("sqs:*", f"{QUEUE[:-4]}${{aws:PrincipalTag/t}}", Condition={"StringEquals": {"aws:RequestTag/k": "${aws:username}"}}),
        allow("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    ]
    used = explain(decide(statements, "sqs:TagQueue", QUEUE, ctx={"aws:RequestTag/k": "mia"})).context
    assert {item.key: (item.value, item.origin) for item in used} == {
        "aws:RequestTag/k": ("mia", "given"),
        "aws:PrincipalTag/t": ("unknown", "not given"),
        "aws:username": ("mia", "the user's name"),
    }


def test_a_malformed_document_is_named_with_its_place() -> None:
    (unknown,) = decide([{**ALL, "Effect": "allow"}], "sqs:TagQueue", QUEUE).unknowns
    assert (unknown.kind, unknown.detail) == ("policy", "malformed at Statement.0.Effect: Effect must be Allow or Deny")


def test_names_from_the_account_reach_a_label_without_control_characters() -> None:
    held = given([ALL], "inline", "a\x1b[31mred")
    assert held.label == "a\\x1b[31mred"
