"""How far a source is, in words: the same on the explorer's first line and on a command's line on standard error. Draws nothing."""

from __future__ import annotations

import msgspec


class Step(msgspec.Struct, frozen=True):
    """What an adapter reported last. `total` 0 is not known."""

    done: int = 0
    total: int = 0
    what: str = ""

    def text(self) -> str:
        """`users, groups, roles, policies 120 of 3,418`."""
        number = f"{self.done:,} of {self.total:,}" if self.total else f"{self.done:,}" if self.done else ""
        return " ".join(part for part in (self.what, number) if part)


def elapsed(seconds: float) -> str:
    """`12 s`, `1 min 05 s`."""
    whole = max(int(seconds), 0)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"
