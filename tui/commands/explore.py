"""`whygate [SOURCE]`: opens the explorer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.aws.source import PREFIX
from tui import app
from whygate.errors import UserError

if TYPE_CHECKING:
    from adapters.registry import Opening


def run(options: argparse.Namespace) -> int:
    """Runs the explorer until it is left. Raises `UserError` where there is no terminal for it, or no source."""
    if not options.source:
        raise UserError("no source is named", todo="`whygate demo` opens the demo account, `whygate FILE` an export")

    if options.source.startswith(PREFIX) and not options.offline:
        from adapters.aws import AwsAdapter

        app.check_terminal()
        AwsAdapter().prepare(options.source)  # an MFA code can be typed only while the terminal is still the shell's

    def begin(source: str) -> Opening:
        # Called in the background once there is a first picture: what it imports is not waited for.
        from adapters import registry
        from tui.commands.opening import policy

        return registry.begin(source, policy(options))

    return app.run(options.source, at=options.at, begin=begin, verify=not options.offline)
