"""Texts that name something of the snapshot, and where each leads: ARNs of users, groups, roles, policies and resources, unique ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.crumbs import label_of, of_policy
from tui.location import Location, Target
from tui.rows.cells import Piece
from whygate.arn import split
from whygate.text import visible

if TYPE_CHECKING:
    from whygate.entities import Resource, Role
    from whygate.snapshot import Snapshot

_UNIQUE_ID = re.compile(r"(A(?:ID|RO|GP|NP)A[A-Z0-9]{8,})(?::.*)?", re.DOTALL)
_ASSUMED = "assumed-role"


class Links:
    """What was looked up once is kept: a document names the same few things again and again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[str, Target | None] = {}

    def target(self, text: str) -> Target | None:
        """Where `text` leads, or None. It has to name the thing itself: a pattern that might fit it is no link, but for the objects
        of a bucket and the sessions of a role, which lead to the bucket and to the role."""
        if not text.startswith(("arn:", "A")):
            return None
        if text not in self._known:
            self._known[text] = self._find(text)
        return self._known[text]

    def pieces(self, tokens: Iterable[tuple[str, str]]) -> tuple[Piece, ...]:
        """The tokens of a line of JSON made safe, those that lead somewhere with their targets."""
        return tuple(self._piece(text, tone) for text, tone in tokens)

    def texts(self, tokens: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """What those tokens say that lead somewhere, untouched."""
        values = [_value(text) for text, tone in tokens if tone == "string"]
        return tuple(value for value in values if self.target(value) is not None)

    def _piece(self, text: str, tone: str) -> Piece:
        target = self.target(_value(text)) if tone == "string" else None
        return (visible(text), tone) if target is None else (visible(text), "link", target)

    def _find(self, text: str) -> Target | None:
        unique_id = _UNIQUE_ID.fullmatch(text)
        named = self._snapshot.by_arn(text) or (self._snapshot.by_id(unique_id[1]) if unique_id else None)
        found = named or self._session(text) or self._object(text)
        return _place(found) if found is not None else None

    def _session(self, text: str) -> Role | None:
        named = split(text)
        if named is None or named.service != "sts" or named.kind != _ASSUMED or named.resource.count("/") < 1:
            return None
        return self._snapshot.role_named(named.account, named.resource.split("/")[1])

    def _object(self, text: str) -> Resource | None:
        found = self._snapshot.resource_for(text)
        return found if found is not None and found.arn != text else None


def _value(token: str) -> str:
    """What a JSON string says; empty for one that is cut off."""
    import json  # not for every list that leads somewhere: this is on the way to the first picture

    try:
        value = json.loads(token)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def _place(found: object) -> Target:
    from whygate import entities

    if isinstance(found, (entities.User, entities.Role, entities.Group)):
        location = Location("principal", found.arn)
        return location, label_of(location)
    if isinstance(found, entities.ManagedPolicy):
        return Location("policy", found.arn), of_policy(found.name, "managed")
    assert isinstance(found, entities.Resource)
    return Location("resource", found.arn), found.name or found.arn
