"""Every call of a pull refused in turn, over HTTP: the pull ends, the part is marked with the permission that was missing, and what hangs
on it is `depends`, never a verdict that reads the gap as none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from loopback import account
from loopback.account import (
    ACCOUNT,
    BUCKET,
    DATASET,
    ENDPOINT,
    FUNCTION,
    GROUP,
    KEY,
    OPEN_BUCKET,
    PROJECT,
    QUEUE,
    SECRET,
    STREAM,
    TOPIC,
    VERSION,
    arn,
    iam,
)
from loopback.pulling import coverage, environment, opened, pulled
from loopback.server import DENIED, Fault, Loopback

from adapters.aws import operations
from adapters.aws.operations import FULL, INSTEAD
from whygate.question import Options, ask

ADAPTER = arn("textract", "/adapters/0f9d2c61b7aa")
COLLECTION = arn("rekognition", "collection/faces")
JOB = arn("sagemaker", "training-job/one")
MODEL = arn("sagemaker", "model/layout")
LIVE = arn("sagemaker", "endpoint/live")

Question = tuple[str, str, str, dict[str, object]]


def question(principal: str, action: str, resource: str, **context: object) -> Question:
    """A question of the account, by the name of a user; `*` is anybody."""
    return (
        principal if principal == "*" else iam("user", principal),
        action,
        resource,
        {key.replace("_", ":"): value for key, value in context.items()},
    )


ANY = question("ben", "textract:DetectDocumentText", "*")
TAGGED_BUCKET = question("ana", "s3:ListBucket", BUCKET)
OBJECT = question("ben", "s3:GetObject", f"{BUCKET}/a.png")
PUBLIC = question("*", "s3:GetObject", f"{OPEN_BUCKET}/a.png")
THROUGH = question("ben", "s3:GetObject", f"{BUCKET}/a.png", aws_SourceVpce=ENDPOINT)

# Which question, allowed with everything collected, hangs on the call. `None`: what it says is shown, and no rule of evaluation reads it.
NEEDED: dict[tuple[str, str], Question | None] = {
    ("sts", "GetCallerIdentity"): None,
    ("iam", "ListAccountAliases"): None,
    ("iam", "GetAccountSummary"): None,
    ("iam", "GetAccountPasswordPolicy"): None,
    ("iam", "GenerateCredentialReport"): None,
    ("iam", "GetCredentialReport"): None,
    ("iam", "ListSAMLProviders"): None,
    ("iam", "ListOpenIDConnectProviders"): None,
    ("iam", "ListAccessKeys"): None,
    ("iam", "GetAccessKeyLastUsed"): None,
    ("iam", "ListMFADevices"): None,
    ("iam", "GetLoginProfile"): None,
    ("organizations", "DescribeOrganization"): None,
    ("organizations", "ListParents"): ANY,
    ("organizations", "ListRoots"): None,
    ("organizations", "DescribeOrganizationalUnit"): None,
    ("organizations", "ListPoliciesForTarget"): ANY,
    ("organizations", "DescribePolicy"): ANY,
    **{(one.client, one.name): None for one in FULL if one.client == "sso-admin"},
    ("textract", "ListAdapters"): question("ana", "textract:GetAdapter", ADAPTER),
    ("textract", "ListAdapterVersions"): question("ana", "textract:GetAdapterVersion", f"{ADAPTER}/versions/1"),
    ("textract", "ListTagsForResource"): question("ana", "textract:GetAdapterVersion", f"{ADAPTER}/versions/1"),
    ("rekognition", "ListCollections"): question("ana", "rekognition:DescribeCollection", COLLECTION),
    ("rekognition", "DescribeProjects"): question("ana", "rekognition:UpdateDatasetEntries", DATASET),
    ("rekognition", "ListProjectPolicies"): question("ben", "rekognition:CopyProjectVersion", PROJECT),
    ("rekognition", "DescribeProjectVersions"): question("ana", "rekognition:DetectCustomLabels", VERSION),
    ("rekognition", "ListStreamProcessors"): question("ana", "rekognition:DescribeStreamProcessor", STREAM),
    ("rekognition", "DescribeStreamProcessor"): None,
    ("rekognition", "ListTagsForResource"): question("ana", "rekognition:DescribeCollection", COLLECTION),
    ("sagemaker", "ListTrainingJobs"): question("ana", "sagemaker:DescribeTrainingJob", JOB),
    ("sagemaker", "ListModels"): question("ana", "sagemaker:DescribeModel", MODEL),
    ("sagemaker", "ListEndpoints"): question("ana", "sagemaker:DescribeEndpoint", LIVE),
    ("sagemaker", "ListModelPackageGroups"): question("ana", "sagemaker:DescribeModelPackageGroup", GROUP),
    ("sagemaker", "GetModelPackageGroupPolicy"): question("ben", "sagemaker:DescribeModelPackageGroup", GROUP),
    ("sagemaker", "ListTags"): question("ana", "sagemaker:DescribeTrainingJob", JOB),
    ("s3", "ListBuckets"): OBJECT,
    ("s3", "GetBucketLocation"): None,
    ("s3", "GetBucketPolicy"): OBJECT,
    ("s3", "GetPublicAccessBlock"): PUBLIC,
    ("s3", "GetBucketOwnershipControls"): None,
    ("s3", "GetBucketAcl"): None,
    ("s3", "GetBucketTagging"): TAGGED_BUCKET,
    ("s3", "GetBucketAbac"): TAGGED_BUCKET,
    ("s3control", "GetPublicAccessBlock"): PUBLIC,
    ("kms", "ListKeys"): question("ben", "kms:Decrypt", KEY),
    ("kms", "GetKeyPolicy"): question("ben", "kms:Decrypt", KEY),
    ("kms", "ListGrants"): None,
    ("kms", "ListAliases"): None,
    ("kms", "ListResourceTags"): question("ana", "kms:DescribeKey", KEY),
    ("sns", "ListTopics"): question("ben", "sns:Publish", TOPIC),
    ("sns", "GetTopicAttributes"): question("ben", "sns:Publish", TOPIC),
    ("sns", "ListTagsForResource"): question("ana", "sns:Publish", TOPIC),
    ("sqs", "ListQueues"): question("ben", "sqs:SendMessage", QUEUE),
    ("sqs", "GetQueueAttributes"): question("ben", "sqs:SendMessage", QUEUE),
    ("sqs", "ListQueueTags"): question("ana", "sqs:SendMessage", QUEUE),
    ("secretsmanager", "ListSecrets"): question("ana", "secretsmanager:GetSecretValue", SECRET),
    ("secretsmanager", "GetResourcePolicy"): question("ben", "secretsmanager:GetSecretValue", SECRET),
    ("lambda", "ListFunctions"): question("ben", "lambda:InvokeFunction", FUNCTION),
    ("lambda", "GetPolicy"): question("ben", "lambda:InvokeFunction", FUNCTION),
    ("lambda", "ListTags"): question("ana", "lambda:InvokeFunction", FUNCTION),
    ("ec2", "DescribeVpcEndpoints"): THROUGH,
}

# The same without GetAccountAuthorizationDetails: each of the calls that stand in for it.
CHO = question("cho", "textract:DetectDocumentText", "*")
DEE = question("dee", "textract:DetectDocumentText", "*")
ROLE: Question = (iam("role", "Analyst", "/team/"), "textract:DetectDocumentText", "*", {})
OWN = question("ana", "textract:GetAdapter", ADAPTER)
NEEDED_INSTEAD: dict[str, Question | None] = {
    "ListUsers": ANY,
    "GetUser": CHO,
    "ListGroupsForUser": CHO,
    "ListUserPolicies": OWN,
    "GetUserPolicy": OWN,
    "ListAttachedUserPolicies": ANY,
    "ListGroups": None,  # a group that has members is found by them
    "ListGroupPolicies": CHO,
    "GetGroupPolicy": CHO,
    "ListAttachedGroupPolicies": CHO,
    "ListRoles": ROLE,
    "GetRole": ROLE,
    "ListRolePolicies": ROLE,
    "GetRolePolicy": ROLE,
    "ListAttachedRolePolicies": ROLE,
    "ListPolicies": None,  # what somebody holds is found by its ARN
    "GetPolicy": DEE,
    "GetPolicyVersion": ANY,
}


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with Loopback(account.answers()) as server, environment(server.url):
        yield server


@pytest.fixture
def server(running: Loopback) -> Iterator[Loopback]:
    running.reset()
    yield running
    assert running.wrong == []


def verdict(document: dict[str, Any], asked: Question) -> str:
    principal, action, resource, context = asked
    options = Options(resource_account=ACCOUNT if resource.startswith("arn:aws:s3:") else None)
    return ask(opened(document), principal, action, resource, context, options).verdict


def test_every_call_has_its_question_or_none() -> None:
    refusable = {(one.client, one.name) for one in FULL} - {("iam", "GetAccountAuthorizationDetails")}
    assert NEEDED.keys() == refusable
    assert NEEDED_INSTEAD.keys() == {one.name for one in INSTEAD}


def test_with_everything_permitted_nothing_is_missing_and_every_call_of_the_table_is_made(server: Loopback) -> None:
    document = pulled(server)
    assert {status for status, _ in coverage(document).values()} == {"collected"}
    assert server.asked() == {(one.client, one.name) for one in FULL}
    assert "IsTruncated" not in document
    asked = [one for one in NEEDED.values() if one is not None]
    assert {verdict(document, one) for one in asked} == {"allowed"}


@pytest.mark.parametrize("name", NEEDED, ids=lambda name: ":".join(name))
def test_a_refused_call_is_marked_and_what_hangs_on_it_depends(server: Loopback, name: tuple[str, str]) -> None:
    server.faults[name] = DENIED
    document = pulled(server)
    action = operations.ALLOWED[name].action
    marked = {status for status, detail in coverage(document).values() if action in detail}
    assert marked
    assert marked <= {"not-permitted", "partial", "not-collected"}
    asked = NEEDED[name]
    assert asked is None or verdict(document, asked) == "depends"
    rows = [(part, status, detail) for part, (status, detail) in coverage(document).items()]
    assert operations.missing(rows) == (action,)


def test_without_the_one_call_that_tells_all_the_others_tell_the_same(server: Loopback) -> None:
    whole = pulled(server)
    server.faults["iam", "GetAccountAuthorizationDetails"] = DENIED
    pieces = pulled(server)
    assert coverage(pieces)["authorization details"] == ("not-permitted", "not permitted: iam:GetAccountAuthorizationDetails")
    assert {coverage(pieces)[part][0] for part in ("users", "groups", "roles", "policies", "access keys")} == {"collected"}
    assert "IsTruncated" not in pieces
    one, other = opened(whole), opened(pieces)
    assert [(user.name, user.groups, user.boundary, user.tags) for user in one.users] == [
        (user.name, user.groups, user.boundary, user.tags) for user in other.users
    ]
    for asked in (ANY, CHO, DEE, ROLE, OWN):
        assert verdict(pieces, asked) == "allowed"


@pytest.mark.parametrize("name", NEEDED_INSTEAD)
def test_a_refused_call_of_the_many_is_marked_and_what_hangs_on_it_depends(server: Loopback, name: str) -> None:
    server.faults["iam", "GetAccountAuthorizationDetails"] = DENIED
    server.faults["iam", name] = DENIED
    document = pulled(server)
    assert {status for status, detail in coverage(document).values() if f"iam:{name}" in detail} <= {"not-permitted", "partial"}
    assert any(f"iam:{name}" in detail for _, detail in coverage(document).values())
    asked = NEEDED_INSTEAD[name]
    assert asked is None or verdict(document, asked) == "depends"


def test_with_the_right_to_see_oneself_one_sees_oneself(server: Loopback) -> None:
    own = {"GetUser", "ListGroupsForUser", "ListUserPolicies", "GetUserPolicy", "ListAttachedUserPolicies"}
    for one in (*FULL, *INSTEAD):
        if one.name not in own and one.client != "sts":
            server.faults[one.client, one.name] = DENIED
    document = pulled(server)
    snapshot = opened(document)
    assert [(user.name, len(user.inline), user.tags) for user in snapshot.users] == [("ana", 1, (("team", "scan"),))]
    assert not snapshot.primary.users_collected
    assert "RoleDetailList" not in document
    assert coverage(document)["roles"] == ("not-permitted", "not permitted: iam:ListRoles")
    assert verdict(document, OWN) == "depends"


def test_with_no_right_at_all_the_pull_ends_and_knows_nothing(server: Loopback) -> None:
    server.everything = Fault("AccessDenied", 403, after=1)
    document = pulled(server)
    statuses = coverage(document)
    assert statuses.pop("caller identity") == ("collected", "")
    assert {status for status, _ in statuses.values()} <= {"not-permitted", "partial"}
    assert "Resources" not in document or not opened(document).resources
    assert verdict(document, OWN) == "depends"
    assert set(operations.missing((part, *row) for part, row in statuses.items())) <= set(operations.actions())


def test_an_operation_refused_again_and_again_is_not_asked_for_every_user(server: Loopback) -> None:
    crowd = [dict(account.DETAILS["UserDetailList"][4], UserName=f"crowd{number}") for number in range(120)]
    server.answers["iam", "GetAccountAuthorizationDetails"] = {**account.DETAILS, "UserDetailList": crowd}
    server.faults["iam", "ListMFADevices"] = DENIED
    try:
        document = pulled(server)
    finally:
        server.answers["iam", "GetAccountAuthorizationDetails"] = account.DETAILS
    assert sum(call.operation == "ListMFADevices" for call in server.calls) < 60
    assert coverage(document)["MFA devices"] == ("not-permitted", "not permitted: iam:ListMFADevices")
    assert len(document["AccessKeys"]) == 120
