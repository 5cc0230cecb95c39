"""The snapshot document: decode it, check it, complain with a path and a line. What its parts mean to each other is in `assembly`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from whygate import arn, entries, json_source
from whygate.entries import (
    AccountPage,
    GroupEntry,
    OrganizationEntry,
    PolicyEntry,
    QuestionEntry,
    RoleEntry,
    SourceEntry,
    UserEntry,
    WholePage,
)
from whygate.json_source import DocumentError, Path
from whygate.text import visible

__all__ = ["AccountDocument", "Document", "DocumentError", "decode", "decode_mapping"]

LATEST_VERSION = 1
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
# One of these makes a text an account; `Account` alone does not, many answers of AWS have such a key.
TELLING = (*LISTS, "Accounts", "SnapshotVersion", "ServiceControlPolicies", "ResourceControlPolicies", "Resources")
_JOINED = (
    *("user_detail_list", "group_detail_list", "role_detail_list", "policies", "resources", "vpc_endpoints"),
    *("access_keys", "mfa_devices", "login_profiles", "coverage", "questions"),
)
_VERBATIM = frozenset({"Document", "PolicyDocument", "AssumeRolePolicyDocument", "Policy", "Content", "Details", "Context"})
_MEND = "mend it there, or export the account anew"
_EXPORT = "write one with: aws iam get-account-authorization-details > account.json"

# These open by themselves where they come as files (docs/sources.md): what gets here came through a pipe.
_FILE = "it opens as a file: name it, in place of -"
# These have a `Policies` of their own, which is not IAM's.
_ORGANIZATIONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("Children", "Policies"), "it is an organization tree", _FILE),
    (("PolicyTypes",), "it is an organization tree", _FILE),
    (("Targets", "Policies"), "it is an organization alone", 'put it beside its accounts: {"Accounts": [...], "Organization": {...}}'),
)
# What people open by mistake: the keys that give it away, what it is, what to do. The first that fits counts.
FOREIGN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    *_ORGANIZATIONS,
    (("Statement",), "it is a single policy document", "ask: whygate can --identity FILE PRINCIPAL ACTION"),
    (("Records",), "it holds CloudTrail events", "ask: whygate explain"),
    (("eventVersion",), "it is a CloudTrail event", "ask: whygate explain"),
    (("resourceType", "configuration"), "it is an AWS Config item", _FILE),
    (("principal", "action"), "it is a scenario file", "ask: whygate simulate"),
    (("Roles",), "it is an answer of iam list-roles, which has no policies in it", _EXPORT),
    (("Users",), "it is an answer of iam list-users, which has no policies in it", _EXPORT),
    (("Groups",), "it is an answer of iam list-groups, which has no policies in it", _EXPORT),
    (("Role",), "it is a single role", _EXPORT),
    (("User",), "it is a single user", _EXPORT),
    (("InstanceProfiles",), "it is an answer of iam list-instance-profiles", _EXPORT),
    (("SummaryMap",), "it is an account summary", _EXPORT),
    (("JobId",), "it is an answer about last access", _EXPORT),
    (("JobStatus",), "it is an answer about last access", _EXPORT),
    (("Error",), "it is an error that AWS answered", "ask AWS again with the right to do so"),
    (("Account", "Arn", "UserId"), "it is an answer of sts get-caller-identity", _EXPORT),
)
_WORDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list", "object": "an object",
    "null": "null",
}  # fmt: skip


class AccountDocument(Struct, frozen=True):
    """One account with its pages joined. `id` is the primary account id, "" where nothing says it; `truncated` means that the
    last page announces another one that is not there."""

    id: str
    page: AccountPage
    truncated: bool = False


class Document(Struct, frozen=True):
    """A whole text, decoded and checked: every entity has an ARN, or a name and an account to make one of."""

    accounts: tuple[AccountDocument, ...]
    organization: OrganizationEntry | None = None
    questions: tuple[QuestionEntry, ...] = ()
    source: SourceEntry | None = None
    warnings: tuple[str, ...] = ()
    further_organizations: tuple[OrganizationEntry, ...] = ()


class _Piece(NamedTuple):
    """A page in its place: the text, where its object starts, the path that leads there, and a label where there are several."""

    data: bytes
    start: int
    path: Path
    label: str
    lines: bool

    def error(self, what: str, path: Path = (), todo: str = "") -> DocumentError:
        line = column = None
        if self.lines:
            line, column = json_source.line_of(self.data, json_source.locate(self.data, self.start, path))
        where = (self.label + json_source.written((*self.path, *path))).removesuffix(": ")
        return DocumentError(what, path=where, line=line, column=column, todo=todo)


_WHOLE = msgspec.json.Decoder(WholePage)


def decode(data: bytes) -> Document:
    """UTF-8 JSON text of a snapshot document, whole or in pages, of one account or several; raises `DocumentError`."""
    with json_source.collector_paused():
        return _decode(json_source.checked(data), lines=True)


def decode_mapping(document: Mapping[str, object]) -> Document:
    """As `decode` for a document that an adapter returned as Python values; its errors have a path and no line."""
    try:
        data = msgspec.json.encode(document)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise DocumentError(f"not a document that JSON can hold: {visible(str(error))}", todo="tell the adapter's author") from None
    with json_source.collector_paused():
        return _decode(data, lines=False)


def _decode(data: bytes, *, lines: bool) -> Document:
    pieces = list(_pieces(data, lines))
    pages = [_page(piece) for piece in pieces]
    organization = next((page.organization for _, page in pages if page.organization is not None), None)
    _check_organization(pages)
    accounts: list[AccountDocument] = []
    loose: list[tuple[_Piece, Path, AccountPage]] = []
    for piece, page in pages:
        for index, account in enumerate(page.accounts or ()):
            if not _lists(account) and account.account is None:
                raise piece.error(f"not an account: none of {', '.join(LISTS)} is there", ("Accounts", index), _EXPORT)
            accounts.append(_account([(piece, ("Accounts", index), account)]))
        if page.accounts is None or _lists(page):
            loose.append((piece, (), page))
    accounts = [_account(group) for group in _by_account(loose)] + accounts
    _check_twice(pages, accounts)
    questions = [question for _, page in pages for question in page.questions or ()]
    questions += [question for account in accounts[bool(loose) :] for question in account.page.questions or ()]
    sources = [page.source for _, page in pages] + [account.page.source for account in accounts]
    return Document(
        tuple(accounts),
        organization,
        tuple(questions),
        next((source for source in sources if source is not None), None),
        tuple(_cut_short(account) for account in accounts if account.truncated),
    )


def _check_twice(pages: list[tuple[_Piece, WholePage]], accounts: list[AccountDocument]) -> None:
    """Raises `DocumentError` for an account that is described twice: nobody could say which of the two counts."""
    seen: set[str] = set()
    for account in accounts:
        if account.id and account.id in seen:
            raise pages[0][0].error(f"account {visible(account.id)} is there twice", ("Accounts",), "keep one of the two")
        seen.add(account.id)


def _pieces(data: bytes, lines: bool) -> Iterator[_Piece]:
    starts = json_source.values(data)
    if len(starts) == 1 and data[starts[0] : starts[0] + 1] == b"[":
        starts = [member.start for member in json_source.members(data, starts[0])]
        if not starts:
            raise DocumentError("an empty list, not an account export", line=1, column=1, todo=_EXPORT)
    for number, start in enumerate(starts, 1):
        yield _Piece(data, start, (), f"page {number}: " if len(starts) > 1 else "", lines)


def _page(piece: _Piece) -> tuple[_Piece, WholePage]:
    """The page decoded, out of its wrapping if it has one, and in our spelling."""
    keys = _keys(piece)
    if not any(key in keys for key in TELLING):
        inside = keys.get("data", piece.start)
        if inside != piece.start and piece.data[inside : inside + 1] == b"{":
            return _page(piece._replace(start=inside, path=(*piece.path, "data")))
        spelled = {_plain(key) for key in keys}
        if not any(_plain(key) in spelled for key in LISTS):
            raise _foreign(piece, keys)
        data = json_source.respelled(piece.data, piece.start, SPELLINGS, _VERBATIM)
        return _page(piece._replace(data=data))
    for telling, what, todo in _ORGANIZATIONS:
        if all(key in keys for key in telling) and not any(key in keys for key in (*LISTS[:3], "Accounts")):
            raise piece.error(f"not an account export: {what}", todo=todo)
    try:
        page = _WHOLE.decode(memoryview(piece.data)[piece.start : _end(piece)])
    except msgspec.ValidationError as error:
        raise _wrong_type(piece, str(error), keys) from None
    _check_version(piece, page.snapshot_version)
    for index, account in enumerate(page.accounts or ()):
        _check_version(piece, account.snapshot_version, ("Accounts", index))
    return piece, page


def _end(piece: _Piece) -> int:
    return json_source.value_end(piece.data, piece.start)


def _keys(piece: _Piece) -> dict[str, int]:
    """The keys of a page and where their values start; msgspec would let the last of two equal keys win without a word."""
    if piece.data[piece.start : piece.start + 1] != b"{":
        raise piece.error("not an account export: expected an object", todo=_EXPORT)
    keys: dict[str, int] = {}
    for member in json_source.members(piece.data, piece.start):
        key = str(member.key)
        if key in keys:
            raise piece.error("is there twice", (key,), "keep one of the two, or join them")
        keys[key] = member.start
    return keys


def _foreign(piece: _Piece, keys: Mapping[str, object]) -> DocumentError:
    for telling, what, todo in FOREIGN:
        if all(key in keys for key in telling):
            return piece.error(f"not an account export: {what}", todo=todo)
    return piece.error(f"not an account export: none of {', '.join(LISTS)} is there", todo=_EXPORT)


def _wrong_type(piece: _Piece, message: str, keys: Mapping[str, int]) -> DocumentError:
    """msgspec's complaint in plain words, with the place it is about; a later document version explains everything else."""
    version = re.compile(rb"[0-9]{1,9}").match(piece.data, keys.get("SnapshotVersion", len(piece.data)))
    if version is not None:
        _check_version(piece, int(version.group()))
    what, _, place = message.partition(" - at `")
    path = json_source.steps(place.removesuffix("`"))
    todo = _MEND if piece.lines else "tell the adapter's author"
    missing = re.fullmatch(r"Object missing required field `(.*)`", what)
    if missing:
        return piece.error(f"{missing[1]} is missing", path, todo)
    mismatch = re.fullmatch(r"Expected `(.*)`, got `(.*)`", what)
    if mismatch is None:
        return piece.error(visible(what[:1].lower() + what[1:]), path, todo)
    wanted = [_WORDS.get(word, word) for word in mismatch[1].split(" | ") if word != "null"]
    found = _WORDS.get(mismatch[2], mismatch[2])
    if found == "a whole number" and path[-1:] in (("Id",), ("Account",), ("ManagementAccountId",)):
        todo = "account ids are text, because a leading zero must stay"
    return piece.error(f"expected {' or '.join(wanted)}, found {found}", path, todo)


def _check_version(piece: _Piece, version: int | None, path: Path = ()) -> None:
    if version is not None and not 1 <= version <= LATEST_VERSION:
        what = f"written as snapshot version {version}, this whygate reads version {LATEST_VERSION}"
        raise piece.error(what, (*path, "SnapshotVersion"), "update whygate")


def _lists(page: AccountPage) -> bool:
    lists = (page.user_detail_list, page.group_detail_list, page.role_detail_list, page.policies, page.resources)
    levels = (page.service_control_policies, page.resource_control_policies, page.vpc_endpoints)
    return any(value is not None for value in (*lists, *levels))


def _by_account(loose: list[tuple[_Piece, Path, AccountPage]]) -> list[list[tuple[_Piece, Path, AccountPage]]]:
    """Pages that name different accounts are different accounts; a page that names none goes with the one before it."""
    groups: dict[str, list[tuple[_Piece, Path, AccountPage]]] = {}
    current = ""
    for item in loose:
        named = item[2].account
        if named is not None and named.id and named.id != current:
            if "" in groups and not current:
                groups[named.id] = groups.pop("")
            current = named.id
        groups.setdefault(current, []).append(item)
    return list(groups.values())


def _account(pages: list[tuple[_Piece, Path, AccountPage]]) -> AccountDocument:
    named = next((page.account.id for _, _, page in pages if page.account is not None and page.account.id), "")
    account = named or _most_common_account(page for _, _, page in pages)
    for piece, path, page in pages:
        _check(piece, path, page, account)
    last = pages[-1][2]
    more = last.is_truncated if last.is_truncated is not None else bool(last.marker or last.next_token)
    return AccountDocument(account, _joined([page for _, _, page in pages]), more)


def _joined(pages: list[AccountPage]) -> AccountPage:
    if len(pages) == 1:
        return pages[0]
    together: dict[str, Any] = {}
    for name in AccountPage.__struct_fields__:
        given = [value for value in (getattr(page, name) for page in pages) if value is not None]
        if given:
            together[name] = [item for value in given for item in value] if name in _JOINED else given[0]
    return AccountPage(**together)


def _cut_short(account: AccountDocument) -> str:
    of = f" of account {visible(account.id)}" if account.id else ""
    return f"the export{of} is cut short: its last page says that more follows, so users, groups, roles and policies may be missing"


def _most_common_account(pages: Iterator[AccountPage]) -> str:
    seen: Counter[str] = Counter()
    for page in pages:
        for entity in chain.from_iterable(items for _, items, _ in _named_lists(page)):
            fields = (entity.arn or "").split(":", 5)
            if len(fields) == 6 and fields[4] not in ("", "aws"):
                seen[fields[4]] += 1
    return seen.most_common(1)[0][0] if seen else ""


_Named = UserEntry | GroupEntry | RoleEntry | PolicyEntry


def _named_lists(page: AccountPage) -> tuple[tuple[str, Sequence[_Named], str], ...]:
    """The four lists of entities: key, entries, and the field that names one."""
    return (
        ("UserDetailList", page.user_detail_list or (), "user_name"),
        ("GroupDetailList", page.group_detail_list or (), "group_name"),
        ("RoleDetailList", page.role_detail_list or (), "role_name"),
        ("Policies", page.policies or (), "policy_name"),
    )


def _check(piece: _Piece, path: Path, page: AccountPage, account: str) -> None:
    for key, items, name in _named_lists(page):
        for index, entity in enumerate(items):
            if entity.arn:
                owner = arn.split(entity.arn)
                if owner is None:
                    raise piece.error(f"expected an ARN, found {visible(repr(entity.arn))}", (*path, key, index, "Arn"), _MEND)
                if owner.service != "iam":
                    what = f"expected an ARN of IAM, found one of {visible(owner.service)}"
                    raise piece.error(what, (*path, key, index, "Arn"), _MEND)
            elif not getattr(entity, name):
                raise piece.error(f"neither Arn nor {_pascal(name)} is there", (*path, key, index), _MEND)
            elif not account:
                what = f"Arn is missing, and no account id is known to make it from {_pascal(name)}"
                raise piece.error(what, (*path, key, index), 'add "Account": {"Id": "..."}')
    for index, resource in enumerate(page.resources or ()):
        if arn.split(resource.arn) is None:
            raise piece.error(f"expected an ARN, found {visible(repr(resource.arn))}", (*path, "Resources", index, "Arn"), _MEND)


def _check_organization(pages: list[tuple[_Piece, WholePage]]) -> None:
    for piece, page in pages:
        for index, policy in enumerate(page.organization.policies or () if page.organization else ()):
            if not policy.id or not policy.type:
                missing = "Id" if not policy.id else "Type"
                todo = "Type is SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY"
                raise piece.error(f"{missing} is missing", ("Organization", "Policies", index), todo)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _plain(key: str) -> str:
    return key.replace("_", "").lower()


def _spellings() -> dict[str, str]:
    structs = [value for value in vars(entries).values() if isinstance(value, type) and issubclass(value, Struct)]
    return {_plain(name): name for struct in structs for name in struct.__struct_encode_fields__ if name != "data"}


SPELLINGS: Mapping[str, str] = _spellings()
