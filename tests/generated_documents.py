"""Snapshot documents as hypothesis makes them: every key, policies in every form that arrives, accounts and an organization."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

HOME, AWAY = "222233334444", "555566667777"

NAMES = st.sampled_from(["mia", "leo", "Scan", "ocr-admins"])
EFFECTS = st.sampled_from(["Allow", "Deny"])
PATTERNS = st.sampled_from(["*", "s3:*", "s3:GetObject", "textract:Detect*", "iam:PassRole", "sts:AssumeRole"])
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": EFFECTS,
        "Action": PATTERNS | st.lists(PATTERNS, min_size=1, max_size=2),
        "Resource": st.sampled_from(["*", "arn:aws:s3:::docs/*"]),
    },
    optional={
        "Condition": st.sampled_from(
            [{"Bool": {"aws:MultiFactorAuthPresent": True}}, {"NumericLessThan": {"aws:MultiFactorAuthAge": 1.50}}]
        )
    },
)
BODIES = st.builds(lambda rows: {"Version": "2012-10-17", "Statement": rows}, st.lists(STATEMENTS, max_size=3))
UNREADABLE: st.SearchStrategy[Any] = st.sampled_from(["", "no JSON", {"Version": "2012-10-17"}, [], 7, None, "%7Bhalf", "\ud800"])


def in_a_form(body: dict[str, Any]) -> st.SearchStrategy[Any]:
    text = json.dumps(body)
    return st.sampled_from([body, text, json.dumps(body, indent=2), quote(text), [body], f"\ufeff{text}"])


DOCUMENTS = BODIES.flatmap(in_a_form) | UNREADABLE
INLINE = st.lists(st.builds(lambda name, body: {"PolicyName": name, "PolicyDocument": body}, NAMES, DOCUMENTS), max_size=2)
TAGS: st.SearchStrategy[Any] = st.none() | st.just([]) | st.just([{"Key": "team", "Value": "ocr"}]) | st.just({"team": "ocr"})


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{HOME}:{kind}/{name}"


USERS = st.builds(
    lambda name, inline, tags, more: {"UserName": name, "Arn": arn("user", name), "UserPolicyList": inline, "Tags": tags, **more},
    NAMES,
    INLINE,
    TAGS,
    st.fixed_dictionaries(
        {},
        optional={
            "GroupList": st.lists(NAMES, max_size=2),
            "AttachedManagedPolicies": st.just([{"PolicyArn": arn("policy", "P")}]),
            "PermissionsBoundary": st.sampled_from([arn("policy", "P"), {"PermissionsBoundaryArn": arn("policy", "P")}, None]),
            "CreateDate": st.sampled_from(["2026-01-04 14:23:27+02:00", 1767536607, None, "some day"]),
            "PasswordLastUsed": st.just("2026-02-02T00:00:00Z"),
        },
    ),
)
ROLES = st.builds(
    lambda name, trust, inline, more: {
        "RoleName": name,
        "Path": "/ocr/",
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": inline,
        **more,
    },
    NAMES,
    DOCUMENTS,
    INLINE,
    st.fixed_dictionaries(
        {}, optional={"RoleLastUsed": st.just({}), "Description": st.text(max_size=5), "MaxSessionDuration": st.integers(0, 9)}
    ),
)
GROUPS = st.builds(lambda name, inline: {"GroupName": name, "Arn": arn("group", name), "GroupPolicyList": inline}, NAMES, INLINE)
VERSIONS = st.lists(
    st.builds(
        lambda number, body, default: {"VersionId": f"v{number}", "Document": body, "IsDefaultVersion": default},
        st.integers(1, 3),
        DOCUMENTS,
        st.booleans(),
    ),
    max_size=3,
)
POLICIES = st.builds(lambda versions: {"PolicyName": "P", "Arn": arn("policy", "P"), "PolicyVersionList": versions}, VERSIONS)
RESOURCES = st.fixed_dictionaries(
    {"Arn": st.sampled_from(["arn:aws:s3:::docs", f"arn:aws:kms:eu-west-1:{HOME}:key/1"])},
    optional={
        "Policy": DOCUMENTS,
        "Tags": TAGS,
        "Account": st.just(HOME),
        "Details": st.just({"AbacEnabled": True, "Size": 1.5, "Grants": []}),
    },
)
LEVELS = st.lists(
    st.builds(
        lambda target, bodies: {"TargetId": target, "Policies": [{"Id": f"p-{n}", "Document": body} for n, body in enumerate(bodies)]},
        st.sampled_from(["r-1", "ou-1", HOME]),
        st.lists(DOCUMENTS, max_size=2),
    ),
    max_size=2,
)
ROWS = st.lists(
    st.fixed_dictionaries({"UserName": NAMES}, optional={"AccessKeyId": st.just("AKIA1"), "SecretAccessKey": st.just("SECRET")}), max_size=2
)
COVERAGE = st.lists(
    st.fixed_dictionaries(
        {"Part": st.sampled_from(["users", "SCPs", "resources"]), "Status": st.sampled_from(["collected", "not-permitted", "partial"])},
        optional={"Region": st.just("eu-west-1"), "Detail": st.just("iam:ListUsers")},
    ),
    max_size=3,
)


def accounts(id: str) -> st.SearchStrategy[dict[str, Any]]:
    described = {"Id": st.just(id)}
    more = {
        "Alias": st.just("prod"),
        "OrganizationId": st.just("o-1"),
        "IsManagementAccount": st.booleans(),
        "Partition": st.just("aws-cn"),
    }
    return st.fixed_dictionaries(
        {"Account": st.fixed_dictionaries(described, optional=more)},
        optional={
            "UserDetailList": st.lists(USERS, max_size=3),
            "GroupDetailList": st.lists(GROUPS, max_size=2),
            "RoleDetailList": st.lists(ROLES, max_size=2),
            "Policies": st.lists(POLICIES, max_size=2),
            "Resources": st.lists(RESOURCES, max_size=2),
            "VpcEndpoints": st.lists(st.fixed_dictionaries({"Id": st.just("vpce-1")}, optional={"Policy": DOCUMENTS}), max_size=1),
            "ServiceControlPolicies": LEVELS,
            "ResourceControlPolicies": LEVELS,
            "AccessKeys": ROWS,
            "MFADevices": ROWS,
            "LoginProfiles": ROWS,
            "AccountSummary": st.just({"Users": 3}),
            "PasswordPolicy": st.just({"MinimumPasswordLength": 14}),
            "PublicAccessBlock": st.just({"BlockPublicAcls": True}),
            "Coverage": COVERAGE,
            "IsTruncated": st.booleans(),
            "Questions": st.just([{"Title": "t", "Principal": "mia", "Action": "s3:GetObject", "Context": {"aws:SourceIp": ["::1"]}}]),
        },
    )


ORGANIZATIONS = st.fixed_dictionaries(
    {
        "Id": st.just("o-1"),
        "Policies": st.lists(
            st.builds(
                lambda body, kind: {"Id": "p-1", "Type": kind, "Content": body},
                DOCUMENTS,
                st.sampled_from(["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]),
            ),
            max_size=2,
        ),
        "Targets": st.just(
            [
                {"Id": "r-1", "Type": "ROOT", "PolicyIds": ["p-1"]},
                {"Id": HOME, "Type": "ACCOUNT", "ParentId": "r-1", "PolicyIds": ["p-9"]},
                {"Id": AWAY, "Type": "ACCOUNT", "ParentId": "r-1", "PolicyIds": []},
            ]
        ),
    }
)
WHOLE = st.one_of(
    accounts(HOME),
    st.builds(lambda one, organization: {"SnapshotVersion": 1, **one, "Organization": organization}, accounts(HOME), ORGANIZATIONS),
    st.fixed_dictionaries({"Accounts": st.tuples(accounts(HOME), accounts(AWAY)).map(list)}, optional={"Organization": ORGANIZATIONS}),
)
