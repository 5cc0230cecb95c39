"""VPC endpoints with their policies."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found, document
from adapters.aws.session import Calls

PART = "VPC endpoints"


def collect(calls: Calls, found: Found) -> None:
    for endpoint in found.listing(PART, calls.pages("DescribeVpcEndpoints", "VpcEndpoints")):
        identity = endpoint["VpcEndpointId"]
        owner = endpoint.get("OwnerId") or calls.account
        entry = {
            "Id": identity,
            "Arn": f"arn:{calls.partition}:ec2:{calls.region}:{owner}:vpc-endpoint/{identity}",
            "VpcId": endpoint.get("VpcId"),
            "ServiceName": endpoint.get("ServiceName"),
        }
        if endpoint.get("PolicyDocument"):  # one of another kind has none, and AWS leaves the field out
            entry["Policy"] = document(endpoint["PolicyDocument"])
        found.add("VpcEndpoints", entry)
    if found.whole(PART):
        found.lists.setdefault("VpcEndpoints", [])


COLLECTOR = Collector("ec2", (PART,), collect)
