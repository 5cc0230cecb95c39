"""Wildcards and variables, by way of regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from second.context import Context
from second.three import NotSaidError, Three

_PART = re.compile(r"\$\{([^}]*)\}|(.)", re.DOTALL)


@dataclass(frozen=True)
class Expanded:
    """A pattern as a regular expression. `absent`: it names a key that is absent, so that it matches nothing (R77). `unknown`: it
    names a key that is unknown; the expression then has "anything" in that place."""

    expression: str
    absent: bool = False
    unknown: bool = False

    def matches(self, value: str) -> Three:
        if self.absent or not re.fullmatch(self.expression, value, re.DOTALL):
            return False
        return None if self.unknown else True


def expand(pattern: str, context: Context, *, variables: bool, star: str = ".*", question: str = ".") -> Expanded:
    """`star` and `question` are what `*` and `?` stand for; escape them to compare without wildcards."""
    expression, absent, unknown = "", False, False
    for variable, character in (match.groups() for match in _PART.finditer(pattern)):
        if variable is not None and not variables:
            expression += "".join({"*": star, "?": question}.get(item, re.escape(item)) for item in "${" + variable + "}")
        elif variable is not None:
            found = value_of(variable, context)
            absent, unknown = absent or found == "absent", unknown or found == "unknown"
            expression += found[1] if isinstance(found, tuple) else ".*"
        else:
            expression += {"*": star, "?": question}.get(character, re.escape(character))
    return Expanded(expression, absent, unknown)


def value_of(variable: str, context: Context) -> tuple[str, str] | str:
    """R76-R79: ("is", the quoted text), "absent" or "unknown"."""
    if variable in ("*", "?", "$"):
        return ("is", re.escape(variable))
    key, _, default = variable.partition(",")
    said = context.get(key.strip())
    if said.state == "present" and not context.multivalued(key.strip()):
        return ("is", re.escape(said.values[0]))
    if said.state == "unknown" and key.strip().lower() not in ("aws:tagkeys", "aws:calledvia"):
        return "unknown"
    return ("is", re.escape(default.strip()[1:-1])) if default else "absent"


def filled(pattern: str, context: Context) -> str:
    """The pattern with its variables filled in, `x` for those without a value."""

    def fill(match: re.Match[str]) -> str:
        found = value_of(match[1], context)
        return re.sub(r"\\(.)", r"\1", found[1]) if isinstance(found, tuple) else "x"

    return re.sub(r"\$\{([^}]*)\}", fill, pattern)


def simple(pattern: str, value: str, *, star: str = ".*", question: str = ".") -> bool:
    """A glob without variables."""
    expression = "".join({"*": star, "?": question}.get(item, re.escape(item)) for item in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def fields(pattern: str, *, variables: bool) -> list[str]:
    """The pattern's fields: it is split at the first five colons, in a variable at none (R24, R76)."""
    if not variables and any("${" in field for field in pattern.split(":")[:5]):
        raise NotSaidError("a variable before the resource field, where it is plain text with a colon in it (R43)")
    found, inside = [""], False
    for position, character in enumerate(pattern):
        if variables and pattern.startswith("${", position) and "}" in pattern[position:]:
            inside = True
        if character == ":" and not inside and len(found) < 6:
            found.append("")
            continue
        found[-1] += character
        if character == "}":
            inside = False
    return found
