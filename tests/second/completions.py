"""R1 by trying: unknown keys and layers of a row are filled in, and the engine's verdict must hold for every filling."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass
from typing import Any

import vector_format

from second.alphabet import KINDS
from second.compare import Comparison
from second.conditions import completions
from second.context import ABSENT, SENT, UNKNOWN, Said
from second.decide import LAYERS
from second.globs import filled
from second.matching import listed
from second.rows import Row
from second.three import NotSaidError

LOOSE = "depends without two fillings"
"""R2's limit: the verdict hangs on unknowns that no filling was found to decide both ways."""

MOST = 60
"""Fillings tried for one row."""


@dataclass(frozen=True)
class Report:
    """`kind` says what was tried; `broken` is empty, or how a filling goes against the verdict."""

    kind: str
    broken: str = ""


def check(row: Row, found: Comparison, source: random.Random) -> Report:
    """Fill the row in, in up to `MOST` ways, and more where that gave no two fillings for a `depends`."""
    second, engine = found.second, found.engine
    if {item.kind for item in (*engine.deny.unknowns, *engine.core.unknowns, *engine.access.unknowns)} - {"context", "layer"}:
        return Report("open for another reason")
    layers = [field for name, field in LAYERS.items() if row.get(field) == "unknown" and name in second.layers]
    keys = {key: said for key, said in second.context.unknown.items() if said in (UNKNOWN, SENT)}
    spelt = [key.lower() for key in row.get("ctx", {})]
    if any(spelt.count(key) > 1 for key in keys):  # unknown for the two spellings that it has (R58)
        return Report("open for another reason")
    if not layers and not keys:
        return Report("nothing unknown")
    if len(layers) + len(keys) > 4:
        return Report("too much unknown")
    choices: list[list[tuple[str, Any]]] = [[(field, layer) for layer in _layers(field, row)] for field in layers]
    try:
        choices += [[(f"ctx {key}", value) for value in _values(key, said, row, second.context)] for key, said in sorted(keys.items())]
    except NotSaidError:
        return Report("open for another reason")
    every = _every(choices) or [tuple(source.choice(item) for item in choices) for _ in range(400)]
    tried = set()
    for filling in source.sample(every, min(MOST, len(every))):
        verdict = vector_format.decide(_with(row, filling)).verdict
        tried.add(verdict)
        if _against(engine.verdict, verdict):
            return Report("held", f"{engine.verdict}, but {verdict} with {dict(filling)}")
    if engine.verdict != "depends":
        return Report("held")
    if "allowed" in tried and tried & {"implicitDeny", "explicitDeny"}:
        return Report("depends with two fillings")
    if "depends" in tried:
        return Report("depends, and still with a filling, by a rule")
    if len(every) > MOST:
        tried |= {vector_format.decide(_with(row, filling)).verdict for filling in source.sample(every, min(400, len(every)))}
        if "allowed" in tried and tried & {"implicitDeny", "explicitDeny"}:
            return Report("depends with two fillings")
    return Report(LOOSE)


def _every(choices: list[list[tuple[str, Any]]]) -> list[tuple[tuple[str, Any], ...]]:
    """All combinations, or none of them where they are too many."""
    return list(itertools.product(*choices)) if math.prod(len(item) for item in choices) < 5000 else []


def _against(verdict: str, filled_in: str) -> bool:
    """A filling may itself be open where a rule is (R62, R64): that says nothing."""
    if filled_in == "depends" or verdict == "depends":
        return False
    if verdict == "implicitDeny":
        return filled_in == "allowed"
    return verdict != filled_in


def _layers(field: str, row: Row) -> list[Any]:
    """None, allow-all, deny-all, and one that only reaches this action."""

    def statement(effect: str, action: str) -> Row:
        made: Row = {"Effect": effect, "Action": action}
        if field in ("resource_policy", "vpce", "rcps"):
            made["Principal"] = {"Federated": row["caller"]} if "-provider/" in row["caller"] and field != "rcps" else "*"
        if not (field == "resource_policy" and ":role/" in row["resource"]):
            made["Resource"] = "*"
        return made

    everything = row["action"].split(":")[0] + ":*" if field == "rcps" else "*"
    documents = [[statement("Deny", everything)], [statement("Deny", "s3:Never")]]
    if field != "rcps":
        documents += [[statement("Allow", "*")], [statement("Allow", row["action"])]]
    return [None, *([[item] for item in documents] if field in ("scps", "rcps") else documents)]


def _values(key: str, said: Said, row: Row, context: Any) -> list[Any]:
    """Values around those that the policies test the key against, and those that rows use for it."""
    named = _named(row, key)
    found = completions(said, key, [*named, *(filled(item, context) for item in named)])
    pool = [Said("present", (item,)) for keys, _, _, values in KINDS for item in values if key in [name.lower() for name in keys]]
    return [
        None if item == ABSENT else list(item.values) if len(item.values) > 1 else item.values[0] for item in dict.fromkeys([*found, *pool])
    ]


def _named(value: Any, key: str) -> list[str]:
    """The policy values of the key, wherever in the row."""
    if isinstance(value, list):
        return [found for item in value for found in _named(item, key)]
    if not isinstance(value, dict):
        return []
    own = [str(item) for name, items in value.items() if name.lower() == key and not isinstance(items, dict) for item in listed(items)]
    return own + [found for name, item in value.items() if name != "ctx" for found in _named(item, key)]


def _with(row: Row, filling: tuple[tuple[str, Any], ...]) -> Row:
    made = {**row, "ctx": dict(row.get("ctx", {}))}
    for name, value in filling:
        if name.startswith("ctx "):
            key = name[4:]
            made["ctx"] = {item: old for item, old in made["ctx"].items() if item.lower() != key} | {key: value}
        else:
            made[name] = value
    return made
