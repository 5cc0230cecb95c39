"""A scenario file becomes rows: JSON Lines, a JSON list, or YAML, each row with its line and the lines of its keys."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from whygate import json_source
from whygate.errors import UserError
from whygate.json_source import DocumentError
from whygate.scenarios import Row

# libyaml reads some ten times faster, and is not there on every machine.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MEND = "mend that line"


def rows(text: str, name: str) -> list[Row]:
    """The rows of a file; raises `UserError` with file and line for what is neither JSON nor YAML, and for a key that is there twice.

    What begins with a bracket is JSON; only where it is not does it get a second chance as YAML, whose lists look alike.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return _yaml_rows(text, name)
    try:
        return _json_rows(text.encode(), name)
    except DocumentError as error:
        try:
            return _yaml_rows(text, name)
        except UserError:
            raise UserError(error.what, where=f"{name}:{error.line}" if error.line else name, todo=_MEND) from None


def _json_rows(data: bytes, name: str) -> list[Row]:
    """One value after another: each a scenario, or a list of them."""
    breaks = [match.start() for match in re.finditer(b"\n", data)]

    def line(offset: int) -> int:
        return bisect.bisect_left(breaks, offset) + 1

    found: list[Row] = []
    for start in json_source.values(data):
        listed = data[start : start + 1] == b"["
        starts = [member.start for member in json_source.members(data, start)] if listed else [start]
        found.extend(_json_row(data, begin, name, line) for begin in starts)
    return found


def _json_row(data: bytes, start: int, name: str, line: Callable[[int], int]) -> Row:
    lines: dict[str, int] = {}
    for member in json_source.members(data, start) if data[start : start + 1] == b"{" else ():
        key = str(member.key)
        if key in lines:
            raise _twice(key, name, line(member.key_start))
        lines[key] = line(member.key_start)
    text = data[start : json_source.value_end(data, start)].decode()
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, name, line(start)), parse_float=_number)
    except RecursionError:
        raise UserError("nested too deeply", where=f"{name}:{line(start)}", todo=_MEND) from None
    return Row(value, line(start), lines)


def _yaml_rows(text: str, name: str) -> list[Row]:
    # Composed, not loaded: nodes know their lines, and no tag builds an object.
    try:
        node = yaml.compose(text, Loader=_LOADER)
        if isinstance(node, yaml.MappingNode):
            return [_yaml_row(node, name)]
        if not isinstance(node, yaml.SequenceNode):
            raise UserError("a scenario file is a list of scenarios", where=name, todo="see docs/scenarios.md")
        return [_yaml_row(item, name) for item in node.value]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UserError(f"neither JSON nor YAML: {error.problem or error.context}", where=f"{name}:{line}", todo=_MEND) from None
    except yaml.YAMLError as error:
        raise UserError(f"neither JSON nor YAML: {str(error).splitlines()[0]}", where=name, todo="save it as text") from None
    except RecursionError:
        raise UserError("nested too deeply, or an anchor holds itself", where=name, todo="write it out") from None


def _yaml_row(node: yaml.Node, name: str) -> Row:
    value = _value(node, name)
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value} if isinstance(node, yaml.MappingNode) else {}
    return Row(value, node.start_mark.line + 1, lines)


def _value(node: yaml.Node, name: str) -> Any:
    """Plain values, as YAML 1.2 and JSON have them: `no`, dates and octal numbers stay the text that was written."""
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        strange = next((key for key, _ in node.value if not isinstance(key, yaml.ScalarNode)), None)
        if strange is not None:
            raise UserError("a key must be text", where=f"{name}:{strange.start_mark.line + 1}", todo=_MEND)
        return _object([(str(key.value), _value(item, name)) for key, item in node.value], name, line)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name) for item in node.value]
    text = str(node.value)
    if re.search("[\ud800-\udfff]", text):
        raise UserError("half a surrogate pair in a text", where=f"{name}:{line}", todo="write the character itself")
    kind = node.tag.rsplit(":", 1)[-1]
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return _number(text) if kind in ("int", "float") else text


def _number(text: str) -> int | float | str:
    """A number where writing it again gives the same text, else the text: policies compare numbers as they were written."""
    for kind in (int, float):
        try:
            number: int | float = kind(text)
        except ValueError:
            continue
        if str(number) == text:
            return number
    return text


def _object(pairs: list[tuple[str, Any]], name: str, line: int) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _twice(next(key for key in keys if keys.count(key) > 1), name, line)
    return value


def _twice(key: str, name: str, line: int) -> UserError:
    return UserError(f"the key {key!r} is there twice", where=f"{name}:{line}", todo="keep one of the two")
