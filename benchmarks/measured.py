"""A program on a pseudo-terminal that answers as an ordinary modern one does: every byte that the program sends, and when it came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import NamedTuple, Self

import pyte

# What programs ask a terminal, and the answer of one that can do all of it.
ANSWERS = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\[c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
)
# Sequences that pyte would print as text.
_NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=?]?[0-9;:]*(?:[$][pwy]|[uqt])|\x1b\[>[0-9;]*[a-zA-Z]|\x1b[P_^][^\x1b]*\x1b\\")
_ASKED_LENGTH = 16
GIVE_UP = 60.0
QUIET = 0.15


class Chunk(NamedTuple):
    """What one read gave, and seconds since the program was started."""

    seconds: float
    data: bytes


class Cost(NamedTuple):
    """What a key cost: bytes, and milliseconds to the first and to the last of them."""

    size: int
    first: float
    last: float


class Program:
    """The program ends with the context. Its screen is drawn only when somebody looks: drawing takes longer than most programs do."""

    def __init__(self, command: list[str], columns: int, lines: int, environment: Mapping[str, str]) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = 0
        self.chunks: list[Chunk] = []
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "TMUX")}
        kept |= {"TERM": "xterm-256color", **environment}
        self._started = time.perf_counter()
        self._process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=kept, start_new_session=True)
        os.close(slave)
        self._terminal = master

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def _read(self, patience: float) -> bool:
        """Read what comes within `patience` seconds; False where nothing did."""
        if not select.select([self._terminal], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # the program has ended
            data = b""
        if not data:
            raise RuntimeError(f"the program ended; the screen was\n{self.text}")
        asked = (self.chunks[-1].data[-_ASKED_LENGTH:] if self.chunks else b"") + data
        self.chunks.append(Chunk(time.perf_counter() - self._started, data))
        for question, answer in ANSWERS:
            for found in question.finditer(asked):
                if found.end() > len(asked) - len(data):
                    os.write(self._terminal, answer)
        return True

    @property
    def text(self) -> str:
        """The screen, line by line."""
        for chunk in self.chunks[self._drawn :]:
            self._stream.feed(_NOT_FOR_PYTE.sub(b"", chunk.data))
        self._drawn = len(self.chunks)
        return "\n".join(self._screen.display)

    def quiet(self, seconds: float = QUIET) -> None:
        """Read until nothing has come for so long."""
        while self._read(seconds):
            pass

    def wait_for(self, wanted: str) -> float:
        """Read until a text is on the screen, and then until all is quiet; when it came, in seconds since the start."""
        deadline = time.perf_counter() + GIVE_UP
        looked = self._drawn
        while time.perf_counter() < deadline:
            self.quiet()
            for at in range(looked, len(self.chunks)):
                self._stream.feed(_NOT_FOR_PYTE.sub(b"", self.chunks[at].data))
                self._drawn = at + 1
                if any(wanted in line for line in self._screen.display):
                    return self.chunks[at].seconds
            looked = len(self.chunks)
        raise RuntimeError(f"{wanted!r} never came; the screen is\n{self.text}")

    def press(self, keys: str, shows: Callable[[str], bool] | None = None) -> Cost:
        """Type keys at once, and read until all is quiet and the screen shows what it should."""
        self.quiet(0)
        before, at = len(self.chunks), time.perf_counter() - self._started
        os.write(self._terminal, keys.encode())
        self.quiet()
        while shows is not None and not shows(self.text):
            if time.perf_counter() - self._started - at > GIVE_UP:
                raise RuntimeError(f"{keys!r} did not lead where it should; the screen is\n{self.text}")
            self.quiet()
        came = self.chunks[before:]
        times = [(chunk.seconds - at) * 1000 for chunk in came] or [0.0]
        return Cost(sum(len(chunk.data) for chunk in came), times[0], times[-1])

    @property
    def memory(self) -> float:
        """Megabytes that the program holds in memory."""
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
