"""Waiting for a condition in a Textual app under test, instead of for a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

TURNS = 3000


async def wait_for(pilot: Pilot[Any], condition: Callable[[], bool], what: str = "") -> None:
    """Let the app run until `condition` holds; fails after a bound of turns, each of which lets queued messages through."""
    for _ in range(TURNS):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"this never came: {what or condition}")
