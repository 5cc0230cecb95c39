"""One statement against one request: does it apply, and which element fails first in AWS's order (R7, R19)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from whygate import conditions, matching, principals
from whygate.logic import FALSE, TRUE, Truth, Unknown, all_of, any_of, known, unknown
from whygate.policies import Held
from whygate.policy import Statement
from whygate.request import Request

_WITH_PRINCIPAL = ("resource", "trust", "rcp", "vpce")


class Match(msgspec.Struct, frozen=True):
    """How a statement fared: whether it applies; the first element that failed, or is unknown where none failed (empty where all
    hold); and for an Allow in a policy with principals how certain each grade is (R36)."""

    held: Held
    statement: Statement
    applies: Truth
    element: str
    grades: dict[str, Truth]


class Layered(msgspec.Struct, frozen=True):
    """The policies of one layer, or of one level of it, taken together (R82): OR over Deny, OR over Allow."""

    deny: Truth
    allow: Truth
    matches: tuple[Match, ...]
    doubts: tuple[Unknown, ...] = ()

    def granted(self, grade: str) -> Truth:
        """Whether an Allow matches with that grade; a document that cannot be read may grant any (R83)."""
        doubt = [unknown(reason) for reason in self.doubts]
        return any_of([*(match.grades[grade] for match in self.matches if grade in match.grades), *doubt])


def together(policies: tuple[Held, ...], request: Request, has_boundary: Truth, missing: tuple[Unknown, ...] = ()) -> Layered:
    """Every statement of `policies` against the request. A malformed, unreadable or missing document may say anything (R53)."""
    matches: list[Match] = []
    doubts = list(missing)
    for held in policies:
        if held.problem:
            doubts.append(Unknown("policy", held.arn or held.label, held.problem))
            continue
        policy = held.policy
        for statement in policy.statements:
            matches.append(match(held, statement, request, has_boundary, variable=policy.variables))
    unsure = [unknown(reason) for reason in doubts]
    return Layered(
        deny=any_of([*(item.applies for item in matches if item.statement.effect == "Deny"), *unsure]),
        allow=any_of([*(item.applies for item in matches if item.statement.effect == "Allow"), *unsure]),
        matches=tuple(matches),
        doubts=tuple(doubts),
    )


def match(held: Held, statement: Statement, request: Request, has_boundary: Truth, *, variable: bool) -> Match:
    """One statement: principal, then action, resource, condition; a later failure counts where an earlier element is only unknown.

    `variable` says whether `${…}` is a variable in this document (R43).
    """
    grades: dict[str, Truth] = {}
    if held.kind in _WITH_PRINCIPAL and statement.principals is not None and not statement.not_principal:
        grades = principals.grades(statement.principals, request.caller)
    outcomes: list[tuple[str, Truth]] = []
    for element, truth in _elements(held, statement, request, has_boundary, grades, variable):
        if truth.value is False:
            return Match(held, statement, FALSE, element, {})
        outcomes.append((element, truth))
    applies = all_of(truth for _, truth in outcomes)
    undecided = next((element for element, truth in outcomes if truth.value is None), "")
    by_grade = {}
    if statement.effect == "Allow":
        others = all_of(truth for element, truth in outcomes if element != "principal")
        by_grade = {grade: all_of([truth, others]) for grade, truth in grades.items()}
    return Match(held, statement, applies, undecided, by_grade)


def _elements(
    held: Held, statement: Statement, request: Request, has_boundary: Truth, grades: dict[str, Truth], variable: bool
) -> Iterator[tuple[str, Truth]]:
    if held.kind in _WITH_PRINCIPAL and statement.principals is not None:
        if statement.not_principal:
            yield "principal", principals.not_principal_denies(statement.principals, request.caller, has_boundary)
        else:
            yield "principal", any_of(grades.values())
    yield "action", known(matching.actions_match(statement.actions, statement.not_action, request.action))
    yield "resource", resource_applies(held, statement, request, variable=variable)
    yield "condition", conditions.evaluate(statement.tests, request.context, variable=variable)


def resource_applies(held: Held, statement: Statement, request: Request, *, variable: bool) -> Truth:
    """The Resource element; where there is none the resource that the policy sits on is meant (R34, R46)."""
    if statement.resources is None:
        return TRUE
    truth = matching.resources_match(
        statement.resources,
        statement.not_resource,
        request.resource,
        request.context,
        variable=variable,
        kind=held.grammar,
        action=request.action,
    )
    # Asked about a pattern, an Allow must cover all of it (R112); asked without naming a resource, it hangs on which one.
    if (
        truth.value is None
        and statement.effect == "Allow"
        and not request.any_resource
        and all(reason.kind == "resource" for reason in truth.unknowns)
    ):
        return FALSE
    return truth
