"""The themes: whatever stands on whatever ground must be legible, by the measure of WCAG 2."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Input

from tui.rows.cells import Column, Rows
from tui.terminal import themes
from tui.terminal.terminal_app import Look, TerminalApp
from tui.widgets.table import TONES, Table

ENOUGH = {"dark": 4.5, "light": 4.5, "high-contrast": 7.0}
GROUNDS = ("background", "surface")


class Shown(TerminalApp):
    """A table with a row for each tone, and an input."""

    def compose(self) -> ComposeResult:
        yield Table()
        yield Input("text")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Table).show(Rows(tuple(TONES), (Column("a heading"),), lambda tone: (((tone, tone),),)))


def ratio(one: Color, other: Color) -> float:
    """WCAG 2's contrast ratio, from 1 to 21."""

    def luminance(color: Color) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    return ratio(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))


def test_the_ratio_is_that_of_wcag() -> None:
    assert ratio(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert ratio(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ENOUGH)
@pytest.mark.parametrize("ground", GROUNDS)
async def test_every_tone_of_a_list_and_the_row_under_the_cursor_are_legible(name: str, ground: str) -> None:
    app = Shown()
    app.settle(Look(theme=name))
    async with app.run_test() as pilot:
        shown = app.query_one(Table)
        shown.styles.background = app.theme_variables[ground]
        await pilot.pause()
        assert {"cursor", "bad", "dim", "jump"} <= TONES.keys()
        found = {each: contrast(shown.style_of(each)) for each in TONES}
        found["the list itself"] = contrast(shown.style_of(""))
        assert {each: value for each, value in found.items() if value < ENOUGH[name]} == {}


@pytest.mark.parametrize("name", ENOUGH)
async def test_every_colour_of_a_text_is_legible_on_every_ground(name: str) -> None:
    app = Shown()
    app.settle(Look(theme=name))
    async with app.run_test():
        values = app.theme_variables
        texts = [each for each in values if each.startswith("text") and "style" not in each]
        assert len(texts) >= 8
        found = {
            (text, ground): ratio(Color.parse(values[text]), Color.parse(values[ground]))
            for text in [*texts, "foreground"]
            for ground in GROUNDS
        }
        assert {each: value for each, value in found.items() if value < ENOUGH[name]} == {}
        assert ratio(Color.parse(values["input-cursor-background"]), Color.parse(values["surface"])) >= ENOUGH[name]


@pytest.mark.parametrize("name", ENOUGH)
def test_a_theme_says_the_same_with_256_colours_as_with_all(name: str) -> None:
    theme = next(each for each in themes.THEMES if each.name == name)
    colours = {Color.parse(value) for value in (theme.background, theme.surface, theme.foreground) if value}
    colours |= {Color.parse(value) for value in theme.variables.values() if value.startswith("#")}
    cube = (0, 95, 135, 175, 215, 255)
    greys = {(grey, grey, grey) for grey in range(8, 248, 10)}
    exact = greys | {(red, green, blue) for red in cube for green in cube for blue in cube}
    assert {colour.hex for colour in colours if colour.rgb not in exact} == set()


async def test_the_terminals_own_colours_are_sixteen_and_its_own_ground() -> None:
    app = Shown()
    app.settle(Look(theme="terminal"))
    async with app.run_test() as pilot:
        await pilot.pause()
        shown = app.query_one(Table)
        strips = shown.render_lines(shown.size.region)
        colours = [
            colour for strip in strips for part in strip if part.style for colour in (part.style.color, part.style.bgcolor) if colour
        ]
        assert colours
        assert all(colour.is_system_defined or colour.is_default for colour in colours)
        assert all(colour.number is None or colour.number < 16 for colour in colours)
        cursor = shown.style_of("cursor")
        assert cursor.reverse
        assert cursor.bgcolor is None or cursor.bgcolor.is_default


def test_the_only_themes_are_ours() -> None:
    app: App[None] = TerminalApp()
    assert set(app.available_themes) == set(themes.NAMES) == {"dark", "light", "high-contrast", "terminal"}
    assert app.theme == "dark"


async def test_a_theme_can_be_changed_while_one_looks_at_it() -> None:
    app = Shown()
    async with app.run_test() as pilot:
        shown = app.query_one(Table)
        before = shown.style_of("cursor")
        app.theme = "light"
        await pilot.pause()
        assert shown.style_of("cursor") != before
