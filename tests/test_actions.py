"""The one registry of actions against everything that is made of it: bindings and their methods, key bar, help, palette, docs page."""

from __future__ import annotations

import pytest
from explorer_accounts import demo, explorer, line, loaded
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot
from waiting import wait_for

from screenshots import keys
from tui import actions, places
from tui.explorer import Explorer
from tui.screens.chooser import Choice, Chooser
from tui.widgets.filter_bar import FilterBar
from tui.widgets.inputs import Inputs
from tui.widgets.prompt import Prompt
from tui.widgets.table import Table
from tui.widgets.value_edit import ValueEdit

PLACES = [places.place_class(kind) for kind in places.PLACES]
OWNERS: list[type[DOMNode]] = [Explorer, Table, Inputs, ValueEdit, Prompt, FilterBar, *PLACES]


def bound(owner: type[DOMNode]) -> dict[str, Binding]:
    """The bindings of a class and of what it derives from in tui, by id."""
    found: dict[str, Binding] = {}
    for each in owner.__mro__:
        if each.__module__.startswith("tui.") and "BINDINGS" in vars(each):
            found |= {item.id: item for item in vars(each)["BINDINGS"] if isinstance(item, Binding) and item.id is not None}
    return found


@pytest.mark.parametrize("action", [each for each in actions.ACTIONS if each.keys], ids=lambda each: each.id)
def test_every_key_is_bound_somewhere_and_has_its_method_there(action: actions.Action) -> None:
    owners = [owner for owner in OWNERS if action.id in bound(owner)]
    assert owners, "nobody binds the scope"
    assert any(hasattr(owner, f"action_{action.plain_name}") for owner in owners)
    assert all(bound(owner)[action.id].key == ",".join(action.keys) for owner in owners)


def test_nothing_is_bound_that_is_not_in_the_registry() -> None:
    known = {action.id for action in actions.ACTIONS}
    assert all(set(bound(owner)) <= known for owner in OWNERS)


@pytest.mark.parametrize("place", actions.PLACES)
def test_the_bar_and_the_help_have_the_same_actions(place: str) -> None:
    working = {action.id: action for action in actions.working(place)}
    assert {action.id for action in actions.ACTIONS if action.scope in (place, actions.TABLE, actions.EVERYWHERE)} == set(working)
    bar = actions.key_bar(place, width=1000)
    assert {key.id for key in bar} == {name for name, action in working.items() if action.label}
    assert all((key.key, key.word) == (working[key.id].shown, working[key.id].label) for key in bar)


@pytest.mark.parametrize("place", actions.PLACES)
def test_what_does_not_work_is_not_in_the_bar(place: str) -> None:
    bar = actions.key_bar(place, width=1000, why_not=lambda name: "no" if name == "copy" else "")
    assert "everywhere.copy" not in {key.id for key in bar}
    assert "everywhere.help" in {key.id for key in bar}


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"])
async def test_help_and_palette_show_every_action_of_the_place_with_its_key(key: str) -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press(key)
        choices = await shown(pilot)
        expected = {action.id: (action.shown, action.help) for action in actions.working("account")}
        assert {each.value: (each.key, each.text) for each in choices if each.value in expected} == expected


async def test_a_key_of_the_users_own_works_and_is_shown_everywhere() -> None:
    app = explorer(demo())
    app.keymap = {"everywhere.help": ("f1",)}
    app.set_keymap({"everywhere.help": "f1"})
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert line(app, "keys").endswith("f1 help")
        await pilot.press("f1")
        choices = await shown(pilot)
        assert next(each.key for each in choices if each.value == "everywhere.help") == "f1"


async def shown(pilot: Pilot[None]) -> list[Choice]:
    app: App[None] = pilot.app
    await wait_for(pilot, lambda: isinstance(app.screen, Chooser), "the list")
    return [each for each in app.screen.query_one("#choices", Table).rows.values if isinstance(each, Choice)]


def test_the_page_of_keys_has_every_scope() -> None:
    assert {action.scope for action in actions.ACTIONS} <= set(keys.SCOPES)
