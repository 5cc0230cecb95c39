"""Pulls from the loopback server for tests: an environment without anything of this machine's AWS configuration, and quick settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from adapters.aws.plan import plan
from adapters.aws.pull import Pull, who
from adapters.aws.session import Connection, Settings
from adapters.aws.source import read
from loopback.account import REGION
from loopback.server import Loopback
from whygate.document import decode_mapping
from whygate.snapshot import Snapshot, build

_load = JSONFileLoader.load_file
_read: dict[str, Any] = {}


def _load_once(loader: JSONFileLoader, path: str) -> Any:
    """Every session reads all regions anew, a third of a second each; nothing changes them."""
    if not path.endswith(("endpoints", "partitions")):
        return _load(loader, path)
    if path not in _read:
        _read[path] = _load(loader, path)
    return _read[path]


QUICK = Settings(workers=4, attempts=1, connect_timeout=5, read_timeout=10)
_CLIENTS: dict[str, dict[tuple[str, str], Any]] = {}


@contextmanager
def environment(url: str = "", **more: str) -> Iterator[pytest.MonkeyPatch]:
    """Only these variables of AWS, no configuration files but those named, and a name server for the account in front of an address."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        nothing = str(Path(__file__).parent / "no-such-file")
        given = {
            "AWS_ACCESS_KEY_ID": "AKIAANAXXXXXXXXXXXXX",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": nothing,
            "AWS_SHARED_CREDENTIALS_FILE": nothing,
            "AWS_EC2_METADATA_DISABLED": "true",
            **({"AWS_ENDPOINT_URL": url} if url else {}),
            **more,
        }
        for name, value in given.items():
            if value:
                patch.setenv(name, value)
        resolve = socket.getaddrinfo

        def loopback_only(host: Any, *arguments: Any, **named: Any) -> Any:
            """S3 Control puts the account id in front of the host, here in front of 127.0.0.1."""
            return resolve("127.0.0.1" if str(host).endswith(".127.0.0.1") else host, *arguments, **named)

        patch.setattr(socket, "getaddrinfo", loopback_only)
        patch.setattr(JSONFileLoader, "load_file", _load_once)
        yield patch


def begin(server: Loopback, source: str = "aws:", settings: Settings = QUICK) -> Pull:
    """A pull from the server. Its clients are those of the pull before, where the settings are the same: making them takes a second."""
    connection = Connection(read(source), settings)
    if settings is QUICK:
        connection._clients = _CLIENTS.setdefault(server.url, connection._clients)
    return plan(connection, who(connection), source)


def pulled(server: Loopback, source: str = "aws:", settings: Settings = QUICK) -> dict[str, Any]:
    """The document of a whole pull."""
    return begin(server, source, settings).run(lambda done, total, what: None)


def opened(document: dict[str, Any]) -> Snapshot:
    return build(decode_mapping(document))


def coverage(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Status and detail of every part; regions are left aside."""
    return {row["Part"]: (row["Status"], row.get("Detail", "")) for row in document["Coverage"]}
