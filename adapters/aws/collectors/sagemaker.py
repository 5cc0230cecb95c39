"""SageMaker training jobs, models, endpoints and model package groups, with tags; model package groups also with their policy."""

from __future__ import annotations

from typing import Any

from adapters.aws.collectors import Collector
from adapters.aws.found import Found, document
from adapters.aws.session import Calls

GROUP = "sagemaker:model-package-group"
# part, operation, key of the answer, and the field that the name and the ARN have
LISTS = (
    ("sagemaker:training-job", "ListTrainingJobs", "TrainingJobSummaries", "TrainingJob"),
    ("sagemaker:model", "ListModels", "Models", "Model"),
    ("sagemaker:endpoint", "ListEndpoints", "Endpoints", "Endpoint"),
    (GROUP, "ListModelPackageGroups", "ModelPackageGroupSummaryList", "ModelPackageGroup"),
)


def collect(calls: Calls, found: Found) -> None:
    for part, operation, key, word in LISTS:
        for item in found.listing(part, calls.pages(operation, key)):
            arn, name = item[f"{word}Arn"], item[f"{word}Name"]
            policy: Any = None
            if part == GROUP:
                policy = found.detail(part, _policy, calls, name)
            tags = found.detail(part, calls.every, "ListTags", "Tags", ResourceArn=arn)
            status = item.get(f"{word}Status")
            found.resource(part, arn, name, tags=tags, policy=policy, details={"Status": status} if status else None)


def _policy(calls: Calls, name: str) -> object:
    """SageMaker says "no such group" also of a group that has no policy."""
    answer = calls.ask_unless(
        ("ResourceNotFound", "ResourceNotFoundException", "ValidationException~not find"),
        "GetModelPackageGroupPolicy",
        ModelPackageGroupName=name,
    )
    return document((answer or {}).get("ResourcePolicy"))


COLLECTOR = Collector("sagemaker", tuple(row[0] for row in LISTS), collect)
