"""The list widget alone: cursor, pages, filter, and what a key press costs on the line."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pty_terminal import Terminal
from textual.app import App, ComposeResult
from waiting import wait_for

from tui.rows.cells import Column, Rows
from tui.widgets.table import Table

HEAD = 1
HEIGHT = 24 - HEAD


class Numbered:
    """A sequence that counts how many of its rows were looked at."""

    def __init__(self, length: int) -> None:
        self.length, self.looked_at = length, 0

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        self.looked_at += 1
        if not 0 <= index < self.length:
            raise IndexError
        return index


class Shown(App[None]):
    def __init__(self, rows: Rows, only: list[int] | None = None) -> None:
        super().__init__()
        self.rows, self.only = rows, only
        self.entered: list[Any] = []

    def compose(self) -> ComposeResult:
        yield Table()

    def on_mount(self) -> None:
        self.table.show(self.rows, only=self.only)
        self.table.focus()

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def on_table_entered(self, message: Table.Entered) -> None:
        self.entered.append(message.value)

    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


def numbers(count: int, stops: Callable[[Any], bool] | None = None) -> Rows:
    return Rows(range(count), (Column("number"), Column("square", 10)), lambda value: (f"row {value}", str(value * value)), stops)


async def test_keys_move_the_cursor_and_enter_posts_the_row_under_it() -> None:
    app = Shown(numbers(100))
    async with app.run_test() as pilot:
        await pilot.press("j", "down", "down", "k", "enter")
        assert app.table.cursor == 2
        assert app.entered == [2]
        assert app.lines()[2 + HEAD].startswith("▸ row 2 ")
        await pilot.press("G")
        assert app.table.cursor == 99
        await pilot.press("home")
        assert app.table.cursor == 0


async def test_a_cursor_that_leaves_the_view_moves_the_view_by_most_of_a_page() -> None:
    app = Shown(numbers(100))
    async with app.run_test() as pilot:
        await pilot.press(*["down"] * HEIGHT)
        assert app.table.cursor == HEIGHT
        assert app.table.top == HEIGHT - HEIGHT // 3
        await pilot.press(*["down"] * (HEIGHT // 2))
        assert app.table.top == HEIGHT - HEIGHT // 3, "and then it stands still again"


async def test_page_keys_keep_the_cursor_in_view_and_stop_at_the_ends() -> None:
    app = Shown(numbers(60))
    async with app.run_test() as pilot:
        for key in ("pagedown", "pagedown", "pagedown", "pagedown", "pageup", "pageup", "pageup", "pageup"):
            await pilot.press(key)
            first, last, count = app.table.span
            assert first <= app.table.cursor + 1 <= last
            assert count == 60
        assert app.table.cursor == 0


async def test_a_list_that_was_short_a_moment_ago_scrolls_at_once() -> None:
    app = Shown(numbers(3))
    async with app.run_test():
        app.table.show(numbers(100))
        app.table.move_to(99)
        assert app.table.span == (100 - HEIGHT + 1, 100, 100)


async def test_what_was_in_view_is_in_view_again_after_the_terminal_was_small_for_a_while() -> None:
    app = Shown(numbers(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["down"] * 30)
        before = app.table.span
        await pilot.resize_terminal(80, 10)
        await wait_for(pilot, lambda: app.table.size.height == 10)
        first, last, _ = app.table.span
        assert first <= app.table.cursor + 1 <= last
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: app.table.size.height == 24)
        assert app.table.span == before
        assert app.table.cursor == 30


async def test_only_the_rows_that_a_filter_left_are_there() -> None:
    app = Shown(numbers(100), only=[7, 70, 77])
    async with app.run_test() as pilot:
        await pilot.press("end", "enter")
        assert app.entered == [77]
        assert [line.split("  ")[0] for line in app.lines()[HEAD : HEAD + 3]] == ["", "", "▸ row 77"]
        assert app.table.count == 3


async def test_an_empty_list_takes_every_key_and_posts_no_row() -> None:
    app = Shown(numbers(0))
    async with app.run_test() as pilot:
        await pilot.press("down", "up", "G", "g", "pagedown", "enter", "right")
        assert app.table.value is None
        assert app.entered == []


async def test_the_cursor_stops_only_where_it_may() -> None:
    app = Shown(numbers(10, stops=lambda value: value % 3 == 1))
    async with app.run_test() as pilot:
        assert app.table.value == 1
        await pilot.press("down")
        assert app.table.value == 4
        await pilot.press("end")
        assert app.table.value == 7
        await pilot.press("up", "up", "up")
        assert app.table.value == 1


async def test_a_click_moves_the_cursor_and_a_second_click_enters() -> None:
    app = Shown(numbers(100))
    async with app.run_test() as pilot:
        await pilot.click(Table, offset=(3, 5 + HEAD))
        assert app.table.cursor == 5
        assert app.entered == []
        await pilot.click(Table, offset=(3, 5 + HEAD))
        assert app.entered == [5]


async def test_a_hundred_thousand_rows_are_not_looked_at_beyond_the_view() -> None:
    rows = Numbered(100_000)
    app = Shown(Rows(rows, (Column("number"),), lambda value: (str(value),)))  # type: ignore[arg-type]  # the test means it
    async with app.run_test() as pilot:
        await pilot.press("end")
        await wait_for(pilot, lambda: app.table.cursor == 99_999)
        assert rows.looked_at < 1_000


async def test_a_smaller_terminal_keeps_the_cursor_in_view() -> None:
    app = Shown(numbers(100))
    async with app.run_test() as pilot:
        await pilot.press(*["down"] * 20)
        await pilot.resize_terminal(40, 8)
        await wait_for(pilot, lambda: app.table.size.height == 8)
        first, last, _ = app.table.span
        assert first <= 21 <= last


async def test_the_view_comes_back_as_it_was_left() -> None:
    app = Shown(numbers(1000))
    async with app.run_test() as pilot:
        app.table.show(numbers(1000), cursor=510, top=500)
        await pilot.pause()
        assert (app.table.cursor, app.table.top) == (510, 500)


PROGRAM = textwrap.dedent(
    """
    from textual.app import App
    from tui.rows.cells import Column, Rows
    from tui.widgets.table import Table

    class Program(App):
        def compose(self):
            yield Table()
        def on_mount(self):
            columns = (Column("name", 20), Column("arn"), Column("date", 10))
            cells = lambda n: (f"user-{n:05}", f"arn:aws:iam::123456789012:user/user-{n:05}", "2026-03-01")
            self.query_one(Table).show(Rows(range(10000), columns, cells))
            self.query_one(Table).focus()

    Program().run()
    """
)


def test_a_cursor_move_costs_300_bytes_and_a_page_3_kilobytes(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with Terminal(
        [str(program)], environment={"TEXTUAL_ANIMATIONS": "none", "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", "")}
    ) as terminal:
        terminal.wait_for("▸ user-00000")
        terminal.quiet()
        before = len(terminal.raw)
        terminal.type("\x1b[B")
        terminal.wait_for("▸ user-00001")
        terminal.quiet()
        assert len(terminal.raw) - before <= 300
        before = len(terminal.raw)
        terminal.type("\x1b[6~")
        terminal.wait_for("▸ user-00022")
        terminal.quiet()
        assert len(terminal.raw) - before <= 3000
