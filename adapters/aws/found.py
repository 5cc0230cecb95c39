"""What one job of a pull brings home: pieces of the document, and for each part what was refused or failed. Asks AWS nothing itself.

The rule that everything here serves: what was refused or failed is left out of the document or marked, and never reads as empty.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, ParamSpec, TypeVar

from adapters.aws.session import FailedError, RefusedError

P = ParamSpec("P")
T = TypeVar("T")


class Unknown:
    """The value of what could not be asked."""


UNKNOWN: Final = Unknown()
_SHOWN = 3


@dataclasses.dataclass
class Gaps:
    """What is missing of one part in one region: permissions that were refused, reasons of failures; `things` is what came all the same."""

    refused: dict[str, None] = dataclasses.field(default_factory=dict)
    failed: dict[str, None] = dataclasses.field(default_factory=dict)
    things: int = 0
    skipped: str = ""

    @property
    def status(self) -> str:
        if self.skipped:
            return "not-collected"
        if not self.refused and not self.failed:
            return "collected"
        if self.things:
            return "partial"
        return "failed" if self.failed else "not-permitted"

    @property
    def detail(self) -> str:
        if self.skipped:
            return self.skipped
        words = [f"not permitted: {', '.join(self.refused)}"] if self.refused else []
        reasons = list(self.failed)
        more = f" and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
        words += [f"failed: {', '.join(reasons[:_SHOWN])}{more}"] if reasons else []
        return "; ".join(words)

    def merge(self, other: Gaps) -> None:
        self.refused.update(other.refused)
        self.failed.update(other.failed)
        self.things += other.things
        self.skipped = self.skipped or other.skipped


class Found:
    """The results of one job. A collector lists with `listing`, asks for more with `detail`, and adds with `resource` and `add`."""

    def __init__(self, account: str, region: str = "") -> None:
        self.account = account
        self.region = region
        self.gaps: dict[str, Gaps] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.values: dict[str, Any] = {}
        self.truncated = False

    def part(self, name: str) -> Gaps:
        """What is known to be missing of a part; asking for it makes the part appear in the coverage."""
        return self.gaps.setdefault(name, Gaps())

    def listing(self, part: str, items: Iterable[T]) -> Iterator[T]:
        """The items as they come; where they stop coming, what came stays and the part is marked."""
        gaps = self.part(part)
        try:
            for item in items:
                gaps.things += 1
                yield item
        except RefusedError as refusal:
            gaps.refused[refusal.action] = None
        except FailedError as failure:
            gaps.failed[failure.reason] = None

    def detail(self, part: str, ask: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | Unknown:
        """The answer of `ask`, or UNKNOWN where it was refused or failed; the part is marked."""
        gaps = self.part(part)
        try:
            return ask(*arguments, **named)
        except RefusedError as refusal:
            gaps.refused[refusal.action] = None
        except FailedError as failure:
            gaps.failed[failure.reason] = None
        return UNKNOWN

    def value(self, part: str, ask: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | Unknown:
        """As `detail` for a part that is this one answer."""
        answer = self.detail(part, ask, *arguments, **named)
        if not isinstance(answer, Unknown):
            self.part(part).things += 1
        return answer

    def whole(self, part: str) -> bool:
        """True where nothing of the part is missing."""
        gaps = self.gaps.get(part)
        return gaps is not None and gaps.status == "collected"

    def add(self, key: str, item: dict[str, Any]) -> None:
        self.lists.setdefault(key, []).append(item)

    def resource(
        self,
        kind: str,
        arn: str,
        name: str,
        *,
        tags: list[dict[str, str]] | dict[str, str] | Unknown | None = None,
        policy: Any = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """A resource of the account. `tags` None are none; `policy` None is surely none; UNKNOWN of either is left out."""
        entry: dict[str, Any] = {"Arn": arn, "Type": kind, "Account": self.account, "Name": name}
        if not isinstance(tags, Unknown):
            entry["Tags"] = tag_list(tags)
        if not isinstance(policy, Unknown):
            entry["Policy"] = document(policy)
        if details:
            entry["Details"] = {key: value for key, value in details.items() if not isinstance(value, Unknown)}
        self.add("Resources", entry)


def tag_list(tags: list[dict[str, str]] | dict[str, str] | None) -> list[dict[str, str]]:
    """Tags in the document's form, from a map or from a list in any of AWS's spellings."""
    if isinstance(tags, dict):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    return [
        {"Key": tag.get("Key", tag.get("TagKey", tag.get("key", ""))), "Value": tag.get("Value", tag.get("TagValue", tag.get("value", "")))}
        for tag in tags or ()
    ]


def document(policy: Any) -> Any:
    """A policy as an object where its text is one; text that is no object stays as it is, and is shown as unreadable."""
    if not isinstance(policy, str):
        return policy
    try:
        value = json.loads(policy)
    except ValueError:
        return policy
    return value if isinstance(value, dict) else policy
