"""What an Action or NotAction element stands for: against the catalogue, and against the engine's own matching (R20-R23)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.documents.expanded import columns, expanded
from whygate import catalogue, matching
from whygate.expansion import LEVELS, by_level, expand, total


def names(patterns: tuple[str, ...], *, negated: bool = False) -> set[str]:
    expansion = expand(patterns, negated)
    return {name for each in (expansion.rest if negated else expansion.named) for name in each.actions}


def test_a_pattern_stands_for_the_actions_that_fit_it_in_any_letter_case() -> None:
    assert names(("TEXTRACT:analyze*",)) == {"textract:AnalyzeDocument", "textract:AnalyzeExpense", "textract:AnalyzeID"}


def test_a_star_stands_for_every_action_of_every_service() -> None:
    expansion = expand(("*",))
    assert total(expansion.named) == sum(len(catalogue.action_names(service)) for service in catalogue.services())
    assert all(len(each.actions) == each.known for each in expansion.named)


def test_what_two_patterns_name_is_counted_once() -> None:
    assert len(names(("textract:Get*", "textract:GetAdapter"))) == len(names(("textract:Get*",)))


def test_not_action_is_about_all_the_others_and_never_about_those_it_lists() -> None:
    left_out = names(("iam:*",))
    about = names(("iam:*",), negated=True)
    assert left_out
    assert not left_out & about
    assert len(left_out) + len(about) == total(expand(("*",)).named)
    assert "every action but" in expand(("iam:*",), True).sentence
    assert "all that it does not know" in expand(("iam:*",), True).sentence


def test_a_service_that_is_not_in_the_reference_is_said_to_be_unknown_and_not_to_be_empty() -> None:
    expansion = expand(("frobnicate:*", "s3:NoSuchThing", "s3:GetObject"))
    assert [each.service for each in expansion.named] == ["s3"]
    unknown, nothing = expansion.gaps
    assert "frobnicate is not in the reference" in unknown
    assert "not known" in unknown
    assert nothing.startswith("s3:NoSuchThing: fits no action")
    assert catalogue.date() in nothing


def test_levels_come_in_the_order_of_aws_and_hold_every_action_once() -> None:
    actions = expand(("iam:*",)).named[0].actions
    levels = by_level(actions)
    known = [LEVELS.index(level) for level, _ in levels if level in LEVELS]
    assert known == sorted(known)
    assert sorted(name for _, each in levels for name in each) == list(actions)


PATTERNS = st.lists(
    st.sampled_from(["textract:*", "textract:Get*", "*:GetAdapter", "tex*:Get*", "rekognition:Search?aces", "s3:get*", "nope:*", "t*"]),
    min_size=1,
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(PATTERNS, st.booleans(), st.sampled_from(["textract:GetAdapter", "rekognition:SearchFaces", "s3:GetObject", "iam:PassRole"]))
def test_an_action_is_among_them_where_the_engine_says_that_the_element_matches(patterns: list[str], negated: bool, action: str) -> None:
    assert (action in names(tuple(patterns), negated=negated)) == matching.actions_match(tuple(patterns), negated, action)


@pytest.mark.parametrize("width", [20, 71, 151])
def test_names_stand_in_columns_that_fit_and_are_read_downwards(width: int) -> None:
    listed = [f"Action{number:03}" for number in range(50)]
    rows = columns(listed, width)
    assert all(len(row) <= width for row in rows)
    table = [row.split() for row in rows]
    across = max(map(len, table))
    assert [row[column] for column in range(across) for row in table if column < len(row)] == listed


def test_many_services_are_closed_and_one_of_them_opens() -> None:
    expansion = expand(("*",))
    closed = expanded("actions:0", expansion, frozenset(), 0, 8, 71)
    assert len(closed) == 1 + len(expansion.named)
    opened = expanded("actions:0", expansion, frozenset({"actions:0/textract"}), 0, 8, 71)
    added = [text for row in opened if row.within == "actions:0/textract" for text, *_ in row.pieces]
    assert any("AnalyzeDocument" in text for text in added)
    assert len(opened) > len(closed)


def test_few_services_stand_open_and_one_of_them_closes() -> None:
    expansion = expand(("textract:Get*", "s3:GetObject"))
    opened = expanded("actions:0", expansion, frozenset(), 0, 8, 71)
    closed = expanded("actions:0", expansion, frozenset({"actions:0/textract"}), 0, 8, 71)
    assert any("GetAdapter" in text for row in opened for text, *_ in row.pieces)
    assert not any("GetAdapter" in text for row in closed for text, *_ in row.pieces)
    assert any("GetObject" in text for row in closed for text, *_ in row.pieces)


def test_every_row_of_an_expansion_fits_its_line() -> None:
    patterns = tuple(f"{service}:*" for service in catalogue.services()[:40])
    opened = frozenset(f"actions:0/{service}" for service in catalogue.services()[:40])
    for row in expanded("actions:0", expand((*patterns, "unheardof:*")), opened, 0, 12, 51):
        assert sum(len(piece[0]) for piece in row.pieces) <= 51
