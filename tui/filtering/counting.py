"""How many rows a filter leaves, and the filter beside it, in a few words. Pure; apart from `tui.filtering.filter`, because a list says
its number before anybody filters it.
"""

from __future__ import annotations

from whygate.text import visible


def counted(left: int, total: int) -> str:
    """`12 of 3,418`, or just the total where nothing was filtered out."""
    return f"{total:,}" if left == total else f"{left:,} of {total:,}"


def said(text: str, number: str, width: int, *remarks: str) -> str:
    """A status: the filter, remarks such as `fuzzy`, and the number, which is there whatever the width. Of a long filter the end shows."""
    if not text:
        return " · ".join([*filter(None, remarks), number])
    room = max(width // 2 - len(number), 8)
    shown = visible(text)
    shown = shown if len(shown) <= room else f"…{shown[-room:]}"
    return " · ".join([f"/{shown}", *filter(None, remarks), number])
