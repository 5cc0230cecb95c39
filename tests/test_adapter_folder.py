"""A folder of exports as one source: accounts side by side, pieces of one account together, and what cannot be put together."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from running import SHARED, refusal, run
from sources import AWAY, HOME, export, policy, refused, register, verdict

from adapters import folder, heads, registry

DATA = SHARED / "data"
DETECT = "textract:DetectDocumentText"
KEY = f"arn:aws:kms:eu-west-1:{AWAY}:key/k"


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def put(where: Path, **files: Any) -> Path:
    for name, value in files.items():
        (where / f"{name}.json").write_text(value if isinstance(value, str) else json.dumps(value))
    return where


def free(account: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An account with no SCPs and RCPs, so that its verdicts hang on nothing else."""
    return {**account, "ServiceControlPolicies": [], "ResourceControlPolicies": [], **more}


def key(*principals: str) -> dict[str, Any]:
    return {"Arn": KEY, "Policy": policy(action="kms:*", Principal={"AWS": list(principals)})}


# --- accounts side by side


@pytest.mark.parametrize(
    ("identity", "trusted", "expected"),
    [
        ("kms:*", f"arn:aws:iam::{HOME}:user/ana", "allowed"),
        ("kms:*", AWAY, "implicitDeny"),
        ("s3:*", f"arn:aws:iam::{HOME}:user/ana", "implicitDeny"),
    ],
    ids=["both say yes", "the key does not", "the user does not"],
)
@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")], ids=["caller first", "owner first"])
def test_two_accounts_answer_a_question_across_them(
    tmp_path: Path, names: tuple[str, str], identity: str, trusted: str, expected: str
) -> None:
    caller, owner = names
    home = free(export(HOME, inline=policy(action=identity)))
    put(tmp_path, **{caller: home, owner: free(export(AWAY, user="bo"), Resources=[key(trusted)])})
    snapshot = registry.load(str(tmp_path))
    assert {account.id for account in snapshot.accounts} == {HOME, AWAY}
    assert verdict(snapshot, "ana", "kms:Decrypt", KEY) == expected
    (tmp_path / f"{owner}.json").unlink()
    alone = verdict(registry.load(str(tmp_path)), "ana", "kms:Decrypt", KEY)
    assert alone == ("implicitDeny" if identity == "s3:*" else "depends")


def test_files_open_in_every_form_and_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "away.json.gz").write_bytes(gzip.compress(json.dumps(export(AWAY, "bo")).encode()))
    (tmp_path / "home.txt").write_bytes(json.dumps(export()).encode("utf-16"))
    (tmp_path / ".hidden.json").write_text("{")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text("{")
    snapshot = registry.load(str(tmp_path))
    assert [user.name for user in snapshot.users] == ["ana", "bo"]
    assert snapshot.source.adapter == "folder"
    assert snapshot.warnings == ()


def test_the_folder_is_as_old_as_its_oldest_file(tmp_path: Path) -> None:
    put(tmp_path, a=export(HOME), b=export(AWAY))
    os.utime(tmp_path / "a.json", (1_700_000_000, 1_700_000_000))
    source = registry.load(str(tmp_path)).source
    assert (source.origin, source.collected_at) == (str(tmp_path), "2023-11-14T22:13:20Z")


def test_a_file_that_is_nothing_of_it_is_named_and_left_alone(tmp_path: Path) -> None:
    put(tmp_path, a=export(), b={"Records": []}, c=policy())
    (tmp_path / "README.md").write_text("# exports\n")
    snapshot = registry.load(str(tmp_path))
    assert snapshot.warnings == ("not used, because nothing says what they belong to: README.md, b.json, c.json",)


def test_an_adapter_of_somebody_else_opens_its_files_here_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "their_adapter.py").write_text(
        "class Theirs:\n    name = 'theirs'\n    description = 'x'\n"
        "    def accepts(self, source):\n        return source.endswith('.theirs')\n"
        f"    def load(self, source, report):\n        return {export(AWAY, 'bo')!r}\n"
    )
    monkeypatch.syspath_prepend(str(site))
    register(monkeypatch, theirs="their_adapter:Theirs")
    exports = tmp_path / "exports"
    exports.mkdir()
    put(exports, a=export())
    (exports / "b.theirs").write_text("anything")
    assert [user.name for user in registry.load(str(exports)).users] == ["ana", "bo"]


# --- pieces of one account


def test_two_exports_of_one_account_are_refused(tmp_path: Path) -> None:
    put(tmp_path, january=export(), june=export())
    line = refused(tmp_path)
    assert line.startswith(f"{tmp_path / 'june.json'}: account {HOME} is there twice: ")
    assert str(tmp_path / "january.json") in line
    assert "keep one of the two" in line


def test_pages_in_files_of_their_own_are_one_account(tmp_path: Path) -> None:
    first = {**export(), "RoleDetailList": [], "IsTruncated": True, "Marker": "m"}
    second = {**export(user="bo"), "IsTruncated": False}
    put(tmp_path, page1=first, page2=second)
    snapshot = registry.load(str(tmp_path))
    assert [user.name for user in snapshot.users] == ["ana", "bo"]
    assert snapshot.primary.users_collected
    assert snapshot.warnings == ()


def test_a_page_that_is_missing_is_told(tmp_path: Path) -> None:
    cut = {"IsTruncated": True, "Marker": "m"}
    put(tmp_path, page1={**export(), **cut}, page2={**export(user="bo"), **cut})
    snapshot = registry.load(str(tmp_path))
    assert snapshot.warnings == (f"the export of account {HOME} is cut short: a page is missing",)
    assert not snapshot.primary.users_collected
    assert next((row.part, row.status) for row in snapshot.primary.coverage) == ("users", "partial")


def test_a_list_is_whole_only_where_its_own_last_page_is_there(tmp_path: Path) -> None:
    put(tmp_path, users={"UserDetailList": export()["UserDetailList"], "IsTruncated": True, "Marker": "m"}, roles={"RoleDetailList": []})
    put(tmp_path, c={"Account": {"Id": HOME}, "GroupDetailList": []})
    snapshot = registry.load(str(tmp_path))
    assert [account.id for account in snapshot.accounts] == [HOME]
    assert (snapshot.primary.users_collected, snapshot.primary.roles_collected, snapshot.primary.groups_collected) == (False, True, True)
    assert snapshot.warnings == (f"the export of account {HOME} is cut short: a page is missing",)


def test_lists_that_were_exported_one_by_one_are_one_account(tmp_path: Path) -> None:
    put(tmp_path, users={"UserDetailList": export(inline=policy())["UserDetailList"]})
    put(tmp_path, roles={"RoleDetailList": [{"RoleName": "r", "Arn": f"arn:aws:iam::{HOME}:role/r"}]})
    snapshot = registry.load(str(tmp_path))
    assert (snapshot.primary.users_collected, snapshot.primary.roles_collected, snapshot.primary.groups_collected) == (True, True, False)
    assert (len(snapshot.users), len(snapshot.roles)) == (1, 1)


def test_config_items_in_files_of_their_own_are_one_account(tmp_path: Path) -> None:
    def item(kind: str, arn: str, configuration: dict[str, Any]) -> dict[str, Any]:
        return {"accountId": HOME, "arn": arn, "resourceType": kind, "configuration": configuration}

    policies = [{"policyArn": f"arn:aws:iam::{HOME}:policy/p", "policyName": "p"}]
    held = {"groupName": "g", "attachedManagedPolicies": policies, "groupPolicyList": []}
    version = {"versionId": "v1", "isDefaultVersion": True, "document": policy()}
    put(
        tmp_path,
        user=item(
            "AWS::IAM::User",
            f"arn:aws:iam::{HOME}:user/ana",
            {"userName": "ana", "groupList": ["g"], "userPolicyList": [], "attachedManagedPolicies": []},
        ),
        group=item("AWS::IAM::Group", f"arn:aws:iam::{HOME}:group/g", held),
        managed=item("AWS::IAM::Policy", f"arn:aws:iam::{HOME}:policy/p", {"policyName": "p", "policyVersionList": [version]}),
        scps=free({"Account": {"Id": HOME}}),
    )
    snapshot = registry.load(str(tmp_path))
    assert len(snapshot.accounts) == 1
    assert verdict(snapshot, "ana", DETECT) == "allowed"


def test_an_answer_that_names_no_account_belongs_to_the_only_one(tmp_path: Path) -> None:
    put(tmp_path, a=export(), b={"User": {"UserName": "cy", "Arn": "arn:aws:iam::aws:user/cy"}})
    snapshot = registry.load(str(tmp_path))
    assert [account.id for account in snapshot.accounts] == [HOME]
    assert [(user.name, user.account) for user in snapshot.users] == [("ana", HOME), ("cy", HOME)]


# --- what other people published


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample files are not beside this checkout")
def test_every_sample_file_that_an_adapter_claims_opens() -> None:
    claimed: dict[str, int] = {}
    for path in sorted(path for path in DATA.rglob("*") if path.is_file() and "iam-collect-stores" not in path.parts):
        name = registry.find(str(path)).name
        if name != "export":  # which takes any path, and then says what the file is instead
            claimed[name] = claimed.get(name, 0) + 1
            assert registry.load(str(path)).accounts, path.name
    assert claimed == {"api": 10, "config": 10, "credential-report": 1, "organizations": 3}


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample files are not beside this checkout")
def test_sample_files_side_by_side_are_one_snapshot(tmp_path: Path) -> None:
    names = (
        "accounts/iamspy/basic-allow.json",
        "organizations/iamspy/scp-deny-lambda.json",
        "credential-reports/cloudmapper/iam-get-credential-report.json",
    )
    for name in names:
        (tmp_path / Path(name).name).symlink_to(DATA / name)
    snapshot = registry.load(str(tmp_path))
    assert [account.id for account in snapshot.accounts] == ["123456789012", "023456789012"]
    assert {user.name for user in snapshot.users} >= {"auditor_tmp", "user"}
    for role in snapshot.roles:
        assert verdict(snapshot, role.arn, "lambda:ListFunctions") == "explicitDeny"
    assert snapshot.roles
    assert snapshot.primary.access_keys


# --- what cannot be opened


def test_a_damaged_export_is_refused_with_its_place(tmp_path: Path) -> None:
    text = json.dumps(export(), indent=1)
    put(tmp_path, a=export(AWAY), b=text[: text.index("UserPolicyList")])
    line = refused(tmp_path)
    assert line.startswith(f"{tmp_path / 'b.json'}:")
    assert "cut off" in line


def test_a_file_that_may_not_be_read_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, a=export(), b=export(AWAY))
    closed = tmp_path / "b.json"

    def look(path: str) -> object:
        return None if path == str(closed) else heads.look(path)

    monkeypatch.setattr(folder, "look", look)  # for root, who runs tests too, every file is open
    monkeypatch.setattr(os, "access", lambda path, mode: path != str(closed))
    assert refused(tmp_path).startswith(f"{closed}: no permission to read it")


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    assert "no export is in this folder" in refused(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert "notes.txt is nothing of it" in refused(tmp_path)


def test_a_folder_of_everything_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    put(tmp_path, a=export(), b=export(AWAY), c=export("777788889999"))
    assert refused(tmp_path).startswith(f"{tmp_path}: more than 2 files")


def test_commands_open_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, a=free(export(inline=policy())), b=export(AWAY, "bo"))
    assert run(capsys, "can", tmp_path, "ana", DETECT).status == 0
    put(tmp_path, c=export())
    assert "is there twice" in refusal(run(capsys, "can", tmp_path, "ana", DETECT))


def test_a_folder_is_written_as_one_snapshot_that_answers_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    report = "user,arn,user_creation_time,password_enabled,mfa_active\n"
    (exports / "report.csv").write_text(f"{report}ana,arn:aws:iam::{HOME}:user/ana,2021-01-01T00:00:00+00:00,true,true\n")
    put(exports, a=free(export(inline=policy(action="kms:*"))), c={"Roles": [{"RoleName": "r", "Arn": f"arn:aws:iam::{AWAY}:role/r"}]})
    put(exports, b=free({"Account": {"Id": AWAY}}, Resources=[key(f"arn:aws:iam::{HOME}:user/ana")]))
    written = tmp_path / "all.json"
    assert run(capsys, "export", exports, written).status == 0
    before, after = registry.load(str(exports)), registry.load(str(written))
    for question in (
        ("ana", "kms:Decrypt", KEY),
        ("ana", "s3:GetObject", "arn:aws:s3:::b/a"),
        (f"arn:aws:iam::{AWAY}:role/r", DETECT, "*"),
    ):
        assert verdict(after, *question) == verdict(before, *question)
    assert verdict(after, "ana", "kms:Decrypt", KEY) == "allowed"
    assert verdict(after, f"arn:aws:iam::{AWAY}:role/r", DETECT) == "depends"
    assert [role.uncollected for role in after.roles] == [role.uncollected for role in before.roles] != [()]
    assert after.users[0].created == "2021-01-01T00:00:00Z"


def test_one_file_that_holds_an_account_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"Accounts": [export(), export(AWAY), export()]}))
    assert refused(path).startswith(f"{path}:1: Accounts: account {HOME} is there twice")
