"""What the last word of a filter can become: a term that these rows have, then its value, from the account and the catalogue. Pure;
drawing and keys are in `tui.widgets.filter_bar`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.filtering.filter import TERMS, TermKind
from tui.questions.completion import SHOWN, containing

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot


class Candidate(msgspec.Struct, frozen=True):
    """`text` is the whole filter with this candidate in it; `shown` and `help` stand in its row; `value` where it is a value, not the
    name of a term."""

    text: str
    shown: str
    help: str = ""
    value: bool = True


class Known(msgspec.Struct, frozen=True):
    """What values are taken from, besides the catalogue: the account, and, where they are asked for, the tags of the rows and the
    condition keys of policies."""

    snapshot: Snapshot
    tags: Callable[[], Iterable[tuple[str, str]]] = tuple
    condition_keys: Callable[[], Sequence[str]] = tuple


def complete(text: str, where: str, known: Known) -> tuple[Candidate, ...]:
    """Candidates for the last word of `text`; none behind a blank, and none where nothing is left to complete."""
    before, inverted, word = _last_word(text)
    name, colon, value = word.partition(":")
    here = [kind for kind in TERMS if where in kind.where]
    if not word:
        return ()
    if not colon:
        return tuple(
            Candidate(f"{before}{inverted}{kind.name}:", f"{kind.name}:{kind.value}", kind.help, value=False)
            for kind in here
            if kind.name.startswith(name.casefold())
        )
    found = next((_values(each, value, text, known) for each in here if each.name == name.casefold()), ())
    if value.casefold() in (each.casefold() for each in found):
        return ()
    return tuple(Candidate(f"{before}{inverted}{name}:{_quoted(each)}", each) for each in tuple(found)[:SHOWN])


def _last_word(text: str) -> tuple[str, str, str]:
    """What stands before the last word, its `!`, and the word without its quotes."""
    start, quoted = 0, False
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == " " and not quoted:
            start = at + 1
    word = text[start:]
    inverted = "!" if word.startswith("!") else ""
    return text[:start], inverted, word.removeprefix("!").replace('"', "")


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _values(kind: TermKind, value: str, text: str, known: Known) -> Sequence[str]:
    if kind.name == "act":
        return _actions(value)
    if kind.name == "through":
        groups = sorted(group.name for group in known.snapshot.groups)
        return containing([*kind.value.split("|")[:-1], *groups], value)
    if kind.name == "tag":
        return _tags(value, known.tags())
    if kind.name == "type":
        return containing(sorted({resource.type for resource in known.snapshot.resources}), value)
    if kind.name == "res":
        return containing(_resource_heads(text, known.snapshot), value)
    return containing(known.condition_keys() if kind.name == "cond" else kind.value.split("|"), value)


def _actions(value: str) -> Sequence[str]:
    """Services, then everything of the service, then its actions."""
    from whygate import catalogue

    service, colon, name = value.partition(":")
    if not colon:
        return containing((f"{each}:" for each in catalogue.services()), service)
    found = containing(catalogue.action_names(service.lower()), name, after=len(service) + 1)
    return (f"{service}:*", *found) if found and not name else found


def _tags(value: str, tags: Iterable[tuple[str, str]]) -> Sequence[str]:
    key, equals, _ = value.partition("=")
    if equals:
        return containing(sorted(f"{name}={text}" for name, text in tags if name == key.casefold()), value)
    return containing(sorted({name for name, _ in tags}), value)


def _resource_heads(text: str, snapshot: Snapshot) -> list[str]:
    """How ARNs of the resource types begin behind the account, such as `collection/`: of the services that `act:` names in this filter,
    and of those whose resources are here."""
    from whygate import catalogue

    named = [word.partition(":")[2] for word in text.replace("!", "").split() if word.startswith("act:")]
    services = [value.partition(":")[0].casefold() for value in named]
    services += sorted({each.arn.split(":")[2] for each in snapshot.resources if each.arn.count(":") >= 5})
    types = (kind for service in dict.fromkeys(services) for kind in catalogue.resource_types(service))
    return _once(kind.arn.split(":", 5)[-1].partition("${")[0] for kind in types)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
