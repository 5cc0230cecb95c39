"""A question for AWS's own policy simulator, and its answer, as values. Who asks it is an adapter; what the answer means is in
`second_opinion`."""

from __future__ import annotations

from typing import Literal

import msgspec


class ContextEntry(msgspec.Struct, frozen=True):
    """A condition key with its values; `type` is one that iam:SimulatePrincipalPolicy takes: string, stringList, numeric, date …"""

    key: str
    values: tuple[str, ...]
    type: str = "string"


class Asked(msgspec.Struct, frozen=True):
    """What the simulator is asked: `principal` is the ARN of a user or a role, `resource` an ARN or `*`."""

    principal: str
    action: str
    resource: str
    context: tuple[ContextEntry, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """The policy of a statement that decided, as AWS names it."""

    policy: str
    type: str = ""


class Opinion(msgspec.Struct, frozen=True):
    """What the simulator said: `missing` are condition keys that it had no value for; `organizations`
    and `boundary` whether SCPs and the boundary let it pass, None where it does not say."""

    decision: Literal["allowed", "explicitDeny", "implicitDeny"]
    statements: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
    organizations: bool | None = None
    boundary: bool | None = None
