"""How the terminal is reached: what the link profile settles, and how text gets to the clipboard on the other side of a multiplexer."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from running import REPOSITORY

from tui.kept import state
from tui.terminal import clipboard
from tui.terminal.link import LOCAL_FRAMES, SSH_FRAMES, has_sixteen_colours, settle
from tui.terminal.terminal_app import SMALLEST
from whygate.errors import UserError

DOCUMENT = (REPOSITORY / "docs" / "ssh.md").read_text()


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
def test_ssh_is_recognized_by_what_it_sets(variable: str) -> None:
    link = settle("auto", {variable: "x", "TERM": "xterm-256color"})
    assert (link.name, link.mouse) == ("ssh", False)
    assert variable in link.because
    assert dict(link.environment) == {
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_FPS": SSH_FRAMES,
        "TEXTUAL_COLOR_SYSTEM": "256",
    }
    assert f"`{variable}`" in DOCUMENT


def test_a_local_terminal_keeps_its_colours_and_gets_all_the_frames_that_it_shows() -> None:
    link = settle("auto", {"TERM": "xterm-256color"})
    assert (link.name, link.mouse) == ("local", True)
    assert dict(link.environment)["TEXTUAL_FPS"] == LOCAL_FRAMES
    assert "TEXTUAL_COLOR_SYSTEM" not in dict(link.environment)


def test_what_is_asked_for_wins_over_what_is_found() -> None:
    assert settle("local", {"SSH_CONNECTION": "x"}).name == "local"
    assert settle("ssh", {}).name == "ssh"
    assert settle("auto", {"SSH_CONNECTION": ""}).name == "local"


def test_over_ssh_colours_are_those_that_term_says() -> None:
    assert "TEXTUAL_COLOR_SYSTEM" not in dict(settle("ssh", {"TERM": "xterm"}).environment)
    assert dict(settle("ssh", {"TERM": "screen-256color", "COLORTERM": "truecolor"}).environment)["TEXTUAL_COLOR_SYSTEM"] == "256"


@pytest.mark.parametrize(
    ("term", "colorterm", "sixteen"),
    [
        ("xterm", "", True),
        ("screen", "", True),
        ("linux", "", True),
        ("xterm", "truecolor", False),
        ("xterm-256color", "", False),
        ("xterm-kitty", "", False),
        ("foot", "", False),
    ],
)
def test_a_terminal_with_sixteen_colours_is_known_by_its_name(term: str, colorterm: str, sixteen: bool) -> None:
    assert has_sixteen_colours({"TERM": term, "COLORTERM": colorterm}) is sixteen


# The clipboard

ARN = "arn:aws:iam::123456789012:user/ana"
BARE = f"\x1b]52;c;{base64.b64encode(ARN.encode()).decode()}\x07"


def sent(text: str, **environment: str) -> str:
    written: list[str] = []
    assert clipboard.send(text, written.append, environment=environment) == f"sent to terminal: {len(text.encode()):,} bytes"
    (sequence,) = written
    return sequence


def test_a_terminal_gets_the_text_as_it_is() -> None:
    assert sent(ARN, TERM="xterm-256color") == BARE
    assert base64.b64decode(sent("\x1b]0;x\x07é").split(";")[2][:-1]).decode() == "\x1b]0;x\x07é"


@pytest.mark.parametrize("environment", [{"TMUX": "/socket,1,0", "TERM": "screen-256color"}, {"TERM": "tmux-256color"}])
def test_tmux_gets_it_for_itself_and_to_pass_on(environment: dict[str, str]) -> None:
    inner = BARE.replace("\x1b", "\x1b\x1b")
    assert sent(ARN, **environment) == f"\x1bPtmux;{inner}\x1b\\{BARE}"


@pytest.mark.parametrize("environment", [{"STY": "1.pts", "TERM": "xterm"}, {"TERM": "screen"}])
def test_screen_passes_it_on_in_pieces_that_it_can_hold(environment: dict[str, str]) -> None:
    text = ARN * 30
    sequence = sent(text, **environment)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert len(pieces) > 3
    assert all(len(piece) <= 256 for piece in pieces)
    assert "".join(pieces) == f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    assert sequence.endswith("".join(pieces))


def test_what_is_too_long_for_a_terminal_goes_to_a_file_that_is_named(state_directory: Path) -> None:
    written: list[str] = []
    text = "é" * (clipboard.MOST_BYTES // 2 + 1)
    said = clipboard.send(text, written.append, environment={})
    assert written == []
    file = state_directory / clipboard.FILE
    assert said == f"more than terminals take (75,000 bytes), so written to {file}: 75,002 bytes"
    assert file.read_text() == text
    exactly = "x" * clipboard.MOST_BYTES
    assert clipboard.send(exactly, written.append, environment={}) == "sent to terminal: 75,000 bytes"
    assert f"{clipboard.MOST_BYTES:,} bytes" in DOCUMENT


def test_a_file_that_cannot_be_written_is_one_line(state_directory: Path) -> None:
    state_directory.write_text("in the way")
    with pytest.raises(UserError, match=state.VARIABLE):
        clipboard.send(ARN, lambda text: None, to_file=True)


def test_the_document_says_the_numbers_of_the_program() -> None:
    assert f"{SMALLEST.width}x{SMALLEST.height}" in DOCUMENT
    assert f"| {LOCAL_FRAMES} | {SSH_FRAMES} |" in DOCUMENT
    assert clipboard.FILE in DOCUMENT
