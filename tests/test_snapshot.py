"""The snapshot: what a document means, and how things are found in it."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from whygate import dates
from whygate.document import decode
from whygate.errors import UserError
from whygate.snapshot import Group, Resource, Role, Snapshot, Source, User, build

HOME = "111122223333"
AWAY = "444455556666"
EDGE = f"arn:aws:iam::{HOME}:policy/edge"


def snapshot_of(**document: Any) -> Snapshot:
    return build(decode(json.dumps(document).encode()))


def entity(kind: str, name: str, account: str = HOME, path: str = "/", **more: Any) -> dict[str, Any]:
    return {f"{kind.capitalize()}Name": name, "Arn": f"arn:aws:iam::{account}:{kind}{path}{name}", "Path": path, **more}


def policy(versions: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    found = {"PolicyName": "p", "Arn": f"arn:aws:iam::{HOME}:policy/p", **more}
    return found if versions is None else {**found, "PolicyVersionList": versions}


def said(snapshot: Snapshot, text: str) -> str:
    with pytest.raises(UserError) as caught:
        snapshot.principal(text)
    return str(caught.value)


@pytest.fixture(scope="module")
def people() -> Snapshot:
    return snapshot_of(
        UserDetailList=[
            entity(
                "user", "mateojackson", UserId="AIDAEXAMPLEMATEO00001", GroupList=["ocr", "gone"], Tags=[{"Key": "team", "Value": "vision"}]
            ),
            entity("user", "ana", path="/eu/", PermissionsBoundary={"PermissionsBoundaryArn": EDGE}),
            entity("user", "Twin"),
            entity("user", "twin"),
            entity("user", "mateojackson", AWAY, GroupList=["ocr"]),
        ],
        GroupDetailList=[
            entity("group", "ocr", AttachedManagedPolicies=[{"PolicyName": "edge", "PolicyArn": EDGE}]),
            entity("group", "ocr", AWAY),
        ],
        RoleDetailList=[
            entity("role", "Analyst", RoleId="AROAEXAMPLEANALYST001", AttachedManagedPolicies=[{"PolicyArn": EDGE}]),
            entity("role", "ana"),
            entity("role", "Reader", path="/aws-reserved/sso.amazonaws.com/"),
        ],
        Policies=[{"PolicyName": "edge", "Arn": EDGE, "PolicyId": "ANPAEXAMPLEEDGE000001"}],
        AccessKeys=[{"UserName": "ana", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "never"}],
    )


# --- principals


@pytest.mark.parametrize(
    ("typed", "arn"),
    [
        (f"arn:aws:iam::{HOME}:user/mateojackson", f"arn:aws:iam::{HOME}:user/mateojackson"),
        ("AIDAEXAMPLEMATEO00001", f"arn:aws:iam::{HOME}:user/mateojackson"),
        ("AKIAIOSFODNN7EXAMPLE", f"arn:aws:iam::{HOME}:user/eu/ana"),
        ("Analyst", f"arn:aws:iam::{HOME}:role/Analyst"),
        ("  analyst\n", f"arn:aws:iam::{HOME}:role/Analyst"),
        ("role/Analyst", f"arn:aws:iam::{HOME}:role/Analyst"),
        ("ROLE/analyst", f"arn:aws:iam::{HOME}:role/Analyst"),
        ("user/ana", f"arn:aws:iam::{HOME}:user/eu/ana"),
        ("user/eu/ana", f"arn:aws:iam::{HOME}:user/eu/ana"),
        ("eu/ana", f"arn:aws:iam::{HOME}:user/eu/ana"),
        ("role/ana", f"arn:aws:iam::{HOME}:role/ana"),
        ("Reader", f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/Reader"),
        ("twin", f"arn:aws:iam::{HOME}:user/twin"),
        ("Twin", f"arn:aws:iam::{HOME}:user/Twin"),
    ],
)
def test_a_principal_is_found_by_what_a_person_types(people: Snapshot, typed: str, arn: str) -> None:
    assert people.principal(typed).arn == arn


@pytest.mark.parametrize("typed", ["ana", "mateojackson", "user/mateojackson", "TWIN"])
def test_an_ambiguous_principal_lists_its_matches_as_arns(people: Snapshot, typed: str) -> None:
    line = said(people, typed)
    assert "ambiguous" in line
    assert line.count("arn:aws:iam::") == 2


def test_an_unknown_principal_gets_the_closest_names_and_where_to_look(people: Snapshot) -> None:
    line = said(people, "mateojakson")
    assert "did you mean mateojackson?" in line
    assert "whygate list" in line


def test_a_group_is_no_principal_and_its_members_are_named(people: Snapshot) -> None:
    assert "a group is never a principal" in said(people, "group/ocr")
    assert "mateojackson" in said(people, "ocr")


def test_an_unknown_access_key_says_that_keys_may_not_be_collected(people: Snapshot) -> None:
    assert "access key" in said(people, "AKIAI44QH8DHBEXAMPLE")


def test_an_unknown_principal_in_a_partial_account_says_what_is_missing() -> None:
    assert "roles were not fully collected" in said(snapshot_of(UserDetailList=[entity("user", "ana")]), "Analyst")


def test_nothing_typed_is_an_error(people: Snapshot) -> None:
    assert "no principal given" in said(people, "  ")


def test_hostile_text_does_not_reach_a_message(people: Snapshot) -> None:
    assert "\x1b" not in said(people, "\x1b[2Jx")


def test_a_role_is_found_by_name_whatever_its_path(people: Snapshot) -> None:
    """R10."""
    found = people.role_named(HOME, "Reader")
    assert found is not None
    assert found.path == "/aws-reserved/sso.amazonaws.com/"
    assert people.role_named(AWAY, "Reader") is None


# --- joins


def test_groups_are_joined_on_their_name_within_the_account(people: Snapshot) -> None:
    """R108."""
    here, there = (people.by_arn(f"arn:aws:iam::{account}:user/mateojackson") for account in (HOME, AWAY))
    assert isinstance(here, User)
    assert isinstance(there, User)
    ours = people.group_of(here, "ocr")
    theirs = people.group_of(there, "ocr")
    assert ours is not None
    assert theirs is not None
    assert (ours.account, theirs.account) == (HOME, AWAY)
    assert people.members(ours) == (here,)
    assert people.group_of(here, "gone") is None


def test_attachments_say_who_holds_a_policy_and_how(people: Snapshot) -> None:
    held = [(holder.name, how) for holder, how in people.attachments(EDGE)]
    assert held == [("ana", "boundary"), ("ocr", "attached"), ("Analyst", "attached")]
    assert people.attachments("arn:aws:iam::aws:policy/None") == ()


def test_things_are_found_by_arn_and_by_id(people: Snapshot) -> None:
    assert isinstance(people.by_arn(f"arn:aws:iam::{HOME}:group/ocr"), Group)
    assert isinstance(people.by_id("AROAEXAMPLEANALYST001"), Role)
    assert people.by_arn(EDGE) is people.policy(EDGE) is people.by_id("ANPAEXAMPLEEDGE000001")
    assert people.by_id("") is None


def test_an_attached_policy_without_a_name_takes_it_from_its_arn(people: Snapshot) -> None:
    assert people.principal("Analyst") == people.by_id("AROAEXAMPLEANALYST001")
    assert people.principal("Analyst").attached[0].name == "edge"


def test_lists_are_sorted_by_name_then_arn(people: Snapshot) -> None:
    assert [(user.name, user.account) for user in people.users] == sorted((user.name, user.account) for user in people.users)


def test_secrets_go_no_further(people: Snapshot) -> None:
    assert people.primary.access_keys is not None
    assert "SecretAccessKey" not in people.primary.access_keys[0]


def test_a_changed_snapshot_is_a_new_one(people: Snapshot) -> None:
    fewer = dataclasses.replace(people, groups=())
    assert fewer.by_arn(f"arn:aws:iam::{HOME}:group/ocr") is None
    assert people.by_arn(f"arn:aws:iam::{HOME}:group/ocr") is not None


# --- accounts


def test_the_account_that_most_arns_carry_is_the_primary_one_and_no_other_knows_its_scps() -> None:
    found = snapshot_of(UserDetailList=[entity("user", "a", AWAY), entity("user", "b"), entity("user", "c")], ServiceControlPolicies=[])
    assert [account.id for account in found.accounts] == [HOME, AWAY]
    assert found.primary.scps == ()
    other = found.account(AWAY)
    assert other is not None
    assert other.scps is None
    assert not other.users_collected


def test_the_account_named_by_the_document_is_the_primary_one() -> None:
    found = snapshot_of(Account={"Id": AWAY, "Alias": "lab"}, UserDetailList=[entity("user", "a"), entity("user", "b")])
    assert (found.primary.id, found.primary.alias) == (AWAY, "lab")


def test_users_that_a_redacted_export_gives_to_aws_belong_to_the_account() -> None:
    found = snapshot_of(UserDetailList=[entity("user", "a", "aws"), entity("user", "b")])
    assert {user.account for user in found.users} == {HOME}
    assert "1 ARN names AWS itself" in found.warnings[0]


def test_a_plain_export_lacks_scps_rcps_and_resource_policies() -> None:
    found = snapshot_of(UserDetailList=[entity("user", "a")], GroupDetailList=[], RoleDetailList=[], Policies=[])
    assert found.coverage_gaps() == ("SCPs", "RCPs", "resource policies")


def test_lists_that_are_missing_are_gaps_and_empty_ones_are_not() -> None:
    found = snapshot_of(GroupDetailList=[], Policies=[], ServiceControlPolicies=[], ResourceControlPolicies=[], Resources=[])
    assert found.coverage_gaps() == ("users", "roles")


def test_written_coverage_rows_are_kept_and_named_as_gaps() -> None:
    rows = [
        {"Part": "sagemaker", "Status": "not-permitted", "Region": "eu-west-1", "Detail": "no ListTags"},
        {"Part": "kms", "Status": "failed"},
    ]
    found = snapshot_of(UserDetailList=[entity("user", "a")], Coverage=rows)
    assert [row.part for row in found.primary.coverage] == ["sagemaker", "kms"]
    assert found.coverage_gaps()[-2:] == ("sagemaker", "kms (failed)")


ORGANIZATION: dict[str, Any] = {
    "Id": "o-ab",
    "ManagementAccountId": AWAY,
    "Policies": [
        {"Id": "p-full", "Name": "FullAWSAccess", "Arn": "arn:x", "Type": "SERVICE_CONTROL_POLICY", "Document": {"Statement": []}},
        {"Id": "p-deny", "Name": "Fence", "Arn": "arn:y", "Type": "SERVICE_CONTROL_POLICY", "Document": {"Statement": []}},
        {"Id": "p-rcp", "Name": "Perimeter", "Arn": "arn:z", "Type": "RESOURCE_CONTROL_POLICY", "Document": {"Statement": []}},
    ],
    "Targets": [
        {"Id": HOME, "Name": "prod", "Type": "ACCOUNT", "ParentId": "ou-1", "PolicyIds": ["p-full", "p-lost"]},
        {"Id": "ou-1", "Name": "Workloads", "Type": "ORGANIZATIONAL_UNIT", "ParentId": "r-1", "PolicyIds": ["p-full", "p-deny", "p-rcp"]},
        {"Id": "r-1", "Name": "Root", "Type": "ROOT", "PolicyIds": ["p-full"]},
        {"Id": AWAY, "Name": "payer", "Type": "ACCOUNT", "ParentId": "r-1", "PolicyIds": ["p-full"]},
    ],
}


def organization(*accounts: dict[str, Any], **changes: Any) -> Snapshot:
    return snapshot_of(Accounts=list(accounts), Organization={**ORGANIZATION, **changes})


def account(id: str, **more: Any) -> dict[str, Any]:
    return {"Account": {"Id": id}, "UserDetailList": [], **more}


def test_levels_are_read_along_the_parents_from_the_root_to_the_account() -> None:
    home = organization(account(HOME), account(AWAY)).primary
    assert home.scps is not None
    assert home.rcps is not None
    assert [level.target_name for level in home.scps] == ["Root", "Workloads", "prod"]
    assert [[policy.name for policy in level.policies] for level in home.scps] == [
        ["FullAWSAccess"],
        ["FullAWSAccess", "Fence"],
        ["FullAWSAccess", "p-lost"],
    ]
    assert [policy.name for policy in home.rcps[1].policies] == ["Perimeter"]
    assert home.scps[2].policies[1].document is None
    assert (home.organization_id, home.organization_path, home.is_management) == ("o-ab", "o-ab/r-1/ou-1/", False)


def test_the_management_account_is_told() -> None:
    away = organization(account(HOME), account(AWAY)).account(AWAY)
    assert away is not None
    assert away.is_management is True


def test_levels_in_an_accounts_own_snapshot_win() -> None:
    levels = [{"TargetId": "r-9", "Policies": []}]
    home = organization(account(HOME, ServiceControlPolicies=levels)).primary
    assert home.scps is not None
    assert [level.target_id for level in home.scps] == ["r-9"]


@pytest.mark.parametrize(
    "targets",
    [[], ORGANIZATION["Targets"][:2], [{"Id": HOME, "ParentId": "ou-1"}, {"Id": "ou-1", "ParentId": HOME, "Type": "ORGANIZATIONAL_UNIT"}]],
    ids=["not listed", "no root", "a circle"],
)
def test_levels_are_unknown_where_the_way_to_the_root_breaks(targets: list[dict[str, Any]]) -> None:
    home = organization(account(HOME), Targets=targets).primary
    assert home.scps is None
    assert home.organization_path is None


def test_an_organization_that_lists_no_rcp_leaves_them_unknown_and_says_so() -> None:
    found = organization(account(HOME), Policies=ORGANIZATION["Policies"][:2])
    assert found.primary.rcps is None
    assert found.primary.scps is not None
    assert any("no RCPs" in warning for warning in found.warnings)


# --- policies


@pytest.mark.parametrize(
    ("versions", "named", "expected"),
    [
        ([{"VersionId": "v1"}, {"VersionId": "v2", "IsDefaultVersion": True}, {"VersionId": "v3", "IsDefaultVersion": False}], None, "v2"),
        ([{"VersionId": "v1"}, {"VersionId": "v2"}], "v1", "v1"),
        ([{"VersionId": "v7"}], None, "v7"),
        ([{"VersionId": "v1", "IsDefaultVersion": True}], "v1", "v1"),
    ],
)
def test_the_version_in_force_is_told(versions: list[dict[str, Any]], named: str | None, expected: str) -> None:
    """R16."""
    written = [{**version, "Document": {"Id": version["VersionId"]}} for version in versions]
    found = snapshot_of(Policies=[policy(written, DefaultVersionId=named)]).policies[0]
    assert found.default_version == expected
    assert found.document is not None
    assert json.loads(bytes(found.document)) == {"Id": expected}
    assert [version.is_default for version in found.versions].count(True) == 1


@pytest.mark.parametrize(
    ("versions", "named"),
    [
        ([{"VersionId": "v1"}, {"VersionId": "v2"}], None),
        ([{"VersionId": "v1"}, {"VersionId": "v2"}], "v9"),
        ([{"VersionId": "v1", "IsDefaultVersion": False}], None),
        ([{"VersionId": "v1", "IsDefaultVersion": True}, {"VersionId": "v2", "IsDefaultVersion": True}], None),
        ([{"VersionId": "v1", "IsDefaultVersion": True}, {"VersionId": "v2"}], "v2"),
    ],
)
def test_a_policy_whose_version_in_force_is_not_told_has_no_known_document(versions: list[dict[str, Any]], named: str | None) -> None:
    written = [{**version, "Document": {}} for version in versions]
    found = snapshot_of(Policies=[policy(written, DefaultVersionId=named)])
    assert found.policies[0].document is None
    assert "in force" in found.warnings[0]


def test_a_policy_without_versions_has_no_known_document() -> None:
    found = snapshot_of(Policies=[policy()]).policies[0]
    assert (found.document, found.versions) == (None, ())


def test_a_null_document_is_unknown() -> None:
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": None}
    found = snapshot_of(Policies=[policy([version])], RoleDetailList=[entity("role", "r", AssumeRolePolicyDocument=None)])
    assert found.policies[0].document is None
    assert found.roles[0].trust is None


def test_aws_managed_policies_belong_to_aws() -> None:
    found = snapshot_of(Policies=[{"Arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"}]).policies[0]
    assert (found.account, found.name, found.path) == ("aws", "AWSLambdaRole", "/service-role/")


def test_an_entry_that_comes_twice_counts_once_and_a_different_one_is_a_warning() -> None:
    same = entity("role", "r", Description="one")
    found = snapshot_of(RoleDetailList=[same, same])
    assert (len(found.roles), found.warnings) == (1, ())
    found = snapshot_of(RoleDetailList=[same, entity("role", "r", Description="two")])
    assert [role.description for role in found.roles] == ["one"]
    assert "more than once" in found.warnings[0]


def test_an_aws_managed_policy_in_two_accounts_is_one_policy() -> None:
    def shared(document: object, count: int) -> dict[str, Any]:
        version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document}
        return policy([version], Arn="arn:aws:iam::aws:policy/p", AttachmentCount=count)

    def both(first: object, second: object) -> Snapshot:
        return snapshot_of(Accounts=[account(HOME, Policies=[shared(first, 1)]), account(AWAY, Policies=[shared(second, 2)])])

    for found in (both({"Id": "a"}, {"Id": "a"}), both(None, {"Id": "a"}), both({"Id": "a"}, None)):
        assert found.warnings == ()
        assert len(found.policies) == 1
        assert found.policies[0].document is not None
    assert "more than once" in both({"Id": "a"}, {"Id": "b"}).warnings[0]


# --- resources


def resource(arn: str, **more: Any) -> dict[str, Any]:
    return {"Arn": arn, **more}


def test_a_resource_policy_may_be_unknown_none_or_there() -> None:
    arns = [f"arn:aws:sqs:us-east-1:{HOME}:{name}" for name in "abc"]
    found = snapshot_of(Resources=[resource(arns[0]), resource(arns[1], Policy=None), resource(arns[2], Policy={"Statement": []})])
    unknown, none, there = (item.policy for item in found.resources)
    assert unknown is msgspec.UNSET
    assert none is None
    assert isinstance(there, msgspec.Raw)
    assert [item.tags for item in found.resources] == [None, None, None]


def test_an_s3_object_takes_its_buckets_entry() -> None:
    found = snapshot_of(Resources=[resource("arn:aws:s3:::docs", Type="s3:bucket", Account=HOME)])
    entry = found.resource_for("arn:aws:s3:::docs/in/a.png")
    assert isinstance(entry, Resource)
    assert (entry.arn, entry.type, entry.account, entry.name) == ("arn:aws:s3:::docs", "s3:bucket", HOME, "docs")
    assert found.resource("arn:aws:s3:::docs/in/a.png") is None
    assert found.resource_for("arn:aws:s3:::docs2/in/a.png") is None


def test_versions_take_nothing_from_what_they_are_versions_of() -> None:
    adapter = f"arn:aws:textract:us-east-1:{HOME}:/adapters/inv01"
    project = f"arn:aws:rekognition:us-east-1:{HOME}:project/p/1"
    found = snapshot_of(Resources=[resource(adapter), resource(project), resource(f"{adapter}/versions/2", Tags=[])])
    own = found.resource_for(f"{adapter}/versions/2")
    assert own is not None
    assert own.tags == ()
    assert found.resource_for(f"{adapter}/versions/1") is None
    assert found.resource_for(f"arn:aws:rekognition:us-east-1:{HOME}:project/p/version/v/1") is None


def test_everything_else_of_a_snapshot_document_is_carried() -> None:
    found = snapshot_of(
        UserDetailList=[entity("user", "a")],
        Source={"Adapter": "aws", "Origin": "prod", "CollectedAt": "2026-11-01T10:00:00+01:00"},
        VpcEndpoints=[{"Id": "vpce-1", "Policy": None}, {"Id": "vpce-2"}],
        PublicAccessBlock={"BlockPublicPolicy": True},
        MFADevices=[{"UserName": "a"}],
        LoginProfiles=[{"UserName": "a"}],
        AccountSummary={"Users": 1},
        PasswordPolicy={"MinimumPasswordLength": 14},
        Questions=[{"Title": "Why?", "Principal": "a", "Action": "s3:GetObject"}],
    )
    home = found.primary
    assert found.source == Source("aws", "prod", "2026-11-01T09:00:00Z")
    assert home.vpc_endpoints is not None
    assert [endpoint.policy for endpoint in home.vpc_endpoints] == [None, msgspec.UNSET]
    assert home.public_access_block == {"BlockPublicPolicy": True}
    assert home.mfa_devices == home.login_profiles == ({"UserName": "a"},)
    assert (home.account_summary, home.password_policy) == ({"Users": 1}, {"MinimumPasswordLength": 14})
    assert (found.questions[0].resource, found.questions[0].context) == ("*", {})


def test_questions_of_every_account_are_kept() -> None:
    asked = [{"Title": "t", "Principal": "p", "Action": "a:B"}]
    found = snapshot_of(Accounts=[account(HOME, Questions=asked), account(AWAY, Questions=asked)], Questions=asked)
    assert len(found.questions) == 3


# --- dates


@pytest.mark.parametrize(
    "written",
    [
        "2023-01-04T14:23:27+00:00",
        "2023-01-04T14:23:27Z",
        "2023-01-04 14:23:27+00:00",
        "2023-01-04T14:23:27.125000+00:00",
        "2023-01-04T16:23:27+02:00",
        "2023-01-04T14:23:27",
        1672842207,
        1672842207000,
        1672842207.5,
        datetime(2023, 1, 4, 14, 23, 27, tzinfo=UTC),
        {"__class__": "datetime", "year": 2023, "month": 1, "day": 4, "hour": 14, "minute": 23, "second": 27, "microsecond": 0},
    ],
    ids=str,
)
def test_dates_of_every_form_become_one(written: object) -> None:
    assert dates.utc(written) == "2023-01-04T14:23:27Z"


@pytest.mark.parametrize(
    ("written", "read"),
    [("N/A", "N/A"), ("", None), (None, None), (True, None), ([], None), (1e300, None), ({"__class__": "datetime", "month": 99}, None)],
    ids=str,
)
def test_what_is_no_date_stays_text_or_is_nothing(written: object, read: str | None) -> None:
    assert dates.utc(written) == read


def test_last_use_tells_never_from_unknown() -> None:
    used = {"LastUsedDate": "2026-01-01T00:00:00Z", "Region": "eu-west-1"}
    roles = [entity("role", "a"), entity("role", "b", RoleLastUsed={}), entity("role", "c", RoleLastUsed=used)]
    unknown, never, known = (role.last_used for role in snapshot_of(RoleDetailList=roles).roles)
    assert unknown is None
    assert never is not None
    assert never.date is None
    assert known is not None
    assert (known.date, known.region) == ("2026-01-01T00:00:00Z", "eu-west-1")
