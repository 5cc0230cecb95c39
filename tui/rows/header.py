"""The first line of the screen: which account, from where, how old, and what was not collected; or how far it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.background.progress import Step, elapsed
from tui.plain import width_of

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

GAPS_SHOWN = 3


def age(collected_at: str | None, now: datetime) -> str:
    """`3 h old` for an RFC 3339 moment; empty where it is missing or cannot be read."""
    try:
        moment = datetime.fromisoformat(collected_at or "")
    except ValueError:
        return ""
    seconds = (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds()
    if seconds < 0:
        return ""
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number:,} {'day' if unit == 'days' and number == 1 else unit} old"
    return "just now"


def account_name(snapshot: Snapshot) -> str:
    """`123456789012 (ocr-prod)`, and how many more accounts there are."""
    account = snapshot.primary
    name = f"{account.id or 'unknown account'} ({account.alias})" if account.alias else account.id or "unknown account"
    others = len(snapshot.accounts) - 1
    return f"{name} and {others:,} more" if others > 0 else name


def loading(step: Step, seconds: float | None, *, stopped: bool) -> str:
    """`12 s · users, groups, roles, policies 120 of 3,418`; `seconds` None are not shown."""
    parts = ["stopping" if stopped else "", elapsed(seconds) if seconds is not None else "", step.text()]
    return " · ".join(part for part in parts if part)


def headline(snapshot: Snapshot, now: datetime, width: int) -> str:
    """The whole line, in `width` cells as far as what was not collected can be counted instead of named. The origin is cut to its last
    part: the way to a file is no news to who typed it."""
    source = snapshot.source
    origin = source.origin.rstrip("/").rsplit("/", 1)[-1] or source.adapter
    old = age(source.collected_at, now)
    gaps = snapshot.coverage_gaps()
    parts = [account_name(snapshot), f"{origin}, {old}" if old else origin]
    told = " · ".join(part for part in parts if part)
    for number in range(min(GAPS_SHOWN, len(gaps)), 0, -1):
        shown = gaps if number == len(gaps) else (*gaps[:number], f"{len(gaps) - number} more")
        line = f"{told} · not collected: {', '.join(shown)}"
        if width_of(line) <= width or number == 1:
            return line
    return told
