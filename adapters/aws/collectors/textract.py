"""Textract adapters and their versions, each with its own tags. Textract has no resource-based policies."""

from __future__ import annotations

from adapters.aws.collectors import Collector
from adapters.aws.found import Found
from adapters.aws.session import Calls

ADAPTER = "textract:adapter"
VERSION = "textract:adapterversion"


def collect(calls: Calls, found: Found) -> None:
    for adapter in found.listing(ADAPTER, calls.pages("ListAdapters", "Adapters")):
        identity, name = adapter["AdapterId"], adapter.get("AdapterName") or adapter["AdapterId"]
        arn = f"arn:{calls.partition}:textract:{calls.region}:{calls.account}:/adapters/{identity}"
        tags = found.detail(ADAPTER, calls.field, "ListTagsForResource", "Tags", ResourceARN=arn)
        found.resource(ADAPTER, arn, name, tags=tags, details={"FeatureTypes": adapter.get("FeatureTypes")})
        for version in found.listing(VERSION, calls.pages("ListAdapterVersions", "AdapterVersions", AdapterId=identity)):
            number = version["AdapterVersion"]
            place = f"{arn}/versions/{number}"
            tags = found.detail(VERSION, calls.field, "ListTagsForResource", "Tags", ResourceARN=place)
            found.resource(VERSION, place, f"{name} version {number}", tags=tags, details={"Status": version.get("Status")})
    _versions_hang_on_adapters(found)


def _versions_hang_on_adapters(found: Found) -> None:
    """Where adapters are missing, so are their versions."""
    adapters, versions = found.part(ADAPTER), found.part(VERSION)
    unlisted = {action: None for action in adapters.refused if action == "textract:ListAdapters"}
    versions.refused.update(unlisted)
    versions.failed.update(adapters.failed)


COLLECTOR = Collector("textract", (ADAPTER, VERSION), collect)
