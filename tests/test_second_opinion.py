"""Two verdicts side by side, as pure values: when they agree, and that exactly the limits of AWS's simulator are named that apply."""

from __future__ import annotations

from typing import Any

import pytest
from engine_accounts import ADAPTER, AWAY, HOME, MIA, RUN, SCAN, account, allow, deny, document, role, user

from whygate import second_opinion
from whygate.errors import UserError
from whygate.explain import explain
from whygate.question import Options, ask
from whygate.second_opinion import AGREES, CONSISTENT, DIFFERS, LIMITS, SecondOpinion
from whygate.simulated import Asked, ContextEntry, Opinion, Source

ALL = document(allow())
NOTHING = document(allow("s3:ListBucket"))
BUCKET = "arn:aws:s3:::docs"
THERE = f"arn:aws:textract:eu-west-1:{AWAY}:/adapters/ab12"
ENDPOINT = "vpce-0a1b2c3d4e5f67890"


def levels(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    """One level of SCPs that allows all, and these statements."""
    return [{"TargetId": HOME, "Policies": [{"Id": "p-1", "Name": "one", "Document": document(allow(), *statements)}]}]


def bucket(*statements: dict[str, Any], **details: Any) -> dict[str, Any]:
    off = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)
    held = document(*statements) if statements else None
    return {
        "Arn": BUCKET,
        "Type": "s3:bucket",
        "Account": HOME,
        "Policy": held,
        "Tags": [],
        "Details": {"PublicAccessBlock": off, **details},
    }


def grant(principal: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/*"]}


def compared(
    opinion: Opinion,
    identity: Any = ALL,
    action: str = "textract:GetAdapter",
    resource: str = ADAPTER,
    who: str = MIA,
    context: dict[str, object] | None = None,
    options: Options | None = None,
    **more: Any,
) -> SecondOpinion:
    snapshot = account(users=[user("mia", identity)], roles=[role("Scan", identity)], **more)
    verdict = ask(snapshot, who, action, resource, context, options)
    return second_opinion.consult(verdict, explain(verdict), lambda asked: opinion, "2026-11-01T10:00:00Z")


def names(found: SecondOpinion) -> list[str]:
    return [limit.name for limit in found.limits]


YES, NO, NEVER = Opinion("allowed"), Opinion("implicitDeny"), Opinion("explicitDeny")
MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
FROM = {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
LIST: dict[str, Any] = {"action": "s3:ListBucket", "resource": BUCKET}
RCP = {
    "ResourceControlPolicies": [
        {"TargetId": HOME, "Policies": [{"Id": "p-1", "Name": "one", "Document": document(deny("s3:*", Principal="*"))}]}
    ],
    "Resources": [bucket()],
}
THROUGH = {"context": {"aws:SourceVpce": ENDPOINT}, "VpcEndpoints": [{"Id": ENDPOINT, "Policy": document(deny(Principal="*"))}]}
SESSION = {"who": RUN, "options": Options(session_policies=(NOTHING,))}
TAGS = {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}}

# case: what AWS says, the account and the question, our verdict, agreement, the limits that are named
CASES: dict[str, tuple[Opinion, dict[str, Any], str, str, list[str]]] = {
    "both allow": (YES, {}, "allowed", AGREES, []),
    "both deny": (NO, {"identity": NOTHING}, "implicitDeny", AGREES, []),
    "an RCP denies": (YES, {**LIST, **RCP}, "explicitDeny", DIFFERS, ["rcp"]),
    "an RCP denies, and AWS for lack of an allow": (
        NO,
        {**LIST, "identity": document(allow("sqs:*")), **RCP},
        "explicitDeny",
        CONSISTENT,
        ["rcp"],
    ),
    "RCPs were not collected": (YES, {**LIST, "ResourceControlPolicies": None, "Resources": [bucket()]}, "depends", CONSISTENT, ["rcp"]),
    "RCPs were not collected, and AWS denies": (
        NO,
        {**LIST, "ResourceControlPolicies": None, "Resources": [bucket()]},
        "depends",
        CONSISTENT,
        [],
    ),
    "a bucket policy allows": (
        NO,
        {**LIST, "identity": document(allow("sqs:*")), "Resources": [bucket(grant({"AWS": MIA}))]},
        "allowed",
        DIFFERS,
        ["resource-allow"],
    ),
    "a bucket policy denies": (YES, {**LIST, "Resources": [bucket(grant("*", "Deny"))]}, "explicitDeny", DIFFERS, ["resource-deny"]),
    "a bucket policy allows a role": (
        NO,
        {**LIST, "who": SCAN, "identity": document(allow("sqs:*")), "Resources": [bucket(grant({"AWS": SCAN}))]},
        "allowed",
        DIFFERS,
        ["role-resource-allow"],
    ),
    "a bucket policy denies a role": (
        YES,
        {**LIST, "who": SCAN, "Resources": [bucket(grant("*", "Deny"))]},
        "explicitDeny",
        DIFFERS,
        ["role-resource-deny"],
    ),
    "a bucket policy that decides nothing": (NO, {**LIST, "Resources": [bucket()]}, "allowed", DIFFERS, []),
    "a session policy": (YES, SESSION, "implicitDeny", DIFFERS, ["session"]),
    "a VPC endpoint": (YES, THROUGH, "explicitDeny", DIFFERS, ["vpce"]),
    "another account": (YES, {"resource": THERE, "options": Options(uncollected="none")}, "implicitDeny", DIFFERS, ["cross-account"]),
    "an owner that nobody knows": (YES, LIST, "depends", CONSISTENT, ["rcp", "resource-deny"]),
    "a key that AWS lacked": (
        Opinion("implicitDeny", missing=("aws:MultiFactorAuthPresent",)),
        {"identity": document(allow(**MFA))},
        "depends",
        CONSISTENT,
        ["missing"],
    ),
    "a key that is surely absent": (
        Opinion("explicitDeny", missing=("aws:SourceVpc",)),
        {"identity": document(allow(**FROM)), "context": {"aws:SourceVpc": None}},
        "implicitDeny",
        CONSISTENT,
        [],
    ),
    "a key of an SCP": (YES, {"ServiceControlPolicies": levels(deny(**FROM))}, "depends", CONSISTENT, ["scp-keys"]),
    "several values": (
        NO,
        {"identity": document(allow(**TAGS)), "context": {"aws:TagKeys": ["a", "b"]}, "action": "textract:CreateAdapter", "resource": "*"},
        "allowed",
        DIFFERS,
        ["multivalued"],
    ),
    "nothing explains it": (NO, {}, "allowed", DIFFERS, []),
}


@pytest.mark.parametrize(("opinion", "more", "ours", "agreement", "limits"), CASES.values(), ids=CASES)
def test_only_the_limits_that_apply_are_named(opinion: Opinion, more: dict[str, Any], ours: str, agreement: str, limits: list[str]) -> None:
    found = compared(opinion, **more)
    assert (found.ours, found.agreement, names(found)) == (ours, agreement, limits)


def test_every_limit_of_the_table_but_public_access_has_a_case() -> None:
    assert {name for *_, limits in CASES.values() for name in limits} == {limit.name for limit in LIMITS} - {"public-access"}


def test_block_public_access_explains_what_a_public_policy_would_allow() -> None:
    on = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    held = {**bucket(grant("*"), PublicAccessBlock=on), "Account": AWAY}
    found = compared(YES, **LIST, Resources=[held])
    assert "public-access" in names(found)


def test_a_limit_names_its_keys() -> None:
    found = compared(Opinion("implicitDeny", missing=("aws:MultiFactorAuthPresent",)), document(allow(**MFA)))
    assert "may explain it: it had no value for aws:MultiFactorAuthPresent" in second_opinion.lines(found)


def test_where_nothing_explains_it_the_age_of_the_data_may() -> None:
    (said,) = second_opinion.lines(compared(NO))
    assert said == "no documented limit explains it: the policies may have changed since 2026-11-01T10:00:00Z: ask again with --refresh"


def test_what_aws_knows_of_the_organization_and_we_do_not_is_said() -> None:
    says = "AWS says that the organization's SCPs do not allow it; "
    denied = Opinion("implicitDeny", organizations=False)
    assert says + "they were not collected" in compared(denied, ServiceControlPolicies=None).remarks
    assumed = compared(denied, ServiceControlPolicies=None, options=Options(uncollected="none"))
    assert (assumed.agreement, says + "they were not collected" in assumed.remarks) == (DIFFERS, True)
    assert says + "as collected they do" in compared(denied, ServiceControlPolicies=levels()).remarks
    assert says + "here there are none in force" in compared(denied).remarks


def test_what_aws_says_of_the_boundary_and_we_do_not_is_said() -> None:
    assert "AWS says that the permissions boundary does not allow it" in compared(Opinion("implicitDeny", boundary=False)).remarks


def asked_of(identity: Any = ALL, who: str = MIA, resource: str = ADAPTER, context: dict[str, object] | None = None) -> Asked:
    snapshot = account(users=[user("mia", identity)], roles=[role("Scan", identity)])
    verdict = ask(snapshot, who, "textract:GetAdapter", resource, context)
    return second_opinion.question_for(verdict, explain(verdict))


def test_a_session_is_asked_about_by_its_role() -> None:
    assert asked_of(who=RUN).principal == SCAN


def test_the_keys_that_statements_look_at_are_sent_with_the_type_that_they_compare() -> None:
    conditions = {
        "NumericLessThan": {"aws:MultiFactorAuthAge": "300"},
        "IpAddressIfExists": {"aws:SourceIp": "192.0.2.0/24"},
        "Bool": {"aws:SecureTransport": "true"},
        "StringEquals": {"aws:username": "mia"},
        "DateGreaterThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
        "ForAnyValue:StringLike": {"aws:CalledVia": "x*"},
    }
    given = {
        "aws:MultiFactorAuthAge": 12,
        "aws:SourceIp": "192.0.2.7",
        "aws:TokenIssueTime": "2026-02-01T00:00:00Z",
        "aws:CalledVia": ["a", "b"],
        "aws:PrincipalTag/n": "42",
        "aws:userid": None,
    }
    asked = asked_of(document(allow(Condition=conditions)), context=given)
    assert {entry.key: (entry.values, entry.type) for entry in asked.context} == {
        "aws:MultiFactorAuthAge": (("12",), "numeric"),
        "aws:SourceIp": (("192.0.2.7",), "ip"),
        "aws:TokenIssueTime": (("2026-02-01T00:00:00Z",), "date"),
        "aws:CalledVia": (("a", "b"), "stringList"),
        "aws:principaltag/n": (("42",), "string"),
        "aws:SecureTransport": (("true",), "boolean"),
        "aws:username": (("mia",), "string"),
    }


@pytest.mark.parametrize(
    ("who", "resource", "says"),
    [
        (f"arn:aws:iam::{HOME}:root", ADAPTER, "takes users and roles"),
        ("textract.amazonaws.com", ADAPTER, "takes users and roles"),
        (f"arn:aws:sts::{HOME}:assumed-role/Gone/run1", ADAPTER, "wants the role's ARN with its path"),
        (MIA, "", "wants one resource, and the question names none; name one: arn:aws:textract:"),
    ],
)
def test_what_the_simulator_does_not_take_is_not_asked(who: str, resource: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        asked_of(who=who, resource=resource)
    assert says in str(caught.value)
    assert caught.value.todo


def test_text_and_markdown_show_hostile_names_as_text() -> None:
    opinion = Opinion("implicitDeny", (Source("a\x1b[31m*b*", "user"),))
    found = SecondOpinion(Asked(MIA, "s3:GetObject", "*", (ContextEntry("aws:a", ("b",)),)), "allowed", opinion, DIFFERS)
    assert "  decided by a\\x1b[31m*b* (user)" in second_opinion.text(found)
    assert any("\\*b\\*" in line for line in second_opinion.markdown(found))
    assert all("\x1b" not in line for line in (*second_opinion.text(found), *second_opinion.markdown(found)))
