"""Filter as you type: which rows of a list a few words leave. Pure; the widgets that ask for it are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence


def matches(text: str, haystacks: Sequence[str]) -> Sequence[int]:
    """Indices of the haystacks (already case-folded) that hold every word of `text` and none of its `!words`.

    A word is what stands between blanks; a lone `!` is a word that is still being typed and counts for nothing.
    """
    words = text.casefold().split()
    wanted = [word for word in words if not word.startswith("!")]
    unwanted = [word[1:] for word in words if word.startswith("!") and len(word) > 1]
    if not wanted and not unwanted:
        return range(len(haystacks))
    return [
        index
        for index, haystack in enumerate(haystacks)
        if all(word in haystack for word in wanted) and not any(word in haystack for word in unwanted)
    ]


def counted(left: int, total: int) -> str:
    """`12 of 3,418`, or just the total where nothing was filtered out."""
    return f"{total:,}" if left == total else f"{left:,} of {total:,}"
