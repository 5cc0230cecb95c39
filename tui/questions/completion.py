"""What an input of a question can be completed to, from the account and the catalogue; drawing and keys are elsewhere."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tui.questions import options as option_words

if TYPE_CHECKING:
    from whygate.entities import Role, User
    from whygate.explain import Explanation
    from whygate.snapshot import Snapshot

SHOWN = 50
ANYBODY = "*"


def principals(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """Who may be asked about and holds `text`: users and roles, by name where the name is enough, else by ARN; then root, services
    and others that trust policies and resource-based policies name, and `*`. For a session the beginning of its ARN."""
    every, names = _entities(snapshot)
    wanted = text.strip().casefold()
    if wanted.startswith(("arn:aws:sts", "assumed-role")):
        return _sessions(snapshot, wanted)
    found = [(folded, entity) for folded, entity in every if wanted in folded]
    if wanted:
        found.sort(key=lambda pair: not pair[1].name.casefold().startswith(wanted))
    shown = [entity.name if names[entity.name] == 1 else entity.arn for _, entity in found[:SHOWN]]
    others = [name for name in others_named(snapshot) if wanted in name.casefold()]
    room = max(SHOWN - len(others), SHOWN // 2)
    return tuple(dict.fromkeys([*shown[:room], *others]))[:SHOWN]


def _sessions(snapshot: Snapshot, wanted: str) -> tuple[str, ...]:
    named = (_session_prefix(role.arn, role.name) for role in snapshot.roles)
    return tuple(prefix for prefix in named if wanted in prefix.casefold() and not wanted.startswith(prefix.casefold()))[:SHOWN]


def _session_prefix(arn: str, name: str) -> str:
    partition, account = arn.split(":")[1], arn.split(":")[4]
    return f"arn:{partition}:sts::{account}:assumed-role/{name}/"


@functools.lru_cache(maxsize=1)
def _entities(snapshot: Snapshot) -> tuple[tuple[tuple[str, User | Role], ...], dict[str, int]]:
    """Users and roles with what is searched in them, and how often each name is there."""
    every: list[User | Role] = [*snapshot.users, *snapshot.roles]
    seen: dict[str, int] = {}
    for entity in every:
        seen[entity.name] = seen.get(entity.name, 0) + 1
    return tuple((entity.arn.casefold(), entity) for entity in every), seen


_others: list[tuple[Snapshot, tuple[str, ...]]] = []


def others_named(snapshot: Snapshot) -> tuple[str, ...]:
    """Root, `*` and who else is named, where `look_for_others` has been through the snapshot; else root and `*`."""
    known = next((names for whose, names in list(_others) if whose is snapshot), None)
    if known is not None:
        return known
    from whygate.collect import roots

    return (*roots(snapshot), ANYBODY)


def look_for_others(snapshot: Snapshot) -> None:
    """Read every trust policy and resource-based policy for services, other accounts' principals and sessions that they name. It
    takes a while in a large account: for the background."""
    from whygate.collect import roots
    from whygate.policies import policy_of, trust_of

    if any(whose is snapshot for whose, _ in list(_others)):
        return
    own = {user.arn for user in snapshot.users} | {role.arn for role in snapshot.roles}
    named: dict[str, None] = {}
    holders = (*(trust_of(role) for role in snapshot.roles), *(policy_of(resource) for resource in snapshot.resources))
    for held in holders:
        for statement in held.policy.statements if held is not None else ():
            for kind, text in statement.principals or ():
                if kind in ("Service", "Federated") or (kind == "AWS" and _may_ask(text)):
                    named[text] = None
    services = sorted(name for name in named if not name.startswith("arn:"))
    arns = sorted(name for name in named if name.startswith("arn:") and name not in own)
    accounts = roots(snapshot)
    _others.append((snapshot, (*accounts, *services, *(arn for arn in arns if arn not in accounts), ANYBODY)))
    del _others[:-1]


def _may_ask(text: str) -> bool:
    return text.startswith("arn:") and "*" not in text and "?" not in text


def actions(text: str) -> tuple[str, ...]:
    """Actions of the service that `text` names, or the services that it may become."""
    from whygate import catalogue

    service, colon, name = text.strip().partition(":")
    if not colon:
        return containing((f"{each}:" for each in catalogue.services()), service)
    return containing((each for each in catalogue.action_names(service.lower())), name, after=len(service) + 1)


def resources(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """`*`, the resources of the account, and its roles, users and policies."""
    arns = [each.arn for each in snapshot.resources]
    arns += [each.arn for each in snapshot.roles] + [each.arn for each in snapshot.users] + [each.arn for each in snapshot.policies]
    return containing(("*", *arns), text.strip())


def context(explanation: Explanation | None, text: str) -> tuple[str, ...]:
    """The whole text with its last word completed: keys that the verdict hangs on first, then those that it looked at."""
    if explanation is None:
        return ()
    before, _, word = text.rpartition(" ")
    given = {each.split("=")[0].rstrip("!").casefold() for each in before.split()}
    keys = [each.name for each in explanation.unknowns if each.kind == "context"] + [each.key for each in explanation.context]
    unused = [key for key in dict.fromkeys(keys) if key.casefold() not in given]
    found = containing((f"{key}=" for key in unused), word) if "=" not in word and not word.endswith("!") else ()
    return tuple(f"{before} {each}".strip() for each in found)


def options(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """The whole line of options with its last word completed: names, then the values that they may have."""
    before, _, word = text.rpartition(" ")
    used = {each.partition("=")[0] for each in before.split()}
    name, equals, _ = word.partition("=")
    kind = next((each for each in option_words.KINDS if each.name == name), None)
    if not equals:
        words = [f"{each.name}={value}" for each in option_words.KINDS if each.name not in used for value in (*each.values, "")]
        words = [each for each in words if not each.endswith("=") or each[:-1] in ("resource-account", "session-policy")]
    elif kind is not None and kind.name == "resource-account":
        words = [f"{name}={account.id}" for account in snapshot.accounts if account.id]
    else:
        words = [f"{name}={value}" for value in (kind.values if kind is not None else ())]
    return tuple(f"{before} {each}".strip() for each in containing(words, word))


def containing(texts: Iterable[str], wanted: str, after: int = 0) -> tuple[str, ...]:
    """Texts that hold `wanted` (looked for behind `after` characters), those that begin with it first."""
    folded = wanted.casefold()
    found = [text for text in texts if folded in text[after:].casefold()]
    found.sort(key=lambda text: not text[after:].casefold().startswith(folded))
    return tuple(found[:SHOWN])


def worth_showing(candidates: Sequence[str], text: str) -> bool:
    """False where there is nothing to choose any more."""
    return bool(candidates) and list(candidates) != [text.strip()]
