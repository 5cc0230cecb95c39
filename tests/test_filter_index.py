"""Terms over a whole account, held against the plain way: each principal's policies, one by one."""

from __future__ import annotations

from typing import Any

import pytest
from explorer_accounts import account, demo

from whygate.entities import Group, ManagedPolicy, Resource, Role, User
from whygate.policies import Held, boundary_of, policies_of, policy_of, versions
from whygate.snapshot import Snapshot
from whygate.statement_index import LISTS, Documents, StatementIndex
from whygate.statement_terms import STATEMENT, Term, meets, term

ACCOUNT = "123456789012"
FILTERS = [
    "eff:deny",
    "eff:allow",
    "act:rekognition:*",
    "eff:deny act:rekognition:*",
    "eff:deny !act:rekognition:*",
    "act:iam:PassRole",
    "act:s3:Get*",
    "res:collection/",
    "cond:aws:MultiFactorAuthPresent",
    "eff:allow !cond:aws:",
    "!act:textract:*",
    "!eff:deny !act:iam:*",
    "act:*:*Text !res:project/",
]
WAYS = [
    "through:group",
    "through:inline",
    "through:managed",
    "through:boundary",
    "through:staff",
    "through:sta !eff:deny",
    "!through:group",
    "act:rekognition:* !through:group",
    "through:group !through:inline",
    "!through:boundary",
    "through:boundary act:textract:*",
    "!through:inline !eff:deny",
]


def terms(text: str) -> list[Term]:
    parts = [(each.startswith("!"), *each.lstrip("!").partition(":")) for each in text.split()]
    return [term(name, value, inverted) for inverted, name, _, value in parts]


def places(snapshot: Snapshot, thing: User | Group | Role | ManagedPolicy | Resource) -> list[Held]:
    if isinstance(thing, (User, Group, Role)):
        boundary = None if isinstance(thing, Group) else boundary_of(snapshot, thing)
        return [*policies_of(snapshot, thing), *([boundary] if boundary else [])]
    if isinstance(thing, Resource):
        held = policy_of(thing)
        return [held] if held else []
    return [each for each in versions(snapshot, thing.arn) if each.version == thing.default_version]


def is_held(snapshot: Snapshot, held: Held, value: str) -> bool:
    groups = {group.name.casefold() for group in snapshot.groups}
    if value == "group":
        return bool(held.through)
    if value in ("inline", "managed", "boundary"):
        return held.kind == value
    name = held.through.casefold()
    return bool(name) and (name == value if value in groups else name.startswith(value))


def expected(snapshot: Snapshot, name: str, wanted: list[Term]) -> list[int]:
    positive = any(not each.inverted for each in wanted)

    def meeting(thing: Any, asked: list[Term]) -> bool:
        about = [each for each in asked if each.name in STATEMENT]
        ways = [each for each in asked if each.name not in STATEMENT]
        with_boundary = any(each.value == "boundary" and not each.inverted for each in ways)
        for held in places(snapshot, thing):
            if held.kind == "boundary" and not with_boundary:
                continue
            if not all(is_held(snapshot, held, each.value) != each.inverted for each in ways):
                continue
            if not about or any(meets(statement, about) for statement in held.policy.statements):
                return True
        return False

    def stays(thing: Any) -> bool:
        return meeting(thing, wanted) if positive else not any(meeting(thing, [Term(each.name, each.value)]) for each in wanted)

    return [at for at, thing in enumerate(getattr(snapshot, name)) if stays(thing)]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("text", FILTERS)
def test_terms_leave_the_rows_whose_policies_meet_them_one_by_one(name: str, text: str) -> None:
    wanted = terms(text)
    assert list(StatementIndex(demo()).rows(name, wanted).rows) == expected(demo(), name, wanted)


@pytest.mark.parametrize("name", ["users", "groups", "roles"])
@pytest.mark.parametrize("text", WAYS)
def test_how_a_policy_is_held_is_asked_of_the_policy_that_meets_the_rest(name: str, text: str) -> None:
    wanted = terms(text)
    assert list(StatementIndex(demo()).rows(name, wanted).rows) == expected(demo(), name, wanted)


def test_these_filters_tell_rows_apart() -> None:
    index = StatementIndex(demo())
    for text in [*FILTERS, *WAYS]:
        counts = {name: len(index.rows(name, terms(text)).rows) for name in ("users", "groups", "roles")}
        assert any(counts.values()), text
        assert sum(counts.values()) < len(demo().users) + len(demo().groups) + len(demo().roles), text


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


DENY_FACES = {"Effect": "Deny", "Action": "rekognition:*", "Resource": "*"}
ALLOW_S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def user(name: str, **more: Any) -> dict[str, Any]:
    return {"UserName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", **more}


def inline(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"PolicyName": "own", "PolicyDocument": policy(*statements)}]


def test_terms_must_hold_in_one_statement_and_not_in_two() -> None:
    split = user("split", UserPolicyList=inline({**DENY_FACES, "Action": "s3:*"}, {**ALLOW_S3, "Action": "rekognition:*"}))
    whole = user("whole", UserPolicyList=inline(DENY_FACES))
    index = StatementIndex(account(UserDetailList=[split, whole]))
    assert list(index.rows("users", terms("eff:deny act:rekognition:*")).rows) == [1]


def test_a_row_with_a_document_that_is_not_there_is_counted_and_never_guessed() -> None:
    somewhere = [{"PolicyName": "Elsewhere", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Elsewhere"}]
    bad = [{"PolicyName": "bad", "PolicyDocument": "no JSON"}]
    people = [
        user("a", AttachedManagedPolicies=somewhere),
        user("b", AttachedManagedPolicies=somewhere, UserPolicyList=inline(DENY_FACES)),
        user("c", UserPolicyList=bad),
        user("d", GroupList=["nowhere"]),
        user("e"),
    ]
    index = StatementIndex(account(UserDetailList=people))
    found = index.rows("users", terms("eff:deny"))
    assert (list(found.rows), found.unknown) == ([1], 3)
    without = index.rows("users", terms("!eff:deny"))
    assert (list(without.rows), without.unknown) == ([0, 2, 3, 4], 3)
    by_group = index.rows("users", terms("through:group"))
    assert (list(by_group.rows), by_group.unknown) == ([3], 0)


def test_a_resource_policy_that_was_not_collected_is_not_known_and_one_that_is_not_there_says_nothing() -> None:
    bare: dict[str, Any] = {"Type": "s3:bucket", "Tags": []}
    resources = [
        {"Arn": "arn:aws:s3:::a", **bare},
        {"Arn": "arn:aws:s3:::b", **bare, "Policy": None},
        {"Arn": "arn:aws:s3:::c", **bare, "Policy": policy({**DENY_FACES, "Principal": "*"})},
    ]
    found = StatementIndex(account(Resources=resources)).rows("resources", terms("eff:deny"))
    assert (list(found.rows), found.unknown) == ([2], 1)


def test_documents_that_were_read_serve_the_next_snapshot() -> None:
    first = StatementIndex(account(UserDetailList=[user("a", UserPolicyList=inline(DENY_FACES))]))
    assert list(first.rows("users", terms("eff:deny")).rows) == [0]
    people = [user("b", UserPolicyList=inline(ALLOW_S3)), user("a", UserPolicyList=inline(DENY_FACES))]
    second = StatementIndex(account(UserDetailList=people), first.documents)
    assert [second.snapshot.users[row].name for row in second.rows("users", terms("eff:deny")).rows] == ["a"]
    assert first.read == second.read == {"users"}


def test_condition_keys_are_those_of_the_documents_that_were_read_as_they_are_written() -> None:
    documents = Documents()
    tests = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "StringEquals": {"AWS:multifactorauthpresent": "x", "s3:prefix": "a"}}
    people = [user("a", UserPolicyList=inline({**ALLOW_S3, "Condition": tests}))]
    StatementIndex(account(UserDetailList=people), documents).rows("users", terms("eff:deny"))
    assert documents.condition_keys == ("aws:MultiFactorAuthPresent", "s3:prefix")
