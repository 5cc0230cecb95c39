"""How commands open a source: as the options want it of the cache, with a line of progress where it is slow. Opening is the registry's."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from adapters import registry
from adapters.registry import CachePolicy

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

T = TypeVar("T")


def policy(options: argparse.Namespace) -> CachePolicy:
    """What `--refresh`, `--offline` and `--max-age` ask for."""
    return CachePolicy(refresh=options.refresh, offline=options.offline, max_age=options.max_age)


def load(options: argparse.Namespace) -> Snapshot:
    """The snapshot of the command's source. Raises `UserError`."""
    opening = registry.begin(options.source, policy(options))
    return _watched(opening, options.source, opening.run)


def read(options: argparse.Namespace) -> registry.Read:
    """As `load`, for the document."""
    opening = registry.begin(options.source, policy(options))
    return _watched(opening, options.source, opening.read)


def _watched(opening: registry.Opening, source: str, work: Callable[[registry.Report | None], T]) -> T:
    if not opening.slow:
        return work(None)
    from tui.commands import progress

    if not progress.wanted():
        return work(None)
    with progress.Progress(source) as shown:
        return work(shown.report)
