"""Make the recording in this folder: a walk through the demo account, as an asciinema file.

    python -m screenshots.record

The program runs on a pseudo-terminal and what it draws is kept byte by byte. The clock is made up, so that the pace is a reader's; what
asks the terminal something, or for reports of the mouse, is left out, because whoever plays it is not the program.
Play it with `asciinema play screenshots/walk.cast`.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from pty_terminal import Terminal

FILE = Path(__file__).parent / "walk.cast"
COLUMNS, ROWS = 100, 30
KEY_SECONDS = 0.09
# Reports of the mouse, the focus and pasted text, questions about modes, other keyboards, other shapes of the pointer.
_NOT_DRAWN = re.compile(r"\x1b\[\?(?:100\d|1015|2\d\d\d)(?:[hl]|\$p)|\x1b\[[<>=]\d*u|\x1b\]22;[^\x07]*\x07")


class Step(NamedTuple):
    """Keys that are typed, the text that is on the screen then, and how long a reader looks at it, in seconds."""

    keys: str
    wanted: str
    seconds: float


ENTER, ESCAPE, DOWN, TAB = "\r", "\x1b", "\x1b[B", "\t"

WALK = (
    Step("", "▸ alejandrorosalez", 2.0),
    Step(":", "▸ can", 0.6),
    Step("can mateojackson textract:Detect", "▸ can mateojackson textract:DetectDocumentText", 1.2),
    Step(TAB + ENTER, "nearest misses", 4.0),
    Step(DOWN * 3, "▸ ≈ group ocr", 0.8),
    Step(ENTER, "1 near miss", 4.0),
    Step("d", "against v2", 1.2),
    Step("vv", "against v4", 3.0),  # the version that would allow it
    Step(ESCAPE + ESCAPE, "nearest misses", 0.8),
    Step("w", "○ textract:DetectDocumentText", 4.0),
    Step("f", "go there", 2.0),
    Step("a", "permissions boundary", 1.5),
    Step("b", "were not asked about", 3.5),
    Step(":users" + ENTER, "▸ alejandrorosalez", 1.0),
    Step("/eff:deny act:rekognition:*", "3 of 20", 3.0),  # the users with a Deny about Rekognition
    Step(ENTER + "?", "type to search", 2.5),
    Step(ESCAPE, "3 of 20", 1.5),
)


def record() -> list[tuple[float, str]]:
    """(seconds, output) of the walk. Raises AssertionError where a text never comes."""
    events: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {"WHYGATE_STATE_DIR": folder, "WHYGATE_CONFIG": "/dev/null", "COLORTERM": "truecolor"}
        with Terminal(["-m", "whygate", "demo"], columns=COLUMNS, rows=ROWS, environment=environment) as terminal:
            clock, seen = 0.0, 0

            def keep() -> None:
                nonlocal seen
                data = bytes(terminal.raw[seen:])
                seen += len(data)
                if drawn := _NOT_DRAWN.sub("", data.decode(errors="replace")):
                    events.append((round(clock, 3), drawn))

            for step in WALK:
                for key in _keys(step.keys):
                    terminal.type(key)
                    terminal.quiet()
                    keep()
                    clock += KEY_SECONDS
                terminal.wait_for(step.wanted)
                terminal.quiet()
                keep()
                clock += step.seconds
            terminal.type("q")
            terminal.ended()
            keep()
    return events


def _keys(text: str) -> list[str]:
    """The keys in a text: an escape sequence is one."""
    keys: list[str] = []
    rest = text
    while rest:
        size = 3 if rest.startswith("\x1b[") else 1
        keys.append(rest[:size])
        rest = rest[size:]
    return keys


def main() -> None:
    header = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "whygate: why can mateojackson not detect text?"}
    events = record()
    lines = [json.dumps(header), *(json.dumps([seconds, "o", output], ensure_ascii=False) for seconds, output in events)]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {events[-1][0]:.0f} s, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
