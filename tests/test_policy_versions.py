"""Two versions of a document side by side: nothing is lost, nothing is invented, equal stretches are folded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.documents.paper import ADDED, REMOVED, PaperRow
from tui.documents.versions import compare, comparison_rows, differences

LINES = st.lists(st.sampled_from(["{", "}", '"Effect": "Allow",', '"Action": "s3:*",', '"Resource": "*"', '"Sid": "A",']), max_size=40)


@given(LINES, LINES)
def test_both_documents_are_read_back_from_a_comparison(old: list[str], new: list[str]) -> None:
    comparison = compare(old, new)
    before = [line for each in comparison.stretches if each.kind != ADDED for line in old[each.old[0] : each.old[1]]]
    after = [line for each in comparison.stretches if each.kind != REMOVED for line in new[each.new[0] : each.new[1]]]
    assert before == old
    assert after == new
    equal = [each for each in comparison.stretches if not each.kind]
    assert all(old[each.old[0] : each.old[1]] == new[each.new[0] : each.new[1]] for each in equal)


@given(LINES, LINES)
def test_every_difference_is_a_row_with_its_mark_whatever_is_folded(old: list[str], new: list[str]) -> None:
    comparison = compare(old, new)
    rows = comparison_rows(comparison, frozenset(), 71)
    assert [row.text for row in rows if row.mark == ADDED] == [
        line for each in comparison.stretches if each.kind == ADDED for line in new[each.new[0] : each.new[1]]
    ]
    assert [row.text for row in rows if row.mark == REMOVED] == [
        line for each in comparison.stretches if each.kind == REMOVED for line in old[each.old[0] : each.old[1]]
    ]


@given(LINES, LINES)
def test_with_every_stretch_open_the_rows_are_the_new_document(old: list[str], new: list[str]) -> None:
    comparison = compare(old, new)
    opened = frozenset(row.opens for row in comparison_rows(comparison, frozenset(), 71) if row.opens)
    rows = comparison_rows(comparison, opened, 71)
    assert [(row.number, row.text) for row in rows if row.mark != REMOVED and not row.opens] == list(enumerate(new, 1))


def document(changed: str = "") -> list[str]:
    return [f'"line {number}"' for number in range(20)] + ([changed] if changed else []) + [f'"line {number}"' for number in range(20, 40)]


def folds(rows: list[PaperRow]) -> list[str]:
    return ["".join(piece[0] for piece in row.pieces).strip(" ▹▾") for row in rows if row.opens]


def test_what_is_far_from_a_difference_is_folded_with_its_number_of_lines() -> None:
    rows = comparison_rows(compare(document(), document('"new"')), frozenset(), 71)
    assert folds(rows) == ["17 lines in both", "17 lines in both"]
    assert [row.number for row in rows if row.number is not None] == [18, 19, 20, 21, 22, 23, 24]
    assert differences(rows) == [next(at for at, row in enumerate(rows) if row.mark)]


def test_documents_that_are_the_same_have_no_difference() -> None:
    comparison = compare(document(), document())
    assert (comparison.added, comparison.removed) == (0, 0)
    assert differences(comparison_rows(comparison, frozenset(), 71)) == []
