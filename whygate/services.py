"""Which services do what, as dated data: whose calls RCPs reach, which resources have policies, which insist on one (R91-R95, R103).

As of 2026-11. Sources: Organizations User Guide (RCP services), IAM User Guide (services that work with IAM), Service Authorization
Reference (actions that put a resource policy).
"""

from __future__ import annotations

import re

from whygate import arn
from whygate.matching import NO_RESOURCE

DATE = "2026-11"

# R103; the catalogue's own list is of the same kind, and a service in either is covered.
RCP_SERVICES = frozenset(
    [
        "aoss",
        "appconfig",
        "appstream",
        "autoscaling",
        "autoscaling-plans",
        "budgets",
        "clouddirectory",
        "cloudfront",
        "cloudsearch",
        "cloudtrail-data",
        "codeartifact",
        "codebuild",
        "codecommit",
        "codepipeline",
        "cognito-identity",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "compute-optimizer",
        "cost-optimization-hub",
        "dax",
        "dsql",
        "dynamodb",
        "ecr",
        "ecr-public",
        "events",
        "firehose",
        "fis",
        "fms",
        "gamelift",
        "health",
        "inspector-scan",
        "kendra",
        "kinesisvideo",
        "kms",
        "logs",
        "memorydb",
        "networkmonitor",
        "notifications",
        "opensearch",
        "pca-connector-ad",
        "personalize",
        "polly",
        "pricing",
        "resource-groups",
        "rolesanywhere",
        "s3",
        "secretsmanager",
        "servicediscovery",
        "signin",
        "sqs",
        "sts",
        "support",
        "swf",
        "textract",
        "timestream-influxdb",
        "transcribe",
        "transfer",
        "translate",
        "wafv2",
        "workspaces",
        "xray",
    ]
)

# Resources that can carry a resource-based policy: the start of the ARN's resource field, or "" for every resource of the service.
RESOURCE_POLICIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        [
            "acm-pca",
            "aiops",
            "execute-api",
            "appsync",
            "aps",
            "arc-region-switch",
            "backup",
            "bedrock",
            "bedrock-agentcore",
            "cleanrooms-ml",
            "cloudhsm",
            "cloudtrail",
            "codeartifact",
            "codebuild",
            "codeguru-profiler",
            "comprehend",
            "datazone",
            "dsql",
            "dynamodb",
            "ecr",
            "ecr-public",
            "elasticfilesystem",
            "entityresolution",
            "es",
            "events",
            "fsx",
            "glacier",
            "glue",
            "imagebuilder",
            "kafka",
            "kinesis",
            "lambda",
            "lex",
            "logs",
            "lookoutequipment",
            "mediaconvert",
            "mediapackagev2",
            "mediastore",
            "mediatailor",
            "network-firewall",
            "networkmanager",
            "oam",
            "odb",
            "omics",
            "organizations",
            "osis",
            "payment-cryptography",
            "qbusiness",
            "redshift",
            "redshift-serverless",
            "refactor-spaces",
            "resource-explorer-2",
            "route53-recovery-control-config",
            "route53profiles",
            "route53resolver",
            "rum",
            "s3-object-lambda",
            "s3-outposts",
            "s3express",
            "s3files",
            "s3tables",
            "s3vectors",
            "schemas",
            "secretsmanager",
            "serverlessrepo",
            "servicecatalog",
            "servicediscovery",
            "ses",
            "signer",
            "sms-voice",
            "sns",
            "sqs",
            "ssm",
            "ssm-contacts",
            "ssm-incidents",
            "vpc-lattice",
            "xray",
        ],
        ("",),
    ),
    "s3": ("",),
    "kms": ("key/",),
    "rekognition": ("project/",),
    "sagemaker": ("model-package-group/", "lineage-group", "feature-group/", "hub/", "hub-content/", "cluster/"),
    "sso": ("instance/",),
    "agent-registry": ("registry/",),
    "appmesh": ("mesh/",),
    "aws-marketplace": ("",),
    "billing": ("billingview/",),
    "cloudfront": ("vpcorigin/",),
    "continuum": ("collectors/",),
    "ec2": ("ipam-pool/", "placement-group/", "verified-access-group/"),
    "elemental-inference": ("feed/",),
    "mpa": ("",),
    "resource-groups": ("group/",),
    "waf": ("rulegroup/",),
    "waf-regional": ("rulegroup/",),
    "wafv2": ("regional/rulegroup/", "global/rulegroup/"),
}

# Calls that the role's trust policy governs; nothing else in IAM has a resource-based policy (R94, R95).
TRUST_ACTIONS = frozenset(
    name.lower()
    for name in (
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
        "sts:SetContext",
    )
)

# Analysis calls that can name Textract adapters, about which AWS's own texts disagree (R133).
ADAPTER_ANALYSES = ("textract:analyzedocument", "textract:startdocumentanalysis")
_TEXTRACT_ADAPTER = re.compile(r"arn:[^:]+:textract:[^:]*:[^:]*:/adapters/[^/]+(/versions/[^/]+)?")


def is_adapter_analysis(action: str, resource: str) -> bool:
    """Whether this is an analysis call that names a Textract adapter or one of its versions."""
    return action.lower() in ADAPTER_ANALYSES and _TEXTRACT_ADAPTER.fullmatch(resource) is not None


def rcp_reaches(action: str) -> bool:
    """Whether RCPs bind calls of this action at all (R101, R103)."""
    return action.split(":", 1)[0].lower() in RCP_SERVICES and action.lower() != "kms:retiregrant"


def is_trust(action: str, resource: str) -> bool:
    """Whether a role's trust policy decides."""
    named = arn.split(resource)
    return action.lower() in TRUST_ACTIONS and named is not None and named.service == "iam" and named.kind == "role"


def has_resource_policy(action: str, resource: str) -> bool:
    """Whether a resource-based policy of this resource could have a say in this action."""
    named = arn.split(resource)
    if resource == NO_RESOURCE or named is None:
        return False
    if is_trust(action, resource):
        return True
    if named.service == "rekognition" and action.lower() != "rekognition:copyprojectversion":
        return False  # the only action of a project policy (R143)
    return may_carry_policy(resource)


def may_carry_policy(resource: str) -> bool:
    """Whether AWS has resource-based policies for a resource like this."""
    named = arn.split(resource)
    return named is not None and any(named.resource.startswith(start) for start in RESOURCE_POLICIES.get(named.service, ()))


def policy_is_mandatory(action: str, resource: str) -> bool:
    """Whether, within one account, the resource-based policy must let the caller in (R92-R95)."""
    named = arn.split(resource)
    if named is None:
        return False
    return is_trust(action, resource) or (named.service == "kms" and re.match(r"key/", named.resource) is not None)
