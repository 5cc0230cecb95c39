"""The `fact` rows of the shared reference that a function of the engine answers. Skips where the reference is not beside this checkout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import vector_format
from engine_accounts import ADAPTER, HOME, MIA, account, attached, decide, document, group, managed, user
from vector_format import Vector

from whygate import catalogue, derive
from whygate import layers as layering
from whygate.callers import caller
from whygate.context import is_multivalued
from whygate.explain import explain
from whygate.logic import FALSE
from whygate.policies import given
from whygate.question import ask
from whygate.statements import match


def _renamed(value: Any) -> Any:
    """The accounts and users of the reference are read as those of `engine_accounts`, so that one account serves all."""
    if isinstance(value, str):
        return value.replace("111122223333", HOME)
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    return {key: _renamed(item) for key, item in value.items()} if isinstance(value, dict) else value


def first_failed_element(row: Vector) -> None:
    action, resource = row["request"]
    request = vector_format.request_of({"caller": MIA, "action": action, "resource": resource, "resource_account": HOME})
    held = given([row["statement"]], "inline", "p")
    assert match(held, held.policy.statements[0], request, FALSE, variable=held.policy.variables).element == row["first_failed"]


def assumed_keys(row: Vector) -> None:
    facts = derive.Facts(caller(MIA), "textract:GetAdapter", ADAPTER, HOME, assume=True, now=datetime(2026, 3, 1, tzinfo=UTC))
    context = derive.context(facts, {})
    for key in row["assumable"]:
        assert (context.get(key).state, "assumed" in context.get(key).origin) == ("present", True), key
    assert {context.get(key).state for key in row["never_assumed"]} <= {"unknown", "absent"}


def policy_that_is_attached_but_not_there(row: Vector) -> None:
    held = {"AttachedManagedPolicies": [{"PolicyName": "gone", "PolicyArn": row["attached"]}]}
    verdict = ask(account([user("mia", **held)]), "mia", "textract:AnalyzeID")
    assert verdict.verdict == row["verdict_if_nothing_else_allows"]
    assert [item.name for item in verdict.unknowns] == [row["attached"]]


def version_in_force(row: Vector) -> None:
    position = [item["IsDefaultVersion"] for item in row["versions"]].index(True)
    assert row["versions"][position]["VersionId"] == row["in_force"]
    documents = [document({"Effect": effect, "Action": "*", "Resource": "*"}) for effect in ("Deny", "Allow")]
    snapshot = account([user("mia", AttachedManagedPolicies=attached("edge"))], policies=[managed("edge", *documents, in_force=position)])
    assert ask(snapshot, "mia", "textract:AnalyzeID").verdict == "allowed"


def malformed_beside_good(row: Vector) -> None:
    snapshot = account([user("mia", *row["identity_policies"])])
    assert ask(snapshot, "mia", row["action"], row["resource"]).verdict == row["verdict"]


def multivalued_keys(row: Vector) -> None:
    assert is_multivalued(row["key"]) is row["multivalued"]


def group_members(row: Vector) -> None:
    named = row["group"]
    documents = [item["PolicyDocument"] for item in named["GroupPolicyList"]]
    snapshot = account(
        [user(row["user"]["UserName"], GroupList=row["user"]["GroupList"])], [group(named["GroupName"], *documents), group("others")]
    )
    assert ask(snapshot, row["user"]["UserName"], row["action"], row["resource"]).verdict == row["verdict"]


def block_public_access(row: Vector) -> None:
    verdict = decide(
        row["identity"],
        "s3:GetObject",
        "arn:aws:s3:::docs/a",
        who=row["caller"],
        owned_by=row["owner"],
        resource=layering.of("resource", (given(row["resource_policy"], "resource", "bucket"),)),
        public_access=row["restrict_public_buckets"],
    )
    assert verdict.verdict == row["verdict"]
    assert "Block Public Access" in explain(verdict).reason


def pattern_as_resource(row: Vector) -> None:
    assert decide(row["identity"], *row["question"], owned_by=HOME).verdict == row["verdict"]


def resource_types(row: Vector) -> None:
    found = catalogue.action(row["action"])
    assert found is not None
    assert [use.type for use in found.resources if use.required] == row["required"]
    assert [use.type for use in found.resources if not use.required] == row["optional"]


def unknown_action(row: Vector) -> None:
    assert (catalogue.action(row["action"]) is not None) is row["known"]


def textract_adapters_in_analysis_calls(row: Vector) -> None:
    snapshot = account([user("mia", document(*row["identity"]))])
    for adapter in row["adapters"]:
        assert ask(snapshot, "mia", row["call"], adapter).verdict == row["verdict"]


CHECKS: dict[str, Callable[[Vector], None]] = {
    "R7": first_failed_element,
    "R8": assumed_keys,
    "R53": malformed_beside_good,
    "R70": multivalued_keys,
    "R108": group_members,
    "R110": block_public_access,
    "R112": pattern_as_resource,
    "R122": resource_types,
    "R123": unknown_action,
    "R133": textract_adapters_in_analysis_calls,
}
BY_FIELD: dict[str, Callable[[Vector], None]] = {"attached": policy_that_is_attached_but_not_there, "versions": version_in_force}


def _check(row: Vector) -> Callable[[Vector], None] | None:
    return CHECKS.get(row["r"]) or next((check for field, check in BY_FIELD.items() if field in row), None)


_FACTS = [(name, _renamed(row)) for name, row in vector_format.numbered(vector_format.of_reference()) if row["t"] == "fact" and _check(row)]


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in _FACTS])
def test_the_engine_agrees_with_a_fact_of_the_reference(row: Vector) -> None:
    check = _check(row)
    assert check is not None
    check(row)


@pytest.mark.skipif(not vector_format.of_reference(), reason="the shared reference is not beside this checkout")
def test_no_check_of_a_fact_has_lost_its_row() -> None:
    checked = {_check(row) for _, row in _FACTS}
    assert checked == {*CHECKS.values(), *BY_FIELD.values()}
