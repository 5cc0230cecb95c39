"""What is said beside a list of the row under the cursor: a title, facts, the lines of a document. Pure: it asks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.plain import fit, width_of
from tui.rows.breaking import broken
from tui.rows.cells import Line, Piece
from whygate.text import visible

if TYPE_CHECKING:
    from tui.documents.links import Links
    from whygate.json_tree import Text

NUMBER_WIDTH = 4
GAP = 2
MOST_FACTS = 200  # more than any screen has lines


class Aside(msgspec.Struct, frozen=True):
    """`said` are (text, tone) paragraphs, `facts` (name, value) pairs; of `document` the lines of `span` are shown, from 0."""

    title: str = ""
    said: Sequence[tuple[str, str]] = ()
    facts: Sequence[tuple[str, str]] = ()
    document: Text | None = None
    span: tuple[int, int] | None = None


def lines_of(aside: Aside, width: int, links: Links | None = None) -> list[Line]:
    """The lines of `width` cells; with `links` what leads somewhere does so."""
    blocks: list[list[Line]] = [
        [((part, "strong"),) for part in broken(aside.title, width)] if aside.title else [],
        [_linked(part, text, tone, links) for text, tone in aside.said for part in broken(text, width)],
        list(_facts(aside.facts, width, links)),
    ]
    if aside.document is not None and aside.span is not None:
        blocks.append(document_lines(aside.document, aside.span, width, {}, links))
    title, said, *rest = blocks
    lines = [*title, *said]
    for block in rest:
        lines += [(), *block] if lines and block else block
    return lines


def document_lines(
    document: Text, span: tuple[int, int], width: int, signs: Mapping[int, tuple[str, str]], links: Links | None = None
) -> list[Line]:
    """The lines of a document with their numbers and colours, and a (sign, tone) before those that have one."""
    from tui.documents.json_tokens import folded, tokens  # not for every list: this is on the way to the first picture

    printed = document.lines[span[0] : span[1] + 1]
    margin = min((len(line) - len(line.lstrip()) for line in printed), default=0)
    found: list[Line] = []
    for number, line in enumerate(printed, span[0]):
        sign, tone = signs.get(number, (" ", ""))
        read = tokens(line[margin:])
        pieces: Sequence[Piece] = links.pieces(read) if links is not None else [(visible(text), kind) for text, kind in read]
        indent = len(line) - len(line.lstrip()) - margin
        for part, row in enumerate(folded(pieces, width - NUMBER_WIDTH - 3, indent + 4)):
            label = f"{number + 1:>{NUMBER_WIDTH}} " if not part else " " * (NUMBER_WIDTH + 1)
            found.append(((label, "dim"), (f"{sign} ", tone) if not part else ("  ", ""), *row))
    return found


def told(value: object) -> str:
    """A value of the snapshot document on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {told(part)}" for name, part in value.items()) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(told(part) for part in value) or "none"
    return "none" if value is None else str(value)


def _facts(facts: Sequence[tuple[str, str]], width: int, links: Links | None) -> Iterable[Line]:
    """Names in a column with their values beside them; a value that would be torn apart there stands below its name."""
    shown = facts[:MOST_FACTS]
    column = min(max((width_of(name) for name, _ in shown), default=0) + GAP, width // 2)
    for name, value in shown:
        room = width - column
        longest = max(width_of(word) for word in visible(value).split(" "))
        if width_of(name) > column - GAP or longest > room:
            yield from (((part, "dim"),) for part in broken(name, width))
            yield from (_linked(part, value, "", links, GAP) for part in broken(value, width - GAP) if value)
            continue
        for number, part in enumerate(broken(value, room)):
            yield ((fit(name if not number else "", column), "dim"), *_linked(part, value, "", links))


def _linked(part: str, text: str, tone: str, links: Links | None, indent: int = 0) -> Line:
    target = links.target(text) if links is not None else None
    lead: Line = ((" " * indent, ""),) if indent else ()
    return (*lead, (part, tone)) if target is None else (*lead, (part, tone or "link", target))
