"""`whygate [SOURCE]`: opens the explorer."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

import msgspec

from adapters.aws.source import PREFIX
from tui import app
from tui.kept import config
from whygate.errors import UserError

if TYPE_CHECKING:
    from adapters.registry import Opening


def run(options: argparse.Namespace) -> int:
    """Runs the explorer over the source that is named, or configured, else from its start screen, until it is left. Raises `UserError`
    where there is no terminal for it."""
    configured = with_options(config.load(options.config), options)
    options.source = options.source or os.path.expanduser(configured.settings.source)
    if options.at and not options.source:
        raise UserError("--at is a place in a source, and no source is named", todo="name it before: whygate SOURCE --at LOCATION")
    if options.source.startswith(PREFIX) and not options.offline:
        from adapters.aws import AwsAdapter

        app.check_terminal()
        AwsAdapter().prepare(options.source)  # an MFA code can be typed only while the terminal is still the shell's

    def begin(source: str) -> Opening:
        # Called in the background once there is a first picture: what it imports is not waited for.
        from adapters import registry
        from tui.commands.opening import policy

        return registry.begin(source, policy(options))

    return app.run(options.source, at=options.at, begin=begin, verify=not options.offline, config=configured)


def with_options(configured: config.Config, options: argparse.Namespace) -> config.Config:
    """The configuration with what the command line says in its place."""
    said = {name: getattr(options, name) for name in ("theme", "link", "ascii", "mouse") if getattr(options, name) is not None}
    return msgspec.structs.replace(configured, settings=msgspec.structs.replace(configured.settings, **said))
