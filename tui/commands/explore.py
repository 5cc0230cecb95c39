"""`whygate [SOURCE]`: opens the explorer."""

from __future__ import annotations

import argparse

from tui import app
from whygate.errors import UserError


def run(options: argparse.Namespace) -> int:
    """Runs the explorer until it is left. Raises `UserError` where there is no terminal for it, or no source."""
    if not options.source:
        raise UserError("no source is named", todo="`whygate demo` opens the demo account, `whygate FILE` an export")
    return app.run(options.source, at=options.at)
