"""Wildcard patterns, held against regular expressions, which are a second and slower way to the same answer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whygate import globs
from whygate.globs import ANY, ANY_BUT_COLON, ONE, ONE_BUT_COLON, Part, Parts

PATTERNS = st.text("ab:*?", max_size=8)
VALUES = st.text("ab:", max_size=10)
ALL_PARTS = st.lists(st.sampled_from(["a", "b", ":", "ab", ANY, ONE, ANY_BUT_COLON, ONE_BUT_COLON]), max_size=6).map(tuple)

_SPELLED: dict[Part, str] = {ANY: ".*", ONE: ".", ANY_BUT_COLON: "[^:]*", ONE_BUT_COLON: "[^:]"}


def by_regular_expression(parts: Parts, value: str) -> bool:
    spelled = "".join(re.escape(part) if isinstance(part, str) else _SPELLED[part] for part in parts)
    return re.fullmatch(spelled, value, re.DOTALL) is not None


@settings(max_examples=400, deadline=None)
@given(PATTERNS, VALUES)
def test_a_pattern_matches_what_the_regular_expression_matches(pattern: str, value: str) -> None:
    assert globs.match(globs.parse(pattern), value) is by_regular_expression(globs.parse(pattern), value)


@settings(max_examples=400, deadline=None)
@given(ALL_PARTS, VALUES)
def test_wildcards_that_stop_at_a_colon_match_what_the_regular_expression_matches(parts: Parts, value: str) -> None:
    assert globs.match_set(parts, value) is by_regular_expression(parts, value)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, PATTERNS, VALUES)
def test_patterns_that_share_a_text_overlap(first: str, second: str, value: str) -> None:
    left, right = globs.parse(first), globs.parse(second)
    if globs.match(left, value) and globs.match(right, value):
        assert globs.overlap(left, right)
    assert globs.overlap(left, right) is globs.overlap(right, left)


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        ("a*", "*b", True),
        ("a*", "b*", False),
        ("?", "", False),
        ("*", "", True),
        ("a?c", "ab*", True),
        ("*a", "*b", False),
        ("a", "a", True),
    ],
)
def test_overlap_is_whether_some_text_fits_both(first: str, second: str, common: bool) -> None:
    assert globs.overlap(globs.parse(first), globs.parse(second)) is common


SHORT_TEXTS = ["".join(letters) for length in range(9) for letters in itertools.product("ab", repeat=length)]


@settings(max_examples=200, deadline=None)
@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
def test_patterns_overlap_only_where_some_text_fits_both(first: str, second: str) -> None:
    left, right = globs.parse(first), globs.parse(second)
    assert globs.overlap(left, right) is any(globs.match(left, text) and globs.match(right, text) for text in SHORT_TEXTS)


def test_long_patterns_full_of_stars_are_compared_at_once() -> None:
    # Place by place against place this would be millions of steps.
    first, second = globs.parse("*a" * 3000 + "b"), globs.parse("*b" * 3000 + "a")
    assert globs.overlap(first, second) is False
    assert globs.overlap(first, globs.parse("*b" * 3000)) is True


def test_a_literal_from_a_variable_keeps_its_star() -> None:
    assert globs.match(("a*", ANY), "a*b")
    assert not globs.match(("a*", ANY), "ab")
    assert not globs.overlap(("a*",), globs.parse("ab"))


@pytest.mark.parametrize("match", [globs.match, globs.match_set])
def test_a_pattern_made_to_be_slow_is_answered(match: Callable[[Parts, str], bool]) -> None:
    # With backtracking this would outlive the universe; following positions without care takes minutes.
    hostile, value = globs.parse("*a" * 400 + "b"), "a" * 4000
    assert match(hostile, value) is False
    assert match(hostile, value + "b") is True
