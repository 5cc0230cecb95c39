"""A terminal for tests: runs a program on a real pty, keeps every byte that it sends, and shows the screen that they make."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import pyte

# Sequences that pyte would print as text.
NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=?]?[0-9;:]*(?:[$][pwy]|[uqt])|\x1b\[>[0-9;]*[a-zA-Z]|\x1b[P_^][^\x1b]*\x1b\\")
PATIENCE = 10.0


def _take_as_controlling_terminal() -> None:
    # Only then does the program hear of a new size, of ctrl+z in a shell, and of the end of the connection.
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """`Terminal([...])` as a context manager; the program ends with it."""

    def __init__(self, arguments: list[str], *, columns: int = 80, rows: int = 24, environment: dict[str, str] | None = None) -> None:
        self.raw = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "TMUX")}
        kept |= {"TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path)} | (environment or {})
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=kept,
            start_new_session=True,
            preexec_fn=_take_as_controlling_terminal,
        )
        os.close(slave)
        self._master = master

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def type(self, keys: str) -> None:
        self.send(keys.encode())

    def send(self, data: bytes) -> None:
        """Bytes as a terminal sends them, text or not."""
        os.write(self._master, data)

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window, of which the program hears as from a terminal."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def hang_up(self) -> int:
        """Take the terminal away, as a lost connection does; the exit status of the program, once it has ended by itself."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)
        return self._process.wait(PATIENCE)

    @property
    def modes(self) -> list[int]:
        """What the terminal is set to (termios): the same before a program and after one that has cleaned up."""
        return [value for value in termios.tcgetattr(self._master)[:4] if isinstance(value, int)]

    def _read(self, patience: float) -> bool:
        """Read what comes within `patience` seconds; False where nothing did."""
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the program has ended
            return False
        self.raw += data
        self._stream.feed(NOT_FOR_PYTE.sub(b"", data))
        return bool(data)

    def wait_for(self, condition: Callable[[str], bool] | str) -> None:
        """Read until the screen holds a text, or meets a condition."""
        deadline = time.monotonic() + PATIENCE
        while not (condition in self.text if isinstance(condition, str) else condition(self.text)):
            if time.monotonic() > deadline or (self._process.poll() is not None and not self._read(0)):
                raise AssertionError(f"this never came: {condition!r}; the screen is\n{self.text}")
            self._read(0.05)

    def quiet(self) -> None:
        """Read until the program has sent nothing for a fifth of a second: what a key press costs is then all there."""
        while self._read(0.2):
            pass

    def ended(self) -> int:
        """The exit status, once the program has ended by itself."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"the program did not end; the screen is\n{self.text}")
            self._read(0.05)
        while self._read(0):
            pass
        return self._process.returncode
