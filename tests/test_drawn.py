"""What is sent to the terminal and what then stands on it: less than Textual sends, and the same picture."""

from __future__ import annotations

from collections.abc import Iterable

import pyte
import pytest
from explorer_accounts import at_place, demo, explorer, loaded, under_cursor
from hypothesis import given
from hypothesis import strategies as st
from pty_terminal import Terminal
from pyte.screens import Char
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip

from tui.terminal.drawn import Drawn

CONSOLE = Console(color_system="256", force_terminal=True)
WIDTH, HEIGHT = 24, 3


class Picture:
    """What a terminal of a size shows after the text that it was sent."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)
        self._stream.feed("\x1b[?7l")  # as Textual sets a terminal

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    @property
    def cells(self) -> list[list[Char]]:
        """Row by row; of blanks only what can be seen of them."""
        lines = range(self._screen.lines)
        return [[_seen(self._screen.buffer[y][x]) for x in range(self._screen.columns)] for y in lines]

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)


def _seen(cell: Char) -> Char:
    """A blank has no colour and no weight of its own, as long as nothing is drawn on it."""
    if cell.data.strip() or cell.underscore or cell.reverse or cell.strikethrough:
        return cell
    return cell._replace(fg="default", bold=False, italics=False)


class Twice:
    """Draws every frame of an app on two terminals, one in Textual's way and one in ours."""

    def __init__(self, app: App[None], width: int, height: int) -> None:
        self.theirs, self.ours, self._drawn = Picture(width, height), Picture(width, height), Drawn()
        self.sent_by_them = self.sent_by_us = 0
        self.unlike: list[str] = []
        self._app = app
        app._display = self._display  # type: ignore[method-assign]  # a stand-in, for this test

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if not isinstance(renderable, CompositorUpdate) or self._app._batch_count:
            return
        whole = renderable.render_segments(self._app.console)
        changes = self._drawn.changes(renderable, self._app.size, self._app.console)
        less = changes.render_segments(self._app.console) if changes is not None else ""
        self.theirs.feed(whole)
        self.ours.feed(less)
        self.sent_by_them += len(whole)
        self.sent_by_us += len(less)
        if self.theirs.cells != self.ours.cells:
            self.unlike.append(self.ours.text)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 45)])
async def test_a_walk_leaves_the_same_picture_with_a_fraction_of_the_bytes(width: int, height: int) -> None:
    app = explorer(demo())
    terminals = Twice(app, width, height)
    async with app.run_test(size=(width, height)) as pilot:
        await loaded(pilot)
        await pilot.press("down", "down", "up", "tab", "tab", "end", "home", "1", "slash", "m", "a", "backspace", "escape")
        await pilot.press("question_mark")
        await pilot.pause()
        await pilot.press("escape", "colon", "c", "a", "escape", "escape")
        await pilot.press("1", "end", "enter")
        await at_place(pilot, "principal", lambda: bool(under_cursor(app)))
        await pilot.press("down", "right", "down", "f", "escape", "c")
        await at_place(pilot, "question")
        await pilot.press(*"textract:AnalyzeDocument", "enter", "escape", "escape", "escape")
        await at_place(pilot, "account")
    assert not terminals.unlike, terminals.unlike[0]
    assert 0 < terminals.sent_by_us < terminals.sent_by_them / 3


class Frames:
    """Frames made by hand, on both kinds of terminal."""

    def __init__(self) -> None:
        self.drawn = Drawn()
        self.theirs, self.ours = Picture(WIDTH, HEIGHT), Picture(WIDTH, HEIGHT)

    def show(self, update: CompositorUpdate) -> str:
        """What was sent for it."""
        changes = self.drawn.changes(update, Size(WIDTH, HEIGHT), CONSOLE)
        sent = changes.render_segments(CONSOLE) if changes is not None else ""
        self.theirs.feed(update.render_segments(CONSOLE))
        self.ours.feed(sent)
        return sent


def whole(*lines: Iterable[Segment]) -> LayoutUpdate:
    strips: list[Iterable[Strip]] = [[Strip(line).adjust_cell_length(WIDTH)] for line in lines]
    return LayoutUpdate(strips, Region(0, 0, WIDTH, len(strips)))


def line(text: str, style: str = "") -> list[Segment]:
    return [Segment(text, Style.parse(style))]


segments = st.builds(
    lambda text, style: Segment(text, style),
    st.lists(st.sampled_from(["a", "b", " ", " ", "─", "…", "e\u0301", "日", "本", "🙂"]), max_size=9).map("".join),
    st.sampled_from([None, *map(Style.parse, ("red on blue", "bold", "bold on blue", "underline", "dim green", "reverse", "on blue"))]),
)
frames = st.builds(whole, *[st.lists(segments, max_size=5)] * HEIGHT)


@given(st.lists(frames, min_size=2, max_size=4))
def test_whatever_frames_follow_one_another_the_last_is_on_the_screen(shown: list[LayoutUpdate]) -> None:
    terminals = Frames()
    for each in shown:
        terminals.show(each)
        assert terminals.ours.cells == terminals.theirs.cells


def test_a_frame_that_is_there_already_sends_nothing() -> None:
    terminals = Frames()
    assert terminals.show(whole(line("one", "red"), line("two"), line("three")))
    assert terminals.show(whole(line("one", "red"), line("two"), line("three"))) == ""


def test_what_differs_is_sent_and_no_more() -> None:
    terminals = Frames()
    terminals.show(whole(line("user-0001   group-0007"), line("two"), line("three")))
    assert terminals.show(whole(line("user-0002   group-0008"), line("two"), line("three"))) == "\x1b[1;9H2\x1b[12C8"


def test_a_colour_is_said_once_for_neighbours_that_share_it() -> None:
    terminals = Frames()
    pieces = [
        Segment("deny", Style.parse("red on black")),
        Segment("  ", Style.parse("blue on black")),
        Segment("it", Style.parse("red on black")),
    ]
    assert terminals.show(whole(pieces, (), ())).startswith("\x1b[1;1H\x1b[31;40mdeny  it")


def test_what_was_forgotten_is_sent_again() -> None:
    terminals = Frames()
    once = terminals.show(whole(line("one"), line("two"), line("three")))
    terminals.drawn.forget()
    assert terminals.show(whole(line("one"), line("two"), line("three"))) == once


def test_a_line_with_wide_characters_is_sent_from_its_beginning() -> None:
    """Terminals disagree about some of them: what stands behind such a one must be put in its place again."""
    terminals = Frames()
    terminals.show(whole(line("日本 one"), (), ()))
    assert "日本 two" in terminals.show(whole(line("日本 two"), (), ()))


def test_part_of_a_line_may_be_sent_without_the_rest_of_it() -> None:
    terminals = Frames()
    terminals.show(whole(line("left and right"), (), ()))
    chops = [{0: Strip(line("LEFT")), 4: Strip(line(" and ")), 9: Strip(line("RIGHT"))}]
    sent = terminals.show(ChopsUpdate(chops, [(0, 9, 14)], [[4, 9, 14]]))
    assert "LEFT" not in sent
    assert terminals.ours.text.startswith("left and RIGHT")


@pytest.mark.parametrize("wanted", [pytest.param(Size(80, 24), id="there-and-back"), pytest.param(Size(100, 30), id="larger")])
def test_a_terminal_that_changed_its_size_is_drawn_whole(wanted: Size) -> None:
    with Terminal(["-m", "whygate", "demo"]) as terminal:
        terminal.wait_for("mateojackson")
        terminal.quiet()
        before = len(terminal.raw)
        terminal.resize(70, 20)
        terminal.resize(wanted.width, wanted.height)
        terminal.wait_for(lambda text: any(line.endswith("─") and len(line) == wanted.width for line in text.splitlines()))
        terminal.quiet()
        assert len(terminal.raw) - before > 1000


def test_every_colour_system_has_its_own_pens() -> None:
    frame = whole(line("one", "#ff8800 on #001122"), (), ())
    sent = []
    for system in ("standard", "256", "truecolor"):
        changes = Drawn().changes(frame, Size(WIDTH, HEIGHT), Console(color_system=system, force_terminal=True))
        assert changes is not None
        sent.append(changes.render_segments(CONSOLE))
    assert len(set(sent)) == 3
    assert "38;2;255;136;0;48;2;0;17;34" in sent[2]
