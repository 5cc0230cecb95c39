"""Places in the explorer as values: a `Location`, its one-line text form, and the `History` of places that were visited."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

import msgspec

from whygate.errors import UserError

KINDS = ("start", "list", "principal", "policy", "resource", "question", "way", "services", "denied")
LISTS = ("users", "groups", "roles", "policies", "resources", "questions", "coverage")

# Left as they are so that an ARN in a bookmark still reads as an ARN.
_LEGIBLE = ":/*@=,.+-_$(){}[]!~"


class Location(msgspec.Struct, frozen=True):
    """A place: `kind` is one of KINDS, `id` says which one, `query` is what it is looked at under, as (name, value) pairs."""

    kind: str
    id: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def value(self, name: str, default: str = "") -> str:
        """The first value of `name` in the query."""
        return next((value for key, value in self.query if key == name), default)

    def with_query(self, **values: str) -> Location:
        """The same place under another query; empty values are left out."""
        return Location(self.kind, self.id, tuple((key, value) for key, value in values.items() if value))

    def __str__(self) -> str:
        """One line of ASCII, read back by `parse`: `kind id?name=value&name=value`."""
        query = "&".join(f"{_quoted(key, '=')}={_quoted(value)}" for key, value in self.query)
        text = f"{self.kind} {_quoted(self.id)}".rstrip()
        return f"{text}?{query}" if query else text


def _quoted(text: str, also: str = "") -> str:
    return quote(text, safe=_LEGIBLE.replace(also, "") if also else _LEGIBLE, errors="surrogatepass")


def _unquoted(text: str) -> str:
    return unquote(text, errors="surrogatepass")


def parse(text: str) -> Location:
    """The location that `str` wrote as `text`. Raises UserError for a kind that there is not."""
    place, _, query = text.strip().partition("?")
    kind, _, name = place.partition(" ")
    if kind not in KINDS:
        raise UserError(f"no place is called {kind!r}", todo=f"begin it with {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if kind == "list" and name not in LISTS:
        raise UserError(f"there is no list of {name!r}", todo=f"name one of {', '.join(LISTS)}")
    pairs = [part.partition("=") for part in query.split("&") if part]
    return Location(kind, _unquoted(name.strip()), tuple((_unquoted(key), _unquoted(value)) for key, _, value in pairs))


Target = tuple[Location, str]
"""Where something leads, and the label that the place has in the breadcrumb."""


class State(msgspec.Struct, frozen=True):
    """How a place was left: the row under the cursor, the first row in view, the filter, which rows were open, and what was typed
    or pasted there (`text`)."""

    cursor: int | None = None
    top: int = 0
    filter: str = ""
    opened: frozenset[str] | None = None
    text: str = ""


class Visit(msgspec.Struct, frozen=True):
    """A location in the history, with the label that the breadcrumb shows and the state it was left in."""

    location: Location
    label: str
    state: State = State()


class History:
    """Where the user has been: a list of visits and a position in it. The values in it never change, only the list does."""

    def __init__(self, first: Visit) -> None:
        self._visits = [first]
        self._position = 0

    @property
    def current(self) -> Visit:
        return self._visits[self._position]

    @property
    def at_start(self) -> bool:
        """Whether there is nothing to go back to."""
        return self._position == 0

    def leave(self, state: State) -> None:
        """Remember how the current place looks, before going elsewhere."""
        visit = self.current
        self._visits[self._position] = Visit(visit.location, visit.label, state)

    def restate(self, location: Location, state: State) -> None:
        """How a place that was left looks by now; the nearest on the way here counts."""
        for at in range(self._position, -1, -1):
            if self._visits[at].location == location:
                self._visits[at] = Visit(location, self._visits[at].label, state)
                return

    def go(self, visit: Visit) -> None:
        """Move to a new place; what lay ahead is forgotten."""
        del self._visits[self._position + 1 :]
        self._visits.append(visit)
        self._position += 1

    def replace(self, visit: Visit) -> None:
        """The current place became another one without a step, as when an input of a question was edited."""
        self._visits[self._position] = visit

    def back(self) -> Visit | None:
        """The place before, or None at the beginning."""
        if self._position == 0:
            return None
        self._position -= 1
        return self.current

    def forward(self) -> Visit | None:
        """The place that `back` came from, or None."""
        if self._position + 1 == len(self._visits):
            return None
        self._position += 1
        return self.current

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The way here, from the first place."""
        return tuple(self._visits[: self._position + 1])

    def restore(self, visits: Sequence[Visit]) -> None:
        """Be at the end of another way, with nothing ahead; a way of no places changes nothing."""
        if visits:
            self._visits, self._position = list(visits), len(visits) - 1


MOST_CHARACTERS = 1_900  # of a way that is kept; the oldest steps go first


def written(visits: Sequence[Visit]) -> str:
    """A way as text, a step a line, read back by `read`: the places, their labels, filters and cursors."""
    lines = [f"{_quoted(visit.label)} {visit.state.cursor or 0} {_filter(visit.state.filter)} {visit.location}" for visit in visits]
    while sum(len(line) + 1 for line in lines) > MOST_CHARACTERS and len(lines) > 1:
        del lines[0]
    return "\n".join(lines)


def _filter(text: str) -> str:
    return {"": "-", "-": "%2D"}.get(text) or _quoted(text)


def read(text: str) -> tuple[Visit, ...]:
    """The way that `written` wrote; what cannot be read any longer is left out, and nothing else."""
    visits = []
    for line in text.splitlines():
        label, _, rest = line.partition(" ")
        cursor, _, rest = rest.partition(" ")
        filtered, _, place = rest.partition(" ")
        try:
            state = State(cursor=int(cursor), filter="" if filtered == "-" else _unquoted(filtered))
            visits.append(Visit(parse(place), _unquoted(label), state))
        except (UserError, ValueError):
            continue
    return tuple(visits)


def asked_by(question: Location, visits: Sequence[Visit]) -> Location:
    """A question that names nobody is about the user or role that the way here went through last, since the last list."""
    if question.value("principal"):
        return question
    for visit in reversed(visits):
        place = visit.location
        if place.kind == "list":
            break
        if place.kind == "principal" and (":user/" in place.id or ":role/" in place.id):
            return Location(question.kind, question.id, (("principal", place.id), *question.query))
    return question


def list_of(location: Location) -> str:
    """The list under which a place that was named is found; users for what is in none."""
    if location.kind in ("policy", "resource"):
        return "policies" if location.kind == "policy" else "resources"
    return next(
        (name for mark, name in ((":role/", "roles"), (":group/", "groups")) if location.kind == "principal" and mark in location.id),
        "users",
    )
