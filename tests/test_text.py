"""Text that somebody else wrote, made safe to show: nothing that drives a terminal, hides or reorders is left, and nothing else changes."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from whygate.errors import UserError
from whygate.text import count, visible, visible_json, visible_lines

ALL = [chr(code) for code in range(sys.maxunicode + 1)]
ANY_TEXT = st.text(st.characters(codec=None, categories=None))


def drives_or_hides(character: str) -> bool:
    """By Unicode's own categories: controls, formats, surrogates, line and paragraph separators."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(ANY_TEXT)
@example("\x1b]52;c;x\x07\x9b31m\r\n\t\u202e\u2066\ufeff\ud800\U000e0041")
def test_nothing_that_drives_a_terminal_is_left(text: str) -> None:
    shown = visible(text)
    assert "\n" not in shown
    assert all(ord(character) >= 0x20 and not 0x7F <= ord(character) <= 0x9F for character in shown)
    shown.encode()


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_ordinary_text_in_any_script_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_every_format_character_of_unicode_that_reorders_or_hides_is_escaped() -> None:
    # Number signs of Arabic, Syriac and other scripts are of the same category, but are drawn.
    drawn = {"\u0600", "\u0601", "\u0602", "\u0603", "\u0604", "\u0605", "\u06dd", "\u070f", "\u0890", "\u0891", "\u08e2"}
    drawn |= {"\U000110bd", "\U000110cd", *map(chr, range(0x13430, 0x13440)), *map(chr, range(0x1BCA0, 0x1BCA4))}
    kept = {character for character in ALL if drives_or_hides(character) and visible(character) == character}
    assert kept == {character for character in drawn if drives_or_hides(character)}


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x1b", "\\x1b"),
        ("\x00", "\\x00"),
        ("\n", "\\x0a"),
        ("\x7f", "\\x7f"),
        ("\x9b", "\\x9b"),
        ("\u202e", "\\u202e"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("a\u0301", "a\u0301"),
        ("ñ 日本 \U0001f600", "ñ 日本 \U0001f600"),
        ("\\x1b", "\\x1b"),
    ],
)
def test_a_character_is_shown_as_its_escape(character: str, shown: str) -> None:
    assert visible(character) == shown


@given(ANY_TEXT)
def test_making_text_visible_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ANY_TEXT)
def test_lines_keep_their_line_feeds_and_nothing_else(text: str) -> None:
    assert visible_lines(text).count("\n") == text.count("\n")
    assert visible_lines(text).replace("\n", "") == visible(text.replace("\n", ""))


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3), max_leaves=6))
def test_json_loses_nothing_and_is_safe(value: object) -> None:
    encoded = visible_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(encoded) == value
    assert visible(encoded) == encoded
    encoded.encode()


def test_counts_have_a_plural_and_thousands() -> None:
    assert count(0, "role") == "0 roles"
    assert count(1, "policy", "policies") == "1 policy"
    assert count(2, "policy", "policies") == "2 policies"
    assert count(1234567, "role") == "1,234,567 roles"


@pytest.mark.parametrize(
    ("where", "todo", "line"),
    [
        ("", "", "it is wrong"),
        ("file:3", "", "file:3: it is wrong"),
        ("", "mend it", "it is wrong; mend it"),
        ("file:3", "mend it", "file:3: it is wrong; mend it"),
    ],
)
def test_a_user_error_is_one_line_of_where_what_and_what_to_do(where: str, todo: str, line: str) -> None:
    assert str(UserError("it is wrong", where=where, todo=todo)) == line
