"""Single answers of IAM's API as a source: what is in them counts, what is not in them is unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import SHARED
from sources import HOME, export, policy, refused, register, verdict

from adapters import registry
from whygate.snapshot import Snapshot

SAMPLES = SHARED / "data" / "api-responses" / "cloud-custodian"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sts:AssumeRole"}]}
DETECT = "textract:DetectDocumentText"


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def role(name: str = "Ocr", **more: Any) -> dict[str, Any]:
    return {"RoleName": name, "Arn": f"arn:aws:iam::{HOME}:role/{name}", "AssumeRolePolicyDocument": TRUST, **more}


def user(name: str = "ana", **more: Any) -> dict[str, Any]:
    return {"UserName": name, "Arn": f"arn:aws:iam::{HOME}:user/{name}", **more}


def loaded(folder: Path, *values: Any) -> Snapshot:
    path = folder / "answer.json"
    path.write_text("\n".join(map(json.dumps, values)))
    snapshot = registry.load(str(path))
    assert snapshot.source.adapter == "api"
    return snapshot


ANSWERS = {
    "list-roles": {"Roles": [role()], "IsTruncated": False},
    "get-role": {"Role": role()},
    "a recorded list-roles": {"status_code": 200, "data": {"Roles": [role()]}},
    "list-instance-profiles": {"InstanceProfiles": [{"Arn": f"arn:aws:iam::{HOME}:instance-profile/p", "Roles": [role()]}]},
}


@pytest.mark.parametrize("value", ANSWERS.values(), ids=ANSWERS)
def test_a_role_of_an_answer_has_a_trust_policy_and_unknown_rights(tmp_path: Path, value: Any) -> None:
    snapshot = loaded(tmp_path, value)
    (found,) = snapshot.roles
    assert found.account == HOME
    assert found.trust is not None
    assert verdict(snapshot, "role/Ocr", DETECT) == "depends"
    assert not snapshot.primary.roles_collected
    assert {"users", "groups", "roles", "policies"} <= set(snapshot.coverage_gaps())


def test_what_a_depends_hangs_on_is_named(tmp_path: Path) -> None:
    from whygate.explain import explain
    from whygate.question import ask

    unknown = {f"{item.name}: {item.detail}" for item in explain(ask(loaded(tmp_path, {"User": user()}), "ana", DETECT)).unknowns}
    assert any("all inline policies of ana" in text for text in unknown), unknown
    assert any("all policies of the groups of ana" in text for text in unknown), unknown


@pytest.mark.parametrize(("value", "unknown"), [({"Role": role()}, False), ({"Roles": [role()]}, True)], ids=["get-role", "list-roles"])
def test_only_an_answer_about_one_role_tells_that_it_has_no_boundary(tmp_path: Path, value: Any, unknown: bool) -> None:
    from whygate.policies import boundary_of

    snapshot = loaded(tmp_path, value)
    assert (boundary_of(snapshot, snapshot.roles[0]) is not None) == unknown


def test_an_unknown_boundary_keeps_a_resource_policy_from_allowing_alone(tmp_path: Path) -> None:
    """A bucket policy that names a role's ARN is limited by the role's boundary, which a list of roles does not tell."""
    named = policy(action="s3:GetObject", Principal={"AWS": role()["Arn"]}, resource="arn:aws:s3:::docs/*")
    bucket = {"Arn": "arn:aws:s3:::docs", "Type": "s3:bucket", "Account": HOME, "Policy": named}
    bucket["Details"] = {"PublicAccessBlock": {"RestrictPublicBuckets": False}}
    (tmp_path / "roles.json").write_text(json.dumps({"Roles": [role()]}))
    described = {"Account": {"Id": HOME}, "Resources": [bucket], "ServiceControlPolicies": [], "ResourceControlPolicies": []}
    (tmp_path / "bucket.json").write_text(json.dumps(described))
    assert verdict(registry.load(str(tmp_path)), "role/Ocr", "s3:GetObject", "arn:aws:s3:::docs/a") == "depends"


def test_answers_about_one_role_complete_each_other(tmp_path: Path) -> None:
    boundary = {"PermissionsBoundaryArn": f"arn:aws:iam::{HOME}:policy/edge"}
    snapshot = loaded(
        tmp_path, {"Roles": [role(), role("Other")]}, {"Role": role(Tags=[{"Key": "k", "Value": "v"}], PermissionsBoundary=boundary)}
    )
    found = {item.name: item for item in snapshot.roles}
    assert found["Ocr"].tags == (("k", "v"),)
    assert found["Ocr"].boundary == boundary["PermissionsBoundaryArn"]
    assert "PermissionsBoundary" not in found["Ocr"].uncollected
    assert "PermissionsBoundary" in found["Other"].uncollected


def test_an_export_beside_an_answer_says_what_the_answer_leaves_open(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"User": user(Tags=[{"Key": "team", "Value": "ocr"}])}))
    (tmp_path / "b.json").write_text(json.dumps(export(inline=policy(action="s3:*"))))
    snapshot = registry.load(str(tmp_path))
    assert snapshot.users[0].tags == (("team", "ocr"),)
    assert verdict(snapshot, "ana", DETECT) == "implicitDeny"
    assert snapshot.warnings == ()


def test_a_page_that_says_that_more_follows_is_told(tmp_path: Path) -> None:
    assert "cut short" in loaded(tmp_path, {"Roles": [role()], "IsTruncated": True, "Marker": "x"}).warnings[0]
    whole = loaded(tmp_path, {"Roles": [role()], "IsTruncated": True, "Marker": "x"}, {"Roles": [role("B")], "IsTruncated": False})
    assert whole.warnings == ()
    assert len(whole.roles) == 2


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"Roles": [{"RoleName": "x"}]}, "Roles[0]: Arn is missing"),
        ({"User": {"UserName": "x"}}, "User: Arn is missing"),
        ({"InstanceProfiles": [{"Roles": [7]}]}, "InstanceProfiles.Roles[0]: expected an object"),
        ({"Roles": [], "IsTruncated": False}, "no user, group or role is in it"),
    ],
    ids=["a list", "one", "no object", "nobody"],
)
def test_an_answer_that_a_query_cut_down_costs_a_line(tmp_path: Path, value: Any, says: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(value))
    assert refused(path).startswith(f"{path}: {says}")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample answers are not beside this checkout")
def test_every_sample_answer_opens_but_for_a_refusal_of_aws() -> None:
    opened = {}
    for path in sorted(SAMPLES.rglob("*.json")):
        if "organizations" in path.name:
            assert "an error that AWS answered" in refused(path)
            continue
        snapshot = registry.load(str(path))
        assert snapshot.source.adapter == "api"
        opened[path.parent.name] = [found.name for found in snapshot.roles]
        assert all(found.created and found.created.endswith("Z") for found in snapshot.roles)
    assert opened == {
        "test_account_config": ["config-role-us-east-1"],
        "test_config_compliance_iam_role": ["test-role"],
        "test_ec2_has_specific_managed_policy": ["chp-bastion-Role-6T4RUODL6PQC", "test-default-instance-profile-role"],
        "test_set_policy_wildcard": ["AWSServiceRoleForSupport", "c7n-pratyush-test"],
    }
