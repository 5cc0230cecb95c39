"""AWS's own opinion on a question: iam SimulatePrincipalPolicy, which decides without doing anything. What it leaves out is not known
here; it is asked with the policies that AWS has now, whatever a snapshot holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.aws.pull import everywhere
from adapters.aws.session import Calls, Connection, FailedError, RefusedError
from whygate.errors import UserError
from whygate.text import visible

_ABSENT = ("NoSuchEntity",)
_LESS = "ask without the second opinion"


def ask(connection: Connection, source: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The decision on `question` (`principal`, `action`, `resource`, `context`) with what AWS tells of its reasons. Raises `UserError`."""
    calls = Calls(connection, "iam", everywhere(connection), "")
    where = visible(source)
    parameters = {
        "PolicySourceArn": question["principal"],
        "ActionNames": [question["action"]],
        "ResourceArns": [question["resource"]],
        "ContextEntries": [
            {"ContextKeyName": entry["key"], "ContextKeyValues": list(entry["values"]), "ContextKeyType": entry["type"]}
            for entry in question["context"]
        ],
    }
    try:
        pages = list(calls.whole_pages("SimulatePrincipalPolicy", _ABSENT, **parameters))
    except RefusedError as refused:
        todo = f"have {refused.action} allowed (`whygate policy --verify` prints it), or {_LESS}"
        raise UserError(f"the second opinion is not permitted: {refused.action}", where=where, todo=todo) from None
    except FailedError as failed:
        raise UserError(f"AWS gave no second opinion: {failed.reason}", where=where, todo=f"try again, or {_LESS}") from None
    if not pages:
        what = f"AWS has no {visible(str(question['principal']))} in the account of these credentials"
        raise UserError(what, where=where, todo=f"collect it anew with --refresh, or {_LESS}")
    results = [result for page in pages for result in page.get("EvaluationResults") or ()]
    if not results:
        raise UserError("AWS gave no second opinion: the answer is empty", where=where, todo=f"try again, or {_LESS}")
    return _opinion(results[0], str(question["resource"]))


def _opinion(result: Mapping[str, Any], resource: str) -> dict[str, Any]:
    """The part on this resource where there is one: the one above it may name a pattern for all resources of the kind."""
    specific: Mapping[str, Any] = next(
        (one for one in result.get("ResourceSpecificResults") or () if one.get("EvalResourceName") == resource), {}
    )
    boundary = specific.get("PermissionsBoundaryDecisionDetail") or result.get("PermissionsBoundaryDecisionDetail") or {}
    return {
        "decision": specific.get("EvalResourceDecision") or result["EvalDecision"],
        "statements": [
            {"policy": one.get("SourcePolicyId") or "", "type": one.get("SourcePolicyType") or ""}
            for one in specific.get("MatchedStatements", result.get("MatchedStatements")) or ()
        ],
        "missing": list(specific.get("MissingContextValues", result.get("MissingContextValues")) or ()),
        "organizations": (result.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations"),
        "boundary": boundary.get("AllowedByPermissionsBoundary"),
    }
