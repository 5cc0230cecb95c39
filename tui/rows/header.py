"""The first line of the screen: which account, from where, how old, and what was not collected; or how far it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.background.progress import Step, elapsed

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


def headline(snapshot: Snapshot, now: datetime) -> str:
    """The whole line. The origin is cut to its last part: the way to a file is no news to who typed it."""
    source = snapshot.source
    origin = source.origin.rstrip("/").rsplit("/", 1)[-1] or source.adapter
    old = age(source.collected_at, now)
    gaps = snapshot.coverage_gaps()
    parts = [account_name(snapshot), f"{origin}, {old}" if old else origin]
    if gaps:
        shown = gaps if len(gaps) <= GAPS_SHOWN else (*gaps[:GAPS_SHOWN], f"{len(gaps) - GAPS_SHOWN} more")
        parts.append(f"not collected: {', '.join(shown)}")
    return " · ".join(part for part in parts if part)
