"""Several documents become one: accounts side by side, and the pieces of one account together. Who read them from where is not here.

Two descriptions of one account are pieces of it as long as no list is there whole in both: pages, a credential report beside an
export, a role's own answer beside a list of roles. What two pieces say of one entity is completed, never contradicted: the fuller counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from whygate.assembly import IAM_PARTS, coverage_rows, whole_parts
from whygate.document import AccountDocument, Document
from whygate.entries import AccountEntry, AccountPage, CoverageEntry, OrganizationEntry
from whygate.errors import UserError
from whygate.text import visible

_ENTITIES = {"users": "user_detail_list", "groups": "group_detail_list", "roles": "role_detail_list", "policies": "policies"}
_THINGS = {"resources": "arn", "vpc_endpoints": "id"}
_BEST = ("collected", "partial", "failed", "not-permitted", "not-collected")
# Fields of an entity that say what it may do: left out they mean "none", unless the entity says that nobody asked for them.
_RIGHTS = frozenset(
    {"user_policy_list", "group_policy_list", "role_policy_list", "attached_managed_policies", "group_list", "permissions_boundary"}
)

Named = tuple[str, AccountDocument]


def join(documents: Sequence[tuple[str, Document]]) -> Document:
    """One document of several, each with the name by which a complaint is to call it; raises `UserError` for two of one account."""
    if len(documents) == 1:
        return documents[0][1]
    accounts: dict[str, list[Named]] = {}
    organizations: dict[object, OrganizationEntry] = {}
    warnings: list[str] = []
    for name, document in documents:
        warnings += [f"{visible(name)}: {warning}" for warning in document.warnings if not any(one.truncated for one in document.accounts)]
        for account in document.accounts:
            accounts.setdefault(account.id, []).append((name, account))
        for organization in (document.organization, *document.further_organizations):
            if organization is not None:
                known = organizations.setdefault(organization.id or name, organization)
                if known is not organization and known != organization:
                    warnings.append(f"{visible(name)} describes organization {visible(organization.id or '')} again: the first one counts")
    named = [id for id in accounts if id]
    if len(named) == 1 and "" in accounts:  # pieces that name no account, beside the only one that is named
        accounts[named[0]] += accounts.pop("")
    joined = [_account(pieces) for pieces in accounts.values()]
    cut = [account.id for account, pieces in zip(joined, accounts.values(), strict=True) if _lacks_a_page(account, pieces)]
    joined.sort(key=lambda account: not _content(account.page))
    warnings += [f"the export of account {visible(id)} is cut short: a page is missing" for id in cut]
    trees = tuple(organizations.values())
    return Document(
        tuple(joined),
        trees[0] if trees else None,
        tuple(question for _, document in documents for question in document.questions),
        None,
        tuple(warnings),
        trees[1:],
    )


def _content(page: AccountPage) -> int:
    """How much of an account there is: the lists of a page that is not merely a place in an organization."""
    lists = (*(getattr(page, name) for name in _ENTITIES.values()), page.resources, page.vpc_endpoints)
    return sum(1 for value in lists if value is not None)


def _account(pieces: list[Named]) -> AccountDocument:
    if len(pieces) == 1:
        return pieces[0][1]
    _check(pieces)
    ordered = sorted((account for _, account in pieces), key=lambda account: -len(_complete(account)))
    pages = [account.page for account in ordered]
    together: dict[str, Any] = {}
    for field in AccountPage.__struct_fields__:
        given = [value for value in (getattr(page, field) for page in pages) if value is not None]
        if not given:
            continue
        if field in _ENTITIES.values():
            together[field] = _entities(given)
        elif field in _THINGS:
            unique: dict[str, Any] = {}
            for item in (item for value in given for item in value):
                unique.setdefault(getattr(item, _THINGS[field]), item)
            together[field] = list(unique.values())
        elif field == "account":
            together[field] = _filled_account(given)
        elif field not in ("is_truncated", "marker", "next_token", "coverage", "source", "questions"):
            together[field] = given[0]
    if any(page.coverage is not None for page in pages) or any(account.truncated for account in ordered):
        together["coverage"] = _coverage(ordered)
    id = next((account.id for account in ordered if account.id), "")
    return AccountDocument(id, AccountPage(**together))


def _lacks_a_page(account: AccountDocument, pieces: list[Named]) -> bool:
    """Whether pages announce one that is not there: then a list that they began is whole in no piece."""
    begun = {part for part, name in _ENTITIES.items() if getattr(account.page, name) is not None}
    whole = {part for _, piece in pieces for part in _complete(piece)}
    return any(piece.truncated for _, piece in pieces) and bool(begun - whole)


def _complete(account: AccountDocument) -> set[str]:
    return {part for part in whole_parts(account) if getattr(account.page, _ENTITIES[part]) is not None}


def _check(pieces: list[Named]) -> None:
    """Raises `UserError` where a list is there whole twice: then nobody can say which of the two is the account as it is."""
    found: dict[str, str] = {}
    for name, account in pieces:
        for part in sorted(_complete(account)):
            other = found.setdefault(part, name)
            if other != name:
                what = f"account {visible(account.id) or 'without an id'} is there twice: its {part} are also in {visible(other)}"
                raise UserError(what, where=visible(name), todo="keep one of the two, or put them into folders of their own")


def _entities(lists: Sequence[Sequence[Any]]) -> list[Any]:
    found: dict[Hashable, Any] = {}
    for entry in (entry for entries in lists for entry in entries):
        key = entry.arn or id(entry)
        first = found.get(key)
        found[key] = entry if first is None else _filled(first, entry)
    return list(found.values())


def _filled(first: Any, second: Any) -> Any:
    """`first` with what it lacks and `second` has; for policy entries the first is as good as any."""
    lacking: set[str] = set(getattr(first, "not_collected", None) or ())
    unasked: set[str] = set(getattr(second, "not_collected", None) or ())
    names = dict(zip(first.__struct_fields__, first.__struct_encode_fields__, strict=True))
    changes: dict[str, Any] = {}
    for field, key in names.items():
        if field == "not_collected" or getattr(first, field) not in (None, UNSET):
            continue
        if field not in _RIGHTS or key in lacking:
            changes[field] = getattr(second, field)
    if lacking:
        changes["not_collected"] = sorted(lacking & unasked) or None
    return msgspec.structs.replace(first, **changes)


def _filled_account(given: Sequence[AccountEntry]) -> AccountEntry:
    fields = AccountEntry.__struct_fields__
    return AccountEntry(**{name: next((getattr(one, name) for one in given if getattr(one, name) is not None), None) for name in fields})


def _coverage(accounts: Sequence[AccountDocument]) -> list[CoverageEntry]:
    """A row for each part and region with the best that a piece has to say of it."""
    rows: dict[tuple[str, str], CoverageEntry] = {}
    for account in accounts:
        for row in coverage_rows(account):
            key = (row.part, row.region)
            known = rows.get(key)
            if known is None or _rank(row.status) < _rank(known.status):
                rows[key] = CoverageEntry(row.part, row.status, row.region or None, row.detail or None)
    order = {part: number for number, part in enumerate(IAM_PARTS)}
    return sorted(rows.values(), key=lambda row: order.get(row.part, len(order)))


def _rank(status: str) -> int:
    return _BEST.index(status) if status in _BEST else len(_BEST)
