"""`whygate export SOURCE FILE`: what it writes opens as the same snapshot with the same answers; the file is whole or not there."""

from __future__ import annotations

import dataclasses
import gzip
import io
import itertools
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from generated_documents import AWAY, HOME, WHOLE, arn
from hypothesis import HealthCheck, given, settings
from msgspec import Raw, Struct
from running import SHARED, process, refusal, run

from adapters import registry
from tui.commands import export
from tui.commands.files import write_whole
from whygate import policy, question, written
from whygate.document import decode
from whygate.entities import Role, Source, User
from whygate.errors import UserError
from whygate.snapshot import Snapshot, build

EXPORTS = sorted(path for path in (SHARED / "data" / "accounts").rglob("*.json*")) if SHARED.is_dir() else []
ACTIONS = ("s3:GetObject", "textract:DetectDocumentText", "iam:PassRole", "sts:AssumeRole", "kms:Decrypt")


def comparable(value: Any) -> Any:
    """A part of a snapshot with its policies as what they say, in whatever form they came; unreadable ones as they are."""
    if isinstance(value, Raw):
        read = policy.read(bytes(value))
        return (read.unreadable, msgspec.json.format(bytes(value), indent=-1)) if read.unreadable else shape(read.tree)
    if isinstance(value, Struct):
        return {"": type(value).__name__, **{name: comparable(getattr(value, name)) for name in value.__struct_fields__}}
    if isinstance(value, (tuple, list)):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    return value


def shape(tree: Any) -> Any:
    """A policy's tree with the pairs that are there twice, and numbers as they were written."""
    if isinstance(tree, dict):
        return [(key, shape(item)) for key, item in getattr(tree, "pairs", tuple(tree.items()))]
    return [shape(item) for item in tree] if isinstance(tree, list) else (type(tree).__name__, tree)


def parts(snapshot: Snapshot) -> dict[str, Any]:
    # Two entries of one ARN that differ in the form of a document alone are the same once they are written.
    warnings = tuple(line for line in snapshot.warnings if "is listed more than once" not in line)
    snapshot = dataclasses.replace(snapshot, warnings=warnings)
    return {field.name: comparable(getattr(snapshot, field.name)) for field in dataclasses.fields(snapshot) if field.name != "source"}


def answers(snapshot: Snapshot, asked: int = 4) -> list[object]:
    """Verdicts for some questions, or why there is none."""
    found: list[object] = []
    people: tuple[User | Role, ...] = (*snapshot.users, *snapshot.roles)
    for person, action in itertools.product(people[:: max(1, len(people) // asked)], ACTIONS):
        for resource in ("", *(item.arn for item in snapshot.resources[:1])):
            try:
                verdict = question.ask(snapshot, person.arn, action, resource, {}, question.Options())
            except UserError as error:
                found.append(str(error))
            else:
                found.append((person.arn, action, resource, verdict.verdict))
    return found


def reopened(data: bytes) -> tuple[Snapshot, Snapshot]:
    """What the bytes of a document say, and what they say once they were exported."""
    document = decode(data)
    text = written.text(document, Source("test", "test", "2026-01-01T00:00:00Z"))
    return build(document), build(decode(text))


def check(before: Snapshot, after: Snapshot) -> None:
    ours, theirs = parts(before), parts(after)
    for name, value in ours.items():
        assert theirs[name] == value, name
    assert answers(after) == answers(before)


# The same snapshot, the same answers


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(WHOLE)
def test_any_document_exported_and_opened_again_is_the_same_snapshot_with_the_same_answers(document: dict[str, Any]) -> None:
    data = json.dumps({"SnapshotVersion": 1, **document}).encode()
    try:
        decode(data)
    except UserError:  # half a surrogate pair, which msgspec refuses
        return
    before, after = reopened(data)
    check(before, after)
    text = written.text(decode(data), Source())
    assert b"SECRET" not in text
    assert written.text(decode(text), Source()) == text


def test_the_demo_exported_is_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("demo.json", "demo.json.gz"):
        assert run(capsys, "export", "demo", tmp_path / name) == (0, "", "")
        before, after = registry.load("demo"), registry.load(str(tmp_path / name))
        check(before, after)
        assert after.source == before.source
    words = ("mateojackson", "textract:DetectDocumentText", "--format", "json")
    assert run(capsys, "can", tmp_path / "demo.json", *words) == run(capsys, "can", "demo", *words)


@pytest.mark.skipif(not EXPORTS, reason="needs the shared account exports beside the repository")
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.name)
def test_every_real_export_written_and_opened_again_is_the_same(path: Path, tmp_path: Path) -> None:
    try:
        before = registry.load(str(path))
    except UserError as error:
        pytest.skip(f"no account export: {error.what}")
    found = registry.read(str(path))
    (tmp_path / "again.json").write_bytes(written.text(found.document, found.source))
    after = registry.load(str(tmp_path / "again.json"))
    check(before, after)
    assert after.source == before.source


def test_accounts_of_several_organizations_keep_the_levels_above_them() -> None:
    def organization(id: str, account: str) -> dict[str, Any]:
        body = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": f"s3:{account}*", "Resource": "*"}]}
        targets = [
            {"Id": "r-1", "Type": "ROOT", "PolicyIds": ["p-1"]},
            {"Id": account, "Type": "ACCOUNT", "ParentId": "r-1", "PolicyIds": []},
        ]
        return {"Id": id, "Policies": [{"Id": "p-1", "Type": "SERVICE_CONTROL_POLICY", "Document": body}], "Targets": targets}

    account = {"Account": {"Id": HOME}, "UserDetailList": [], "RoleDetailList": [{"RoleName": "r", "Arn": f"arn:aws:iam::{AWAY}:role/r"}]}
    first = decode(json.dumps({**account, "Organization": organization("o-1", HOME)}).encode())
    second = decode(json.dumps({**account, "Organization": organization("o-2", AWAY)}).encode())
    both = msgspec.structs.replace(first, further_organizations=(second.organization,))
    before, after = build(both), build(decode(written.text(both, Source())))
    assert [account.organization_id for account in before.accounts] == ["o-1", "o-2"]
    assert comparable(after.accounts) == comparable(before.accounts)


def test_policies_are_objects_and_nothing_of_them_is_lost() -> None:
    statement = '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"a:b": 1.50}}}'
    twice = f'{{"Version": "2012-10-17", "Statement": [], "Statement": [{statement}]}}'
    inline = [{"PolicyName": "p", "PolicyDocument": twice}]
    data = json.dumps({"UserDetailList": [{"Arn": arn("user", "mia"), "UserPolicyList": inline}]}).encode()
    text = written.text(decode(data), Source())
    assert text.count(b'"Statement"') == 2
    assert b"1.50" in text
    document = json.loads(text)["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"]
    assert isinstance(document, dict)


def test_what_is_written_says_where_it_came_from_and_what_was_collected() -> None:
    data = json.dumps({"RoleDetailList": [], "Account": {"Id": HOME}}).encode()
    document = json.loads(written.text(decode(data), Source("export", "a.json", "2026-01-01T00:00:00Z")))
    assert document["SnapshotVersion"] == 1
    assert document["Source"] == {"Adapter": "export", "Origin": "a.json", "CollectedAt": "2026-01-01T00:00:00Z"}
    assert document["Account"] == {"Id": HOME}
    assert document["RoleDetailList"] == []
    assert "UserDetailList" not in document
    status = {row["Part"]: row["Status"] for row in document["Coverage"]}
    assert status["roles"] == "collected"
    assert status["users"] == status["SCPs"] == "not-collected"


def test_a_resource_without_a_policy_and_one_whose_policy_is_unknown_stay_apart() -> None:
    data = b'{"Resources": [{"Arn": "arn:aws:s3:::none", "Policy": null}, {"Arn": "arn:aws:s3:::unknown"}]}'
    none, unknown = json.loads(written.text(decode(data), Source()))["Resources"]
    assert none["Policy"] is None
    assert "Policy" not in unknown


# The file


def test_standard_output_gets_the_document_and_nothing_else(tmp_path: Path) -> None:
    answer = process("export", "demo", "-")
    assert answer.status == 0
    assert answer.err == ""
    assert len(json.loads(answer.out)["Accounts"]) == 2
    assert process("list", "-", "users", given=answer.out.encode()).out == process("list", "demo", "users").out


def test_the_file_is_its_owners_alone_and_nothing_is_left_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = os.umask(0)
    try:
        run(capsys, "export", "demo", tmp_path / "demo.json.gz")
    finally:
        os.umask(before)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json.gz"]
    assert stat.S_IMODE((tmp_path / "demo.json.gz").stat().st_mode) == 0o600
    assert len(json.loads(gzip.decompress((tmp_path / "demo.json.gz").read_bytes()))["Accounts"]) == 2


def test_a_file_that_is_there_is_overwritten_only_by_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "demo.json"
    file.write_text("precious")
    file.chmod(0o644)
    assert "--force" in refusal(run(capsys, "export", "demo", file))
    assert file.read_text() == "precious"
    assert run(capsys, "export", "demo", file, "--force").status == 0
    assert "Accounts" in json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_link_is_not_followed_without_force_and_stays_a_link_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target.json")
    assert "--force" in refusal(run(capsys, "export", "demo", tmp_path / "link"))
    assert not (tmp_path / "target.json").exists()
    assert run(capsys, "export", "demo", tmp_path / "link", "--force").status == 0
    assert (tmp_path / "link").is_symlink()
    assert "Accounts" in json.loads((tmp_path / "target.json").read_text())


def test_a_file_that_came_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("precious")
    with pytest.raises(UserError, match="there already"):
        write_whole(str(file), b"{}", overwrite=False)
    assert file.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize("links", [True, False])
def test_file_systems_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", lambda source, target: (_ for _ in ()).throw(PermissionError(1, "Operation not permitted")))
    write_whole(str(tmp_path / "x.json"), b"{}", overwrite=False)
    with pytest.raises(UserError, match="there already"):
        write_whole(str(tmp_path / "x.json"), b"[]", overwrite=False)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x.json": b"{}"}


def test_what_cannot_be_written_or_read_is_one_line_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be written: No such file or directory" in refusal(run(capsys, "export", "demo", tmp_path / "no" / "x.json"))
    assert "a folder" in refusal(run(capsys, "export", "demo", tmp_path))
    assert "cannot be written" in refusal(run(capsys, "export", "demo", tmp_path, "--force"))
    assert "no file is named" in refusal(run(capsys, "export", "demo", ""))
    assert "no such file" in refusal(run(capsys, "export", tmp_path / "nothing.json", tmp_path / "x.json"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "No space left" in refusal(run(capsys, "export", "demo", "/dev/full", "--force"))


def test_a_warning_about_the_source_goes_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "half.json").write_text(json.dumps({"UserDetailList": [], "IsTruncated": True}))
    answer = run(capsys, "export", tmp_path / "half.json", tmp_path / "x.json")
    assert answer.status == 0
    assert answer.err.startswith("whygate: warning: the export is cut short")
    assert json.loads((tmp_path / "x.json").read_text())["IsTruncated"] is True


def test_standard_output_that_is_closed_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(UserError, match="standard output is closed"):
        export._print(b"{}")
    bare = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bare))
    export._print(b"{}")
    assert bare.getvalue() == b"{}"


def test_parts_that_are_only_carried_along_are_written_again() -> None:
    parts = {
        "CredentialReport": "user,arn\nana,x\n",
        "SAMLProviders": [{"Arn": "arn:aws:iam::111122223333:saml-provider/idp"}],
        "OpenIDConnectProviders": [{"Arn": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}],
        "PermissionSets": [{"Name": "Reviewer"}],
        "AccountAssignments": [{"AccountId": "111122223333", "PrincipalType": "GROUP"}],
        "PasswordPolicy": {"MinimumPasswordLength": 14},
    }
    data = json.dumps({"UserDetailList": [], "Account": {"Id": HOME}, **parts}).encode()
    document = json.loads(written.text(decode(data), Source()))
    assert {key: document.get(key) for key in parts} == parts
