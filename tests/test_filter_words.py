"""The words of a filter: what they leave, letters in their order, quotes, and which texts with a colon are terms."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.filtering.counting import counted, said
from tui.filtering.filter import Filter, Search, Word, both, hint, matches, read, tokens
from whygate.errors import UserError
from whygate.statement_terms import Term

NAMES = ["mateojackson arn:aws:iam::123456789012:user/mateojackson", "mary arn:aws:iam::123456789012:user/mary", "ocr-worker x"]


class Tagged(msgspec.Struct, frozen=True):
    tags: tuple[tuple[str, str], ...] | None
    type: str = "s3:bucket"
    account: str = "123456789012"


def left(text: str, texts: list[str] = NAMES, where: str = "users") -> list[int]:
    return list(Search(texts).find(read(text, where)).rows)


def tagged(text: str, *tags: tuple[tuple[str, str], ...] | None) -> list[int]:
    values = [Tagged(each) for each in tags]
    return list(Search([""] * len(values), values).find(read(text, "users")).rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2]),
        ("ma", [0, 1]),
        ("MA", [0, 1]),
        ("ma jackson", [0]),
        ("!ma", [2]),
        ("!", [0, 1, 2]),
        ("ma !", [0, 1]),
        ("user !jackson", [1]),
        ("iam::123456789012", [0, 1]),
        ("arn:aws:iam::123456789012:user/mary", [1]),
        ("s3:GetObject", []),
        ("foo:bar", []),
    ],
)
def test_every_word_must_be_there_and_no_inverted_one(text: str, rows: list[int]) -> None:
    assert left(text) == rows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('one "two words" three', [("one", False), ("two words", False), ("three", False)]),
        ('!"two words"', [("two words", True)]),
        ('tag:team="two words"', [("tag:team=two words", False)]),
        ('"tag:team=two words"', [("tag:team=two words", False)]),
        ('still "being ty', [("still", False), ("being ty", False)]),
        ('""', []),
        ("a!b", [("a!b", False)]),
        ('"!a"', [("!a", False)]),
        ("  ", []),
    ],
)
def test_quotes_hold_blanks_together(text: str, words: list[tuple[str, bool]]) -> None:
    assert tokens(text) == words


def test_only_the_names_of_terms_make_terms_and_a_term_without_a_value_is_still_being_typed() -> None:
    assert read("eff: act: !res:", "users") == Filter()
    assert read("s3:GetObject foo:bar", "users") == Filter((Word("s3:getobject"), Word("foo:bar")))
    assert read("EFF:Deny !act:S3:*", "users") == Filter((), (Term("eff", "deny"), Term("act", "s3:*", True)))


@pytest.mark.parametrize(
    ("text", "where", "said_so"),
    [
        ("eff:maybe", "users", "there is no effect 'maybe'"),
        ("kind:mine", "policies", "there is no kind 'mine'"),
        ("type:bucket", "users", "type: says nothing about users"),
        ("through:group", "policies", "through: says nothing about policies"),
        ("eff:deny", "coverage", "eff: says nothing about coverage; here are no terms, only words"),
        ("tag:a=b", "groups", "tag: says nothing about groups"),
    ],
)
def test_a_term_that_cannot_be_met_is_one_line_that_says_what_can_be_typed(text: str, where: str, said_so: str) -> None:
    with pytest.raises(UserError) as raised:
        read(text, where)
    assert said_so in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_hostile_value_is_shown_as_text() -> None:
    with pytest.raises(UserError) as raised:
        read("eff:\x1b[2J", "users")
    assert "\x1b" not in str(raised.value)


def test_a_word_that_is_nowhere_in_the_list_stands_for_its_letters_in_the_name_and_never_in_the_arn() -> None:
    found = Search(NAMES).find(read("mtjn", "users"))
    assert (list(found.rows), found.fuzzy) == ([0], True)
    assert list(Search(NAMES).find(read("iamuser", "users")).rows) == []
    assert list(Search(NAMES).find(read("mtjn", "users"), letters=False).rows) == []


def test_letters_help_only_a_word_that_is_nowhere() -> None:
    found = Search(NAMES).find(read("mary jackson", "users"))  # each is somewhere, only not together
    assert (list(found.rows), found.fuzzy) == ([], False)
    assert list(Search(NAMES).find(read("mtjn !mateo", "users")).rows) == []


TEXTS = st.lists(st.text("ab-:", max_size=6), max_size=6)
TYPED = st.lists(st.text('ab!" -:', min_size=1, max_size=3), min_size=1, max_size=5)


@settings(max_examples=400, deadline=None)
@given(TEXTS, TYPED)
def test_what_is_typed_on_leaves_what_the_whole_filter_leaves(texts: list[str], pieces: list[str]) -> None:
    search = Search(texts)
    for length in range(1, len(pieces) + 1):
        wanted = read("".join(pieces[:length]), "users")
        assert list(search.find(wanted).rows) == list(Search(texts).find(wanted).rows)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.text('ab! "', max_size=8))
def test_without_letters_a_filter_is_the_words_one_by_one(texts: list[str], text: str) -> None:
    expected = [at for at, each in enumerate(texts) if all((word in each) != inverted for word, inverted in tokens(text))]
    assert list(Search(texts).find(read(text, "users"), letters=False).rows) == expected
    assert list(matches(text, texts)) == expected


def test_a_tag_is_meant_whole_where_there_is_one_of_that_name_else_as_a_beginning() -> None:
    team, teams, prod = (("team", "a"),), (("Teams", "ab"),), (("env", "prod"), ("team", "two words"))
    assert tagged("tag:team", team, teams, prod, None) == [0, 2]
    assert tagged("tag:tea", team, teams, prod, None) == [0, 1, 2]
    assert tagged("tag:team=a", team, teams, prod) == [0]
    assert tagged('tag:team="two words"', team, teams, prod) == [2]
    assert tagged("tag:team=", team, teams, prod) == [0, 2]
    assert tagged("tag:*=a*", team, teams, prod) == [0, 1]
    assert tagged("!tag:env", team, teams, prod, None) == [0, 1, 3]


def test_a_type_is_part_of_its_name_and_a_policy_is_aws_s_or_a_customer_s() -> None:
    values = [Tagged(None, "s3:bucket", "aws"), Tagged(None, "rekognition:collection")]
    search = Search(["", ""], values)
    assert list(search.find(read("type:bucket", "resources")).rows) == [0]
    assert list(search.find(read("!type:BUCK", "resources")).rows) == [1]
    assert list(search.find(read("kind:cust", "policies")).rows) == [1]
    assert list(search.find(read("kind:aws", "policies")).rows) == [0]


def test_rows_of_two_kinds_of_terms_are_joined_in_their_order() -> None:
    assert both([4, 2, 9], {9, 4}) == [4, 9]


@pytest.mark.parametrize("width", [20, 60, 80, 160])
def test_the_number_of_rows_is_in_the_status_however_long_the_filter(width: int) -> None:
    number = counted(12, 3418)
    shown = said("eff:deny act:rekognition:* " * 8, number, width, "fuzzy")
    assert shown.startswith("/…")
    assert shown.endswith(" · fuzzy · 12 of 3,418")
    assert said("", number, width) == "12 of 3,418"
    assert "\x1b" not in said("a\x1b[2Jb", number, width)


def test_the_hint_names_the_terms_that_the_rows_have() -> None:
    assert "through:" in hint("users")
    assert "type:" not in hint("users")
    assert hint("coverage") == "words that all match, !word leaves out"
