"""Whatever has a key has a mouse way: rows, marks that open, links, the breadcrumb, the key bar, completions, choosers, the wheel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sent_bytes
from explorer_accounts import at_place, demo, explorer, line, loaded, rows, table, under_cursor
from pty_terminal import Terminal
from textual import events
from textual.pilot import Pilot
from waiting import wait_for

from tui.screens.chooser import Chooser
from tui.widgets.panel import Panel
from tui.widgets.prompt import Prompt
from tui.widgets.table import Table

MATEO = "arn:aws:iam::123456789012:user/mateojackson"
QUESTION = f"principal={MATEO}&action=textract:DetectDocumentText&resource=*"
TREES = {
    "principal": f"principal {MATEO}",
    "resource": "resource arn:aws:sns:eu-west-1:123456789012:AmazonTextractOcrDone",
    "policy": "policy arn:aws:iam::123456789012:policy/TextractUse",
    "way": f"way?{QUESTION}",
    "services": f"services {MATEO}",
}
CLOSED, OPEN = "▹", "▾"


def drawn(shown: Table) -> list[str]:
    return [shown.render_line(y).text for y in range(shown.size.height)]


async def click(pilot: Pilot[Any], shown: Table, y: int, x: int = 6) -> None:
    await pilot.click(shown, offset=(x, y))
    await pilot.pause()


def spot(lines: Sequence[str], text: str) -> tuple[int, int]:
    """Row and column of a text."""
    return next((y, each.index(text)) for y, each in enumerate(lines) if text in each)


@pytest.mark.parametrize("name", TREES)
async def test_a_click_on_the_mark_of_a_row_opens_and_closes_it(name: str) -> None:
    app = explorer(demo(), at=TREES[name])
    async with app.run_test(size=(80, 45)) as pilot:
        await at_place(pilot, name, lambda: any(CLOSED in row or OPEN in row for row in drawn(table(app))))
        mark, other = (CLOSED, OPEN) if any(CLOSED in row for row in drawn(table(app))) else (OPEN, CLOSED)
        y, x = spot(drawn(table(app)), mark)
        text = drawn(table(app))[y][x + 1 :].split("  ")[0]
        await click(pilot, table(app), y, x)
        await wait_for(pilot, lambda: f"{other}{text}" in "\n".join(drawn(table(app))), "the row to turn")
        y, x = spot(drawn(table(app)), f"{other}{text}")
        assert drawn(table(app))[y].startswith("▸")
        await click(pilot, table(app), y, x)
        await wait_for(pilot, lambda: f"{mark}{text}" in "\n".join(drawn(table(app))), "the row to turn back")


async def test_a_second_click_on_a_name_in_a_row_goes_to_what_it_names() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        link = next(each for each in table(app).spots() if each.row > 0 and ":group/" in each.target[0].id)
        await click(pilot, table(app), link.row + 1, link.column)
        assert app.place.scope == "account"
        await click(pilot, table(app), link.row + 1, link.column)
        await at_place(pilot, "principal")
        assert app.history.current.location == link.target[0]


async def test_a_click_on_a_name_beside_a_list_goes_there() -> None:
    app = explorer(demo(), at=TREES["principal"])
    async with app.run_test(size=(160, 45)) as pilot:
        await at_place(pilot, "principal")

        def links() -> list[Any]:
            panels = [each for each in app.place.query(Panel) if each.display]
            return panels[0].spots() if panels else []

        for _ in range(30):
            await pilot.pause()
            if links():
                break
            await pilot.press("down")
        link = links()[0]
        await click(pilot, app.place.query_one(Panel), link.row, link.column)
        await wait_for(pilot, lambda: app.history.current.location == link.target[0], "the place")


async def test_a_click_in_the_breadcrumb_goes_back_there_and_one_in_the_key_bar_does_what_the_key_does() -> None:
    app = explorer(demo(), at=TREES["principal"])
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "principal")
        await pilot.click("#keys", offset=(line(app, "keys").index("can…?") + 1, 0))
        await at_place(pilot, "question")
        await pilot.press("escape", "escape")
        await at_place(pilot, "principal")
        await pilot.click("#crumbs", offset=(2, 0))
        await at_place(pilot, "account")


MODES = {
    "filter": ("list users", ("slash", *"ma"), "clear"),
    "input": (f"question?{QUESTION}", ("e",), "done"),
    "value": (f"question?{QUESTION}", ("equals_sign",), "put back"),
    "prompt": ("list users", ("colon",), "leave"),
    "paste": ("denied", (), "done"),
}


@pytest.mark.parametrize("mode", MODES)
async def test_the_key_bar_can_be_clicked_while_somebody_types(mode: str) -> None:
    at, keys, word = MODES[mode]
    app = explorer(demo(), at=at)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        await pilot.pause()
        if at.startswith("question"):
            await at_place(pilot, "question", lambda: bool(under_cursor(app)))
        await pilot.press(*keys)
        await wait_for(pilot, lambda: app.mode() == mode, "the mode")
        await wait_for(pilot, lambda: word in line(app, "keys"), "the keys")
        await pilot.click("#keys", offset=(line(app, "keys").index(word) + 1, 0))
        await wait_for(pilot, lambda: app.mode() != mode, "the mode to end")


@pytest.mark.parametrize("mode", ["input", "filter", "prompt"])
async def test_a_completion_that_is_clicked_is_taken(mode: str) -> None:
    names = {"input": "#candidates", "filter": "#filter-candidates", "prompt": "#completions"}
    at = f"question?{QUESTION}" if mode == "input" else "list users"
    keys = {"input": ("e", "tab", "end", *["backspace"] * 8), "filter": ("slash", *"act:textract:"), "prompt": ("colon", *"user m")}[mode]
    app = explorer(demo(), at=at)
    async with app.run_test(size=(80, 30)) as pilot:
        await loaded(pilot)
        if mode == "input":
            await at_place(pilot, "question", lambda: bool(under_cursor(app)))
        await pilot.press(*keys)

        def shown() -> Table:
            return app.screen.query_one(names[mode], Table)

        await wait_for(pilot, lambda: bool(app.screen.query(names[mode])) and shown().display and shown().count > 2, "completions")
        await wait_for(pilot, lambda: shown().size.height > 2, "their rows")
        focused = app.focused
        await click(pilot, shown(), 2)
        assert shown().cursor == 2
        wanted = shown().value
        await click(pilot, shown(), 2)
        assert app.focused is focused
        assert getattr(focused, "value", "").removeprefix(":") == getattr(wanted, "text", wanted)


async def test_a_chooser_is_clicked_and_turned_by_the_wheel() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, Chooser), "the help")
        choices = app.screen.query_one("#choices", Table)
        await wait_for(pilot, lambda: choices.size.height > 5, "the rows")
        choices.post_message(events.MouseScrollDown(choices, 1, 1, 0, 1, 0, False, False, False))
        await wait_for(pilot, lambda: choices.cursor == 3, "the wheel")
        y = next(y for y, text in enumerate(drawn(choices)) if "the list of roles" in text)
        await click(pilot, choices, y)
        await click(pilot, choices, y)
        await wait_for(pilot, lambda: line(app, "crumbs").startswith("Roles"), "the list")


async def test_a_click_on_a_completion_of_the_line_leaves_the_line_open() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("colon")
        prompt = app.query_one(Prompt)
        await wait_for(pilot, lambda: prompt.query_one("#completions", Table).size.height > 1, "completions")
        await click(pilot, prompt.query_one("#completions", Table), 0)
        assert prompt.display
        assert rows(app)


async def test_every_row_of_a_ladder_is_reached_by_the_wheel() -> None:
    app = explorer(demo(), at=f"question?{QUESTION}")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "question", lambda: bool(under_cursor(app)))
        for _ in range(30):
            table(app).post_message(events.MouseScrollDown(table(app), 1, 1, 0, 1, 0, False, False, False))
        await wait_for(pilot, lambda: table(app).span[1] == table(app).count, "the end")


@pytest.mark.parametrize("over_ssh", [False, True])
def test_a_terminal_over_ssh_is_never_asked_for_the_mouse(over_ssh: bool) -> None:
    environment = {"SSH_CONNECTION": "203.0.113.7 50000 203.0.113.8 22"} if over_ssh else {}
    with Terminal(["-m", "whygate", "demo"], environment=environment) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.type("?")
        terminal.wait_for("keys in this place")
        terminal.type("\x1b")
        terminal.resize(100, 30)
        terminal.wait_for(lambda text: "keys in this place" not in text and len(text.split("\n")) == 30)
        terminal.type("q")
        assert terminal.ended() == 0
        assert sent_bytes.read(bytes(terminal.raw)).mouse is not over_ssh
