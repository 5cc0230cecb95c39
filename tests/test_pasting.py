"""What is pasted stays a text, whatever is in it, and what is typed arrives at once."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from pty_terminal import Terminal

from tui.terminal.pasting import BEGIN, END, ESCAPE, STAND_IN, Pastes

PIECES = st.lists(st.sampled_from(["a", "\x1b", "[", "2", "0", "1", "~", "\x1b[A", "\x1b[20", "\x1b\x1b"]), max_size=30).map("".join)


@given(PIECES, st.data())
def test_a_paste_holds_no_escape_in_whatever_pieces_it_arrives(text: str, data: st.DataObject) -> None:
    assume(END not in text)
    whole = f"x{BEGIN}{text}{END}\x1b[By"
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=6)))
    pastes = Pastes()
    pieces = [pastes.harmless(whole[start:end]) for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert "".join(pieces) == f"x{BEGIN}{text.replace(ESCAPE, STAND_IN)}{END}\x1b[By"


@given(PIECES)
def test_what_is_typed_is_what_arrives(text: str) -> None:
    assume(BEGIN not in text)
    pastes = Pastes()
    assert [pastes.harmless(each) for each in text] == list(text)


def test_a_pasted_escape_presses_no_key() -> None:
    with Terminal(["-m", "whygate", "demo", "--at", "denied"]) as terminal:
        terminal.wait_for("paste an AccessDenied message")
        terminal.type(f"{BEGIN}seven \x1bq and \x1b:quit\r and \x1b[5~ eight{END}")
        terminal.wait_for(f"seven {STAND_IN}q and {STAND_IN}:quit")
        assert "eight" in terminal.text


def test_bytes_that_are_no_text_are_not_the_end() -> None:
    with Terminal(["-m", "whygate", "demo"]) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.send(b"\xff\xfe\xc3(\x80")
        terminal.type("j")
        terminal.wait_for(lambda text: "▸" in text and "▸ alejandrorosalez" not in text)
        terminal.type("q")
        assert terminal.ended() == 0
