"""SNS topics with policy and tags."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found, document
from adapters.aws.session import Calls

PART = "sns:topic"


def collect(calls: Calls, found: Found) -> None:
    for topic in found.listing(PART, calls.pages("ListTopics", "Topics")):
        arn = topic["TopicArn"]
        policy = found.detail(PART, _policy, calls, arn)
        tags = found.detail(PART, calls.field, "ListTagsForResource", "Tags", ResourceArn=arn)
        found.resource(PART, arn, arn.rsplit(":", 1)[-1], tags=tags, policy=policy)


def _policy(calls: Calls, arn: str) -> object:
    attributes = calls.field("GetTopicAttributes", "Attributes", TopicArn=arn)
    return document((attributes or {}).get("Policy"))


COLLECTOR = Collector("sns", (PART,), collect)
