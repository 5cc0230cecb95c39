"""The filter of a list: words and terms as they are typed, and which rows they leave. Pure; what a statement meets is decided in
`whygate.statement_terms`, what a whole account's statements meet in `whygate.statement_index`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

import msgspec

from tui.filtering import fuzzy
from whygate import statement_terms
from whygate.errors import UserError
from whygate.policy import Statement
from whygate.statement_terms import Term
from whygate.text import visible

_PRINCIPALS = ("users", "groups", "roles")
_WITH_WAYS = (*_PRINCIPALS, "principal")
_WITH_STATEMENTS = (*_PRINCIPALS, "policies", "resources", "principal", "policy")


class TermKind(msgspec.Struct, frozen=True):
    """A term that the filter knows: `value` is how its value is written, `where` the lists (and places) that have it."""

    name: str
    value: str
    help: str
    where: tuple[str, ...]


TERMS = (
    TermKind("eff", "allow|deny", "statements of this effect", _WITH_STATEMENTS),
    TermKind("act", "SERVICE:ACTION", "statements about an action; * and ? as in policies, and a beginning will do", _WITH_STATEMENTS),
    TermKind("res", "TEXT", "statements with this text in a resource", _WITH_STATEMENTS),
    TermKind("cond", "KEY", "statements with this text in a condition key", _WITH_STATEMENTS),
    TermKind(
        "through", "group|inline|managed|boundary|NAME", "how a policy is held, or the group it comes by", (*_PRINCIPALS, "principal")
    ),
    TermKind("tag", "KEY or KEY=VALUE", "what carries the tag", ("users", "roles", "resources")),
    TermKind("type", "TEXT", "resources with this text in their type", ("resources",)),
    TermKind("kind", "aws|customer", "whose policies", ("policies",)),
)
_BY_NAME = {each.name: each for each in TERMS}
_KINDS = ("aws", "customer")


class Word(msgspec.Struct, frozen=True):
    """A plain word in small letters, or (`inverted`) one that must not be there."""

    text: str
    inverted: bool = False


class Filter(msgspec.Struct, frozen=True):
    """What was typed: plain words, terms about statements, and terms about the row itself."""

    words: tuple[Word, ...] = ()
    terms: tuple[Term, ...] = ()
    fields: tuple[Term, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.words or self.terms or self.fields)


def tokens(text: str) -> list[tuple[str, bool]]:
    """The words of a filter, each with whether `!` stands before it. Double quotes hold blanks together; one that is not closed yet
    reaches to the end."""
    found: list[tuple[str, bool]] = []
    word, begun, quoted, inverted = "", False, False, False
    for character in [*text, " "]:
        if character == " " and not quoted:
            if begun and (word or not inverted):
                found.append((word, inverted))
            word, begun, inverted = "", False, False
        elif character == '"':
            quoted, begun = not quoted, True
        elif character == "!" and not begun:
            begun = inverted = True
        else:
            word, begun = word + character, True
    if begun:
        found.append((word[:-1], inverted))
    return [(word, inverted) for word, inverted in found if word]


def read(text: str, where: str) -> Filter:
    """What `text` asks of the rows of `where`: the name of a list, `principal` or `policy`. A term without a value is still being typed
    and counts for nothing. Raises UserError for a term that is not for these rows, or a value that there is not."""
    words: list[Word] = []
    about: list[Term] = []
    fields: list[Term] = []
    for word, inverted in tokens(text):
        name, colon, value = word.partition(":")
        kind = _BY_NAME.get(name.casefold()) if colon else None
        if kind is None:
            words.append(Word(word.casefold(), inverted))
        elif where not in kind.where:
            raise UserError(f"{kind.name}: says nothing about {where}", todo=f"here are {_known(where)}")
        elif not value:
            continue
        elif kind.name in (*statement_terms.STATEMENT, statement_terms.THROUGH):
            about.append(statement_terms.term(kind.name, value, inverted))
        else:
            fields.append(_field(kind.name, value.casefold(), inverted))
    return Filter(tuple(words), tuple(about), tuple(fields))


def hint(where: str) -> str:
    """What can be typed, in a line."""
    names = " ".join(f"{each.name}:" for each in TERMS if where in each.where)
    return f"words that all match, !word leaves out; {names}".rstrip("; ")


def _known(where: str) -> str:
    names = [f"{each.name}:" for each in TERMS if where in each.where]
    return ", ".join(names) if names else "no terms, only words"


def _field(name: str, value: str, inverted: bool) -> Term:
    if name == "kind" and not any(each.startswith(value) for each in _KINDS):
        raise UserError(f"there is no kind {visible(value)!r} of policy", todo="write kind:aws or kind:customer")
    return Term(name, value, inverted)


class Selection(msgspec.Struct, frozen=True):
    """`rows` are indices in their order; `fuzzy` says that a word was found only by its letters."""

    rows: Sequence[int]
    fuzzy: bool = False


class Search:
    """The rows of one list (`texts` in small letters, `values` for terms about the row), and what was found in them last: a word that
    only grew looks among the rows that it left."""

    def __init__(self, texts: Sequence[str], values: Sequence[Any] = ()) -> None:
        self.texts = texts
        self._values = values
        self._last: tuple[tuple[Word, ...], Sequence[int]] = ((), range(len(texts)))

    def find(self, wanted: Filter, *, letters: bool = True) -> Selection:
        """The rows that the words and the terms about rows leave. With `letters`, a word that is nowhere in the list stands for its
        letters in their order."""
        found = self._words(wanted.words, letters)
        left = found.rows
        for each in wanted.fields:
            test = self._test(each)
            left = [row for row in left if test(row) != each.inverted]
        return Selection(left, found.fuzzy)

    def _words(self, words: tuple[Word, ...], letters: bool) -> Selection:
        before, rows = self._last
        left = _holding(words, rows, self.texts) if _narrows(before, words) else ()
        is_fuzzy = False
        if not left:
            left = range(len(self.texts))
            for word in words:
                found = _holding((word,), left, self.texts)
                if letters and not found and not word.inverted and not any(word.text in text for text in self.texts):
                    found = fuzzy.rows(word.text, left, self.texts)
                    is_fuzzy = True
                left = found
        if not is_fuzzy:
            self._last = (words, left)
        return Selection(left, is_fuzzy and bool(left))

    def _test(self, field: Term) -> Callable[[int], bool]:
        if field.name == "type":
            return lambda row: field.value in self._values[row].type.casefold()
        if field.name == "kind":
            return lambda row: ("aws" if self._values[row].account == "aws" else "customer").startswith(field.value)
        key, equals, value = field.value.partition("=")
        is_key = statement_terms.called(key, {name for name, _ in self.tags})
        is_value = statement_terms.called(value if equals else "", {text for name, text in self.tags if text and is_key(name)})
        wanted = {(name, text) for name, text in self.tags if is_key(name) and is_value(text)}
        return lambda row: not wanted.isdisjoint(self._tags_of_rows[row])

    @functools.cached_property
    def _tags_of_rows(self) -> list[tuple[tuple[str, str], ...]]:
        return [tuple((key.casefold(), text.casefold()) for key, text in value.tags or ()) for value in self._values]

    @functools.cached_property
    def tags(self) -> frozenset[tuple[str, str]]:
        """The tags that some row carries, in small letters; none of rows whose tags were not collected."""
        return frozenset(pair for pairs in self._tags_of_rows for pair in pairs)


def _narrows(before: tuple[Word, ...], words: tuple[Word, ...]) -> bool:
    """Whether what `words` leave is surely among what `before` left."""
    if not before or len(words) < len(before) or words[: len(before) - 1] != before[:-1]:
        return False
    last, now = before[-1], words[len(before) - 1]
    return last == now or (now.text.startswith(last.text) and not last.inverted and not now.inverted)


def _holding(words: Iterable[Word], rows: Sequence[int], texts: Sequence[str]) -> Sequence[int]:
    for word in words:
        wanted = word.text
        if word.inverted:
            rows = [row for row in rows if wanted not in texts[row]]
        else:
            rows = [row for row in rows if wanted in texts[row]]
    return rows


def both(rows: Sequence[int], others: Container[int]) -> list[int]:
    """The rows that are also among the others, in their order."""
    return [row for row in rows if row in others]


def matches(text: str, haystacks: Sequence[str]) -> Sequence[int]:
    """Indices of the haystacks (already in small letters) that hold every word of `text` and none of its `!words`. There are no terms
    here: for lists that are not an account's."""
    return _holding([Word(word.casefold(), inverted) for word, inverted in tokens(text)], range(len(haystacks)), haystacks)


def keeps(wanted: Filter, text: str, statement: Statement | None) -> bool:
    """Whether a row with this text (in small letters) stays, where rows are statements (None: a row that is not one): words and terms
    are then about this very row."""
    if any((word.text in text) == word.inverted for word in wanted.words):
        return False
    about = [each for each in wanted.terms if each.name in statement_terms.STATEMENT]
    return not about or (statement is not None and statement_terms.meets(statement, about))
