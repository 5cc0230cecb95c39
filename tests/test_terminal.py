"""The explorer and its terminal, on a real one: too small, suspended, taken away, without colours, without Unicode, lent to an editor."""

from __future__ import annotations

import re
import signal
import stat
import sys
from pathlib import Path

import pytest
from pty_terminal import Terminal

from tui.kept import state

WHYGATE = ["-m", "whygate"]
DEMO = [*WHYGATE, "demo"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TOO_SMALL = "whygate needs 60x15"
ALTERNATE, ORDINARY = b"\x1b[?1049h", b"\x1b[?1049l"


def colours(raw: bytes) -> set[str]:
    """The parts of every SGR sequence that set a colour."""
    found = set()
    for sequence in COLOUR.findall(raw.decode()):
        parts = sequence[2:-1].split(";")
        found |= {part for part in parts if re.fullmatch(r"3[0-9]|4[0-9]|9[0-7]|10[0-7]", part)}
    return found


def walk_to_a_row(terminal: Terminal) -> None:
    terminal.wait_for("▸ alejandrorosalez")
    terminal.type("/ma")
    terminal.wait_for("5 of 20")
    terminal.type("\r")
    terminal.type("jj")
    terminal.wait_for("▸ mateojackson")


# Too small


@pytest.mark.parametrize(("columns", "rows"), [(59, 24), (80, 14), (20, 5), (1, 1)])
def test_a_terminal_that_is_too_small_says_the_size_that_is_needed_and_all_is_back_when_it_is_larger(columns: int, rows: int) -> None:
    with Terminal(DEMO) as terminal:
        walk_to_a_row(terminal)
        before = terminal.text
        terminal.resize(columns, rows)
        wanted = TOO_SMALL[: columns * rows]
        terminal.wait_for(
            lambda text: text.replace("\n", "").startswith(wanted[: columns * (rows - 1) or 1]) and "mateojackson" not in text
        )
        terminal.quiet()
        terminal.type("c\r1j")  # what is typed blindly does nothing
        terminal.quiet()
        assert "mateojackson" not in terminal.text
        terminal.resize(80, 24)
        terminal.wait_for(lambda text: text == before)


def test_a_terminal_that_is_too_small_from_the_beginning_shows_all_when_it_grows() -> None:
    with Terminal(DEMO, columns=40, rows=10) as terminal:
        terminal.wait_for(TOO_SMALL)
        terminal.resize(80, 24)
        terminal.wait_for("▸ alejandrorosalez")
        terminal.resize(40, 10)
        terminal.wait_for(TOO_SMALL)
        terminal.type("q")
        assert terminal.ended() == 0
        assert bytes(terminal.raw).count(ORDINARY) == 1


def test_resizing_down_to_the_smallest_size_and_back_loses_no_place() -> None:
    with Terminal(DEMO, columns=100, rows=40) as terminal:
        walk_to_a_row(terminal)
        before = terminal.text
        for columns, rows in ((80, 24), (60, 15)):
            terminal.resize(columns, rows)
            terminal.wait_for(lambda text: "▸ mateo" in text)
            terminal.quiet()
            assert "5 of 20" in terminal.text
        terminal.resize(100, 40)
        terminal.wait_for(lambda text: text == before)


# Suspended, asked to end, taken away


def test_suspending_gives_the_terminal_back_and_resuming_shows_the_screen_whole() -> None:
    shell = ["-c", "import os; os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])"]
    with Terminal(shell, environment={"PS1": "shell> "}) as terminal:
        terminal.wait_for("shell>")
        terminal.type(f"{sys.executable} -m whygate demo\n")
        walk_to_a_row(terminal)
        before = terminal.text
        terminal.type("\x1a")
        terminal.wait_for("Stopped")
        terminal.type("echo typed in a $((40 + 2)) shell\n")
        terminal.wait_for("typed in a 42 shell")
        terminal.type("fg\n")
        terminal.wait_for(lambda text: text == before)
        terminal.type("k")
        terminal.wait_for("▸ marymajor")
        terminal.type("q")
        terminal.wait_for("shell>")
        terminal.type("echo $((6 * 7)) again\n")
        terminal.wait_for("42 again")


def test_a_stop_without_a_warning_costs_nothing_but_the_time() -> None:
    with Terminal(DEMO) as terminal:
        before = terminal.modes
        walk_to_a_row(terminal)
        terminal.signal(signal.SIGSTOP)
        terminal.signal(signal.SIGCONT)
        terminal.wait_for(lambda text: bytes(terminal.raw).count(ALTERNATE) == 2 and "▸ mateojackson" in text)
        terminal.type("k")
        terminal.wait_for("▸ marymajor")
        terminal.type("q")
        assert terminal.ended() == 0
        assert terminal.modes == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_asked_to_end_leaves_the_terminal_as_it_was(number: int, state_directory: Path) -> None:
    with Terminal(DEMO) as terminal:
        before = terminal.modes
        walk_to_a_row(terminal)
        assert terminal.modes != before
        terminal.type("\r")
        terminal.wait_for("inline policies")
        terminal.signal(number)
        assert terminal.ended() == 128 + number
        assert terminal.modes == before
        raw = bytes(terminal.raw)
        assert raw.count(ALTERNATE) == raw.count(ORDINARY) == 1
        assert raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l"), "the cursor is shown again"
        assert b"Traceback" not in raw
    assert "user/mateojackson" in (state.open(str(state_directory)).place("demo") or "")


def test_a_lost_connection_ends_the_program_at_once_and_the_next_run_is_where_it_was(tmp_path: Path) -> None:
    with Terminal(DEMO) as terminal:
        walk_to_a_row(terminal)
        terminal.type("\r")
        terminal.wait_for("inline policies")
        terminal.quiet()
        assert terminal.hang_up() in (129, -signal.SIGHUP)
    with Terminal(DEMO) as terminal:
        terminal.wait_for("inline policies")
        terminal.wait_for("mateojackson")


def test_a_lost_connection_ends_a_program_that_ignores_the_signal() -> None:
    ignoring = (
        "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); from whygate.__main__ import main; sys.exit(main(['demo']))"
    )
    blocked = ignoring.replace("SIG_IGN)", "SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])")
    with Terminal(["-c", blocked]) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.quiet()
        assert terminal.hang_up() == 129


# Colours and characters


def test_no_color_means_no_colour_code_and_the_cursor_is_seen_all_the_same() -> None:
    with Terminal(DEMO, environment={"NO_COLOR": "1"}) as terminal:
        walk_to_a_row(terminal)
        terminal.type("\r")
        terminal.wait_for("inline policies")
        terminal.quiet()
        raw = bytes(terminal.raw)
        assert colours(raw) == set()
        assert re.search(rb"\x1b\[(?:0;)?1;7m\xe2\x96\xb8 mateojackson", raw), "bold and reversed"


def test_a_terminal_without_colours_gets_none() -> None:
    with Terminal(DEMO, environment={"TERM": "vt100"}) as terminal:
        terminal.wait_for("> alejandrorosalez")
        assert colours(bytes(terminal.raw)) == set()


def test_a_terminal_with_sixteen_colours_gets_its_own() -> None:
    with Terminal(DEMO, environment={"TERM": "xterm"}) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.type("7")
        terminal.wait_for("rekognition:collection")
        found = colours(bytes(terminal.raw))
        assert found
        assert not found & {"38", "48"}, "no colour of another palette"
        assert not {part for part in found if part.startswith("4") and part != "49"}, "no background but its own"


@pytest.mark.parametrize(
    ("arguments", "environment"), [([], {"LC_ALL": "C"}), ([], {"LANG": "de_DE.ISO-8859-1"}), (["--ascii"], {}), ([], {"TERM": "linux"})]
)
def test_where_there_is_no_unicode_every_byte_is_ascii_and_nothing_moves(arguments: list[str], environment: dict[str, str]) -> None:
    with Terminal(DEMO) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.quiet()
        rows = [line[:2] + line[2:].rstrip("─ ") for line in terminal.lines]
    with Terminal([*DEMO, *arguments], environment=environment) as terminal:
        terminal.wait_for("> alejandrorosalez")
        terminal.quiet()
        assert bytes(terminal.raw).isascii()
        assert [len(row) for row in rows[5:-2]] == [len(line) for line in terminal.lines[5:-2]]
        assert terminal.lines[5] == rows[5].replace("▸", ">")


# An editor


def editor(tmp_path: Path, body: str) -> str:
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return str(script)


def open_a_policy(terminal: Terminal) -> None:
    terminal.wait_for("▸ alejandrorosalez")
    terminal.type("4\r")
    terminal.wait_for('"Statement"')


def test_a_policy_opens_in_the_editor_read_only_and_nothing_of_it_stays(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    body = f"""
stat -c "%a" "$1" > {seen}
cat "$1" >> {seen}
echo "$1" > {seen}.name
echo "$NO_COLOR" > {seen}.colour
echo EDITING
read line"""
    environment = {"EDITOR": editor(tmp_path, body), "VISUAL": "", "NO_COLOR": "1"}
    with Terminal(DEMO, environment=environment) as terminal:
        open_a_policy(terminal)
        terminal.quiet()
        before = terminal.text
        terminal.type("E")
        terminal.wait_for("EDITING")
        terminal.type("\r")
        terminal.wait_for(lambda text: text == before)
        assert '"Statement"' in seen.read_text()
        assert seen.read_text().startswith("400\n")
        path = Path((tmp_path / "seen.name").read_text().strip())
        assert path.suffix == ".json"
        assert not path.parent.exists()
        assert (tmp_path / "seen.colour").read_text() == "1\n"


def test_a_key_that_interrupts_is_the_pagers_own(tmp_path: Path) -> None:
    pager = editor(tmp_path, "trap 'echo INTERRUPTED' INT\necho READING\nread line\nread line")
    with Terminal(DEMO, environment={"VISUAL": "", "EDITOR": "", "PAGER": pager}) as terminal:
        walk_to_a_row(terminal)
        terminal.type("\r")
        terminal.wait_for("inline policies")
        terminal.quiet()
        before = terminal.text
        terminal.type("E")
        terminal.wait_for("READING")
        terminal.type("\x03")
        terminal.wait_for("INTERRUPTED")
        terminal.type("\r\r")
        terminal.wait_for(lambda text: text == before)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("/no/such/editor", "/no/such/editor cannot be started: No such file or directory"),
        ("false", "false ended with status 1"),
        ("'vi", "cannot be understood: No closing quotation"),
    ],
)
def test_an_editor_that_fails_is_one_line_and_the_program_goes_on(value: str, said: str) -> None:
    with Terminal(DEMO, environment={"VISUAL": value}) as terminal:
        open_a_policy(terminal)
        terminal.type("E")
        terminal.wait_for(said)
        terminal.type("n")
        terminal.quiet()
        terminal.type("q")
        assert terminal.ended() == 0
        assert b"Traceback" not in bytes(terminal.raw)


# The clipboard


def test_text_goes_to_the_clipboard_and_the_notice_promises_nothing() -> None:
    with Terminal(DEMO) as terminal:
        walk_to_a_row(terminal)
        terminal.type("y")
        terminal.wait_for("sent to terminal: 43 bytes")
        assert b"\x1b]52;c;YXJuOmF3czppYW0" in bytes(terminal.raw)


def test_inside_tmux_the_text_is_also_passed_on_to_the_terminal_around_it() -> None:
    with Terminal(DEMO, environment={"TMUX": "x", "TERM": "tmux-256color"}) as terminal:
        walk_to_a_row(terminal)
        terminal.type("y")
        terminal.wait_for("sent to terminal: 43 bytes")
        assert b"\x1bPtmux;\x1b\x1b]52;c;YXJuOmF3czppYW0" in bytes(terminal.raw)


def test_text_can_go_to_a_private_file_instead(tmp_path: Path, state_directory: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('clipboard = "file"\n')
    with Terminal([*DEMO, "--config", str(config)], columns=160) as terminal:
        walk_to_a_row(terminal)
        terminal.type("y")
        terminal.wait_for(f"written to {state_directory}/clipboard.txt: 43 bytes")
        assert b"\x1b]52" not in bytes(terminal.raw)
    written = state_directory / "clipboard.txt"
    assert written.read_text() == "arn:aws:iam::123456789012:user/mateojackson"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


# What is wrong is one line, and the program goes on


def test_a_configuration_that_is_wrong_is_a_line_and_the_program_goes_on(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('theme = "light"\ncolour = "blue"\n')
    with Terminal(DEMO, environment={"WHYGATE_CONFIG": str(config)}, columns=160) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.wait_for(f"{config}:2: there is no option 'colour'; there are theme, link")
        terminal.type("q")
        assert terminal.ended() == 0
        assert f"whygate: {config}:2: there is no option 'colour'" in terminal.text.replace("\n", "")


def test_the_source_that_is_configured_is_opened_where_none_is_named(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('source = "demo"\n')
    with Terminal(WHYGATE, environment={"WHYGATE_CONFIG": str(config)}) as terminal:
        terminal.wait_for("▸ alejandrorosalez")


def test_a_state_directory_that_cannot_be_used_is_a_line_and_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Terminal(DEMO, environment={"WHYGATE_STATE_DIR": str(tmp_path / "file" / "whygate")}, columns=160) as terminal:
        terminal.wait_for("▸ alejandrorosalez")
        terminal.wait_for("last for this run only")
        terminal.type("j")
        terminal.wait_for("▸ arnavdesai")
        terminal.type("q")
        assert terminal.ended() == 0


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_show_it_is_refused_with_the_commands_to_use(term: str) -> None:
    with Terminal(DEMO, environment={"TERM": term}) as terminal:
        assert terminal.ended() == 2
        assert "whygate list and whygate can" in terminal.text.replace("\n", " ")
        assert ALTERNATE not in bytes(terminal.raw)


# The link


def test_over_ssh_there_is_no_mouse_unless_somebody_wants_one() -> None:
    mouse = b"\x1b[?1003h"
    over_ssh = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
    for arguments, environment, wanted in (
        ([], {}, True),
        ([], over_ssh, False),
        (["--link", "local"], over_ssh, True),
        (["--mouse"], over_ssh, True),
        (["--link", "ssh"], {}, False),
        (["--no-mouse"], {}, False),
    ):
        with Terminal([*DEMO, *arguments], environment=environment) as terminal:
            terminal.wait_for("▸ alejandrorosalez")
            assert (mouse in bytes(terminal.raw)) is wanted, (arguments, environment)
