"""`whygate sources`: which kinds of source can be opened, and by which adapter."""

from __future__ import annotations

import argparse

from adapters import registry
from tui.commands.output import write
from whygate import render
from whygate.text import visible


def run(options: argparse.Namespace) -> int:
    """Prints a line an adapter, also for one that does not work."""
    found = registry.registered()
    width = max((10, *(len(visible(item.name)) for item in found)))
    for item in found:
        description = item.adapter.description if item.adapter else None
        if options.format == "json":
            row = {"kind": "adapter", "name": item.name, "description": description, "problem": item.problem or None}
            write(render.json_text(row))
            continue
        said = description or f"does not work: {item.problem}"
        if options.format == "markdown":
            write(f"- **{render.plain(item.name)}**: {render.plain(said)}")
        else:
            write(f"{visible(item.name):<{width}}  {visible(said)}")
    return 0
