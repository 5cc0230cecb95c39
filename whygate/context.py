"""The request context: for each condition key its values, or that it is surely absent, or unknown, and from where that is known (R3).

What the engine works out by itself is in `derive`; here is how given, derived and missing keys come together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from whygate import catalogue
from whygate.errors import UserError
from whygate.logic import Unknown

# Keys that carry a set of values (R70); service keys typed ArrayOf… come from the catalogue.
MULTIVALUED = frozenset(
    key.lower()
    for key in (
        "aws:TagKeys",
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:VpceOrgPaths",
        "aws:PrincipalServiceNamesList",
        "sts:TransitiveTagKeys",
    )
)

UNKNOWN_TEXT = "<unknown>"


def is_multivalued(key: str) -> bool:
    """Whether a key, in any letter case, carries a set of values (R70)."""
    lowered = key.lower()
    service = lowered.split(":", 1)[0]
    return lowered in MULTIVALUED or (service != "aws" and catalogue.key_is_multivalued(service, lowered))


_KEY = re.compile(r"[^\s:]+:\S.*")


class Value(msgspec.Struct, frozen=True):
    """What a request says about one key.

    `state` is `present`, `absent` or `unknown`. An unknown key that is surely sent, only its value is not known, has
    `sent` set: `Null` and `…IfExists` then have a definite answer. `origin` says in words where this is from.
    """

    state: str
    values: tuple[str, ...] = ()
    origin: str = ""
    multivalued: bool = False
    sent: bool = False
    reason: Unknown | None = None

    def __str__(self) -> str:
        return ", ".join(self.values) if self.state == "present" else self.state


def present(*values: str, origin: str) -> Value:
    return Value("present", values, origin)


def absent(origin: str) -> Value:
    return Value("absent", origin=origin)


def unknown(origin: str, *, sent: bool = False, reason: Unknown | None = None) -> Value:
    return Value("unknown", origin=origin, sent=sent, reason=reason)


Derive = Callable[[str], Value | None]


def _nothing(key: str) -> Value | None:
    return None


class Context:
    """The keys of one request. Given beats derived; what is neither is unknown, or absent if the asker said so.

    Key names ignore case (R58). `derive` takes a key in lower case and gives a value, or None where it has nothing to say.
    """

    def __init__(self, given: Mapping[str, object] | None = None, derive: Derive = _nothing, *, missing: str = "unknown") -> None:
        self._given = _read(given or {})
        self._derive = derive
        self._missing = missing
        self._known: dict[str, Value] = {}

    def get(self, key: str) -> Value:
        lowered = key.lower()
        value = self._known.get(lowered)
        if value is None:
            value = self._known[lowered] = self._look_up(lowered)
        return value

    def _look_up(self, key: str) -> Value:
        value = self._given.get(key)
        if value is None:
            value = self._derive(key) or unknown("not given")
            if value.state == "unknown" and self._missing == "absent" and value.reason is None:
                value = absent("not given, and missing keys count as absent")
        if value.state == "present" and not value.values:
            value = absent(f"{value.origin}, empty")
        if value.state != "absent" and (len(value.values) > 1 or is_multivalued(key)):
            value = msgspec.structs.replace(value, multivalued=True)
        return value

    def contradicted(self) -> tuple[tuple[str, Value, Value], ...]:
        """Given keys whose value would have been derived as another one: (key, given, derived). What was only assumed may differ."""
        found = []
        for key, value in self._given.items():
            derived = self._derive(key)
            if derived is None or "unknown" in (value.state, derived.state) or derived.origin.startswith("assumed"):
                continue
            if (value.state, value.values) != (derived.state, derived.values):
                found.append((key, value, derived))
        return tuple(found)

    def filled(self, values: Mapping[str, Value]) -> Context:
        """The same context with these values (keys in lower case) in the place of what was given or derived."""
        copy = Context(None, self._derive, missing=self._missing)
        copy._given = {**self._given, **values}
        return copy

    @property
    def given(self) -> tuple[str, ...]:
        """The given keys, in lower case."""
        return tuple(self._given)


def _read(given: Mapping[str, object]) -> dict[str, Value]:
    """Given keys. Two tag keys that differ only by case are a trap that AWS warns of: the value is then unknown (R58)."""
    found: dict[str, Value] = {}
    for key, item in given.items():
        value = as_value(key, item)
        lowered = key.lower()
        if lowered in found and found[lowered] != value:
            value = unknown("given twice", reason=Unknown("rule", "R58", f"{key} is there in two spellings, with different values"))
        found[lowered] = value
    return found


def as_value(key: str, item: object) -> Value:
    """A given value: text, number, boolean or a list of them; None is surely absent; `<unknown>` is unknown (scenarios)."""
    if item is None:
        return absent("given")
    if isinstance(item, (list, tuple)):
        return Value("present", tuple(as_text(key, part) for part in item), "given", multivalued=len(item) > 1)
    if item == UNKNOWN_TEXT:
        return unknown("given as unknown")
    return present(as_text(key, item), origin="given")


def as_text(key: str, item: object) -> str:
    """A given value as the text that AWS compares (R48); raises `UserError` for objects and nulls inside lists."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, (str, int, float)):
        return str(item)
    raise UserError(
        f"the value of context key {key} is not text, a number, a boolean or a list of them",
        todo="give one of these, or null for surely absent",
    )


def parse_given(items: list[str]) -> dict[str, object]:
    """`KEY=VALUE` items as people type them: a key said twice is a list, `KEY=` the empty value, `KEY!` surely absent."""
    found: dict[str, object] = {}
    for item in items:
        key, equals, text = item.partition("=")
        if not equals and not item.endswith("!"):
            raise UserError(f"{item!r} is no context value", todo="write KEY=VALUE, KEY= for the empty value, or KEY! for surely absent")
        value: object = text if equals else None
        key = key if equals else item[:-1]
        if not _KEY.fullmatch(key):
            raise UserError(f"{key!r} is no condition key", todo="write it with its service, as in aws:SourceIp")
        if key in found:
            before = found[key]
            if value is None or before is None:
                raise UserError(f"{key} is said to be absent and to have a value", todo="say one of the two")
            value = [*before, text] if isinstance(before, list) else [before, text]
        found[key] = value
    return found
