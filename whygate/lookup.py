"""What a person types becomes one user or role, or a line that says why it does not. Sessions, services and root are in `callers`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from whygate.entities import Group, Role, User
from whygate.errors import UserError
from whygate.text import count, visible

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

_SHOWN = 8
_HINT = "see what is there with: whygate list SOURCE users, or roles"


def principal(snapshot: Snapshot, text: str) -> User | Role:
    """See `Snapshot.principal`."""
    typed = text.strip()
    if not typed:
        raise UserError("no principal given", todo=_HINT)
    exact = snapshot.by_arn(typed) or snapshot.by_id(typed) or snapshot.user_of_key(typed)
    if isinstance(exact, (User, Role)):
        return exact
    candidates: tuple[User | Role, ...] = (*snapshot.users, *snapshot.roles)
    for fold in (str, str.lower):
        wanted = fold(typed)
        matches = [entity for entity in candidates if wanted in _names(entity, fold)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UserError(f"{visible(typed)} is ambiguous: {listed(entity.arn for entity in matches)}", todo="name one by its ARN")
    raise _unknown(snapshot, typed, candidates)


def _names(entity: User | Role, fold: Callable[[str], str]) -> tuple[str, ...]:
    """Everything an entity answers to: its name, `user/NAME`, its name with path, and its ARN."""
    kind = "user" if isinstance(entity, User) else "role"
    with_path = f"{entity.path.strip('/')}/{entity.name}".lstrip("/")
    return tuple(fold(name) for name in (entity.name, f"{kind}/{entity.name}", with_path, f"{kind}/{with_path}", entity.arn))


def _unknown(snapshot: Snapshot, typed: str, candidates: tuple[User | Role, ...]) -> UserError:
    bare = typed.rsplit("/", 1)[-1]
    group = next((group for group in snapshot.groups if typed in (group.arn, group.name, f"group/{group.name}")), None)
    if isinstance(group, Group):
        members = snapshot.members(group)
        who = f"its members are {listed(user.name for user in members)}" if members else "it has no members"
        return UserError(f"{visible(typed)} is a group, and a group is never a principal", todo=f"{who}: ask about one of them")
    if typed.startswith(("AKIA", "ASIA")) and typed.isalnum() and typed.isupper():
        todo = "name the user; access keys are here only where they were collected"
        return UserError(f"no user here holds the access key {visible(typed)}", todo=todo)
    lowered: dict[str, str] = {}
    for entity in candidates:
        lowered.setdefault(entity.name.lower(), entity.name)
    close = [lowered[name] for name in difflib.get_close_matches(bare.lower(), list(lowered), n=3, cutoff=0.6)]
    suggestion = f"did you mean {' or '.join(visible(name) for name in close)}? " if close else ""
    missing = _not_collected(snapshot)
    return UserError(f"no user or role {visible(typed)} here{missing}", todo=f"{suggestion}{_HINT}")


def _not_collected(snapshot: Snapshot) -> str:
    account = snapshot.primary
    parts = [name for name, known in (("users", account.users_collected), ("roles", account.roles_collected)) if not known]
    return f" ({' and '.join(parts)} were not fully collected)" if parts else ""


def listed(names: Iterable[str]) -> str:
    """Names in a row, as many as fit into a line that is read."""
    shown = [visible(name) for name in names]
    more = f" and {count(len(shown) - _SHOWN, 'more', 'more')}" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more
