"""What an input of a question can be completed to, from the account and the catalogue. Pure; drawing and keys are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whygate.entities import Role, User
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

SHOWN = 50


def principals(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """Users and roles whose name or ARN holds `text`; by name where the name is enough, else by ARN."""
    every: list[User | Role] = [*snapshot.users, *snapshot.roles]
    seen: dict[str, int] = {}
    for entity in every:
        seen[entity.name] = seen.get(entity.name, 0) + 1
    wanted = text.strip().casefold()
    found = [entity for entity in every if wanted in entity.arn.casefold()]
    found.sort(key=lambda entity: not entity.name.casefold().startswith(wanted))
    return tuple(entity.name if seen[entity.name] == 1 else entity.arn for entity in found[:SHOWN])


def actions(text: str) -> tuple[str, ...]:
    """Actions of the service that `text` names, or the services that it may become."""
    from whygate import catalogue

    service, colon, name = text.strip().partition(":")
    if not colon:
        return _containing((f"{each}:" for each in catalogue.services()), service)
    return _containing((each for each in catalogue.action_names(service.lower())), name, after=len(service) + 1)


def resources(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """`*`, the resources of the account, and its roles, users and policies."""
    arns = [each.arn for each in snapshot.resources]
    arns += [each.arn for each in snapshot.roles] + [each.arn for each in snapshot.users] + [each.arn for each in snapshot.policies]
    return _containing(("*", *arns), text.strip())


def context(explanation: Explanation | None, text: str) -> tuple[str, ...]:
    """The whole text with its last word completed: keys that the verdict hangs on first, then those that it looked at."""
    if explanation is None:
        return ()
    before, _, word = text.rpartition(" ")
    given = {each.split("=")[0].rstrip("!").casefold() for each in before.split()}
    keys = [each.name for each in explanation.unknowns if each.kind == "context"] + [each.key for each in explanation.context]
    unused = [key for key in dict.fromkeys(keys) if key.casefold() not in given]
    found = _containing((f"{key}=" for key in unused), word) if "=" not in word and not word.endswith("!") else ()
    return tuple(f"{before} {each}".strip() for each in found)


def _containing(texts: Iterable[str], wanted: str, after: int = 0) -> tuple[str, ...]:
    """Texts that hold `wanted` (looked for behind `after` characters), those that begin with it first."""
    folded = wanted.casefold()
    found = [text for text in texts if folded in text[after:].casefold()]
    found.sort(key=lambda text: not text[after:].casefold().startswith(folded))
    return tuple(found[:SHOWN])


def worth_showing(candidates: Sequence[str], text: str) -> bool:
    """False where there is nothing to choose any more."""
    return bool(candidates) and list(candidates) != [text.strip()]
