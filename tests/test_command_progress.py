"""The line on standard error that commands show while a slow source is loaded: on a terminal, plain, and gone when it is done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pty_terminal import Terminal
from running import REPOSITORY, process

from tui.background.progress import Step
from tui.commands import progress

# Reports, and goes on only when somebody has written into the pipe: until then the line can be looked at.
MODULE = """
import os

class Gated:
    name = "gated"
    description = "a slow source of a test"

    def accepts(self, source):
        return source.startswith("gated:")

    def cache_key(self, source):
        return None

    def load(self, source, report):
        report(120, 3418, "users\\x1b]0;x\\x07 and groups")
        with open(source.removeprefix("gated:")) as gate:
            if gate.read() == "fail":
                raise OSError("the line is cut")
        return {"SnapshotVersion": 1, "Account": {"Id": "123456789012"}, "UserDetailList": []}
"""
LINE = "[----------] 120 of 3,418, "


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    info = folder / "gated_for_tests-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gated-for-tests\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[whygate.adapters]\ngated = gated_for_tests:Gated\n")
    (folder / "gated_for_tests.py").write_text(MODULE)
    return folder


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    path = tmp_path / "g"
    os.mkfifo(path)
    return path


def environment(site: Path, **more: str) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(site), *sys.path]), "WHYGATE_CACHE_DIR": str(site.parent / "cache"), **more}


@contextmanager
def terminal(site: Path, *words: str, **more: str) -> Iterator[Terminal]:
    with Terminal(["-m", "whygate", *words], environment=environment(site, **more)) as shown:
        yield shown


COMMANDS = {
    "list": ["list", "SOURCE"],
    "can": ["can", "SOURCE", "arn:aws:iam::123456789012:user/ana", "s3:GetObject"],
    "export": ["export", "SOURCE", "-"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_slow_source_has_one_line_that_is_gone_when_it_is_there(site: Path, gate: Path, words: list[str]) -> None:
    source = f"gated:{gate}"
    with terminal(site, *(source if word == "SOURCE" else word for word in words)) as shown:
        shown.wait_for(LINE)
        assert len([text for text in shown.lines if text]) == 1
        assert re.search(r", \d+ s, users\\x1b\]0;x\\x07", shown.lines[0])
        gate.write_text("go on")
        shown.ended()
        assert "120 of" not in shown.text
        assert bytes(shown.raw).startswith(b"\r\x1b[K")
        *drawn, answer = bytes(shown.raw).split(b"\r\x1b[K")
        assert answer
        assert len(drawn) >= 2
        for piece in (*drawn, re.sub(rb"\x1b\[\d+m", b"", answer)):  # the verdict has a colour
            assert b"\x1b" not in piece
        assert b"\n" not in b"".join(drawn)


def test_it_is_gone_also_where_there_is_no_answer(site: Path, gate: Path) -> None:
    with terminal(site, "list", f"gated:{gate}") as shown:
        shown.wait_for(LINE)
        gate.write_text("fail")
        assert shown.ended() == 2
        assert shown.lines[0].startswith("whygate: ")
        assert "the line is cut" in shown.text.replace("\n", "")
        assert "120 of" not in shown.text


def test_where_standard_error_is_no_terminal_it_says_nothing(site: Path, gate: Path) -> None:
    command = [sys.executable, "-m", "whygate", "list", f"gated:{gate}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment(site)}, cwd=REPOSITORY
    ) as running:
        gate.write_text("go on")
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert b"123456789012" in out
    assert err == b""


def test_a_terminal_that_cannot_erase_is_left_alone(site: Path, gate: Path) -> None:
    with terminal(site, "list", f"gated:{gate}", TERM="dumb") as shown:
        gate.write_text("go on")
        assert shown.ended() == 0
        assert b"120 of" not in shown.raw
        assert b"\x1b" not in shown.raw


def test_a_source_that_is_not_slow_has_no_line(site: Path) -> None:
    with terminal(site, "list", "demo") as shown:
        assert shown.ended() == 0
        assert b"\x1b" not in shown.raw
        assert "users" in shown.text


def test_progress_costs_no_import_of_the_screen() -> None:
    heavy = "{'textual', 'rich', 'boto3', 'diskcache'}"
    code = f"import sys; from tui.commands import opening, progress; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "[]"
    assert process("list", "demo").err == ""


def test_the_line_is_cut_to_the_terminal() -> None:
    step = Step(1709, 3418, "users, groups, roles, policies")
    assert progress.line("aws:prod", step, "12 s", 120) == "aws:prod [#####-----] 1,709 of 3,418, 12 s, users, groups, roles, policies"
    assert progress.line("aws:prod", step, "12 s", 42) == "aws:prod [#####-----] 1,709 of 3,418, 12 s"
    assert progress.line("aws:prod?region=eu-west-1,eu-west-2", Step(), "0 s", 30) == "aws:prod?r 0 s"
    assert progress.line("live:", Step(7, 0, "日本語"), "1 s", 19) == "live: 7, 1 s, 日本語"[:-1]
    assert progress.line("live:", Step(9, 3, "x"), "1 s", 80) == "live: [##########] 9 of 3, 1 s, x"


def test_the_time_goes_on_while_nothing_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    enough = threading.Event()

    def write(text: str) -> None:
        drawn.append(text)
        if len(drawn) >= 3:
            enough.set()

    monkeypatch.setattr(progress, "_write", write)
    monkeypatch.setattr(progress, "_TICK", 0.001)
    with progress.Progress("live:") as shown:
        shown.report(1, 2, "users")
        assert enough.wait(10)
    assert drawn[-1] == progress.ERASE
    shown.report(2, 2, "too late")
    assert drawn[-1] == progress.ERASE


def test_nothing_is_drawn_before_the_first_report(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(progress, "_write", drawn.append)
    with progress.Progress("live:"):
        pass
    assert drawn == []
