"""What is collected of each service: a file a service, each with a `COLLECTOR`. Adding one is a file, a line here, and its operations.

A collector's function asks by `Calls` and writes into `Found`; it handles no errors, opens no clients and knows no other service.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from adapters.aws.found import Found
from adapters.aws.pull import Job, Progress
from adapters.aws.session import Calls

_FILES = (
    *("textract", "rekognition", "sagemaker", "s3", "s3_account", "kms", "sns", "sqs", "secretsmanager", "lambda_functions"),
    "vpc_endpoints",
)


class Collector(NamedTuple):
    """`service` is boto3's name of the client; `parts` name the coverage rows, which for resources are the types of the Service
    Authorization Reference; a service that is not regional is asked once."""

    service: str
    parts: tuple[str, ...]
    collect: Callable[[Calls, Found], None]
    regional: bool = True


def every() -> tuple[Collector, ...]:
    """All collectors, in the order in which they are asked."""
    return tuple(import_module(f"{__name__}.{name}").COLLECTOR for name in _FILES)


def jobs(regions: Sequence[str], home: str) -> tuple[Job, ...]:
    """A job for each collector and region."""
    found = []
    for collector in every():
        for region in regions if collector.regional else (home,):
            found.append(Job(collector.parts, collector.service, region, _run(collector.collect), collector.regional))
    return tuple(found)


def _run(collect: Callable[[Calls, Found], None]) -> Callable[[Calls, Found, Progress], Sequence[Job]]:
    def run(calls: Calls, found: Found, progress: Progress) -> Sequence[Job]:
        collect(calls, found)
        if any(gaps.status in ("collected", "partial") for gaps in found.gaps.values()):
            found.lists.setdefault("Resources", [])
        return ()

    return run
