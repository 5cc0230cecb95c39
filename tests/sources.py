"""Registers the adapters that ship with whygate for a test in this process, whatever the installation under test knows of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters import points, registry
from whygate.errors import UserError
from whygate.question import ask
from whygate.snapshot import Snapshot

POINTS = {
    "api": "adapters.api_answers:ApiAnswersAdapter",
    "config": "adapters.config_items:ConfigItemsAdapter",
    "credential-report": "adapters.credential_report:CredentialReportAdapter",
    "demo": "adapters.demo:DemoAdapter",
    "export": "adapters.export:ExportAdapter",
    "folder": "adapters.folder:FolderAdapter",
    "iam-collect": "adapters.iam_collect:IamCollectAdapter",
    "organizations": "adapters.organizations:OrganizationsAdapter",
}
HOME = "111122223333"
AWAY = "444455556666"


def register(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """Entry points as an installation of whygate has them, and those of `more`."""
    found = [points.Point(name, value) for name, value in {**POINTS, **more}.items()]
    monkeypatch.setattr(points, "installed", lambda: found)


def policy(
    *statements: dict[str, Any], effect: str = "Allow", action: Any = "textract:*", resource: Any = "*", **more: Any
) -> dict[str, Any]:
    """A policy document of the statements, or of one."""
    return {"Version": "2012-10-17", "Statement": list(statements) or [{"Effect": effect, "Action": action, "Resource": resource, **more}]}


def export(account: str = HOME, user: str = "ana", inline: Any = None, **more: Any) -> dict[str, Any]:
    """An account export with one user and one inline policy."""
    policies = [] if inline is None else [{"PolicyName": "own", "PolicyDocument": inline}]
    person = {"UserName": user, "Arn": f"arn:aws:iam::{account}:user/{user}", "UserPolicyList": policies, "GroupList": []}
    return {"UserDetailList": [person], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], **more}


def verdict(snapshot: Snapshot, principal: str, action: str, resource: str = "", **context: object) -> str:
    """The answer in one word."""
    return ask(snapshot, principal, action, resource, context).verdict


def refused(source: Path) -> str:
    """The one line with which a source is refused."""
    with pytest.raises(UserError) as caught:
        registry.load(str(source))
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.todo
    return line
