"""What is said beside a verdict: values of the wrong kind, several resources, switches that are no policies, documents over a limit."""

from __future__ import annotations

from typing import Any

import pytest
from engine_accounts import ADAPTER, AWAY, HOME, account, allow, document, user

from whygate import scenarios
from whygate.question import Options, ask
from whygate.scenarios import Row
from whygate.snapshot import Snapshot

KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/k"
VERSION = f"arn:aws:rekognition:eu-west-1:{HOME}:project/a/version/v1/1680000000000"


@pytest.fixture(scope="module")
def home() -> Snapshot:
    return account([user("mia", document(allow()))])


def said(
    snapshot: Snapshot, who: str, action: str, resource: str, *, context: dict[str, Any] | None = None, account: str | None = None
) -> str:
    return "\n".join(ask(snapshot, who, action, resource, context, Options(resource_account=account, uncollected="none")).notes)


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("aws:MultiFactorAuthPresent", "yes", "true or false"),
        ("aws:SourceIp", "203.0.113.0/24", "an address"),
        ("aws:SourceIp", "here", "an address"),
        ("aws:CurrentTime", "tomorrow", "a date"),
        ("aws:MultiFactorAuthAge", "ten", "a number"),
        ("aws:PrincipalArn", "mia", "an ARN"),
    ],
)
def test_a_context_value_of_the_wrong_kind_is_named(home: Snapshot, key: str, value: str, wanted: str) -> None:
    assert f"{key.lower()} is given as {value}, which is not {wanted}" in said(
        home, "mia", "textract:GetAdapter", ADAPTER, context={key: value}
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:MultiFactorAuthPresent", "TRUE"),
        ("aws:SourceIp", "2001:db8::1"),
        ("aws:CurrentTime", "2026-01-01"),
        ("aws:EpochTime", "1767225600"),
    ],
)
def test_a_value_of_the_right_kind_is_not_named(home: Snapshot, key: str, value: str) -> None:
    assert "which is not" not in said(home, "mia", "textract:GetAdapter", ADAPTER, context={key: value})


def test_a_call_that_authorizes_several_resources_says_so(home: Snapshot) -> None:  # R124
    assert "authorizes project and projectversion in one call" in said(home, "mia", "rekognition:CopyProjectVersion", VERSION)
    assert "in one call" not in said(home, "mia", "rekognition:DeleteProjectVersion", VERSION)


def test_kms_grants_are_mentioned_where_a_key_policy_lets_nobody_in(home: Snapshot) -> None:  # R93
    assert "a KMS grant can allow what no policy does" in said(home, "mia", "kms:Decrypt", KEY)
    assert "KMS grant" not in said(home, "mia", "kms:ListAliases", "*")


def test_s3_acls_are_mentioned_where_another_account_is_refused(home: Snapshot) -> None:  # R111
    question = ("mia", "s3:GetObject", "arn:aws:s3:::box/a")
    assert "an S3 ACL can let another account in" in said(home, *question, account=AWAY)
    assert "S3 ACL" not in said(home, *question, account=HOME)


def test_a_session_policy_over_its_limit_is_named() -> None:  # R51
    long = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": [f"s3:Get{number:04}*" for number in range(200)], "Resource": "*"}],
    }
    row = {
        "principal": f"arn:aws:iam::{HOME}:role/x",
        "action": "s3:GetObject",
        "identity_policies": [document(allow())],
        "session_policies": [long],
    }
    verdict = scenarios.answer(scenarios.read([Row(row, 1)])[0], None)
    assert any("characters; the limit is 2,048 (R51)" in note for note in verdict.notes)
