"""Help and the manual page: every command and option says what it is, examples work as they stand, the page is what the program says."""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pty_terminal import Terminal
from running import REPOSITORY, SAMPLES, process, refusal, run

from tui.commands import grammar, manual, surroundings
from tui.commands.parser import ROWS, build, parsers

Capture = pytest.CaptureFixture[str]
PAGE = REPOSITORY / "docs" / "whygate.1"
ROOMS = ("whygate", "adapters", "tui")
DENIED = "User: arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: textract:DetectDocumentText"
EVENT = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/mateojackson", "accountId": "123456789012"},
    "eventSource": "textract.amazonaws.com",
    "eventName": "DetectDocumentText",
    "awsRegion": "eu-west-1",
    "errorCode": "AccessDenied",
    "errorMessage": DENIED,
}


def text_of(page: str) -> str:
    """A manual page as it reads, on one line: without requests, fonts and escapes."""
    lines = [line for line in page.splitlines() if not re.match(r"\.(TP|PP|nf|fi|RS|RE)", line)]
    plain = re.sub(r"\\f[BIR]|\\&", "", " ".join(lines))
    for escape, character in ((r"\-", "-"), (r"\(aq", "'"), (r"\(ti", "~"), (r"\(ha", "^"), (r"\e", "\\")):
        plain = plain.replace(escape, character)
    return plain


# --help


@pytest.mark.parametrize("command", list(ROWS))
def test_every_argument_and_option_says_what_it_is(command: str) -> None:
    row = ROWS[command]
    assert row.description.endswith(".")
    assert all((row.help, row.status, row.examples))
    assert [item.dest for item in parsers(build())[command]._actions if not item.help] == []


@pytest.mark.parametrize("command", ["", *ROWS])
def test_help_is_a_command_too(capsys: Capture, command: str) -> None:
    asked = run(capsys, *command.split(), "--help")
    assert run(capsys, "help", *command.split()) == asked
    assert "examples:\n  whygate" in asked.out
    assert "exit status" in asked.out


def test_help_about_no_command_is_refused(capsys: Capture) -> None:
    assert refusal(run(capsys, "help", "lst")) == "no command is called 'lst'; did you mean list?"
    assert refusal(run(capsys, "help", "can", "--man")) == "--man is about all commands at once; leave COMMAND out"


# Examples


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with `whygate` on its path, and the files that examples name."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "whygate").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m whygate "$@"\n')
    (tmp_path / "bin" / "whygate").chmod(0o755)
    assert process("export", "demo", tmp_path / "account.json").status == 0
    shutil.copy(tmp_path / "account.json", tmp_path / "list")
    shutil.copy(tmp_path / "account.json", tmp_path / "demo.json.gz")
    shutil.copy(SAMPLES / "demo-scenarios.yaml", tmp_path / "permissions.yaml")
    shutil.copy(SAMPLES / "inline-scenarios.jsonl", tmp_path / "scenarios.jsonl")
    allows = {"Effect": "Allow", "Action": "textract:*", "Resource": "*"}
    (tmp_path / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [allows]}))
    (tmp_path / "event.json").write_text(json.dumps(EVENT))
    (tmp_path / "cloudtrail").mkdir()
    (tmp_path / "cloudtrail" / "one.json.gz").write_bytes(gzip.compress(json.dumps({"Records": [EVENT]}).encode()))
    lacking = {"UserDetailList": [], "Coverage": [{"Part": "users", "Status": "not-permitted", "Detail": ""}]}
    (tmp_path / "snapshot.json").write_text(json.dumps(lacking))
    return tmp_path


def environment(here: Path) -> dict[str, str]:
    return {
        "PATH": f"{here / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": f"{REPOSITORY}:{os.pathsep.join(sys.path)}",
        "PYTHONUTF8": "1",
        "WHYGATE_CACHE_DIR": str(here / "cache"),
    }


EXAMPLES = [*(text for text, _ in grammar.EXAMPLES), *(text for row in ROWS.values() for text in row.examples)]
EXPLORING = [text for text in EXAMPLES if (text.split()[1] not in ROWS and "|" not in text) or text.split()[1] == "explore"]


@pytest.mark.parametrize("example", [text for text in EXAMPLES if text not in EXPLORING])
def test_an_example_works_as_it_stands(here: Path, example: str) -> None:
    for other in (part.split()[0] for part in example.split("|")):
        if other != "whygate" and not shutil.which(other):
            pytest.skip(f"{other} is not installed")
    done = subprocess.run(
        ["sh", "-c", example], cwd=here, env={**os.environ, **environment(here)}, capture_output=True, timeout=60, check=False
    )
    assert done.stderr == b""
    assert done.returncode in ((0, 1, 3) if re.search(r"\b(can|explain|simulate)\b", example) else (0,))
    assert done.stdout or (here / example.split()[3]).exists() or example.endswith("> demo.gz")


@pytest.mark.parametrize("example", EXPLORING)
def test_an_example_opens_the_explorer(here: Path, example: str) -> None:
    start = f"import os; os.chdir({str(here)!r}); os.execvp('sh', ['sh', '-c', {example!r}])"
    with Terminal(["-c", start], environment=environment(here)) as terminal:
        terminal.wait_for("123456789012")
        terminal.type("q")
        assert terminal.ended() == 0


# The manual page


def test_the_manual_page_in_the_repository_is_the_programs_own() -> None:
    assert PAGE.read_text() == manual.page(), "write it anew: whygate help --man > docs/whygate.1"


def test_the_manual_page_names_every_command_and_every_option() -> None:
    text = text_of(manual.page())
    for name, parser in parsers(build()).items():
        assert f'.SS "whygate {name}"' in text
        for item in parser._actions:
            assert all(f" {option}" in text for option in item.option_strings)


def test_the_manual_page_says_what_the_help_says() -> None:
    text = text_of(manual.page())
    for name, parser in parsers(build()).items():
        said = [item.help or "" for item in parser._actions if item.dest != "help"]
        assert [line for line in (*said, ROWS[name].description) if " ".join(line.replace("`", "").split()) not in text] == []


def test_the_manual_page_is_ascii_and_no_line_of_text_is_a_request() -> None:
    page = manual.page()
    assert page.isascii()
    requests = {line.split()[0] for line in page.splitlines() if line.startswith(".")}
    assert requests == {".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".RS", ".RE"}
    assert not re.search(r"^'", page, re.MULTILINE)


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
def test_mandoc_has_nothing_to_complain_about_but_the_missing_date() -> None:
    done = subprocess.run(["mandoc", "-T", "lint", str(PAGE)], capture_output=True, timeout=60, check=False)
    assert [line for line in done.stdout.decode().splitlines() if "missing date" not in line] == []


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_shows_it_without_a_warning() -> None:
    done = subprocess.run(["groff", "-man", "-Tascii", "-ww", str(PAGE)], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    assert b"whygate can SOURCE PRINCIPAL ACTION [RESOURCE] [OPTION]..." in re.sub(rb"\x1b\[[0-9;]*m|.\x08", b"", done.stdout)


def test_the_wheel_brings_the_page_and_the_scripts() -> None:
    shared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared.pop("docs/whygate.1") == "share/man/man1/whygate.1"
    assert {Path(name).name for name in shared} == {"whygate.bash", "_whygate", "whygate.fish"}
    assert all((REPOSITORY / name).is_file() for name in shared)


# What is around it

_VARIABLE = re.compile(r"(?:WHYGATE|AWS|TEXTUAL|SSH|LC|XDG)_[A-Z_]+|NO_COLOR|TERM|COLORTERM|LANG|TMUX|STY|VISUAL|EDITOR|PAGER")


def variables() -> set[str]:
    """The environment variables that the code names: whole texts of that form in files that look into the environment."""
    files = [path for room in ROOMS for path in (REPOSITORY / room).rglob("*.py") if path.name != "surroundings.py"]
    texts = (path.read_text() for path in files)
    return {
        node.value
        for text in texts
        if "environ" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value)
    }


def test_every_environment_variable_that_the_code_reads_is_told() -> None:
    told = set(re.findall(r"`([A-Z_]+\*?)`", " ".join(tag for tag, _ in surroundings.ENVIRONMENT)))
    untold = {
        name for name in variables() if name not in told and not any(each.endswith("*") and name.startswith(each[:-1]) for each in told)
    }
    assert untold == set()
    assert {name for name in told if name.startswith("WHYGATE_")} <= variables()


def test_the_files_are_where_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("the page tells the places of Linux")
    for name in ("WHYGATE_CACHE_DIR", "WHYGATE_CONFIG", "WHYGATE_STATE_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    from adapters import cache
    from tui.kept import config, state

    used = {config.default_path(), state.directory(), cache.default_directory()}
    told = {os.path.expanduser(name).rstrip("/") for tag, _ in surroundings.FILES for name in re.findall(r"`([^`]+)`", tag)}
    assert used <= told
