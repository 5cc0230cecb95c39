"""AWS Config items as a source: both spellings, every wrapping and encoding, what they tell and what they leave unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from running import SHARED
from sources import HOME, policy, refused, register, verdict

from adapters import registry
from adapters.config_items import ConfigItemsAdapter
from whygate.snapshot import Snapshot

ALLOW = policy()
ANA = f"arn:aws:iam::{HOME}:user/ana"
ASKED = (ANA, "textract:DetectDocumentText")
SAMPLES = sorted((SHARED / "data" / "config-items").rglob("*.json"))


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def item(kind: str, arn: str, configuration: Any, supplementary: Any = None, **more: Any) -> dict[str, Any]:
    """An item in the spelling of get-resource-config-history's newer answers."""
    return {
        "version": "1.3",
        "accountId": HOME,
        "configurationItemCaptureTime": "2026-01-01T00:00:00.000Z",
        "configurationItemStatus": "OK",
        "arn": arn,
        "resourceType": kind,
        "configuration": configuration,
        "supplementaryConfiguration": supplementary or {},
        "tags": {},
        **more,
    }


def user(document: Any = ALLOW, **more: Any) -> dict[str, Any]:
    held = {"userPolicyList": [{"policyName": "own", "policyDocument": document}], "attachedManagedPolicies": [], "groupList": []}
    return item("AWS::IAM::User", ANA, {"path": "/", "userName": "ana", "userId": "AIDAEXAMPLE", **held}, **more)


def loaded(folder: Path, value: Any) -> Snapshot:
    path = folder / "items.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    snapshot = registry.load(str(path))
    assert snapshot.source.adapter == "config"
    return snapshot


@pytest.mark.parametrize(
    "document",
    [ALLOW, [ALLOW], json.dumps(ALLOW), quote(json.dumps(ALLOW)) + "%0A"],
    ids=["an object", "a list of one", "JSON text", "URL-encoded text"],
)
def test_a_policy_document_is_read_in_every_encoding(tmp_path: Path, document: Any) -> None:
    assert verdict(loaded(tmp_path, user(document)), *ASKED) == "depends"  # SCPs and RCPs are never in an item
    snapshot = loaded(tmp_path, user(document))
    assert [policy.name for policy in snapshot.users[0].inline] == ["own"]
    assert verdict(snapshot, ANA, "rekognition:DetectFaces") == "implicitDeny"


def old_spelling(value: dict[str, Any]) -> dict[str, Any]:
    names = {"version": "configurationItemVersion", "accountId": "awsAccountId", "arn": "ARN"}
    return {names.get(key, key): inner for key, inner in value.items()}


WRAPPED = {
    "an item": user(),
    "the other spelling": old_spelling(user()),
    "configuration as text": {**user(), "configuration": json.dumps(user()["configuration"])},
    "a list": [user()],
    "a snapshot": {"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": [user()]},
    "batch-get-resource-config": {"baseConfigurationItems": [user()], "unprocessedResourceKeys": []},
    "a query": {"Results": [json.dumps(user())], "QueryInfo": {"SelectFields": []}},
    "an event": {"configurationItem": user(), "messageType": "ConfigurationItemChangeNotification"},
    "JSON Lines": f"{json.dumps(user())}\r\n{json.dumps(item('AWS::IAM::Group', f'arn:aws:iam::{HOME}:group/g', {'groupName': 'g'}))}\n",
    "a recorded answer": {"status_code": 200, "data": {"configurationItems": [user()]}},
}


@pytest.mark.parametrize("value", WRAPPED.values(), ids=WRAPPED)
def test_an_item_opens_in_every_wrapping(tmp_path: Path, value: Any) -> None:
    snapshot = loaded(tmp_path, value)
    assert [(user.name, user.account, user.id) for user in snapshot.users] == [("ana", HOME, "AIDAEXAMPLE")]
    assert verdict(snapshot, ANA, "rekognition:DetectFaces") == "implicitDeny"


def test_of_a_history_the_newest_item_counts_and_a_deleted_resource_is_gone(tmp_path: Path) -> None:
    old = user(configurationItemCaptureTime="2025-01-01T00:00:00.000Z")
    new = user(policy(action="rekognition:*"), configurationItemCaptureTime="2026-01-02T00:00:00.000Z")
    assert verdict(loaded(tmp_path, [new, old]), *ASKED) == "implicitDeny"
    gone = user(configurationItemCaptureTime="2026-01-03T00:00:00.000Z", configurationItemStatus="ResourceDeleted")
    assert loaded(tmp_path, [gone, new, old]).users == ()


def test_what_was_recorded_is_a_part_and_never_the_whole(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, user())
    assert not snapshot.primary.users_collected
    assert not snapshot.primary.roles_collected
    assert verdict(snapshot, f"arn:aws:iam::{HOME}:user/bo", "textract:DetectDocumentText") == "depends"


def test_an_entity_without_its_lists_may_hold_anything(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, item("AWS::IAM::User", ANA, {"userName": "ana"}))
    assert set(snapshot.users[0].uncollected) == {"UserPolicyList", "AttachedManagedPolicies", "GroupList"}
    assert verdict(snapshot, *ASKED) == "depends"


def test_a_boundary_and_tags_of_an_item_count(tmp_path: Path) -> None:
    boundary = {"permissionsBoundaryArn": f"arn:aws:iam::{HOME}:policy/edge", "permissionsBoundaryType": "Policy"}
    person = user(tags={"team": "ocr"})
    person["configuration"]["permissionsBoundary"] = boundary
    edge = {"policyName": "edge", "defaultVersionId": "v1", "policyVersionList": [{"versionId": "v1", "isDefaultVersion": True}]}
    edge["policyVersionList"][0]["document"] = policy(action="s3:*")  # type: ignore[index]  # the document is ours
    snapshot = loaded(tmp_path, [person, item("AWS::IAM::Policy", boundary["permissionsBoundaryArn"], edge)])
    assert verdict(snapshot, *ASKED) == "implicitDeny"
    assert snapshot.users[0].tags == (("team", "ocr"),)


DENY = policy(effect="Deny", action="*", Principal="*")
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:q"
RESOURCES = {
    "S3": ("AWS::S3::Bucket", "arn:aws:s3:::docs", {}, {"BucketPolicy": {"policyText": json.dumps(DENY)}}, "s3:bucket"),
    "KMS": ("AWS::KMS::Key", f"arn:aws:kms:eu-west-1:{HOME}:key/k", {}, {"Policy": json.dumps(DENY)}, "kms:key"),
    "SNS": ("AWS::SNS::Topic", f"arn:aws:sns:eu-west-1:{HOME}:t", {"Policy": json.dumps(DENY)}, {}, "sns:topic"),
    "SQS": ("AWS::SQS::Queue", QUEUE, {"Policy": DENY}, {}, "sqs:queue"),
    "ECR": ("AWS::ECR::Repository", f"arn:aws:ecr:eu-west-1:{HOME}:repository/r", {"RepositoryPolicyText": DENY}, {}, "ecr:repository"),
    "Lambda": ("AWS::Lambda::Function", f"arn:aws:lambda:eu-west-1:{HOME}:function:f", {}, {"Policy": json.dumps(DENY)}, "lambda:function"),
}


@pytest.mark.parametrize(("kind", "arn", "configuration", "supplementary", "type_"), RESOURCES.values(), ids=RESOURCES)
def test_the_policy_of_a_resource_is_found_where_its_type_has_it(
    tmp_path: Path, kind: str, arn: str, configuration: Any, supplementary: Any, type_: str
) -> None:
    (found,) = loaded(tmp_path, item(kind, arn, configuration, supplementary)).resources
    assert (found.type, found.account) == (type_, HOME)
    assert b"Deny" in bytes(found.policy)  # type: ignore[arg-type]  # the test fails where it is none


@pytest.mark.parametrize("empty", [{"BucketPolicy": {"policyText": None}}, {"BucketPolicy": json.dumps({"policyText": None})}])
def test_a_bucket_that_surely_has_no_policy_has_none(tmp_path: Path, empty: Any) -> None:
    (found,) = loaded(tmp_path, item("AWS::S3::Bucket", "arn:aws:s3:::docs", {}, empty)).resources
    assert found.policy is None


def test_a_resource_whose_policy_is_not_in_the_item_has_an_unknown_one(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, [user(policy(action="s3:*")), item("AWS::S3::Bucket", "arn:aws:s3:::docs", {})])
    assert snapshot.resources[0].policy is not None
    assert verdict(snapshot, ANA, "s3:GetObject", "arn:aws:s3:::docs/a") == "depends"


def test_the_public_access_block_of_the_account_and_of_a_bucket_are_read(tmp_path: Path) -> None:
    block = {"blockPublicAcls": True, "restrictPublicBuckets": True}
    account = item("AWS::S3::AccountPublicAccessBlock", "", block)
    bucket = item("AWS::S3::Bucket", "arn:aws:s3:::docs", {}, {"PublicAccessBlockConfiguration": json.dumps(block)})
    snapshot = loaded(tmp_path, [account, bucket])
    assert snapshot.primary.public_access_block == {"BlockPublicAcls": True, "RestrictPublicBuckets": True}
    assert snapshot.resources[0].details["PublicAccessBlock"] == {"BlockPublicAcls": True, "RestrictPublicBuckets": True}


def test_a_vpc_endpoint_is_found_by_its_id(tmp_path: Path) -> None:
    endpoint = {"vpcEndpointId": "vpce-1", "vpcId": "vpc-1", "serviceName": "s", "policyDocument": json.dumps(DENY)}
    snapshot = loaded(tmp_path, [user(), item("AWS::EC2::VPCEndpoint", f"arn:aws:ec2:eu-west-1:{HOME}:vpc-endpoint/vpce-1", endpoint)])
    assert verdict(snapshot, *ASKED, **{"aws:SourceVpce": "vpce-1"}) == "explicitDeny"


def test_items_of_two_accounts_are_two_accounts(tmp_path: Path) -> None:
    other = item("AWS::IAM::Role", "arn:aws:iam::444455556666:role/r", {"roleName": "r"}, accountId="444455556666")
    assert [account.id for account in loaded(tmp_path, [user(), other]).accounts] == [HOME, "444455556666"]


def test_a_cut_file_and_one_without_items_cost_a_line(tmp_path: Path) -> None:
    text = json.dumps([user()], indent=1)
    cut = tmp_path / "cut.json"
    cut.write_text(text[: text.index("attachedManaged")])
    line = refused(cut)
    assert line.startswith(f"{cut}:")
    assert "cut off" in line
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps({"configSnapshotId": "x", "configurationItems": []}))
    assert refused(empty).startswith(f"{empty}: no configuration item is in it")


@pytest.mark.parametrize("value", [{"UserDetailList": [], "resource": 1}, {"Statement": []}, [1, 2], {"Results": []}, []], ids=str)
def test_other_files_are_left_to_other_adapters(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(value))
    assert not ConfigItemsAdapter().accepts(str(path))
    assert not ConfigItemsAdapter().accepts(str(tmp_path))
    assert not ConfigItemsAdapter().accepts("-")


@pytest.mark.skipif(not SAMPLES, reason="the sample items are not beside this checkout")
def test_every_sample_item_opens() -> None:
    kinds: dict[str, tuple[int, ...]] = {}
    for path in SAMPLES:
        snapshot = registry.load(str(path))
        assert snapshot.source.adapter == "config", path.name
        things = (snapshot.users, snapshot.groups, snapshot.roles, snapshot.policies, snapshot.resources)
        kinds[path.stem] = tuple(len(found) for found in things)
        assert sum(kinds[path.stem]) == (path.stem != "AWS_S3_AccountPublicAccessBlock"), path.name
    assert len(kinds) == 10


@pytest.mark.skipif(not SAMPLES, reason="the sample items are not beside this checkout")
def test_the_sample_bucket_denies_what_comes_without_tls() -> None:
    snapshot = registry.load(str(next(path for path in SAMPLES if path.stem == "AWS_S3_Bucket")))
    asked = (f"arn:aws:iam::{HOME}:user/x", "s3:ListBucket", "arn:aws:s3:::mborch-test-bucket-config-item")
    assert verdict(snapshot, *asked, **{"aws:SecureTransport": "false"}) == "explicitDeny"
