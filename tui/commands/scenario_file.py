"""A scenario file becomes rows: JSON Lines, a JSON list, or YAML, each row with its line and the lines of its keys."""

from __future__ import annotations

import json
from typing import Any

import yaml

from whygate.errors import UserError
from whygate.scenarios import Row


def rows(text: str, name: str) -> list[Row]:
    """The rows of a file; raises `UserError` with file and line for what is neither JSON nor YAML, and for a key that is there twice."""
    stripped = text.lstrip()
    if stripped.startswith("{"):
        found = _json_lines(text, name)
        if found is not None:
            return found
    # JSON is YAML for our purposes, and PyYAML tells the line of every key. The loader has no tags that build objects.
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UserError(f"neither JSON nor YAML: {error.problem or error.context}", where=f"{name}:{line}", todo="mend that line") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UserError(f"neither JSON nor YAML: {str(error).splitlines()[0] if str(error) else 'nested too deeply'}", where=name) from None
    if isinstance(node, yaml.MappingNode):
        return [_row(node, name)]
    if not isinstance(node, yaml.SequenceNode):
        raise UserError("a scenario file is a list of scenarios", where=name, todo="see docs/scenarios.md")
    return [_row(item, name) for item in node.value]


def _json_lines(text: str, name: str) -> list[Row] | None:
    """One object a line, or None where the first line is no whole object (then it is one object over many lines, or YAML)."""
    found: list[Row] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, object_pairs_hook=lambda pairs, number=number: _no_twice(pairs, name, number))
        except ValueError as error:
            if not found:
                return None
            raise UserError(f"not JSON: {getattr(error, 'msg', error)}", where=f"{name}:{number}", todo="mend that line") from None
        except RecursionError:
            raise UserError("nested too deeply", where=f"{name}:{number}") from None
        keys = value if isinstance(value, dict) else ()
        found.append(Row(value, number, dict.fromkeys(map(str, keys), number)))
    return found


def _no_twice(pairs: list[tuple[str, Any]], name: str, line: int) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise UserError(f"the key {twice!r} is there twice", where=f"{name}:{line}", todo="keep one of the two")
    return value


def _row(node: yaml.Node, name: str) -> Row:
    lines = {}
    if isinstance(node, yaml.MappingNode):
        lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return Row(_value(node, name), node.start_mark.line + 1, lines)


def _value(node: yaml.Node, name: str) -> Any:
    """Plain values; scalars that YAML would make into dates and octal numbers stay the text that was written."""
    if isinstance(node, yaml.MappingNode):
        return _no_twice([(str(key.value), _value(item, name)) for key, item in node.value], name, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name) for item in node.value]
    text = str(node.value)
    kind = node.tag.rsplit(":", 1)[-1]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind in ("int", "float"):
        try:
            number = json.loads(text)
        except ValueError:
            return text
        return number if isinstance(number, (int, float)) and str(number) == text else text
    return text
