"""Every call that the live adapter may make, and the permission it needs: the one table behind the adapter and `whygate policy`.

Read-only by construction: `session` refuses a call that is not here, and a test holds every row to List, Get, Describe, Simulate or
Generate…Report. It calls nothing itself, and needs no boto3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Operation(NamedTuple):
    """One call: boto3's name of the client, the API operation, the IAM action that it needs, and the part of a pull it serves."""

    client: str
    name: str
    action: str
    part: str


ENTITIES = "users groups roles policies"

# part: client: operations, or (operation, action) where the action is not called like the operation or belongs to another service.
_TABLE: dict[str, tuple[str, tuple[str | tuple[str, str], ...]]] = {
    "caller identity": ("sts", ("GetCallerIdentity",)),
    "account alias": ("iam", ("ListAccountAliases",)),
    "account summary": ("iam", ("GetAccountSummary",)),
    "password policy": ("iam", ("GetAccountPasswordPolicy",)),
    "credential report": ("iam", ("GenerateCredentialReport", "GetCredentialReport")),
    "SAML providers": ("iam", ("ListSAMLProviders",)),
    "OIDC providers": ("iam", ("ListOpenIDConnectProviders",)),
    ENTITIES: ("iam", ("GetAccountAuthorizationDetails",)),
    "access keys": ("iam", ("ListAccessKeys", "GetAccessKeyLastUsed")),
    "MFA devices": ("iam", ("ListMFADevices",)),
    "login profiles": ("iam", ("GetLoginProfile",)),
    "organization": (
        "organizations",
        ("DescribeOrganization", "ListParents", "ListRoots", "DescribeOrganizationalUnit"),
    ),
    "SCPs RCPs": ("organizations", ("ListPoliciesForTarget", "DescribePolicy")),
    "Identity Center": (
        "sso-admin",
        (
            ("ListInstances", "sso:ListInstances"),
            ("ListPermissionSets", "sso:ListPermissionSets"),
            ("DescribePermissionSet", "sso:DescribePermissionSet"),
            ("GetInlinePolicyForPermissionSet", "sso:GetInlinePolicyForPermissionSet"),
            ("GetPermissionsBoundaryForPermissionSet", "sso:GetPermissionsBoundaryForPermissionSet"),
            ("ListManagedPoliciesInPermissionSet", "sso:ListManagedPoliciesInPermissionSet"),
            ("ListCustomerManagedPolicyReferencesInPermissionSet", "sso:ListCustomerManagedPolicyReferencesInPermissionSet"),
            ("ListAccountAssignments", "sso:ListAccountAssignments"),
        ),
    ),
    "textract:adapter": ("textract", ("ListAdapters", "ListTagsForResource")),
    "textract:adapterversion": ("textract", ("ListAdapterVersions", "ListTagsForResource")),
    "rekognition:collection": ("rekognition", ("ListCollections", "ListTagsForResource")),
    "rekognition:project": ("rekognition", ("DescribeProjects", "ListProjectPolicies", "ListTagsForResource")),
    "rekognition:projectversion": ("rekognition", ("DescribeProjectVersions", "ListTagsForResource")),
    "rekognition:dataset": ("rekognition", ("DescribeProjects", "ListTagsForResource")),
    "rekognition:streamprocessor": ("rekognition", ("ListStreamProcessors", "DescribeStreamProcessor", "ListTagsForResource")),
    "sagemaker:training-job": ("sagemaker", ("ListTrainingJobs", "ListTags")),
    "sagemaker:model": ("sagemaker", ("ListModels", "ListTags")),
    "sagemaker:endpoint": ("sagemaker", ("ListEndpoints", "ListTags")),
    "sagemaker:model-package-group": ("sagemaker", ("ListModelPackageGroups", "GetModelPackageGroupPolicy", "ListTags")),
    "s3:bucket": (
        "s3",
        (
            ("ListBuckets", "s3:ListAllMyBuckets"),
            "GetBucketLocation",
            "GetBucketPolicy",
            ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
            "GetBucketOwnershipControls",
            "GetBucketAcl",
            "GetBucketTagging",
            "GetBucketAbac",
        ),
    ),
    "public access block": ("s3control", (("GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),)),
    "kms:key": ("kms", ("ListKeys", "GetKeyPolicy", "ListGrants", "ListResourceTags", "ListAliases")),
    "sns:topic": ("sns", ("ListTopics", "GetTopicAttributes", "ListTagsForResource")),
    "sqs:queue": ("sqs", ("ListQueues", "GetQueueAttributes", "ListQueueTags")),
    "secretsmanager:Secret": ("secretsmanager", ("ListSecrets", "GetResourcePolicy")),
    "lambda:function": ("lambda", ("ListFunctions", "GetPolicy", "ListTags")),
    "VPC endpoints": ("ec2", ("DescribeVpcEndpoints",)),
}

# Without GetAccountAuthorizationDetails: what it would have said, piece by piece. None of it belongs to the least policy.
_INSTEAD: tuple[str, ...] = (
    *("ListUsers", "GetUser", "ListGroupsForUser", "ListUserPolicies", "GetUserPolicy", "ListAttachedUserPolicies"),
    *("ListGroups", "ListGroupPolicies", "GetGroupPolicy", "ListAttachedGroupPolicies"),
    *("ListRoles", "GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"),
    *("ListPolicies", "GetPolicy", "GetPolicyVersion"),
)


def _rows() -> Iterable[Operation]:
    for part, (client, names) in _TABLE.items():
        for item in names:
            name, action = item if isinstance(item, tuple) else (item, f"{client}:{item}")
            yield Operation(client, name, action, part)


FULL: tuple[Operation, ...] = tuple(_rows())
INSTEAD: tuple[Operation, ...] = tuple(Operation("iam", name, f"iam:{name}", ENTITIES) for name in _INSTEAD)
# No pull makes it: only a second opinion, which somebody has to ask for.
OPTIONAL: tuple[Operation, ...] = (Operation("iam", "SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy", "second opinion"),)
ALLOWED: dict[tuple[str, str], Operation] = {(one.client, one.name): one for one in (*FULL, *INSTEAD, *OPTIONAL)}

_NAMED = re.compile(r"\b[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]+\b")
_ACTION_NAMES = frozenset(one.action for one in FULL)


def actions(part: str = "") -> tuple[str, ...]:
    """The permissions of a full pull, or of one part of it by a name that a coverage row carries; sorted. Nothing for an unknown part."""
    return tuple(sorted({one.action for one in FULL if not part or part == one.part or part in _parts(one.part)}))


def _parts(part: str) -> tuple[str, ...]:
    return tuple(part.split()) if part in (ENTITIES, "SCPs RCPs") else (part,)


def missing(rows: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """The permissions that coverage rows (part, status, detail) lacked: those a detail names, else all of the part's; sorted."""
    lacking: set[str] = set()
    for part, status, detail in rows:
        if status == "collected":
            continue
        named = {name for name in _NAMED.findall(detail) if name in _ACTION_NAMES}
        if not named and status in ("not-permitted", "not-collected"):
            named = {name for name in actions() if name.startswith(("sts:", "iam:Get"))} if part == "account" else set(actions(part))
        if part == "resources" and not named:
            named = {one.action for one in FULL if ":" in one.part}
        lacking |= named
    return tuple(sorted(lacking))


def document(names: Iterable[str]) -> dict[str, object]:
    """An identity-based policy that allows these actions, one statement a service."""
    services: dict[str, list[str]] = {}
    for name in sorted(names):
        services.setdefault(name.split(":", 1)[0], []).append(name)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Read" + "".join(word.capitalize() for word in service.split("-")), "Effect": "Allow", "Action": found, "Resource": "*"}
            for service, found in services.items()
        ],
    }
