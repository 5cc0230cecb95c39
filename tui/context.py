"""The context of a question as a person types it: `key=value` words, `key=` for the empty value, `key!` for surely absent."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from whygate.errors import UserError


def read(text: str) -> dict[str, object]:
    """The context in `text`, as `whygate.context.parse_given` reads its words. Raises UserError, also for an open quote."""
    from whygate.context import parse_given

    try:
        words = shlex.split(text)
    except ValueError:
        raise UserError("a quote in the context is not closed", todo='write values with blanks as key="two words"') from None
    return parse_given(words)


def written(context: Mapping[str, object]) -> str:
    """The words that `read` reads back as `context`."""
    words = []
    for key, value in context.items():
        if value is None:
            words.append(shlex.quote(f"{key}!") if shlex.quote(key) != key else f"{key}!")
            continue
        for item in value if isinstance(value, (list, tuple)) else [value]:
            text = str(item).lower() if isinstance(item, bool) else str(item)
            words.append(shlex.quote(f"{key}={text}") if shlex.quote(key) != key else f"{key}={shlex.quote(text) if text else ''}")
    return " ".join(words)
