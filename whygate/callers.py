"""Who makes a request: users, role sessions, federated users, root, services, identity providers and nobody (R9-R12)."""

from __future__ import annotations

import re

import msgspec

from whygate import arn
from whygate.arn import Arn
from whygate.errors import UserError

ANONYMOUS = "anonymous"
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com(\.cn)?|[a-z0-9][a-z0-9.-]*\.(aws\.internal|api\.aws)")


class Caller(msgspec.Struct, frozen=True):
    """One caller.

    `kind` is `user`, `session` (of a role), `federated-user`, `root`, `service`, `provider` (during AssumeRoleWith…) or
    `anonymous`. `arn` is the ARN seen in requests, or a service or provider name. `session` is None where a role is asked
    about without naming a session. `role_arn` is the session's role with its path, None where that is not known (R10);
    `parent_arn` the user behind a federated-user session. `ids` are the present unique ids, None where they are not known.
    """

    kind: str
    arn: str
    account: str = ""
    partition: str = "aws"
    name: str = ""
    session: str | None = None
    role_arn: str | None = None
    parent_arn: str | None = None
    ids: tuple[str, ...] | None = None

    @property
    def principal_arn(self) -> str | None:
        """The value of aws:PrincipalArn (R11), or None where it is not known or there is none."""
        if self.kind == "session":
            return self.role_arn
        return self.arn if self.kind in ("user", "federated-user", "root") else None

    @property
    def is_principal(self) -> bool:
        """Whether it belongs to an account and has identity-based rights there."""
        return self.kind in ("user", "session", "federated-user", "root")

    @property
    def service_linked(self) -> bool:
        """Whether it is a session of a service-linked role (R99)."""
        return self.kind == "session" and ":role/aws-service-role/" in (self.role_arn or "")


def caller(text: str, *, role_arn: str | None = None, parent_arn: str | None = None, ids: tuple[str, ...] | None = None) -> Caller:
    """The caller that `text` names: an ARN, a service principal, `anonymous` or `*`.

    Without `role_arn` a session's role is taken to have no path; whoever has the account data passes it (R10).
    Raises `UserError` for a group, and for what names no caller.
    """
    if text in (ANONYMOUS, "*"):
        return Caller("anonymous", ANONYMOUS)
    if not text.startswith("arn:"):
        if _SERVICE.fullmatch(text):
            return Caller("service", text, name=text)
        if "." in text and re.fullmatch(r"[A-Za-z0-9.:/_-]+", text):
            return Caller("provider", text, name=text)
        raise UserError(
            f"{text!r} names no principal", todo="give an ARN, a service such as textract.amazonaws.com, or * for an anonymous caller"
        )
    parsed = arn.parse(text)
    made = _from_arn(text, parsed, role_arn, parent_arn, ids)
    if made is None:
        raise UserError(
            f"{text} is no principal that can make a request", todo="give a user, a role, a session, root, or a service principal"
        )
    return made


def _from_arn(text: str, parsed: Arn, role_arn: str | None, parent_arn: str | None, ids: tuple[str, ...] | None) -> Caller | None:
    kind, _, rest = parsed.resource.partition("/")
    account, partition = parsed.account, parsed.partition
    if parsed.service == "iam":
        if parsed.resource == "root":
            return Caller("root", text, account, partition, name="root")
        if kind == "user" and rest:
            return Caller("user", text, account, partition, name=parsed.name, ids=ids)
        if kind == "role" and rest:
            return Caller("session", text, account, partition, name=parsed.name, role_arn=text, ids=ids)
        if kind in ("oidc-provider", "saml-provider") and rest:
            return Caller("provider", text, account, partition, name=rest)
        if kind == "group":
            raise UserError(f"{text} is a group, and a group is never a principal", todo="ask about one of its members")
    if parsed.service == "sts":
        name, _, session = rest.partition("/")
        if kind == "assumed-role" and name and session:
            role = role_arn or f"arn:{parsed.partition}:iam::{parsed.account}:role/{name}"
            return Caller("session", text, account, partition, name=name, session=session, role_arn=role, ids=ids)
        if kind == "federated-user" and rest:
            return Caller("federated-user", text, account, partition, name=rest, parent_arn=parent_arn, ids=ids)
    return None
