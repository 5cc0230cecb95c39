"""The small world that random rows are made of: few callers, actions, resources, keys and values, so that things meet."""

from __future__ import annotations

from typing import Any

ONE, TWO = "111122223333", "444455556666"

CALLERS: list[dict[str, Any]] = [
    {"caller": f"arn:aws:iam::{ONE}:user/ana"},
    {"caller": f"arn:aws:iam::{ONE}:user/eu/ana"},
    {"caller": f"arn:aws:iam::{ONE}:user/ana", "ids": ["AIDAEXAMPLECURRENT12"]},
    {"caller": f"arn:aws:sts::{ONE}:assumed-role/Ocr/s1", "ids": ["AROAEXAMPLECURRENT12"]},
    {"caller": f"arn:aws:iam::{TWO}:user/bo"},
    {"caller": f"arn:aws:sts::{ONE}:assumed-role/Ocr/s1"},
    {"caller": f"arn:aws:sts::{ONE}:assumed-role/Ocr/s1", "role_arn": f"arn:aws:iam::{ONE}:role/service-role/Ocr"},
    {"caller": f"arn:aws:sts::{TWO}:assumed-role/Ocr/s1", "role_arn": f"arn:aws:iam::{TWO}:role/Ocr"},
    {"caller": f"arn:aws:sts::{ONE}:assumed-role/Slr/s1", "role_arn": f"arn:aws:iam::{ONE}:role/aws-service-role/x.amazonaws.com/Slr"},
    {"caller": f"arn:aws:sts::{ONE}:federated-user/kiosk", "parent_arn": f"arn:aws:iam::{ONE}:user/ana"},
    {"caller": f"arn:aws:sts::{ONE}:federated-user/ana"},
    {"caller": f"arn:aws:iam::{ONE}:root"},
    {"caller": f"arn:aws:iam::{TWO}:root"},
    {"caller": "textract.amazonaws.com"},
    {"caller": "anonymous"},
]
PROVIDER = {"caller": f"arn:aws:iam::{ONE}:oidc-provider/idp.example.com"}

ROLES = [
    f"arn:aws:iam::{ONE}:role/Ocr",
    f"arn:aws:iam::{ONE}:role/service-role/Ocr",
    f"arn:aws:iam::{TWO}:role/Ocr",
    f"arn:aws:iam::{ONE}:role/aws-service-role/x.amazonaws.com/Slr",
]
ADAPTERS = [f"arn:aws:textract:us-east-1:{ONE}:/adapters/ab12", f"arn:aws:textract:eu-west-1:{TWO}:/adapters/ab12"]
OBJECTS = ["arn:aws:s3:::docs/ana/a:b.png", "arn:aws:s3:::docs/red/x", "arn:aws:s3:::docs/a$b"]
BUCKETS = ["arn:aws:s3:::docs", "arn:aws:s3:::docs-all"]
COLLECTIONS = [f"arn:aws:rekognition:us-east-1:{ONE}:collection/staff", f"arn:aws:rekognition:us-east-1:{TWO}:collection/ana"]
VERSIONS = [f"arn:aws:rekognition:us-east-1:{ONE}:project/src/version/v1/1680000000000"]
KEYS = [f"arn:aws:kms:us-east-1:{ONE}:key/k1", f"arn:aws:kms:us-east-1:{ONE}:alias/a", f"arn:aws:kms:us-east-1:{TWO}:key/k1"]
QUEUES = [f"arn:aws:sqs:us-east-1:{ONE}:q", f"arn:aws:sqs:us-east-1:{TWO}:q"]
NONE = ["*"]

# Each action, what it is asked on, and whether such a resource may have a policy.
ACTIONS: list[tuple[str, list[str], bool]] = [
    ("textract:DetectDocumentText", NONE, False),
    ("textract:CreateAdapter", NONE, False),
    ("textract:GetAdapter", ADAPTERS, False),
    ("textract:TagResource", ADAPTERS, False),
    ("textract:DoMagic", NONE, False),
    ("s3:GetObject", OBJECTS, True),
    ("s3:GetObject", OBJECTS, True),
    ("s3:PutObject", OBJECTS, True),
    ("s3:ListBucket", BUCKETS, True),
    ("s3:DeleteBucketPolicy", BUCKETS, True),
    ("s3:ListAllMyBuckets", NONE, False),
    ("rekognition:DetectText", NONE, False),
    ("rekognition:SearchFacesByImage", COLLECTIONS, False),
    ("rekognition:CopyProjectVersion", VERSIONS, True),
    ("kms:Decrypt", KEYS, True),
    ("kms:RetireGrant", KEYS, True),
    ("kms:ListAliases", NONE, False),
    ("sts:AssumeRole", ROLES, True),
    ("sts:TagSession", ROLES, True),
    ("sts:GetCallerIdentity", NONE, False),
    ("sqs:SendMessage", QUEUES, True),
    ("iam:PassRole", ROLES, False),
    ("iam:GetUser", [f"arn:aws:iam::{ONE}:user/ana"], False),
]

STRINGS = ["red", "blue", "ana", "Ana", "RED", "", "a*b", "re", "${aws:PrincipalTag/team}", "${aws:username}"]
PATTERNS = ["r*", "*", "?ed", "a${*}b", "${aws:PrincipalTag/team, 'red'}", "${AWS:username}*", "${aws:TagKeys}", "*d", "??", "${aws:Foo}"]
ACCOUNTS = [ONE, TWO, "1111*", "${aws:PrincipalAccount}"]
ARNS = [
    f"arn:aws:iam::{ONE}:user/ana",
    f"arn:aws:iam::{ONE}:role/Ocr",
    f"arn:aws:sns:us-east-1:{ONE}:ocr",
    f"arn:aws:sns:us-east-1:{TWO}:x:{ONE}:ocr",
    f"arn:aws:sts::{ONE}:assumed-role/Ocr/s1",
    "arn:aws:iam::*:role/*",
    "arn:aws:*:*:1111????3333:*",
    f"arn:aws:sns:*:{ONE}:ocr",
    "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
    "arn:aws:iam",
    "ocr",
    "*",
]
NUMBERS = ["1", "10", "10.0", "-3", "9.5", "ten", "1000"]
DATES = ["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", "1767225600", "2025", "tomorrow", "2027-05-05T12:00:00Z"]
BOOLS = ["true", "false", "True", "FALSE", "yes"]
ADDRESSES = ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "2001:db8::5", "203.0.113.9/24", "203.0.113.0/33", "here", "0.0.0.0/0"]
BLOBS = ["QUJD", "QUJE"]

STRING_OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
]
ARN_OPERATORS = ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]
_ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
NUMERIC_OPERATORS = [f"Numeric{order}" for order in _ORDERS]
DATE_OPERATORS = [f"Date{order}" for order in _ORDERS]
ADDRESS_OPERATORS = ["IpAddress", "NotIpAddress"]

# Each kind of key: its keys, the operators made for it, policy values, request values.
KINDS: list[tuple[list[str], list[str], list[str], list[str]]] = [
    (
        ["aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:RequestTag/team", "aws:TagKeys", "aws:username", "aws:Foo", "aws:CalledVia"],
        STRING_OPERATORS,
        STRINGS + PATTERNS,
        ["red", "blue", "ana", "Ana", "", "a*b"],
    ),
    (["s3:prefix", "sts:ExternalId", "iam:PassedToService", "kms:ViaService"], STRING_OPERATORS, STRINGS + PATTERNS, ["red", "ana", ""]),
    (
        ["aws:RequestedRegion", "aws:PrincipalOrgID"],
        STRING_OPERATORS,
        ["us-east-1", "eu-*", "o-ab", "*"],
        ["us-east-1", "eu-west-1", "o-ab"],
    ),
    (["aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount", "aws:userid"], STRING_OPERATORS, ACCOUNTS, [ONE, TWO]),
    (["aws:SourceVpce", "aws:PrincipalServiceName"], STRING_OPERATORS, ["vpce-1", "textract*", "*"], ["vpce-1", "textract.amazonaws.com"]),
    (["aws:PrincipalType"], STRING_OPERATORS, ["User", "Assumed*", "Account", "user"], ["User", "AssumedRole"]),
    (
        ["aws:PrincipalArn", "aws:SourceArn"],
        [*ARN_OPERATORS, *ARN_OPERATORS, *STRING_OPERATORS],
        ARNS,
        [item for item in ARNS if "*" not in item and "$" not in item],
    ),
    (["aws:SourceIp"], ADDRESS_OPERATORS, ADDRESSES, ["203.0.113.7", "198.51.100.1", "2001:db8::5", "here"]),
    (["s3:max-keys", "aws:MultiFactorAuthAge"], NUMERIC_OPERATORS, NUMBERS, ["1", "10", "10.5", "-3", "some"]),
    (["aws:CurrentTime", "aws:TokenIssueTime", "aws:EpochTime"], DATE_OPERATORS, DATES, DATES),
    (["aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService", "aws:ViaAWSService"], ["Bool"], BOOLS, BOOLS),
    (["aws:Blob"], ["BinaryEquals"], BLOBS, BLOBS),
]
