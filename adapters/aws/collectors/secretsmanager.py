"""Secrets Manager: names, tags and policies of secrets. What is in a secret is never asked for."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found
from adapters.aws.session import Calls

PART = "secretsmanager:Secret"


def collect(calls: Calls, found: Found) -> None:
    for secret in found.listing(PART, calls.pages("ListSecrets", "SecretList")):
        arn = secret["ARN"]
        policy = found.detail(PART, calls.field, "GetResourcePolicy", "ResourcePolicy", SecretId=arn)
        rotation = secret.get("RotationEnabled")
        details = None if rotation is None else {"RotationEnabled": rotation}
        found.resource(PART, arn, secret.get("Name") or arn, tags=secret.get("Tags"), policy=policy, details=details)


COLLECTOR = Collector("secretsmanager", (PART,), collect)
