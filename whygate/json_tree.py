"""JSON read so that nothing is lost: duplicate keys, the text of numbers, and where each value stands once it is printed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import msgspec

MAX_DEPTH = 100
"""How deeply values may be nested. A policy needs seven levels; far more would exhaust whoever walks the tree."""

_TOO_DEEP = "nested too deeply"


class Number(str):
    """A JSON number as it was written; policies compare numbers as their text (R48)."""

    __slots__ = ()


class Object(dict[str, Any]):
    """A JSON object that remembers every pair, also those whose key came twice; as a dict the last one wins."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = tuple(pairs)

    @property
    def duplicates(self) -> tuple[str, ...]:
        if len(self.pairs) == len(self):
            return ()
        times = Counter(key for key, _ in self.pairs)
        return tuple(key for key, number in times.items() if number > 1)


class Text(msgspec.Struct, frozen=True):
    """A document printed: its lines, and for each path (`("Statement", 0, "Action")`) its first and last line, from 0."""

    lines: tuple[str, ...]
    places: dict[tuple[str | int, ...], tuple[int, int]]

    def lines_of(self, path: tuple[str | int, ...]) -> tuple[int, int] | None:
        """The lines of `path`, or of the nearest part above it that the document has."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path)


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def loads(text: str) -> Any:
    """Read JSON text into `Object`, list, str, `Number`, bool and None; raises ValueError with a position, or for too deep nesting."""
    try:
        tree = json.loads(text, object_pairs_hook=Object, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(tree)
    return tree


def _check_depth(tree: Any) -> None:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [item for part in level for item in (part.values() if isinstance(part, dict) else part) if isinstance(item, (dict, list))]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def from_python(value: Any) -> Any:
    """The same tree for a value that came as Python objects; YAML makes dates of a Version without quotes, here they are text
    again. Raises ValueError for what holds itself or is nested too deeply."""
    return _from_python(value, MAX_DEPTH)


def _from_python(value: Any, deeper: int) -> Any:
    if isinstance(value, (Object, Number)):
        return value
    if isinstance(value, (dict, list, tuple)):
        if not deeper:
            raise ValueError(_TOO_DEEP)
        if isinstance(value, dict):
            return Object([(str(key), _from_python(item, deeper - 1)) for key, item in value.items()])
        return [_from_python(item, deeper - 1) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Number(json.dumps(value))
    return value.isoformat() if isinstance(value, date) else value


def _scalar(value: Any) -> str:
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def render(tree: Any) -> Text:
    """Print `tree` with two spaces an indent, a value a line; a list of one plain value stays on its line."""
    lines: list[str] = [""]
    places: dict[tuple[str | int, ...], tuple[int, int]] = {}

    def write(value: Any, path: tuple[str | int, ...], indent: str) -> None:
        first = len(lines) - 1
        if isinstance(value, dict) and value:
            pairs = value.pairs if isinstance(value, Object) else tuple(value.items())
            lines[-1] += "{"
            for number, (key, item) in enumerate(pairs):
                lines.append(f"{indent}  {json.dumps(key, ensure_ascii=False)}: ")
                write(item, (*path, key), indent + "  ")
                if number < len(pairs) - 1:
                    lines[-1] += ","
            lines.append(indent + "}")
        elif isinstance(value, list) and value and not (len(value) == 1 and not isinstance(value[0], (dict, list))):
            lines[-1] += "["
            for number, item in enumerate(value):
                lines.append(indent + "  ")
                write(item, (*path, number), indent + "  ")
                if number < len(value) - 1:
                    lines[-1] += ","
            lines.append(indent + "]")
        elif isinstance(value, list) and value:
            lines[-1] += f"[{_scalar(value[0])}]"
            places[*path, 0] = (first, first)
        else:
            lines[-1] += "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else _scalar(value)
        places[path] = (first, len(lines) - 1)

    write(tree, (), "")
    return Text(tuple(lines), places)
