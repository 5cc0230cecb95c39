"""docs/screens.md against the program: every scope of keys has its table, so have the commands of the `:` line, and all are as they are."""

from __future__ import annotations

import pytest

from screenshots import keys
from tui.actions import ACTIONS
from tui.command_line import COMMANDS

PAGE = keys.PAGE.read_text(encoding="utf-8")


def test_every_key_is_on_the_page_as_it_is() -> None:
    assert sorted(keys.scopes(PAGE)) == sorted(keys.SCOPES)
    assert keys.written(PAGE) == PAGE, "make the tables anew with: python -m screenshots.keys"


def test_every_command_of_the_line_is_on_the_page() -> None:
    assert PAGE.count("<!-- commands -->") == 1
    assert [command.name for command in COMMANDS if f"| `:{command.name}" not in PAGE] == []


def test_a_table_that_went_stale_is_noticed() -> None:
    assert keys.written(PAGE.replace("`:can PRINCIPAL", "`:can SOMEBODY")) == PAGE
    assert keys.written(PAGE.replace("| `question.way` |", "| `question.road` |")) == PAGE


def test_a_mark_that_names_no_scope_is_refused() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        keys.written("<!-- keys: nowhere -->\n<!-- end -->")


def test_every_action_belongs_to_a_scope_of_the_page() -> None:
    assert {action.scope for action in ACTIONS} <= set(keys.SCOPES)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS), "ids are what a configuration file names"
