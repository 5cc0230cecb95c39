"""The account's own S3 public access block, which stands above that of every bucket."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.collectors.s3 import OPEN
from adapters.aws.found import Found, Unknown
from adapters.aws.session import Calls

PART = "public access block"


def collect(calls: Calls, found: Found) -> None:
    absent = ("NoSuchPublicAccessBlockConfiguration",)
    answer = found.value(PART, calls.ask_unless, absent, "GetPublicAccessBlock", AccountId=calls.account)
    if not isinstance(answer, Unknown):
        found.values["PublicAccessBlock"] = (answer or {}).get("PublicAccessBlockConfiguration") or dict(OPEN)


COLLECTOR = Collector("s3control", (PART,), collect, regional=False)
