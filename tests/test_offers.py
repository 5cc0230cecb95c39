"""What can be opened here: kept snapshots, AWS profiles, files and folders, the demo; looked for without opening or telling anything."""

from __future__ import annotations

import gzip
import json
import os
import shlex
from pathlib import Path

import pytest
from running import run

from adapters import nearby, offers
from adapters.aws import profiles
from adapters.cache import SnapshotCache
from adapters.offers import Found
from tui.commands.parser import parse

ACCOUNT = "123456789012"
EXPORT = json.dumps({"UserDetailList": [{"UserName": "ana", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ana"}]})
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CONFIG = """
[default]
region = eu-west-1
[profile prod]
role_arn = arn:aws:iam::123456789012:role/eu/Reader
source_profile = default
mfa_serial = arn:aws:iam::123456789012:mfa/me
[profile "two words"]
sso_session = corp
sso_account_id = 210987654321
sso_role_name = Audit
[profile tool]
credential_process = /opt/tool --secret hunter2
[sso-session corp]
sso_start_url = https://corp.example
[services x]
s3 = y
"""
CREDENTIALS = f"""
[default]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = {SECRET}
[keys]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = {SECRET}
"""


def typed(found: Found) -> list[str]:
    return [offer.typed for offer in found.offers]


# Profiles


def aws(folder: Path, config: str = CONFIG, credentials: str = CREDENTIALS, **more: str) -> Found:
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)
    places = {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}
    return profiles.offers({**places, **more})


def test_every_profile_is_offered_once_the_default_first_and_sections_about_other_things_are_not(tmp_path: Path) -> None:
    assert typed(aws(tmp_path)) == ["aws:default", "aws:keys", "aws:prod", "aws:tool", "'aws:two words'"]


def test_a_profile_says_what_it_is_and_which_account_it_leads_to(tmp_path: Path) -> None:
    found = {offer.source: offer for offer in aws(tmp_path).offers}
    assert found["aws:default"].what == "access key, eu-west-1"
    assert found["aws:prod"].what == "assumes role Reader from default, asks for an MFA code"
    assert found["aws:prod"].account == ACCOUNT
    assert (found["aws:two words"].what, found["aws:two words"].account) == ("IAM Identity Center, Audit", "210987654321")


def test_no_credential_is_in_an_offer(tmp_path: Path) -> None:
    told = repr(aws(tmp_path))
    assert not any(secret in told for secret in (SECRET, "AKIA", "hunter2"))


def test_the_environment_s_credentials_come_first(tmp_path: Path) -> None:
    found = aws(tmp_path, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY=SECRET)
    assert typed(found)[0] == "aws:"
    assert SECRET not in repr(found)
    assert aws(tmp_path, AWS_PROFILE="prod").offers[0].what == "the profile that AWS_PROFILE names, prod"


@pytest.mark.parametrize("text", ["[default\nregion", "region = x", "\x00\xff", "[profile 'open]\nregion = x"])
def test_a_damaged_configuration_is_a_line_and_the_other_file_still_counts(tmp_path: Path, text: str) -> None:
    found = aws(tmp_path, config=text)
    assert typed(found) == ["aws:default", "aws:keys"]
    assert len(found.notes) <= 1


def test_a_configuration_that_is_not_there_is_nothing_to_speak_of(tmp_path: Path) -> None:
    nowhere = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    assert profiles.offers(nowhere) == Found()


def test_a_profile_that_aws_colon_could_not_name_is_left_out(tmp_path: Path) -> None:
    assert typed(aws(tmp_path, config="[profile a?region=b]\nregion = x\n", credentials="")) == []


# Files and folders


def test_exports_are_told_by_their_heads_with_account_age_and_size(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(EXPORT)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(EXPORT.encode()))
    (tmp_path / "notes.json").write_text('{"a": 1}')
    (tmp_path / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + bytes(100))
    (tmp_path / ".hidden.json").write_text(EXPORT)
    (tmp_path / "empty.json").write_text("")
    os.utime(tmp_path / "account.json", (0, 1_000_000_000))
    os.mkfifo(tmp_path / "pipe.json")
    found = nearby.offers(str(tmp_path))
    names = [os.path.basename(offer.source) for offer in found.offers if offer.kind == "file"]
    assert names == ["packed.gz", "account.json"], "the latest first"
    account = found.offers[1]
    assert (account.what, account.account, account.size) == ("account export", ACCOUNT, len(EXPORT))
    assert account.age is not None
    assert account.age > 10**8
    assert found.offers[-1].kind == "folder", "the folder itself, as the two may belong together"
    assert found.notes == ()


def test_folders_with_an_export_and_stores_are_offered_and_others_not(tmp_path: Path) -> None:
    for name in ("exports", "texts", "store/aws/aws/accounts/123456789012"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "exports" / "a.json").write_text(EXPORT)
    (tmp_path / "texts" / "readme.md").write_text("hello")
    found = nearby.offers(str(tmp_path))
    assert [(os.path.relpath(offer.source, tmp_path), offer.what) for offer in found.offers] == [
        ("exports", "folder of exports"),
        ("store", "store of the iam-collect tool"),
    ]


def test_of_many_files_so_many_are_looked_at_the_likely_ones_first_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearby, "MOST_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.log").write_text("x")
    (tmp_path / "z.json").write_text(EXPORT)
    found = nearby.offers(str(tmp_path))
    assert [os.path.basename(offer.source) for offer in found.offers] == ["z.json"]
    assert len(found.notes) == 1
    assert found.notes[0].startswith("3 files here not looked at")


def test_of_large_files_so_many_bytes_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "MOST_BYTES", 10)
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(EXPORT)
    found = nearby.offers(str(tmp_path))
    assert len(found.offers) == 1
    assert found.notes[0].startswith("1 file here not looked at")


def test_a_folder_that_cannot_be_looked_at_is_a_line(tmp_path: Path) -> None:
    found = nearby.offers(str(tmp_path / "gone"))
    assert found.offers == ()
    assert "cannot be looked at" in found.notes[0]


@pytest.mark.parametrize("name", ["account.json", "list", "demo", "-x.json", "aws:x.json", "two words.json", "$(id).json"])
def test_what_is_offered_to_be_typed_opens_the_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).write_text(EXPORT)
    monkeypatch.chdir(tmp_path)
    (offer,) = nearby.offers().offers
    assert shlex.split(offer.typed) == [offer.source]
    assert run(capsys, "list", offer.source, "users").lines == [f"ana  arn:aws:iam::{ACCOUNT}:user/ana"]
    assert parse([offer.source]).command == "explore", "and alone it is a source, never a command or an option"


# What is kept


def test_a_kept_snapshot_is_offered_with_account_age_and_size_and_of_a_source_the_youngest_alone(tmp_path: Path) -> None:
    place = tmp_path / "cache"
    with SnapshotCache(str(place)) as cache:
        for caller, at in (("a", "2026-01-01T00:00:00Z"), ("b", "2026-02-01T00:00:00Z")):
            assert cache.store(("aws", caller), EXPORT.encode(), at, account=ACCOUNT, adapter="aws", source="aws:prod")
        assert cache.store(("aws", "c"), EXPORT.encode(), "when it was", account="", adapter="aws", source="aws:odd")
    found = {offer.source: offer for offer in offers.kept(str(place)).offers}
    assert set(found) == {"aws:prod", "aws:odd"}
    assert found["aws:prod"].typed == "aws:prod --offline"
    assert (found["aws:prod"].account, found["aws:prod"].size) == (ACCOUNT, len(EXPORT))
    assert found["aws:prod"].age is not None
    assert found["aws:odd"].age is None, "a date that cannot be read is no age"


def test_no_cache_is_nothing_and_one_that_cannot_be_trusted_a_line(tmp_path: Path) -> None:
    assert offers.kept(str(tmp_path / "none")) == Found()
    (tmp_path / "file").write_text("")
    assert "is not a directory" in offers.kept(str(tmp_path / "file")).notes[0]


def test_looking_makes_no_cache_directory(tmp_path: Path) -> None:
    offers.kept(str(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_always_there() -> None:
    assert typed(offers.demo()) == ["demo"]
