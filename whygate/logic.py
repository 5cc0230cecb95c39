"""Three-valued logic that remembers why it does not know (R2): a `Truth` is true, false, or unknown because of something."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Unknown(msgspec.Struct, frozen=True, order=True):
    """One thing that was not known and mattered.

    `kind` is `context` (a condition key: `name` is the key), `layer` (a whole layer was not collected: `name` is the
    layer), `policy` (one document is missing or unreadable: `name` is its ARN or label), `principal`, `resource`, `owner`
    (of a resource), or `rule` (AWS's own texts leave it open: `name` is the rule number). `detail` is a plain sentence.
    """

    kind: str
    name: str
    detail: str = ""


class Truth(msgspec.Struct, frozen=True):
    """`value` is True, False, or None for unknown; `unknowns` says what it hangs on and is empty unless it is unknown."""

    value: bool | None
    unknowns: tuple[Unknown, ...] = ()

    @property
    def possible(self) -> bool:
        """True where some way of filling in the unknowns makes it true."""
        return self.value is not False


TRUE = Truth(True)
FALSE = Truth(False)


def known(value: bool) -> Truth:
    return TRUE if value else FALSE


def unknown(*reasons: Unknown) -> Truth:
    return Truth(None, reasons)


def negate(truth: Truth) -> Truth:
    return truth if truth.value is None else known(not truth.value)


def all_of(truths: Iterable[Truth]) -> Truth:
    """AND: any false wins, else any unknown, else true; a generator is read only up to the first false."""
    reasons: dict[Unknown, None] = {}
    undecided = False
    for truth in truths:
        if truth.value is False:
            return FALSE
        if truth.value is None:
            undecided = True
            reasons.update(dict.fromkeys(truth.unknowns))
    return Truth(None, tuple(reasons)) if undecided else TRUE


def any_of(truths: Iterable[Truth]) -> Truth:
    """OR: any true wins, else any unknown, else false; a generator is read only up to the first true."""
    reasons: dict[Unknown, None] = {}
    undecided = False
    for truth in truths:
        if truth.value is True:
            return TRUE
        if truth.value is None:
            undecided = True
            reasons.update(dict.fromkeys(truth.unknowns))
    return Truth(None, tuple(reasons)) if undecided else FALSE
