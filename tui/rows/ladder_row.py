"""One row of the ladder as a value, and the simple ones. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.location import Target
from tui.plain import wrapped

if TYPE_CHECKING:
    from whygate.explain import StatementReport


class LadderRow(msgspec.Struct, frozen=True):
    """`key` names the layer that the row opens, `target` is where Enter leads, `stop` says whether the cursor may stand on it, `report`
    is the statement that it is about. `sets` is the condition key that Enter edits; its value begins `value_at` = (rows below, cells
    from the left end of the row's text). `about_key` is a key that has a row of its own elsewhere, to which Enter goes."""

    pieces: tuple[tuple[str, str], ...]
    key: str = ""
    open: bool = False
    opens: bool = False
    target: Target | None = None
    stop: bool = True
    report: StatementReport | None = None
    sets: str = ""
    value_at: tuple[int, int] = (0, 0)
    about_key: str = ""

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces).rstrip()


def heading(text: str, hint: str = "") -> LadderRow:
    return LadderRow(((text, "strong"), (hint, "dim")), stop=False)


def blank() -> LadderRow:
    return LadderRow((), stop=False)


def notes(title: str, texts: list[str], room: int, keys: Sequence[str] = ()) -> list[LadderRow]:
    """A heading and a text a row, each over as many rows as it asks for; nothing where there are none. A text that holds one of
    `keys` is about that key."""
    if not texts:
        return []
    rows = [blank(), heading(title)]
    for text in texts:
        first, *rest = wrapped(text, room - 2)
        rows.append(LadderRow((("· " + first, ""),), about_key=next((key for key in keys if key in text), "")))
        rows.extend(LadderRow((("  " + part, ""),), stop=False) for part in rest)
    return rows
