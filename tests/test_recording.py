"""The recording in screenshots/ is a file that asciinema plays: the walk from its first step to its last, and nothing of a machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pyte
from pty_terminal import NOT_FOR_PYTE

from screenshots import record

LINES = record.FILE.read_text(encoding="utf-8").splitlines()
HEADER: dict[str, Any] = json.loads(LINES[0])
EVENTS: list[tuple[float, str, str]] = [tuple(json.loads(line)) for line in LINES[1:]]
MOST_BYTES = 400_000


def screens() -> Iterator[tuple[float, str]]:
    """What stands on the screen after each event, and when."""
    screen = pyte.Screen(HEADER["width"], HEADER["height"])
    stream = pyte.ByteStream(screen)
    for seconds, _, output in EVENTS:
        stream.feed(NOT_FOR_PYTE.sub(b"", output.encode()))
        yield seconds, "\n".join(screen.display)


def test_it_is_an_asciinema_file_of_the_second_version() -> None:
    assert (HEADER["version"], HEADER["width"], HEADER["height"]) == (2, record.COLUMNS, record.ROWS)
    assert all(kind == "o" and isinstance(output, str) for _, kind, output in EVENTS)
    times = [seconds for seconds, _, _ in EVENTS]
    assert times == sorted(times)
    assert times[0] == 0
    assert record.FILE.stat().st_size < MOST_BYTES


def test_each_step_of_the_walk_is_seen_in_its_order_for_as_long_as_a_reader_needs() -> None:
    shown = list(screens())
    ends = [seconds for seconds, _ in shown[1:]] + [shown[-1][0]]
    at = 0
    for step in record.WALK:
        while at < len(shown) and not (step.wanted in shown[at][1] and ends[at] - shown[at][0] >= step.seconds):
            at += 1
        assert at < len(shown), f"make it anew with: python -m screenshots.record ({step.wanted!r} is not seen)"
        at += 1


def test_the_first_frame_counts_no_rows_before_it_knows_how_many_fit() -> None:
    assert "1–1 of" not in EVENTS[0][2]


def test_nothing_of_the_machine_that_made_it_is_in_it() -> None:
    said = "".join(output for _, _, output in EVENTS)
    assert re.search(r"/(?:home|Users|root|tmp|work|var|usr)/", said) is None
    assert "\x1b]0;" not in said, "a title would name more than the program"
    assert set(HEADER) == {"version", "width", "height", "title"}


def test_the_terminal_that_plays_it_is_asked_nothing_and_left_as_it_was() -> None:
    said = "".join(output for _, _, output in EVENTS)
    assert re.search(r"\x1b\[(?:\?[\d;]*\$p|[>?]?\d*[cnu])", said) is None
    modes = dict(re.findall(r"\x1b\[\?(\d+)([hl])", said))  # as they were set last
    assert modes == {"1049": "l", "25": "h", "7": "h"}


def test_no_character_of_it_was_cut_in_two() -> None:
    assert not any("\ufffd" in output for _, _, output in EVENTS)
