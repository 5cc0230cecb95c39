"""The lists of an account: for each, its rows, its columns, what the filter looks at, and where a row leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tui.crumbs import of_policy, of_principal
from tui.location import LISTS, Location, Target
from tui.rows.cells import Cell, Column, Piece, Rows

if TYPE_CHECKING:
    from whygate.entities import CoverageRow, Group, ManagedPolicy, Resource, Role, SavedQuestion, User
    from whygate.snapshot import Snapshot


LOOKED_AT = 500  # rows, to see how wide a column has to be
NARROWEST, WIDEST = 8, 24


class Listing(msgspec.Struct, frozen=True):
    """One list. `text` is what the filter searches in a row, `target` where Enter goes (None: nowhere), `details` are
    (name, value) pairs for the row under the cursor, `copied` what `y` copies, `principal` whom `c` asks about.
    """

    name: str
    rows: Rows
    text: Callable[[Any], str]
    target: Callable[[Any], Target | None]
    details: Callable[[Any], Sequence[tuple[str, str]]]
    copied: Callable[[Any], str]
    empty: str
    principal: Callable[[Any], str] = lambda value: ""


def counts(snapshot: Snapshot) -> dict[str, int]:
    """How many rows each list has."""
    return {
        "users": len(snapshot.users),
        "groups": len(snapshot.groups),
        "roles": len(snapshot.roles),
        "policies": len(snapshot.policies),
        "resources": len(snapshot.resources),
        "questions": len(snapshot.questions),
        "coverage": len(_coverage(snapshot)),
    }


def listing(snapshot: Snapshot, name: str) -> Listing:
    """The list called `name`, one of LISTS."""
    return _MAKERS[name](snapshot)


def day(value: object) -> str:
    """The day of a date in one of the forms in which exports carry dates; anything else as its text, empty for None."""
    if value is None:
        return ""
    text = str(value)
    return text[:10] if len(text) > 10 and text[4:5] == "-" else text


def _placed(snapshot: Snapshot, values: Sequence[Any], columns: tuple[Column, ...], cells: Callable[[Any], tuple[Cell, ...]]) -> Rows:
    """Rows with a last column for the account where there is more than one."""
    if len(snapshot.accounts) < 2:
        return Rows(values, columns, cells)
    return Rows(values, (*columns, Column("account", 12)), lambda value: (*cells(value), value.account or ""))


def _name_and_path(entity: Any) -> str:
    path = entity.path or "/"
    return f"{entity.name}  {path}" if path != "/" else str(entity.name)


def _widest(texts: Iterable[str]) -> int:
    """The width of a column for these texts; names beside it need the room more."""
    return max(NARROWEST, min(max(map(len, texts), default=0), WIDEST))


def _links(names: Sequence[tuple[str, Target | None]]) -> Cell:
    """Names in a row, each a link where it leads somewhere."""
    pieces: list[Piece] = []
    for name, target in names:
        pieces += [(", ", "")] if pieces else []
        pieces.append((name, "", target) if target is not None else (name, ""))
    return tuple(pieces)


def _entity_text(entity: Any) -> str:
    return f"{entity.name} {entity.arn}"


def _arn(entity: Any) -> str:
    return str(entity.arn)


def _common(entity: Any) -> list[tuple[str, str]]:
    return [("arn", entity.arn), ("id", entity.id or ""), ("created", day(entity.created))]


def _tags(tags: tuple[tuple[str, str], ...] | None) -> str:
    if tags is None:
        return "not collected"
    return ", ".join(f"{key}={value}" for key, value in tags) or "none"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _missing(snapshot: Snapshot, collected: str, what: str) -> str:
    known = any(getattr(account, collected) for account in snapshot.accounts)
    return f"no {what} in this account" if known else f"{what} were not collected"


def _users(snapshot: Snapshot) -> Listing:
    def cells(user: User) -> tuple[Cell, ...]:
        return _name_and_path(user), _links(groups(user)), f"{len(user.attached) + len(user.inline)}"

    def groups(user: User) -> list[tuple[str, Target | None]]:
        found = [(name, snapshot.group_of(user, name)) for name in user.groups]
        return [(name, (Location("principal", group.arn), of_principal(group.arn, name)) if group else None) for name, group in found]

    def details(user: User) -> list[tuple[str, str]]:
        return [
            *_common(user),
            ("groups", _names(user.groups)),
            ("attached", _names([policy.name for policy in user.attached])),
            ("inline", _names([policy.name for policy in user.inline])),
            ("boundary", user.boundary or "none"),
            ("tags", _tags(user.tags)),
        ]

    widest = _widest(", ".join(user.groups) for user in snapshot.users[:LOOKED_AT])
    columns = (Column("user"), Column("groups", widest), Column("policies", 8))
    return Listing(
        "users",
        _placed(snapshot, snapshot.users, columns, cells),
        _entity_text,
        lambda user: (Location("principal", user.arn), user.name),
        details,
        _arn,
        _missing(snapshot, "users_collected", "users"),
        _arn,
    )


def _groups(snapshot: Snapshot) -> Listing:
    def cells(group: Group) -> tuple[Cell, ...]:
        policies = [policy.name for policy in group.attached] + [policy.name for policy in group.inline]
        return _name_and_path(group), ", ".join(policies), f"{len(snapshot.members(group)):,}"

    def details(group: Group) -> list[tuple[str, str]]:
        return [
            *_common(group),
            ("members", _names([user.name for user in snapshot.members(group)])),
            ("attached", _names([policy.name for policy in group.attached])),
            ("inline", _names([policy.name for policy in group.inline])),
        ]

    return Listing(
        "groups",
        _placed(snapshot, snapshot.groups, (Column("group"), Column("policies"), Column("members", 8)), cells),
        _entity_text,
        lambda group: (Location("principal", group.arn), of_principal(group.arn, group.name)),
        details,
        _arn,
        _missing(snapshot, "groups_collected", "groups"),
    )


def _roles(snapshot: Snapshot) -> Listing:
    def cells(role: Role) -> tuple[Cell, ...]:
        return _name_and_path(role), f"{len(role.attached) + len(role.inline)}", "yes" if role.boundary else "", day(role.created)

    def details(role: Role) -> list[tuple[str, str]]:
        return [
            *_common(role),
            ("description", role.description or ""),
            ("attached", _names([policy.name for policy in role.attached])),
            ("inline", _names([policy.name for policy in role.inline])),
            ("boundary", role.boundary or "none"),
            ("tags", _tags(role.tags)),
        ]

    return Listing(
        "roles",
        _placed(snapshot, snapshot.roles, (Column("role"), Column("policies", 8), Column("boundary", 8), Column("created", 10)), cells),
        _entity_text,
        lambda role: (Location("principal", role.arn), of_principal(role.arn, role.name)),
        details,
        _arn,
        _missing(snapshot, "roles_collected", "roles"),
        _arn,
    )


def _policies(snapshot: Snapshot) -> Listing:
    def attached(policy: ManagedPolicy) -> str:
        return f"{len(snapshot.attachments(policy.arn)):,}"

    def cells(policy: ManagedPolicy) -> tuple[Cell, ...]:
        return _name_and_path(policy), "AWS" if policy.account == "aws" else "customer", policy.default_version or "?", attached(policy)

    def details(policy: ManagedPolicy) -> list[tuple[str, str]]:
        return [
            *_common(policy),
            ("description", policy.description or ""),
            ("versions", _names([version.id for version in policy.versions])),
            ("default", policy.default_version or "not known"),
            ("attached to", _names([f"{entity.name} ({how})" for entity, how in snapshot.attachments(policy.arn)])),
        ]

    def target(policy: ManagedPolicy) -> Target | None:
        from whygate.policies import default_version

        chosen = default_version(snapshot, policy.arn)
        return (Location("policy", chosen.key), of_policy(policy.name, "managed")) if chosen else None

    return Listing(
        "policies",
        Rows(snapshot.policies, (Column("policy"), Column("kind", 8), Column("version", 7), Column("used by", 7)), cells),
        _entity_text,
        target,
        details,
        _arn,
        _missing(snapshot, "policies_collected", "policies"),
    )


def _resources(snapshot: Snapshot) -> Listing:
    def policy_state(resource: Resource) -> str:
        if resource.policy is msgspec.UNSET:
            return "unknown"
        return "none" if resource.policy is None else "yes"

    def details(resource: Resource) -> list[tuple[str, str]]:
        return [
            ("arn", resource.arn),
            ("type", resource.type),
            ("account", resource.account or ""),
            ("policy", policy_state(resource)),
            ("tags", _tags(resource.tags)),
        ]

    def target(resource: Resource) -> Target:
        return Location("resource", resource.arn), resource.name or resource.arn

    return Listing(
        "resources",
        Rows(
            snapshot.resources,
            (Column("resource"), Column("type", 26), Column("policy", 7)),
            lambda resource: (resource.name or resource.arn, resource.type, policy_state(resource)),
        ),
        lambda resource: f"{resource.name} {resource.arn} {resource.type}",
        target,
        details,
        _arn,
        "no resources were collected",
    )


def _questions(snapshot: Snapshot) -> Listing:
    from tui.questions.context import written

    def target(question: SavedQuestion) -> Target:
        location = Location("question").with_query(
            principal=question.principal,
            action=question.action,
            resource=question.resource,
            context=written(question.context),
        )
        return location, "Can…?"

    def text(question: SavedQuestion) -> str:
        return f"{question.title} {question.principal} {question.action} {question.resource}"

    def details(question: SavedQuestion) -> list[tuple[str, str]]:
        return [
            ("principal", question.principal),
            ("action", question.action),
            ("resource", question.resource),
            ("context", written(question.context)),
        ]

    return Listing(
        "questions",
        Rows(snapshot.questions, (Column("question"), Column("action", 30)), lambda question: (question.title, question.action)),
        text,
        target,
        details,
        text,
        "this account brings no questions; press c to ask your own",
    )


def _coverage(snapshot: Snapshot) -> list[tuple[str, CoverageRow]]:
    return [(account.id, row) for account in snapshot.accounts for row in account.coverage]


def _coverage_list(snapshot: Snapshot) -> Listing:
    def cells(value: tuple[str, CoverageRow]) -> tuple[Cell, ...]:
        account, row = value
        tone = "good" if row.status == "collected" else "maybe"
        return row.part, ((row.status, tone),), row.region or "", account, row.detail or ""

    def text(value: tuple[str, CoverageRow]) -> str:
        account, row = value
        return f"{row.part} {row.status} {row.region or ''} {account} {row.detail or ''}"

    return Listing(
        "coverage",
        Rows(
            _coverage(snapshot),
            (Column("part", 24), Column("status", 13), Column("region", 12), Column("account", 12), Column("detail")),
            cells,
        ),
        text,
        lambda value: None,
        lambda value: [("part", value[1].part), ("status", value[1].status), ("detail", value[1].detail or "")],
        text,
        "the source does not say what was collected",
    )


_MAKERS: dict[str, Callable[[Any], Listing]] = dict(
    zip(LISTS, (_users, _groups, _roles, _policies, _resources, _questions, _coverage_list), strict=True)
)


def tabs(counted: dict[str, int], current: str, width: int) -> list[tuple[str, str]]:
    """(text, style) pieces of the line of lists, all with their counts where `width` allows. The current one stands in
    brackets, so that it shows without colour.
    """

    def pieces(counts_of: Sequence[str]) -> list[tuple[str, str]]:
        texts = [f"{number} {name} {counted[name]:,}" if name in counts_of else f"{number} {name}" for number, name in enumerate(LISTS, 1)]
        each = zip(LISTS, texts, strict=True)
        return [(f" [{text}]" if name == current else f" {text}", "bold" if name == current else "$text-muted") for name, text in each]

    full = pieces(LISTS)
    return full if sum(len(text) for text, _ in full) <= width else pieces([current])
