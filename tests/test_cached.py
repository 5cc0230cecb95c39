"""When a slow adapter is asked and when what was kept of it is opened, through the registry, with an adapter that counts."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest
from running import REPOSITORY, process, run

from adapters import registry
from adapters.cache import SnapshotCache
from adapters.registry import CachePolicy
from whygate import packed
from whygate.errors import UserError

KEY = ("123456789012", "arn:aws:iam::123456789012:user/mia", "eu-west-1")


@dataclass
class Slow:
    """An adapter for `slow:…` whose answers the test sets."""

    name: str = "slow"
    description: str = "a slow source"
    key: object = KEY
    users: list[str] = field(default_factory=lambda: ["mia"])
    collected_at: str = ""
    refusal: UserError | None = None
    key_refusal: UserError | None = None
    pulls: int = 0

    def accepts(self, source: str) -> bool:
        return source.startswith("slow:")

    def cache_key(self, source: str) -> object:
        if self.key_refusal:
            raise self.key_refusal
        return self.key

    def load(self, source: str, report: registry.Report) -> dict[str, object]:
        self.pulls += 1
        if self.refusal:
            raise self.refusal
        users = [{"UserName": name, "Arn": f"arn:aws:iam::123456789012:user/{name}"} for name in self.users]
        source_row = {"Source": {"Adapter": "slow", "CollectedAt": self.collected_at}} if self.collected_at else {}
        return {"UserDetailList": users, **source_row}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Slow:
    adapter = Slow()
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(registry, "registered", lambda: (registry.Registered("slow", "theirs", adapter),))
    return adapter


def names(source: str = "slow:prod", **policy: object) -> list[str]:
    return [user.name for user in registry.load(source, cache=CachePolicy(**policy)).users]  # type: ignore[arg-type]  # the test means it


def test_the_second_time_nobody_is_asked(slow: Slow) -> None:
    slow.collected_at = "2026-05-01T00:00:00Z"
    first = registry.load("slow:prod")
    second = registry.load("slow:prod")
    assert slow.pulls == 1
    assert first.users == second.users
    assert first.source == second.source
    assert second.source.collected_at == "2026-05-01T00:00:00Z"
    assert second.warnings == ()


def test_the_age_is_known_also_where_the_document_does_not_say_it(slow: Slow) -> None:
    registry.load("slow:prod")
    with SnapshotCache() as cache:
        (entry,) = cache.entries()
    second = registry.load("slow:prod").source.collected_at
    assert second == entry.collected_at
    assert entry.age() < 60
    assert (entry.account, entry.adapter, entry.source, entry.key) == ("123456789012", "slow", "slow:prod", ("slow", *KEY))


def test_refresh_asks_again_and_keeps_the_new_answer(slow: Slow) -> None:
    assert names() == ["mia"]
    slow.users = ["leo"]
    assert names() == ["mia"]
    assert names(refresh=True) == ["leo"]
    assert names() == ["leo"]
    assert slow.pulls == 2


def test_what_is_older_than_wanted_is_collected_anew(slow: Slow) -> None:
    slow.collected_at = datetime.fromtimestamp(time.time() - 7200, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    names()
    assert names(max_age=8000.0) == ["mia"]
    assert slow.pulls == 1
    names(max_age=7000.0)
    assert slow.pulls == 2
    names(max_age=0.0)
    assert slow.pulls == 3


@pytest.mark.parametrize(
    "other", [("999999999999", *KEY[1:]), (*KEY[:2], "us-east-1"), (KEY[0], "arn:aws:iam::123456789012:user/leo", KEY[2])]
)
def test_another_account_principal_or_region_set_is_asked_for_itself(slow: Slow, other: tuple[str, ...]) -> None:
    names()
    slow.key, slow.users = other, ["leo"]
    assert names() == ["leo"]
    slow.key = KEY
    assert names() == ["mia"]
    assert slow.pulls == 2


def test_offline_asks_nobody_at_all(slow: Slow) -> None:
    names()
    slow.refusal = slow.key_refusal = UserError("must not be asked")
    assert names(offline=True) == ["mia"]
    assert slow.pulls == 1


def test_offline_is_about_the_source_that_was_named(slow: Slow) -> None:
    names("slow:prod")
    with pytest.raises(UserError, match="nothing of it is kept") as caught:
        names("slow:test", offline=True)
    assert caught.value.where == "slow:test"
    assert "without --offline" in caught.value.todo


def test_offline_and_too_old_says_how_old(slow: Slow) -> None:
    slow.collected_at = "2026-01-01T00:00:00Z"
    names()
    with pytest.raises(UserError, match="2026-01-01T00:00:00Z") as caught:
        names(offline=True, max_age=60.0)
    assert "--max-age" in caught.value.todo


def test_offline_with_a_directory_that_is_not_to_be_trusted_is_an_error(slow: Slow) -> None:
    names()
    Path(os.environ["WHYGATE_CACHE_DIR"]).chmod(0o777)
    with pytest.raises(UserError, match="can be written by others"):
        names(offline=True)
    assert names() == ["mia"]
    assert slow.pulls == 2
    (warning,) = registry.load("slow:prod").warnings
    assert "can be written by others" in warning


@pytest.mark.parametrize("what", ["refusal", "key_refusal"])
def test_an_adapter_that_cannot_names_what_is_kept(slow: Slow, what: str) -> None:
    error = UserError("the credentials are expired", where="slow:prod", todo="log in again")
    setattr(slow, what, error)
    with pytest.raises(UserError) as caught:
        names(refresh=True)
    assert str(caught.value) == str(error)
    setattr(slow, what, None)
    slow.collected_at = "2026-05-01T00:00:00Z"
    names()
    setattr(slow, what, error)
    with pytest.raises(UserError) as caught:
        names(refresh=True)
    assert str(caught.value) == (
        "slow:prod: the credentials are expired; log in again, or open what was kept at 2026-05-01T00:00:00Z with --offline"
    )


def test_an_adapter_without_a_key_for_it_is_asked_every_time(slow: Slow) -> None:
    slow.key = None
    names()
    names()
    assert slow.pulls == 2
    assert not Path(os.environ["WHYGATE_CACHE_DIR"]).exists()


@pytest.mark.parametrize("key", ["text", 3, ("a", 1), ["a"]])
def test_a_key_that_is_none_is_its_authors_fault(slow: Slow, key: object) -> None:
    slow.key = key
    with pytest.raises(UserError, match="no tuple of texts") as caught:
        names()
    assert caught.value.todo == "tell its author"


def test_what_is_kept_opens_without_its_document_being_decoded(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    first = registry.load("slow:prod")
    monkeypatch.setattr(registry, "decode", None)
    second = registry.load("slow:prod")
    assert (second.users, second.accounts, second.source) == (first.users, first.accounts, first.source)
    with pytest.raises(TypeError):
        registry.read("slow:prod")


def test_what_another_version_packed_opens_by_its_document(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    names()
    monkeypatch.setattr(packed, "_layout", lambda: "another")
    snapshot = registry.load("slow:prod")
    assert [user.name for user in snapshot.users] == ["mia"]
    assert snapshot.warnings == ()
    assert slow.pulls == 1


@pytest.mark.parametrize("harm", ["value = x'78'", "value = 'text'", "value = (SELECT value FROM Cache WHERE key LIKE '%:roles')"])
def test_a_damaged_part_is_a_warning_and_a_new_pull(slow: Slow, harm: str) -> None:
    names()
    with sqlite3.connect(Path(os.environ["WHYGATE_CACHE_DIR"]) / "cache.db") as database:
        assert database.execute(f"UPDATE Cache SET {harm} WHERE key LIKE 'chunk:%:users'").rowcount == 1
    database.close()
    snapshot = registry.load("slow:prod")
    assert [user.name for user in snapshot.users] == ["mia"]
    (warning,) = snapshot.warnings
    assert "damaged and forgotten" in warning
    assert slow.pulls == 2


def test_the_same_key_under_another_name_says_the_name_that_was_typed(slow: Slow) -> None:
    names("slow:prod")
    assert registry.load("slow:other").source.origin == "slow:other"
    assert slow.pulls == 1


def test_the_document_of_what_is_kept_can_be_exported(slow: Slow, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names()
    assert run(capsys, "export", "slow:prod", tmp_path / "x.json", "--offline").status == 0
    document = json.loads((tmp_path / "x.json").read_text())
    assert [user["UserName"] for user in document["UserDetailList"]] == ["mia"]
    assert document["Source"]["Origin"] == "slow:prod"
    assert slow.pulls == 1


def test_a_document_that_cannot_be_read_is_not_kept(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Slow, "load", lambda self, source, report: {"UserDetailList": [{"UserName": 3}]})
    with pytest.raises(UserError, match="expected text"):
        names()
    assert not Path(os.environ["WHYGATE_CACHE_DIR"]).exists()


def test_what_is_kept_and_cannot_be_read_any_more_is_collected_anew_with_a_warning(slow: Slow) -> None:
    names()
    with SnapshotCache() as cache:
        cache.store(("slow", *KEY), b'{"UserDetailList": 3}', "2026-01-01T00:00:00Z", adapter="slow", source="slow:prod")
    snapshot = registry.load("slow:prod")
    assert [user.name for user in snapshot.users] == ["mia"]
    (warning,) = snapshot.warnings
    assert "left out" in warning
    assert names() == ["mia"]
    assert slow.pulls == 2


def test_damage_is_a_warning_of_the_snapshot(slow: Slow) -> None:
    names()
    (Path(os.environ["WHYGATE_CACHE_DIR"]) / "cache.db").write_bytes(b"x" * 10_000)
    snapshot = registry.load("slow:prod")
    assert [user.name for user in snapshot.users] == ["mia"]
    (warning,) = snapshot.warnings
    assert "damaged" in warning
    assert registry.load("slow:prod").warnings == ()
    assert slow.pulls == 2


def test_a_file_never_touches_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"UserDetailList": [{"UserName": "mia", "Arn": "arn:aws:iam::123456789012:user/mia"}]}))
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "cache"))
    for words in (
        ("list", file, "users"),
        ("can", file, "mia", "s3:GetObject", "--refresh"),
        ("list", file, "--offline", "--max-age", "0"),
    ):
        assert process(*words).status in (0, 1, 3)
    assert not (tmp_path / "cache").exists()


def test_commands_on_a_file_load_no_cache_library() -> None:
    code = (
        "import sys; from whygate.__main__ import main; main(sys.argv[1:]); "
        "print(sorted({'diskcache', 'sqlite3', 'adapters.cache', 'platformdirs'} & sys.modules.keys()))"
    )
    words = [sys.executable, "-c", code, "list", "demo", "users", "mateo"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60, cwd=REPOSITORY)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_entry_point_of_ours_that_is_a_file_has_no_cache_key() -> None:
    ours = {point.name: point.load() for point in metadata.entry_points(group=registry.GROUP) if point.value.startswith("adapters.")}
    assert {"demo", "export"} <= ours.keys()
    assert not any(hasattr(ours[name], "cache_key") for name in ("demo", "export"))
