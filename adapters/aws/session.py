"""The way to AWS: credentials by boto3's own chain, one client a service and region, and calls that fail in one of three plain ways.

`Calls` is what collectors get. Only calls of the table in `operations` pass; whatever boto3 or the network raise becomes `RefusedError`
(no permission) or `FailedError` (anything else). Which part of a pull that spoils is decided elsewhere.
"""

from __future__ import annotations

import copy
import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from adapters.aws import errors
from adapters.aws.operations import ALLOWED
from adapters.aws.source import Named
from adapters.aws.whole import only_whole_answers
from whygate.errors import UserError

GLOBAL_REGION = "us-east-1"
# After so many refusals in a row an operation counts as refused, and is not asked for every single thing of the account.
ENOUGH = 25
_CONTROL = frozenset({"ResponseMetadata"})


@dataclasses.dataclass(frozen=True)
class Settings:
    """How hard to try: calls at once, attempts a call, seconds to connect and to wait for an answer. `prompt` asks a person for the
    MFA code of an assumed role; None is a question on the terminal."""

    workers: int = 8
    attempts: int = 4
    connect_timeout: float = 5
    read_timeout: float = 30
    prompt: Callable[[str], str] | None = None


class RefusedError(Exception):
    """AWS said that the caller may not: `action` is the permission that was missing."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class FailedError(Exception):
    """No answer, or an error that is not about permission; `reason` is one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connection:
    """One boto3 session and its clients, made as they are needed. Safe to share between threads; clients are made one at a time."""

    def __init__(self, named: Named, settings: Settings | None = None) -> None:
        """Raises `UserError` for a profile that does not exist and for a region that nobody knows."""
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise UserError("boto3 is not installed", where="aws:", todo="pip install boto3") from None
        self.settings = settings or Settings()
        self.profile = named.profile
        try:
            self._session: Any = boto3.Session(profile_name=named.profile or None)
            own = self._session.region_name
            if self.settings.prompt is not None:
                chain = self._session._session.get_component("credential_provider")
                chain.get_provider("assume-role")._prompter = self.settings.prompt
        except BotoCoreError as error:
            raise errors.to_user(error, named.profile) from None
        self.regions: tuple[str, ...] = named.regions or ((own,) if own else ())
        for region in self.regions:
            errors.check_region(self._session, region)
        self.home = self.regions[0] if self.regions else GLOBAL_REGION
        self.partition: str = self._partition()
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": self.settings.attempts},
            connect_timeout=self.settings.connect_timeout,
            read_timeout=self.settings.read_timeout,
            max_pool_connections=self.settings.workers * 2,
            user_agent_extra="whygate",
        )
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._asked = threading.BoundedSemaphore(self.settings.workers)
        self._refusals: Counter[tuple[str, str, str]] = Counter()
        self.expired = ""
        self.stopped = threading.Event()

    def resumed(self) -> Connection:
        """The same session and clients for more calls, also where a pull through this one was stopped: no MFA code is asked for again."""
        again = copy.copy(self)
        again.stopped = threading.Event()
        return again

    def _partition(self) -> str:
        try:
            return str(self._session.get_partition_for_region(self.home))
        except Exception:  # a region that botocore has not heard of yet
            return "aws"

    def credentials(self) -> None:
        """Raises `UserError` where the chain has none, or where fetching them failed (SSO, assume-role, MFA)."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._session.get_credentials()
            if found is not None:
                found.get_frozen_credentials()
        except (BotoCoreError, ClientError, OSError, EOFError, ValueError) as error:
            raise errors.to_user(error, self.profile) from None
        except KeyboardInterrupt:  # at the prompt for the MFA code
            raise errors.no_mfa(self.profile) from None
        if found is None:
            raise errors.no_credentials(self.profile)

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region. Raises what boto3 raises."""
        key = (service, region)
        with self._lock:
            if key not in self._clients:
                client: Any = self._session.client(service, region_name=region, config=self._config)
                only_whole_answers(client)
                self._clients[key] = client
            return self._clients[key]

    def send(self, service: str, operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One call, as boto3 answers it, without its metadata. Raises `RefusedError`, `FailedError`, or boto3's `ClientError`."""
        if (service, operation) not in ALLOWED:
            raise AssertionError(f"{service} {operation} is not in the table of calls")
        if self.stopped.is_set():
            raise FailedError("stopped before it was asked")
        if self.expired:
            raise FailedError(self.expired)
        key = (service, operation, region)
        action = ALLOWED[service, operation].action
        if self._refusals[key] >= ENOUGH:
            raise RefusedError(action)
        from botocore.exceptions import ClientError

        try:
            with self._asked:
                answer = getattr(self.client(service, region), errors.method(operation))(**parameters)
        except ClientError as error:
            if errors.is_refusal(error):
                self._refusals[key] += 1
                raise RefusedError(action) from None
            if errors.is_expired(error):
                self.expired = "the credentials expired during the pull"
                raise FailedError(self.expired) from None
            raise
        except Exception as error:  # BotoCoreError, and whatever its parsers and handlers let through of an answer that is none
            raise FailedError(f"{service} {operation}: {errors.short(error)}") from None
        self._refusals[key] = 0
        return {name: value for name, value in answer.items() if name not in _CONTROL}


class Calls:
    """The calls of one service in one region, for a collector."""

    def __init__(self, connection: Connection, service: str, region: str, account: str) -> None:
        self._connection = connection
        self._service = service
        self.region = region
        self.account = account
        self.partition = connection.partition

    def elsewhere(self, region: str) -> Calls:
        """The same in another region."""
        return Calls(self._connection, self._service, region, self.account)

    def ask(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """One answer, as plain values. Raises `RefusedError` or `FailedError`."""
        found = self.ask_unless((), operation, **parameters)
        assert found is not None
        return found

    def ask_unless(self, absent: tuple[str, ...], operation: str, **parameters: Any) -> dict[str, Any] | None:
        """As `ask`; None where AWS answers with one of these error codes, which say that there surely is none; `Code~words` is
        a code that says so only with these words in its message."""
        from botocore.exceptions import ClientError

        try:
            return plain_object(self._connection.send(self._service, operation, self.region, parameters))
        except ClientError as error:
            if errors.is_absence(error, absent):
                return None
            raise FailedError(f"{self._service} {operation}: {errors.said(error)}") from None

    def pages(self, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """The items under `key` of every page, as they arrive. Raises `RefusedError` or `FailedError`, also after items have come."""
        self._check(operation, key)
        for page in self.whole_pages(operation, **parameters):
            yield from page.get(key) or ()

    def every(self, operation: str, key: str, **parameters: Any) -> list[Any]:
        """As `pages`, all at once or not at all."""
        return list(self.pages(operation, key, **parameters))

    def field(self, operation: str, key: str, **parameters: Any) -> Any:
        """One member of one answer; None where the answer has none."""
        self._check(operation, key)
        return self.ask(operation, **parameters).get(key)

    def _check(self, operation: str, key: str) -> None:
        """Asking for what no answer has would read as none."""
        shape = self._connection.client(self._service, self.region).meta.service_model.operation_model(operation).output_shape
        if key not in shape.members:
            raise AssertionError(f"{self._service} {operation} has no {key}")

    def whole_pages(self, operation: str, absent: tuple[str, ...] = (), **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page of an operation, by botocore's own table of what its tokens are called."""
        tokens = self._connection.client(self._service, self.region).get_paginator(errors.method(operation))._pagination_cfg
        given = list(zip(_several(tokens["input_token"]), _several(tokens["output_token"]), strict=True))
        seen: set[tuple[str, ...]] = set()
        while True:
            page = self.ask_unless(absent, operation, **parameters)
            if page is None:
                return
            yield page
            following = {into: page[out.split(" ")[0]] for into, out in given if page.get(out.split(" ")[0])}
            if not following or ("more_results" in tokens and not page.get(tokens["more_results"])):
                return
            mark = tuple(str(value) for value in following.values())
            if mark in seen:
                raise FailedError(f"{self._service} {operation}: the same page comes again and again")
            seen.add(mark)
            parameters = {**parameters, **following}


def _several(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


def plain_object(value: dict[str, Any]) -> dict[str, Any]:
    return {str(key): plain(item) for key, item in value.items()}


def plain(value: Any) -> Any:
    """A value of boto3 as JSON has it: dates as RFC 3339 text, bytes as text."""
    if isinstance(value, dict):
        return plain_object(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value
