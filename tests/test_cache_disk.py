"""The cache reads back nothing that could run: pickles planted in its database are refused before anybody looks into them."""

from __future__ import annotations

import contextlib
import os
import pickle
import sqlite3
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import diskcache
import pytest

from adapters import cache_disk
from adapters.cache import SnapshotCache
from adapters.cache_disk import PlainCache, RefusedError, open_cache

KEY = ("aws", "123456789012")
MODE_RAW, MODE_BINARY, MODE_TEXT, MODE_PICKLE = 1, 2, 3, 4


class Trap:
    """Unpickled, it leaves a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, int]]:
        return os.mkdir, (str(self.mark), 0o700)


def plant(
    folder: Path, *, key: object = "planted", raw: int = 1, mode: int = MODE_RAW, value: object = b"", filename: str | None = None
) -> None:
    """A row that somebody else wrote."""
    with sqlite3.connect(folder / "cache.db") as database:
        row = (key, raw, 1.0, None, 1.0, 0, None, 0, mode, filename, value)
        database.execute(
            "INSERT INTO Cache (key, raw, store_time, expire_time, access_time, access_count, tag, size, mode, filename, value)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir(0o700)
    open_cache(str(folder)).close()
    return folder


def attacks(cache: PlainCache) -> list[Callable[[], object]]:
    return [
        lambda: cache["planted"],
        lambda: cache.get("planted"),
        lambda: cache.get("planted", read=True),
        lambda: cache.pop("planted"),
        lambda: [cache[name] for name in cache],
        lambda: cache.peekitem(),
        lambda: cache.peekitem(last=False),
    ]


@pytest.mark.parametrize("attack", range(7))
def test_a_planted_pickle_as_a_value_is_refused_and_never_run(folder: Path, tmp_path: Path, attack: int) -> None:
    mark = tmp_path / "ran"
    plant(folder, mode=MODE_PICKLE, value=pickle.dumps(Trap(mark)))
    cache = open_cache(str(folder))
    with pytest.raises(RefusedError):
        attacks(cache)[attack]()
    cache.close()
    assert not mark.exists()


@pytest.mark.parametrize("disk", [diskcache.Disk, diskcache.JSONDisk])
def test_the_same_row_does_run_under_the_disks_that_come_with_diskcache(tmp_path: Path, disk: type[diskcache.Disk]) -> None:
    """Else the tests above would show nothing."""
    mark, key = tmp_path / "ran", "planted" if disk is diskcache.Disk else zlib.compress(b'"planted"', 1)
    with diskcache.Cache(str(tmp_path), disk=disk) as cache:
        plant(tmp_path, key=key, mode=MODE_PICKLE, value=pickle.dumps(Trap(mark)))
        with contextlib.suppress(TypeError, zlib.error):  # it ran, and what it left is no JSON
            cache.get("planted")
    assert mark.exists()


@pytest.mark.parametrize("attack", [list, reversed, lambda cache: cache.peekitem(), lambda cache: cache.peekitem(last=False)])
def test_a_planted_pickle_as_a_key_is_refused_and_never_run(folder: Path, tmp_path: Path, attack: Callable[[PlainCache], object]) -> None:
    mark = tmp_path / "ran"
    plant(folder, key=pickle.dumps(Trap(mark)), raw=0, value="x")
    cache = open_cache(str(folder))
    with pytest.raises(RefusedError):
        list(attack(cache))  # type: ignore[call-overload]  # whatever it is, refused before it is there
    cache.close()
    assert not mark.exists()


@pytest.mark.parametrize("mode", [MODE_BINARY, MODE_TEXT, MODE_PICKLE, 7])
def test_a_row_that_names_a_file_is_refused_and_the_file_neither_read_nor_deleted(folder: Path, tmp_path: Path, mode: int) -> None:
    other = tmp_path / "other.txt"
    other.write_text("not yours")
    attacks: list[Callable[[PlainCache], object]] = [
        lambda cache: cache["planted"],
        lambda cache: cache.pop("planted"),
        lambda cache: cache.delete("planted"),
    ]
    for attack in attacks:
        with sqlite3.connect(folder / "cache.db") as database:
            database.execute("DELETE FROM Cache")
        database.close()
        plant(folder, mode=mode, value=None, filename="../other.txt")
        cache = open_cache(str(folder))
        with pytest.raises(RefusedError):
            attack(cache)
        cache.close()
    assert other.read_text() == "not yours"


@pytest.mark.parametrize("key", [b"bytes", 1, ("a", "b"), None])
def test_only_text_is_a_key(folder: Path, key: object) -> None:
    cache = open_cache(str(folder))
    with pytest.raises(RefusedError):
        cache.set(key, "value")
    assert list(cache) == []
    cache.close()


@pytest.mark.parametrize("value", [None, [], {"a": 1}, object(), True])
def test_only_text_bytes_and_numbers_are_values(folder: Path, value: object) -> None:
    cache = open_cache(str(folder))
    with pytest.raises(RefusedError):
        cache.set("key", value)
    assert list(cache) == []
    for kept in ("text", b"bytes", 3, 2.5):
        cache.set("key", kept)
        assert cache["key"] == kept
    cache.close()


def test_large_values_stay_in_the_database_and_none_is_culled(folder: Path) -> None:
    cache = open_cache(str(folder))
    large = os.urandom(1 << 20)
    cache.reset("size_limit", 1 << 16)
    for number in range(4):
        cache.set(f"key {number}", large)
    assert [cache[f"key {number}"] == large for number in range(4)] == [True] * 4
    cache.close()
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"cache.db"}


@pytest.mark.parametrize("key", [None, "pickle"])
def test_a_pickle_in_the_snapshot_cache_costs_a_warning_and_never_runs(tmp_path: Path, key: str | None) -> None:
    folder, mark = tmp_path / "cache", tmp_path / "ran"
    with SnapshotCache(folder) as cache:
        assert cache.store(KEY, b'{"UserDetailList": []}', "2026-01-01T00:00:00Z")
    trap = pickle.dumps(Trap(mark))
    if key is None:
        with sqlite3.connect(folder / "cache.db") as database:
            database.execute("UPDATE Cache SET mode = 4, value = ?", (trap,))
        database.close()
    else:
        plant(folder, key=trap, raw=0)
    with SnapshotCache(folder) as cache:
        assert cache.entries() == ()
        assert cache.open(KEY) is None
        (problem,) = cache.problems
        assert "damaged" in problem
        assert cache.store(KEY, b'{"UserDetailList": []}', "2026-01-01T00:00:00Z")
        assert cache.open(KEY) == b'{"UserDetailList": []}'
    assert not mark.exists()


def test_opening_does_not_wait_a_minute_for_somebody_who_writes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_disk, "TIMEOUT", 0.2)
    holder = sqlite3.connect(folder / "cache.db", isolation_level=None)
    holder.execute("UPDATE Settings SET value = 'least-recently-used' WHERE key = 'eviction_policy'")  # so that opening has to write
    holder.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_cache(str(folder))
    assert time.monotonic() - started < 10
    holder.execute("ROLLBACK")
    holder.close()


def test_the_database_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with SnapshotCache(tmp_path / "a" / "cache") as cache:
            cache.store(KEY, b"{}", "2026-01-01T00:00:00Z")
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "a" / "cache").iterdir()}
    finally:
        os.umask(before)
    assert (tmp_path / "a" / "cache").stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}, modes
