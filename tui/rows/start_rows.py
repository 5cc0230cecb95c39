"""The rows of the start screen: what was opened lately, kept snapshots, profiles, files here, the demo. Pure; it finds nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.plain import fit
from tui.rows.cells import Cell

if TYPE_CHECKING:
    from adapters.offers import Found, Offer

SECTIONS = ("recent", "kept", "profile", "file", "demo")
HEADINGS = {
    "recent": "opened lately",
    "kept": "kept snapshots of live accounts",
    "profile": "live accounts, by AWS profile",
    "file": "files and folders here",
    "demo": "to look around",
}
EMPTY = {
    "profile": "no AWS profile is configured here",
    "file": "none; aws iam get-account-authorization-details > account.json writes one",
}
LOOKING = "looking …"

SOURCE_WIDTH = 28
WIDE_SOURCE_WIDTH = 52
AGE_WIDTH = 7
SIZE_WIDTH = 7
WIDE = 120
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


class StartRow(msgspec.Struct, frozen=True):
    """A heading, a hint, or (`offer`) something that can be opened."""

    text: str
    tone: str = ""
    offer: Offer | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells an offer from the others, also when more of them are found."""
        return (self.offer.kind, self.offer.typed) if self.offer is not None else ("", self.text)


def rows(found: Mapping[str, Found]) -> list[StartRow]:
    """The rows in order; a section that is not among the found is still being looked for."""
    every: list[StartRow] = []
    for name in SECTIONS:
        section = _section(name, found.get(name))
        every += [StartRow(""), StartRow(HEADINGS[name], "strong"), *section] if section else []
    return every[1:]


def _section(name: str, found: Found | None) -> list[StartRow]:
    if found is None:
        return [StartRow(f"  {LOOKING}", "dim")] if name in EMPTY else []
    section = [StartRow(offer.source, offer=offer) for offer in found.offers]
    if not section and name in EMPTY:
        section.append(StartRow(f"  {EMPTY[name]}", "dim"))
    return section + [StartRow(f"  {note}", "maybe") for note in found.notes]


def matching(every: Sequence[StartRow], texts: Sequence[int]) -> list[int]:
    """Of all rows those offers that a filter left (`texts`, their indices), and the headings above them."""
    left = set(texts)
    shown: list[int] = []
    heading: list[int] = []
    for at, row in enumerate(every):
        if row.offer is None:
            heading = [at] if row.tone == "strong" else heading
        elif at in left:
            shown += [*heading, at]
            heading = []
    return shown


def text_of(row: StartRow) -> str:
    """What the filter looks at."""
    return f"{row.offer.typed} {_said(row.offer)}".casefold() if row.offer is not None else ""


def cells(row: StartRow, width: int) -> tuple[Cell, ...]:
    """The cells of a row; one that is no offer has the whole line."""
    offer = row.offer
    if offer is None:
        return (((row.text, row.tone),),)
    source = WIDE_SOURCE_WIDTH if width >= WIDE else SOURCE_WIDTH
    name = (fit(f"  {_short(offer.typed, source - 2)}", source) + "  ", "")
    if offer.age is None and not offer.size:
        return ((name, (_said(offer), "dim")),)
    room = max(width - 2 - source - AGE_WIDTH - SIZE_WIDTH - 6, 8)
    measured = f"{_age(offer.age):>{AGE_WIDTH}}  {_size(offer.size):>{SIZE_WIDTH}}"
    return ((name, (f"{fit(_said(offer), room)}  {measured}", "dim")),)


def _said(offer: Offer) -> str:
    return f"{offer.account}, {offer.what}" if offer.account and offer.what else offer.account or offer.what


def _short(text: str, width: int) -> str:
    """A path by its end, where it is too long: that is what tells it from others. The home directory is `~`."""
    home = os.path.expanduser("~")
    if home != "/" and text.startswith(home + "/"):
        text = "~" + text[len(home) :]
    return text if len(text) <= width or "/" not in text else "…" + text[1 - width :]


def _age(seconds: float | None) -> str:
    """`3 h`, `2 d`: the largest unit that there is one of."""
    if seconds is None:
        return ""
    return next((f"{int(seconds // length):,} {unit}" for unit, length in _UNITS if seconds >= length), "now")


def _size(number: int | None) -> str:
    if not number:
        return ""
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, round(number / 1000))} kB"
