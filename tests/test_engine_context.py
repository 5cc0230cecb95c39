"""The request context: what is given, derived, assumed, absent and unknown, and from where that is known (R3, R8, R12-R14, R129)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from engine_accounts import ADAPTER, AWAY, HOME, MIA, RUN, SCAN

from whygate import context as contexts
from whygate import derive
from whygate.callers import caller
from whygate.context import Context, Value, is_multivalued, parse_given
from whygate.derive import Facts, Organization
from whygate.errors import UserError

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
BUCKET = "arn:aws:s3:::box"


def facts(who: str = MIA, action: str = "textract:GetAdapter", resource: str = ADAPTER, **more: Any) -> Facts:
    made = Facts(caller(who, role_arn=SCAN if "assumed-role" in who else None), action, resource, HOME)
    return msgspec.structs.replace(made, **more)


def seen(key: str, given: dict[str, object] | None = None, *, missing: str = "unknown", **about: Any) -> str:
    """A value as a reader sees it: the text, or `absent`, `unknown`, `unknown but sent`."""
    value = derive.context(facts(**about), given or {}, missing=missing).get(key)
    return "unknown but sent" if value.state == "unknown" and value.sent else str(value)


@pytest.mark.parametrize(
    ("who", "credential", "token", "mfa"),
    [
        (MIA, "", "unknown", "unknown"),
        (MIA, "long-term", "absent", "absent"),
        (MIA, "session-token", "unknown but sent", "unknown but sent"),
        (MIA, "console", "unknown but sent", "unknown but sent"),
        (RUN, "", "unknown but sent", "unknown but sent"),
        ("textract.amazonaws.com", "", "absent", "absent"),
        ("anonymous", "", "absent", "absent"),
    ],
)
def test_the_kind_of_credential_decides_about_the_keys_of_temporary_ones(who: str, credential: str, token: str, mfa: str) -> None:
    assert seen("aws:TokenIssueTime", who=who, credential=credential) == token
    assert seen("aws:MultiFactorAuthPresent", who=who, credential=credential) == mfa


def test_the_age_of_mfa_is_absent_where_mfa_is_given_as_not_used() -> None:
    assert seen("aws:MultiFactorAuthAge", who=RUN) == "unknown"
    assert seen("aws:MultiFactorAuthAge", {"aws:MultiFactorAuthPresent": False}, who=RUN) == "absent"
    assert seen("aws:MultiFactorAuthAge", {"AWS:multifactorauthpresent": "False"}, who=RUN) == "absent"
    assert seen("aws:MultiFactorAuthAge", {"aws:MultiFactorAuthPresent": True}, who=RUN) == "unknown"


@pytest.mark.parametrize(
    ("key", "assumed"),
    [
        ("aws:SecureTransport", "true"),
        ("aws:CurrentTime", "2026-03-01T12:30:00Z"),
        ("aws:EpochTime", str(int(NOW.timestamp()))),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:ViaAWSService", "false"),
    ],
)
def test_keys_that_aws_always_sends_are_assumed_only_where_that_is_allowed(key: str, assumed: str) -> None:
    assert seen(key) == "unknown but sent"
    assert seen(key, assume=True, now=NOW) == assumed
    assert "assumed" in derive.context(facts(assume=True, now=NOW), {}).get(key).origin
    assert seen(key, {key: "given"}, assume=True, now=NOW) == "given"


@pytest.mark.parametrize("key", ["aws:SourceIp", "aws:MultiFactorAuthPresent", "aws:SourceVpce", "aws:UserAgent"])
def test_no_other_key_is_ever_assumed(key: str) -> None:
    assert seen(key, assume=True, now=NOW).startswith("unknown")


def test_a_call_is_direct_where_that_is_assumed_or_given_and_never_for_a_forwarded_one() -> None:
    assert seen("aws:CalledVia") == "unknown"
    assert seen("aws:CalledVia", assume=True) == "absent"
    assert seen("aws:CalledVia", {"aws:ViaAWSService": "false"}) == "absent"
    assert seen("aws:CalledVia", {"aws:ViaAWSService": "true"}, assume=True) == "unknown"
    assert seen("aws:CalledVia", {"aws:ViaAWSService": None}, assume=True) == "unknown"
    assert seen("kms:ViaService", action="kms:Decrypt", resource="*", assume=True) == "absent"


def test_the_requested_region_of_a_global_service_is_known_without_assuming() -> None:
    assert seen("aws:RequestedRegion", action="iam:ListUsers", resource="*") == "us-east-1"
    china = f"arn:aws-cn:iam::{HOME}:user/mia"
    assert seen("aws:RequestedRegion", who=china, action="iam:ListUsers", resource="*") == "unknown but sent"


def test_tags_of_the_principal_are_known_only_where_they_were_collected() -> None:
    key = "aws:PrincipalTag/Team"
    assert seen(key) == "unknown"
    assert seen(key, principal_tags=()) == "absent"
    assert seen(key, principal_tags=(("team", "red"),)) == "red"
    assert seen(key, {"aws:principaltag/TEAM": "blue"}, principal_tags=(("team", "red"),)) == "blue"  # a session tag wins
    assert seen(key, principal_tags=(("team", "red"), ("TEAM", "red"))) == "red"


def test_two_tags_that_differ_by_letter_case_make_the_value_unknown() -> None:
    value = derive.context(facts(principal_tags=(("team", "red"), ("TEAM", "blue"))), {}).get("aws:PrincipalTag/team")
    assert value.reason is not None
    assert (value.state, value.reason.name) == ("unknown", "R58")


def test_tags_of_the_resource_count_only_for_actions_that_look_at_them() -> None:
    tags = (("team", "red"),)
    assert seen("aws:ResourceTag/team", resource_tags=tags) == "red"
    assert seen("aws:ResourceTag/team", action="textract:AnalyzeID", resource="*", resource_tags=tags) == "absent"
    assert seen("aws:ResourceTag/team", action="iam:PassRole", resource=SCAN, resource_tags=tags) == "unknown"
    assert seen("aws:RequestTag/team", action="textract:CreateAdapter", resource="*") == "unknown"
    assert seen("aws:RequestTag/team", action="textract:GetAdapter") == "absent"
    assert seen("aws:TagKeys", action="textract:DetectDocumentText", resource="*") == "absent"


def test_the_organization_of_both_sides() -> None:
    place = Organization("o-ab", "o-ab/r-cd/ou-1/")
    assert seen("aws:PrincipalOrgID") == "unknown"
    assert seen("aws:PrincipalOrgID", principal_organization=place) == "o-ab"
    assert seen("aws:ResourceOrgPaths", resource_organization=place) == "o-ab/r-cd/ou-1/"
    assert seen("aws:PrincipalOrgID", principal_organization=Organization("")) == "absent"
    assert seen("aws:PrincipalOrgPaths", principal_organization=Organization("")) == "absent"
    assert seen("aws:PrincipalOrgID", who="anonymous", principal_organization=place) == "absent"


def test_the_account_of_the_resource() -> None:
    assert seen("aws:ResourceAccount", resource_account=AWAY) == AWAY
    assert seen("aws:ResourceAccount", resource=BUCKET, resource_account=None) == "unknown but sent"


def test_a_key_of_an_identity_provider_is_never_ruled_out() -> None:
    assert seen("idp.example.com:aud") == "unknown"
    assert seen("saml:iss") == "unknown"
    assert seen("s3:prefix") == "absent"  # S3's own key, and no action of Textract has it


def test_missing_keys_count_as_absent_where_the_asker_says_so_but_not_what_is_given_or_open() -> None:
    assert seen("aws:SourceIp", missing="absent") == "absent"
    assert seen("aws:SourceIp", {"aws:SourceIp": "198.51.100.1"}, missing="absent") == "198.51.100.1"
    assert seen("aws:SourceIp", {"aws:SourceIp": "<unknown>"}, missing="absent") == "unknown"
    assert seen("aws:username", missing="absent") == "mia"
    assert seen("aws:ResourceTag/x", action="iam:PassRole", resource=SCAN, missing="absent") == "unknown"  # open by rule, not missing


def test_an_empty_list_is_absent_and_an_empty_text_is_not() -> None:
    assert str(Context({"aws:TagKeys": []}).get("aws:TagKeys")) == "absent"
    assert Context({"aws:username": ""}).get("aws:username").state == "present"
    assert Context({"aws:username": None}).get("AWS:UserName").state == "absent"


def test_one_key_in_two_spellings_is_unknown_only_where_the_values_differ() -> None:
    assert Context({"aws:username": "a", "AWS:USERNAME": "a"}).get("aws:username").values == ("a",)
    assert Context({"aws:username": "a", "AWS:USERNAME": "b"}).get("aws:username").state == "unknown"


@pytest.mark.parametrize("item", [{"a": 1}, [["a"]], [None], object()])
def test_a_given_value_of_another_type_is_refused(item: object) -> None:
    with pytest.raises(UserError, match="aws:TagKeys"):
        Context({"aws:TagKeys": item})


@pytest.mark.parametrize(
    ("key", "several"),
    [
        ("AWS:TAGKEYS", True),
        ("sts:TransitiveTagKeys", True),
        ("aws:PrincipalTag/TagKeys", False),
        ("sagemaker:InstanceTypes", True),
        ("s3:prefix", False),
        ("idp.example.com:aud", False),
        ("no-such-service:Key", False),
    ],
)
def test_which_keys_carry_several_values(key: str, several: bool) -> None:
    assert is_multivalued(key) is several
    assert Context({key: "one"}).get(key).multivalued is several
    assert Context().get(key).multivalued is several


def test_context_items_as_people_type_them() -> None:
    items = ["aws:TagKeys=a", "aws:TagKeys=b=c", "aws:TagKeys=d", "aws:username=", "aws:SourceIp!", "aws:PrincipalTag/a b=x"]
    assert parse_given(items) == {"aws:TagKeys": ["a", "b=c", "d"], "aws:username": "", "aws:SourceIp": None, "aws:PrincipalTag/a b": "x"}


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        (["aws:SourceIp"], "no context value"),
        (["SourceIp=1"], "no condition key"),
        (["=1"], "no condition key"),
        (["!"], "no condition key"),
        (["a:b!", "a:b=1"], "said to be absent and to have a value"),
        (["a:b=1", "a:b!"], "said to be absent and to have a value"),
    ],
)
def test_context_items_that_say_nothing_are_refused(items: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint) as caught:
        parse_given(items)
    assert caught.value.todo


def test_a_value_says_what_it_is() -> None:
    assert str(Value("present", ("a", "b"))) == "a, b"
    assert str(contexts.absent("why")) == "absent"
    assert str(contexts.unknown("why")) == "unknown"


def test_keys_of_services_for_the_same_tags_and_owner_are_derived() -> None:
    tags = (("env", "prod"),)
    secret = f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:a-AbCdEf"
    about: dict[str, Any] = {"action": "secretsmanager:GetSecretValue", "resource": secret, "resource_tags": tags}
    assert seen("secretsmanager:ResourceTag/env", **about) == "prod"
    assert seen("secretsmanager:ResourceTag/other", **about) == "absent"
    assert seen("ssm:resourceTag/env", **about) == "absent", "another service's key"
    assert seen("s3:ResourceAccount", action="s3:GetObject", resource=f"{BUCKET}/a") == HOME
    role = f"arn:aws:iam::{HOME}:role/x"
    assert seen("iam:ResourceTag/env", action="iam:GetRole", resource=role, resource_tags=tags) == "prod"
    assert seen("iam:ResourceTag/env", action="iam:PassRole", resource=role, resource_tags=tags) == "unknown"  # R128
