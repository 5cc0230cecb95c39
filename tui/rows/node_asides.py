"""What stands beside a row of a tree of a principal or a resource: a statement with its lines, a policy with what is known of it, and of
everything else the row in full. Findings take a while: they are given, or still to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.documents.paper import tone_of
from tui.documents.policy_reading import KINDS
from tui.rows.aside import Aside
from whygate.text import count

if TYPE_CHECKING:
    from tui.rows.tree import Node
    from whygate.entities import Entity
    from whygate.grammar import Finding
    from whygate.policies import Held
    from whygate.policy import Statement
    from whygate.snapshot import Snapshot


def of_node(snapshot: Snapshot, node: Node, found: Sequence[Finding] | None) -> Aside:
    """What there is to say of the row of `node`; `found` is what is suspicious about its document, None while that is looked for."""
    if node.held is not None and node.statement is not None:
        return _statement(node.held, node.statement, found)
    if node.held is not None:
        return _policy(snapshot, node.held, found)
    if node.about is not None:
        return node.about()
    inside = node.children() if node.children is not None else ()
    return Aside(node.text, [(node.copied or node.detail, "")] if node.copied or node.detail else [], [_fact(each) for each in inside])


def of_entity(snapshot: Snapshot, entity: Entity, listed: str) -> Aside:
    """What the list of that name says of a user, a group or a role."""
    from tui.rows.lists import listing

    return Aside(entity.name, facts=[(name, value) for name, value in listing(snapshot, listed).details(entity) if value])


def _fact(node: Node) -> tuple[str, str]:
    return node.text, node.detail


def _statement(held: Held, statement: Statement, found: Sequence[Finding] | None) -> Aside:
    policy = held.policy
    place = policy.place(statement)
    said = [(statement.summary(), "")]
    said += [(f"{each.severity}: {each.text}", tone_of(each)) for each in found or () if each.path[: len(place)] == place]
    title = f"{held.label} › {statement.index + 1} {statement.sid}".rstrip()
    return Aside(title, said, (), policy.text, policy.text.lines_of(place))


def _policy(snapshot: Snapshot, held: Held, found: Sequence[Finding] | None) -> Aside:
    policy = held.policy
    entity = snapshot.policy(held.arn) if held.arn else None
    said = [(held.problem, "maybe")] if held.problem else []
    holders = (
        [f"{each.name}{' (boundary)' if how == 'boundary' else ''}" for each, how in snapshot.attachments(held.arn)] if held.arn else []
    )
    facts = [
        ("kind", _kind(held, entity.account if entity is not None else "")),
        ("arn", held.arn),
        ("on", "" if held.arn else held.owner),
        ("version", f"{held.version} (default) of {len(entity.versions)}" if held.version and entity is not None else ""),
        ("attached to", ", ".join(holders)),
        ("description", entity.description if entity is not None else ""),
        ("findings", "" if policy.unreadable else "…" if found is None else f"{len(found):,}" if found else "none"),
    ]
    statements = [(f"{each.index + 1} {each.sid}".rstrip(), each.summary()) for each in policy.statements]
    said += [(f"{each.severity}: {each.text}", tone_of(each)) for each in found or ()]
    named = _named(snapshot, held) if held.kind in ("trust", "resource") else []
    return Aside(
        held.label,
        said,
        [*((name, text) for name, text in facts if text), *named, *_headed(count(len(statements), "statement"), statements)],
    )


def _headed(head: str, facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", ""), (head, ""), *facts] if facts else []


def _kind(held: Held, account: str) -> str:
    if held.kind == "managed" and account:
        return "managed policy of AWS" if account == "aws" else "customer managed policy"
    return {"boundary": "permissions boundary", **KINDS}.get(held.kind, f"{held.kind} policy")


def _named(snapshot: Snapshot, held: Held) -> list[tuple[str, str]]:
    """Whom the policy names, as it names them."""
    from whygate.named import principals

    found = [(f"not {each.kind}" if each.excepted else each.kind, each.text) for each in principals(snapshot, held.policy)]
    return _headed("named in it", list(dict.fromkeys(found)))
