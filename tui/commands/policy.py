"""`whygate policy`: the least policy that pulling a live account needs, or the part of it that a snapshot shows to be missing."""

from __future__ import annotations

import argparse
import json

from adapters import registry
from adapters.aws import operations
from tui.commands.output import write
from whygate.errors import UserError
from whygate.text import visible


def run(options: argparse.Namespace) -> int:
    """Prints a policy document. Raises `UserError` where a snapshot lacks nothing, because a policy without statements is none."""
    names = operations.actions()
    wanted = [one.action for one in operations.OPTIONAL] if options.verify else []
    if options.snapshot:
        snapshot = registry.load(options.snapshot)
        rows = [(row.part, row.status, row.detail) for account in snapshot.accounts for row in account.coverage]
        names = operations.missing(rows)
        if not names and not wanted:
            raise UserError(
                "no permission was missing", where=visible(options.snapshot), todo="see `whygate list SOURCE coverage` for the rest"
            )
    write(json.dumps(operations.document([*names, *wanted]), indent=2))
    return 0
