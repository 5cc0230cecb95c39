"""The table of calls: read-only, real, each with a real permission; and `whygate policy`, which is made from it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import botocore.session
import pytest
from loopback.pulling import environment
from running import REPOSITORY, refusal, run

from adapters.aws import collectors, operations
from adapters.aws.operations import ALLOWED, FULL, INSTEAD, OPTIONAL
from adapters.aws.session import Connection
from adapters.aws.source import Named
from whygate import catalogue

READS = re.compile(r"(List|Get|Describe|Simulate)[A-Z]|Generate\w*Report")
SECRETS = {"GetSecretValue", "GetSessionToken", "GetFederationToken", "GetObject", "GetFunction", "GetParametersForImport"}
_SESSION = botocore.session.get_session()


@pytest.mark.parametrize("one", [*FULL, *INSTEAD, *OPTIONAL], ids=lambda one: f"{one.client}-{one.name}-{one.part}")
def test_every_call_reads_exists_and_needs_a_permission_that_exists(one: operations.Operation) -> None:
    assert READS.match(one.name)
    assert one.name not in SECRETS
    assert one.name in _SESSION.get_service_model(one.client).operation_names
    known = catalogue.action(one.action)
    assert known is not None, one.action


def test_no_call_is_named_in_the_code_that_is_not_in_the_table() -> None:
    """Operations are written as text where they are called: every such text is a row, and every row is called."""
    sources = "".join(path.read_text() for path in (REPOSITORY / "adapters" / "aws").rglob("*.py") if path.name != "operations.py")
    named = set(re.findall(r'"((?:List|Get|Describe|Generate|Simulate)[A-Za-z]+)"', sources))
    made = {f"{verb}{word}{what}" for word in ("User", "Group", "Role") for verb, what in _MADE}
    assert named <= {one.name for one in ALLOWED.values()}
    assert {one.name for one in ALLOWED.values()} - named - made == set()


_MADE = (("List", "Policies"), ("Get", "Policy"), ("ListAttached", "Policies"), ("Get", ""))


def test_a_call_that_is_not_in_the_table_is_never_sent() -> None:
    with environment():
        connection = Connection(Named("", ("eu-west-1",)))
        with pytest.raises(AssertionError, match="not in the table"):
            connection.send("iam", "DeleteUser", "eu-west-1", {"UserName": "ana"})


def test_every_part_of_a_collector_has_its_permissions() -> None:
    for collector in collectors.every():
        for part in collector.parts:
            assert operations.actions(part), part


def test_the_policy_allows_every_call_of_a_full_pull_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, "policy")
    assert answer.status == 0
    document = json.loads(answer.out)
    allowed = [action for statement in document["Statement"] for action in statement["Action"]]
    assert allowed == sorted({one.action for one in FULL})
    assert all(statement["Effect"] == "Allow" and statement["Resource"] == "*" for statement in document["Statement"])
    assert not [action for action in allowed if "*" in action]
    assert len({statement["Sid"] for statement in document["Statement"]}) == len(document["Statement"])
    assert len(answer.out.replace(" ", "").replace("\n", "")) < 6144  # what a managed policy may have, without white space


def test_with_verify_the_policy_holds_the_right_to_a_second_opinion_too(capsys: pytest.CaptureFixture[str]) -> None:
    plain, more = (json.loads(run(capsys, "policy", *words).out) for words in ((), ("--verify",)))
    allowed = [{action for statement in document["Statement"] for action in statement["Action"]} for document in (plain, more)]
    assert allowed[1] - allowed[0] == {"iam:SimulatePrincipalPolicy"}
    assert allowed[0] < allowed[1]


SNAPSHOT = {
    "Account": {"Id": "123456789012"},
    "UserDetailList": [],
    "Coverage": [
        {"Part": "users", "Status": "collected"},
        {"Part": "sns:topic", "Status": "partial", "Region": "eu-west-1", "Detail": "not permitted: sns:GetTopicAttributes"},
        {"Part": "SCPs", "Status": "not-permitted", "Detail": "not permitted: organizations:ListParents"},
        {"Part": "kms:key", "Status": "failed", "Detail": "failed: kms ListKeys: a timeout"},
        {"Part": "lambda:function", "Status": "not-collected"},
    ],
}


def lacking(capsys: pytest.CaptureFixture[str], path: Path) -> list[str]:
    answer = run(capsys, "policy", "--from", path)
    assert answer.status == 0, answer
    return [action for statement in json.loads(answer.out)["Statement"] for action in statement["Action"]]


def test_from_a_snapshot_it_is_what_was_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(SNAPSHOT))
    functions = ["lambda:GetPolicy", "lambda:ListFunctions", "lambda:ListTags"]
    assert lacking(capsys, path) == [*functions, "organizations:ListParents", "sns:GetTopicAttributes"]


def test_from_a_plain_export_it_is_what_an_export_has_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}))
    found = lacking(capsys, path)
    assert {"organizations:ListPoliciesForTarget", "s3:GetBucketPolicy", "iam:ListAccessKeys"} <= set(found)
    assert "iam:GetAccountAuthorizationDetails" not in found


def test_where_nothing_was_missing_there_is_no_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps({**SNAPSHOT, "Coverage": SNAPSHOT["Coverage"][:1]}))  # type: ignore[index]  # the document is ours
    assert "no permission was missing" in refusal(run(capsys, "policy", "--from", path))
