"""What a user, a role or a group is made of, as nodes of a tree: groups, policies and their statements, boundary, trust, keys, tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.crumbs import of_policy, of_principal
from tui.location import Location
from tui.rows.lists import day
from tui.rows.tree import Node
from whygate.text import count

if TYPE_CHECKING:
    from tui.rows.aside import Aside
    from whygate.entities import Group, Role, User
    from whygate.policies import Held
    from whygate.snapshot import Snapshot


def nodes(snapshot: Snapshot, entity: User | Role | Group) -> tuple[Node, ...]:
    """The top level of the tree of `entity`."""
    from whygate.entities import Group, User

    if isinstance(entity, User):
        return _user(snapshot, entity)
    return _group(snapshot, entity) if isinstance(entity, Group) else _role(snapshot, entity)


def opened_at_first(top: Sequence[Node]) -> frozenset[str]:
    """Which of the top level stand open when a principal is first shown: what rights come from."""
    return frozenset({"groups", "attached", "inline", "members"} & {node.key for node in top})


def _user(snapshot: Snapshot, user: User) -> tuple[Node, ...]:
    from whygate.policies import boundary_of, policies_of

    held = policies_of(snapshot, user)
    account = snapshot.account(user.account)

    def group(name: str) -> Node:
        entity = snapshot.group_of(user, name)
        if entity is None:
            return Node(f"group:{name}", name, "not in this source")
        through = [each for each in held if each.through == name]
        return Node(
            f"group:{name}",
            name,
            count(len(through), "policy", "policies"),
            lambda: [_policy(each) for each in through],
            (Location("principal", entity.arn), of_principal(entity.arn, name)),
            entity.arn,
            about=partial(_entity, snapshot, entity, "groups"),
        )

    return (
        _section("groups", "groups", user.groups, [group(name) for name in user.groups]),
        *_own_policies([each for each in held if not each.through]),
        _boundary(boundary_of(snapshot, user)),
        _records("keys", "access keys", account.access_keys if account else None, user.name, ("AccessKeyId", "Status", "CreateDate")),
        _records("mfa", "MFA devices", account.mfa_devices if account else None, user.name, ("SerialNumber", "EnableDate")),
        _tags(user.tags),
        _about(user, []),
    )


def _role(snapshot: Snapshot, role: Role) -> tuple[Node, ...]:
    from whygate.policies import boundary_of, policies_of, trust_of

    profiles = role.instance_profiles
    return (
        _policy(trust_of(role), "trust", "trust policy"),
        *_own_policies(policies_of(snapshot, role)),
        _boundary(boundary_of(snapshot, role)),
        _section("profiles", "instance profiles", profiles, [Node(f"profile:{name}", str(name)) for name in profiles]),
        _tags(role.tags),
        _about(role, [("description", role.description or ""), ("longest session", f"{role.max_session} s" if role.max_session else "")]),
    )


def _group(snapshot: Snapshot, group: Group) -> tuple[Node, ...]:
    from whygate.policies import policies_of

    members = snapshot.members(group)

    def member(user: User) -> Node:
        target = (Location("principal", user.arn), user.name)
        return Node(
            f"member:{user.arn}",
            user.name,
            ", ".join(user.groups),
            None,
            target,
            user.arn,
            about=partial(_entity, snapshot, user, "users"),
        )

    people = [member(user) for user in members]
    return (*_own_policies(policies_of(snapshot, group)), _section("members", "members", members, people), _about(group, []))


def _own_policies(held: Iterable[Held]) -> tuple[Node, Node]:
    each = list(held)
    managed, inline = ([_policy(one) for one in each if (one.kind == "inline") is wanted] for wanted in (False, True))
    return _section("attached", "attached policies", managed, managed), _section("inline", "inline policies", inline, inline)


def _section(key: str, text: str, things: Sequence[object], children: Sequence[Node]) -> Node:
    return Node(key, text, f"{len(things):,}" if things else "none", (lambda: children) if children else None, tone="strong")


def _boundary(held: Held | None) -> Node:
    if held is None:
        return Node("boundary", "permissions boundary", "none", tone="strong")
    return _policy(held, "boundary", "permissions boundary")


def _policy(held: Held, key: str = "", text: str = "") -> Node:
    policy = held.policy
    name = text or held.name
    target = (Location("policy", held.key), of_policy(held.name, held.kind, held.through))
    if policy.unreadable:
        return Node(key or held.key, name, policy.unreadable, None, target, held.arn or held.name, "strong" if key else "maybe", held)

    def statements() -> list[Node]:
        return [
            Node(
                f"{key or held.key}#{each.index}",
                f"{each.index + 1} {each.sid}".rstrip(),
                each.summary(),
                None,
                (target[0].with_query(statement=str(each.index)), target[1]),
                each.summary(),
                held=held,
                statement=each,
            )
            for each in policy.statements
        ]

    detail = held.problem or count(len(policy.statements), "statement")
    detail = f"{held.name}, {detail}" if text and held.kind == "boundary" else detail
    tone = "strong" if key else "maybe" if held.problem else ""
    return Node(key or held.key, name, detail, statements, target, held.arn or held.name, tone, held)


def _tags(tags: tuple[tuple[str, str], ...] | None) -> Node:
    if tags is None:
        return Node("tags", "tags", "not collected", tone="strong")
    return _section("tags", "tags", tags, [Node(f"tag:{key}", key, value, copied=f"{key}={value}") for key, value in tags])


def _records(key: str, text: str, records: Sequence[Mapping[str, Any]] | None, user: str, fields: tuple[str, ...]) -> Node:
    """Things that the IAM API lists by user, such as access keys; the first field is the name, the rest is detail."""
    if records is None:
        return Node(key, text, "not collected", tone="strong")
    mine = [record for record in records if record.get("UserName") == user]
    children = [
        Node(
            f"{key}:{record.get(fields[0], '')}",
            str(record.get(fields[0], "")),
            ", ".join(day(record[field]) for field in fields[1:] if record.get(field)),
            copied=str(record.get(fields[0], "")),
            about=partial(_record, record, fields[0]),
        )
        for record in mine
    ]
    return _section(key, text, mine, children)


def _entity(snapshot: Snapshot, entity: User | Group, listed: str) -> Aside:
    from tui.rows.node_asides import of_entity  # only where there is room beside the tree

    return of_entity(snapshot, entity, listed)


def _record(record: Mapping[str, Any], name: str) -> Aside:
    from tui.rows.aside import Aside, told

    return Aside(str(record.get(name, "")), facts=[(field, told(value)) for field, value in record.items() if value not in (None, "")])


def _about(entity: User | Role | Group, more: Sequence[tuple[str, str]]) -> Node:
    facts = [("arn", entity.arn), ("id", entity.id or ""), ("created", day(entity.created)), *more]
    children = [Node(f"about:{name}", name, value, copied=value) for name, value in facts if value]
    return Node("about", "about", entity.arn, lambda: children, copied=entity.arn, tone="strong")
