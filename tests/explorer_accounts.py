"""Accounts that the tests of the explorer look at, and the explorer over them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from textual.pilot import Pilot
from waiting import wait_for

from adapters.demo import DemoAdapter
from tui.explorer import Explorer
from tui.place import Place
from tui.screens.account import AccountPlace
from tui.widgets.line import Line
from tui.widgets.table import Table
from whygate import document, snapshot
from whygate.snapshot import Snapshot


@cache
def demo() -> Snapshot:
    return snapshot.build(document.decode(DemoAdapter().load("demo", lambda done, total, what: None)))


def account(**lists: Any) -> Snapshot:
    """A snapshot of a document written in a test."""
    return snapshot.build(document.decode(json.dumps(lists).encode()))


def explorer(shown: Snapshot, at: str = "") -> Explorer:
    return Explorer("test", at=at, load=lambda source, report: shown)


async def loaded(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, Explorer)
    await wait_for(pilot, lambda: app.loaded, "the account")


async def at_place(pilot: Pilot[Any], scope: str, ready: Callable[[], bool] = lambda: True) -> Place:
    """Wait until a place of this kind is on the screen and, where a condition is given, until it is ready."""
    app = pilot.app
    assert isinstance(app, Explorer)
    await wait_for(pilot, lambda: app.place.scope == scope and app.place.display and ready(), f"{scope} place")
    return app.place


def table(app: Explorer) -> Table:
    """The main list of the place on the screen."""
    names = {
        "start": "#offers",
        "account": "#rows",
        "principal": "#principal-tree",
        "policy": "#paper",
        "resource": "#resource-tree",
        "question": "#ladder",
        "denied": "#denials",
        "way": "#way-rows",
        "services": "#services-rows",
    }
    return app.place.query_one(names[app.place.scope], Table)


def rows(app: Explorer) -> list[str]:
    """The rows in view, as text."""
    shown = table(app)
    return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]


def under_cursor(app: Explorer) -> str:
    return next((row for row in rows(app) if row.startswith("▸")), "")


def line(app: Explorer, name: str) -> str:
    return app.query_one(f"#{name}", Line).text


def account_place(app: Explorer) -> AccountPlace:
    place = app.place
    assert isinstance(place, AccountPlace)
    return place
