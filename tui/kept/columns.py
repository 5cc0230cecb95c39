"""The columns of the lists as the user chose them: those that a list has anyway, and what its details say of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tui.kept.config import Config, Problem
from tui.kept.settings import Texts
from tui.location import LISTS
from tui.rows.cells import Cell, Column

if TYPE_CHECKING:
    from tui.rows.lists import Listing

# What the details of a row say under these names can be a column; the width is 0 for a share of what is left over.
DETAILS: Mapping[str, Mapping[str, int]] = {
    "users": {"arn": 0, "id": 21, "created": 10, "attached": 0, "inline": 0, "boundary": 0, "tags": 0},
    "groups": {"arn": 0, "id": 21, "created": 10, "attached": 0, "inline": 0},
    "roles": {"arn": 0, "id": 21, "description": 0, "attached": 0, "inline": 0, "tags": 0},
    "policies": {"arn": 0, "id": 21, "created": 10, "description": 0, "versions": 12, "attached to": 0},
    "resources": {"arn": 0, "account": 12, "tags": 0},
    "questions": {"principal": 0, "resource": 0, "context": 0},
    "coverage": {},
}


def names(listed: str) -> tuple[str, ...]:
    """The columns that the list of this name can have, first those that it has."""
    from tui.rows.lists import listing
    from whygate import document, snapshot

    nothing = snapshot.build(document.decode(b'{"UserDetailList": []}'))
    titles = [column.title for column in listing(nothing, listed).rows.columns]
    account = ["account"] if listed in ("users", "groups", "roles") else []
    return tuple(dict.fromkeys((*titles, *DETAILS[listed], *account)))


def chosen(config: Config) -> tuple[Texts, tuple[Problem, ...]]:
    """The columns by the name of their list, and what is wrong with the rest."""
    columns: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for name, titles in config.settings.columns.items():
        full = f"columns.{name}"
        if name not in LISTS:
            problems.append(config.wrong(full, f"there is no list {name!r}; there are {', '.join(LISTS)}"))
        elif wrong := [title for title in titles if title not in names(name)]:
            problems.append(config.wrong(full, f"the list {name} has no column {wrong[0]!r}; it has {', '.join(names(name))}"))
        elif len(set(titles)) < len(titles):
            problems.append(config.wrong(full, f"a column of the list {name} is named twice"))
        else:
            columns[name] = titles
    return columns, tuple(problems)


def arranged(listing: Listing, titles: tuple[str, ...]) -> Listing:
    """The list with these columns alone, in this order; as it is where `titles` is empty, or names none that it has."""
    rows = listing.rows
    places = {column.title: at for at, column in enumerate(rows.columns)}
    details = DETAILS[listing.name]
    kept = [title for title in titles if title in places or title in details]
    if not kept:
        return listing
    columns = tuple(rows.columns[places[title]] if title in places else Column(title, details[title]) for title in kept)
    if all(column.width for column in columns):
        columns = (msgspec.structs.replace(columns[0], width=0), *columns[1:])

    def cells(value: Any) -> tuple[Cell, ...]:
        own = rows.cells(value)
        said = dict(listing.details(value)) if any(title not in places for title in kept) else {}
        return tuple(own[places[title]] if title in places else said.get(title, "") for title in kept)

    return msgspec.structs.replace(listing, rows=msgspec.structs.replace(rows, columns=columns, cells=cells))
