"""Reading words: the command line with its suggestions, and the explorer's `:` line, which complains and never leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import process, refusal, run

from tui.commands import expected
from tui.commands.parser import LINE_COMMANDS, parse, parse_line
from whygate.errors import UserError

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("lst", "demo"), "'lst' is no command and no source; did you mean list?"),
        (("lst",), "'lst' is no command and no source; did you mean list?"),
        (("CAN", "demo", "ana", "s3:GetObject"), "'CAN' is no command and no source; did you mean can?"),
        (("simulat", "x.yaml"), "'simulat' is no command and no source; did you mean simulate?"),
        (("frobnicate", "demo"), "'frobnicate' is no command and no source; see `whygate --help`"),
        (("list", "demo", "--fromat", "json"), "unrecognized arguments: --fromat json; did you mean --format?"),
        (("can", "demo", "a", "b:c", "--contxt=x"), "unrecognized arguments: --contxt=x; did you mean --context?"),
        (("sources", "--frobnicate"), "unrecognized arguments: --frobnicate; see `whygate sources --help`"),
    ],
)
def test_what_is_nearly_right_is_named(capsys: Capture, words: tuple[str, ...], line: str) -> None:
    assert refusal(run(capsys, *words)) == line


def test_a_source_that_is_called_like_a_command_nearly_still_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lst").write_text("{}")
    assert (parse(["lst"]).command, parse(["lst"]).source) == ("explore", "lst")
    for source in ("./lst", "list.json", "aws:list", "-"):
        assert parse([source]).source == source


def test_somebody_elses_source_is_not_taken_for_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters import registry

    monkeypatch.setattr(registry, "find", lambda source: source)
    assert parse(["lst"]).source == "lst"


def test_a_hostile_word_is_shown_and_not_sent(capsys: Capture) -> None:
    line = refusal(run(capsys, "lis\x1b[2Jt", "demo"))
    assert "\x1b" not in line


def test_an_option_may_stand_between_arguments() -> None:
    options = parse(["can", "demo", "ana", "s3:GetObject", "--context", "a:b=c", "arn:aws:s3:::x/y", "--format", "json"])
    assert (options.resource, options.context, options.format) == ("arn:aws:s3:::x/y", ["a:b=c"], "json")
    listed = parse(["list", "demo", "users", "--color", "never", "ana", "--", "-x"])
    assert (listed.kind, listed.filter) == ("users", ["ana", "-x"])


def test_an_option_of_the_explorer_may_stand_before_its_source() -> None:
    options = parse(["--at", "list", "demo"])
    assert (options.command, options.at, options.source) == ("explore", "list", "demo")


# The `:` line


def test_a_line_has_the_fields_of_its_command() -> None:
    asked = parse_line(["can", "mateojackson", "textract:AnalyzeDocument", "--context", "a:b=c", "*", "--uncollected", "none"])
    from_shell = vars(
        parse(["can", "demo", "mateojackson", "textract:AnalyzeDocument", "--context", "a:b=c", "*", "--uncollected", "none"])
    )
    assert vars(asked).items() <= from_shell.items()
    assert vars(parse_line(["list", "users", "admin", "!x"])) == {"command": "list", "kind": "users", "filter": ["admin", "!x"]}
    assert vars(parse_line(["export", "out.json", "--force"])) == {"command": "export", "file": "out.json", "force": True}


def test_a_message_is_taken_as_it_was_copied() -> None:
    words = ["An", "error", "occurred", "(AccessDenied)", "when", "calling", "--x:", "User:", "it's", "-h"]
    assert parse_line(["explain", *words]).text == " ".join(words)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "nothing to do; type list, can, explain or export"),
        (["lst"], "'lst' is no command here; did you mean list?"),
        (["cache", "clear"], "'cache' is no command here; type list, can, explain or export"),
        (["can", "ana"], "the following arguments are required: ACTION; write it as: can PRINCIPAL ACTION [RESOURCE]"),
        (["can", "-h"], "the following arguments are required: PRINCIPAL, ACTION; write it as: can PRINCIPAL ACTION [RESOURCE]"),
        (["can", "a", "b:c", "d", "e"], "unrecognized arguments: e; write it as: can PRINCIPAL ACTION [RESOURCE]"),
        (["can", "a", "b:c", "--credental", "x"], "unrecognized arguments: --credental x; did you mean --credential?"),
        (["can", "a", "b:c", "--offline"], "unrecognized arguments: --offline; write it as: can PRINCIPAL ACTION [RESOURCE]"),
    ],
)
def test_a_line_that_means_nothing_is_one_complaint(capsys: Capture, words: list[str], line: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_line(words)
    assert str(caught.value) == line
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", LINE_COMMANDS)
def test_the_line_has_the_arguments_of_the_command_without_a_source(command: str) -> None:
    on_line = {item.metavar for item in expected.words(command, line=True) if not item.names}
    everywhere = {item.metavar for item in expected.words(command) if not item.names}
    assert on_line == everywhere - {"SOURCE"}


def test_what_comes_next_on_the_line() -> None:
    assert expected.on_line((), "c").value == expected.Argument((), "COMMAND", LINE_COMMANDS, "")
    next_one = expected.on_line(("can", "mateojackson"), "tex")
    assert next_one.value is not None
    assert (next_one.value.metavar, next_one.given) == ("ACTION", {"PRINCIPAL": "mateojackson"})
    assert expected.on_line(("can", "--missing-context"), "").value == expected.words("can", line=True)[5]
    assert expected.on_line(("cann",), "") == expected.Expected()


def test_the_program_leaves_with_the_same_complaint() -> None:
    assert refusal(process("lst", "demo")) == "'lst' is no command and no source; did you mean list?"
