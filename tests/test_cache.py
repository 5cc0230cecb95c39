"""What is kept comes back as it was, or not at all with a warning: chunks, generations, credentials, damage, a full disk, two processes."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import REPOSITORY

from adapters import cache as caches
from adapters import cache_disk
from adapters.cache import SnapshotCache, default_directory
from adapters.cache_text import ENTITIES, chunks, text_of
from whygate.document import decode
from whygate.errors import UserError

KEY = ("aws", "123456789012", "arn:aws:iam::123456789012:user/mia", "eu-west-1")
THEN = "2026-01-01T00:00:00Z"
SMALL = b'{"UserDetailList": [], "Account": {"Id": "123456789012"}}'


def account(users: int, note: str = "") -> dict[str, object]:
    listed = [{"UserName": f"user{number}{note}", "Arn": f"arn:aws:iam::123456789012:user/user{number}{note}"} for number in range(users)]
    return {"Account": {"Id": "123456789012"}, "UserDetailList": listed, "RoleDetailList": []}


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SnapshotCache]:
    with SnapshotCache(tmp_path / "cache") as cache:
        yield cache


def chunk_rows(cache: SnapshotCache) -> int:
    with sqlite3.connect(Path(cache.directory) / "cache.db") as database:
        (number,) = database.execute("SELECT count(*) FROM Cache WHERE key LIKE 'chunk:%'").fetchone()
    database.close()
    return int(number)


def test_nothing_is_made_before_something_is_kept(cache: SnapshotCache) -> None:
    assert cache.open(KEY) is None
    assert cache.entry(KEY) is None
    assert cache.entries() == ()
    assert cache.clear() == 0
    assert not Path(cache.directory).exists()
    assert cache.problems == []


@pytest.mark.parametrize("users", [0, 1, ENTITIES, ENTITIES + 1, 3 * ENTITIES + 7])
def test_a_document_comes_back_byte_for_byte(cache: SnapshotCache, users: int) -> None:
    text = json.dumps(account(users), indent=3).encode()
    assert cache.store(KEY, text, THEN, account="123456789012", adapter="aws", source="aws:prod")
    assert cache.open(KEY) == text
    (entry,) = cache.entries()
    assert entry == cache.entry(KEY)
    assert (entry.key, entry.account, entry.adapter, entry.source, entry.collected_at) == (KEY, "123456789012", "aws", "aws:prod", THEN)
    assert entry.size == len(text)
    assert entry.chunks == chunk_rows(cache) == max(1, -(-users // ENTITIES))
    assert cache.problems == []


def test_a_mapping_comes_back_as_its_json(cache: SnapshotCache) -> None:
    cache.store(KEY, account(3), THEN)
    kept = cache.open(KEY)
    assert kept is not None
    assert json.loads(kept) == account(3)


def test_a_second_pull_takes_the_place_of_the_first(cache: SnapshotCache) -> None:
    cache.store(KEY, account(5 * ENTITIES), THEN)
    cache.store(KEY, account(1), "2026-02-02T00:00:00Z")
    (entry,) = cache.entries()
    assert entry.collected_at == "2026-02-02T00:00:00Z"
    assert chunk_rows(cache) == 1
    assert decode(cache.open(KEY) or b"").accounts[0].page.user_detail_list is not None


@pytest.mark.parametrize("other", [KEY[:-1], (*KEY, ""), (*KEY[:-1], "us-east-1"), ("aws,123456789012", *KEY[2:]), ()])
def test_another_principal_or_region_set_is_another_entry(cache: SnapshotCache, other: tuple[str, ...]) -> None:
    cache.store(KEY, account(1), THEN)
    assert cache.open(other) is None
    cache.store(other, account(2), THEN)
    assert cache.open(KEY) != cache.open(other)
    assert len(cache.entries()) == 2


def test_clearing_an_account_leaves_the_others(cache: SnapshotCache) -> None:
    cache.store(("a",), account(1), THEN, account="111111111111")
    cache.store(("b",), account(1), THEN, account="111111111111")
    cache.store(("c",), account(1), THEN, account="222222222222")
    assert cache.clear("111111111111") == 2
    assert [entry.key for entry in cache.entries()] == [("c",)]
    assert cache.clear("111111111111") == 0
    assert cache.clear() == 1
    assert cache.entries() == ()
    assert chunk_rows(cache) == 0


def test_the_youngest_stands_first_and_an_age_is_never_negative(cache: SnapshotCache) -> None:
    for name, when in (("old", THEN), ("new", "2026-03-01T00:00:00+00:00"), ("odd", "yesterday"), ("future", "2999-01-01T00:00:00Z")):
        cache.store((name,), account(1), when)
    ages = {entry.key[0]: entry.age(1_775_000_000) for entry in cache.entries()}
    assert [entry.key[0] for entry in cache.entries()] == ["future", "new", "old", "odd"]
    assert ages["future"] == 0
    assert ages["new"] == 1_775_000_000 - 1_772_323_200
    assert ages["odd"] == float("inf")


def test_no_credential_is_kept(cache: SnapshotCache) -> None:
    secrets = ("SecretAccessKey", "SessionToken", "Password", "SecretString", "Base32StringSeed")
    document = {
        **account(1),
        "AccessKeys": [{"UserName": "user0", "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "wJalr/SECRET"}],
        "Credentials": {"SessionToken": "FwoGZ/SECRET", "Deeper": [{"Password": {"Value": "SECRET"}}]},
        "MFADevices": [{"SerialNumber": "x", "Base32StringSeed": "SECRET"}],
        "Resources": [
            {
                "Arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a",
                "Details": {"SecretString": "SECRET"},
                "Tags": {"Password": "tag"},
            }
        ],
    }
    for text in (document, json.dumps(document).encode(), json.dumps(document).replace('"Sec', r'"\u0053ec').encode()):
        assert cache.store(KEY, text, THEN)
        kept = cache.open(KEY)
        assert kept is not None
        assert b"SECRET" not in kept
        assert b"AKIAEXAMPLE" in kept
        read = json.loads(kept)
        assert read["Resources"][0]["Tags"] == {"Password": "tag"}
        assert decode(kept).accounts[0].id == "123456789012"
        assert sorted(set(secrets) & {key for row in (*read["AccessKeys"], *read["MFADevices"], read["Credentials"]) for key in row}) == [
            "Base32StringSeed", "SecretAccessKey", "SessionToken",
        ]  # fmt: skip
    raw = b"".join(path.read_bytes() for path in Path(cache.directory).iterdir())
    assert b"SECRET" not in raw


def test_a_tag_a_policy_and_a_text_may_use_the_words_of_credentials() -> None:
    text = json.dumps(
        {
            "RoleDetailList": [{"RoleName": "a", "AssumeRolePolicyDocument": {"SessionToken": "x"}, "Tags": [{"Key": "Password"}]}],
            "x\u0001": 1,
        }
    ).encode()
    assert text_of(text) == text


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1300), max_size=4), st.booleans(), st.integers(1, 3))
def test_chunks_joined_are_the_text(lengths: list[int], nested: bool, pages: int) -> None:
    page: dict[str, object] = {
        f"List{number}": [{"n": n, "t": ']}, \u00e9 "'} for n in range(length)] for number, length in enumerate(lengths)
    }
    document = {"Accounts": [page, page]} if nested else page
    text = b"\n".join([json.dumps(document, ensure_ascii=False).encode()] * pages)
    pieces = list(chunks(text))
    assert b"".join(pieces) == text
    entities = sum(lengths) * (2 if nested else 1) * pages
    assert len(pieces) == max(1, -(-entities // ENTITIES))


# Directories that are not to be trusted


def line_of(cache: SnapshotCache) -> str:
    with pytest.raises(UserError) as caught:
        cache.check()
    assert "\n" not in str(caught.value)
    assert "WHYGATE_CACHE_DIR" in caught.value.todo
    assert not cache.store(KEY, SMALL, THEN)
    assert cache.entries() == ()
    assert len(cache.problems) == 1
    assert caught.value.what in cache.problems[0]
    return str(caught.value)


def test_a_directory_that_others_may_write_to_is_refused(cache: SnapshotCache) -> None:
    for mode in (0o777, 0o720, 0o702):
        Path(cache.directory).mkdir(exist_ok=True)
        Path(cache.directory).chmod(mode)
        with SnapshotCache(cache.directory) as fresh:
            assert "can be written by others" in line_of(fresh)
        assert list(Path(cache.directory).iterdir()) == []


def test_a_database_that_others_may_write_to_is_refused(cache: SnapshotCache) -> None:
    cache.store(KEY, SMALL, THEN)
    cache.close()
    (Path(cache.directory) / "cache.db").chmod(0o666)
    with SnapshotCache(cache.directory) as fresh:
        assert "cache.db that can be written by others" in line_of(fresh)


def test_a_link_is_refused_as_directory_and_as_database(cache: SnapshotCache, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    Path(cache.directory).symlink_to(tmp_path / "elsewhere")
    assert "is a link" in line_of(cache)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "elsewhere" / "cache.db").symlink_to(tmp_path / "victim")
    with SnapshotCache(tmp_path / "elsewhere") as other:
        assert "cache.db that is not a file" in line_of(other)
    assert not (tmp_path / "victim").exists()


def test_a_directory_of_somebody_else_is_refused(cache: SnapshotCache, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(cache.directory).mkdir(mode=0o700)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert "belongs to somebody else" in line_of(cache)


def test_a_file_in_its_place_is_refused(cache: SnapshotCache) -> None:
    Path(cache.directory).write_text("x")
    assert "is not a directory" in line_of(cache)


def test_a_place_where_nothing_can_be_made_costs_one_warning() -> None:
    with SnapshotCache("/dev/null/cache/deeper") as cache:
        assert not cache.store(KEY, SMALL, THEN)
        assert cache.open(KEY) is None
        assert len(cache.problems) == 1


def test_the_directory_is_the_one_that_the_environment_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "named"))
    assert default_directory() == str(tmp_path / "named")
    monkeypatch.setenv("WHYGATE_CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert "whygate" in default_directory()


# Damage


def damaged_header(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100 + path.read_bytes()[1800:])


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scrambled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(4096, len(data), 64):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))


def zeroed(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE Cache (other INTEGER)")
    database.close()
    path.chmod(0o600)


def strange_setting(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO Settings VALUES ('disk_nonsense', 1)")
    database.close()


@pytest.mark.parametrize("harm", [damaged_header, cut_off, scrambled, zeroed, foreign, strange_setting])
def test_a_damaged_database_is_a_slower_start_and_a_new_one(cache: SnapshotCache, harm: object) -> None:
    text = json.dumps(account(4 * ENTITIES)).encode()
    cache.store(KEY, text, THEN)
    cache.close()
    assert callable(harm)
    harm(Path(cache.directory) / "cache.db")
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) in (None, text)
        assert len(fresh.problems) <= 1
        assert fresh.store(KEY, text, THEN), fresh.problems
        assert fresh.open(KEY) == text
        assert len(fresh.problems) == (0 if harm is zeroed else 1)
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) == text
        assert fresh.problems == []
        assert fresh.clear() == 1
    assert not (Path(cache.directory) / "damaged.db").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM Cache WHERE key LIKE 'chunk:%:2'",
        "UPDATE Cache SET value = x'00112233' WHERE key LIKE 'chunk:%:2'",
        "UPDATE Cache SET value = 'text' WHERE key LIKE 'chunk:%:2'",
        "UPDATE Cache SET value = (SELECT value FROM Cache WHERE key LIKE 'chunk:%:3') WHERE key LIKE 'chunk:%:0'",
        "UPDATE Cache SET value = 'not JSON' WHERE key LIKE 'manifest:%'",
        "UPDATE Cache SET value = '{}' WHERE key LIKE 'manifest:%'",
        "UPDATE Cache SET value = 7 WHERE key LIKE 'manifest:%'",
        "DELETE FROM Cache WHERE key LIKE 'manifest:%'",
    ],
)
def test_a_part_that_is_gone_or_spoilt_is_never_half_an_answer(cache: SnapshotCache, statement: str) -> None:
    cache.store(KEY, account(4 * ENTITIES - 1), THEN)
    cache.store(("other",), account(1), THEN)
    cache.close()
    with sqlite3.connect(Path(cache.directory) / "cache.db") as database:
        keep = f"%:{caches._digest(('other',))}%"
        assert database.execute(f"{statement} AND key NOT LIKE ?", (keep,)).rowcount == 1
    database.close()
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) is None
        assert fresh.open(("other",)) is not None
        assert len(fresh.problems) == (0 if "manifest" in statement else 1)
        assert fresh.store(KEY, account(2), THEN)
        assert chunk_rows(fresh) == 2


def test_a_locked_cache_is_read_and_not_written_to(cache: SnapshotCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_disk, "TIMEOUT", 0.2)
    cache.store(KEY, SMALL, THEN)
    cache.close()
    holder = sqlite3.connect(Path(cache.directory) / "cache.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) == SMALL
        started = time.monotonic()
        assert not fresh.store(KEY, account(1), THEN)
        assert time.monotonic() - started < 10
        (problem,) = fresh.problems
        assert "another program is using it" in problem
    holder.execute("ROLLBACK")
    holder.close()
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) == SMALL


def test_a_database_that_cannot_be_written_to_is_still_read(cache: SnapshotCache) -> None:
    cache.store(KEY, SMALL, THEN)
    cache.close()
    with sqlite3.connect(Path(cache.directory) / "cache.db") as database:
        database.execute("INSERT INTO Settings VALUES ('sqlite_query_only', 1)")  # SQLite then answers as on a read-only disk
    database.close()
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) == SMALL
        assert not fresh.store(KEY, account(1), THEN)
        (problem,) = fresh.problems
        assert "readonly" in problem
        assert not (Path(cache.directory) / "damaged.db").exists()


def in_a_process(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def test_a_full_disk_keeps_what_was_there(cache: SnapshotCache) -> None:
    """A limit on the size of files fails SQLite's writes as a full disk does."""
    cache.store(KEY, SMALL, THEN)
    cache.close()
    size = sum(path.stat().st_size for path in Path(cache.directory).iterdir())
    code = """
        import json, os, resource, sys
        from adapters.cache import SnapshotCache
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
        rows = [{"Arn": "arn:aws:iam::123456789012:user/u", "Path": os.urandom(3000).hex()} for _ in range(400)]
        with SnapshotCache(sys.argv[1]) as cache:
            stored = cache.store(("other",), {"UserDetailList": rows}, "2026-01-01T00:00:00Z")
            print(json.dumps([stored, cache.problems]))
    """
    assert resource.RLIMIT_FSIZE is not None
    child = in_a_process(code, cache.directory, str(size + 200_000))
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    stored, problems = json.loads(out)
    assert not stored
    assert len(problems) == 1
    with SnapshotCache(cache.directory) as fresh:
        assert fresh.open(KEY) == SMALL
        assert fresh.open(("other",)) is None
        assert fresh.problems == []


def test_two_processes_at_once_never_read_half_of_anything(cache: SnapshotCache) -> None:
    code = """
        import json, sys
        from adapters.cache import SnapshotCache
        me = sys.argv[2]
        users = [{"UserName": f"{me}{n}", "Arn": f"arn:aws:iam::123456789012:user/{me}{n}"} for n in range(1100)]
        seen = set()
        with SnapshotCache(sys.argv[1]) as cache:
            for turn in range(12):
                stored = cache.store(("shared",), {"UserDetailList": users}, "2026-01-01T00:00:00Z")
                own = cache.store((me, str(turn)), {"UserDetailList": users[:1]}, "2026-01-01T00:00:00Z")
                assert stored and own, cache.problems
                read = json.loads(cache.open(("shared",)))["UserDetailList"]
                names = {row["UserName"].rstrip("0123456789") for row in read}
                assert len(names) == 1 and len(read) == 1100, (names, len(read))
                seen |= names
            assert not cache.problems, cache.problems
        print(" ".join(sorted(seen)))
    """
    children = [in_a_process(code, cache.directory, name) for name in ("first", "second", "third")]
    for child in children:
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
        assert set(out.split()) <= {"first", "second", "third"}
    assert len(cache.entries()) == 1 + 3 * 12
    assert chunk_rows(cache) == 3 + 3 * 12
    assert cache.problems == []
