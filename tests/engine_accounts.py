"""Small accounts for the tests of the engine: a snapshot from a few keywords, and statements without their ceremony."""

from __future__ import annotations

import json
from typing import Any

from whygate import derive
from whygate.callers import caller
from whygate.document import decode
from whygate.evaluate import Verdict, evaluate
from whygate.layers import Layers
from whygate.layers import of as layer_of
from whygate.policies import given
from whygate.request import Request, owner
from whygate.snapshot import Snapshot, build

HOME = "222233334444"
AWAY = "555566667777"
MIA = f"arn:aws:iam::{HOME}:user/mia"
SCAN = f"arn:aws:iam::{HOME}:role/ocr/Scan"
RUN = f"arn:aws:sts::{HOME}:assumed-role/Scan/run1"
ADAPTER = f"arn:aws:textract:eu-west-1:{HOME}:/adapters/ab12"


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def inline(*documents: Any) -> list[dict[str, Any]]:
    return [{"PolicyName": f"p{number}", "PolicyDocument": item} for number, item in enumerate(documents, 1)]


def user(name: str = "mia", *documents: Any, **more: Any) -> dict[str, Any]:
    return {"UserName": name, "Arn": f"arn:aws:iam::{HOME}:user/{name}", "Path": "/", "UserPolicyList": inline(*documents), **more}


def group(name: str, *documents: Any, **more: Any) -> dict[str, Any]:
    return {"GroupName": name, "Arn": f"arn:aws:iam::{HOME}:group/{name}", "Path": "/", "GroupPolicyList": inline(*documents), **more}


def role(name: str = "Scan", *documents: Any, path: str = "/ocr/", trust: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{HOME}:role{path}{name}",
        "Path": path,
        "RolePolicyList": inline(*documents),
        "AssumeRolePolicyDocument": trust or document({"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sts:AssumeRole"}),
        **more,
    }


def managed(name: str, *versions: Any, in_force: int = 0) -> dict[str, Any]:
    listed = [
        {"VersionId": f"v{number + 1}", "IsDefaultVersion": number == in_force, "Document": item} for number, item in enumerate(versions)
    ]
    return {
        "PolicyName": name,
        "Arn": policy_arn(name),
        "DefaultVersionId": f"v{in_force + 1}",
        "PolicyVersionList": listed,
    }


def policy_arn(name: str) -> str:
    return f"arn:aws:iam::{HOME}:policy/{name}"


def attached(*names: str) -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyArn": policy_arn(name)} for name in names]


def account(
    users: list[Any] | None = None,
    groups: list[Any] | None = None,
    roles: list[Any] | None = None,
    policies: list[Any] | None = None,
    **more: Any,
) -> Snapshot:
    """A collected account without SCPs and RCPs, unless `more` says otherwise; None as a value leaves a key out."""
    whole = {
        "Account": {"Id": HOME},
        "UserDetailList": users or [],
        "GroupDetailList": groups or [],
        "RoleDetailList": roles or [],
        "Policies": policies or [],
        "ServiceControlPolicies": [],
        "ResourceControlPolicies": [],
        **more,
    }
    return build(decode(json.dumps({key: value for key, value in whole.items() if value is not None}).encode()))


def decide(
    identity: Any,
    action: str,
    target: str = "*",
    /,
    *,
    who: str = MIA,
    ctx: dict[str, object] | None = None,
    owned_by: str | None = None,
    **layers: Any,
) -> Verdict:
    """A verdict from layers alone, without an account; `layers` are those of `Layers`, ready made."""
    asker = caller(who, role_arn=SCAN if "assumed-role" in who else None)
    holder = owned_by or owner(target, asker)
    context = derive.context(derive.Facts(asker, action, target, holder), ctx or {})
    held = layer_of("identity", (given(identity, "inline", "own"),))
    return evaluate(Request(asker, action, target, holder, context), Layers(identity=held, **layers))
