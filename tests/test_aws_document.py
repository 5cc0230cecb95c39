"""What a pull makes of the answers: none, not in use and unknown kept apart, policies as objects, and a service that is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from loopback import account
from loopback.account import ACCOUNT, BUCKET, GROUP, KEY, ORGANIZATION, PROJECT, QUEUE, REGION, TOPIC, iam
from loopback.pulling import coverage, environment, opened, pulled
from loopback.server import BROKEN, AbsentError, Loopback
from test_aws_denied import NEEDED, verdict

from adapters.aws.operations import FULL


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with Loopback(account.answers()) as server, environment(server.url):
        yield server


@pytest.fixture
def server(running: Loopback) -> Iterator[Loopback]:
    running.reset()
    yield running
    assert running.wrong == []
    running.answers = dict(account.answers())


def refuse(code: str, message: str = "") -> Any:
    def answer(given: dict[str, Any]) -> dict[str, Any]:
        raise AbsentError(code, 400, message)

    return answer


def named(document: dict[str, Any], arn: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document["Resources"] if one["Arn"] == arn)
    return found


def test_the_account_is_named_with_its_place(server: Loopback) -> None:
    document = pulled(server)
    assert document["Account"] == {
        "Id": ACCOUNT,
        "Alias": "loopback",
        "Partition": "aws",
        "OrganizationId": ORGANIZATION,
        "OrganizationPath": f"{ORGANIZATION}/r-root/ou-root-prod1234/",
        "IsManagementAccount": False,
    }
    assert document["Source"]["Adapter"] == "aws"
    assert [level["TargetName"] for level in document["ServiceControlPolicies"]] == ["Root", "Production", ACCOUNT]


def test_the_document_is_json_and_its_policies_are_objects(server: Loopback) -> None:
    document = json.loads(json.dumps(pulled(server)))
    user = document["UserDetailList"][0]
    assert user["UserPolicyList"][0]["PolicyDocument"]["Version"] == "2012-10-17"
    assert user["CreateDate"] == "2026-03-01T12:00:00Z"
    for arn in (TOPIC, QUEUE, KEY, BUCKET, GROUP, PROJECT):
        assert isinstance(named(document, arn)["Policy"], dict), arn
    assert isinstance(document["VpcEndpoints"][0]["Policy"], dict)


def test_the_details_that_decide_are_there(server: Loopback) -> None:
    document = pulled(server)
    details = named(document, BUCKET)["Details"]
    assert details["Region"] == REGION
    assert details["ObjectOwnership"] == "BucketOwnerEnforced"
    assert details["AbacEnabled"] is True
    assert details["Acl"][0]["Grantee"]["Type"] == "CanonicalUser"
    assert details["PublicAccessBlock"]["RestrictPublicBuckets"] is False
    assert named(document, "arn:aws:s3:::plain") | {"Details": None} == {
        "Arn": "arn:aws:s3:::plain", "Type": "s3:bucket", "Account": ACCOUNT, "Name": "plain", "Tags": [], "Policy": None, "Details": None,
    }  # fmt: skip
    assert named(document, KEY)["Details"]["Grants"][0]["Operations"] == ["Decrypt"]
    assert named(document, KEY)["Name"] == "docs"
    assert {key["AccessKeyLastUsed"]["ServiceName"] for key in document["AccessKeys"]} == {"s3"}
    assert [profile["UserName"] for profile in document["LoginProfiles"]] == ["ana"]
    assert opened(document).principal("AKIABENXXXXXXXXXXXXX").arn == iam("user", "ben")


def test_an_account_of_no_organization_has_no_control_policies_and_that_is_known(server: Loopback) -> None:
    server.answers["organizations", "DescribeOrganization"] = refuse("AWSOrganizationsNotInUseException")
    document = pulled(server)
    assert document["ServiceControlPolicies"] == document["ResourceControlPolicies"] == []
    assert coverage(document)["SCPs"] == ("collected", "")
    assert verdict(document, NEEDED["organizations", "ListParents"] or pytest.fail("no question")) == "allowed"


def test_a_kind_of_control_policy_that_is_not_in_use_is_none(server: Loopback) -> None:
    given = account.answers()["organizations", "ListPoliciesForTarget"]

    def only_scps(parameters: dict[str, Any]) -> dict[str, Any] | None:
        if parameters["Filter"] == "RESOURCE_CONTROL_POLICY":
            raise AbsentError("PolicyTypeNotEnabledException", 400)
        assert callable(given)
        return given(parameters)

    server.answers["organizations", "ListPoliciesForTarget"] = only_scps
    document = pulled(server)
    assert document["ResourceControlPolicies"] == []
    assert len(document["ServiceControlPolicies"]) == 3
    assert coverage(document)["RCPs"] == ("collected", "")


def test_an_error_that_does_not_say_none_is_not_taken_for_none(server: Loopback) -> None:
    server.answers["sagemaker", "GetModelPackageGroupPolicy"] = refuse("ValidationException", "the name is too long")
    document = pulled(server)
    assert "Policy" not in named(document, GROUP)
    assert coverage(document)["sagemaker:model-package-group"][0] == "partial"


def test_a_policy_that_is_no_json_is_kept_and_spoils_its_resource_alone(server: Loopback) -> None:
    server.answers["sns", "GetTopicAttributes"] = {"Attributes": {"Policy": '{"Statement": ['}}
    document = pulled(server)
    assert named(document, TOPIC)["Policy"] == '{"Statement": ['
    assert verdict(document, NEEDED["sns", "ListTopics"] or pytest.fail("no question")) == "depends"
    assert verdict(document, NEEDED["sqs", "ListQueues"] or pytest.fail("no question")) == "allowed"


def test_several_policies_of_a_project_count_together(server: Loopback) -> None:
    one = {"ProjectArn": PROJECT, "PolicyName": "p", "PolicyDocument": account.owner(PROJECT, "rekognition:CopyProjectVersion")}
    server.answers["rekognition", "ListProjectPolicies"] = {
        "ProjectPolicies": [one, {**one, "PolicyName": "q"}, {**one, "PolicyName": "r"}]
    }
    assert len(named(pulled(server), PROJECT)["Policy"]["Statement"]) == 3


def test_an_empty_account_is_collected_and_empty(server: Loopback) -> None:
    server.answers["iam", "GetAccountAuthorizationDetails"] = {
        "UserDetailList": [],
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
    }
    document = pulled(server)
    assert document["UserDetailList"] == document["AccessKeys"] == document["MFADevices"] == []
    assert opened(document).primary.users_collected
    assert coverage(document)["access keys"] == ("collected", "")


@pytest.mark.parametrize("client", sorted({name[0] for name, asked in NEEDED.items() if asked is not None}))
def test_a_service_that_is_down_is_failed_and_every_question_about_it_depends(server: Loopback, client: str) -> None:
    broken = [one for one in FULL if one.client == client]
    for one in broken:
        server.faults[client, one.name] = BROKEN
    document = pulled(server)
    parts = {part for one in broken for part in ([one.part] if one.part in coverage(document) else one.part.split())}
    assert {coverage(document)[part][0] for part in parts} <= {"failed", "partial"}
    for name, asked in NEEDED.items():
        if name[0] == client and asked is not None:
            assert verdict(document, asked) == "depends", name
