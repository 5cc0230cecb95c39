"""`whygate sources`: the adapters, and what could be opened from here, in each format."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from running import run

from adapters.cache import VARIABLE, SnapshotCache

EXPORT = '{"UserDetailList": [{"UserName": "ana", "Arn": "arn:aws:iam::123456789012:user/ana"}]}'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export, a profile and a kept snapshot, and nothing of this machine's user."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "my account.json").write_text(EXPORT)
    (tmp_path / "config").write_text("[profile prod]\nregion = eu-west-1\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    with SnapshotCache() as cache:
        cache.store(("aws", "x"), EXPORT.encode(), "2026-01-01T00:00:00Z", account="123456789012", adapter="aws", source="aws:prod")
    return folder


def test_json_has_a_line_a_source_beside_those_of_the_adapters(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, "sources", "--format", "json")
    rows = [json.loads(line) for line in answer.lines]
    assert {row["kind"] for row in rows} == {"adapter", "source"}
    sources = [row for row in rows if row["kind"] == "source"]
    assert [(row["type"], row["source"], row["options"]) for row in sources] == [
        ("kept", "aws:prod", ["--offline"]),
        ("profile", "aws:prod", []),
        ("file", "my account.json", []),
        ("demo", "demo", []),
    ]
    assert sources[0]["account"] == "123456789012"
    assert sources[0]["age"] > 0
    assert sources[2]["size"] == len(EXPORT)
    assert (answer.status, answer.err) == (0, "")


def test_text_says_what_to_type_and_a_shell_takes_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "sources").lines
    offered = lines[lines.index("from here:") + 1 :]
    assert len(offered) == 4
    assert all(line.startswith("whygate ") for line in offered)
    assert shlex.split(offered[2].split("  ")[0]) == ["whygate", "my account.json"]
    assert "account 123456789012" in offered[2]


def test_what_was_not_looked_at_is_said_on_standard_error(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.nearby.MOST_FILES", 0)
    answer = run(capsys, "sources")
    assert "1 file here not looked at" in answer.err
    assert answer.status == 0


def test_hostile_names_reach_no_terminal_raw(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a\x1b]0;title\x07.json").write_text(EXPORT)
    for style in ("text", "markdown", "json"):
        answer = run(capsys, "sources", "--format", style)
        assert not any(character in answer.out for character in "\x1b\x07")
