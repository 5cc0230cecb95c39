"""An account in which every text that somebody could write drives a terminal, hides, or looks like markup; and the program over it."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

CLIPBOARD = "\x1b]52;c;SE9TVElMRQ==\x07"
TITLE = "\x1b]0;HOSTILE\x1b\\"
PASSED_ON = "\x1bPtmux;\x1b\x1b]52;c;SE9TVElMRQ==\x07\x1b\\"
APPLICATION = "\x1b_HOSTILE\x1b\\\x1b^HOSTILE\x1b\\"
MODE = "\x1b[?1049l\x1b[2J\x1bc"
EIGHT_BIT = "\x9b31mHOSTILE\x9c\x9d52;c;SE9TVElMRQ==\x9c\x90HOSTILE\x9c\x85"
MOVING = "\r\n\t\x08\x7f\x0e"
HIDDEN = "\u202egnp.exe\u2066\u200b\u2028\ufeff\U000e0041"
MARKUP = "[/foo][@click=app.quit()]x[/]"
TABLE = "`|<b>*x*[y](z)\\"
ESCAPES = f"{CLIPBOARD}{TITLE}{PASSED_ON}{APPLICATION}{MODE}{EIGHT_BIT}{MOVING}{HIDDEN}"
HOSTILE = f"\x1b]0;{MARKUP}\x07\x9b{ESCAPES}{TABLE}"
SHOWN = ("\\x1b]0;[", "\\u001b]0;[", "\\x9b")
"""How the beginning of it reads once it is visible, on a line and in a document; a document holds what no JSON needs to escape."""

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/{HOSTILE}"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/{HOSTILE}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{HOSTILE}"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/{HOSTILE}"
BROKEN = f"arn:aws:iam::{ACCOUNT}:policy/Broken"
BUCKET = f"arn:aws:s3:::{HOSTILE.replace('*', '').replace('?', '')}"  # with those it would be a pattern
ACTION = "s3:GetObject"
EVENT = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "arn": USER, "accountId": ACCOUNT, "userName": HOSTILE},
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "errorCode": "AccessDenied",
    "errorMessage": f"User: {USER} is not authorized to perform: s3:GetObject on resource: {BUCKET} because {HOSTILE}",
    "requestParameters": {HOSTILE: HOSTILE, "bucketName": HOSTILE},
    "userAgent": HOSTILE,
    "sourceIPAddress": HOSTILE,
}
"""A denial that can be pasted as it is: what a terminal would not let through is escaped in JSON."""


def statement(**more: Any) -> dict[str, Any]:
    return {
        "Sid": HOSTILE,
        "Effect": "Allow",
        "Action": ["s3:Get*", f"s3:{HOSTILE}"],
        "Resource": [f"{BUCKET}/*", "*", ROLE],
        "Condition": {"StringEquals": {f"aws:PrincipalTag/{HOSTILE}": HOSTILE, "aws:RequestedRegion": HOSTILE}},
        **more,
    }


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Id": HOSTILE, "Statement": list(statements) or [statement()]}


def account() -> dict[str, Any]:
    tags = [{"Key": HOSTILE, "Value": HOSTILE}]
    inline = [{"PolicyName": HOSTILE, "PolicyDocument": policy(statement(), statement(Effect="Deny"))}]
    on_bucket = policy(statement(Principal="*", Action="s3:*", Resource=[BUCKET, f"{BUCKET}/*"]))  # IAM refuses such a Sid, S3 does not
    trust = policy(statement(Principal={"AWS": [HOSTILE, USER], "Service": HOSTILE, "Federated": HOSTILE}, Action="sts:AssumeRole"))
    attached = [{"PolicyName": HOSTILE, "PolicyArn": POLICY}, {"PolicyName": "Broken", "PolicyArn": BROKEN}]
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": POLICY}
    versions = [
        {"VersionId": f"v2{HOSTILE}", "IsDefaultVersion": True, "Document": policy(), "CreateDate": HOSTILE},
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": policy(statement(Sid=f"other {HOSTILE}")), "CreateDate": HOSTILE},
    ]
    malformed = {"Version": HOSTILE, "Statement": [{"Effect": HOSTILE, "Action": HOSTILE, HOSTILE: HOSTILE}], HOSTILE: HOSTILE}
    broken = [{"VersionId": "v1", "IsDefaultVersion": True, "Document": malformed}]
    return {
        "Account": {"Id": ACCOUNT, "Alias": HOSTILE},
        "Source": {"Adapter": "test", "Origin": HOSTILE, "CollectedAt": "2026-11-01T00:00:00Z"},
        "UserDetailList": [
            {
                "UserName": HOSTILE,
                "UserId": HOSTILE,
                "Path": f"/{HOSTILE}/",
                "Arn": USER,
                "GroupList": [HOSTILE],
                "UserPolicyList": inline,
                "AttachedManagedPolicies": attached,
                "PermissionsBoundary": boundary,
                "Tags": tags,
                "CreateDate": HOSTILE,
            }
        ],
        "GroupDetailList": [{"GroupName": HOSTILE, "Arn": GROUP, "GroupPolicyList": inline, "AttachedManagedPolicies": attached}],
        "RoleDetailList": [
            {
                "RoleName": HOSTILE,
                "Arn": ROLE,
                "Description": HOSTILE,
                "AssumeRolePolicyDocument": trust,
                "RolePolicyList": inline,
                "PermissionsBoundary": boundary,
                "Tags": tags,
                "RoleLastUsed": {"LastUsedDate": HOSTILE, "Region": HOSTILE},
            }
        ],
        "Policies": [
            {
                "PolicyName": HOSTILE,
                "Arn": POLICY,
                "Description": HOSTILE,
                "DefaultVersionId": f"v2{HOSTILE}",
                "PolicyVersionList": versions,
            },
            {"PolicyName": "Broken", "Arn": BROKEN, "DefaultVersionId": "v1", "PolicyVersionList": broken},
        ],
        "Resources": [{"Arn": BUCKET, "Type": "s3:bucket", "Name": HOSTILE, "Tags": tags, "Policy": on_bucket, "Account": ACCOUNT}],
        "AccessKeys": [{"UserName": HOSTILE, "AccessKeyId": f"AKIA{HOSTILE}", "Status": HOSTILE, "LastUsedService": HOSTILE}],
        "Coverage": [{"Part": HOSTILE, "Status": "failed", "Region": HOSTILE, "Detail": HOSTILE}],
        "Questions": [{"Title": HOSTILE, "Principal": USER, "Action": ACTION, "Resource": BUCKET}],
    }


def written(folder: Path) -> Path:
    """The account as a file. What JSON lets stand as it is stands as it is."""
    path = folder / "account.json"
    path.write_text(json.dumps(account(), ensure_ascii=False))
    return path


def installed(folder: Path) -> dict[str, str]:
    """An environment in which the program's adapters are found, whether or not it is installed: the entry points that pyproject.toml
    names, as an installation would write them down."""
    project = Path(__file__).parent.parent
    points = tomllib.loads((project / "pyproject.toml").read_text())["project"]["entry-points"]["whygate.adapters"]
    information = folder / "installed" / "whygate-0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: whygate\nVersion: 0\n")
    names = "".join(f"{name} = {value}\n" for name, value in points.items())
    (information / "entry_points.txt").write_text(f"[whygate.adapters]\n{names}")
    return {"PYTHONPATH": os.pathsep.join([str(project), str(information.parent), *sys.path])}
