"""KMS keys with key policy, grants, tags and the name of an alias."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found, Unknown
from adapters.aws.session import Calls

PART = "kms:key"


def collect(calls: Calls, found: Found) -> None:
    keys = list(found.listing(PART, calls.pages("ListKeys", "Keys")))
    aliases = found.detail(
        PART, lambda: {one.get("TargetKeyId"): one["AliasName"].removeprefix("alias/") for one in calls.pages("ListAliases", "Aliases")}
    )
    names = {} if isinstance(aliases, Unknown) else aliases
    for key in keys:
        identity = key["KeyId"]
        policy = found.detail(PART, calls.field, "GetKeyPolicy", "Policy", KeyId=identity, PolicyName="default")
        grants = found.detail(PART, calls.every, "ListGrants", "Grants", KeyId=identity)
        tags = found.detail(PART, calls.every, "ListResourceTags", "Tags", KeyId=identity)
        found.resource(PART, key["KeyArn"], names.get(identity, identity), tags=tags, policy=policy, details={"Grants": grants})


COLLECTOR = Collector("kms", (PART,), collect)
