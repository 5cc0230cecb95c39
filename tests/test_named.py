"""Who is named in a policy, and which identity-based policies of an account reach a resource, by its ARN or by a pattern."""

from __future__ import annotations

from typing import Any

import pytest
from explorer_accounts import account, demo

from whygate import named, policy
from whygate.named import Naming
from whygate.policies import policy_of
from whygate.snapshot import Snapshot

ACCOUNT = "123456789012"
BUCKET = "arn:aws:s3:::scans"
ANA = f"arn:aws:iam::{ACCOUNT}:user/ana"
READER = f"arn:aws:iam::{ACCOUNT}:role/team/Reader"


def holding(*statements: dict[str, Any]) -> Snapshot:
    """An account in which one user has one inline policy."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    user = {"UserName": "ana", "UserId": "AIDAEXAMPLE", "Arn": ANA, "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document}]}
    role = {"RoleName": "Reader", "RoleId": "AROAEXAMPLE", "Arn": READER, "Path": "/team/"}
    return account(UserDetailList=[user], RoleDetailList=[role], GroupDetailList=[], Policies=[])


def allows(resource: object, action: object = "s3:GetObject", key: str = "Resource") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, key: resource}


def reached(resource: object, action: object = "s3:GetObject", arn: str = BUCKET) -> list[tuple[str, bool]]:
    return [(item.how, item.sure) for item in named.naming(holding(allows(resource, action)), arn)]


@pytest.mark.parametrize(
    ("resource", "how"),
    [
        (BUCKET, "arn"),
        ("arn:aws:s3:::sc*", "pattern"),
        ("arn:aws:s3:::sca?s", "pattern"),
        (f"{BUCKET}/*", "inside"),
        (f"{BUCKET}/incoming/a.png", "inside"),
        ("*", "everything"),
        ("arn:aws:s3:::*", "everything"),
    ],
)
def test_a_statement_reaches_a_resource_by_its_arn_by_a_pattern_inside_it_or_with_all(resource: str, how: str) -> None:
    assert reached(resource) == [(how, True)]


@pytest.mark.parametrize("resource", ["arn:aws:s3:::scan", "arn:aws:s3:::scans-2", "arn:aws:s3:::scans-2/*", "arn:aws:sqs:::scans"])
def test_a_statement_about_another_resource_does_not_reach_it(resource: str) -> None:
    assert reached(resource) == []


def test_the_closest_of_several_patterns_counts_and_is_named() -> None:
    (found,) = named.naming(holding(allows(["*", f"{BUCKET}/*", BUCKET])), BUCKET)
    assert (found.how, found.patterns) == ("arn", (BUCKET,))


def test_a_pattern_with_a_variable_reaches_it_perhaps() -> None:
    assert reached("arn:aws:s3:::${aws:username}") == [("pattern", False)]


def test_a_star_counts_only_in_a_statement_about_the_service() -> None:
    assert reached("*", "iam:PassRole") == []
    assert reached("*", "s*:Get*") == [("everything", True)]
    assert reached("*", "*") == [("everything", True)]


def test_a_pattern_that_spells_the_service_counts_whatever_the_action() -> None:
    assert reached("arn:aws:s3:::sc*", "iam:PassRole") == [("pattern", True)]


def test_a_not_resource_reaches_what_it_does_not_leave_out() -> None:
    inside, outside = (holding(allows([left_out], key="NotResource")) for left_out in ("arn:aws:s3:::other", "arn:aws:s3:::sc*"))
    assert [item.how for item in named.naming(inside, BUCKET)] == ["all but"]
    assert named.naming(outside, BUCKET) == ()


def test_what_is_no_arn_is_reached_by_nothing() -> None:
    assert named.naming(holding(allows("*")), "scans") == ()


def by_name(found: tuple[Naming, ...]) -> dict[str, Naming]:
    return {f"{item.held.name} {item.statement.label}": item for item in found}


def test_holders_are_who_has_the_policy_and_a_boundary_is_nobody_s_right() -> None:
    found = by_name(named.naming(demo(), "arn:aws:textract:eu-west-1:123456789012:/adapters/3f9d2c61b7aa"))
    assert [holder.name for holder in found["TextractUse WorkWithAdapters"].holders] == ["ocr", "ocr-review"]
    assert found["TextractUse WorkWithAdapters"].how == "pattern"
    assert not any("Boundary" in name for name in found)


def test_the_most_exact_come_first() -> None:
    found = named.naming(demo(), "arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces")
    order = [named.HOW.index(item.how) for item in found]
    assert order == sorted(order)
    assert found[0].held.name == "KeepStaffFaces"


def mentioned(principal: object, key: str = "Principal") -> list[tuple[str, str, bool]]:
    read = policy.from_python({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", key: principal, "Action": "s3:*"}]})
    return [(item.kind, item.arn, item.excepted) for item in named.principals(holding(allows("*")), read)]


@pytest.mark.parametrize(
    ("principal", "kind", "arn"),
    [
        ("*", "everyone", ""),
        ({"AWS": "*"}, "everyone", ""),
        ({"AWS": ACCOUNT}, "account", ""),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "account", ""),
        ({"AWS": ANA}, "user", ANA),
        ({"AWS": "AIDAEXAMPLE"}, "user", ANA),
        ({"AWS": READER}, "role", READER),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/session"}, "role session", READER),
        ({"AWS": "arn:aws:iam::210987654321:role/Far"}, "role", ""),
        ({"AWS": "AROAGONE"}, "role", ""),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/bo"}, "federated user", ""),
        ({"Service": "sns.amazonaws.com"}, "service", ""),
        ({"Federated": "cognito-identity.amazonaws.com"}, "identity provider", ""),
        ({"CanonicalUser": "79a59df900b949e5"}, "canonical user", ""),
        ({"AWS": "what"}, "other", ""),
    ],
)
def test_an_entry_of_a_principal_element_is_what_it_says_and_leads_to_whom_it_means(principal: object, kind: str, arn: str) -> None:
    assert mentioned(principal) == [(kind, arn, False)]


def test_a_not_principal_names_who_is_left_out() -> None:
    assert mentioned({"AWS": ANA}, "NotPrincipal") == [("user", ANA, True)]


def test_the_widest_stand_first_and_an_entry_that_is_there_twice_counts_once() -> None:
    found = mentioned({"Service": "sns.amazonaws.com", "AWS": [ANA, ACCOUNT, ANA]})
    assert [kind for kind, _, _ in found] == ["account", "user", "service"]


def test_a_policy_of_the_demo_names_whom_its_story_says() -> None:
    bucket = demo().resource("arn:aws:s3:::ocr-prod-scans")
    assert bucket is not None
    held = policy_of(bucket)
    assert held is not None
    found = named.principals(demo(), held.policy)
    assert [(item.kind, item.statement.label) for item in found] == [("everyone", "EncryptedTransport"), ("role", "VisionLabReadsImages")]
    assert found[1].arn == "arn:aws:iam::444455556666:role/vision-worker", "of the other account in the source"
