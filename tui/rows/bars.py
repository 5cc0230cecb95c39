"""Access by service as rows of text: a bar for each service, opened into its access levels and actions. Pure; `whygate.access` counted.

The kinds of answers differ by glyph, not by colour alone; each has a stand-in of the same width in GLYPHS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tui.location import Target
from tui.plain import width_of, wrapped
from tui.questions.asking import Question
from tui.rows.cells import Piece
from tui.terminal.stand_ins import STAND_INS
from whygate.access import ASSUMED, HOW, LEVELS, STANDINGS, ActionAccess, Plan, ServiceAccess, words
from whygate.text import count

GLYPHS = {glyph: STAND_INS[glyph] for glyph in "█▓▒░·▹▾✓✗–"}
"""What bars are drawn with, and what stands for it where a terminal has only ASCII."""

FILL = {"allowed": ("█", "good"), "collected": ("▓", "good"), "depends": ("▒", "maybe"), "elsewhere": ("░", "dim"), "denied": ("·", "bad")}
"""The glyph and the tone of each kind of answer."""

WORDS = {
    "allowed": "allowed",
    "collected": "allowed by everything collected",
    "depends": "depends",
    "elsewhere": "only by a resource's own policy",
    "denied": "denied",
}
_MARKS = {"allowed": "✓", "collected": "✓", "depends": "?", "elsewhere": "–", "denied": "✗"}
NAME_WIDTH, WIDE_NAME_WIDTH = 26, 36
NUMBER_WIDTH, NARROW_NUMBER_WIDTH = 6, 5
LEAST_BAR, MOST_BAR = 6, 64
FEW_ACTIONS = 12  # a level of so many is open at first
WIDE, NARROW = 120, 65
MARGIN = 2  # the cursor's mark


class BarRow(msgspec.Struct, frozen=True):
    """One row: `key` names it and what it opens, `parent` the row that it stands under, `service` and `action` what it is about, `target`
    is where Enter leads."""

    pieces: tuple[Piece, ...] = ()
    key: str = ""
    opens: bool = False
    is_open: bool = False
    parent: str = ""
    service: str = ""
    action: str = ""
    target: Target | None = None
    stop: bool = True


def segments(counts: Mapping[str, int], width: int) -> list[tuple[str, int]]:
    """(standing, cells) of a bar of `width` cells: in proportion, each kind that there is at least a cell wide."""
    total = sum(counts.values())
    there = [standing for standing in STANDINGS if counts.get(standing)]
    if not total or width < len(there):
        return []
    free = width - len(there)
    exact = {standing: counts[standing] * free / total for standing in there}
    cells = {standing: 1 + int(exact[standing]) for standing in there}
    for standing in sorted(there, key=lambda each: exact[each] - int(exact[each]), reverse=True)[: width - sum(cells.values())]:
        cells[standing] += 1
    return [(standing, cells[standing]) for standing in there]


def legend(width: int) -> list[tuple[Piece, ...]]:
    """What the glyphs mean, in as many lines as it takes."""
    lines: list[tuple[Piece, ...]] = []
    line: list[Piece] = []
    used = 0
    for standing in STANDINGS:
        glyph, tone = FILL[standing]
        size = len(glyph) + 1 + len(WORDS[standing]) + 2
        if line and used + size > width:
            lines.append(tuple(line))
            line, used = [], 0
        line.extend(((glyph, tone), (f" {WORDS[standing]}  ", "")))
        used += size
    return [*lines, tuple(line)]


def heading(width: int) -> tuple[Piece, ...]:
    """The glyphs over the columns of numbers."""
    name, bar = _widths(width)
    numbers = "".join(FILL[standing][0].rjust(_number_width(width)) for standing in STANDINGS)
    return ((f"{'service':<{name}} {'':<{bar}}{numbers}", "head"),)


def most_first(services: Sequence[ServiceAccess]) -> list[ServiceAccess]:
    """The services with the most that is allowed first, as a share of their actions; those that are named stay before the others."""
    hows = list(HOW)

    def share(service: ServiceAccess) -> float:
        allowed = sum(number for standing, number in service.counts().items() if standing in ("allowed", "collected"))
        return allowed / max(len(service.actions), 1)

    return sorted(services, key=lambda service: (hows.index(service.how), -share(service), service.service))


def bar_rows(
    plan: Plan, services: Sequence[ServiceAccess], principal: Question, toggled: frozenset[str], width: int, *, done: bool
) -> list[BarRow]:
    """The rows for a table of `width` cells. `services` are those that were asked by now, `principal` a question with who asks,
    `toggled` the keys of what was opened or closed by hand."""
    rows: list[BarRow] = []
    every = {standing: sum(service.counts()[standing] for service in services) for standing in STANDINGS}
    asked = sum(len(service.actions) for service in services)
    if services:
        rows.append(BarRow(_bar(f"all {asked:,} actions", every, "strong", width), "all"))
    how = ""
    for service in services:
        if service.how != how:
            how = service.how
            rows.append(BarRow(((HOW[how], "strong"),), stop=False))
        rows.extend(_service(service, principal, toggled, width))
    rows.extend(_notes(plan, len(services), width, done=done))
    return rows


def _service(service: ServiceAccess, principal: Question, toggled: frozenset[str], width: int) -> Iterator[BarRow]:
    is_open = service.service in toggled
    head = f"{'▾' if is_open else '▹'} {service.service}"
    yield BarRow(_bar(head, service.counts(), "", width), service.service, True, is_open, "", service.service)
    if not is_open:
        return
    for because, number in service.groups():
        for at, part in enumerate(wrapped(f"{number:,} {because}", width - MARGIN - 6)):
            yield BarRow(((f"    {'– ' if not at else '  '}{part}", "dim"),), stop=False)
    for level in (*LEVELS, ""):
        actions = [each for each in service.actions if each.level == level]
        if not actions:
            continue
        key = f"{service.service} {level}"
        level_open = (len(actions) <= FEW_ACTIONS) != (key in toggled)
        name = f"  {'▾' if level_open else '▹'} {level or 'not in the reference'}"
        yield BarRow(_bar(name, service.counts(level), "", width), key, True, level_open, service.service, service.service)
        for each in actions if level_open else ():
            yield from _action(each, service.service, key, principal, width)


def _action(each: ActionAccess, service: str, level: str, principal: Question, width: int) -> Iterator[BarRow]:
    """An action in the columns of the bars; what does not fit beside its name stands below it."""
    _, tone = FILL[each.standing]
    asked = msgspec.structs.replace(principal, action=each.action, resource_account=each.resource_account)
    target = (asked.location(), "Can…?")
    name = f"      {_MARKS[each.standing]} {each.action.partition(':')[2]}"
    left = (WIDE_NAME_WIDTH if width >= WIDE else NAME_WIDTH) + 8
    said = words(each)
    gap = max(left - width_of(name), 1)
    if width_of(name) + gap + 1 + width_of(said) <= width - MARGIN:
        pieces: tuple[Piece, ...] = ((name, tone, target), (" " * gap, ""), (said, ""))
        yield BarRow(pieces, each.action, False, False, level, service, each.action, target)
        return
    yield BarRow(((name, tone, target),), each.action, False, False, level, service, each.action, target)
    for part in wrapped(said, width - MARGIN - 10):
        yield BarRow(((" " * 10 + part, ""),), stop=False)


def _widths(width: int) -> tuple[int, int]:
    name = WIDE_NAME_WIDTH if width >= WIDE else NAME_WIDTH
    return name, min(max(width - MARGIN - name - 1 - _number_width(width) * len(STANDINGS), LEAST_BAR), MOST_BAR)


def _number_width(width: int) -> int:
    """So that all of them are there at the smallest size too."""
    return NUMBER_WIDTH if width >= NARROW else NARROW_NUMBER_WIDTH


def _bar(name: str, counts: Mapping[str, int], tone: str, width: int) -> tuple[Piece, ...]:
    """Name, bar and numbers; a long name takes from the bar."""
    name_width, bar_width = _widths(width)
    over = max(width_of(name) - name_width, 0)
    bar = segments(counts, max(bar_width - over, LEAST_BAR))
    pieces: list[Piece] = [(name + " " * max(name_width - width_of(name), 0) + " ", tone)]
    pieces.extend((FILL[standing][0] * cells, FILL[standing][1]) for standing, cells in bar)
    pieces.append((" " * max(bar_width - over - sum(cells for _, cells in bar), 0), ""))
    pieces.extend((f"{counts[standing] or '–':>{_number_width(width)}}", "" if counts[standing] else "dim") for standing in STANDINGS)
    return tuple(pieces)


def notes(plan: Plan, asked: int, *, done: bool) -> list[str]:
    """What is not in the picture, and what was taken for granted."""
    said = [f"asked action by action: {ASSUMED}"]
    if not done:
        said.append(f"{count(len(plan.services) - asked, 'service')} still to be asked")
    if plan.left_out:
        which = "are named by none of its policies and were not asked about"
        said.append(f"{len(plan.left_out):,} services {which}; a resource's own policy may still name it")
    if plan.unknown:
        said.append(f"named by its policies, and not in the reference: {', '.join(plan.unknown)}")
    return said


def _notes(plan: Plan, asked: int, width: int, *, done: bool) -> Iterator[BarRow]:
    yield BarRow((), stop=False)
    for text in notes(plan, asked, done=done):
        for at, part in enumerate(wrapped(text, width - MARGIN - 2)):
            yield BarRow(((f"{'· ' if not at else '  '}{part}", "dim"),), stop=False)
