"""Letters in their order with anything between them: how a word still finds what it does not quite spell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def holds(text: str, word: str) -> bool:
    """Whether the letters of `word` stand in `text` in their order."""
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return True


def rows(word: str, rows: Iterable[int], texts: Sequence[str]) -> list[int]:
    """Those of the rows whose name holds the letters of `word`. The name is what stands before an ARN: every ARN has most letters."""
    return [row for row in rows if holds(texts[row].partition(" arn:")[0], word)]
