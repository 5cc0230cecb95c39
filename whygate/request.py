"""One request: who asks for which action on which resource, with what context. A value; what decides about it is in `evaluate`."""

from __future__ import annotations

import msgspec

from whygate import arn
from whygate.callers import Caller
from whygate.context import Context
from whygate.logic import FALSE, TRUE, Truth, Unknown, unknown
from whygate.matching import NO_RESOURCE


class Request(msgspec.Struct, frozen=True):
    """`resource` is an ARN, or `*` for a call that has none. `resource_account` is its owner, None where that is not known.
    `any_resource` says that no resource was named though the call takes one: `resource` then is a pattern for all of them.
    `credential` is what the caller signs with, where that is said (R14)."""

    caller: Caller
    action: str
    resource: str
    resource_account: str | None
    context: Context
    any_resource: bool = False
    credential: str = ""

    @property
    def service(self) -> str:
        return self.action.split(":", 1)[0].lower()

    @property
    def same_account(self) -> Truth:
        """Whether caller and resource belong to one account (R15); without a resource they do."""
        if self.resource == NO_RESOURCE:
            return TRUE
        if self.resource_account is None:
            return unknown(Unknown("owner", self.resource, "the ARN names no account, and the resource is not in the data"))
        return TRUE if self.resource_account == self.caller.account else FALSE

    def is_action(self, *names: str) -> bool:
        return self.action.lower() in {name.lower() for name in names}


def owner(resource: str, caller: Caller) -> str | None:
    """The account in the resource's ARN; the caller's for a call without a resource; None where the ARN leaves it out (R15)."""
    if resource == NO_RESOURCE:
        return caller.account or None
    account = arn.account_of(resource)
    return account if account and account != "aws" and "*" not in account and "?" not in account else None
