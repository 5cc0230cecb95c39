"""The start screen: there at once, filled in as things are found, and what cannot be opened leaves one where one was."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from explorer_accounts import at_place, demo, line, loaded, rows, under_cursor
from pty_terminal import Terminal
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input
from waiting import wait_for

from adapters import offers
from adapters.offers import Found, Offer
from tui.explorer import Explorer
from tui.kept import state
from tui.place import Place
from tui.screens.start import StartPlace
from tui.widgets.line import Block
from whygate.errors import UserError
from whygate.snapshot import Snapshot

FOUND = {
    "kept": Found((Offer("kept", "aws:prod", "kept snapshot", ("--offline",), "123456789012", 7200.0, 3_400_000),)),
    "profile": Found((Offer("profile", "aws:prod", "assumes role Reader", account="123456789012"), Offer("profile", "aws:test", ""))),
    "file": Found((Offer("file", "account.json", "account export", account="210987654321", age=90.0, size=1500),), ("5 files left out",)),
}


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    finders = {name: (lambda found=found: found) for name, found in FOUND.items()}
    monkeypatch.setattr(offers, "KINDS", {**finders, "demo": offers.demo})


def opening(shown: Snapshot | UserError, opened: list[str] | None = None, *, remembered: state.StateFile | None = None) -> Explorer:
    """An explorer without a source; whatever is opened is `shown`."""

    def load(source: str, report: object) -> Snapshot:
        if opened is not None:
            opened.append(source)
        if isinstance(shown, UserError):
            raise shown
        return shown

    return Explorer("", load=load, remembered=remembered)


async def started(pilot: Pilot[None], app: Explorer) -> StartPlace:
    place = await at_place(pilot, "start", lambda: isinstance(app.place, StartPlace) and not app.place.looking)
    assert isinstance(place, StartPlace)
    return place


def offered(app: Explorer) -> list[str]:
    """What stands in the first column of the rows that can be opened."""
    return [row.strip("▸ ").split("  ")[0] for row in rows(app) if row.startswith(("    ", "▸ "))]


async def test_without_a_source_it_shows_what_there_is_and_enter_opens_it() -> None:
    opened: list[str] = []
    app = opening(demo(), opened)
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        assert offered(app) == ["aws:prod --offline", "aws:prod", "aws:test", "account.json", "5 files left out", "demo"]
        assert under_cursor(app).split() == ["▸", "aws:prod", "--offline", "123456789012,", "kept", "snapshot", "2", "h", "3.4", "MB"]
        await pilot.press("G", "enter")
        await loaded(pilot)
        await at_place(pilot, "account")
        assert opened == ["demo"]
        assert line(app, "crumbs").startswith("Users")
        await wait_for(pilot, lambda: f"of {len(demo().users)}" in line(app, "upper"), "the rows in view, once they are laid out")
        assert "1–1 " not in line(app, "upper")


async def test_it_is_there_before_anything_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    let = threading.Event()

    def slow() -> Found:
        let.wait(30)
        return FOUND["profile"]

    monkeypatch.setattr(offers, "KINDS", {**offers.KINDS, "profile": slow})
    app = opening(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "start")
        assert any("demo" in row for row in rows(app))
        assert "looking" in line(app, "crumbs")
        await pilot.press("G")
        assert under_cursor(app).startswith("▸   demo")
        let.set()
        await started(pilot, app)
        assert under_cursor(app).startswith("▸   demo"), "the cursor stays on its row while others come in above"


async def test_the_cursor_that_nobody_moved_is_on_the_first_row() -> None:
    app = opening(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        assert under_cursor(app).startswith("▸   aws:prod --offline")


async def test_a_kept_snapshot_is_opened_without_asking_anybody() -> None:
    app = opening(demo())
    posted: list[tuple[str, bool]] = []
    async with app.run_test(size=(80, 24)) as pilot:
        place = await started(pilot, app)
        place._open = lambda source, kept=False: posted.append((source, kept))  # type: ignore[method-assign,misc]  # a stand-in, for this test
        await pilot.press("enter", "down", "enter")
        await wait_for(pilot, lambda: posted == [("aws:prod", True), ("aws:prod", False)])


async def test_what_cannot_be_opened_is_said_in_full_and_one_stays_at_the_start() -> None:
    complaint = UserError("nothing of it is kept, and this is a long line that the rule below cuts", where="aws:prod", todo="open it once")
    app = opening(complaint)
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        await pilot.press("G", "enter")
        welcome = app.place.query_one("#welcome", Block)
        await wait_for(pilot, lambda: "open it once" in welcome.text.replace("\n", " "))
        assert app.place.scope == "start"
        assert under_cursor(app).startswith("▸   demo")
        await pilot.press("k")
        assert under_cursor(app).startswith("▸   account.json"), "and one goes on choosing"


async def test_any_source_can_be_typed_and_home_is_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    opened: list[str] = []
    app = opening(UserError("no"), opened)
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        await pilot.press("e", *"~/x.json")
        assert line(app, "keys").startswith("enter open")
        await pilot.press("enter")
        await wait_for(pilot, lambda: opened == ["/somewhere/x.json"])
        await pilot.press("e", "escape", "j")
        assert under_cursor(app).startswith("▸   aws:prod")


async def test_the_line_keeps_what_could_not_be_opened_and_forgets_what_was() -> None:
    def load(source: str, report: object) -> Snapshot:
        if source == "demo":
            return demo()
        raise UserError("no such file", where=source)

    app = Explorer("", load=load)
    async with app.run_test(size=(80, 24)) as pilot:
        place = await started(pilot, app)
        box = place.query_one("#start-source", Input)
        for typed in ("dem", "demx"):
            await pilot.press("e", *typed.removeprefix(box.value), "enter")
            await wait_for(pilot, lambda: f"{typed}: no such file" in app.notice, "the complaint")  # noqa: B023 - awaited within its turn
            assert box.value == typed
        await pilot.press("e", "backspace", "o", "enter")
        await loaded(pilot)
        await app.run_line("start")
        await pilot.press("e", *"demy", "enter")
        await wait_for(pilot, lambda: "demy: no such file" in app.notice, "the complaint")
        assert app.snapshot is demo()
        assert box.value == "demy"


async def test_the_filter_leaves_rows_with_their_headings_and_escape_takes_it_away() -> None:
    app = opening(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        await pilot.press("/", *"export")
        await wait_for(pilot, lambda: offered(app) == ["account.json"])
        assert "files and folders here" in rows(app)[0]
        await pilot.press("enter", "escape")
        await wait_for(pilot, lambda: len(offered(app)) == 6)


async def test_what_was_opened_lately_comes_first_and_files_that_are_gone_are_left_out(tmp_path: Path, state_directory: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("{}")
    remembered = state.open()
    for source in (str(there), str(tmp_path / "gone.json"), "aws:prod", "demo"):
        remembered.opened(source, account="123456789012")
    app = opening(demo(), remembered=remembered)
    async with app.run_test(size=(160, 45)) as pilot:
        await started(pilot, app)
        heading, latest, before, blank, *_ = rows(app)
        assert "opened lately" in heading
        assert latest.split()[1:] == ["aws:prod", "123456789012,", "opened", "just", "now"]
        assert "there.json " in before, "by the end of its path"
        assert blank == ""
        remembered.flush()


async def test_a_denial_can_be_read_without_an_account_and_waits_for_one() -> None:
    app = opening(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        await pilot.press("D")
        place = await at_place(pilot, "denied")
        assert app.focused is not None
        message = "User: arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: textract:DetectDocumentText"
        app.focused.post_message(events.Paste(message))
        await wait_for(pilot, lambda: place.status() == "1 denial")
        place.post_message(Place.Open("demo"))
        await loaded(pilot)
        await wait_for(pilot, lambda: app.place is place and any("here too" in row for row in rows(app)))
        await pilot.press("escape", "escape")
        await at_place(pilot, "account")


async def test_hostile_names_of_sources_stay_text(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = Found((Offer("file", "\x1b]0;t\x07[/b].json", "\x1b[31mexport"),), ("\x9b1mnote [red]",))
    monkeypatch.setattr(offers, "KINDS", {**offers.KINDS, "file": lambda: hostile})
    app = opening(UserError("\x1b[31m no [/x]"))
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot, app)
        assert not any(character in "".join(rows(app)) for character in "\x1b\x9b\x07")
        assert any("[/b].json" in row for row in rows(app))
        await pilot.press("G", "enter")
        await wait_for(pilot, lambda: "[/x]" in app.place.query_one("#welcome", Block).text)


def test_whygate_alone_begins_here_and_nothing_hostile_of_this_folder_reaches_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = '{"UserDetailList": [{"UserName": "ana", "Arn": "arn:aws:iam::123456789012:user/ana"}]}'
    (tmp_path / "a\x1b]0;owned\x07.json").write_text(export)
    (tmp_path / "config").write_text("[profile \x1b[31mred]\nregion = \x9b31m\n")
    monkeypatch.chdir(tmp_path)
    places = {name: str(tmp_path / "none") for name in ("AWS_SHARED_CREDENTIALS_FILE", "WHYGATE_CACHE_DIR")}
    with Terminal(["-m", "whygate"], environment={**places, "AWS_CONFIG_FILE": str(tmp_path / "config")}) as terminal:
        terminal.wait_for("3 sources")
        assert "owned" in terminal.text
        assert b"]0;owned" not in terminal.raw.replace(b"\\x1b]0;owned", b"")
        assert b"\x1b[31mred" not in terminal.raw
        terminal.type("/demo\r\r")
        terminal.wait_for("▸ alejandrorosalez")
        terminal.type("q")
        assert terminal.ended() == 0
