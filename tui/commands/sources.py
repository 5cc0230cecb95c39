"""`whygate sources`: which kinds of source can be opened, and by which adapter."""

from __future__ import annotations

import argparse

from adapters import registry
from tui.commands.output import write
from whygate import render
from whygate.text import visible


def run(options: argparse.Namespace) -> int:
    """Prints a line an adapter."""
    found = registry.registered()
    for item in found:
        if options.format == "json":
            write(render.json_text({"kind": "adapter", "name": item.name, "description": item.adapter.description}))
        elif options.format == "markdown":
            write(f"- **{render.plain(item.name)}**: {render.plain(item.adapter.description)}")
        else:
            write(visible(f"{item.name:<10}  {item.adapter.description}"))
    return 0
