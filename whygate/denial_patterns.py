"""How AWS words a denial, as dated data: error codes, layer phrases, service and API names. Reading is in `denial_messages`.

As of 2026-11. Sources: reference rules R23 and R151-R161, after the IAM User Guide (Troubleshoot access denied error messages), the AWS
Security Blog (Access denied messages with policy ARNs), the Amazon S3 User Guide and the CloudTrail User Guide (Record contents).
"""

from __future__ import annotations

DATE = "2026-11"

# R151, with what services were seen to use besides; compared in lower case, without `Client.` and a namespace.
DENIAL_CODES = frozenset(
    name.lower()
    for name in (
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedFault",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "ForbiddenException",
        "InsufficientPrivilegesException",
        "NotAuthorized",
        "NotAuthorizedException",
        "Unauthorized",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    )
)

# Codes and texts that refuse the credentials, before any policy is looked at.
CREDENTIAL_FAULTS = (
    "ExpiredToken",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "RequestExpired",
    "Unable to locate credentials",
)

# The words of R153 and R154 for a layer. Session policies are misspelt in some texts.
LAYER_PHRASES = (
    ("identity-based policy", "identity"),
    ("resource-based policy", "resource"),
    ("permissions boundary", "boundary"),
    ("permission boundary", "boundary"),
    ("session policy", "session"),
    ("sessions policy", "session"),
    ("service control policy", "scp"),
    ("resource control policy", "rcp"),
    ("VPC endpoint policy", "vpce"),
    ("role trust policy", "trust"),
    ("trust policy", "trust"),
)

# R157: phrase, layer, and the name of the setting.
S3_SWITCHES = (
    ("public policies are prevented by the BlockPublicPolicy setting", "s3-bpa", "BlockPublicPolicy"),
    ("public access control lists (ACLs) are prevented by the BlockPublicAcls setting", "s3-bpa", "BlockPublicAcls"),
    (
        "this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys",
        "s3-setting",
        "blocked encryption types (SSE-C)",
    ),
)

# The layer of an explanation that a reported one stands in.
STANDS_IN = {"trust": "resource", "s3-bpa": "resource", "s3-setting": "resource"}

# Refusals that no policy decides, though they carry a denial's code: a phrase, and what it means.
NO_POLICY = (
    (
        "Cross-account pass role is not allowed",
        "the call passes a role of another account; a service takes only roles of the account it is called in, and no policy changes that",
    ),
)

# What an IAM message calls a resource, and how its ARN begins after `arn:aws:iam::ACCOUNT:`.
IAM_WORDS = {
    "user": "user",
    "group": "group",
    "role": "role",
    "policy": "policy",
    "instance profile": "instance-profile",
    "server certificate": "server-certificate",
    "mfa device": "mfa",
    "saml provider": "saml-provider",
}

# Texts of others that read much like AWS's.
OTHER_CLOUDS = (
    ("Microsoft Azure", "does not have authorization to perform action"),
    ("Microsoft Azure", "authorizationfailed"),
    ("Google Cloud", "permission_denied"),
    ("Google Cloud", "access to the google cloud"),
    ("Google Cloud", "gserviceaccount.com"),
    ("Google Cloud", "iam_permission_denied"),
    ("Kubernetes", 'is forbidden: user "'),
    ("Kubernetes", "error from server (forbidden)"),
)

# The first word of an eventSource, where IAM calls the service otherwise (R161).
EVENT_SOURCES = {
    "amazonmq": "mq",
    "api.ecr": "ecr",
    "api.pricing": "pricing",
    "api.sagemaker": "sagemaker",
    "appconfigdata": "appconfig",
    "bedrock-runtime": "bedrock",
    "data.iot": "iot",
    "data.mediastore": "mediastore",
    "email": "ses",
    "entitlement.marketplace": "aws-marketplace",
    "iotdata": "iot",
    "metering.marketplace": "aws-marketplace",
    "models.lex": "lex",
    "monitoring": "cloudwatch",
    "pinpoint": "mobiletargeting",
    "runtime.lex": "lex",
    "runtime.sagemaker": "sagemaker",
    "servicecatalog-appregistry": "servicecatalog",
    "streams.dynamodb": "dynamodb",
    "tagging": "tag",
}

# API calls whose action has another name (R23); versions in names such as CreateFunction20150331 need no row.
API_ACTIONS = {
    "bedrock:Converse": "bedrock:InvokeModel",
    "bedrock:ConverseStream": "bedrock:InvokeModelWithResponseStream",
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "kms:ReEncrypt": "kms:ReEncryptFrom",
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:SelectObjectContent": "s3:GetObject",
    "s3:UploadPart": "s3:PutObject",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}

# Parameters of a call that fill a placeholder of another name in an ARN template.
PARAMETERS = {"objectname": ("key",), "bucketname": ("bucket",), "rolenamewithpath": ("rolename",), "usernamewithpath": ("username",)}
