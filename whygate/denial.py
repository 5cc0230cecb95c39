"""A denial as a value: the request that AWS refused, and what AWS said of it. `denials` reads it, `denial_answer` asks about it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


def encodable(text: str) -> str:
    """`text` with a question mark for every lone surrogate, which JSON can spell but no encoding can write."""
    return text.encode("utf-8", "replace").decode()


class Reported(msgspec.Struct, frozen=True):
    """What AWS said. `decision` is `explicitDeny`, `implicitDeny` or None where it said neither (R152). `layer` is identity, boundary,
    session, resource, scp, rcp, vpce, or one of trust, s3-bpa and s3-setting; `policy` the ARN of the policy that denied (R155), `code` the
    error code, `setting` the S3 setting that refused (R157)."""

    decision: str | None = None
    layer: str | None = None
    policy: str | None = None
    code: str | None = None
    setting: str | None = None

    @property
    def explicit(self) -> bool | None:
        return None if self.decision is None else self.decision == "explicitDeny"


class Denial(msgspec.Struct, frozen=True):
    """One refused request. What is None was not said.

    `resource` is the ARN where the text has one or one could be inferred, else the name in the text; `said_resource` is that name
    wherever the ARN is inferred. `context` holds condition keys as `question.ask` takes them. `inferred` names the parts of the request
    that the text does not say in so many words: principal, action, resource, context; `notes` say how. `origin` is `message`, `event` or
    `decoded`; `operation` the API call; `encoded` a message that only `sts:DecodeAuthorizationMessage` opens (R158). `parent_arn` and
    `credential` go into the question's options. `times` counts equal denials in one text.
    """

    text: str
    reported: Reported
    principal: str | None = None
    action: str | None = None
    resource: str | None = None
    context: Mapping[str, object] = {}
    inferred: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    encoded: str | None = None
    origin: str = "message"
    operation: str | None = None
    said_resource: str | None = None
    principal_id: str | None = None
    parent_arn: str | None = None
    credential: str = ""
    times: int = 1
