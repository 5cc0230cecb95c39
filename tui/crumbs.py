"""What places are called in the breadcrumb. Read together they are the proof: `ana › group:ocr › policy:TextractUse › statement 2`."""

from __future__ import annotations

from collections.abc import Sequence

from tui.location import Location, Visit

_LABELS = {"start": "Start", "question": "Can…?", "way": "way", "services": "services", "denied": "Denied"}
_KINDS = {"managed": "policy", "inline": "inline", "boundary": "boundary", "scp": "scp", "rcp": "rcp"}


def of_principal(arn: str, name: str) -> str:
    """`ana`, `group:ocr`, `role:Analyst`."""
    kind = next((kind for kind in ("group", "role") if f":{kind}/" in arn), "")
    return f"{kind}:{name}" if kind else name


def of_policy(name: str, kind: str, through: str = "") -> str:
    """`group:ocr › policy:TextractUse`; `kind` is that of `whygate.policies.Held`, `through` a group that it comes by."""
    own = f"{_KINDS[kind]}:{name}" if kind in _KINDS else "trust policy" if kind == "trust" else f"policy of {name}"
    return f"group:{through} › {own}" if through else own


def of_key(key: str, name: str, through: str = "") -> str:
    """As `of_policy`, of a policy known by its key alone."""
    kinds = {"#inline/": "inline", "#trust": "trust", "#policy": "resource", ":policy/": "managed"}
    kind = next((kind for mark, kind in kinds.items() if mark in key), "")
    return of_policy(name, kind, through) if kind else name


def label_of(location: Location) -> str:
    """The name of a place that was named and not walked to."""
    if location.kind == "list":
        return location.id.capitalize()
    if location.kind in _LABELS:
        return _LABELS[location.kind]
    name = location.id.rsplit("/", 1)[-1]
    if location.kind == "principal":
        return of_principal(location.id, name)
    return of_key(location.id, name.partition("#")[0] if "#" in name else name) if location.kind == "policy" else name


def trail(visits: Sequence[Visit]) -> list[str]:
    """The names of the way, from the last list that was passed; a statement that a place begins at is named behind it."""
    start = len(visits) - 1
    while start > 0 and visits[start].location.kind != "list":
        start -= 1
    return [_in_place(visit, visits[at - 1] if at else None) for at, visit in enumerate(visits) if at >= start]


def _in_place(visit: Visit, before: Visit | None) -> str:
    """With its statement, or with what is asked; and with whose it is, where nothing before it says so."""
    location = visit.location
    whose = location.value("principal") or location.id
    name = whose.rsplit("/", 1)[-1]
    known = before is not None and before.location.kind == "principal" and before.location.id in (whose, location.id)
    if location.kind == "services" and not known:
        return f"{visit.label} of {name}"
    if location.kind == "question" and (action := location.value("action")):
        return f"can {action}?" if known or not name else f"{name} can {action}?"
    number = location.value("statement")
    return f"{visit.label} › statement {int(number) + 1}" if number.isdigit() else visit.label
