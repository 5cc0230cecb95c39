"""Asks the adapter of a live source for a second opinion on a question. What the two verdicts together mean is not known here.

An adapter takes part by having `second_opinion(source, question)`: it gets `whygate.simulated.Asked` as a mapping and returns a
mapping like `whygate.simulated.Opinion`; neither needs an import of ours.
"""

from __future__ import annotations

from typing import Any

import msgspec

from adapters import registry
from whygate.errors import UserError
from whygate.simulated import Asked, Opinion
from whygate.text import visible


def check(source: str) -> None:
    """Raises `UserError` where `source` is none that can be asked."""
    _asker(source)


def ask(source: str, asked: Asked) -> Opinion:
    """What the source's own simulator says. Raises `UserError`: the source is not live, the caller may not, nobody is called so."""
    found, asker = _asker(source)
    try:
        answer: object = asker(source, _plain(asked))
        return msgspec.convert(answer, Opinion)
    except UserError:
        raise
    except Exception as error:  # somebody else's adapter, or an answer that is no opinion
        what = f"{found.label} has no second opinion: {visible(str(error).splitlines()[0] if str(error) else type(error).__name__)}"
        raise UserError(what, where=visible(source), todo="tell its author") from error


def _plain(asked: Asked) -> dict[str, object]:
    context = [{"key": entry.key, "values": list(entry.values), "type": entry.type} for entry in asked.context]
    return {"principal": asked.principal, "action": asked.action, "resource": asked.resource, "context": context}


def _asker(source: str) -> tuple[registry.Registered, Any]:
    found = registry.find(source)
    asker = getattr(found.adapter, "second_opinion", None)
    if asker is None:
        todo = "open the account itself with aws: or aws:PROFILE, or ask without the second opinion"
        raise UserError("only a live account can be asked for a second opinion", where=visible(source), todo=todo)
    return found, asker
