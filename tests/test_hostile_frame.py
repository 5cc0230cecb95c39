"""Hostile text around the places: the start screen, what is kept between runs, the `:` line, notices, the clipboard, an editor, a crash."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import hostile
import pytest
import sent_bytes
from pty_terminal import Terminal

from tui.location import Location
from whygate.text import visible

FILE_NAME = hostile.HOSTILE.replace("/", "_")[:60]  # a file's name has no slash, and an end
SEEN = "\\x1b]0;["


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    return hostile.installed(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return hostile.written(tmp_path)


def ended(terminal: Terminal) -> sent_bytes.Sent:
    """What a program sent that was left by `q`."""
    terminal.type("q")
    assert terminal.ended() == 0
    return sent_bytes.read(bytes(terminal.raw))


def lowest(text: str) -> str:
    """The two lines at the bottom, where a notice stands."""
    return "\n".join(text.split("\n")[-2:])


def remembers(folder: Path, source: str) -> dict[str, str]:
    """A state in which everything is hostile that somebody else could have written, as an environment."""
    folder.mkdir(mode=0o700)
    mark = {"source": source, "location": str(Location("principal", hostile.USER)), "label": hostile.HOSTILE, "at": hostile.HOSTILE}
    recent = {"source": hostile.HOSTILE, "at": "2026-11-01T00:00:00Z", "size": 5, "account": hostile.HOSTILE}
    known = {"format": 1, "bookmarks": [mark], "history": [f"can {hostile.HOSTILE}"], "recent": [recent]}
    file = folder / "state.json"
    file.write_text(json.dumps(known))
    file.chmod(0o600)
    return {"WHYGATE_STATE_DIR": str(folder)}


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
def test_the_start_screen_shows_files_profiles_and_what_was_opened_as_text(
    tmp_path: Path, installed: dict[str, str], source: Path, columns: int, rows: int
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    shutil.copy(source, here / f"{FILE_NAME}.json")
    profiles = tmp_path / "config"
    profiles.write_text(f"[profile \x1b]0;[{hostile.EIGHT_BIT}]\nregion = eu-west-1\nrole_arn = {hostile.USER.splitlines()[0]}\n")
    environment = {**installed, **remembers(tmp_path / "state", "x"), "AWS_CONFIG_FILE": str(profiles)}
    run = f"import os; os.chdir({str(here)!r}); from whygate.__main__ import main; main([])"
    with Terminal(["-c", run], columns=columns, rows=rows, environment=environment) as terminal:
        terminal.wait_for("to look around")
        terminal.wait_for(lambda text: "looking" not in text and SEEN in text)
        for key in ("G", "?", "\x1b", "/", "quit", "\x1b", "y"):
            terminal.type(key)
            terminal.quiet()
        terminal.type("g\r")
        terminal.wait_for("could not be opened")
        sent = ended(terminal)
    assert sent.text.count(SEEN) >= 2, "the file, and what was opened"


def test_a_state_file_is_shown_as_text_in_the_bookmarks_the_palette_and_the_history(
    tmp_path: Path, installed: dict[str, str], source: Path
) -> None:
    with Terminal(["-m", "whygate", str(source)], environment={**installed, **remembers(tmp_path / "state", str(source))}) as terminal:
        terminal.wait_for("users")
        terminal.type("'")
        terminal.wait_for(lambda text: "bookmarks" in text and SEEN in text)
        terminal.type("\x1b")
        terminal.wait_for("next list")
        terminal.type("\x10")
        terminal.wait_for("everything that can be done")
        terminal.type("principal arn")
        terminal.wait_for(SEEN)
        terminal.type("\x1b")
        terminal.wait_for("next list")
        terminal.type(":\x1b[A")
        terminal.wait_for("�]0;HOSTILE�")
        terminal.type("\r")
        terminal.quiet()
        ended(terminal)


def test_the_line_completes_hostile_names_and_says_what_is_wrong_with_them_as_text(installed: dict[str, str], source: Path) -> None:
    with Terminal(["-m", "whygate", str(source)], environment=installed) as terminal:
        terminal.wait_for("users")
        for line in ("user ", "role ", "policy ", "resource ", "can "):
            terminal.type(f":{line}")
            terminal.wait_for(lambda text, line=line: f"{line}\\x1b]0;[" in text or f'{line}"\\x1b]0;[' in text or "arn:aws" in text)  # type: ignore[misc]  # mypy types no lambda with a default
            terminal.type("\t\x1b")
            terminal.wait_for("next list")
        for line in ("user nobody\x9b", "fly\x9b", "list \x9b", "save \x9b", "theme \x9b"):
            terminal.type(f":\x1b[200~{line}\x1b[201~\r")
            terminal.wait_for(lambda text: "\\x9b" in lowest(text))
            terminal.type("\x1b")  # takes the notice away
            terminal.wait_for(lambda text: "\\x9b" not in lowest(text))
        ended(terminal)


@pytest.mark.parametrize("tmux", [False, True])
def test_what_is_copied_is_the_accounts_own_text_in_base64_and_nothing_else(installed: dict[str, str], source: Path, tmux: bool) -> None:
    around = {"TMUX": "socket,1,0", "TERM": "tmux-256color"} if tmux else {}
    arguments = ["-m", "whygate", str(source), "--at", str(Location("policy", hostile.POLICY))]
    with Terminal(arguments, environment={**installed, **around}) as terminal:
        terminal.wait_for("Statement")
        for key in ("t", "y", "Y", "C"):
            terminal.type(key)
            terminal.wait_for("sent to terminal")
            terminal.type("j")
            terminal.quiet()
        sent = ended(terminal)
    assert json.loads(sent.copied[0])["Statement"][0]["Sid"] == hostile.HOSTILE
    assert any(str(Location("policy", hostile.POLICY)) == each for each in sent.copied)


def test_an_editor_gets_a_text_without_escapes_under_a_harmless_name(tmp_path: Path, installed: dict[str, str], source: Path) -> None:
    kept, named = tmp_path / "seen", tmp_path / "named"
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncp "$1" {kept}\nprintf %s "$1" > {named}\n')
    editor.chmod(0o755)
    arguments = ["-m", "whygate", str(source), "--at", str(Location("policy", hostile.POLICY))]
    with Terminal(arguments, environment={**installed, "VISUAL": str(editor)}) as terminal:
        terminal.wait_for("Statement")
        terminal.type("E")
        terminal.wait_for(lambda text: named.exists() and "Statement" in text)
        terminal.quiet()
        ended(terminal)
    assert "\\u001b]0;" in kept.read_text()
    assert all(visible(line) == line for line in kept.read_text().split("\n"))
    assert os.path.basename(named.read_text()).isascii()
    assert "\x1b" not in named.read_text()


def test_an_error_line_about_a_hostile_file_is_text_too(tmp_path: Path, installed: dict[str, str]) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"UserDetailList": [{"UserName": ["HOSTILE", hostile.HOSTILE]}], hostile.HOSTILE: 1}))
    with Terminal(["-m", "whygate", str(file)], environment=installed) as terminal:
        terminal.wait_for("could not be opened")
        ended(terminal)


def test_a_hostile_name_of_a_source_and_a_hostile_configuration_are_text_on_the_screen_and_after_it(
    tmp_path: Path, installed: dict[str, str], source: Path
) -> None:
    file = shutil.copy(source, tmp_path / FILE_NAME)
    configuration = tmp_path / "config.toml"
    strange = json.dumps(hostile.HOSTILE)  # a string of TOML, as of JSON, but for what lies beyond sixteen bits
    configuration.write_text(f'theme = {strange.split(chr(92) + "udb40")[0]}"\n{json.dumps(FILE_NAME)} = 1\n')
    with Terminal(["-m", "whygate", str(file)], environment={**installed, "WHYGATE_CONFIG": str(configuration)}) as terminal:
        terminal.wait_for(lambda text: "users" in text and "\\x1b]0;" in text)
        sent = ended(terminal)
    assert "whygate: " in sent.text


def test_a_crash_shows_no_local_values() -> None:
    crash = (
        "import sys; from tui import explorer\n"
        "def load(source, report):\n"
        "    secret_value = 'do-not-' + 'print-me'\n"
        "    raise RuntimeError('broken' + chr(27) + ']52;c;AAAA')\n"
        "explorer.Explorer('x', load=load).run()\n"
    )
    with Terminal(["-c", crash]) as terminal:
        terminal.ended()
        text = sent_bytes.read(bytes(terminal.raw), bell=True).text
        assert "RuntimeError: broken\\x1b]52;c;AAAA" in text
        assert "This is a fault in whygate" in text
        assert "do-not-print-me" not in text
