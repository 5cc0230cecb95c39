"""Who asks, read from the row (R9, R10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from second.three import NotSaidError


@dataclass(frozen=True)
class Who:
    """`kind` is user, session, fed, root, service, provider or anonymous."""

    kind: str
    arn: str
    account: str = ""
    partition: str = "aws"
    name: str = ""
    session: str = ""
    role: str = ""
    parent: str | None = None
    ids: tuple[str, ...] | None = None

    @property
    def in_account(self) -> bool:
        return self.kind in ("user", "session", "fed", "root")

    @property
    def service_linked(self) -> bool:
        """R99: the path of the role tells."""
        return self.kind == "session" and ":role/aws-service-role/" in self.role


def read(row: dict[str, Any]) -> Who:
    text = row["caller"]
    ids = tuple(row["ids"]) if "ids" in row else None
    if text == "anonymous":
        return Who("anonymous", text)
    if not text.startswith("arn:"):
        federated = row.get("action", "").lower().startswith("sts:assumerolewith")
        kind = "service" if text.endswith(".amazonaws.com") and not federated else "provider"
        return Who(kind, text, name=text)
    _, partition, service, _, account, rest = text.split(":", 5)
    word, _, name = rest.partition("/")
    if rest == "root":
        return Who("root", text, account, partition)
    if word == "user":
        return Who("user", text, account, partition, name.rsplit("/", 1)[-1], ids=ids)
    if word.endswith("-provider"):
        return Who("provider", text, account, partition, name)
    if service == "sts" and word == "federated-user":
        return Who("fed", text, account, partition, name, parent=row.get("parent_arn"), ids=ids)
    if service == "sts" and word == "assumed-role":
        role_name, _, session = name.partition("/")
        role = row.get("role_arn") or f"arn:{partition}:iam::{account}:role/{role_name}"
        return Who("session", text, account, partition, role_name, session, role, ids=ids)
    raise NotSaidError(f"{text} is no caller by itself (R9)")
