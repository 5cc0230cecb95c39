"""`whygate cache list|clear|path` on a cache of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running import refusal, run

from adapters import registry
from adapters.cache import SnapshotCache
from tui import app
from tui.commands.cache import age, size
from tui.commands.opening import policy
from tui.commands.parser import parse
from tui.kept.config import Config
from whygate.__main__ import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def filled(folder: Path) -> Path:
    with SnapshotCache() as cache:
        for account, source in (("111111111111", "aws:prod"), ("222222222222", "aws:te\x1bst|x")):
            document = {"UserDetailList": [], "Account": {"Id": account}}
            cache.store(("aws", account, "eu-west-1"), document, "2026-01-01T00:00:00Z", account=account, adapter="aws", source=source)
    return folder


def test_path_says_where_it_would_be_and_makes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "cache", "path") == (0, f"{folder}\n", "")
    assert json.loads(run(capsys, "cache", "path", "--format", "json").out) == {"kind": "cache", "path": str(folder)}
    assert not folder.exists()


def test_an_empty_cache_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "cache", "list") == (0, "nothing is kept\n", "")
    assert run(capsys, "cache", "list", "--format", "json") == (0, "", "")
    assert run(capsys, "cache", "clear") == (0, "0 snapshots forgotten\n", "")
    assert not folder.exists()


def test_list_shows_account_adapter_age_size_and_source(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, "cache", "list")
    assert answer.status == 0
    assert sorted(line.split()[0] for line in answer.lines) == ["111111111111", "222222222222"]
    first = next(line for line in answer.lines if line.startswith("1111"))
    days = (datetime.now(UTC) - datetime(2026, 1, 1, tzinfo=UTC)).days
    assert first.split() == ["111111111111", "aws", str(days), "d", "1", "kB", "aws:prod"]
    assert "\x1b" not in answer.out
    table = run(capsys, "cache", "list", "--format", "markdown").lines
    assert table[:2] == ["| account | adapter | age | size | source |", "|---|---|---|---|---|"]
    assert len(table) == 4


def test_list_as_json_has_a_line_an_entry(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in run(capsys, "cache", "list", "--format", "json").lines]
    row = next(row for row in rows if row["account"] == "111111111111")
    assert row["kind"] == "cached"
    assert row["adapter"] == "aws"
    assert row["source"] == "aws:prod"
    assert row["key"] == ["aws", "111111111111", "eu-west-1"]
    assert row["collected_at"] == "2026-01-01T00:00:00Z"
    assert row["age"] > 0
    assert row["size"] > 0
    assert len(rows) == 2


def test_clear_takes_one_account_or_everything(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "cache", "clear", "111111111111") == (0, "1 snapshot forgotten\n", "")
    assert [line.split()[0] for line in run(capsys, "cache", "list").lines] == ["222222222222"]
    assert json.loads(run(capsys, "cache", "clear", "--format", "json").out) == {"kind": "cleared", "entries": 1}
    assert run(capsys, "cache", "list").out == "nothing is kept\n"


def test_what_cannot_be_is_one_line(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "takes no account" in refusal(run(capsys, "cache", "list", "111111111111"))
    assert "12 digits" in refusal(run(capsys, "cache", "clear", "1"))
    assert "WHAT" in refusal(run(capsys, "cache", "prune"))
    filled.chmod(0o777)
    for what in ("list", "clear"):
        said = refusal(run(capsys, "cache", what))
        assert "can be written by others" in said
        assert "chmod go-w" in said
    assert run(capsys, "cache", "path").status == 0


def test_a_damaged_cache_is_a_warning(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (filled / "cache.db").write_bytes(b"nonsense" * 1000)
    answer = run(capsys, "cache", "list")
    assert answer.status == 0
    assert answer.out == "nothing is kept\n"
    assert answer.err.count("\n") == 1
    assert "set aside as damaged.db" in answer.err
    assert run(capsys, "cache", "list") == (0, "nothing is kept\n", "")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (86_400 * 40, "40 d"), (float("inf"), "unknown")],
)
def test_ages_are_short(seconds: float, said: str) -> None:
    assert age(seconds) == said


@pytest.mark.parametrize(("number", "said"), [(1, "1 kB"), (1499, "1 kB"), (999_000, "999 kB"), (1_448_511, "1.4 MB")])
def test_sizes_are_short(number: int, said: str) -> None:
    assert size(number) == said


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("12H", 43200), ("7d", 604800), ("1.5h", 5400), ("2w", 1209600), ("0", 0)]
)
@pytest.mark.parametrize(
    "command", [("list", "x"), ("can", "x", "y", "a:B"), ("explain", "t", "x"), ("simulate", "f"), ("explore", "x"), ("export", "x", "y")]
)
def test_the_three_options_of_the_cache_are_on_every_command_that_opens_a_source(
    command: tuple[str, ...], text: str, seconds: float
) -> None:
    assert policy(parse([*command, "--max-age", text, "--refresh"])).max_age == seconds
    assert policy(parse([*command, "--refresh"])).refresh
    assert policy(parse([*command, "--offline"])).offline
    plain = policy(parse(command))
    assert (plain.refresh, plain.offline, plain.max_age) == (False, False, None)


@pytest.mark.parametrize("text", ["", "h", "-1h", "1y", "1 2h", "1e9", "nan", "\u0661h", "9999999999"])
def test_a_time_span_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert "time span" in refusal(run(capsys, "list", "demo", f"--max-age={text}"))


def test_refresh_and_offline_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert "not allowed with" in refusal(run(capsys, "list", "demo", "--refresh", "--offline"))


@pytest.mark.parametrize(
    ("words", "wanted"), [(["--refresh"], (True, False, None)), (["--offline", "--max-age", "1m"], (False, True, 60.0))]
)
def test_the_explorer_opens_its_source_as_the_options_say(
    monkeypatch: pytest.MonkeyPatch, words: list[str], wanted: tuple[bool, bool, float | None]
) -> None:
    asked: list[registry.CachePolicy | None] = []
    opening = registry.begin("demo")

    def begin(source: str, cache: registry.CachePolicy | None = None) -> registry.Opening:
        asked.append(cache)
        return opening

    def start(source: str, *, at: str, begin: Callable[[str], registry.Opening], verify: bool, config: Config) -> int:
        assert begin(source) is opening
        assert verify is not wanted[1]
        return 0

    monkeypatch.setattr(registry, "begin", begin)
    monkeypatch.setattr(app, "run", start)
    assert main(["demo", *words]) == 0
    (policy_asked,) = asked
    assert policy_asked is not None
    assert (policy_asked.refresh, policy_asked.offline, policy_asked.max_age) == wanted
