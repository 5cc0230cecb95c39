"""Rekognition: collections, Custom Labels projects with versions, datasets and project policies, stream processors; all with their tags."""

from __future__ import annotations

from typing import Any

from adapters.aws.collectors import Collector
from adapters.aws.found import UNKNOWN, Found, Unknown, document
from adapters.aws.session import Calls

COLLECTION = "rekognition:collection"
PROJECT = "rekognition:project"
VERSION = "rekognition:projectversion"
DATASET = "rekognition:dataset"
STREAM = "rekognition:streamprocessor"


def collect(calls: Calls, found: Found) -> None:
    prefix = f"arn:{calls.partition}:rekognition:{calls.region}:{calls.account}"
    for page in found.listing(COLLECTION, calls.whole_pages("ListCollections")):
        found.part(COLLECTION).things += len(page.get("CollectionIds") or ())
        for name in page.get("CollectionIds") or ():
            arn = f"{prefix}:collection/{name}"
            found.resource(COLLECTION, arn, name, tags=_tags(calls, found, COLLECTION, arn))
    for project in found.listing(PROJECT, calls.pages("DescribeProjects", "ProjectDescriptions")):
        _project(calls, found, project)
    for part in (VERSION, DATASET):
        if "rekognition:DescribeProjects" in found.part(PROJECT).refused:
            found.part(part).refused["rekognition:DescribeProjects"] = None
        found.part(part).failed.update(found.part(PROJECT).failed)
    for processor in found.listing(STREAM, calls.pages("ListStreamProcessors", "StreamProcessors")):
        name = processor["Name"]
        arn = f"{prefix}:streamprocessor/{name}"
        described = found.detail(STREAM, calls.ask, "DescribeStreamProcessor", Name=name)
        role = UNKNOWN if isinstance(described, Unknown) else described.get("RoleArn")
        details = {"RoleArn": role, "Status": processor.get("Status")}
        found.resource(STREAM, arn, name, tags=_tags(calls, found, STREAM, arn), details=details)


def _project(calls: Calls, found: Found, project: dict[str, Any]) -> None:
    arn = project["ProjectArn"]
    name = arn.split("/")[1]
    policy = found.detail(PROJECT, lambda: _policy(list(calls.pages("ListProjectPolicies", "ProjectPolicies", ProjectArn=arn))))
    details = {"Feature": project.get("Feature"), "Status": project.get("Status")}
    found.resource(PROJECT, arn, name, tags=_tags(calls, found, PROJECT, arn), policy=policy, details=details)
    for dataset in project.get("Datasets") or ():
        place = dataset["DatasetArn"]
        found.part(DATASET).things += 1
        kind = str(dataset.get("DatasetType", "")).lower()
        found.resource(DATASET, place, f"{name} {kind}".strip(), tags=_tags(calls, found, DATASET, place))
    for version in found.listing(VERSION, calls.pages("DescribeProjectVersions", "ProjectVersionDescriptions", ProjectArn=arn)):
        place = version["ProjectVersionArn"]
        tags = _tags(calls, found, VERSION, place)
        found.resource(VERSION, place, place.split("/")[3], tags=tags, details={"Status": version.get("Status")})


def _policy(policies: list[dict[str, Any]]) -> object:
    """The project's policies as one document: a project may carry several, and they count together."""
    documents = [document(policy.get("PolicyDocument")) for policy in policies]
    if len(documents) < 2:
        return documents[0] if documents else None
    if not all(isinstance(one, dict) for one in documents):
        return next(one for one in documents if not isinstance(one, dict))
    statements: list[object] = []
    for one in documents:
        given = one.get("Statement")
        statements += given if isinstance(given, list) else [given]
    return {"Version": "2012-10-17", "Statement": statements}


def _tags(calls: Calls, found: Found, part: str, arn: str) -> Any:
    return found.detail(part, calls.field, "ListTagsForResource", "Tags", ResourceArn=arn)


COLLECTOR = Collector("rekognition", (COLLECTION, PROJECT, VERSION, DATASET, STREAM), collect)
