"""The Denied screen: what is pasted is read and answered beside the account, and each denial leads to its question."""

from __future__ import annotations

import json

import pytest
from explorer_accounts import at_place, demo, explorer, line, loaded, rows, table, under_cursor
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input
from waiting import wait_for

from tui.explorer import Explorer
from tui.questions import reading
from tui.screens.denied import IN_THE_LINE, DeniedPlace
from tui.widgets.line import Block
from tui.widgets.paste import PasteEntry

MATEO = "arn:aws:iam::123456789012:user/mateojackson"
ONE = f"User: {MATEO} is not authorized to perform: textract:DetectDocumentText because no identity-based policy allows it"
OTHER = (
    "User: arn:aws:sts::123456789012:assumed-role/ocr-ingest/i-0abc is not authorized to perform: s3:GetObject"
    ' on resource: "arn:aws:s3:::ocr-prod-scans/images/a.png" with an explicit deny in a resource-based policy'
)
EVENT = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "arn": MATEO, "accountId": "123456789012", "userName": "mateojackson"},
    "eventSource": "textract.amazonaws.com",
    "eventName": "DetectDocumentText",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "203.0.113.7",
    "errorCode": "AccessDenied",
    "errorMessage": ONE,
}


async def opened(pilot: Pilot[None], app: Explorer) -> DeniedPlace:
    await loaded(pilot)
    await pilot.press("D")
    place = await at_place(pilot, "denied")
    assert isinstance(place, DeniedPlace)
    return place


async def paste(pilot: Pilot[None], app: Explorer, text: str) -> None:
    """As a terminal with bracketed paste sends it."""
    assert app.focused is not None
    app.focused.post_message(events.Paste(text))
    await pilot.pause()


def about(app: Explorer) -> str:
    return app.place.query_one("#denied-about", Block).text.replace("\n", " ")


async def answered(pilot: Pilot[None], app: Explorer, number: int) -> None:
    place = app.place
    assert isinstance(place, DeniedPlace)
    await wait_for(pilot, lambda: len(place._items) == number and all(item.answer for item in place._items), f"{number} answers")


async def test_a_message_that_is_pasted_stands_beside_our_verdict_and_enter_asks_the_same() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, ONE)
        await answered(pilot, app, 1)
        await wait_for(pilot, lambda: under_cursor(app) == "▸ ▾ mateojackson textract:DetectDocumentText      ✗ denied here too")
        assert any("whygate agrees with AWS" in row for row in rows(app))
        await pilot.press("enter")
        await at_place(pilot, "question")
        location = app.history.current.location
        assert [location.value(name) for name in ("principal", "action", "resource")] == [MATEO, "textract:DetectDocumentText", "*"]


async def test_an_event_fills_in_the_context_too() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, json.dumps(EVENT, indent=2))
        await answered(pilot, app, 1)
        await wait_for(pilot, lambda: app.focused is table(app))
        await pilot.press("c")
        await at_place(pilot, "question")
        assert "aws:SourceIp=203.0.113.7" in app.history.current.location.value("context")


async def test_several_denials_are_a_list_that_opens_in_place_and_back_finds_it_as_it_was() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, f"{ONE}\r\n{OTHER}\r{ONE}")
        await answered(pilot, app, 2)
        await wait_for(pilot, lambda: table(app).count == 2)
        assert about(app) == "3 lines, 2 denials"
        assert "×2" in rows(app)[0], "the same denial twice is one"
        await pilot.press("down", "space", "down", "down")
        before, cursor = rows(app), table(app).cursor
        await pilot.press("enter")
        await at_place(pilot, "question")
        await pilot.press("escape")
        await at_place(pilot, "denied")
        assert (rows(app), table(app).cursor) == (before, cursor)
        await pilot.press("left")
        assert table(app).count == 2


async def test_what_a_denial_names_is_a_link() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, ONE)
        await answered(pilot, app, 1)
        await wait_for(pilot, lambda: any("principal" in row for row in rows(app)))
        while not under_cursor(app).startswith("▸     principal"):
            await pilot.press("down")
        await pilot.press("enter")
        await at_place(pilot, "principal")


async def test_a_text_that_is_typed_is_read_as_it_is_typed_and_enter_goes_to_it() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        assert line(app, "keys") == "esc done"
        await pilot.press(*"User: u is not authorized to perform: s3:Get")
        await answered(pilot, app, 1)
        await wait_for(pilot, lambda: line(app, "keys").startswith("↓ to the denials"), "the way to what was found")
        await pilot.press("down")
        assert app.focused is table(app)


async def test_a_text_without_a_denial_is_one_clear_line() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, "hello")
        await wait_for(pilot, lambda: about(app).startswith("no denial was found in this text; give an AccessDenied message"))
        assert table(app).count == 0
        await pilot.press("escape")
        await at_place(pilot, "account")


async def test_another_paste_takes_the_place_of_the_one_before_also_from_the_list() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, ONE)
        await wait_for(pilot, lambda: app.focused is table(app))
        await paste(pilot, app, OTHER)
        await wait_for(pilot, lambda: "ocr-ingest" in rows(app)[0] and "denied" in rows(app)[0])
        assert not any("mateojackson" in row for row in rows(app))


async def test_what_is_late_of_a_text_that_another_took_the_place_of_is_dropped() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        place = await opened(pilot, app)
        await paste(pilot, app, ONE)
        await answered(pilot, app, 1)
        place.post_message(reading.Read(-1, (), "late"))
        place.post_message(reading.Answered(-1, 5, ()))
        await pilot.press("down", "up")
        assert "late" not in about(app)
        assert place.status() == "1 denial"


async def test_a_long_log_is_read_whole_and_does_not_fill_the_line() -> None:
    app = explorer(demo())
    text = "\n".join(json.dumps({**EVENT, "sourceIPAddress": f"203.0.113.{number}"}) for number in range(40))
    assert len(text) > IN_THE_LINE
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, text)
        await answered(pilot, app, 40)
        assert app.place.query_one("#denied-text", Input).value == ""
        assert about(app) == "40 lines, 40 denials"
        assert "1–" in app.place.position()


async def test_more_than_is_read_here_is_sent_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST", 10)
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, ONE)
        await wait_for(pilot, lambda: "whygate explain - SOURCE < FILE" in about(app))


async def test_a_denial_that_names_nobody_says_why_it_cannot_be_asked() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied")
        await answered(pilot, app, 1)
        await wait_for(pilot, lambda: app.focused is table(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "it says neither who asked nor for what" in line(app, "lower"))
        assert app.place.scope == "denied"


async def test_the_line_that_names_the_place_holds_nothing_of_the_text() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, ONE)
        await answered(pilot, app, 1)
        assert str(app.history.current.location) == "denied"
        assert app.place.command() == ("explain", ONE, "SOURCE")


async def test_the_answers_leave_as_a_report() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        place = await opened(pilot, app)
        assert place.report() is None
        await paste(pilot, app, f"{ONE}\n{OTHER}")
        await answered(pilot, app, 2)
        report = place.report()
        assert report is not None
        assert len(report.sections) == 2
        assert report.data["denials"][0]["verdict"] == "implicitDeny"


async def test_hostile_text_is_shown_as_text() -> None:
    hostile = "\x1b]52;c;aGk=\x07[/b]"
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await paste(pilot, app, f"User: arn:aws:iam::123456789012:user/{hostile} is not authorized to perform: s3:GetObject")
        await wait_for(pilot, lambda: table(app).count > 0 or "no denial" in about(app))
        box = app.place.query_one("#denied-text", PasteEntry)
        assert "\x1b" not in box._value.plain
        assert not any(character in "".join(rows(app)) + about(app) for character in "\x1b\x07")


async def typed(box: PasteEntry, text: str, gap: float) -> None:
    """Keys as a terminal sends them, `gap` seconds apart."""
    moment = 1000.0
    for character in text:
        event = events.Key("enter" if character == "\n" else character, None if character == "\n" else character)
        event.time = moment
        moment += gap
        await box._dispatch_message(event)


async def test_a_terminal_that_pastes_key_by_key_pastes_its_line_feeds_too() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        box = app.place.query_one("#denied-text", PasteEntry)
        await typed(box, "a\nb", 0.001)
        assert box.value == "a\nb"
        box.value = ""
        await typed(box, "c\nd", 0.2)
        assert box.value == "cd", "a hand's Enter is no part of the text"


async def test_the_lines_of_a_text_stand_on_one_line_with_blanks_between_them() -> None:
    app = explorer(demo(), "denied")
    async with app.run_test(size=(80, 24)) as pilot:
        place = await at_place(pilot, "denied")
        box = place.query_one("#denied-text", PasteEntry)
        box.post_message(events.Paste('{\n\t"errorCode": "\x1bAccessDenied"}'))
        await wait_for(pilot, lambda: bool(box.value), "the text")
        assert box._value.plain == '{  "errorCode": "�AccessDenied"}'
