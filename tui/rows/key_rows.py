"""The condition keys of an answer as rows of the ladder: what each is, from where that is known, and what was given. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui.plain import fit, width_of, wrapped
from tui.questions import context
from tui.rows.ladder_row import LadderRow, blank, heading
from whygate.errors import UserError

if TYPE_CHECKING:
    from tui.questions.asking import Question
    from whygate.asked_keys import KeyUse
    from whygate.explain import Explanation

MARKS = {"absent": ("–", "dim"), "unknown": ("?", "maybe")}
ORIGIN_WIDTH = 26
NAME_LEAST = 28
UNUSED = "given, but no statement asks for it"


class Keys(msgspec.Struct, frozen=True):
    """How the keys stand in the ladder: those of `order` in that order and before all others, so that none moves while one is
    edited; before the nearest misses where they come `first`; `edited` is the one whose value somebody types."""

    order: tuple[str, ...] = ()
    first: bool = False
    edited: str = ""


class Key(msgspec.Struct, frozen=True):
    """One key: `state` is present, absent or unknown; `given` whether the question gives it; `matters` whether the verdict hangs on it;
    `compared` are values worth trying."""

    name: str
    value: str
    origin: str
    state: str
    given: bool = False
    matters: bool = False
    compared: tuple[str, ...] = ()


def keys_of(explanation: Explanation, question: Question) -> list[Key]:
    """Every key that was looked at or given; those that matter first, then what was given, then what is not known."""
    try:
        given = context.read(question.context)
    except UserError:  # half typed; the answer that is shown is of a moment ago
        given = {}
    names = {name.lower() for name in given}
    hangs = {each.name.lower() for each in explanation.unknowns if each.kind == "context"}
    found = [_key(use, use.key.lower() in names, use.key.lower() in hangs) for use in explanation.context]
    seen = {each.name.lower() for each in found}
    for name, value in given.items():
        if name.lower() not in seen:
            text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
            found.append(Key(name, "absent" if value is None else text, UNUSED, "absent" if value is None else "present", given=True))
    for each in explanation.unknowns:  # a key that no statement names itself: one behind a tag or a variable
        if each.kind == "context" and each.name.lower() not in seen:
            found.append(Key(each.name, "unknown", "not given", "unknown", matters=True))
    return sorted(found, key=lambda key: (not key.matters, not key.given, key.state != "unknown"))


def _key(use: KeyUse, given: bool, matters: bool) -> Key:
    return Key(use.key, use.value, use.origin, use.state, given, matters, use.compared)


def in_order(keys: list[Key], order: tuple[str, ...]) -> list[Key]:
    """The keys, those of `order` first and in that order."""
    places = {name: at for at, name in enumerate(order)}
    return sorted(keys, key=lambda key: places.get(key.name.lower(), len(places)))


def rows(explanation: Explanation, question: Question, view: Keys, room: int) -> list[LadderRow]:
    """The heading and a row a key, or more where a value or an origin is long."""
    keys = in_order(keys_of(explanation, question), view.order)
    if not keys:
        return []
    name_width = min(max(width_of(key.name) for key in keys), max(room * 2 // 5, NAME_LEAST))
    value_width = min(max(width_of(key.value) for key in keys), max(room - name_width - 6 - ORIGIN_WIDTH, 12))
    found = [blank(), heading("context that was looked at", "   enter sets a value")]
    for key in keys:
        found.extend(_rows(key, key.name.lower() == view.edited.lower(), name_width, value_width, room))
    return found


def _rows(key: Key, edited: bool, name_width: int, value_width: int, room: int) -> list[LadderRow]:
    mark, tone = MARKS.get(key.state, ("=" if key.given else "·", "good" if key.given else ""))
    left = name_width + 4
    is_long = width_of(key.name) > name_width
    names = wrapped(key.name, room - 2) if is_long else [fit(key.name, name_width) + "  "]
    below = len(names) if is_long else 0
    heads = [f"{mark if not number else ' '} {part}" for number, part in enumerate(names)]
    values = [""] if edited else wrapped(key.value, room - left)
    origins = _tried(key) if edited else key.origin
    beside = len(values) == 1 and width_of(values[0]) <= value_width and not below and not edited
    lines: list[tuple[tuple[str, str], ...]] = []
    if beside:
        parts = wrapped(origins, max(room - left - value_width - 2, 12)) if origins else [""]
        value = fit(values[0], value_width) + "  "
        lines.append(((heads[0], tone), (value, "strong" if key.given else ""), (parts[0], "dim")))
        lines.extend(((" " * (left + value_width + 2) + part, "dim"),) for part in parts[1:])
    else:
        margin = " " * left
        stacked = [*((part, "") for part in heads), (margin, values[0])] if below else [(heads[0], values[0])]
        stacked += [(margin, part) for part in values[1:]]
        lines.extend(((before, tone), (text, "strong" if key.given else "")) for before, text in stacked)
        lines.extend(((margin + part, "dim"),) for part in wrapped(origins, room - left) if origins)
    first, *rest = lines
    return [LadderRow(first, sets=key.name, value_at=(below, left)), *(LadderRow(line, stop=False) for line in rest)]


def _tried(key: Key) -> str:
    """What can be typed for a key."""
    tried = " · ".join(key.compared[:6])
    return (f"↓ {tried} · " if tried else "") + "! absent · empty: not given"
