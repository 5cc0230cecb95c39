"""S3 buckets: region, policy, public access block, object ownership, ACL, tags, and whether tags count (ABAC). No objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.aws.collectors import Collector
from adapters.aws.found import UNKNOWN, Found, Unknown, document
from adapters.aws.session import Calls

PART = "s3:bucket"
OPEN = {"BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
# us-east-1 has no name of its own here, and eu-west-1 an old one.
_OLD_REGIONS = {"": "us-east-1", "EU": "eu-west-1"}


def collect(calls: Calls, found: Found) -> None:
    for bucket in found.listing(PART, calls.pages("ListBuckets", "Buckets")):
        _bucket(calls, found, bucket["Name"])


def _bucket(calls: Calls, found: Found, name: str) -> None:
    def ask(operation: str, absent: tuple[str, ...], read: Callable[[dict[str, Any]], Any], none: Any = None) -> Any:
        answer = found.detail(PART, lambda: there.ask_unless(absent, operation, Bucket=name))
        if isinstance(answer, Unknown):
            return UNKNOWN
        return none if answer is None else read(answer)

    there = calls
    region = ask("GetBucketLocation", (), lambda answer: answer.get("LocationConstraint") or "")
    if not isinstance(region, Unknown):
        region = _OLD_REGIONS.get(region, region)
        there = calls.elsewhere(region)
    absent = ("NoSuchPublicAccessBlockConfiguration",)
    details = {
        "Region": region,
        "PublicAccessBlock": ask(
            "GetPublicAccessBlock", absent, lambda answer: answer.get("PublicAccessBlockConfiguration") or dict(OPEN), dict(OPEN)
        ),
        "ObjectOwnership": ask(
            "GetBucketOwnershipControls",
            ("OwnershipControlsNotFoundError",),
            lambda answer: answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
            "ObjectWriter",
        ),
        "Acl": ask("GetBucketAcl", (), lambda answer: answer.get("Grants") or []),
        "AbacEnabled": ask("GetBucketAbac", (), lambda answer: (answer.get("AbacStatus") or {}).get("Status") == "Enabled"),
    }
    policy = ask("GetBucketPolicy", ("NoSuchBucketPolicy",), lambda answer: document(answer.get("Policy")))
    tags = ask("GetBucketTagging", ("NoSuchTagSet",), lambda answer: answer.get("TagSet"))
    found.resource(PART, f"arn:{calls.partition}:s3:::{name}", name, tags=tags, policy=policy, details=details)


COLLECTOR = Collector("s3", (PART,), collect, regional=False)
