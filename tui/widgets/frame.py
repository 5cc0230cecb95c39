"""The lines around a place: the account above, the way here, a notice, and the keys that work. It shows what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content

from tui.plain import fit, joined, plain, width_of, wrapped
from tui.widgets.line import Line, Rule

if TYPE_CHECKING:
    from tui.actions import Key
    from tui.place import Place

_BETWEEN = " › "


class Frame:
    """Five lines, three above the middle of the screen and two below it. Setting what is there already costs nothing."""

    def __init__(self) -> None:
        self.header = Line(id="header")
        self.crumbs = Line(id="crumbs")
        self._upper = Rule(id="upper")
        self._lower = Rule(id="lower")
        self.keys = Line(id="keys")
        self._names: Sequence[str] = ()
        self._keys: Sequence[Key] = ()

    def above(self) -> ComposeResult:
        yield self.header
        yield self.crumbs
        yield self._upper

    def below(self) -> ComposeResult:
        yield self._lower
        yield self.keys

    def head(self, text: str, hint: str = "") -> None:
        """The account, and what to press about it."""
        self.header.set(joined(" ", text), plain(f" {hint} " if hint else ""))

    def draw(self, place: Place, trail: Sequence[str], notice: str, keys: Sequence[Key]) -> None:
        """What the place says of itself, the way to it, and the rest of the lines. A notice that is longer than the rule takes the line
        of the keys too, until it goes."""
        width = self.keys.size.width or 80
        status = place.status()
        self._names = _fitting(trail, width - width_of(status) - 3)
        self.crumbs.set(joined(" ", _BETWEEN.join(self._names)), joined(status, " "))
        self._upper.set(Content(""), plain(place.position()))
        first, *more = wrapped(notice, max(width - 4, 20)) if notice else [""]
        self._lower.set(joined(" ", first, " ") if notice else Content(""))
        self._keys = () if more else keys
        shown = joined(*(part for key, word, _ in keys for part in (f" {key} ", (f"{word} ", "$text-muted"))))
        self.keys.set(joined("  ", fit(" ".join(more), width - 3).rstrip()) if more else shown)

    def hint(self, text: str) -> None:
        """A line about what is being typed, where the keys stand; the next drawing brings them back."""
        self._keys = ()
        self.keys.set(joined(" ", (text, "$text-muted")))

    def crumb_at(self, column: int) -> int | None:
        """How many steps before the last the name at a column of the breadcrumb stands; None where there is none."""
        at = 1
        for number, name in enumerate(self._names):
            if at <= column < at + width_of(name):
                return len(self._names) - 1 - number
            at += width_of(name) + len(_BETWEEN)
        return None

    def key_at(self, column: int) -> str | None:
        """The id of the action whose key stands at a column of the last line."""
        at = 0
        for key in self._keys:
            if at <= column < at + key.size:
                return key.id
            at += key.size
        return None


def _fitting(names: Sequence[str], width: int) -> Sequence[str]:
    """The names, without as many of the first as there is no room for: where one is says more than where one began, and stays."""
    kept = list(names)
    left_out = 0
    while left_out < len(names) - 1 and width_of(_BETWEEN.join(kept)) > width:
        left_out += 1
        kept = ["…", *names[left_out:]]
    return kept
