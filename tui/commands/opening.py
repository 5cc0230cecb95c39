"""How the options of the command line say what is wanted of the cache. Opening the source is the registry's."""

from __future__ import annotations

import argparse

from adapters.registry import CachePolicy


def policy(options: argparse.Namespace) -> CachePolicy:
    """What `--refresh`, `--offline` and `--max-age` ask for."""
    return CachePolicy(refresh=options.refresh, offline=options.offline, max_age=options.max_age)
