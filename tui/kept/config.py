"""The configuration file: where it is, what it says, which line of it is wrong. What can be configured is the table in `tui.kept.settings`.

A line that is wrong costs that line: its option has its default, and the rest of the file holds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

import msgspec

from tui.kept.settings import OPTIONS, PARTS, Option, Settings, Texts, allowed
from whygate.errors import UserError
from whygate.text import visible

VARIABLE = "WHYGATE_CONFIG"
FILE = "config.toml"
MOST_BYTES = 1_000_000

# Patterns as text: few start with a file, and `re` compiles what is asked for.
_HEADER = r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$"
_KEY = r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
_KEY_PART = r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'"""
_SYNTAX = r"(.*?)(?: \(at (?:line (\d+), column \d+|end of document)\))?$"


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with the file at `path`: a plain line, and where."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{visible(where)}: {visible(self.text)}"


class Config(msgspec.Struct, frozen=True):
    """What a file says. `lines` are the numbers of the lines on which names stand, by the name in full: `keys.everywhere.copy`."""

    path: str
    settings: Settings = Settings()
    problems: tuple[Problem, ...] = ()
    lines: Mapping[str, int] = {}

    def wrong(self, name: str, text: str) -> Problem:
        """A problem with what has this name in full, or with the nearest table around it whose line is known."""
        while name and name not in self.lines:
            name = name.rpartition(".")[0]
        return Problem(self.path, self.lines.get(name, 0), text)


def default_path() -> str:
    """Where the file is looked for unless `--config` names one: `WHYGATE_CONFIG`, else the user's configuration directory."""
    named = os.environ.get(VARIABLE)
    if named:
        return os.path.abspath(os.path.expanduser(named))
    import platformdirs

    return os.path.join(platformdirs.user_config_dir("whygate", appauthor=False), FILE)


def load(path: str = "") -> Config:
    """What the file says; the defaults where nobody named one and there is none. Raises UserError for a named one that cannot be read."""
    where = path or default_path()
    try:
        with open(where, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        if path:
            raise UserError("there is no such file", where=visible(path), todo="`whygate config` prints one to begin with") from None
        return Config(where)
    except OSError as error:
        if path:
            raise UserError(f"cannot be read: {error.strerror}", where=visible(path)) from None
        return Config(where, problems=(Problem(where, 0, f"cannot be read: {error.strerror}"),))
    return read(content, where)


def read(content: bytes, path: str) -> Config:
    """The configuration that `content`, of the file at `path`, holds."""
    if not content.strip():
        return Config(path)
    import tomllib

    if len(content) > MOST_BYTES:
        return Config(path, problems=(Problem(path, 0, f"longer than {MOST_BYTES:,} bytes"),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Config(path, problems=(Problem(path, line, "is not UTF-8"),))
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Config(path, problems=(_syntax(path, text, str(error)),))
    return _checked(Config(path, lines=_lines(text)), values)


def _syntax(path: str, text: str, said: str) -> Problem:
    found = re.match(_SYNTAX, said, re.DOTALL)
    assert found is not None
    line = int(found[2]) if found[2] else text.count("\n") + 1
    what = found[1].strip()
    return Problem(path, line, f'{what[:1].lower()}{what[1:]}; the file is TOML: name = "value"')


def _checked(config: Config, values: Mapping[str, object]) -> Config:
    problems: list[Problem] = []
    taken: dict[str, str | Texts] = {}
    rows = {row.name: row for row in OPTIONS}
    parts = {part.name: part for part in PARTS}
    for name, value in values.items():
        if name in rows:
            if _is_allowed(rows[name], value):
                taken[name] = str(value)
            else:
                problems.append(config.wrong(name, f"{name} must be {allowed(rows[name])}, not {_said(value)}"))
        elif name in parts:
            if isinstance(value, dict):
                taken[name] = dict(_texts(config, name, value, problems))
            else:
                problems.append(config.wrong(name, f"{name} must be a table: [{name}], then {parts[name].example}"))
        else:
            known = ", ".join((*rows, *(f"[{part}]" for part in parts)))
            problems.append(config.wrong(name, f"there is no option {name!r}; there are {known}"))
    return msgspec.structs.replace(config, settings=msgspec.convert(taken, Settings), problems=tuple(problems))


def _is_allowed(row: Option, value: object) -> bool:
    return isinstance(value, str) and (not row.choices or value in row.choices)


def _texts(config: Config, table: str, values: Mapping[str, object], problems: list[Problem]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The texts of a table and of the tables in it, by their names without that of the first table."""
    for name, value in values.items():
        full = f"{table}.{name}"
        if isinstance(value, dict):
            yield from _texts(config, full, value, problems)
            continue
        texts = [value] if isinstance(value, str) else value
        if isinstance(texts, list) and texts and all(isinstance(text, str) and text for text in texts):
            yield full.partition(".")[2], tuple(texts)
        else:
            problems.append(config.wrong(full, f"{full} must be a text or a list of texts, not {_said(value)}"))


def _said(value: object) -> str:
    """A value as the file could have it, short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _lines(text: str) -> dict[str, int]:
    """The line of every name in full, the first one where a table is mentioned again and again."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(_HEADER, line):
            table = name = _name(header[1])
        elif key := re.match(_KEY, line):
            name = f"{table}.{_name(key[1])}" if table else _name(key[1])
        else:
            continue
        while name:
            found.setdefault(name, number)
            name = name.rpartition(".")[0]
    return found


def _name(text: str) -> str:
    return ".".join(part.strip("\"'") for part in re.findall(_KEY_PART, text))
