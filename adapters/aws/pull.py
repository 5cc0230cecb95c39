"""One pull of one account: jobs side by side with a bound, each of which adds its parts to the document when it is done.

The document can be had at any moment; what is still on its way stands in its coverage as not collected. How to reach AWS is in
`session`, what each job asks is in `iam`, `organizations`, `sso` and `collectors`.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

from adapters.aws import errors
from adapters.aws.found import Found, Gaps
from adapters.aws.session import GLOBAL_REGION, Calls, Connection

Report = Callable[[int, int, str], None]
Progress = Callable[[int], None]


@dataclasses.dataclass(frozen=True)
class Job:
    """A piece of work of its own thread. `parts` are what it will have collected; `run` returns the jobs that can only follow."""

    parts: tuple[str, ...]
    service: str
    region: str
    run: Callable[[Calls, Found, Progress], Sequence[Job]]
    regional: bool = False

    @property
    def label(self) -> str:
        words = self.parts[0] if len(self.parts) == 1 else ", ".join(self.parts[:4])
        return f"{words} in {self.region}" if self.regional else words


@dataclasses.dataclass(frozen=True)
class Identity:
    """Who asks: of sts GetCallerIdentity. Both empty where that was refused."""

    account: str
    arn: str


def who(connection: Connection) -> Identity:
    """The caller. Raises `UserError` where the first call of all says that nothing else can work."""
    from botocore.exceptions import BotoCoreError, ClientError

    connection.credentials()
    try:
        answer = connection.client("sts", connection.home).get_caller_identity()
    except ClientError as error:
        if errors.is_refusal(error) and error.operation_name == "GetCallerIdentity":
            return Identity("", "")
        raise errors.to_user(error, connection.profile) from None
    except (BotoCoreError, OSError, EOFError, ValueError) as error:
        raise errors.to_user(error, connection.profile) from None
    return Identity(str(answer.get("Account", "")), str(answer.get("Arn", "")))


class Pull:
    """Runs once. `document` may be asked from any thread, also while it runs and after `stop`."""

    def __init__(self, connection: Connection, identity: Identity, jobs: Sequence[Job], origin: str) -> None:
        self._connection = connection
        self._identity = identity
        self._first = tuple(jobs)
        self._origin = origin
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}
        self._account: dict[str, Any] = {}
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self._gaps: dict[tuple[str, str], Gaps] = {}
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._truncated = False
        self._events: SimpleQueue[int | tuple[Job, Future[tuple[Found, Sequence[Job]]]]] = SimpleQueue()
        self.seconds = 0.0
        for job in self._first:
            self._await(job)
        if not identity.account:
            self._gaps["caller identity", ""] = Gaps(refused={"sts:GetCallerIdentity": None})
        else:
            self._gaps["caller identity", ""] = Gaps(things=1)

    def leave_out(self, parts: Sequence[str], why: str) -> None:
        """Parts that nobody will ask for, so that the coverage says so."""
        for part in parts:
            self._gaps[part, ""] = Gaps(skipped=why)

    def stop(self) -> None:
        """Lets what runs come to its end, and asks for nothing more."""
        self._connection.stopped.set()

    def run(self, report: Report) -> dict[str, Any]:
        """Everything that can be had, as one document. `report(done, total, what)` counts jobs, and entities where their number is
        known. An exception out of `report` ends the pull."""
        started = time.monotonic()
        jobs = len(self._first)
        done = entities = expected = 0
        with ThreadPoolExecutor(self._connection.settings.workers, thread_name_prefix="aws") as pool:
            try:
                for job in self._first:
                    self._submit(pool, job)
                report(0, jobs, "asking AWS")
                while done < jobs:
                    event = self._events.get()
                    if isinstance(event, int):
                        entities += event
                        report(done + min(entities, expected), jobs + expected, "users, groups, roles, policies")
                        continue
                    job, future = event
                    found, following = future.result()
                    done += 1
                    self._take(job, found)
                    for later in following:
                        self._await(later)
                        self._submit(pool, later)
                    jobs += len(following)
                    expected = self._expected(entities)
                    report(done + min(entities, expected), jobs + expected, job.label)
            except BaseException:
                self.stop()
                pool.shutdown(cancel_futures=True)
                raise
        self.seconds = time.monotonic() - started
        return self.document()

    def _expected(self, entities: int) -> int:
        """How many users, groups, roles and policies there will be: as the account summary says, until they are there."""
        if not self._waiting["users", ""]:
            return entities
        counts = self._values.get("AccountSummary") or {}
        return sum(int(counts.get(key) or 0) for key in ("Users", "Groups", "Roles", "Policies"))

    def _submit(self, pool: ThreadPoolExecutor, job: Job) -> None:
        future = pool.submit(self._work, job)
        future.add_done_callback(lambda finished: self._events.put((job, finished)))

    def _work(self, job: Job) -> tuple[Found, Sequence[Job]]:
        calls = Calls(self._connection, job.service, job.region, self._identity.account)
        found = Found(self._identity.account, job.region if job.regional else "")
        for part in job.parts:
            found.part(part)
        following = job.run(calls, found, self._events.put)
        return found, following

    def _await(self, job: Job) -> None:
        with self._lock:
            for part in job.parts:
                self._waiting[part, job.region if job.regional else ""] += 1

    def _take(self, job: Job, found: Found) -> None:
        with self._lock:
            for part, gaps in found.gaps.items():
                self._gaps.setdefault((part, found.region), Gaps()).merge(gaps)
            for part in job.parts:
                self._waiting[part, found.region] -= 1
            for key, items in found.lists.items():
                self._lists.setdefault(key, []).extend(items)
            account = found.values.pop("Account", {})
            self._account.update(account)
            self._values.update(found.values)
            self._truncated = self._truncated or found.truncated

    def document(self) -> dict[str, Any]:
        """The snapshot document (reference/snapshot.md) of what is there by now."""
        with self._lock:
            account = {**({"Id": self._identity.account} if self._identity.account else {}), "Partition": self._connection.partition}
            document: dict[str, Any] = {
                "SnapshotVersion": 1,
                "Source": {
                    "Adapter": "aws",
                    "Origin": self._origin,
                    "CollectedAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "Caller": self._identity.arn,
                },
                "Account": {**account, **self._account},
                **self._values,
                **{key: list(items) for key, items in self._lists.items()},
                "Coverage": self._coverage(),
            }
            if self._truncated:  # a list that is there and not whole must not be taken for the whole list
                document["IsTruncated"] = True
        return document

    def _coverage(self) -> list[dict[str, str]]:
        rows = []
        for (part, region), waiting in self._waiting.items():
            if waiting:
                rows.append(_row(part, region, "not-collected", "on its way"))
        for (part, region), gaps in self._gaps.items():
            if not self._waiting[part, region]:
                rows.append(_row(part, region, gaps.status, gaps.detail))
        return sorted(rows, key=lambda row: (row["Part"], row.get("Region", "")))


def _row(part: str, region: str, status: str, detail: str) -> dict[str, str]:
    return {"Part": part, "Status": status, **({"Region": region} if region else {}), **({"Detail": detail} if detail else {})}


def everywhere(connection: Connection) -> str:
    """The region to ask services that are the same in all regions."""
    return connection.home if connection.partition != "aws" else GLOBAL_REGION
