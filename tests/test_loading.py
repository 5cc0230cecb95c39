"""A live source in the explorer: its first parts can be used while the rest arrives, and escape goes on with what is there."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from explorer_accounts import at_place, line, loaded, rows, table, under_cursor
from live_source import ACCOUNT, KeptLiveAdapter, LiveAdapter, Pull, user, users
from pty_terminal import Terminal
from textual.pilot import Pilot
from textual.widgets import Input
from waiting import wait_for

from adapters import registry
from adapters.cache import SnapshotCache
from tui.background import loading
from tui.background.progress import Step, elapsed
from tui.explorer import Explorer
from tui.rows.header import loading as loading_line
from tui.widgets.line import Block
from whygate.errors import UserError


@pytest.fixture
def pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pull:
    """The pull of `live:` and `kept-live:`, whose adapters are installed beside ours; nothing is waited for between two snapshots."""
    info = tmp_path / "site" / "live_for_tests-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: live-for-tests\nVersion: 1.0\n")
    points = "live = live_source:LiveAdapter\nkept-live = live_source:KeptLiveAdapter\n"
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{points}")
    monkeypatch.syspath_prepend(str(info.parent))
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(loading, "EVERY", 0.0)
    fresh = Pull()
    monkeypatch.setattr(LiveAdapter, "current", fresh)
    monkeypatch.setattr(KeptLiveAdapter, "current", fresh)
    return fresh


async def part(pilot: Pilot[Any], pull: Pull, document: dict[str, Any], done: int) -> None:
    """Hand a part over and wait until it is on the screen."""
    app = pilot.app
    assert isinstance(app, Explorer)
    before = app.snapshot
    pull.publish(document, done, 5)
    await wait_for(pilot, lambda: app.snapshot is not before and app.loaded, "the part")


async def whole(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, Explorer)
    await wait_for(pilot, lambda: not app.loading, "the end of the loading")


async def test_the_first_part_is_shown_with_progress_and_time_while_the_rest_is_on_its_way(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(100, 24)) as pilot:
        await wait_for(pilot, lambda: "esc goes on without the rest" in app.query_one("#message", Block).text, "how to stop it")
        await part(pilot, pull, users("ana", "ben"), 2)
        assert app.loading
        assert any("ana" in row for row in rows(app))
        await wait_for(pilot, lambda: "users 2 of 5" in line(app, "header"), "the progress")
        assert line(app, "header").startswith(f"{ACCOUNT} · ")
        assert " s · " in line(app, "header")
        assert line(app, "header").endswith("esc goes on with this")
        pull.finish(users("ana", "ben", "cleo"))
        await whole(pilot)
        assert table(app).count == 3
        assert "2 of 5" not in line(app, "header")
        assert "live:" in line(app, "header")


async def test_the_cursor_stays_on_its_row_and_the_filter_stays_when_more_arrives(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, pull, users("mia", "mio", "noa"), 1)
        await pilot.press("slash", "m", "i", "enter", "down")
        assert "mio" in under_cursor(app)
        await part(pilot, pull, users("mia", "mib", "mic", "mio", "noa"), 2)
        assert "mio" in under_cursor(app)
        assert table(app).count == 4
        assert "/mi" in line(app, "crumbs")
        await pilot.press("slash", "o")  # and so does a filter that is being typed
        pull.finish(users("mia", "mib", "mic", "mio", "miox", "noa"))
        await whole(pilot)
        assert app.query_one("#filter", Input).has_focus
        assert table(app).count == 2
        await pilot.press("x")
        assert table(app).count == 1


async def test_on_the_way_back_the_cursor_is_on_its_row_though_more_has_arrived(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, pull, {**users("mia", "mio", "noa"), "RoleDetailList": []}, 1)
        await pilot.press("slash", "m", "i", "enter", "down", "enter")
        await at_place(pilot, "principal")
        await part(pilot, pull, users("mia", "mib", "mic", "mio", "noa"), 2)
        assert "mio" in line(app, "crumbs")
        pull.finish(users("abc", "mia", "mib", "mic", "mio", "noa"))
        await whole(pilot)
        await pilot.press("escape")
        await at_place(pilot, "account")
        assert "mio" in under_cursor(app)
        assert table(app).count == 4
        assert "/mi" in line(app, "crumbs")


async def test_escape_ends_the_pull_and_what_was_not_collected_is_named(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(100, 24)) as pilot:
        await part(pilot, pull, users("ana"), 1)
        await pilot.press("escape")
        await whole(pilot)
        assert pull.stopped.is_set()
        assert table(app).count == 1
        assert "going on with what is there" in line(app, "lower")
        assert "not collected: " in line(app, "header")
        await pilot.press("3")
        await wait_for(pilot, lambda: "roles were not collected" in line(app, "lower"), "the gap")


async def test_escape_before_anything_is_there_ends_the_pull_too(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(100, 24)) as pilot:
        await wait_for(pilot, pull.begun.is_set, "the pull")
        await pilot.press("escape")
        await whole(pilot)
        await loaded(pilot)
        assert pull.stopped.is_set()
        await wait_for(pilot, lambda: "users were not collected" in line(app, "lower"), "what is not there")


async def test_escape_somewhere_inside_goes_back_and_ends_nothing(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(100, 24)) as pilot:
        await part(pilot, pull, users("ana"), 1)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await wait_for(pilot, lambda: "esc goes on" not in line(app, "header"), "the hint to go")
        await pilot.press("escape")
        await at_place(pilot, "account")
        assert not pull.stopped.is_set()
        assert app.loading
        pull.finish(users("ana"))
        await whole(pilot)


async def test_leaving_ends_the_pull(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(80, 24)) as pilot:
        await part(pilot, pull, users("ana"), 1)
        await pilot.press("q")
    assert await wait_in_thread(pull.stopped)


async def wait_in_thread(event: threading.Event) -> bool:
    import asyncio

    return await asyncio.to_thread(event.wait, 10)


async def test_a_tree_keeps_what_is_open_and_its_cursor_when_more_arrives(pull: Pull) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    inline = {"UserPolicyList": [{"PolicyName": "Mine", "PolicyDocument": document}]}
    group = {"GroupName": "ocr", "Arn": f"arn:aws:iam::{ACCOUNT}:group/ocr", "GroupPolicyList": [], "AttachedManagedPolicies": []}
    before = {**users(), "UserDetailList": [user("ana", **inline)]}
    after = {**users(), "UserDetailList": [user("ana", **inline, Tags=[{"Key": "team", "Value": "ocr"}]), user("ben")]}
    after |= {"GroupDetailList": [group], "Coverage": [{"Part": "users", "Status": "collected"}]}
    app = Explorer("live:")
    async with app.run_test(size=(100, 30)) as pilot:
        await part(pilot, pull, before, 1)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        shown = next(number for number, row in enumerate(rows(app)) if "Mine" in row)
        await pilot.press(*["down"] * (shown - table(app).cursor))
        assert "Mine" in under_cursor(app)
        await part(pilot, pull, after, 2)
        assert "Mine" in under_cursor(app)
        assert app.place.scope == "principal"
        pull.finish(after)
        await whole(pilot)
        assert "Mine" in under_cursor(app)
        await pilot.press("escape")
        await at_place(pilot, "account")
        assert table(app).count == 2


async def test_a_verdict_over_what_is_on_its_way_depends_and_changes_by_itself_when_it_arrives(pull: Pull) -> None:
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}
    missing = {**users(), "UserDetailList": [user("ana", NotCollected=["UserPolicyList"])]}
    there = {**users(), "UserDetailList": [user("ana", UserPolicyList=[{"PolicyName": "Mine", "PolicyDocument": allow}])]}
    there["Coverage"] = [{"Part": "users", "Status": "collected"}]
    app = Explorer("live:", at="question ?principal=ana&action=s3%3AGetObject")
    async with app.run_test(size=(100, 40)) as pilot:
        await part(pilot, pull, missing, 1)
        verdict = app.query_one("#verdict", Block)
        await wait_for(pilot, lambda: verdict.text.strip().startswith("?"), "the open verdict")
        await pilot.press("e")
        box = app.query_one("#ask-action", Input)
        assert box.has_focus
        await part(pilot, pull, there, 2)
        await wait_for(pilot, lambda: "DENIED" in verdict.text, "the denial")
        assert box.has_focus
        assert box.value == "s3:GetObject"
        pull.finish(there)
        await whole(pilot)


async def test_a_bookmark_waits_until_what_it_names_is_there(pull: Pull) -> None:
    app = Explorer("live:", at=f"principal arn:aws:iam::{ACCOUNT}:user/cleo")
    async with app.run_test(size=(100, 24)) as pilot:
        pull.publish(users("ana"), 1, 5)
        await wait_for(pilot, lambda: "1 of 5" in line(app, "header"), "the first part")
        await part(pilot, pull, users("ana", "cleo"), 2)
        await at_place(pilot, "principal")
        assert "cleo" in line(app, "crumbs")
        pull.finish(users("ana", "cleo"))
        await whole(pilot)


async def test_what_is_there_stays_when_the_rest_fails(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(100, 24)) as pilot:
        await part(pilot, pull, users("ana"), 1)
        pull.fail(UserError("the credentials expired", todo="sign in again"))
        await whole(pilot)
        assert "the credentials expired; sign in again" in line(app, "lower")
        assert any("ana" in row for row in rows(app))
        await pilot.press("enter")
        await at_place(pilot, "principal")


async def test_hostile_progress_is_text(pull: Pull) -> None:
    app = Explorer("live:")
    async with app.run_test(size=(100, 24)) as pilot:
        pull.publish(users("ana"), 1, 5, "[red]us\x1b]52;ers")
        await wait_for(pilot, lambda: "[red]us\\x1b]52;ers 1 of 5" in line(app, "header"), "the progress")
        pull.finish(users("ana"))
        await whole(pilot)


def test_progress_in_words() -> None:
    assert Step(120, 3418, "users").text() == "users 120 of 3,418"
    assert Step(1200, 0, "").text() == "1,200"
    assert [elapsed(seconds) for seconds in (0, 59.9, 60, 3725)] == ["0 s", "59 s", "1 min 00 s", "62 min 05 s"]
    assert loading_line(Step(1, 2, "users"), 3.0, stopped=True) == "stopping · 3 s · users 1 of 2"
    assert loading_line(Step(1, 2, "users"), None, stopped=False) == "users 1 of 2"


# The registry's side of it


def test_an_opening_has_nothing_to_show_before_something_is_there_and_nothing_twice(pull: Pull) -> None:
    opening = registry.begin("live:")
    assert (opening.slow, opening.stops) == (True, True)
    assert opening.snapshot() is None
    runner = threading.Thread(target=opening.run)
    runner.start()
    assert pull.begun.wait(10)
    assert opening.snapshot() is None  # an account of which nothing came yet
    pull.publish(users("ana"), 1, 2)
    pull.finish(users("ana"))
    runner.join(10)
    first = opening.snapshot()
    assert first is not None
    assert [user.name for user in first.users] == ["ana"]
    assert first.source.adapter == "live"
    assert opening.snapshot() is None


def test_a_pull_that_is_stopped_before_it_began_ends_at_once(pull: Pull) -> None:
    opening = registry.begin("live:")
    opening.stop()
    assert opening.run().users == ()
    assert pull.stopped.is_set()


@pytest.mark.parametrize("stopped", [True, False])
def test_the_part_of_a_pull_that_was_stopped_is_not_kept(pull: Pull, stopped: bool) -> None:
    opening = registry.begin("kept-live:x")
    if stopped:
        opening.stop()
    pull.finish(users("ana"))
    assert [user.name for user in opening.run().users] == ["ana"]
    with SnapshotCache() as cache:
        assert len(cache.entries()) == (0 if stopped else 1)


def test_files_are_opened_all_at_once() -> None:
    opening = registry.begin("demo")
    assert (opening.slow, opening.stops) == (False, False)
    assert opening.run().users
    assert opening.snapshot() is None
    opening.stop()


def test_what_a_pull_raises_is_one_line_that_names_its_adapter(pull: Pull) -> None:
    pull.fail(ValueError("odd"))
    with pytest.raises(UserError, match=r"adapter live \(live-for-tests\) failed: ValueError: odd"):
        registry.begin("live:").run()


# boto3

WATCHED = """
import sys
from importlib.abc import MetaPathFinder

class Gate(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "boto3":
            with open(sys.argv[1]) as gate:  # nobody gets on before somebody writes
                gate.read()
        return None

sys.meta_path.insert(0, Gate())
from whygate.__main__ import main
sys.exit(main(["aws:"]))
"""


def test_boto3_is_imported_after_the_first_frame_and_keys_work_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    nothing = {f"AWS_{name}": str(tmp_path / "no-such-file") for name in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE")}
    alone = {"AWS_EC2_METADATA_DISABLED": "true", "WHYGATE_CACHE_DIR": str(tmp_path / "cache"), **nothing}
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with Terminal(["-c", WATCHED, str(gate)], environment=alone) as terminal:
        terminal.wait_for("loading aws:")
        terminal.type("?")
        terminal.wait_for("keys in this place")
        writer = os.open(gate, os.O_WRONLY)  # waits until somebody wants boto3
        terminal.type("\x1b")
        terminal.wait_for(lambda text: "loading aws:" in text and "keys in this place" not in text)
        os.close(writer)
        terminal.wait_for("could not be opened")
        terminal.type("q")
        assert terminal.ended() == 0


# Leaving

STUCK = """
from concurrent.futures import ThreadPoolExecutor

class Pull:
    def run(self, report):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self.ask, report).result()

    def ask(self, report):
        report(0, 1, "an answer that never comes")
        open(GATE).read()
        return {}

    def document(self):
        return {"SnapshotVersion": 1}

    def stop(self):
        pass

class Stuck:
    name = "stuck"
    description = "never answers"

    def accepts(self, source):
        return source.startswith("stuck:")

    def load(self, source, report):
        return self.begin(source).run(report)

    def begin(self, source):
        return Pull()
"""


def test_leaving_waits_for_nobody(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    info = tmp_path / "site" / "stuck-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stuck\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\nstuck = stuck_source:Stuck\n")
    (info.parent / "stuck_source.py").write_text(STUCK.replace("GATE", repr(str(gate))))
    path = os.pathsep.join([str(info.parent), *sys.path])
    with Terminal(["-m", "whygate", "stuck:"], environment={"PYTHONPATH": path}) as terminal:
        terminal.wait_for("an answer that never comes 0 of 1")
        terminal.type("q")
        assert terminal.ended() == 0
        assert b"\x1b[?1049l" in terminal.raw  # the terminal is as it was
