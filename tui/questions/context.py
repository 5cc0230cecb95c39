"""The context of a question as a person types it: `key=value` words, `key=` for the empty value, `key!` for surely absent."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from whygate.errors import UserError

ABSENT = "!"


def words(text: str) -> list[str]:
    """The words of a context, their quotes taken away. Raises UserError for an open quote."""
    try:
        return shlex.split(text)
    except ValueError:
        raise UserError("a quote in the context is not closed", todo='write values with blanks as key="two words"') from None


def read(text: str) -> dict[str, object]:
    """The context in `text`, as `whygate.context.parse_given` reads its words. Raises UserError, also for an open quote."""
    from whygate.context import parse_given

    return parse_given(words(text))


def written(context: Mapping[str, object]) -> str:
    """The words that `read` reads back as `context`."""
    found = []
    for key, value in context.items():
        if value is None:
            found.append(shlex.quote(f"{key}!") if shlex.quote(key) != key else f"{key}!")
            continue
        for item in value if isinstance(value, (list, tuple)) else [value]:
            text = str(item).lower() if isinstance(item, bool) else str(item)
            found.append(shlex.quote(f"{key}={text}") if shlex.quote(key) != key else f"{key}={shlex.quote(text) if text else ''}")
    return " ".join(found)


def value_of(text: str, key: str) -> str:
    """What `text` gives for one key, as `with_value` takes it; empty where it gives nothing. Raises UserError."""
    for name, value in read(text).items():
        if name.lower() == key.lower():
            return ABSENT if value is None else ", ".join(value) if isinstance(value, list) else str(value)
    return ""


def with_value(text: str, key: str, typed: str) -> str:
    """The context `text` with one key set to what was typed: `!` is surely absent, nothing takes the key away, and commas part the
    values of a key that holds several. Raises UserError where `text` cannot be read."""
    from whygate.context import is_multivalued

    given = read(text)
    name = next((each for each in given if each.lower() == key.lower()), key)
    several = isinstance(given.get(name), list) or is_multivalued(key)
    if not typed:
        given.pop(name, None)
    elif typed == ABSENT:
        given[name] = None
    else:
        given[name] = [part.strip() for part in typed.split(",")] if several and "," in typed else typed
    return written(given)
