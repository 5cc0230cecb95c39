"""The lines of a policy document to be read: as printed where it can be parsed, else its own text as far as that is readable. Pure."""

from __future__ import annotations

import json
import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whygate.policies import Held

_LONGEST = 2000  # a document that is one endless line is read in pieces
_LAYERS = 3  # JSON text in a JSON string, URL-encoded: as many as `whygate.policy.read` takes off


def document_lines(held: Held) -> tuple[str, ...]:
    """The lines of a document; none where the data does not have it."""
    if held.policy.tree is not None:
        return held.policy.text.lines
    if held.raw is None:
        return ()
    lines = _text(bytes(held.raw)).splitlines()
    return tuple(line[at : at + _LONGEST] for line in lines for at in range(0, max(len(line), 1), _LONGEST))


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", errors="replace")
    for _ in range(_LAYERS):
        try:
            inner = json.loads(text, strict=False) if text.lstrip()[:1] == '"' else None
        except (ValueError, RecursionError):
            inner = None
        if isinstance(inner, str):
            text = inner
        elif text.lstrip()[:1] == "%":
            text = urllib.parse.unquote(text)
        else:
            break
    return text
