"""Runs whygate for tests: in this process with its output caught, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from whygate.__main__ import main

REPOSITORY = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "samples"
SHARED = REPOSITORY.parent / "shared"


class Answer(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Answer:
    """One command in this process; the status also where argparse leaves by itself."""
    capsys.readouterr()
    try:
        status = main([str(word) for word in words])
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    caught = capsys.readouterr()
    return Answer(status, caught.out, caught.err)


def process(*words: str | bytes | Path, given: bytes = b"", environment: dict[str, str] | None = None) -> Answer:
    """One command as `python -m whygate`, with `given` on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "whygate", *(word if isinstance(word, bytes) else str(word) for word in words)],
        input=given,
        capture_output=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def refusal(answer: Answer) -> str:
    """The one line of a command that had no answer, without the program's name; fails where it was anything else."""
    assert answer.status == 2, answer
    assert answer.out == ""
    assert answer.err.startswith("whygate: ")
    assert answer.err.endswith("\n")
    assert answer.err.count("\n") == 1, answer.err
    assert "Traceback" not in answer.err
    return answer.err.removeprefix("whygate: ").rstrip("\n")
