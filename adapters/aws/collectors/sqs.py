"""SQS queues with policy and tags."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found, document
from adapters.aws.session import Calls

PART = "sqs:queue"
PAGE = 1000  # without it AWS answers with the first thousand and no token


def collect(calls: Calls, found: Found) -> None:
    for url in found.listing(PART, calls.pages("ListQueues", "QueueUrls", MaxResults=PAGE)):
        name = url.rsplit("/", 1)[-1]
        arn = f"arn:{calls.partition}:sqs:{calls.region}:{calls.account}:{name}"
        policy = found.detail(PART, _policy, calls, url)
        tags = found.detail(PART, calls.field, "ListQueueTags", "Tags", QueueUrl=url)
        found.resource(PART, arn, name, tags=tags, policy=policy)


def _policy(calls: Calls, url: str) -> object:
    answer = calls.ask("GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"])
    return document((answer.get("Attributes") or {}).get("Policy"))


COLLECTOR = Collector("sqs", (PART,), collect)
