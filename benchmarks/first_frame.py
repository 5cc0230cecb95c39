"""Time to the first useful frame of the explorer, as a ratio to a minimal Textual app on the same machine and in the same run.

    python benchmarks/first_frame.py [--size 80x24] [--runs 7] [SOURCE]

Both run on a real pseudo-terminal, in turn; a frame is useful when the wanted text is on the screen. Prints medians and the ratio.
Unset PYTHONDONTWRITEBYTECODE first: it doubles every import.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time

import pyte

MINIMAL = """
from textual.app import App
from textual.widgets import Footer, Static

class Minimal(App):
    def compose(self):
        yield Static("ready")
        yield Footer()

Minimal().run()
"""
GIVE_UP = 30.0


def first_frame(command: list[str], wanted: str, columns: int, lines: int) -> float:
    """Seconds from the start of `command` to the moment at which `wanted` is on its screen; raises RuntimeError if it never is."""
    screen = pyte.Screen(columns, lines)
    stream = pyte.ByteStream(screen)
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(columns), LINES=str(lines))
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    try:
        while time.perf_counter() - started < GIVE_UP:
            if not select.select([terminal], [], [], 0.5)[0]:
                continue
            try:
                stream.feed(os.read(terminal, 65536))
            except OSError:
                break
            if any(wanted in line for line in screen.display):
                return time.perf_counter() - started
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    raise RuntimeError(f"{wanted!r} never came:\n" + "\n".join(screen.display))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", nargs="?", default="demo")
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--wanted", default=" users ", help="the text that makes a frame of the explorer useful")
    options = parser.parse_args()
    columns, lines = map(int, options.size.split("x"))
    programs = {
        "minimal Textual app": ([sys.executable, "-c", MINIMAL], "ready"),
        "first frame": ([sys.executable, "-m", "whygate", options.source], "loading"),
        "account on screen": ([sys.executable, "-m", "whygate", options.source], options.wanted),
    }
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(options.runs):
        for name, (command, wanted) in programs.items():
            taken[name].append(first_frame(command, wanted, columns, lines))
    base = statistics.median(taken["minimal Textual app"])
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        print(f"{name:<20} {middle * 1000:6.0f} ms  ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})  {middle / base:.2f}")


if __name__ == "__main__":
    main()
