"""Dates as exports write them, made one: RFC 3339 in UTC. Dates inside policies are another matter, see `values`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

_UTC = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:?00)?")
_MILLISECONDS = 10_000_000_000  # a number of seconds this large would be in the year 2286
_PARTS = ("year", "month", "day", "hour", "minute", "second")


def utc(value: object) -> str | None:
    """`value` as `2026-01-04T14:23:27Z`.

    Takes text with or without an offset (none is UTC), epoch seconds or milliseconds, a datetime, and a recorded
    `{"__class__": "datetime", ...}`. Text that is no date comes back as it is, for a person to see; anything else is None.
    """
    if isinstance(value, str):
        return _of_text(value)
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _written(datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC))
        if isinstance(value, datetime):
            return _written(value)
        if isinstance(value, Mapping) and value.get("__class__") == "datetime":
            parts = [value.get(part, 0) for part in _PARTS]
            if all(isinstance(part, int) for part in parts):
                year, month, day, hour, minute, second = parts
                return _written(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _of_text(text: str) -> str | None:
    plain = _UTC.fullmatch(text)
    if plain is not None:
        return f"{plain[1]}T{plain[2]}Z"
    try:
        return _written(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return text or None


def _written(moment: datetime) -> str:
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
