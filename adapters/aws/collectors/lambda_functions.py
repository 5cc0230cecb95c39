"""Lambda functions with their resource-based policy and tags. Their code and environment are not asked for, nor policies of aliases."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found, document
from adapters.aws.session import Calls

PART = "lambda:function"


def collect(calls: Calls, found: Found) -> None:
    for function in found.listing(PART, calls.pages("ListFunctions", "Functions")):
        arn = function["FunctionArn"]
        policy = found.detail(PART, _policy, calls, arn)
        tags = found.detail(PART, calls.field, "ListTags", "Tags", Resource=arn)
        found.resource(PART, arn, function.get("FunctionName") or arn, tags=tags, policy=policy, details={"Role": function.get("Role")})


def _policy(calls: Calls, arn: str) -> object:
    answer = calls.ask_unless(("ResourceNotFoundException",), "GetPolicy", FunctionName=arn)
    return document((answer or {}).get("Policy"))


COLLECTOR = Collector("lambda", (PART,), collect)
