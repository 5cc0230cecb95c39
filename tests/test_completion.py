"""Completion: what a line may become is what the parser takes, and the three shells put it on the line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sources
from pty_terminal import Terminal
from running import REPOSITORY, process, run

from adapters.cache import SnapshotCache
from tui.commands import completion, expected, fillers
from tui.commands.parser import COMMANDS, ROWS, build, parsers

ADAPTER = "arn:aws:textract:eu-west-1:123456789012:/adapters/"


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No profiles, no credentials and nothing kept, whatever this machine has."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "nothing"))


def words(line: str) -> list[str]:
    """What `whygate LINE` may become, but for file names."""
    return [each.word for each in completion.answer(f"whygate {line}")[1]]


def files(line: str) -> bool:
    return completion.answer(f"whygate {line}")[0]


def test_the_first_word_is_a_command_or_a_source() -> None:
    assert {*COMMANDS, "explore", "demo", "aws:"} <= set(words(""))
    assert files("")
    assert words("exp") == ["explore", "explain", "export"]


@pytest.mark.parametrize("command", list(ROWS))
def test_every_option_of_a_command_is_offered_and_no_other_is(command: str) -> None:
    known = parsers(build())[command]
    assert set(words(f"{command} --")) == {item.option_strings[-1] for item in known._actions if item.option_strings}


@pytest.mark.parametrize("command", list(ROWS))
def test_every_choice_is_offered(command: str) -> None:
    for item in parsers(build())[command]._actions:
        if item.choices and item.option_strings:
            assert words(f"{command} {item.option_strings[-1]} ") == list(item.choices)
            assert words(f"{command} {item.option_strings[-1]}=") == [f"{item.option_strings[-1]}={choice}" for choice in item.choices]


def test_what_every_value_may_be_is_known() -> None:
    taken = {name for each in ROWS for item in expected.words(each) for name in item.metavar.split(" or ") if name and not item.choices}
    assert taken == set(fillers.FILLERS) | fillers.FILES | fillers.FREE


def test_an_option_is_offered_once_unless_it_adds_up() -> None:
    once = words("can demo --offline --format json --context a:b=c --")
    assert "--context" in once
    assert not {"--offline", "--format", "--refresh"} & set(once)  # --refresh and --offline exclude each other


def test_behind_two_dashes_there_are_no_options() -> None:
    assert words("list demo -- --") == []
    assert words("list demo -- us") == ["users"]


def test_where_nothing_is_missing_options_are_offered() -> None:
    assert words("sources ") == ["--help", "--format", "--color"]


def test_principals_come_from_the_source() -> None:
    assert words("can demo mateo") == ["mateojackson"]
    assert "user/mateojackson" in words("can demo user/m")
    assert words("can demo arn:aws:iam::123456789012:user/mateo") == ["arn:aws:iam::123456789012:user/mateojackson"]
    assert words("can demo MATEO") == ["mateojackson"]


def test_a_name_that_several_have_is_offered_as_their_arns(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    both = {
        "UserDetailList": [{"UserName": "ci", "Arn": "arn:aws:iam::123456789012:user/ci"}],
        "RoleDetailList": [{"RoleName": "ci", "Arn": "arn:aws:iam::123456789012:role/ci"}],
    }
    path.write_text(json.dumps(both))
    assert words(f"can {path} ") == ["arn:aws:iam::123456789012:user/ci", "arn:aws:iam::123456789012:role/ci"]


def test_actions_come_from_the_catalogue_the_service_first() -> None:
    assert words("can demo mateojackson textr") == ["textract:"]
    assert words("can demo mateojackson textract:Detect") == ["textract:DetectDocumentText"]
    assert words("can demo mateojackson TEXTRACT:detect") == ["textract:DetectDocumentText"]


def test_resources_are_those_that_the_action_takes() -> None:
    found = words("can demo mateojackson textract:GetAdapter ")
    assert found[0] == "*"
    assert len(found) > 2
    assert all(word.startswith(ADAPTER) and "/versions/" not in word for word in found[1:])
    assert all(":user/" in word for word in words("can demo mateojackson iam:CreateUser ")[1:])


def test_context_keys_are_those_of_the_action_and_what_people_give_most() -> None:
    found = words("can demo mateojackson iam:PassRole --context iam:")
    assert "iam:PassedToService=" in found
    assert words("can demo mateojackson iam:PassRole --context=aws:Multi") == ["--context=aws:MultiFactorAuthPresent="]


def test_with_policies_of_its_own_a_question_has_no_source() -> None:
    assert files("can --identity ")
    assert words("can --identity p.json arn:aws:iam::123456789012:role/New textr") == ["textract:"]


@pytest.mark.parametrize("line", ["can - ", "can no-such-file.json ", "can nothing ", "can 'unclosed ", "can demo \\", "can aws:nobody "])
def test_what_is_not_known_is_no_complaint(capsys: pytest.CaptureFixture[str], line: str) -> None:
    answer = run(capsys, "completion", "zsh", f"--line=whygate {line}")
    assert (answer.status, answer.err) == (0, "")


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert fillers.snapshot(str(tmp_path / "pipe.json")) is None


def test_a_file_that_would_take_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps(sources.export(user="ana")))
    assert words(f"can {path} ") == words(f"can {tmp_path} ") == ["ana"]
    monkeypatch.setattr(fillers, "MOST_BYTES", path.stat().st_size - 1)
    assert words(f"can {path} ") == words(f"can {tmp_path} ") == []


class Asking:
    """Somebody else's adapter, which might ask over a network."""

    name = "asking"
    description = "asks"

    def accepts(self, source: str) -> bool:
        return source == "somewhere"

    def load(self, source: str, report: object) -> dict[str, object]:
        raise AssertionError("it was asked")


def test_nobody_elses_adapter_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    sources.register(monkeypatch, asking=f"{__name__}:Asking")
    assert fillers.snapshot("somewhere") is None
    assert words("can somewhere ") == []


def test_of_a_live_account_what_was_kept_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "kept"))
    user = {"UserName": "kept-user", "Arn": "arn:aws:iam::123456789012:user/kept-user"}
    with SnapshotCache() as cache:
        kept = {"Account": {"Id": "123456789012"}, "UserDetailList": [user]}
        cache.store(("aws", "x"), kept, "2026-01-01T00:00:00Z", account="123456789012", adapter="aws", source="aws:prod")
    assert words("can aws:prod k") == ["kept-user"]
    assert words("can aws:other k") == []
    assert "aws:prod" in words("can aws:")
    assert words("cache clear ") == ["123456789012"]


def test_the_profiles_of_the_aws_configuration_are_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile audit]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert "aws:audit" in words("list aws:")


def test_names_that_cannot_be_typed_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    names = ["good", "bad\x1b]52;c;AAAA\x07", "two\nlines", "hid\u202eden"]
    path.write_text(json.dumps({"UserDetailList": [{"UserName": name, "Arn": f"arn:aws:iam::123456789012:user/{name}"} for name in names]}))
    assert words(f"can {path} ") == ["good"]


def test_bash_gets_what_stands_behind_the_place_where_it_breaks_words(capsys: pytest.CaptureFixture[str]) -> None:
    line = "whygate can demo mateojackson textract:Detect"
    assert run(capsys, "completion", "bash", f"--line={line}", "--breaks= :=").lines == ["words", "DetectDocumentText "]
    assert run(capsys, "completion", "bash", f"--line={line}", "--breaks= ").lines == ["words", "textract:DetectDocumentText "]


def test_bash_is_not_told_what_is_there_already(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "completion", "bash", "--line=whygate list aws:", "--breaks=:").lines == ["files"]


def test_a_source_in_the_home_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "account.json").write_text(json.dumps(sources.export(user="ana")))
    assert words("can ~/account.json ") == ["ana"]


def test_completion_asks_neither_textual_nor_boto3_for_anything() -> None:
    look = "import sys; from tui.commands import completion; completion.answer('whygate can demo mateojackson textract:Det'); "
    look += "print([name for name in ('textual', 'rich', 'boto3', 'botocore', 'diskcache') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, cwd=REPOSITORY, timeout=60, check=True)
    assert done.stdout.decode() == "[]\n"


# The shells


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A place with `whygate` on the path, one export, and an account whose names are dangerous to a shell."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "whygate").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m whygate "$@"\n')
    (tmp_path / "bin" / "whygate").chmod(0o755)
    (tmp_path / "inputrc").write_text("set bell-style none\nset show-all-if-ambiguous on\n")
    (tmp_path / "account one.json").write_text("{}")
    name = "$(touch${IFS}owned)"
    users = [{"UserName": name, "Arn": f"arn:aws:iam::123456789012:user/{name}"}]
    (tmp_path / "evil.json").write_text(json.dumps({"UserDetailList": users}))
    yield tmp_path
    assert not (tmp_path / "owned").exists()


SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='> '; source {script}"),
    "zsh": (["-f", "-i"], "PS1='> '; autoload -U compinit; compinit -u -D; source {script}"),
    "fish": (["--no-config", "-i"], "function fish_prompt; echo '> '; end; source {script}"),
}
needs = [pytest.param(shell, marks=[] if shutil.which(shell) else pytest.mark.skip(reason=f"{shell} is not installed")) for shell in SHELLS]


def typed(shell: str, home: Path, line: str, until: str, begin: str = "") -> None:
    """Types into a shell what `line` says, a tab at its end, and waits until the line begins with `until`."""
    arguments, usual = SHELLS[shell]
    (home / completion.SCRIPTS[shell]).write_text(process("completion", shell).out)
    # The terminal has to be the shell's own, as it is for a person: it becomes that when the first of a session opens it.
    start = f"import os; os.open(os.ttyname(0), os.O_RDWR); os.chdir({str(home)!r}); os.execvp({shell!r}, {[shell, *arguments]!r})"
    environment = {
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "INPUTRC": str(home / "inputrc"),
        "PYTHONPATH": f"{REPOSITORY}:{os.pathsep.join(sys.path)}",
    }
    with Terminal(["-c", start], columns=140, rows=40, environment=environment) as terminal:
        terminal.type((begin or usual).format(script=completion.SCRIPTS[shell]) + "; echo rea''dy\r")
        terminal.wait_for("\nready")
        terminal.wait_for(lambda text: text.rstrip().endswith(">"))
        terminal.type(f"{line}\t")
        terminal.wait_for(lambda text: any(each.startswith(f"> {until}") for each in text.splitlines()))


@pytest.mark.parametrize("shell", needs)
@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("whygate simul", "whygate simulate"),
        ("whygate can demo mateo", "whygate can demo mateojackson"),
        ("whygate can demo mateojackson textract:DetectD", "whygate can demo mateojackson textract:DetectDocumentText"),
        ("whygate list demo --format=js", "whygate list demo --format=json"),
        ("whygate can demo m --missing-c", "whygate can demo m --missing-context"),
        ("whygate list acc", "whygate list account\\ one.json"),
    ],
)
def test_a_tab_puts_it_on_the_line(shell: str, home: Path, line: str, until: str) -> None:
    typed(shell, home, line, until)


@pytest.mark.parametrize("shell", needs)
def test_a_name_from_an_account_is_never_run(shell: str, home: Path) -> None:
    typed(
        shell,
        home,
        "whygate can evil.json ",
        {"bash": "whygate can evil.json '$(touch${IFS}owned)'"}.get(shell, "whygate can evil.json \\$\\("),
    )


@pytest.mark.parametrize("shell", needs[1:2])
def test_zsh_finds_it_on_its_own_path(shell: str, home: Path) -> None:
    begin = "PS1='> '; fpath=($PWD $fpath); autoload -U compinit; compinit -u -D"
    typed(shell, home, "whygate simul", "whygate simulate", begin)
