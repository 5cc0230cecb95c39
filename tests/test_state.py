"""What whygate remembers between two runs, and that nothing about it can stop the program."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from running import REPOSITORY

from tui.kept import state
from tui.location import LISTS, Location


def kept(directory: Path) -> dict[str, object]:
    found = json.loads((directory / state.FILE).read_text())
    assert isinstance(found, dict)
    return found


def another_run() -> state.StateFile:
    """The state as the next run of the program finds it."""
    return state.open()


def test_what_was_remembered_is_there_in_the_next_run() -> None:
    first = state.open()
    assert first.problem == ""
    first.mark("demo", "principal arn:aws:iam::123456789012:user/a", "a")
    first.said("can mateo textract:DetectDocumentText")
    first.said("list users")
    first.remember("aws:prod", str(Location("list", "roles")))
    first.opened("aws:prod", size=12_000_000, account="123456789012")
    assert first.flush()
    second = another_run()
    assert [(each.source, each.location, each.label) for each in second.bookmarks()] == [
        ("demo", "principal arn:aws:iam::123456789012:user/a", "a")
    ]
    assert second.history() == ("can mateo textract:DetectDocumentText", "list users")
    assert second.place("aws:prod") == "list roles"
    assert second.place("demo") is None
    (recent,) = second.recent()
    assert (recent.source, recent.size, recent.account) == ("aws:prod", 12_000_000, "123456789012")
    assert recent.at.endswith("Z")


def test_a_change_is_there_before_it_is_written(state_directory: Path) -> None:
    known = state.open()
    for name in LISTS:
        known.remember("demo", f"list {name}")
        assert known.place("demo") == f"list {name}"
    assert known.flush()
    assert [each["location"] for each in kept(state_directory)["places"]] == [f"list {LISTS[-1]}"]  # type: ignore[attr-defined]  # its own class has it


def test_a_bookmark_that_is_set_twice_is_one_and_can_be_taken_away() -> None:
    known = state.open()
    known.mark("demo", "list users", "old")
    known.mark("demo", "list users", "new")
    known.mark("aws:", "list users", "elsewhere")
    assert [each.label for each in known.bookmarks("demo")] == ["new"]
    known.unmark("demo", "list users")
    assert known.flush()
    assert [each.label for each in another_run().bookmarks()] == ["elsewhere"]


def test_a_line_of_the_history_is_kept_once_and_a_secret_one_not_at_all() -> None:
    known = state.open()
    for line in ("list users", "list roles", "list users", " list groups", "  "):
        known.said(line)
    assert known.history() == ("list roles", "list users")


def test_the_latest_source_comes_first_and_each_stands_there_once() -> None:
    known = state.open()
    for source in ("demo", "aws:a", "demo"):
        known.opened(source)
    assert [each.source for each in known.recent()] == ["demo", "aws:a"]
    known.forget_source("demo")
    assert [each.source for each in known.recent()] == ["aws:a"]


def test_a_file_keeps_its_place_whatever_directory_it_is_named_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "account.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    known = state.open()
    known.remember("account.json", "list roles")
    known.opened("account.json")
    assert known.flush()
    monkeypatch.chdir("/")
    again = another_run()
    assert again.place(str(tmp_path / "account.json")) == "list roles"
    assert again.place("account.json") is None
    assert again.recent()[0].source == str(tmp_path / "account.json")


def test_standard_input_is_not_remembered() -> None:
    known = state.open()
    known.opened("-")
    known.remember("-", "list roles")
    assert known.recent() == ()
    assert known.place("-") is None


def test_the_name_of_a_file_need_not_be_utf_8(tmp_path: Path) -> None:
    source = os.fsdecode(os.fsencode(tmp_path) + b"/account-\xff.json")
    known = state.open()
    known.opened(source)
    known.remember(source, "list roles")
    assert known.flush()
    assert known.problem == ""
    assert another_run().recent()[0].source == source
    assert another_run().place(source) == "list roles"


def test_only_its_owner_can_look_into_it(state_directory: Path) -> None:
    mask = os.umask(0o000)
    try:
        known = state.open()
        known.said("list users")
        assert known.flush()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(state_directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in state_directory.iterdir()} == {0o600}
    assert {path.name for path in state_directory.iterdir()} == {state.FILE, "lock"}


WRITER = """
import sys
from tui.kept import state
known = state.open()
for number in range(15):
    known.mark("demo", f"list {sys.argv[1]}-{number}", "x")
    known.said(f"{sys.argv[1]} {number}")
    assert known.flush(30)
assert known.problem == "", known.problem
"""


def test_runs_at_the_same_time_lose_nothing_of_one_another() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, name], env=environment) for name in "abc"]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    known = another_run()
    assert {each.location for each in known.bookmarks()} == {f"list {name}-{number}" for name in "abc" for number in range(15)}
    assert set(known.history()) == {f"{name} {number}" for name in "abc" for number in range(15)}


def test_what_another_run_wrote_is_seen_after_the_next_change() -> None:
    one, other = state.open(), state.open()
    one.mark("demo", "list users", "one")
    assert one.flush()
    other.said("list roles")
    assert other.flush()
    assert [each.label for each in other.bookmarks()] == ["one"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"bookmarks": 3}', b'{"history": [1]}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_set_aside_with_one_line(state_directory: Path, content: bytes) -> None:
    state_directory.mkdir(mode=0o700)
    (state_directory / state.FILE).write_bytes(content)
    known = state.open()
    assert "is damaged" in known.problem
    assert "\n" not in known.problem
    assert (state_directory / state.ASIDE).read_bytes() == content
    known.said("list users")
    assert known.flush()
    assert another_run().problem == ""
    assert another_run().history() == ("list users",)


def test_what_a_later_version_wrote_is_left_as_it_is(state_directory: Path) -> None:
    state_directory.mkdir(mode=0o700)
    later = json.dumps({"format": state.FORMAT + 1, "bookmarks": {"another": "shape"}})
    (state_directory / state.FILE).write_text(later)
    known = state.open()
    assert "later version" in known.problem
    known.said("list users")
    assert known.flush()
    assert known.history() == ("list users",)
    assert (state_directory / state.FILE).read_text() == later


def test_a_file_that_is_too_long_is_not_read_into_memory(state_directory: Path) -> None:
    state_directory.mkdir(mode=0o700)
    with (state_directory / state.FILE).open("wb") as file:
        file.truncate(state.MOST_BYTES + 1)
    assert "is too long" in state.open().problem


def test_what_is_kept_never_grows_longer_than_what_is_read(state_directory: Path) -> None:
    known = state.open()
    long = "\u00e9" * (state.MOST_CHARACTERS - 10)  # six bytes each as JSON
    for number in range(60):
        known.mark("demo", f"{number} {long}", long)
        known.said(f"{number} {long}")
    assert known.flush(30)
    assert known.problem == ""
    assert (state_directory / state.FILE).stat().st_size <= state.MOST_BYTES
    again = another_run()
    assert again.problem == ""
    assert again.bookmarks()[-1].location == f"59 {long}"


def test_a_text_without_end_is_not_remembered() -> None:
    known = state.open()
    known.remember("demo", "x" * (state.MOST_CHARACTERS + 1))
    known.said("x" * (state.MOST_CHARACTERS + 1))
    assert known.place("demo") is None
    assert known.history() == ()


def changes_stay_in_memory(known: state.StateFile, before: tuple[str, ...] = ()) -> None:
    known.mark("demo", "list users", "here")
    known.said("list users")
    assert known.flush()
    assert [each.label for each in known.bookmarks()] == ["here"]
    assert known.history() == (*before, "list users")
    assert known.problem.startswith("bookmarks and places last for this run only: ")
    assert state.VARIABLE in known.problem
    assert "\n" not in known.problem


def test_a_directory_in_the_way_of_nothing_but_a_file_costs_one_line(state_directory: Path) -> None:
    state_directory.write_text("a file")
    changes_stay_in_memory(state.open())
    assert state_directory.read_text() == "a file"


def test_a_parent_that_is_a_file_costs_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    changes_stay_in_memory(state.open(str(tmp_path / "file" / "whygate")))


def test_a_full_disk_costs_one_line_and_leaves_what_was_there(state_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = state.open()
    first.said("list roles")
    assert first.flush()

    def full(*names: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    said: list[str] = []
    known = state.open(failed=said.append)
    monkeypatch.setattr(os, "replace", full)
    changes_stay_in_memory(known, before=("list roles",))
    assert said == [known.problem]
    assert "No space left on device" in known.problem
    assert another_run().history() == ("list roles",)
    assert {path.name for path in state_directory.iterdir()} == {state.FILE, "lock"}, "nothing half written stays"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_costs_one_line(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    said: list[str] = []
    known = state.open(str(tmp_path / "closed" / "whygate"), failed=said.append)
    assert known.problem == ""
    changes_stay_in_memory(known)
    assert said == [known.problem]


def test_a_directory_that_others_can_write_costs_one_line(state_directory: Path) -> None:
    state_directory.mkdir()
    state_directory.chmod(0o777)
    known = state.open()
    assert "can be written by others" in known.problem
    changes_stay_in_memory(known)
    assert list(state_directory.iterdir()) == []


def test_a_directory_of_somebody_else_costs_one_line(state_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state_directory.mkdir(mode=0o700)
    somebody_else = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    known = state.open()
    assert "belongs to somebody else" in known.problem
    changes_stay_in_memory(known)


def test_a_link_in_the_place_of_the_file_is_not_followed(state_directory: Path, tmp_path: Path) -> None:
    state_directory.mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_text('{"history": ["not ours"]}')
    (state_directory / state.FILE).symlink_to(tmp_path / "elsewhere")
    known = state.open()
    assert known.history() == ()
    assert known.problem != ""
    assert (tmp_path / "elsewhere").read_text() == '{"history": ["not ours"]}'


def test_a_pipe_in_the_place_of_the_file_does_not_hang(state_directory: Path) -> None:
    state_directory.mkdir(mode=0o700)
    os.mkfifo(state_directory / state.FILE)
    assert "not a file" in state.open().problem


def test_a_run_that_was_stopped_while_it_wrote_does_not_hold_up_the_others(state_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.kept.private.LOCK_PATIENCE", 0.05)
    stopped = state.open()
    with stopped.files.locked() as had:
        assert had
        known = state.open()
        known.said("list users")
        assert known.flush(10)
    assert another_run().history() == ("list users",)
