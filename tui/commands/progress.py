"""One line on standard error that says how far a slow source is: plain text, drawn over itself, gone when it is done. Where standard
error is no terminal, nothing at all.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import unicodedata
from types import TracebackType
from typing import Self

from tui.background.progress import Step, elapsed
from whygate.text import visible

ERASE = "\r\x1b[K"
_AGAIN = 0.1  # seconds between two drawings: more would only cost a slow link
_TICK = 1.0


def wanted() -> bool:
    """Whether there is somebody to see it, on a terminal that can erase a line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


class Progress:
    """A context manager whose `report` an adapter calls, from any thread. Nothing is drawn before the first report: until then an adapter
    may ask for an MFA code on the same terminal."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._step = Step()
        self._started = self._drawn = 0.0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._over.set()
            if self._drawn:
                _write(ERASE)

    def report(self, done: int, total: int, what: str) -> None:
        with self._lock:
            if self._over.is_set():
                return
            self._step = Step(done, total, what)
            if not self._drawn:
                self._clock.start()
            if time.monotonic() - self._drawn >= _AGAIN:
                self._draw()

    def _tick(self) -> None:
        """The time goes on also while nothing is reported."""
        while not self._over.wait(_TICK):
            with self._lock:
                if not self._over.is_set():
                    self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        time_so_far = elapsed(self._drawn - self._started)
        _write(ERASE + line(self._source, self._step, time_so_far, _width()))


def line(source: str, step: Step, time_so_far: str, width: int) -> str:
    """`aws:prod [####------] 120 of 3,418, 12 s, users, groups`, cut to the width: what is cut first matters least."""
    parts = []
    if step.total:
        filled = 10 * min(max(step.done, 0), step.total) // step.total
        parts.append(f"[{'#' * filled}{'-' * (10 - filled)}] {step.done:,} of {step.total:,}")
    elif step.done:
        parts.append(f"{step.done:,}")
    parts.append(time_so_far)
    if step.what:
        parts.append(visible(step.what))
    return _cut(f"{_cut(visible(source), max(width // 3, 10))} {', '.join(parts)}", width)


def _cut(text: str, width: int) -> str:
    used = 0
    for at, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > width:
            return text[:at]
    return text


def _width() -> int:
    """One less than the terminal has: a full line makes some of them go on to the next."""
    try:
        return max(os.get_terminal_size(sys.stderr.fileno()).columns - 1, 1)
    except (OSError, ValueError):
        return 79


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):  # the terminal is gone; the answer may still be wanted
        pass
