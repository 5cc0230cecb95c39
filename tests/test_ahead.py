"""What is read of a source before there is a screen, and that the first picture is of it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from explorer_accounts import demo, line, table
from pty_terminal import Terminal
from waiting import wait_for

from adapters import registry
from tui.background import ahead
from tui.background.ahead import Ahead, Found
from tui.explorer import Explorer
from whygate import document, snapshot
from whygate.errors import UserError
from whygate.snapshot import Snapshot


def users(number: int) -> str:
    names = [f"user{at:04}" for at in range(number)]
    one = [{"UserName": name, "Arn": f"arn:aws:iam::111122223333:user/{name}", "Path": "/" + "x" * 900} for name in names]
    return json.dumps({"UserDetailList": one, "GroupDetailList": [], "RoleDetailList": [], "Policies": []}, indent=1)


def built(text: str) -> Snapshot:
    return snapshot.build(document.decode(text.encode()))


def shown(found: Found | None, load: Snapshot) -> Explorer:
    app = Explorer("test", load=lambda source, report: load)
    waiting = Ahead.__new__(Ahead)
    waiting.found = found
    app.ahead = waiting
    return app


def test_a_small_source_is_read_whole_and_of_a_large_one_the_head(tmp_path: Path) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    small.write_text(users(3))
    large.write_text(users(2000))
    whole = Ahead(str(small), registry.begin).found
    assert whole is not None
    assert whole.whole
    assert len(whole.snapshot.users) == 3
    head = Ahead(str(large), registry.begin).found
    assert head is not None
    assert not head.whole
    assert 0 < len(head.snapshot.users) < 2000


def test_what_cannot_be_opened_is_left_to_those_who_open_it_in_earnest(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert Ahead(str(tmp_path / "broken.json"), registry.begin).found is None
    assert Ahead(str(tmp_path / "absent.json"), registry.begin).found is None
    assert Ahead("aws:prod", registry.begin).found is None


def test_a_source_that_takes_its_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "PATIENCE", 0.01)
    done = threading.Event()

    def begin(source: str) -> registry.Opening:
        done.wait(10)
        raise UserError("too late")

    assert Ahead("slow", begin).found is None
    done.set()


async def test_an_account_that_was_read_whole_is_there_without_being_loaded() -> None:
    app = shown(Found(demo(), True), built(users(1)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.loaded
        assert not app.loading
        assert len(app.snapshot.users if app.snapshot is not None else ()) == len(demo().users)


async def test_the_head_of_an_account_is_shown_until_the_whole_is_there_and_the_cursor_keeps_its_row() -> None:
    app = shown(Found(built(users(40)), False), built(users(60)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down")
        await wait_for(pilot, lambda: not app.loading, "the whole account")
        assert table(app).count == 60
        assert table(app).value.name == "user0002"


async def test_a_place_that_is_not_in_the_head_is_waited_for() -> None:
    app = Explorer("test", at="principal arn:aws:iam::111122223333:user/user0050", load=lambda source, report: built(users(60)))
    waiting = Ahead.__new__(Ahead)
    waiting.found = Found(built(users(40)), False)
    app.ahead = waiting
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.loaded and not app.loading, "the account")
        assert app.place.scope == "principal"
        assert "user0050" in line(app, "crumbs")


def test_the_first_picture_is_of_the_account() -> None:
    with Terminal(["-m", "whygate", "demo"]) as terminal:
        terminal.wait_for("mateojackson")
        assert b"loading" not in terminal.raw
