"""whygate as a process: what it imports, what it does when nobody reads on, its help and its version."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from running import REPOSITORY, SAMPLES, process

from tui.commands.parser import COMMANDS
from whygate import __version__, catalogue

LOOK = """
import json, sys
from whygate.__main__ import main
try:
    status = main(sys.argv[1:])
except SystemExit as error:
    status = error.code or 0
wanted = ("textual", "rich", "boto3", "botocore", "yaml", "diskcache", "tui.app")
print(json.dumps([status, [name for name in wanted if name in sys.modules]]), file=sys.stderr)
"""


def imported(*words: str) -> list[str]:
    """Which of the heavy modules one command leaves behind."""
    done = subprocess.run([sys.executable, "-c", LOOK, *words], capture_output=True, cwd=REPOSITORY, timeout=60, check=True)
    status, found = json.loads(done.stderr.decode().splitlines()[-1])
    assert status in (0, 1, 3), done.stderr.decode()
    return [str(name) for name in found]


@pytest.mark.parametrize(
    "words",
    [
        ("can", "demo", "mateojackson", "textract:DetectDocumentText"),
        ("can", "demo", "mateojackson", "textract:DetectDocumentText", "--format", "json"),
        ("list", "demo"),
        ("list", "demo", "policies", "--format", "markdown"),
        ("sources",),
        ("--help",),
        ("can", "--help"),
        ("--version",),
    ],
)
def test_one_shot_commands_load_no_screen_no_service_and_no_yaml(words: tuple[str, ...]) -> None:
    assert imported(*words) == []


def test_simulate_loads_yaml_and_nothing_else_of_weight() -> None:
    assert imported("simulate", str(SAMPLES / "demo-scenarios.yaml"), "demo") == ["yaml"]


@pytest.mark.parametrize(
    "words",
    [
        ("list", "demo", "policies"),
        ("list", "demo", "coverage", "--format", "json"),
        ("can", "demo", "mateojackson", "textract:DetectDocumentText"),
        ("simulate", "tests/samples/inline-scenarios.jsonl", "--format", "json"),
        ("sources",),
        ("--help",),
    ],
)
def test_a_closed_pipe_ends_it_without_a_word(words: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "whygate", *words], stdout=write, stderr=subprocess.PIPE, cwd=REPOSITORY, timeout=60, check=False
        )
    finally:
        os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0


def test_head_may_read_one_line_of_many() -> None:
    command = f"{sys.executable} -m whygate list demo policies --format json | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, cwd=REPOSITORY, timeout=60, check=True)
    assert json.loads(done.stdout)["kind"] == "policy"
    assert done.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
def test_a_full_disk_is_one_line_and_no_traceback() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "whygate", "list", "demo", "policies"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=REPOSITORY,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert done.stderr.startswith(b"whygate: the answer cannot be written: ")


def test_a_closed_standard_output_is_one_line_and_no_traceback() -> None:
    command = f"exec {sys.executable} -m whygate list demo users >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, cwd=REPOSITORY, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == b"whygate: standard output is closed; send it to a file or a pipe\n"


def test_version_says_what_this_is_and_how_old_its_reference_is() -> None:
    answer = process("--version")
    assert (answer.status, answer.err) == (0, "")
    assert answer.lines == [f"whygate {__version__}", f"actions, resources and condition keys of AWS as of {catalogue.date()}"]


@pytest.mark.parametrize("command", ["", *COMMANDS, "explore"])
def test_help_says_what_it_is_and_exits_well(command: str) -> None:
    answer = process(*command.split(), "--help")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith(f"usage: whygate {command}".rstrip())
    assert "%(" not in answer.out


def test_the_first_help_names_every_command() -> None:
    words = process("--help").out.split()
    assert set(COMMANDS) | {"explore"} <= set(words)


def test_hostile_words_on_the_command_line_stay_on_one_line() -> None:
    answer = process("can", "demo", "mateojackson", "s3:GetObject", "*", "--nope\x1b[2J\nwhygate: all is well")
    assert answer.status == 2
    assert "\x1b" not in answer.err
    assert answer.err.count("\n") == 1
    assert "--nope\\x1b[2J\\x0awhygate" in answer.err
