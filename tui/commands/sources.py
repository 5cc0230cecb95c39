"""`whygate sources`: which kinds of source there are, by adapter, and what could be opened from here: kept, profiles, files, the demo."""

from __future__ import annotations

import argparse

from adapters import offers, registry
from adapters.offers import Offer
from tui.commands.cache import age, size
from tui.commands.output import complain, write
from whygate import render
from whygate.text import visible


def run(options: argparse.Namespace) -> int:
    """Prints a line an adapter, also for one that does not work, and a line an offer; what was not looked at is said on standard error."""
    _adapters(tuple(registry.registered()), options.format)
    found = [each() for each in offers.KINDS.values()]
    _offers([offer for one in found for offer in one.offers], options.format)
    for note in (note for one in found for note in one.notes):
        complain(visible(note))
    return 0


def _adapters(found: tuple[registry.Registered, ...], how: str) -> None:
    width = max((10, *(len(visible(item.name)) for item in found)))
    for item in found:
        description = item.adapter.description if item.adapter else None
        if how == "json":
            row = {"kind": "adapter", "name": item.name, "description": description, "problem": item.problem or None}
            write(render.json_text(row))
            continue
        said = description or f"does not work: {item.problem}"
        if how == "markdown":
            write(f"- **{render.plain(item.name)}**: {render.plain(said)}")
        else:
            write(f"{visible(item.name):<{width}}  {visible(said)}")


def _offers(found: list[Offer], how: str) -> None:
    if how == "json":
        for offer in found:
            write(render.json_text(_row(offer)))
        return
    typed = [f"whygate {offer.typed}" for offer in found]
    if how == "markdown":
        write("\n| to open it | what it is | account | age | size |\n|---|---|---|---|---|")
        for command, offer in zip(typed, found, strict=True):
            write(f"| {' | '.join(render.plain(cell) for cell in (command, offer.what, offer.account, _age(offer), _size(offer)))} |")
        return
    write("\nfrom here:")
    width = max(len(visible(command)) for command in typed)
    for command, offer in zip(typed, found, strict=True):
        said = [offer.what, offer.account and f"account {offer.account}", _age(offer) and f"{_age(offer)} old", _size(offer)]
        write(f"{visible(command):<{width}}  {visible(', '.join(part for part in said if part))}")


def _age(offer: Offer) -> str:
    return "" if offer.age is None else age(offer.age)


def _size(offer: Offer) -> str:
    return "" if offer.size is None else size(offer.size)


def _row(offer: Offer) -> dict[str, object]:
    return {
        "kind": "source",
        "type": offer.kind,
        "source": offer.source,
        "options": list(offer.options),
        "description": offer.what,
        "account": offer.account or None,
        "age": None if offer.age is None else int(offer.age),
        "size": offer.size,
    }
