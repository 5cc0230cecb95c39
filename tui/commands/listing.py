"""`whygate list SOURCE [KIND] [FILTER]`: what is in a source, a line a thing."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator, Sequence

from tui.commands import opening
from tui.commands.output import complain, write
from tui.filtering.filter import Search, both, read
from whygate import render
from whygate.entities import Account, Group, ManagedPolicy, Role, User
from whygate.errors import UserError
from whygate.snapshot import Snapshot
from whygate.text import count, visible

KINDS = ("users", "groups", "roles", "policies", "resources", "questions", "coverage")


def rows(snapshot: Snapshot, kind: str) -> Iterator[dict[str, object]]:
    """What is there of one kind: at least kind, arn, name and account."""
    if kind == "coverage":
        for account in snapshot.accounts:
            for row in account.coverage:
                yield {
                    "kind": "coverage",
                    "arn": None,
                    "name": row.part,
                    "account": account.id,
                    "status": row.status,
                    "region": row.region,
                    "detail": row.detail,
                }
    elif kind == "questions":
        for item in snapshot.questions:
            named = {"principal": item.principal, "action": item.action, "resource": item.resource, "context": dict(item.context)}
            yield {"kind": "question", "arn": None, "name": item.title, "account": snapshot.primary.id, **named}
    elif kind == "resources":
        for resource in snapshot.resources:
            yield {"kind": "resource", "arn": resource.arn, "name": resource.name, "account": resource.account, "type": resource.type}
    else:
        lists: dict[str, Sequence[User | Group | Role | ManagedPolicy]] = {
            "users": snapshot.users,
            "groups": snapshot.groups,
            "roles": snapshot.roles,
            "policies": snapshot.policies,
        }
        for thing in lists[kind]:
            yield {"kind": {"policies": "policy"}.get(kind, kind[:-1]), "arn": thing.arn, "name": thing.name, "account": thing.account}


def run(options: argparse.Namespace) -> int:
    """Prints counts without KIND, else a line a thing. Raises `UserError` for a kind that there is not."""
    kind = options.kind.lower()
    if kind and kind not in KINDS and f"{kind}s" in KINDS:
        kind += "s"
    if kind and kind not in KINDS:
        raise UserError(f"there is no kind {options.kind!r}", todo=f"use one of {', '.join(KINDS)}")
    snapshot = opening.load(options)
    if not kind:
        return _summary(snapshot, options)
    everything = list(rows(snapshot, kind))
    found = [everything[index] for index in _left(snapshot, kind, everything, " ".join(options.filter))]
    if options.format == "json":
        for row in found:
            write(render.json_text(row))
    elif options.format == "markdown":
        write("| name | account | ARN |\n|---|---|---|")
        for row in found:
            write(f"| {render.plain(str(row['name']))} | {render.plain(str(row['account'] or ''))} | {render.plain(_second(row))} |")
    else:
        width = min(44, max((len(visible(str(row["name"]))) for row in found), default=0))
        for row in found:
            write(f"{visible(str(row['name'])):<{width}}  {visible(_second(row))}".rstrip())
    return 0


def _left(snapshot: Snapshot, kind: str, everything: Sequence[dict[str, object]], text: str) -> Sequence[int]:
    """What a filter leaves of the rows. A word stands for itself here, never for its letters: nobody looks at what was found."""
    wanted = read(text, kind)
    texts = [f"{row['name']} {row['arn'] or ''}".casefold() for row in everything]
    left = Search(texts, getattr(snapshot, kind, ())).find(wanted, letters=False).rows
    if not wanted.terms:
        return left
    from whygate.statement_index import StatementIndex

    found = StatementIndex(snapshot).rows(kind, wanted.terms)
    if found.unknown:
        complain(f"{count(found.unknown, 'row')} of {kind} could not be judged: not every document is in the data")
    return both(left, frozenset(found.rows))


def _second(row: dict[str, object]) -> str:
    """What stands beside the name."""
    if row["kind"] == "coverage":
        return " ".join(str(part) for part in (row["account"], row["status"], row["region"], row["detail"]) if part)
    if row["kind"] == "question":
        given = " ".join(f"{key}={value}" for key, value in dict(row["context"]).items())  # type: ignore[call-overload]  # a mapping by `rows`
        return " ".join(part for part in (str(row["principal"]), str(row["action"]), str(row["resource"]), given) if part)
    return str(row["arn"])


def _summary(snapshot: Snapshot, options: argparse.Namespace) -> int:
    kinds = [kind for kind in KINDS if kind != "coverage"]
    listed = {kind: list(rows(snapshot, kind)) for kind in kinds}
    if options.format == "json":
        for account in snapshot.accounts:
            counts = {kind: sum(1 for row in listed[kind] if row["account"] == account.id) for kind in kinds}
            named = {"kind": "account", "arn": None, "name": account.alias or account.id, "account": account.id}
            write(render.json_text({**named, **counts, "not_collected": list(_gaps(snapshot, account))}))
        return 0
    lead, shown = ("- ", render.plain) if options.format == "markdown" else ("", visible)
    for account in snapshot.accounts:
        write(lead + shown(f"{account.id or 'account unknown'}" + (f" ({account.alias})" if account.alias else "")))
    words = [count(len(found), kind.removesuffix("s").replace("policie", "policy"), kind) for kind, found in listed.items()]
    write(lead + ", ".join(words))
    for account in snapshot.accounts:
        gaps = _gaps(snapshot, account)
        of = f" of {account.id}" if len(snapshot.accounts) > 1 else ""
        if gaps:
            write(lead + shown(f"not collected{of}: {', '.join(gaps)}"))
    for warning in snapshot.warnings:
        write(lead + shown(f"warning: {warning}"))
    return 0


def _gaps(snapshot: Snapshot, account: Account) -> tuple[str, ...]:
    return dataclasses.replace(snapshot, accounts=(account,)).coverage_gaps()
