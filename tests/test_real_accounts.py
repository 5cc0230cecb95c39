"""Exports that other people published: each opens, or is refused with one line that says where and why. They are not ours to ship,
so these tests skip where the shared folder is not beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.export import ExportAdapter
from whygate.document import DocumentError, decode
from whygate.snapshot import Snapshot, build

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
ACCOUNTS = DATA / "accounts"
FILES = sorted(path for path in ACCOUNTS.rglob("*") if path.is_file())
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")

pytestmark = pytest.mark.skipif(not ACCOUNTS.is_dir(), reason="the sample accounts are not beside this checkout")


def silent(done: int, total: int, what: str) -> None:
    """No progress wanted."""


def opened(path: Path) -> Snapshot:
    return build(decode(ExportAdapter().load(str(path), silent)))


def keys_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def label(path: Path) -> str:
    return str(path.relative_to(DATA))


@pytest.mark.parametrize(
    "path", [path for path in FILES if "iam-get-account-authorization" in path.name or path.parent.name != "cloudmapper"], ids=label
)
def test_every_export_opens_whole_and_everything_else_is_refused(path: Path) -> None:
    content = keys_of(path)
    if not any(key in content for key in LISTS):
        with pytest.raises(DocumentError, match="not an account export") as caught:
            opened(path)
        assert caught.value.line == 1
        assert caught.value.todo
        return
    snapshot = opened(path)
    found = (snapshot.users, snapshot.groups, snapshot.roles, snapshot.policies)
    assert [len(things) for things in found] == [len(content.get(key, ())) for key in LISTS]
    assert {entity.arn for things in found for entity in things} == {entry["Arn"] for key in LISTS for entry in content.get(key, ())}
    flags = (snapshot.primary.users_collected, snapshot.primary.groups_collected, snapshot.primary.roles_collected)
    assert flags == tuple(key in content for key in LISTS[:3])


def test_the_exports_among_the_files_are_the_ones_we_know() -> None:
    exports = {label(path) for path in FILES if any(key in keys_of(path) for key in LISTS)}
    assert len(exports) == 20
    assert len(FILES) - len(exports) == 16


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent == ACCOUNTS / "cloudmapper" and "authorization" not in path.name], ids=label
)
def test_other_answers_about_an_account_are_refused(path: Path) -> None:
    with pytest.raises(DocumentError, match="not an account export: it is an") as caught:
        opened(path)
    assert "\n" not in str(caught.value)


def test_an_account_with_two_ids_has_both_and_the_commoner_first() -> None:
    snapshot = opened(ACCOUNTS / "cloudsplaining" / "example.json")
    assert [account.id for account in snapshot.accounts] == ["200611803367", "012345678901"]


def test_missing_lists_and_missing_policies_are_seen_as_such() -> None:
    snapshot = opened(ACCOUNTS / "cloudsplaining" / "managed_policy_mismatch.json")
    assert "roles" in snapshot.coverage_gaps()
    attached = snapshot.groups[0].attached[0]
    assert snapshot.policy(attached.arn) is None
    assert snapshot.attachments(snapshot.policies[0].arn) == ()


def test_a_version_in_force_without_a_default_version_id_is_found() -> None:
    policy = opened(ACCOUNTS / "iam-attack-graph" / "sample_iam_export.json").policies[0]
    assert policy.default_version == "v1"
    assert policy.document is not None


ELSEWHERE = {
    "organizations": "an organization tree",
    "config-items": "an AWS Config item",
    "rcps": "a single policy document",
    "api-responses": "",
    "credential-reports": "",
    "resource-policies": "",
}


@pytest.mark.parametrize(("folder", "says"), ELSEWHERE.items(), ids=ELSEWHERE)
def test_what_is_no_account_is_refused_in_one_line_with_its_place(folder: str, says: str) -> None:
    files = [path for path in sorted((DATA / folder).rglob("*")) if path.is_file()]
    assert files
    for path in files:
        with pytest.raises(DocumentError) as caught:
            opened(path)
        line = str(caught.value.at(path.name))
        assert f"not an account export: {'it is ' + says if says else ''}" in line
        assert line.startswith(f"{path.name}:{caught.value.line}: ")
        assert "\n" not in line


def test_a_policy_with_a_comment_in_it_is_refused_at_its_line() -> None:
    found = list((DATA / "scps").rglob("deny-service-specific-credential-by-type.json"))
    assert found
    text = found[0].read_text()
    with pytest.raises(DocumentError, match="a comment, which JSON does not have") as caught:
        opened(found[0])
    assert caught.value.line == next(number for number, line in enumerate(text.splitlines(), 1) if "//" in line)
