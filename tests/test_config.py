"""The configuration: what a file may say, the line that is wrong, what it changes, and that its documents describe what there is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from explorer_accounts import demo, explorer, loaded, rows
from running import REPOSITORY, refusal, run
from waiting import wait_for

from tui import actions, app
from tui.commands import config as command
from tui.commands.explore import with_options
from tui.commands.parser import parse
from tui.kept import columns, config, keymap
from tui.kept.settings import OPTIONS, PARTS, Settings
from tui.location import LISTS
from tui.terminal.terminal_app import Look

DOCUMENT = REPOSITORY / "docs" / "configuration.md"


def problems(text: str | bytes) -> list[str]:
    """Everything that is wrong with a file `f`, without its name."""
    found = config.read(text.encode() if isinstance(text, str) else text, "f")
    every = (*found.problems, *keymap.chosen(found)[1], *columns.chosen(found)[1])
    return [str(each).removeprefix("f:") for each in every]


# What a file may say


def test_every_option_has_its_default_in_the_settings_and_no_other_is_there() -> None:
    defaults = {name: getattr(Settings(), name) for name in Settings.__struct_fields__}
    assert defaults == {**{option.name: option.default for option in OPTIONS}, **{part.name: {} for part in PARTS}}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_value_of_an_option_is_taken_and_every_other_refused(option: object) -> None:
    row = next(each for each in OPTIONS if each == option)
    for value in row.choices or ("aws:prod",):
        found = config.read(f'{row.name} = "{value}"'.encode(), "f")
        assert found.problems == ()
        assert getattr(found.settings, row.name) == value
    (said,) = problems(f"\n{row.name} = 3")
    assert said.startswith(f"2: {row.name} must be ")
    assert said.endswith(", not 3")
    assert all(f'"{choice}"' in said for choice in row.choices)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('colour = "blue"', "1: there is no option 'colour'; there are theme, link, mouse, ascii, clipboard, source, [keys], [columns]"),
        ('# a\n\ntheme = "blue"', '3: theme must be "auto", "dark", "light", "high-contrast" or "terminal", not "blue"'),
        ("mouse = true", '1: mouse must be "auto", "on" or "off", not true'),
        ("source = []", "1: source must be a text in quotes, not an empty list"),
        ("keys = 3", '1: keys must be a table: [keys], then everywhere.copy = ["y", "ctrl+y"]'),
        ("[keys]\neverywhere.copy = 3", "2: keys.everywhere.copy must be a text or a list of texts, not 3"),
        ("[keys]\neverywhere.copy = []", "2: keys.everywhere.copy must be a text or a list of texts, not an empty list"),
        ('[keys]\n\n"everywhere.cpy" = "y"', "3: there is no action 'everywhere.cpy'; `whygate config` prints all actions"),
        ('[keys.everywhere]\nfold = "y"', "2: there is no action 'everywhere.fold'; perhaps policy.fold is meant"),
        ('[keys]\neverywhere.copy = "yy"', "2: there is no key 'yy'; a character, or a name such as enter, f5, ctrl+x, pagedown"),
        (
            '[keys]\neverywhere.copy = "hyperctrl+x"',
            "2: there is no key 'hyperctrl+x'; a character, or a name such as enter, f5, ctrl+x, pagedown",
        ),
        ('[keys]\neverywhere.copy = "?"', "2: '?' is the key of everywhere.help too; give that one another key"),
        ('[columns]\nuser = "arn"', f"2: there is no list 'user'; there are {', '.join(LISTS)}"),
        ('[columns]\nusers = ["user", "user"]', "2: a column of the list users is named twice"),
        ('columns = { users = "x" }', f"1: the list users has no column 'x'; it has {', '.join(columns.names('users'))}"),
        ("theme =", '1: invalid value; the file is TOML: name = "value"'),
        ('theme = "dark', '1: unterminated string; the file is TOML: name = "value"'),
        ('theme = "dark"\ntheme = "light"', '2: cannot overwrite a value; the file is TOML: name = "value"'),
        ("a" * (config.MOST_BYTES + 1), f" longer than {config.MOST_BYTES:,} bytes"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_what_is_allowed(text: str, line: str) -> None:
    assert problems(text) == [line]


def test_a_file_that_is_no_text_is_one_line() -> None:
    assert problems(b'theme = "dark"\nsource = "\xff"\n') == ["2: is not UTF-8"]
    assert problems(b"[" * 100_000) != []


def test_a_line_that_is_wrong_costs_that_line_alone() -> None:
    found = config.read(b'theme = "light"\nlink = "slow"\nmouse = "off"\n', "f")
    assert found.settings == Settings(theme="light", mouse="off")
    assert len(found.problems) == 1


def test_what_a_file_says_is_shown_without_what_a_terminal_would_act_on() -> None:
    (said,) = problems('theme = "\\u001b]52;c;x\\u0007"')
    assert "\x1b" not in said
    assert "\\x1b]52" in said


# Where it is


def test_the_file_is_looked_for_where_the_variable_says_else_in_the_usual_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHYGATE_CONFIG", str(tmp_path / "a.toml"))
    assert config.default_path() == str(tmp_path / "a.toml")
    monkeypatch.delenv("WHYGATE_CONFIG")
    assert config.default_path().endswith(os.path.join("whygate", "config.toml"))


def test_a_file_that_nobody_named_may_be_missing_and_a_named_one_may_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.toml"
    monkeypatch.setenv("WHYGATE_CONFIG", str(missing))
    assert config.load() == config.Config(str(missing))
    assert (
        refusal(run(capsys, "demo", "--config", missing)) == f"{missing}: there is no such file; `whygate config` prints one to begin with"
    )
    assert refusal(run(capsys, "config", "check", tmp_path)) == f"{tmp_path}: cannot be read: Is a directory"


def test_a_file_that_cannot_be_read_and_nobody_named_is_a_line_and_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHYGATE_CONFIG", str(tmp_path))
    found = config.load()
    assert found.settings == Settings()
    assert [str(each) for each in found.problems] == [f"{tmp_path}: cannot be read: Is a directory"]


def test_the_command_line_wins_over_the_file() -> None:
    found = config.read(b'theme = "light"\nlink = "ssh"\nmouse = "off"\n', "f")
    options = parse(["demo", "--theme", "dark", "--mouse", "--ascii"])
    assert with_options(found, options).settings == Settings(theme="dark", link="ssh", mouse="on", ascii="on")
    assert with_options(found, parse(["demo"])).settings == found.settings


# The command


def test_the_file_that_is_printed_says_everything_and_is_as_it_should_be(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    printed = run(capsys, "config")
    assert printed.status == 0
    assert os.environ["WHYGATE_CONFIG"] in printed.out
    file = tmp_path / "config.toml"
    file.write_text(printed.out)
    assert config.load(str(file)).settings == Settings()
    assert run(capsys, "config", "check", file) == (0, f"{file}: as it should be\n", "")
    everything = re.sub(r"^# ([a-z][a-z0-9_.-]* = )", r"\1", printed.out, flags=re.MULTILINE)
    file.write_text(everything)
    assert run(capsys, "config", "check", file) == (0, f"{file}: as it should be\n", "")
    found = config.load(str(file)).settings
    assert {name: getattr(found, name) for name in ("theme", "link", "source")} == {"theme": "auto", "link": "auto", "source": ""}
    assert set(found.keys) == {action.id for action in actions.ACTIONS if action.keys}
    assert found.keys["everywhere.copy"] == ("y",)
    assert set(found.columns) == set(LISTS)
    assert all(command.shown(name) == found.columns[name] for name in LISTS)


def test_every_line_that_is_wrong_is_printed_in_its_order(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[columns]\nusers = "x"\n[keys]\neverywhere.copy = "yy"\n[colours]\n')
    answer = run(capsys, "config", "check", file)
    assert answer.status == 1
    assert [line.removeprefix(f"{file}:")[:2] for line in answer.lines] == ["2:", "4:", "5:"]


def test_where_it_is_looked_for_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "config", "path").out == f"{os.environ['WHYGATE_CONFIG']}\n"
    assert refusal(run(capsys, "config", "path", "x")) == "`whygate config path` takes no file; only `check` does"


# What it changes


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("y", "y"),
        ("Y", "Y"),
        ("?", "question_mark"),
        ("+", "plus"),
        ("-", "minus"),
        (" ", "space"),
        ("ctrl+y", "ctrl+y"),
        ("ctrl++", "ctrl+plus"),
        ("pagedown", "pagedown"),
        ("f5", "f5"),
        ("left_square_bracket", "left_square_bracket"),
    ],
)
def test_a_key_is_named_as_it_is_typed_or_as_textual_names_it(typed: str, name: str) -> None:
    found = config.read(f'[keys]\neverywhere.copy = "{typed}"\neverywhere.help = "f12"\n'.encode(), "f")
    chosen, _ = keymap.chosen(found)
    assert chosen.get("everywhere.copy", (name,)) == (name,)
    assert typed == " " or "everywhere.copy" in chosen or keymap.chosen(found)[1][0].text.startswith(repr(typed))


async def test_a_key_that_was_chosen_works_is_shown_and_takes_the_place_of_the_old_one() -> None:
    found = config.read(b'[keys]\naccount.filter = ["f2", "ctrl+t"]\neverywhere.help = "f1"\n', "f")
    assert problems(b'[keys]\naccount.filter = ["f2", "ctrl+t"]\neverywhere.help = "f1"\n') == []
    app = explorer(demo())
    app.keymap, _ = keymap.chosen(found)
    app.set_keymap(keymap.for_textual(app.keymap))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        shown = app.query_one("#keys")
        await wait_for(pilot, lambda: "f2 ctrl+t" in str(getattr(shown, "text", "")), "the key in the bar")
        await pilot.press("slash")
        await pilot.pause()
        assert app.mode() == ""
        await pilot.press("ctrl+t")
        await wait_for(pilot, lambda: app.mode() == "filter", "the filter")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.mode() == "", "the list")
        await pilot.press("f2")
        await wait_for(pilot, lambda: app.mode() == "filter", "the filter")


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_shows_the_columns_that_were_chosen(name: str) -> None:
    wanted = columns.names(name)[:3][::-1]
    app = explorer(demo(), at=f"list {name}")
    app.columns = {name: wanted}
    async with app.run_test(size=(160, 45)) as pilot:
        await loaded(pilot)
        await wait_for(pilot, lambda: bool(rows(app)), "the rows")
        heading = re.split(r" {2,}", rows(app)[0].strip())
        assert tuple(heading) == wanted


@pytest.mark.parametrize("name", LISTS)
def test_every_column_that_a_list_can_have_says_something_of_some_row(name: str) -> None:
    from tui.rows.lists import listing

    found = columns.arranged(listing(demo(), name), columns.names(name))
    titles = [column.title for column in found.rows.columns]
    assert set(columns.DETAILS[name]) <= set(titles)
    every = [found.rows.cells(value) for value in found.rows.values]
    silent = {title for at, title in enumerate(titles) if not any(row[at] for row in every)}
    assert silent & set(columns.DETAILS[name]) == set()


# The document


def test_the_document_describes_every_option_with_its_default_and_its_choices() -> None:
    text = DOCUMENT.read_text()
    described = {line.split("`")[1]: line for line in text.splitlines() if re.match(r"\| `[a-z]+` \|", line)}
    assert set(described) == {option.name for option in OPTIONS}
    for option in OPTIONS:
        cells = [cell.strip() for cell in described[option.name].strip("|").split("|")]
        assert cells[1] == f'`"{option.default}"`'
        assert set(re.findall(r"`(.+?)`", cells[2])) >= set(option.choices)


def test_the_document_names_every_column() -> None:
    text = DOCUMENT.read_text()
    for name in LISTS:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert tuple(re.findall(r"`(.+?)`", line)) == columns.names(name)


def test_the_examples_of_the_document_are_as_they_should_be() -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(examples) >= 3
    assert [problems(example) for example in examples] == [[]] * len(examples)


def test_of_several_lines_that_are_wrong_the_first_is_shown_with_their_number_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHYGATE_STATE_DIR", str(tmp_path))
    wrong = config.read(b'sorce = "x"\n[keys]\nnothing = "y"\n', "f")
    explorer, lines = app._explorer("demo", "", None, False, wrong, Look(theme="dark"))
    assert len(lines) == 2
    assert explorer.notice == f"1 of 2 lines, all of them when you leave: {lines[0]}"
    explorer, lines = app._explorer("demo", "", None, False, config.read(b'sorce = "x"\n', "f"), Look(theme="dark"))
    assert [explorer.notice] == lines
