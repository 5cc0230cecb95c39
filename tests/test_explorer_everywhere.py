"""What works wherever one is: the command line, jump mode, the help and the palette, bookmarks, and what is kept between runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explorer_accounts import at_place, demo, explorer, line, loaded, under_cursor
from textual import events
from waiting import wait_for

from tui.crumbs import trail
from tui.explorer import Explorer
from tui.kept import state
from tui.location import Location, State, Visit, read, written
from tui.place import Place
from tui.screens.chooser import Chooser
from tui.widgets.prompt import Prompt
from tui.widgets.table import Table
from whygate.errors import UserError
from whygate.snapshot import Snapshot

MATEO = "principal arn:aws:iam::123456789012:user/mateojackson"


def remembering(folder: Path, at: str = "") -> Explorer:
    return Explorer("test", at=at, load=lambda source, report: demo(), remembered=state.open(str(folder)))


def prompt(app: Explorer) -> Prompt:
    return app.query_one(Prompt)


async def test_a_line_is_typed_completed_and_leads_to_a_verdict(tmp_path: Path) -> None:
    app = remembering(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("colon", *"can mateoj")
        await wait_for(pilot, lambda: prompt(app).query_one("#completions", Table).value == "can mateojackson", "the completion")
        await pilot.press("tab", *" textract:AnalyzeDocument", "enter")
        await at_place(pilot, "question")
        assert app.history.current.location.value("action") == "textract:AnalyzeDocument"
        assert not prompt(app).display
        await pilot.press("escape", "colon", "up")
        assert prompt(app).line == "can mateojackson textract:AnalyzeDocument"


async def test_a_line_that_asks_for_nothing_is_answered_and_nothing_else_happens() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("colon", *"fly", "enter")
        await wait_for(pilot, lambda: "there is no command 'fly'" in line(app, "lower"), "the complaint")
        assert app.place.scope == "account"
        assert under_cursor(app)


async def test_escape_and_a_taken_away_colon_leave_the_line() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        for keys in (("escape",), ("backspace",)):
            await pilot.press("colon")
            assert "complete" in line(app, "keys")
            await pilot.press(*keys)
            await wait_for(pilot, lambda: not prompt(app).display, "the line to go")
            assert app.focused is app.place.query_one("#rows", Table)


@pytest.mark.parametrize("keys", [("ctrl+u",), ("home", "delete"), ("ctrl+w",)])
async def test_a_line_that_is_wiped_stays_a_line(keys: tuple[str, ...]) -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("colon", *"xx", *keys, "end", *"roles")
        assert prompt(app).display, "else what is typed next would be keys"
        assert prompt(app).line == ("xxroles" if "delete" in keys else "roles")


async def test_letters_stand_over_what_leads_somewhere_and_go_there() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        rows = app.place.query_one("#rows", Table)
        await pilot.press("f")
        await wait_for(pilot, lambda: rows.render_line(1).text[0] != "▸", "the letters")
        assert "go there" in line(app, "keys")
        spots = rows.spots()
        groups = [spot for spot in spots if ":group/" in spot.target[0].id]
        assert groups, "the names of groups lead somewhere too"
        first = rows.render_line(1).text[:2].strip()
        await pilot.press(*first)
        await at_place(pilot, "principal")
        assert app.history.current.location.id.endswith("user/alejandrorosalez")


async def test_any_other_key_takes_the_letters_away() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        rows = app.place.query_one("#rows", Table)
        before = rows.render_line(1).text
        await pilot.press("f", "escape")
        await wait_for(pilot, lambda: rows.render_line(1).text == before, "the letters to go")
        assert app.place.scope == "account"
        assert app.focused is rows


async def test_the_help_is_searched_and_does_what_is_chosen() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("question_mark", *"narrow")
        await wait_for(pilot, lambda: isinstance(app.screen, Chooser) and app.screen.query_one("#choices", Table).count == 1, "one row")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.place.mode() == "filter", "the filter")


async def test_the_palette_has_actions_commands_and_bookmarks(tmp_path: Path) -> None:
    app = remembering(tmp_path, MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("m")
        assert "marked" in line(app, "lower")
        await pilot.press("escape")
        await at_place(pilot, "account")
        await pilot.press("ctrl+p", *"mateojackson principal")
        await wait_for(
            pilot, lambda: isinstance(app.screen, Chooser) and app.screen.query_one("#choices", Table).count == 1, "the bookmark"
        )
        await pilot.press("enter")
        await at_place(pilot, "principal")


async def test_a_bookmark_is_put_found_and_taken_away(tmp_path: Path) -> None:
    app = remembering(tmp_path, MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("m", "apostrophe")
        await wait_for(pilot, lambda: isinstance(app.screen, Chooser), "the bookmarks")
        await pilot.press("escape", "m")
        await wait_for(pilot, lambda: "gone" in line(app, "lower"), "the notice")
        assert app.remembered is not None
        assert app.remembered.bookmarks("test") == ()


async def test_going_to_the_place_where_one_is_takes_no_step(tmp_path: Path) -> None:
    app = remembering(tmp_path, MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await app.run_line("can mateojackson s3:GetObject")
        way = trail(app.history.visits)
        await app.run_line("mark here")
        await app.run_line(f"at {app.history.current.location}")
        await app.run_line("can mateojackson s3:GetObject")
        assert trail(app.history.visits) == way
        await app.run_line("users mat")
        await app.run_line("users")
        assert app.place.state().filter == ""
        await app.action_back()
        assert trail(app.history.visits) == way
        await app.run_line("denied one message")
        await app.run_line("denied another")
        await app.action_back()
        assert app.place.state().text == "one message", "a text is not lost"


async def test_the_way_is_there_again_after_a_connection_that_broke(tmp_path: Path) -> None:
    first = remembering(tmp_path)
    async with first.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("down", "down", "enter")
        await at_place(pilot, "principal")
        way = trail(first.history.visits)
    again = remembering(tmp_path)
    async with again.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await at_place(pilot, "principal")
        assert trail(again.history.visits) == way
        await pilot.press("escape")
        await at_place(pilot, "account")
        assert "carlossalazar" in under_cursor(again)


async def test_who_left_on_purpose_begins_at_the_beginning(tmp_path: Path) -> None:
    first = remembering(tmp_path, MATEO)
    async with first.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("q")
    again = remembering(tmp_path)
    async with again.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert again.place.scope == "account"


async def test_a_place_is_written_in_each_form_with_its_stamp(tmp_path: Path) -> None:
    app = explorer(demo(), MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        for name in ("mateo.md", "mateo.json", "mateo.svg"):
            await app.run_line(f"save {tmp_path / name}")
            assert "written" in line(app, "lower")
            assert "123456789012" in (tmp_path / name).read_text()
        assert json.loads((tmp_path / "mateo.json").read_text())["from"]["account"] == "123456789012 (ocr-prod) and 1 more"
        picture = (tmp_path / "mateo.svg").read_text()
        assert "mateojackson" in picture
        assert "url(http" not in picture.replace('"', ""), "a report asks no server for a font"
        await app.run_line(f"save {tmp_path / 'mateo.md'}")
        assert "is there already; name another" in app.notice
        assert "--force" not in app.notice, "the line has no options"
        await app.run_line(f"save {tmp_path / 'mateo.txt'}")
        assert "does not say in which form" in app.notice


async def test_o_offers_a_name_that_says_what_it_is() -> None:
    app = explorer(demo(), MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("o")
        await wait_for(pilot, lambda: prompt(app).line == "save whygate-mateojackson.md", "the line")


async def test_the_name_that_o_offers_tells_one_question_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        for at, name in (
            ("can arn:aws:iam::123456789012:user/mateojackson s3:GetObject arn:aws:s3:::b/k", "whygate-mateojackson-s3-getobject-k"),
            ("way mateojackson s3:GetObject", "whygate-way-mateojackson-s3-getobject"),
            ("services mateojackson", "whygate-services-mateojackson"),
        ):
            await app.run_line(at)
            await pilot.press("o")
            await wait_for(pilot, lambda: prompt(app).line == f"save {name}.md", name)  # noqa: B023 - awaited within its turn
            await pilot.press("escape")


async def test_the_name_that_o_offers_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "whygate-mateojackson.md").touch()
    (tmp_path / "whygate-mateojackson-2.md").touch()
    app = explorer(demo(), MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("o")
        await wait_for(pilot, lambda: prompt(app).line == "save whygate-mateojackson-3.md", "the line")


async def test_without_an_account_o_says_so_before_a_name_is_typed() -> None:
    app = Explorer("")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "start")
        await app.run_line("denied x")
        await at_place(pilot, "denied")
        await app.run_action("save")
        assert "there is no account yet" in app.notice
        assert app.mode() != "prompt"


async def test_a_notice_names_the_keys_that_were_chosen(tmp_path: Path) -> None:
    app = remembering(tmp_path)
    app.keymap = {"everywhere.mark": ("ctrl+b",), "everywhere.leave": ("Q",)}
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        app.action_mark()
        assert "ctrl+b again takes it away" in app.notice
        await app.action_back()
        assert "Q quits" in app.notice


async def test_an_action_that_does_not_work_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        monkeypatch.setattr(type(app.place), "why_not", lambda self, action: "not on Sundays" if action == "filter" else "")
        app.draw()
        assert "filter" not in line(app, "keys")
        await pilot.press("slash")
        await wait_for(pilot, lambda: "not on Sundays" in line(app, "lower"), "the reason")
        assert app.place.mode() == ""


async def test_another_account_is_opened_from_inside() -> None:
    app = explorer(demo(), MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await app.run_line("open other")
        await wait_for(pilot, lambda: app.source == "other" and app.loaded, "the other account")
        assert app.place.scope == "account"
        assert app.history.at_start


@pytest.mark.parametrize("at", [MATEO, "start", "denied"])
async def test_an_account_stays_where_another_one_cannot_be_opened(at: str, tmp_path: Path) -> None:
    def load(source: str, report: object) -> Snapshot:
        if source == "nosuch.json":
            raise UserError("no such file", where=source)
        return demo()

    app = Explorer("test", at=MATEO, load=load, remembered=state.open(str(tmp_path)))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        if at != MATEO:
            await app.run_line(f"at {at}")
        header, way = line(app, "header"), trail(app.history.visits)
        await app.run_line("open nosuch.json")
        await wait_for(pilot, lambda: "no such file" in line(app, "lower"), "the complaint")
        assert app.source == "test"
        assert app.loaded
        assert app.snapshot is demo()
        assert line(app, "header") == header
        assert trail(app.history.visits) == way
        assert app.place.display
        assert app.place.scope == ("principal" if at == MATEO else at)
        await app.run_line("open other")
        await wait_for(pilot, lambda: app.source == "other" and app.loaded, "the other account")


def test_a_way_is_read_back_as_it_was_written() -> None:
    visits = (
        Visit(Location("list", "users"), "Users", State(cursor=3, filter="admin !a b")),
        Visit(Location("principal", "arn:aws:iam::1:user/a b\n"), "a b\n", State(cursor=0)),
        Visit(Location("question", "", (("principal", "a"), ("context", "x=y z"))), "Can…?", State(cursor=0)),
    )
    assert read(written(visits)) == visits


def test_a_filter_that_is_a_dash_is_read_back_too() -> None:
    visit = Visit(Location("list", "users"), "Users", State(cursor=0, filter="-"))
    assert read(written((visit,))) == (visit,)


def test_of_a_long_way_the_end_is_kept() -> None:
    visits = [
        Visit(Location("principal", f"arn:aws:iam::123456789012:user/{number}" + "x" * 60), "x", State(cursor=0)) for number in range(60)
    ]
    kept = read(written(visits))
    assert kept == tuple(visits[-len(kept) :])
    assert 5 < len(kept) < 60


@pytest.mark.parametrize("text", ["", "x", "a b c", "Users 0 - fly away", "Users x - list users"])
def test_a_way_that_cannot_be_read_is_no_way(text: str) -> None:
    assert read(text) == ()


def test_every_place_has_a_scope_of_its_own() -> None:
    from tui import actions, places

    scopes = [places.place_class(kind).scope for kind in places.PLACES]
    assert sorted(scopes) == sorted(actions.PLACES)
    assert all(issubclass(places.place_class(kind), Place) for kind in places.PLACES)


@pytest.mark.parametrize(
    ("typed", "ready"),
    [
        (":user mateojackson\rj", "arn:aws:iam::123456789012:user/mateojackson"),
        ("/mateo\r\rj", "arn:aws:iam::123456789012:user/mateojackson"),
        ("\r\x1bjj\r", "arn:aws:iam::123456789012:user/carlossalazar"),
    ],
)
async def test_what_is_typed_ahead_goes_where_it_is_meant(typed: str, ready: str) -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        names = {"\r": "enter", "\x1b": "escape", ":": "colon", "/": "slash", " ": "space"}
        for character in typed:  # all at once, as out of one packet
            app.post_message(events.Key(names.get(character, character), character))
        await wait_for(pilot, lambda: app.history.current.location.id == ready, ready)
        tree = app.place.query_one("#principal-tree", Table)
        await wait_for(pilot, lambda: tree.cursor == (0 if typed.endswith("\r") else 1), "the last key")


async def test_what_was_said_of_a_row_is_gone_on_the_next_one() -> None:
    app = explorer(demo(), at=MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await at_place(pilot, "principal")
        await pilot.press("slash", *"boundary", "enter", "enter")
        await wait_for(pilot, lambda: "there is nothing further to show about this row" in line(app, "lower"))
        await pilot.press("escape")
        await wait_for(pilot, lambda: "nothing further" not in line(app, "lower"))
        await pilot.press("y")
        await wait_for(pilot, lambda: "sent to terminal" in line(app, "lower"))
        await pilot.press("down")
        await wait_for(pilot, lambda: not line(app, "lower").strip("─ "))


async def test_a_long_notice_is_read_whole_and_a_long_way_from_its_end() -> None:
    app = explorer(demo(), MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        app.say("one two three " * 9 + "end")
        assert line(app, "lower").startswith("one two")
        assert line(app, "keys").endswith("end")
        for user in demo().users[:8]:
            await app.go(Location("principal", user.arn), "a name that is rather long")
        assert line(app, "crumbs").startswith("… › ")
        assert line(app, "crumbs").endswith("a name that is rather long")
        assert "help" in line(app, "keys")


async def test_a_command_says_how_it_is_written_while_it_is_typed() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("colon", *"way m")
        await wait_for(pilot, lambda: line(app, "keys").startswith("way PRINCIPAL ACTION [RESOURCE]"), "the usage")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "help" in line(app, "keys"), "the keys")


async def test_a_filtered_list_is_found_again_by_its_bookmark_and_its_line(tmp_path: Path) -> None:
    app = remembering(tmp_path, "list roles?filter=ocr")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert "/ocr" in line(app, "crumbs")
        await pilot.press("m")
        assert app.remembered is not None
        assert [each.location for each in app.remembered.bookmarks("test")] == ["list roles?filter=ocr"]
        await pilot.press("escape")
        assert "/ocr" not in line(app, "crumbs")
        await app.run_line("at list roles?filter=ocr")
        assert "/ocr" in line(app, "crumbs")


def test_the_breadcrumb_says_what_is_asked_and_of_whom() -> None:
    users = Visit(Location("list", "users"), "Users")
    ana = Visit(Location("principal", "arn:aws:iam::1:user/ana"), "ana")
    asked = Visit(Location("question", "", (("principal", "arn:aws:iam::1:user/ana"), ("action", "s3:GetObject"))), "Can…?")
    assert trail([users, ana, asked]) == ["Users", "ana", "can s3:GetObject?"]
    assert trail([users, asked]) == ["Users", "ana can s3:GetObject?"]
    assert trail([users, Visit(Location("question"), "Can…?")]) == ["Users", "Can…?"]
