"""The last look at text on its way to the terminal: no colour, ASCII, and never a control character."""

from __future__ import annotations

import ast
import io

import pytest
from explorer_accounts import demo, explorer, loaded, table
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from running import REPOSITORY
from textual.color import Color
from textual.strip import Strip

from tui.terminal.line_filters import REPLACEMENT, NoColour, line_filters, safe, safe_ascii
from tui.terminal.link import wants_ascii, wants_no_colour
from tui.terminal.stand_ins import STAND_INS
from tui.terminal.terminal_app import Look
from whygate.text import visible

BLACK = Color.parse("#000000")
COLOURS = [Style(color="#ff0000"), Style(color="red", bgcolor="#000000"), Style(color="default", bgcolor="default", bold=True)]


def drawn(*segments: Segment, no_colour: bool, ascii_only: bool = False) -> str:
    """The bytes that segments become on a terminal with all colours."""
    strip = Strip(list(segments))
    for line_filter in line_filters(no_colour=no_colour, ascii_only=ascii_only):
        strip = strip.apply_filter(line_filter, BLACK)
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", _environ={})
    return strip.render(console)


@pytest.mark.parametrize("style", COLOURS)
def test_without_colours_there_is_no_colour_code_at_all(style: Style) -> None:
    text = drawn(Segment("word", style), no_colour=True)
    assert text in ("word", "\x1b[1mword\x1b[0m")
    assert drawn(Segment("word", style), no_colour=False) != text


def test_bold_underlined_and_reversed_stay_without_colours() -> None:
    text = drawn(Segment("word", Style(color="red", bold=True, underline=True, reverse=True)), no_colour=True)
    assert text == "\x1b[1;4;7mword\x1b[0m"


def test_what_stands_out_by_its_background_alone_is_reversed() -> None:
    """The row under the cursor, and the cursor of an input."""
    (found,) = NoColour().apply([Segment("row", Style(color="#ffffff", bgcolor="#005f87"))], BLACK)
    assert found.style == Style(reverse=True)
    (found,) = NoColour().apply([Segment("row", Style(color="#ffffff", bgcolor="#000000"))], BLACK)
    assert found.style == Style()


async def test_the_row_under_the_cursor_is_seen_without_colours() -> None:
    app = explorer(demo())
    app.settle(Look(no_colour=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.pause()
        shown = table(app)
        strips = shown.render_lines(shown.size.region)
        styles = {strip.text[:1]: {segment.style for segment in strip if segment.text.strip()} for strip in strips if strip.text.strip()}
        assert all(style is not None and style.reverse for style in styles["▸"])
        assert all(style is None or not style.reverse for style in styles[" "])
        every = {style for strip in strips for segment in strip if (style := segment.style)}
        assert all(style.color is None and style.bgcolor is None for style in every)


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_no_control_character_passes(code: int) -> None:
    text = f"a{chr(code)}b"
    assert safe(text) == "a\ufffdb"
    assert safe_ascii(text) == "a?b"
    assert drawn(Segment(text), no_colour=True) == "a\ufffdb"


def test_text_that_is_safe_passes_as_it_is() -> None:
    text = "▸ mateojackson ✓ é 日本 …"
    assert safe(text) is text
    assert safe_ascii("plain") == "plain"


def test_in_ascii_nothing_moves_and_no_mark_reads_as_depends() -> None:
    assert safe_ascii("▸ ✓ ✗ – › ≈ · … ─│┌") == "> + x - > ~ - ~ -|+"
    text = "é 日本 ✓ Ω"
    assert safe_ascii(text) == "? ???? + ?"
    assert cell_len(safe_ascii(text)) == cell_len(text)


def test_every_stand_in_is_one_character_of_ascii_as_wide_as_what_it_stands_for() -> None:
    assert STAND_INS
    for mark, stand_in in STAND_INS.items():
        assert len(mark) == 1
        assert not mark.isascii()
        assert stand_in.isascii()
        assert stand_in.isprintable()
        assert stand_in != "?"
        assert cell_len(mark) == cell_len(stand_in) == 1, mark


def constants(source: str) -> set[str]:
    """The texts of a module that are not its docstrings."""
    tree = ast.parse(source)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    }


def test_every_character_that_the_program_writes_itself_has_a_stand_in() -> None:
    files = [path for room in ("tui", "whygate", "adapters") for path in (REPOSITORY / room).rglob("*.py")]
    assert len(files) > 60
    used = {
        (character, path.name)
        for path in files
        if path.name != "stand_ins.py"
        for text in constants(path.read_text())
        for character in text
        if not character.isascii() and character.isprintable() and visible(character) == character
    }
    assert ("✓", "marks.py") in used
    assert {each for each in used if each[0] not in STAND_INS and each[0] != REPLACEMENT} == set()


UTF = {"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        (UTF, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LC_CTYPE": "UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8@euro"}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "POSIX", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, True),
        ({"LANG": "en_US.UTF-8", "LC_CTYPE": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "de_DE"}, True),
        ({"LANG": "de_DE@euro"}, True),
        (UTF | {"TERM": "linux"}, True),
        (UTF | {"TERM": "vt220"}, True),
    ],
)
def test_ascii_is_for_a_locale_or_a_terminal_that_asks_for_it(environment: dict[str, str], wanted: bool) -> None:
    assert wants_ascii(environment) is wanted


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [({}, False), ({"NO_COLOR": ""}, False), ({"NO_COLOR": "1"}, True), ({"NO_COLOR": "0"}, True), ({"TERM": "vt100"}, True), (UTF, False)],
)
def test_no_colour_is_for_who_says_so_and_for_a_terminal_without(environment: dict[str, str], wanted: bool) -> None:
    assert wants_no_colour(environment) is wanted
