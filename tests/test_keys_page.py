"""docs/screens.md against the registry of actions: every scope has its table, and every table is what the keys are today."""

from __future__ import annotations

from screenshots import keys
from tui.actions import ACTIONS


def test_every_key_is_on_the_page_as_it_is() -> None:
    page = keys.PAGE.read_text(encoding="utf-8")
    assert sorted(keys.scopes(page)) == sorted(keys.SCOPES)
    assert keys.written(page) == page, "make the tables anew with: python -m screenshots.keys"


def test_every_action_belongs_to_a_scope_of_the_page() -> None:
    assert {action.scope for action in ACTIONS} <= set(keys.SCOPES)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS), "ids are what a configuration file names"
