"""A store of the iam-collect tool as a source: what its folders and files say, and a store that is not as we know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import SHARED
from sources import AWAY, HOME, policy, refused, register, verdict

from adapters import registry
from whygate.snapshot import Snapshot

SAMPLE = SHARED / "data" / "iam-collect-stores" / "iam-data-1"
ROLE = f"arn:aws:iam::{HOME}:role/team/Ocr"
BUCKET = "arn:aws:s3:::docs"
FULL = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
FENCE = f"arn:aws:organizations::{HOME}:policy/o-1/service_control_policy/p-fence"


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def write(folder: Path, **files: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / f"{name.replace('_', '-')}.json").write_text(json.dumps(value))


def control(base: Path, arn: str, document: Any, kind: str = "scps") -> None:
    write(base / "organizations" / "o-1" / kind / arn.rsplit("/", 1)[-1].lower(), metadata={"arn": arn, "name": arn[-5:]}, policy=document)


def store(root: Path) -> Path:
    """Two accounts of one organization: a role with a boundary in the one, a bucket in the other."""
    base = root / "aws" / "aws"
    iam = base / "accounts" / HOME / "iam"
    write(
        iam / "role" / "team%2focr",
        metadata={
            "arn": ROLE,
            "name": "Misnamed",
            "id": "AROAEXAMPLE",
            "path": "/team/",
            "permissionBoundary": f"arn:aws:iam::{HOME}:policy/Edge",
        },
        trust_policy=policy(action="sts:AssumeRole", Principal={"AWS": HOME}),
        inline_policies=[{"PolicyName": "own", "PolicyDocument": policy(action="s3:*")}],
        managed_policies=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        tags={"team": "ocr"},
    )
    edge = {"arn": f"arn:aws:iam::{HOME}:policy/Edge", "name": "Edge", "defaultVersionId": "v3"}
    write(iam / "policy" / "edge", metadata=edge, current_policy=policy(action=["s3:GetObject", "s3:PutObject"]))
    managed = {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "name": "ReadOnlyAccess", "defaultVersionId": "v9"}
    write(iam / "aws" / "policy" / "readonlyaccess", metadata=managed, current_policy=policy(action="s3:Get*"))
    write(iam / "group" / "ops", metadata={"arn": f"arn:aws:iam::{HOME}:group/Ops", "name": "Ops"}, managed_policies=[managed["arn"]])
    write(iam / "user" / "ana", metadata={"arn": f"arn:aws:iam::{HOME}:user/Ana", "name": "Ana"}, groups=[f"arn:aws:iam::{HOME}:group/Ops"])
    bucket = base / "accounts" / AWAY / "s3" / "docs"
    write(
        bucket,
        metadata={"arn": BUCKET, "name": "docs", "region": "eu-west-1"},
        policy=policy(action="s3:*", resource=f"{BUCKET}/*", Principal={"AWS": ROLE}),
        bpa={"RestrictPublicBuckets": True},
    )
    control(base, FULL, policy(action="*"))
    control(base, FENCE, policy(effect="Deny", action="s3:PutObject"))
    accounts = {HOME: {"ou": "ou-1", "scps": [FULL], "rcps": []}, AWAY: {"ou": "r-1", "scps": [FULL], "rcps": []}}
    units = {"r-1": {"scps": [FULL], "rcps": []}, "ou-1": {"parent": "r-1", "scps": [FULL, FENCE], "rcps": []}}
    described = {
        "id": "o-1",
        "rootAccountId": "999999999999",
        "features": {"SERVICE_CONTROL_POLICY": True, "RESOURCE_CONTROL_POLICY": False},
    }
    write(base / "organizations" / "o-1", metadata=described, accounts=accounts, ous=units)
    write(base / "organizations" / "o-1" / "ous" / "r-1", metadata={"arn": f"arn:aws:organizations::{HOME}:root/o-1/r-1", "name": "Root"})
    write(base / "organizations" / "o-1" / "ous" / "ou-1", metadata={"arn": f"arn:aws:organizations::{HOME}:ou/o-1/ou-1", "name": "Team"})
    return root


def opened(source: Path) -> Snapshot:
    snapshot = registry.load(str(source))
    assert snapshot.source.adapter == "iam-collect"
    return snapshot


@pytest.mark.parametrize("below", [".", "aws", "aws/aws"])
def test_a_store_opens_from_its_own_folder_or_from_a_partition_of_it(tmp_path: Path, below: str) -> None:
    snapshot = opened(store(tmp_path) / below)
    assert [account.id for account in snapshot.accounts] == [HOME, AWAY]


def test_a_thing_is_called_as_its_arn_says(tmp_path: Path) -> None:
    (role,) = opened(store(tmp_path)).roles
    assert (role.arn, role.name, role.path, role.id, role.tags) == (ROLE, "Ocr", "/team/", "AROAEXAMPLE", (("team", "ocr"),))
    assert role.boundary == f"arn:aws:iam::{HOME}:policy/Edge"


@pytest.mark.parametrize(
    ("action", "expected"),
    [("s3:GetObject", "allowed"), ("s3:PutObject", "explicitDeny"), ("s3:DeleteObject", "implicitDeny")],
    ids=["both accounts say yes", "an SCP of the unit says no", "the boundary does not say yes"],
)
def test_a_store_answers_a_question_across_its_accounts(tmp_path: Path, action: str, expected: str) -> None:
    assert verdict(opened(store(tmp_path)), "role/Ocr", action, f"{BUCKET}/a.png") == expected


def test_levels_run_from_the_root_to_the_account_and_a_feature_that_is_off_has_none(tmp_path: Path) -> None:
    account = opened(store(tmp_path)).primary
    assert account.organization_path == "o-1/r-1/ou-1/"
    levels = [(level.target_name, [held.id for held in level.policies]) for level in account.scps or ()]
    assert levels == [("Root", ["p-FullAWSAccess"]), ("Team", ["p-FullAWSAccess", "p-fence"]), (HOME, ["p-FullAWSAccess"])]
    assert account.rcps == ()


def test_a_user_has_the_policies_of_its_groups_and_a_policy_its_version(tmp_path: Path) -> None:
    snapshot = opened(store(tmp_path))
    assert [user.groups for user in snapshot.users] == [("Ops",)]
    assert {found.name: found.default_version for found in snapshot.policies} == {"Edge": "v3", "ReadOnlyAccess": "v9"}
    assert snapshot.primary.users_collected


def test_a_property_without_a_file_is_none_in_an_account_that_was_collected(tmp_path: Path) -> None:
    bucket = store(tmp_path) / "aws" / "aws" / "accounts" / AWAY / "s3" / "docs"
    (bucket / "policy.json").unlink()
    snapshot = opened(tmp_path)
    assert snapshot.resources[0].policy is None
    assert verdict(snapshot, "role/Ocr", "s3:GetObject", f"{BUCKET}/a.png") == "implicitDeny"


def test_an_account_without_iam_in_the_store_has_unknown_users(tmp_path: Path) -> None:
    account = opened(store(tmp_path)).account(AWAY)
    assert account is not None
    assert not account.users_collected


def test_a_way_up_that_breaks_off_leaves_the_levels_unknown(tmp_path: Path) -> None:
    organization = store(tmp_path) / "aws" / "aws" / "organizations" / "o-1"
    units = json.loads((organization / "ous.json").read_text())
    del units["r-1"]
    write(organization, ous=units)
    assert opened(tmp_path).primary.scps is None


def test_a_policy_that_is_not_in_the_store_leaves_its_level_unknown(tmp_path: Path) -> None:
    fence = store(tmp_path) / "aws" / "aws" / "organizations" / "o-1" / "scps" / "p-fence"
    (fence / "policy.json").unlink()
    assert verdict(opened(tmp_path), "role/Ocr", "s3:GetObject", f"{BUCKET}/a.png") == "depends"
    (fence / "metadata.json").unlink()
    assert verdict(opened(tmp_path), "role/Ocr", "s3:GetObject", f"{BUCKET}/a.png") == "depends"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("metadata", "{}", "metadata.json: no arn is in it: a layout of iam-collect that this whygate does not know; update whygate"),
        ("metadata", "[]", "metadata.json: expected an object: a layout of iam-collect that this whygate does not know"),
        ("managed-policies", "7", "managed-policies.json: expected a list: a layout of iam-collect that this whygate does not know"),
        ("trust-policy", '{"Version"', "trust-policy.json: not JSON: "),
    ],
    ids=["no arn", "a list", "no list", "cut off"],
)
def test_a_store_that_is_not_as_we_know_it_costs_a_line(tmp_path: Path, name: str, content: str, says: str) -> None:
    role = store(tmp_path) / "aws" / "aws" / "accounts" / HOME / "iam" / "role" / "team%2focr"
    (role / f"{name}.json").write_text(content)
    line = refused(tmp_path)
    assert line.startswith(str(role))
    assert says in line


needs_sample = pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample store is not beside this checkout")


@needs_sample
def test_the_sample_store_opens_whole() -> None:
    snapshot = opened(SAMPLE)
    assert [account.id for account in snapshot.accounts][:4] == ["100000000001", "100000000002", "200000000001", "200000000002"]
    assert len(snapshot.accounts) == 22
    assert (len(snapshot.users), len(snapshot.roles), len(snapshot.resources)) == (3, 12, 20)
    assert len(snapshot.accounts[1].vpc_endpoints or ()) == 3
    assert {account.organization_id for account in snapshot.accounts} == {"o-11111111", "o-22222222"}
    assert all(account.scps and account.rcps for account in snapshot.accounts)
    assert any(role.name == "EC2Admin" and role.boundary for role in snapshot.roles)
    assert snapshot.warnings == ()


@needs_sample
@pytest.mark.parametrize(
    ("principal", "action", "resource", "context", "expected"),
    [
        ("arn:aws:iam::200000000002:role/S3CrossAccountRole", "s3:ListBucket", "arn:aws:s3:::iam-data-482734", {}, "allowed"),
        ("arn:aws:iam::100000000001:role/S3ObjectWildcardRole", "s3:GetObject", "arn:aws:s3:::who-can-org/a", {}, "implicitDeny"),
        ("arn:aws:iam::200000000002:user/user1", "s3:ListBucket", "arn:aws:s3:::vpc-bucket", {}, "explicitDeny"),
    ],
    ids=[
        "a bucket of another organization, open to its own",
        "a bucket of another organization, open to that",
        "a bucket closed to all but one",
    ],
)
def test_the_sample_store_answers_questions(principal: str, action: str, resource: str, context: dict[str, object], expected: str) -> None:
    assert verdict(opened(SAMPLE), principal, action, resource, **context) == expected
