"""Wildcard patterns as AWS uses them: `*` is any run of characters, `?` exactly one. Linear, never a regular expression:
the patterns come from documents that somebody else wrote, and a regular expression with many stars can take for ever.
"""

from __future__ import annotations

import functools

ANY = 0
ONE = 1
ANY_BUT_COLON = 2
ONE_BUT_COLON = 3

# Literal text, or one of the wildcards above. Literal text from a variable may hold stars: they are stars (R79).
Part = str | int
Parts = tuple[Part, ...]


@functools.lru_cache(maxsize=65536)
def parse(text: str) -> Parts:
    """The parts of a pattern as written."""
    parts: list[Part] = []
    literal = ""
    for character in text:
        if character in "*?":
            if literal:
                parts.append(literal)
                literal = ""
            wildcard = ANY if character == "*" else ONE
            if not (wildcard == ANY and parts and parts[-1] == ANY):
                parts.append(wildcard)
        else:
            literal += character
    if literal:
        parts.append(literal)
    return tuple(parts)


def _at(segment: list[Part], value: str, position: int) -> int:
    """Where `segment` (no ANY in it) ends when it begins at `position`, or -1."""
    for part in segment:
        if isinstance(part, str):
            if not value.startswith(part, position):
                return -1
            position += len(part)
        else:
            if position >= len(value):
                return -1
            position += 1
    return position


def match(parts: Parts, value: str) -> bool:
    """Whether the whole of `value` fits. Only ANY and ONE occur in `parts`."""
    if not parts:
        return value == ""
    if len(parts) == 1:
        only = parts[0]
        return value == only if isinstance(only, str) else only == ANY or len(value) == 1
    segments: list[list[Part]] = [[]]
    for part in parts:
        if part == ANY:
            segments.append([])
        else:
            segments[-1].append(part)
    position = _at(segments[0], value, 0)
    if position < 0:
        return False
    if len(segments) == 1:
        return position == len(value)
    for segment in segments[1:-1]:
        end = -1
        while position <= len(value):
            if segment and isinstance(segment[0], str):
                position = value.find(segment[0], position)
                if position < 0:
                    return False
            end = _at(segment, value, position)
            if end >= 0:
                break
            position += 1
        if end < 0:
            return False
        position = end
    last = segments[-1]
    width = sum(len(part) if isinstance(part, str) else 1 for part in last)
    start = len(value) - width
    return start >= position and _at(last, value, start) == len(value)


def match_set(parts: Parts, value: str) -> bool:
    """As `match`, for all four wildcards, by following every position at once."""
    positions = {0}
    for part in parts:
        following: set[int] = set()
        for position in positions:
            if isinstance(part, str):
                if value.startswith(part, position):
                    following.add(position + len(part))
            elif part in (ONE, ONE_BUT_COLON):
                if position < len(value) and not (part == ONE_BUT_COLON and value[position] == ":"):
                    following.add(position + 1)
            else:
                reached = position
                while reached not in following:  # where another position came by is not walked twice
                    following.add(reached)
                    if reached < len(value) and not (part == ANY_BUT_COLON and value[reached] == ":"):
                        reached += 1
        positions = following
        if not positions:
            return False
    return len(value) in positions


def overlap(first: Parts, second: Parts) -> bool:
    """Whether some text fits both patterns (only ANY and ONE occur). Unit by unit along the shorter one, with the set of places in the
    longer one that fit so far as the bits of a number: a long pattern with many stars costs little more than a short one."""
    short, long = sorted((_units(first), _units(second)), key=len)
    stars, places = _places(long)
    every = (1 << len(long) + 1) - 1
    reached = 1
    for unit in short:
        reached |= (reached & stars) << 1  # a star of the longer one that stands for nothing
        if unit == ANY:
            reached = every & -(reached & -reached)  # whatever comes, from the first place on
        else:
            fitting = every >> 1 if unit == ONE else places.get(unit, 0) | places.get(ONE, 0)
            reached = (reached & stars) | ((reached & fitting & ~stars) << 1)
            if not reached:
                return False
    reached |= (reached & stars) << 1
    return bool(reached >> len(long))


def _units(parts: Parts) -> tuple[Part, ...]:
    return tuple(unit for part in parts for unit in (part if isinstance(part, str) else (part,)))


@functools.lru_cache(maxsize=4096)
def _places(units: tuple[Part, ...]) -> tuple[int, dict[Part, int]]:
    """Where the stars of a pattern are, and where each of its other units is, as bits."""
    places: dict[Part, int] = {}
    for at, unit in enumerate(units):
        places[unit] = places.get(unit, 0) | 1 << at
    return places.pop(ANY, 0), places


def has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text
