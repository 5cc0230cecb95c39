"""Questions over an account: who is asked about, on what the question is really asked, which layers are found, what is assumed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from engine_accounts import (
    ADAPTER,
    AWAY,
    HOME,
    MIA,
    RUN,
    SCAN,
    account,
    allow,
    attached,
    deny,
    document,
    group,
    inline,
    managed,
    policy_arn,
    role,
    user,
)

from whygate import hanging
from whygate.errors import UserError
from whygate.evaluate import Verdict
from whygate.question import Options, ask, contexts
from whygate.snapshot import Snapshot

EVERYTHING = document(allow())
OBJECT = "arn:aws:s3:::box/a"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/k"


@pytest.fixture(scope="module")
def home() -> Snapshot:
    return account([user("mia", EVERYTHING)], [group("ocr")], [role("Scan", EVERYTHING)])


def names(verdict: Verdict) -> set[str]:
    return {item.name for item in verdict.unknowns}


@pytest.mark.parametrize(
    "action", ["textract", "textract:", ":GetAdapter", "textract:Get*", "s3:Get?bject", "textract GetAdapter", "", "a:b:c"]
)
def test_what_is_no_single_action_is_refused_with_what_to_do(home: Snapshot, action: str) -> None:
    with pytest.raises(UserError, match="malformed action") as caught:
        ask(home, "mia", action)
    assert caught.value.todo


@pytest.mark.parametrize(
    "resource", ["box", "arn:aws:s3", "arn:aws:s3:::", "arn:nowhere:s3:::box", "arn:aws:::1:x", "arn:aws:sqs:eu-west-1:12:q"]
)
def test_a_malformed_resource_is_refused_with_what_to_do(home: Snapshot, resource: str) -> None:
    for action in ("s3:GetObject", "textract:DetectDocumentText"):  # also where the call takes no resource
        with pytest.raises(UserError, match="malformed ARN") as caught:
            ask(home, "mia", action, resource)
        assert caught.value.todo


def test_root_is_the_root_of_the_account_where_there_is_one_and_nobody_is_called_so(home: Snapshot) -> None:
    assert ask(home, "root", "iam:CreateUser", "*").request.caller.arn == f"arn:aws:iam::{HOME}:root"
    named = account([user("root", EVERYTHING)])
    assert ask(named, "root", "iam:CreateUser", "*").request.caller.arn == f"arn:aws:iam::{HOME}:user/root"
    two = account(Accounts=[{"Account": {"Id": AWAY}}])
    with pytest.raises(UserError, match=f"root is ambiguous: arn:aws:iam::{HOME}:root, arn:aws:iam::{AWAY}:root") as caught:
        ask(two, "root", "iam:CreateUser", "*")
    assert caught.value.todo


def test_what_hangs_on_a_pattern_of_which_a_part_is_covered_is_said_as_a_part_of_the_sentence() -> None:
    here = account([user("mia", document(allow("sqs:ReceiveMessage", f"arn:aws:sqs:*:{HOME}:jobs-*")))])
    verdict = ask(here, "mia", "sqs:ReceiveMessage", options=Options(uncollected="none"))
    said = hanging.reason(verdict)
    assert f"it hangs on which of arn:aws:sqs:*:{HOME}:* it is (only a part of them is covered, R112)" in said


def test_an_action_is_spelled_as_aws_spells_it_and_an_unknown_one_is_asked_with_a_note(home: Snapshot) -> None:
    assert ask(home, "mia", "TEXTRACT:getadapter", ADAPTER).request.action == "textract:GetAdapter"
    for action, what in (
        ("textract:DoMagic", "the action is not in the reference"),
        ("nosuch:DoMagic", "the service is not in the reference"),
    ):
        verdict = ask(home, "mia", action, "*")
        assert verdict.verdict == "allowed"
        assert any(what in note for note in verdict.notes)


def test_a_resource_that_is_not_named_is_any_of_those_the_action_takes(home: Snapshot) -> None:
    verdict = ask(home, "mia", "textract:GetAdapter")
    assert (verdict.verdict, verdict.request.any_resource) == ("allowed", True)
    assert verdict.request.resource == f"arn:aws:textract:*:{HOME}:/adapters/*"
    assert any("asked about any adapter" in note for note in verdict.notes)


def test_asked_about_any_resource_a_narrower_allow_depends_on_which_and_a_narrower_deny_too() -> None:
    narrow = account([user("mia", document(allow("textract:*", ADAPTER))), user("jo", document(allow(), deny("textract:*", ADAPTER)))])
    for name in ("mia", "jo"):
        verdict = ask(narrow, name, "textract:GetAdapter")
        assert verdict.verdict == "depends"
        assert {item.kind for item in verdict.unknowns} == {"resource"}


def test_an_action_without_a_resource_is_asked_on_star_whatever_is_named(home: Snapshot) -> None:
    assert ask(home, "mia", "textract:DetectDocumentText").request.resource == "*"
    verdict = ask(home, "mia", "textract:DetectDocumentText", ADAPTER)
    assert verdict.request.resource == "*"
    assert any("has no resource" in note for note in verdict.notes)


def test_only_star_matches_a_call_without_a_resource() -> None:
    scoped = account([user("mia", document(allow("textract:*", "arn:aws:textract:*:*:*")))])
    assert ask(scoped, "mia", "textract:DetectDocumentText").verdict == "implicitDeny"


def test_a_resource_of_another_kind_is_asked_with_a_note(home: Snapshot) -> None:
    verdict = ask(home, "mia", "textract:GetAdapter", f"arn:aws:rekognition:eu-west-1:{HOME}:collection/c")
    assert verdict.verdict == "allowed"
    assert any("takes adapter" in note and "does not look like one" in note for note in verdict.notes)
    assert not any("does not look like one" in note for note in ask(home, "mia", "textract:GetAdapter", ADAPTER).notes)


def test_a_resource_account_that_contradicts_the_arn_is_refused(home: Snapshot) -> None:
    with pytest.raises(UserError, match="is not the account in"):
        ask(home, "mia", "textract:GetAdapter", ADAPTER, options=Options(resource_account=AWAY))
    assert ask(home, "mia", "textract:GetAdapter", ADAPTER, options=Options(resource_account=HOME)).verdict == "allowed"


def test_the_owner_of_a_bucket_is_given_or_known_from_the_snapshot_or_unknown(home: Snapshot) -> None:
    without = ask(home, "mia", "s3:GetObject", OBJECT)
    assert without.request.resource_account is None
    assert any("--resource-account" in note for note in without.notes)
    assert ask(home, "mia", "s3:GetObject", OBJECT, options=Options(resource_account=AWAY)).request.resource_account == AWAY
    known = account(
        [user("mia", EVERYTHING)], Resources=[{"Arn": "arn:aws:s3:::box", "Type": "s3:bucket", "Account": HOME, "Policy": None}]
    )
    assert ask(known, "mia", "s3:GetObject", OBJECT, options=Options(uncollected="none")).verdict == "allowed"


@pytest.mark.parametrize("text", ["mia", "user/mia", MIA])
def test_a_user_is_named_as_people_type_it(home: Snapshot, text: str) -> None:
    assert ask(home, text, "textract:AnalyzeID").request.caller.arn == MIA


@pytest.mark.parametrize("text", ["role/Scan", SCAN, RUN])
def test_a_role_or_a_session_of_it_is_found_with_its_path(home: Snapshot, text: str) -> None:
    verdict = ask(home, text, "textract:AnalyzeID")
    assert (verdict.verdict, verdict.request.caller.role_arn) == ("allowed", SCAN)
    assert any("no session name" in note for note in verdict.notes) is (text != RUN)


@pytest.mark.parametrize(
    "text", ["nobody", "user/nobody", f"arn:aws:iam::{HOME}:user/nobody", f"arn:aws:iam::{HOME}:group/ocr", "arn:aws:s3:::box"]
)
def test_who_is_not_there_or_no_principal_is_refused(home: Snapshot, text: str) -> None:
    with pytest.raises(UserError):
        ask(home, text, "textract:AnalyzeID")


def test_a_principal_of_an_account_that_is_not_loaded_has_unknown_layers(home: Snapshot) -> None:
    verdict = ask(home, f"arn:aws:iam::{AWAY}:user/jo", "textract:AnalyzeID")
    assert (verdict.verdict, names(verdict)) == ("depends", {"identity", "boundary", "scp", "rcp"})


def test_a_federated_session_takes_its_rights_from_its_parent_and_from_nobody_else(home: Snapshot) -> None:
    booth = f"arn:aws:sts::{HOME}:federated-user/mia"
    session = (document(allow("textract:*")),)
    assert ask(home, booth, "textract:AnalyzeID", options=Options(session_policies=session)).verdict == "depends"
    given = Options(session_policies=session, parent_arn=MIA)
    assert ask(home, booth, "textract:AnalyzeID", options=given).verdict == "allowed"
    assert ask(home, booth, "s3:ListAllMyBuckets", options=given).verdict == "implicitDeny"
    assert ask(home, booth, "textract:AnalyzeID", options=Options(parent_arn=MIA)).verdict == "implicitDeny"


def test_layers_that_were_not_collected_are_unknown_and_can_be_assumed_to_be_none() -> None:
    plain = account([user("mia", EVERYTHING)], ServiceControlPolicies=None, ResourceControlPolicies=None)
    verdict = ask(plain, "mia", "textract:AnalyzeID")
    assert (verdict.verdict, names(verdict)) == ("depends", {"scp", "rcp"})
    assumed = ask(plain, "mia", "textract:AnalyzeID", options=Options(uncollected="none"))
    assert assumed.verdict == "allowed"
    assert assumed.layers.scp.note.endswith("assumed to be none")


def test_assuming_none_never_removes_what_was_collected_or_a_missing_document() -> None:
    guarded = account(
        [user("mia", EVERYTHING, AttachedManagedPolicies=attached("gone"))],
        ServiceControlPolicies=[
            {"TargetId": "r-1", "TargetName": "Root", "Policies": [{"Id": "p-1", "Name": "stop", "Document": document(deny("s3:*"))}]}
        ],
        ResourceControlPolicies=None,
    )
    options = Options(uncollected="none")
    assert ask(guarded, "mia", "s3:ListAllMyBuckets", options=options).verdict == "explicitDeny"
    assert ask(guarded, "mia", "textract:AnalyzeID", options=options).verdict == "implicitDeny"
    unguarded = account([user("mia", EVERYTHING, AttachedManagedPolicies=attached("gone"))])
    verdict = ask(unguarded, "mia", "textract:AnalyzeID", options=options)
    assert (verdict.verdict, names(verdict)) == ("depends", {policy_arn("gone")})


def test_scps_of_an_account_are_read_level_by_level_and_never_bind_the_management_account() -> None:
    def level(name: str, *documents: Any) -> dict[str, Any]:
        return {
            "TargetId": name,
            "TargetName": name,
            "Policies": [{"Id": f"p-{name}", "Name": name, "Document": item} for item in documents],
        }

    levels = [level("Root", EVERYTHING), level("Work", document(allow("s3:*"))), level("ocr", EVERYTHING)]
    people = [user("mia", EVERYTHING)]
    assert ask(account(people, ServiceControlPolicies=levels), "mia", "textract:AnalyzeID").verdict == "implicitDeny"
    assert ask(account(people, ServiceControlPolicies=levels[::2]), "mia", "textract:AnalyzeID").verdict == "allowed"
    management = account(people, Account={"Id": HOME, "IsManagementAccount": True}, ServiceControlPolicies=levels)
    assert ask(management, "mia", "textract:AnalyzeID").verdict == "allowed"


def test_missing_context_counts_as_absent_only_where_the_asker_says_so() -> None:
    guarded = account([user("mia", document(allow(), deny(Condition={"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})))])
    assert names(ask(guarded, "mia", "textract:AnalyzeID")) == {"aws:SourceIp"}
    assert ask(guarded, "mia", "textract:AnalyzeID", options=Options(missing_context="absent")).verdict == "explicitDeny"
    given = contexts(["aws:SourceIp=198.51.100.7"])
    assert ask(guarded, "mia", "textract:AnalyzeID", context=given).verdict == "allowed"
    assert ask(guarded, "mia", "textract:AnalyzeID", context=contexts(["aws:SourceIp!"])).verdict == "explicitDeny"


def test_the_time_is_assumed_and_can_be_given() -> None:
    until = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}
    dated = account([user("mia", document(allow(Condition=until)))])
    for year, verdict in ((2025, "allowed"), (2027, "implicitDeny")):
        assert ask(dated, "mia", "textract:AnalyzeID", options=Options(now=datetime(year, 6, 1, tzinfo=UTC))).verdict == verdict


def test_a_given_key_that_the_action_does_not_define_counts_as_given_with_a_note(home: Snapshot) -> None:
    verdict = ask(home, "mia", "textract:AnalyzeID", context={"s3:prefix": "x"})
    assert any("does not define s3:prefix" in note for note in verdict.notes)


def test_the_policies_of_a_group_are_those_of_its_members_joined_by_name() -> None:
    people = [user("mia", GroupList=["ocr"]), user("jo", GroupList=["OCR"]), user("lee", GroupList=["gone"])]
    snapshot = account(people, [group("ocr", document(allow("textract:*")))])
    verdict = ask(snapshot, "mia", "textract:AnalyzeID")
    assert verdict.verdict == "allowed"
    assert [held.through for held in verdict.layers.identity.policies] == ["ocr"]
    assert ask(snapshot, "lee", "textract:AnalyzeID").verdict == "depends"  # the group of that name is not in the data


def test_the_version_in_force_counts_and_no_other() -> None:
    edge = managed("edge", EVERYTHING, document(allow("s3:*")), in_force=1)
    snapshot = account([user("mia", AttachedManagedPolicies=attached("edge"))], policies=[edge])
    assert ask(snapshot, "mia", "textract:AnalyzeID").verdict == "implicitDeny"
    assert ask(snapshot, "mia", "s3:ListAllMyBuckets").verdict == "allowed"


def test_a_boundary_caps_group_policies_and_one_that_is_not_in_the_data_leaves_it_open() -> None:
    boundary = {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy_arn("edge")}}
    people, groups = [user("mia", GroupList=["ocr"], **boundary)], [group("ocr", EVERYTHING)]
    capped = account(people, groups, policies=[managed("edge", document(allow("s3:*")))])
    assert ask(capped, "mia", "textract:AnalyzeID").verdict == "implicitDeny"
    assert ask(capped, "mia", "s3:ListAllMyBuckets").verdict == "allowed"
    assert ask(account(people, groups), "mia", "textract:AnalyzeID").verdict == "depends"


def test_documents_in_every_form_have_the_same_effect() -> None:
    import json
    import urllib.parse

    text = json.dumps(EVERYTHING)
    for form in (EVERYTHING, text, urllib.parse.quote(text), [EVERYTHING]):
        assert ask(account([user("mia", form)]), "mia", "textract:AnalyzeID").verdict == "allowed"


def test_one_bad_document_spoils_itself_alone() -> None:
    snapshot = account([user("mia", document(allow("s3:*")), "{not json"), user("jo", EVERYTHING)])
    verdict = ask(snapshot, "mia", "s3:ListAllMyBuckets")
    assert (verdict.verdict, [item.kind for item in verdict.unknowns]) == ("depends", ["policy"])
    assert "not JSON" in verdict.unknowns[0].detail
    assert ask(snapshot, "jo", "s3:ListAllMyBuckets").verdict == "allowed"


def test_a_role_is_assumed_by_its_trust_policy() -> None:
    trust = document({"Effect": "Allow", "Principal": {"AWS": MIA}, "Action": "sts:AssumeRole"})
    snapshot = account([user("mia"), user("jo", EVERYTHING)], roles=[role("Scan", trust=trust)])
    assert ask(snapshot, "mia", "sts:AssumeRole", SCAN).verdict == "allowed"
    assert ask(snapshot, "jo", "sts:AssumeRole", SCAN).verdict == "implicitDeny"
    assert ask(snapshot, "textract.amazonaws.com", "sts:AssumeRole", SCAN).verdict == "implicitDeny"
    missing = f"arn:aws:iam::{HOME}:role/Missing"
    assert ask(snapshot, "jo", "sts:AssumeRole", missing).verdict == "implicitDeny"  # roles were collected: it does not exist


def test_a_key_whose_policy_was_not_collected_leaves_the_answer_open(home: Snapshot) -> None:
    assert names(ask(home, "mia", "kms:Decrypt", KEY)) >= {"resource"}
    closed = account(
        [user("mia", EVERYTHING)],
        Resources=[{"Arn": KEY, "Type": "kms:key", "Account": HOME, "Policy": document(allow("kms:*", "*", Principal={"AWS": SCAN}))}],
    )
    assert ask(closed, "mia", "kms:Decrypt", KEY).verdict == "implicitDeny"


@pytest.mark.parametrize(
    ("bucket", "own", "expected"),
    [
        (True, False, "explicitDeny"),
        (False, True, "explicitDeny"),
        (False, False, "allowed"),
        (None, False, "depends"),
        (None, True, "explicitDeny"),
    ],
)
def test_block_public_access_of_bucket_or_account_stops_strangers_the_stricter_counts(
    bucket: bool | None, own: bool, expected: str
) -> None:
    details = {} if bucket is None else {"PublicAccessBlock": {"RestrictPublicBuckets": bucket}}
    public = document(allow("s3:GetObject", "arn:aws:s3:::box/*", Principal="*"))
    snapshot = account(
        Resources=[{"Arn": "arn:aws:s3:::box", "Type": "s3:bucket", "Account": HOME, "Policy": public, "Details": details}],
        PublicAccessBlock={"RestrictPublicBuckets": own},
    )
    assert ask(snapshot, "*", "s3:GetObject", OBJECT).verdict == expected


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalAccount": AWAY}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": AWAY}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, True),
        ({"StringNotEquals": {"aws:PrincipalAccount": HOME}}, True),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "::/1"]}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-ab/"}}, True),
    ],
)
def test_what_s3_would_call_public(condition: dict[str, Any], public: bool) -> None:
    from whygate import policy
    from whygate.public_access import is_public

    statement = policy.from_python([allow("s3:*", "*", Principal={"AWS": ["*", HOME]}, Condition=condition)]).statements[0]
    assert is_public(statement) is public


def test_an_endpoint_policy_counts_only_for_calls_that_come_through_it(home: Snapshot) -> None:
    endpoint = {"Id": "vpce-1", "VpcId": "vpc-1", "ServiceName": "textract", "Policy": document(allow("s3:*", "*", Principal="*"))}
    snapshot = account([user("mia", EVERYTHING)], VpcEndpoints=[endpoint])
    assert ask(snapshot, "mia", "textract:AnalyzeID").verdict == "allowed"
    assert ask(snapshot, "mia", "textract:AnalyzeID", context={"aws:SourceVpce": "vpce-1"}).verdict == "implicitDeny"
    assert names(ask(snapshot, "mia", "textract:AnalyzeID", context={"aws:SourceVpce": "vpce-2"})) == {"vpce"}
    assert names(ask(snapshot, "mia", "textract:AnalyzeID", context={"aws:SourceVpc": "vpc-1"})) == {"vpce"}


def test_session_policies_limit_a_role_and_an_empty_list_is_none() -> None:
    snapshot = account(roles=[role("Scan", EVERYTHING)])
    narrow = Options(session_policies=(document(allow("s3:*")), '{"Version":"2012-10-17","Statement":[]}'))
    assert ask(snapshot, RUN, "textract:AnalyzeID", options=narrow).verdict == "implicitDeny"
    assert ask(snapshot, RUN, "s3:ListAllMyBuckets", options=narrow).verdict == "allowed"
    assert ask(snapshot, RUN, "textract:AnalyzeID", options=Options(session_policies=())).verdict == "allowed"


def test_a_user_of_the_same_name_in_a_second_account_is_not_mixed_up() -> None:
    jo = {**user("mia"), "Arn": f"arn:aws:iam::{AWAY}:user/mia", "UserPolicyList": inline(document(deny()))}
    snapshot = account([user("mia", EVERYTHING), jo])
    with pytest.raises(UserError):
        ask(snapshot, "mia", "textract:AnalyzeID")
    assert ask(snapshot, MIA, "textract:AnalyzeID").verdict == "allowed"


@pytest.mark.parametrize(
    ("action", "context", "expected"),
    [
        ("iam:ListUsers", {}, "depends"),
        ("iam:ListUsers", {"aws:MultiFactorAuthPresent": "true"}, "allowed"),
        ("iam:ListUsers", {"aws:MultiFactorAuthPresent": "false"}, "implicitDeny"),
        ("sts:GetFederationToken", {}, "implicitDeny"),
        ("sts:GetCallerIdentity", {}, "allowed"),
        ("s3:ListAllMyBuckets", {}, "allowed"),
    ],
)
def test_session_token_credentials_reach_no_iam_without_mfa_and_little_sts(  # R89
    home: Snapshot, action: str, context: dict[str, str], expected: str
) -> None:
    options = Options(credential="session-token", uncollected="none")
    resource = f"arn:aws:iam::{HOME}:user/x" if action == "iam:ListUsers" else "*"
    assert ask(home, "mia", action, resource, context, options).verdict == expected


@pytest.mark.parametrize(
    ("action", "resource", "verdict"),
    [
        ("wafv2:GetRuleGroup", f"arn:aws:wafv2:eu-west-1:{HOME}:regional/rulegroup/a/b", "depends"),
        ("appmesh:DescribeMesh", f"arn:aws:appmesh:eu-west-1:{HOME}:mesh/m", "depends"),
        ("ec2:StartInstances", f"arn:aws:ec2:eu-west-1:{HOME}:instance/i-0", "allowed"),
    ],
)
def test_a_policy_that_a_resource_may_carry_and_nobody_collected_is_unknown(  # R4
    home: Snapshot, action: str, resource: str, verdict: str
) -> None:
    found = ask(home, "mia", action, resource)
    without = ask(home, "mia", action, resource, options=Options(uncollected="none"))
    assert without.verdict == "allowed"
    assert (found.layers.resource.exists is None) is (verdict == "depends")
