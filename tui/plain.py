"""The one door between text from an account and the screen: nothing else in `tui` makes Content or padded cells from such text.

Everything here passes `whygate.text.visible`, so no control character, no hidden character and no markup gets through.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from whygate.text import visible


def plain(text: str, style: str = "") -> Content:
    """`text` on one line as Content, never read as markup. `style` is ours, not the account's."""
    return Content.styled(visible(text), style)


def joined(*parts: str | tuple[str, str]) -> Content:
    """Parts in a row, each a text or a (text, style)."""
    return Content("").join([plain(part) if isinstance(part, str) else plain(*part) for part in parts])


def stacked(lines: list[Content]) -> Content:
    """Lines below one another."""
    return Content("\n").join(lines)


def width_of(text: str) -> int:
    """Terminal cells that `text` takes once it is visible."""
    safe = visible(text)
    return len(safe) if safe.isascii() else cell_len(safe)


def fit(text: str, width: int) -> str:
    """`text` made safe and exactly `width` cells wide: padded with blanks, or cut with an ellipsis."""
    if width <= 0:
        return ""
    safe = visible(text)
    if not safe.isascii():
        return set_cell_size(safe, width) if cell_len(safe) <= width else set_cell_size(safe, width - 1) + "…"
    return safe.ljust(width) if len(safe) <= width else safe[: width - 1] + "…"


def wrapped(text: str, width: int) -> list[str]:
    """`text` made safe and broken into lines of at most `width` cells, at blanks where there are any; at least one line. No width is
    too small: what is below two cells counts as two."""
    width = max(width, 2)
    lines: list[str] = []
    line = ""
    for each in visible(text).split(" "):
        word = each
        while True:
            candidate = f"{line} {word}" if line else word
            if cell_len(candidate) <= width:
                line = candidate
                break
            if line:
                lines.append(line)
                line = ""
                continue
            head = _head(word, width)
            lines.append(head)
            word = word[len(head) :]
    return [*lines, line] if line or not lines else lines


def _head(word: str, width: int) -> str:
    """The longest beginning of `word` that fits; never empty."""
    length = min(len(word), width)
    while length > 1 and cell_len(word[:length]) > width:
        length -= 1
    return word[:length]
