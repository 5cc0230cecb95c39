"""`whygate cache list|clear|path`: what is kept of live sources on this machine."""

from __future__ import annotations

import argparse

from adapters.cache import Entry, SnapshotCache
from tui.commands.output import complain, write
from whygate import render
from whygate.errors import UserError
from whygate.text import count, visible

_UNITS = (("d", 86400), ("h", 3600), ("min", 60))


def run(options: argparse.Namespace) -> int:
    """Does one of the three. Raises `UserError` for a directory that cannot be trusted; a damaged cache is a warning."""
    with SnapshotCache() as cache:
        if options.account and options.what != "clear":
            raise UserError(f"`whygate cache {options.what}` takes no account", todo="only `clear` does")
        if options.what == "path":
            _say(options, {"kind": "cache", "path": cache.directory}, cache.directory)
            return 0
        cache.check()
        if options.what == "list":
            _list(cache.entries(), options)
        else:
            gone = cache.clear(options.account or "")
            if not cache.problems:
                _say(options, {"kind": "cleared", "entries": gone}, f"{count(gone, 'snapshot')} forgotten")
        for problem in cache.problems:
            complain(visible(problem))
        return 2 if options.what == "clear" and cache.problems else 0


def age(seconds: float) -> str:
    """`3 h`, `2 d`: the largest unit that there is one of; what has no date is of unknown age."""
    if seconds == float("inf"):
        return "unknown"
    return next((f"{int(seconds // length)} {unit}" for unit, length in _UNITS if seconds >= length), f"{int(seconds)} s")


def size(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, round(number / 1000))} kB"


def _say(options: argparse.Namespace, row: dict[str, object], text: str) -> None:
    if options.format == "json":
        write(render.json_text(row))
    else:
        write(render.plain(text) if options.format == "markdown" else visible(text))


def _list(entries: tuple[Entry, ...], options: argparse.Namespace) -> None:
    if options.format == "json":
        for entry in entries:
            write(render.json_text(_row(entry)))
        return
    heads = ("account", "adapter", "age", "size", "source")
    cells = [(entry.account or "unknown", entry.adapter, age(entry.age()), size(entry.kept_size), entry.source) for entry in entries]
    if options.format == "markdown":
        write(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        for line in cells:
            write(f"| {' | '.join(map(render.plain, line))} |")
        return
    if not cells:
        write("nothing is kept")
    for line in cells:
        account, adapter, old, large, source = map(visible, line)
        write(f"{account:<12}  {adapter:<8}  {old:>8}  {large:>8}  {source}".rstrip())


def _row(entry: Entry) -> dict[str, object]:
    old = entry.age()
    return {
        "kind": "cached",
        "account": entry.account or None,
        "adapter": entry.adapter,
        "source": entry.source,
        "key": list(entry.key),
        "collected_at": entry.collected_at,
        "kept_at": entry.kept_at,
        "age": None if old == float("inf") else int(old),
        "size": entry.size,
        "kept_size": entry.kept_size,
    }
