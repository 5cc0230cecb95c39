"""What is folded and what stands open in a document, as keys in a set: the form in which a place is left and shown again. Pure."""

from __future__ import annotations

_FOLDED = "fold:"


def statement_key(index: int) -> str:
    """The key of a statement; in the set where it is folded to a line."""
    return f"{_FOLDED}{index}"


def actions_key(index: int, item: int | None = None) -> str:
    """The key of a statement's actions, or of one of its patterns; in the set where what they stand for is shown."""
    return f"actions:{index}" if item is None else f"actions:{index}:{item}"


def inner_key(outer: str, name: str) -> str:
    """The key of something that opens inside of what `outer` opens."""
    return f"{outer}/{name}"


def opened_actions(opened: frozenset[str]) -> tuple[tuple[str, int, int | None], ...]:
    """(key, statement, pattern) of what `actions_key` made of the set."""
    found = []
    for key in sorted(opened):
        kind, _, rest = key.partition(":")
        index, _, item = rest.partition(":")
        if kind == "actions" and index.isdecimal() and (not item or item.isdecimal()):
            found.append((key, int(index), int(item) if item else None))
    return tuple(found)


def folded_statements(opened: frozenset[str]) -> frozenset[int]:
    """The statements that are folded."""
    numbers = (key.removeprefix(_FOLDED) for key in opened if key.startswith(_FOLDED))
    return frozenset(int(number) for number in numbers if number.isdecimal())


def toggled(opened: frozenset[str], key: str) -> frozenset[str]:
    """The set with `key` turned; what was open inside of it is closed with it."""
    if key not in opened:
        return opened | {key}
    return frozenset(each for each in opened if each != key and not each.startswith(f"{key}/"))


def fold_all(opened: frozenset[str], number: int, but: int | None = None) -> frozenset[str]:
    """The set with every statement folded, but perhaps one."""
    rest = frozenset(key for key in opened if not key.startswith(_FOLDED))
    return rest | {statement_key(index) for index in range(number) if index != but}


def unfold_all(opened: frozenset[str]) -> frozenset[str]:
    """The set with no statement folded."""
    return frozenset(key for key in opened if not key.startswith(_FOLDED))
