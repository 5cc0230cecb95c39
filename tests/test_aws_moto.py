"""A pull from moto's server: somebody else's idea of what AWS answers, where ours in `loopback` could share a mistake with the adapter.

moto pages nothing and lacks Textract and Rekognition: what it does not serve must come out as failed, never as empty.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from loopback.pulling import QUICK, coverage, environment, opened

from adapters.aws import AwsAdapter
from whygate.question import ask

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    server = pytest.importorskip("moto.server", reason="moto[server] is not installed")

MOTO_ACCOUNT = "123456789012"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FENCE = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}


def trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def seed() -> None:
    """One after the other: moto's backends are not safe between threads."""
    iam = boto3.client("iam")
    iam.create_account_alias(AccountAlias="moto-account")
    iam.create_user(UserName="ana", Tags=[{"Key": "team", "Value": "scan"}])
    iam.create_access_key(UserName="ana")
    iam.create_login_profile(UserName="ana", Password="long-Enough-1")
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(UserName="ana", GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="All", PolicyDocument=json.dumps(EVERYTHING))
    policy = iam.create_policy(PolicyName="Work", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
    iam.create_role(RoleName="Scanner", AssumeRolePolicyDocument=json.dumps(trust("lambda.amazonaws.com")))
    iam.attach_role_policy(RoleName="Scanner", PolicyArn=policy)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="moto-docs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_tagging(Bucket="moto-docs", Tagging={"TagSet": [{"Key": "data", "Value": "personal"}]})
    boto3.client("sqs").create_queue(QueueName="jobs", tags={"env": "prod"})
    boto3.client("sns").create_topic(Name="done")
    boto3.client("kms").create_key(Description="documents")
    boto3.client("secretsmanager").create_secret(Name="gateway", SecretString="never to be read")
    organizations = boto3.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    fence = organizations.create_policy(Name="Fence", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(FENCE))
    organizations.attach_policy(PolicyId=fence["Policy"]["PolicySummary"]["Id"], TargetId=root)


@pytest.fixture(scope="module")
def document() -> Iterator[dict[str, Any]]:
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        running.start()
        host, port = running.get_host_and_port()
        try:
            with environment(f"http://{host}:{port}"):
                seed()
                yield AwsAdapter(QUICK).load("aws:", lambda done, total, what: None)
        finally:
            running.stop()


def test_what_moto_serves_is_collected(document: dict[str, Any]) -> None:
    rows = coverage(document)
    parts = (
        "users",
        "groups",
        "roles",
        "policies",
        "access keys",
        "MFA devices",
        "login profiles",
        "SCPs",
        "sqs:queue",
        "sns:topic",
        "kms:key",
    )
    assert {part: rows[part] for part in parts} == dict.fromkeys(parts, ("collected", ""))
    assert document["Account"]["Alias"] == "moto-account"
    assert document["Account"]["IsManagementAccount"] is True


def test_what_moto_does_not_serve_has_failed_and_does_not_read_as_empty(document: dict[str, Any]) -> None:
    rows = coverage(document)
    assert {rows[part][0] for part in ("textract:adapter", "rekognition:collection")} == {"failed"}
    assert "ListAdapters" in rows["textract:adapter"][1]


def test_a_question_is_answered_from_it(document: dict[str, Any]) -> None:
    snapshot = opened(document)
    (ana,) = [user for user in snapshot.users if user.name == "ana"]
    assert (ana.groups, ana.tags) == (("readers",), (("team", "scan"),))
    (queue,) = [one for one in snapshot.resources if one.type == "sqs:queue"]
    assert queue.tags == (("env", "prod"),)
    assert next(level.target_name for level in snapshot.primary.scps or ()) == "Root"
    assert ask(snapshot, ana.arn, "sns:ListTopics", "*").verdict in ("allowed", "depends")


def test_no_secret_is_in_it(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert "never to be read" not in text
    assert "SecretAccessKey" not in text
    assert "not-a-secret" not in text
