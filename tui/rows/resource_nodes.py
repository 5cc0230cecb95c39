"""What a resource is made of, as nodes of a tree: what is known of it, its tags, its policy and who is named there, the identity-based
policies that reach it, and the actions that take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.documents.links import Links
from tui.location import Location, Target
from tui.plain import wrapped
from tui.rows.aside import told
from tui.rows.tree import Node
from whygate import named, resource_kinds
from whygate.arn import split
from whygate.text import count

if TYPE_CHECKING:
    from whygate.entities import Group, Role, User
    from whygate.named import Mention, Naming
    from whygate.policies import Held
    from whygate.resource_kinds import Kind
    from whygate.snapshot import Snapshot

AT_FIRST = frozenset({"about", "policy", "principals", "naming", "operations:0"})
INDENTED = 8

_HOW = {
    "arn": "by its ARN",
    "pattern": "by a pattern",
    "inside": "inside it",
    "all but": "by NotResource",
    "everything": "by *",
}
# Statements that hold for nearly everything say little about one resource: they stand together under a row of their own.
_WIDE = ("all but", "everything")


def nodes(snapshot: Snapshot, arn: str, naming: Sequence[Naming] | None, width: int) -> tuple[Node, ...]:
    """The top level of the tree of the resource with this ARN, for a screen of `width` cells; `naming` None is still being looked for.
    Raises UserError for what is no ARN."""
    found = snapshot.resource(arn)
    kind = resource_kinds.kind_of(arn, found.type if found else "")
    return (
        _about(snapshot, arn, kind),
        _tags(found.tags if found else None),
        *_policy(snapshot, arn, width),
        _naming(naming, width),
        *_operations(arn, kind),
    )


def _about(snapshot: Snapshot, arn: str, kind: Kind) -> Node:
    found, parsed, links = snapshot.resource(arn), split(arn), Links(snapshot)
    owner = (found.account if found else None) or (parsed.account if parsed else "")
    account = snapshot.account(owner) if owner else None
    facts: list[tuple[str, str]] = [
        ("arn", arn),
        ("name", found.name if found and found.name and not arn.endswith(found.name) else ""),
        ("account", f"{owner} ({account.alias})" if account and account.alias else owner or "not known"),
        ("region", parsed.region if parsed and parsed.region else ""),
    ]
    children = [Node(f"about:{name}", name, value, None, links.target(value), value) for name, value in facts if value]
    children += [_known(f"about:{name}", str(name), value, links) for name, value in (found.details if found else {}).items()]
    here = kind.title if found else f"{kind.title}, not in this source"
    return Node("about", here, "", lambda: children, copied=arn, tone="strong")


def _known(key: str, name: str, value: object, links: Links) -> Node:
    """What the snapshot document says of a resource besides; an object opens."""
    if isinstance(value, Mapping) and value:
        parts = [_known(f"{key}.{inner}", str(inner), part, links) for inner, part in value.items()]
        return Node(key, name, count(len(parts), "value"), lambda: parts)
    text = told(value)
    return Node(key, name, text, None, links.target(text), text)


def _tags(tags: Sequence[tuple[str, str]] | None) -> Node:
    if tags is None:
        return Node("tags", "tags", "not collected", tone="strong")
    children = [Node(f"tag:{key}", key, value, copied=f"{key}={value}") for key, value in tags]
    return Node("tags", "tags", f"{len(tags):,}" if tags else "none", (lambda: children) if tags else None, tone="strong")


def _policy(snapshot: Snapshot, arn: str, width: int) -> Iterable[Node]:
    from whygate.policies import policy_of

    state = resource_kinds.policy_state(snapshot, arn)
    found = snapshot.resource(arn)
    held = policy_of(found) if found is not None and state.present else None
    why = _lines("policy:why", state.meaning, width)
    if held is None:
        yield Node("policy", "resource-based policy", state.word, lambda: why, tone="strong")
        return
    policy = held.policy
    target = (Location("policy", held.key), held.name)
    word = held.problem or count(len(policy.statements), "statement")
    yield Node("policy", "resource-based policy", word, lambda: why, target, arn, "strong", held)
    mentions = named.principals(snapshot, policy)
    children = [_mention(held, arn, mention, number) for number, mention in enumerate(mentions)]
    yield Node("principals", "named in it", _kinds(mentions), (lambda: children) if children else None, tone="strong")


def _mention(held: Held, arn: str, mention: Mention, number: int) -> Node:
    name = _name(mention)
    target: Target = (
        (Location("principal", mention.arn), mention.arn.rsplit("/", 1)[-1])
        if mention.arn
        else (Location("policy", held.key).with_query(statement=str(mention.statement.index)), held.name)
    )
    said = f"{mention.statement.summary()} ".replace(f" on {arn} ", " on it ").replace(arn, "…").rstrip()  # its own ARN is no news here
    return Node(
        f"principals:{number}",
        f"all but {name}" if mention.excepted else name,
        said,
        None,
        target,
        mention.text,
        "",
        held,
        mention.statement,
    )


def _name(mention: Mention) -> str:
    if mention.kind == "everyone":
        return "everyone (*)"
    parsed = split(mention.text)
    if parsed is None:
        return f"{mention.kind} {mention.text}"
    name = parsed.account if mention.kind == "account" else parsed.resource.partition("/")[2]
    return f"{mention.kind} {name or mention.text}"


def _kinds(mentions: Sequence[Mention]) -> str:
    """`everyone, 1 account, 2 roles`: each kind with how many entries there are."""
    found: dict[str, set[str]] = {}
    for mention in mentions:
        found.setdefault(mention.kind, set()).add(mention.text)
    parts = [kind if kind == "everyone" else count(len(texts), kind) for kind, texts in found.items()]
    return ", ".join(parts) or "nobody"


def _naming(found: Sequence[Naming] | None, width: int) -> Node:
    title = "identity-based policies"
    if found is None:
        return Node("naming", title, "looking for those that name it …", tone="strong")
    close = [item for item in found if item.how not in _WIDE]
    wide = [item for item in found if item.how in _WIDE]

    def children() -> list[Node]:
        rows = [_statement(item, width) for item in close]
        if wide:
            through = lambda: [_statement(item, width) for item in wide]  # noqa: E731 - one of two ways
            rows.append(Node("naming:wide", "for all resources, or all but some", count(len(wide), "statement"), through))
        return rows

    said = f"{count(len(close), 'statement')} for it" if close else "none names it"
    if wide:
        said += f", {len(wide):,} for all resources"
    return Node("naming", title, said, children if found else None, tone="strong")


def _statement(item: Naming, width: int) -> Node:
    key = f"{item.held.key}#{item.statement.index}"
    target = (Location("policy", item.held.key).with_query(statement=str(item.statement.index)), item.held.name)
    how = _HOW[item.how] if item.sure else f"{_HOW[item.how]}, if its variable fits"
    shown = item.patterns[0] + (f" +{len(item.patterns) - 1}" if len(item.patterns) > 1 else "")

    def children() -> list[Node]:
        rows = _lines(f"{key}:said", item.statement.summary(), width)
        if item.how != "arn":
            rows += _lines(f"{key}:pattern", f"Resource {shown}" if not item.statement.not_resource else f"NotResource {shown}", width)
        rows += [_holder(key, holder) for holder in item.holders]
        return rows or []

    who = _holders(item.holders)
    effect = item.statement.effect or "?"
    return Node(
        key,
        f"{item.held.name} › {item.statement.label}",
        f"{effect} {how}, {who}",
        children,
        target,
        item.held.arn or item.held.key,
        held=item.held,
        statement=item.statement,
    )


def _holders(holders: Sequence[User | Group | Role]) -> str:
    if not holders:
        return "attached to nobody"
    if len(holders) == 1:
        return _entity(holders[0])
    return count(len(holders), "holder")


def _entity(holder: User | Group | Role) -> str:
    kind = next((word for word in ("group", "role") if f":{word}/" in holder.arn), "user")
    return f"{kind} {holder.name}"


def _holder(key: str, holder: User | Group | Role) -> Node:
    label = _entity(holder) if ":group/" in holder.arn else holder.name
    return Node(f"{key}:{holder.arn}", _entity(holder), holder.account, None, (Location("principal", holder.arn), label), holder.arn)


def _operations(arn: str, kind: Kind) -> Iterable[Node]:
    found = resource_kinds.operations(arn, kind)
    if not found:
        yield Node("operations:0", "operations", "AWS's reference has none for a resource like this", tone="strong")
    for number, item in enumerate(found):
        title = "operations" if number == 0 else f"operations: {item.title}"

        def levels(item: resource_kinds.Operations = item, number: int = number) -> list[Node]:
            return [_level(f"operations:{number}", level, names, item.asked) for level, names in item.levels]

        detail = count(item.count, "action") + ("" if item.asked == arn else f" on …{item.asked.removeprefix(arn)}")
        yield Node(f"operations:{number}", title, detail, levels, tone="strong")


def _level(key: str, level: str, names: Sequence[str], asked: str) -> Node:
    def actions() -> list[Node]:
        return [
            Node(f"{key}:{name}", name, "", None, (Location("question").with_query(action=name, resource=asked), "Can…?"), name)
            for name in names
        ]

    return Node(f"{key}:{level}", level, count(len(names), "action"), actions)


def _lines(key: str, text: str, width: int) -> list[Node]:
    """A text over as many rows as it asks for."""
    return [Node(f"{key}:{number}", part, copied=text, tone="dim") for number, part in enumerate(wrapped(text, max(width - INDENTED, 20)))]
