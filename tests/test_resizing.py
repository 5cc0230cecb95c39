"""Every place after the terminal changed its size: cursor, filter and what is in view are where they were."""

from __future__ import annotations

from typing import Any

import pytest
from explorer_accounts import demo, explorer, line, loaded, table
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Input
from waiting import wait_for

from tui.explorer import Explorer
from tui.screens.chooser import Chooser
from tui.terminal.terminal_app import SMALLEST
from tui.widgets.table import Table

ANA = "arn:aws:iam::123456789012:user/mateojackson"
QUESTION = f"principal={ANA}&action=textract:DetectDocumentText&resource=*"
PLACES = {
    "list": "list roles",
    "coverage": "list coverage",
    "principal": f"principal {ANA}",
    "policy": "policy arn:aws:iam::123456789012:policy/TextractUse",
    "policy under a question": f"policy arn:aws:iam::123456789012:policy/TextractUse?{QUESTION}",
    "resource": "resource arn:aws:sns:eu-west-1:123456789012:AmazonTextractOcrDone",
    "question": f"question?{QUESTION}",
    "way": f"way?{QUESTION}",
    "services": f"services {ANA}",
}
SIZES = (Size(160, 45), Size(120, 30), Size(80, 24), SMALLEST)
DENIAL = f"User: {ANA} is not authorized to perform: textract:DetectDocumentText because no identity-based policy allows it"


# Their rows are the same for every width, so that what is in view can be exactly what it was.
WITHOUT_WIDTH = ("list", "coverage")


async def at_rest(pilot: Pilot[Any], app: Explorer) -> None:
    """Until the rows that are on the screen stay what they are: answers and layouts may still be on their way."""
    seen: list[object] = []

    def same() -> bool:
        shown = table(app)
        seen.append((app.size, shown.size, shown.cursor, shown.top, shown.count, str(shown.value)))
        return len(seen) > 12 and len(set(map(str, seen[-12:]))) == 1 and shown.size.height > 0

    await wait_for(pilot, same, "a screen that rests")


async def walked_down(pilot: Pilot[Any], app: Explorer, rows: int) -> None:
    await loaded(pilot)
    await at_rest(pilot, app)
    await pilot.press(*["down"] * rows)
    await at_rest(pilot, app)


def shown(app: Explorer) -> tuple[object, ...]:
    """What somebody looks at: the row under the cursor and where it stands."""
    list_shown = table(app)
    return (
        str(app.history.current.location),
        str(list_shown.value),
        app.place.state(),
        list_shown.top,
        list_shown.count,
        line(app, "crumbs"),
    )


@pytest.mark.parametrize(("name", "rows"), [*((name, 14) for name in PLACES), ("list", 2), ("policy", 2)])
async def test_a_place_keeps_its_cursor_at_the_smallest_size_and_has_all_of_it_back_afterwards(name: str, rows: int) -> None:
    app = explorer(demo(), at=PLACES[name])
    async with app.run_test(size=(80, 24)) as pilot:
        await walked_down(pilot, app, rows)
        before, under = shown(app), table(app).value
        await pilot.resize_terminal(*SMALLEST)
        await wait_for(pilot, lambda: app.size == SMALLEST, "the new size")
        await at_rest(pilot, app)
        small = table(app)
        assert app.place.has_focus_within
        assert small.top <= small.cursor < small.top + small.size.height, "the cursor is in view"
        assert _same_row(under, small.value)
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: app.size == Size(80, 24), "the old size")
        await at_rest(pilot, app)
        assert _same_row(under, table(app).value)
        if name in WITHOUT_WIDTH:
            assert shown(app)[2:] == before[2:]


def _same_row(one: object, other: object) -> bool:
    """Rows that are laid out anew for a width are other values that say the same."""

    def said(row: object) -> tuple[object, str]:
        pieces = getattr(row, "pieces", None) or ((str(row)[:40], ""),)
        return getattr(row, "key", None), str(pieces[0][0])[:30]

    return said(one) == said(other)


@pytest.mark.parametrize("name", PLACES)
async def test_a_terminal_that_was_too_small_for_a_while_has_changed_nothing(name: str) -> None:
    app = explorer(demo(), at=PLACES[name])
    async with app.run_test(size=(80, 24)) as pilot:
        await walked_down(pilot, app, 9)
        before, focused = shown(app), app.focused
        await pilot.resize_terminal(30, 8)
        await wait_for(pilot, lambda: app.too_small, "a terminal that is too small")
        await pilot.press("down", "enter", "c", "1")
        await pilot.pause()
        assert shown(app) == before
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: not app.too_small, "a terminal that is large enough")
        await at_rest(pilot, app)
        assert shown(app) == before
        assert app.focused is focused


async def test_the_filter_stays_at_the_smallest_size() -> None:
    app = explorer(demo(), at="list users")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"ma", "enter", "down")
        await at_rest(pilot, app)
        before = shown(app)
        for size in (SMALLEST, Size(20, 5), Size(160, 45), Size(80, 24)):
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda size=size: app.too_small or app.size == size, "the new size")  # type: ignore[misc]  # mypy types no lambda with a default
            await at_rest(pilot, app)
            assert app.place.state().filter == "ma"
            assert str(table(app).value) == before[1]
        assert shown(app) == before


async def test_only_leaving_works_while_the_terminal_is_too_small() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.resize_terminal(59, 24)
        await wait_for(pilot, lambda: app.too_small, "a terminal that is too small")
        await pilot.press("j", "question_mark", "q")
        await wait_for(pilot, lambda: not app.is_running, "the end")
        assert app.return_code == 0


# What stands where


def dump(app: Explorer) -> list[str]:
    """The lines of the screen."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def in_place(app: Explorer) -> None:
    """The lines around a place are where they are to be, as long as the screen is wide, and nothing lies over them."""
    lines = dump(app)
    width, height = app.size
    assert len(lines) == height
    assert {len(each) for each in lines} == {width}
    assert lines[0].split("…")[0].strip() in f" {line(app, 'header')}"
    assert lines[1].strip()
    assert lines[2].startswith("─")
    assert lines[-2].startswith("─")
    assert lines[-1].strip().endswith(("? help", "done", "keep", "leave"))
    assert sum(each.startswith("───") for each in lines) == 2


@pytest.mark.parametrize("name", [*PLACES, "start", "denied"])
async def test_nothing_overlaps_at_any_size_and_the_cursor_is_always_in_view(name: str) -> None:
    app = explorer(demo(), at=PLACES.get(name, name))
    async with app.run_test(size=SIZES[0]) as pilot:
        await loaded(pilot)
        if name == "denied":
            await wait_for(pilot, lambda: app.focused is not None, "the line to paste on")
            assert app.focused is not None
            app.focused.post_message(events.Paste(f"{DENIAL}\n{DENIAL.replace('Detect', 'Analyze')}"))
            await wait_for(pilot, lambda: table(app).count > 1, "the denials")
        await at_rest(pilot, app)
        await pilot.press(*["down"] * 6)
        await at_rest(pilot, app)
        before = app.place.state()
        for size in (*SIZES[1:], *reversed(SIZES[:-1])):
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda size=size: app.size == size, "the new size")  # type: ignore[misc]  # mypy types no lambda with a default
            await at_rest(pilot, app)
            in_place(app)
            assert table(app).top <= table(app).cursor < table(app).top + table(app).size.height
        assert (app.place.state().filter, app.place.state().text) == (before.filter, before.text)
        assert app.place.state().cursor == before.cursor


TYPED = {
    "filter": ("list users", ("slash", "m", "a"), "ma"),
    "prompt": ("list users", ("colon", *"user ma"), ":user ma"),
    "input": (f"question?{QUESTION}", ("x", *"aws:SourceIp=1"), "aws:SourceIp=1"),
    "value": (f"question?{QUESTION}", ("equals_sign", "1"), "1"),
    "source": ("start", ("e", *"somewhere"), "somewhere"),
    "paste": ("denied", (*"half a mess",), "half a mess"),
}


@pytest.mark.parametrize("mode", TYPED)
async def test_what_is_being_typed_stays_and_stays_in_view(mode: str) -> None:
    at, keys, text = TYPED[mode]
    app = explorer(demo(), at=at)
    async with app.run_test(size=SIZES[0]) as pilot:
        await loaded(pilot)
        await at_rest(pilot, app)
        await pilot.press(*keys)
        await wait_for(pilot, lambda: app.mode() == mode and getattr(app.focused, "value", "") == text, "what is typed")
        for size in (*SIZES[1:], *reversed(SIZES[:-1])):
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda size=size: app.size == size, "the new size")  # type: ignore[misc]  # mypy types no lambda with a default
            await at_rest(pilot, app)
            assert app.mode() == mode
            assert getattr(app.focused, "value", "") == text
            assert any(text in each for each in dump(app)), "\n".join(dump(app))


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"])
async def test_a_chooser_stays_open_with_its_filter_and_its_cursor_in_view(key: str) -> None:
    app = explorer(demo(), at="list users")
    async with app.run_test(size=SIZES[0]) as pilot:
        await loaded(pilot)
        await pilot.press(key, *"row", "down", "down")
        await wait_for(pilot, lambda: isinstance(app.screen, Chooser) and app.screen.query_one("#choices", Table).cursor == 2, "a choice")
        choices = app.screen.query_one("#choices", Table)
        chosen = choices.value
        for size in (*SIZES[1:], *reversed(SIZES[:-1])):
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda size=size: app.size == size and choices.size.height > 0, "the new size")  # type: ignore[misc]  # mypy types no lambda with a default
            await pilot.pause()
            assert choices.value == chosen
            assert app.screen.query_one("#chooser-filter", Input).value == "row"
            assert any(each.lstrip().startswith("▸") for each in dump(app)), "\n".join(dump(app))
