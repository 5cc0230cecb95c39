"""Which places there are: a row a kind of location. A place is imported when it is first needed, and made once."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from tui.place import Place

# Kind of location: the module of its place, and its class.
PLACES: Mapping[str, tuple[str, str]] = {
    "start": ("tui.screens.start", "StartPlace"),
    "list": ("tui.screens.account", "AccountPlace"),
    "principal": ("tui.screens.principal", "PrincipalPlace"),
    "policy": ("tui.screens.policy", "PolicyPlace"),
    "resource": ("tui.screens.resource", "ResourcePlace"),
    "question": ("tui.screens.question", "QuestionPlace"),
    "way": ("tui.screens.way", "WayPlace"),
    "services": ("tui.screens.services", "ServicesPlace"),
    "denied": ("tui.screens.denied", "DeniedPlace"),
}


def place_class(kind: str) -> type[Place]:
    """The class of the place that shows locations of a kind."""
    module, name = PLACES[kind]
    found: type[Place] = getattr(importlib.import_module(module), name)
    return found


def make(kind: str, given: Mapping[str, Callable[..., Any]]) -> Place:
    """A new place of a kind. `given` is what a place may be made with, by kind: the second opinion of a question, for one."""
    maker: Callable[..., Place] = place_class(kind)
    return maker(given[kind]) if kind in given else maker()
