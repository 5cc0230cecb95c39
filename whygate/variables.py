"""Policy variables: `${aws:username}` in a pattern or a condition value becomes text, a hole, or nothing at all (R33, R76-R79)."""

from __future__ import annotations

import functools
import re

import msgspec

from whygate import globs
from whygate.context import Context
from whygate.globs import Part, Parts
from whygate.logic import Unknown

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


class Variable(msgspec.Struct, frozen=True):
    key: str
    default: str | None


class Expanded(msgspec.Struct, frozen=True):
    """`parts` is None where a variable is surely absent: the value then matches nothing (R77). A variable that is not known
    stands in `parts` as a wildcard, and `unknowns` names it: no match is then certain, a match is not."""

    parts: Parts | None
    unknowns: tuple[Unknown, ...] = ()


@functools.lru_cache(maxsize=65536)
def parse(text: str, wildcards: bool) -> tuple[Part | Variable, ...]:
    """Literals, wildcards (where `wildcards` is set) and variables of a 2012-10-17 text."""
    found: list[Part | Variable] = []
    position = 0
    for match in _VARIABLE.finditer(text):
        found.extend(_plain(text[position : match.start()], wildcards))
        inside = match.group(1)
        if inside in ("*", "?", "$"):
            found.append(inside)
        else:
            found.append(_variable(inside))
        position = match.end()
    found.extend(_plain(text[position:], wildcards))
    return tuple(found)


def _variable(inside: str) -> Variable:
    """`key` or `key, 'default'` (R78)."""
    key, comma, rest = inside.partition(",")
    default = rest.strip()
    if comma and len(default) > 1 and default[0] == default[-1] == "'":
        return Variable(key.strip(), default[1:-1])
    return Variable(inside.strip(), None)


def _plain(text: str, wildcards: bool) -> Parts:
    return globs.parse(text) if wildcards else (text,) if text else ()


def expand(text: str, context: Context, *, variables: bool, wildcards: bool) -> Expanded:
    """`text` with its variables filled in from `context`; with `variables` off, `${…}` is plain text (R43)."""
    if not variables or "${" not in text:
        return Expanded(_plain(text, wildcards))
    parts: list[Part] = []
    unknowns: list[Unknown] = []
    for item in parse(text, wildcards):
        if not isinstance(item, Variable):
            parts.append(item)
            continue
        value = context.get(item.key)
        usable = not value.multivalued  # a key with several values is no variable: as absent (R76)
        if value.state == "unknown" and usable:
            parts.append(globs.ANY)
            unknowns.append(value.reason or Unknown("context", item.key))
        elif value.state == "present" and usable:
            if value.values[0]:
                parts.append(value.values[0])
        elif item.default is not None:
            if item.default:
                parts.append(item.default)
        else:
            return Expanded(None)
    merged: list[Part] = []
    for part in parts:  # neighbouring literals become one, so that equality can be read off
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return Expanded(tuple(merged), tuple(unknowns))


def names(text: str) -> tuple[str, ...]:
    """The keys that `text` uses as variables."""
    return tuple(item.key for item in parse(text, False) if isinstance(item, Variable))


def shown(expanded: Expanded) -> str:
    """The expanded text for an explanation; a hole shows as `…`."""
    if expanded.parts is None:
        return ""
    return "".join(
        part if isinstance(part, str) else "…" if expanded.unknowns and part == globs.ANY else "*?"[part] for part in expanded.parts
    )
