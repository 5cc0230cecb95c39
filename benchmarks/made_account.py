"""A made account export of a size, the same every time: for benchmarks, which want one much larger than the demo.

    python benchmarks/made_account.py FILE [--users 15000] [--roles 2000] [--policies 900]

Groups and policies are few and shared, as in real accounts; documents have between one and six statements.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
SERVICES = ("s3", "ec2", "iam", "logs", "dynamodb", "sqs", "sns", "lambda", "kms", "ssm", "textract", "rekognition", "cloudwatch", "ecs")
VERBS = ("Get*", "List*", "Describe*", "PutItem", "CreateTags", "DeleteObject", "Invoke*", "Update*", "*")
TEAMS = ("billing", "search", "platform", "data", "mobile", "ml", "identity", "shipping")

LARGE = {"users": 15_000, "roles": 2_000, "policies": 900}  # some 36 MB
MIDDLE = {"users": 5_000, "roles": 700, "policies": 300}  # some 12 MB


def export(*, users: int, roles: int, policies: int, seed: int = 1) -> dict[str, Any]:
    """The answer of GetAccountAuthorizationDetails for such an account."""
    dice = random.Random(seed)
    managed = [_policy(dice, number) for number in range(policies)]
    groups = [_group(dice, number, managed) for number in range(max(users // 100, 1))]
    return {
        "UserDetailList": [_user(dice, number, groups, managed) for number in range(users)],
        "GroupDetailList": groups,
        "RoleDetailList": [_role(dice, number, managed) for number in range(roles)],
        "Policies": managed,
    }


def write(path: Path, **sizes: int) -> None:
    """Such an account as a file, laid out as the AWS CLI does."""
    path.write_text(json.dumps(export(**sizes), indent=4), encoding="utf-8")


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def _id(dice: random.Random, head: str) -> str:
    return head + "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=17))


def _date(dice: random.Random) -> str:
    return f"20{dice.randint(15, 26)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:15:00+00:00"


def _document(dice: random.Random) -> dict[str, Any]:
    statements = []
    for number in range(dice.randint(1, 6)):
        service = dice.choice(SERVICES)
        statement: dict[str, Any] = {
            "Sid": f"{service.title()}{number}",
            "Effect": "Deny" if dice.random() < 0.06 else "Allow",
            "Action": [f"{service}:{verb}" for verb in dice.sample(VERBS, dice.randint(1, 5))],
            "Resource": "*" if dice.random() < 0.4 else f"arn:aws:{service}:*:{ACCOUNT}:{dice.choice(TEAMS)}/*",
        }
        if dice.random() < 0.2:
            statement["Condition"] = {"StringEquals": {"aws:RequestedRegion": dice.sample(["eu-west-1", "us-east-1", "eu-central-1"], 2)}}
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def _policy(dice: random.Random, number: int) -> dict[str, Any]:
    name = f"{dice.choice(TEAMS)}-{dice.choice(SERVICES)}-{number:04}"
    versions = [
        {"VersionId": f"v{at + 1}", "IsDefaultVersion": at == 0, "CreateDate": _date(dice), "Document": _document(dice)}
        for at in range(dice.randint(1, 4))
    ]
    return {
        "PolicyName": name,
        "PolicyId": _id(dice, "ANPA"),
        "Arn": _arn("policy", name),
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": dice.randint(0, 40),
        "IsAttachable": True,
        "CreateDate": _date(dice),
        "PolicyVersionList": versions,
    }


def _attached(dice: random.Random, managed: list[dict[str, Any]], most: int) -> list[dict[str, str]]:
    chosen = dice.sample(managed, min(dice.randint(0, most), len(managed)))
    return [{"PolicyName": one["PolicyName"], "PolicyArn": one["Arn"]} for one in chosen]


def _inline(dice: random.Random, chance: float) -> list[dict[str, Any]]:
    return [{"PolicyName": "own", "PolicyDocument": _document(dice)}] if dice.random() < chance else []


def _group(dice: random.Random, number: int, managed: list[dict[str, Any]]) -> dict[str, Any]:
    name = f"{dice.choice(TEAMS)}-{number:03}"
    return {
        "GroupName": name,
        "GroupId": _id(dice, "AGPA"),
        "Arn": _arn("group", name),
        "Path": "/",
        "CreateDate": _date(dice),
        "GroupPolicyList": _inline(dice, 0.2),
        "AttachedManagedPolicies": _attached(dice, managed, 6),
    }


def _user(dice: random.Random, number: int, groups: list[dict[str, Any]], managed: list[dict[str, Any]]) -> dict[str, Any]:
    name = f"{dice.choice(TEAMS)}.{''.join(dice.choices('aeioulmnrst', k=6))}{number:05}"
    return {
        "UserName": name,
        "UserId": _id(dice, "AIDA"),
        "Arn": _arn("user", name),
        "Path": "/",
        "CreateDate": _date(dice),
        "GroupList": [one["GroupName"] for one in dice.sample(groups, min(dice.randint(0, 4), len(groups)))],
        "UserPolicyList": _inline(dice, 0.4),
        "AttachedManagedPolicies": _attached(dice, managed, 2),
        "Tags": [{"Key": "team", "Value": dice.choice(TEAMS)}, {"Key": "cost-center", "Value": str(dice.randint(1000, 9999))}],
    }


def _role(dice: random.Random, number: int, managed: list[dict[str, Any]]) -> dict[str, Any]:
    name = f"{dice.choice(TEAMS)}-{dice.choice(SERVICES)}-runtime-{number:04}"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{dice.choice(('ec2', 'lambda', 'ecs-tasks'))}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {
        "RoleName": name,
        "RoleId": _id(dice, "AROA"),
        "Arn": _arn("role", name),
        "Path": "/",
        "CreateDate": _date(dice),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": _inline(dice, 0.6),
        "AttachedManagedPolicies": _attached(dice, managed, 5),
        "InstanceProfileList": [],
        "RoleLastUsed": {"LastUsedDate": _date(dice), "Region": "eu-west-1"} if dice.random() < 0.7 else {},
        "Tags": [{"Key": "team", "Value": dice.choice(TEAMS)}],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    for name, size in LARGE.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = vars(parser.parse_args())
    write(options.pop("file"), **options)


if __name__ == "__main__":
    main()
