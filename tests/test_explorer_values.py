"""The explorer's pure parts: locations and history, filter, plain text, JSON colours, trees, contexts, keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui import actions
from tui.crumbs import label_of, trail
from tui.documents.json_tokens import folded, tokens
from tui.filtering.counting import counted
from tui.filtering.filter import matches
from tui.location import History, Location, State, Visit, list_of, parse
from tui.plain import fit, plain, width_of, wrapped
from tui.questions import context
from tui.rows.header import age
from tui.rows.tree import Node, flat, parent
from whygate.errors import UserError
from whygate.text import visible

ARN = "arn:aws:iam::123456789012:user/mateojackson"


@given(
    st.sampled_from(["principal", "policy", "question"]),
    st.text(),
    st.lists(st.tuples(st.text(min_size=1), st.text())),
)
def test_a_location_is_read_back_from_its_line(kind: str, id: str, query: list[tuple[str, str]]) -> None:
    location = Location(kind, id, tuple(query))
    line = str(location)
    assert parse(line) == location
    assert line.isascii()
    assert line.isprintable()


def test_an_arn_stays_legible_in_the_line_of_a_location() -> None:
    assert str(Location("principal", ARN)) == f"principal {ARN}"
    assert parse("list roles") == Location("list", "roles")


@pytest.mark.parametrize("text", ["", "nowhere x", "list", "list nonsense"])
def test_a_line_that_is_no_location_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse(text)


def visit(location: Location) -> Visit:
    return Visit(location, label_of(location))


def test_back_and_forward_bring_back_the_state_in_which_a_place_was_left() -> None:
    history = History(visit(Location("list", "users")))
    left = State(cursor=3, top=1, filter="mateo")
    history.leave(left)
    history.go(visit(Location("principal", ARN)))
    history.leave(State(cursor=9))
    back = history.back()
    assert back is not None
    assert back.state == left
    forward = history.forward()
    assert forward is not None
    assert forward.state == State(cursor=9)
    assert history.forward() is None


def test_a_new_step_forgets_what_lay_ahead_and_the_trail_begins_at_the_last_list() -> None:
    history = History(visit(Location("list", "users")))
    history.go(visit(Location("principal", ARN)))
    history.back()
    history.go(visit(Location("list", "roles")))
    history.go(visit(Location("question")))
    assert history.forward() is None
    assert trail(history.visits) == ["Roles", "Can…?"]


def test_services_say_whose_they_are_where_nothing_before_them_does() -> None:
    services = visit(Location("services", ARN))
    assert trail([visit(Location("list", "users")), services]) == ["Users", "services of mateojackson"]
    assert trail([visit(Location("principal", ARN)), services]) == ["mateojackson", "services"]


def test_every_word_of_a_filter_has_to_match_in_any_letter_case() -> None:
    haystacks = ["mateojackson user/eu/mateojackson", "marymajor user/marymajor", "mateo user/us/mateo"]
    assert list(matches("MATEO", haystacks)) == [0, 2]
    assert list(matches("mateo eu/", haystacks)) == [0]
    assert list(matches("mateo !eu/", haystacks)) == [2]
    assert list(matches("!mateo", haystacks)) == [1]


def test_an_empty_filter_and_one_still_being_typed_leave_everything() -> None:
    assert list(matches("", ["a", "b"])) == [0, 1]
    assert list(matches(" ! ", ["a", "b"])) == [0, 1]


def test_the_count_says_how_many_of_how_many() -> None:
    assert counted(12, 3418) == "12 of 3,418"
    assert counted(3418, 3418) == "3,418"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_a_fitted_text_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_wrapped_lines_lose_nothing_and_are_not_too_wide(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(wrapped(text, 10_000)).replace(" ", "")


@pytest.mark.parametrize("width", [-9, 0, 1])
def test_a_text_is_wrapped_even_where_there_is_no_room(width: int) -> None:
    assert wrapped("ab 語", width) == ["ab", "語"]


def test_markup_and_controls_in_account_text_are_shown_as_they_are() -> None:
    assert plain("[/foo] [red]x[/] [@click=app.quit()]y[/]").plain == "[/foo] [red]x[/] [@click=app.quit()]y[/]"
    assert not plain("[red]x[/]").spans
    assert plain("a\x1b]52;c;AAAA\x07").plain == "a\\x1b]52;c;AAAA\\x07"
    assert width_of("\x9b") == 4


@given(st.text(alphabet=st.characters(exclude_characters="\n")))
def test_the_tokens_of_a_line_are_the_line(line: str) -> None:
    assert "".join(text for text, _ in tokens(line)) == line


def test_keys_strings_numbers_and_words_have_their_own_tones() -> None:
    assert [(text, tone) for text, tone in tokens('  "Sid": "a: \\"b\\"", "N": 12, "T": true') if tone] == [
        ('"Sid"', "key"),
        ('"a: \\"b\\""', "string"),
        ('"N"', "key"),
        ("12", "number"),
        ('"T"', "key"),
        ("true", "number"),
    ]


@given(st.text(alphabet=st.characters(exclude_characters="\n"), min_size=1), st.integers(min_value=8, max_value=40))
def test_a_folded_line_keeps_all_its_text_and_no_part_is_too_long(line: str, width: int) -> None:
    safe = visible(line)
    parts = folded(tokens(safe), width, 4)
    first, *rest = ("".join(piece[0] for piece in part) for part in parts)
    assert all(width_of(part) <= width for part in (first, *rest))
    assert first + "".join(part[4:] for part in rest) == safe


def tree() -> tuple[Node, ...]:
    statement = Node("s", "statement")
    policy = Node("p", "policy", children=lambda: [statement])
    return Node("g", "group", children=lambda: [policy]), Node("t", "tags")


def test_a_tree_shows_what_is_open_and_a_row_knows_its_parent() -> None:
    assert [row.node.key for row in flat(tree(), frozenset())] == ["g", "t"]
    rows = flat(tree(), frozenset({"g", "p"}))
    assert [(row.node.key, row.depth) for row in rows] == [("g", 0), ("p", 1), ("s", 2), ("t", 0)]
    assert parent(rows, 2) == 1
    assert parent(rows, 3) == 3


def test_a_closed_parent_hides_rows_that_are_open_below_it() -> None:
    assert [row.node.key for row in flat(tree(), frozenset({"p"}))] == ["g", "t"]


def test_a_context_is_read_from_words_and_written_back() -> None:
    text = "aws:MultiFactorAuthPresent=true aws:SourceIp! aws:TagKeys=a aws:TagKeys=b s3:prefix= aws:UserAgent='two words'"
    given_context = context.read(text)
    assert given_context == {
        "aws:MultiFactorAuthPresent": "true",
        "aws:SourceIp": None,
        "aws:TagKeys": ["a", "b"],
        "s3:prefix": "",
        "aws:UserAgent": "two words",
    }
    assert context.read(context.written(given_context)) == given_context


@given(st.dictionaries(st.from_regex(r"[a-z]+:[A-Za-z][A-Za-z/ ]*[A-Za-z]", fullmatch=True), st.text(), max_size=4))
def test_any_value_of_a_context_survives_being_written_and_read(values: dict[str, str]) -> None:
    assert context.read(context.written(values)) == values


@pytest.mark.parametrize("text", ["nonsense", "aws:SourceIp='open"])
def test_a_word_that_is_no_context_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        context.read(text)


def test_the_age_of_a_snapshot_is_in_words() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert age("2026-11-21T09:00:00Z", now) == "3 h old"
    assert age("2026-11-20T12:00:00Z", now) == "1 day old"
    assert age("2026-11-21T11:59:30Z", now) == "just now"
    assert age("no date", now) == age(None, now) == ""


@pytest.mark.parametrize("place", actions.PLACES)
def test_the_key_bar_fits_80_columns(place: str) -> None:
    assert len("".join(f" {key} {word} " for key, word, _ in actions.key_bar(place))) <= 80


@pytest.mark.parametrize("place", actions.PLACES)
def test_no_two_actions_of_a_place_share_a_key(place: str) -> None:
    keys = [key for action in actions.ACTIONS if action.scope in (place, actions.TABLE, actions.EVERYWHERE) for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("principal arn:aws:iam::111122223333:role/a", "roles"),
        ("principal arn:aws:iam::111122223333:group/a", "groups"),
        ("principal arn:aws:iam::111122223333:user/a", "users"),
        ("policy arn:aws:iam::111122223333:policy/a", "policies"),
        ("question?principal=ana&action=s3:GetObject", "users"),
        ("list questions", "users"),
    ],
)
def test_a_place_that_was_named_is_under_its_own_list(text: str, name: str) -> None:
    assert list_of(parse(text)) == name
