"""Three-valued logic: True, False, and None for unknown (R2)."""

from __future__ import annotations

from collections.abc import Iterable

Three = bool | None


class NotSaidError(Exception):
    """The reference does not say what holds here, so that there is nothing to compare."""


def all_of(values: Iterable[Three]) -> Three:
    listed = list(values)
    if False in listed:
        return False
    return None if None in listed else True


def any_of(values: Iterable[Three]) -> Three:
    listed = list(values)
    if True in listed:
        return True
    return None if None in listed else False


def negate(value: Three) -> Three:
    return None if value is None else not value
