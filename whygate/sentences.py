"""What a statement, a condition and a layer say about a request, in plain sentences. Text only; the data is put together in `explain`."""

from __future__ import annotations

from whygate import catalogue, conditions, matching, variables
from whygate.arn import split
from whygate.layers import NAMES
from whygate.logic import Unknown
from whygate.matching import NO_RESOURCE
from whygate.policy import ConditionTest, Statement
from whygate.request import Request
from whygate.statements import Match
from whygate.text import count


def some(values: tuple[str, ...], most: int = 2) -> str:
    """The first values, and how many more there are."""
    shown = ", ".join(values[:most]) if values else "nothing"
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"


def place(match: Match) -> str:
    """`TextractUse statement 2 (group ocr)`: a statement as sentences name it."""
    return statement_place(match.held.name, match.statement, match.held.through)


def statement_place(policy: str, statement: Statement, through: str) -> str:
    label = f"statement {statement.sid}" if statement.sid else statement.label
    return f"{policy} {label}" + (f" (group {through})" if through else "")


def reason(match: Match, request: Request) -> str:
    """Why the statement applies, does not, or hangs on something."""
    if match.applies.value is True:
        return "denies it" if match.statement.effect == "Deny" else "allows it"
    told = {"principal": _principal, "action": _action, "resource": _resource, "condition": _condition}[match.element or "action"]
    return told(match, request)


def _principal(match: Match, request: Request) -> str:
    named = some(tuple(text for _, text in match.statement.principals or ()))
    if match.applies.value is None:
        return "; ".join(unknown(item) for item in match.applies.unknowns) or "whether it names the caller is not known"
    if match.statement.not_principal:
        return f"for all but {named}, and the caller is listed"
    return f"names {named}, not {request.caller.arn}"


def _action(match: Match, request: Request) -> str:
    statement = match.statement
    if statement.not_action:
        hit = next((pattern for pattern in statement.actions if matching.action_matches(pattern, request.action)), "")
        return f"for every action but {hit or some(statement.actions)}, and this is one"
    own = tuple(pattern for pattern in statement.actions if pattern.split(":", 1)[0].lower() == request.service)
    if own:
        return f"for {some(own)}, not {request.action.split(':', 1)[1]}"
    services = tuple(dict.fromkeys(pattern.split(":", 1)[0] for pattern in statement.actions))
    return f"for {some(services, 3)}: another service" if len(services) == 1 else f"for {some(services, 3)}: other services"


def _resource(match: Match, request: Request) -> str:
    statement = match.statement
    patterns = statement.resources or ()
    if match.applies.value is None:
        return _hangs(match) or f"for {some(patterns)}"
    if statement.not_resource:
        return f"for everything but {some(patterns)}, and this is there"
    if request.resource == NO_RESOURCE:
        known = catalogue.action(request.action)
        if known is None or known.wildcard_only:
            return f"only for {some(patterns, 1)}: {request.action.split(':', 1)[1]} has no resource, so only * matches"
        return f"only for {some(patterns, 1)}, and the question names no resource"
    absent = next((key for pattern in patterns for key in [matching.absent_variable(pattern, request.context)] if key), "")
    if absent:
        return f"for {some(patterns)}, but the request has no {absent}"
    return f"for {_closest(patterns, request.resource)}, not {request.resource}"


def _closest(patterns: tuple[str, ...], resource: str) -> str:
    """The patterns, the one for the same service and kind of thing first."""
    asked = split(resource)

    def likeness(pattern: str) -> int:
        mine = split(pattern)
        if mine is None or asked is None:
            return 2
        return 0 if (mine.service, mine.kind) == (asked.service, asked.kind) else 1 if mine.service == asked.service else 2

    return some(tuple(sorted(patterns, key=likeness)))


def _condition(match: Match, request: Request) -> str:
    variable = match.held.policy.variables
    wanted = None if match.applies.value is None else False
    for item in match.statement.tests:
        if conditions.holds(item, request.context, variable=variable).value is wanted:
            return condition(item, request, variable=variable)
    return "a condition does not hold"


def _hangs(match: Match) -> str:
    return "hangs on " + ", ".join(dict.fromkeys(item.name if item.kind == "context" else unknown(item) for item in match.applies.unknowns))


def condition(item: ConditionTest, request: Request, *, variable: bool) -> str:
    """One test of a condition: the operator, what the policy wants after its variables are filled in, and what the request has."""
    value = request.context.get(item.key)
    wanted = tuple(
        variables.shown(variables.expand(text, request.context, variables=variable, wildcards=True)) or text for text in item.values
    )
    has = {"absent": "the request has none", "unknown": "which is not known"}.get(value.state, f"the request has {some(value.values)}")
    result = conditions.holds(item, request.context, variable=variable)
    rule = next((reason.detail for reason in result.unknowns if reason.kind == "rule"), "")
    lead = f"hangs on {item.key}" if result.value is None else item.key
    return f"{lead}: {item.operator} {some(wanted)}, {rule or has}"


def layer_name(layer: str) -> str:
    """A layer as sentences call it: SCPs, the permissions boundary."""
    return NAMES.get(layer, layer)


def unknown(item: Unknown) -> str:
    """What was not known, as a reader would say it."""
    if item.kind == "context":
        return item.name
    if item.kind == "layer":
        return f"{layer_name(item.name)}{f' ({item.detail})' if item.detail else ''}"
    if item.kind == "owner":
        return f"which account owns {item.name}"
    if item.kind == "resource" and item.detail:
        return f"which of {item.name} it is (only a part of them is covered, R112)"
    if item.kind == "policy":
        return f"{item.name} ({item.detail})"
    if item.kind == "rule":
        return f"{item.detail} ({item.name})"
    return f"{item.detail} ({item.name})" if item.detail else item.name


def statements(number: int) -> str:
    return count(number, "statement")
