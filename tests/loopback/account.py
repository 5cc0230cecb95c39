"""The account behind the loopback server: small, with one thing at least of every kind, and more than a page of what can be listed.

`ana` may do everything with what is tagged env=prod, `ben` everything at all, `cho` what her group and her boundary say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from loopback.server import AbsentError, Answers, Output

ACCOUNT = "123456789012"
REGION = "eu-west-1"
WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ORGANIZATION = "o-loopback001"
TAGS = [{"Key": "env", "Value": "prod"}, {"Key": "team", "Value": "scan"}]
TAG_MAP = {"env": "prod", "team": "scan"}
STORE = "arn:aws:sso:::instance/ssoins-1111222233334444"
SET = "arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-1111222233334444"


def statement(effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "*", "Resource": "*", **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


EVERYTHING = policy(statement())
TAGGED = policy(statement(Condition={"StringEquals": {"aws:ResourceTag/env": "prod"}}))
TRUST = policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ben"}, "Action": "sts:AssumeRole"})


def owner(resource: str, action: str, principal: object = None) -> str:
    """A resource-based policy that leaves the rest to the account."""
    return policy(
        {"Effect": "Allow", "Principal": principal or {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": action, "Resource": resource}
    )


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def iam(kind: str, name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}{path}{name}"


PROJECT = arn("rekognition", "project/stamps/1700000000000")
VERSION = arn("rekognition", "project/stamps/version/v1/1700000000001")
DATASET = arn("rekognition", "project/stamps/dataset/train/1700000000002")
STREAM = arn("rekognition", "streamprocessor/gate")
KEY = arn("kms", "key/11111111-2222-3333-4444-555555555555")
TOPIC = arn("sns", "done")
QUEUE = arn("sqs", "jobs")
SECRET = arn("secretsmanager", "secret:gateway-Ab12Cd")
FUNCTION = arn("lambda", "function:scan")
GROUP = arn("sagemaker", "model-package-group/layouts")
BUCKET = "arn:aws:s3:::docs"
OPEN_BUCKET = "arn:aws:s3:::leaflets"
ENDPOINT = "vpce-0a1b2c3d4e5f67890"


def _user(name: str, **more: Any) -> dict[str, Any]:
    return {
        "UserName": name, "Arn": iam("user", name), "UserId": f"AIDA{name.upper():X<17}", "Path": "/", "CreateDate": WHEN,
        "GroupList": [], "AttachedManagedPolicies": [], "Tags": [], **more,
    }  # fmt: skip


def _managed(name: str, document: str) -> dict[str, Any]:
    return {
        "PolicyName": name, "Arn": iam("policy", name), "PolicyId": f"ANPA{name.upper():X<17}", "Path": "/", "DefaultVersionId": "v2",
        "AttachmentCount": 1, "IsAttachable": True, "CreateDate": WHEN, "UpdateDate": WHEN,
        "PolicyVersionList": [
            {"VersionId": "v2", "IsDefaultVersion": True, "Document": document, "CreateDate": WHEN},
            {"VersionId": "v1", "IsDefaultVersion": False, "Document": policy(), "CreateDate": WHEN},
        ],
    }  # fmt: skip


AWS_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"


def _attached(name: str) -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyArn": iam("policy", name)}]


DETAILS: dict[str, Any] = {
    "UserDetailList": [
        _user("ana", UserPolicyList=[{"PolicyName": "Own", "PolicyDocument": TAGGED}], Tags=[{"Key": "team", "Value": "scan"}]),
        _user("ben", AttachedManagedPolicies=_attached("Everything")),
        _user(
            "cho",
            GroupList=["readers"],
            PermissionsBoundary={"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": iam("policy", "Fence")},
        ),
        _user("dee", AttachedManagedPolicies=[{"PolicyName": "Admin", "PolicyArn": AWS_POLICY}]),
        *(_user(f"user{number}") for number in range(3)),
    ],
    "GroupDetailList": [
        {
            "GroupName": "readers", "Arn": iam("group", "readers"), "GroupId": "AGPAREADERSXXXXXXXXXX", "Path": "/", "CreateDate": WHEN,
            "GroupPolicyList": [{"PolicyName": "Read", "PolicyDocument": EVERYTHING}],
            "AttachedManagedPolicies": _attached("Everything"),
        }
    ],
    "RoleDetailList": [
        {
            "RoleName": name, "Arn": iam("role", name, "/team/"), "RoleId": f"AROA{name.upper():X<17}", "Path": "/team/",
            "CreateDate": WHEN, "AssumeRolePolicyDocument": TRUST, "InstanceProfileList": [], "Tags": [],
            "RolePolicyList": [{"PolicyName": "Read", "PolicyDocument": EVERYTHING}], "AttachedManagedPolicies": _attached("Everything"),
        }
        for name in ("Analyst", "Batch", "Scanner")
    ],
    "Policies": [
        _managed("Everything", EVERYTHING), _managed("Fence", EVERYTHING), _managed("Spare", policy()),
        {**_managed("AdministratorAccess", EVERYTHING), "Arn": AWS_POLICY},
    ],
}  # fmt: skip


def _found(key: str, word: str, name: str) -> dict[str, Any]:
    """The entry of the details that is called so; NoSuchEntity where there is none."""
    for entity in DETAILS[key]:
        if entity[f"{word}Name"] == name:
            found: dict[str, Any] = entity
            return found
    raise AbsentError("NoSuchEntity")


def _without(entity: dict[str, Any], *kept: str) -> dict[str, Any]:
    return {key: value for key, value in entity.items() if key in ("Path", "Arn", "CreateDate", *kept)}


def _entity_answers(word: str, key: str) -> dict[tuple[str, str], Output]:
    """What IAM's List and Get calls say of one kind, from the same details."""
    inline, name, identity = f"{word}PolicyList", f"{word}Name", f"{word}Id"
    listed = (name, identity, *(("AssumeRolePolicyDocument",) if word == "Role" else ()))
    got = (*listed, "Tags", "PermissionsBoundary")

    def one(parameters: dict[str, Any]) -> dict[str, Any]:
        return _found(key, word, parameters[name])

    def one_policy(parameters: dict[str, Any]) -> dict[str, Any]:
        item = next(item for item in one(parameters)[inline] if item["PolicyName"] == parameters["PolicyName"])
        return {name: parameters[name], **item}

    return {
        ("iam", f"List{word}s"): {f"{word}s": [_without(entity, *listed) for entity in DETAILS[key]]},
        ("iam", f"Get{word}"): lambda given: {word: _without(one(given), *got)},
        ("iam", f"List{word}Policies"): lambda given: {"PolicyNames": [item["PolicyName"] for item in one(given).get(inline, [])]},
        ("iam", f"Get{word}Policy"): one_policy,
        ("iam", f"ListAttached{word}Policies"): lambda given: {"AttachedPolicies": one(given)["AttachedManagedPolicies"]},
    }


def _policy_entry(given: dict[str, Any]) -> dict[str, Any]:
    for entry in DETAILS["Policies"]:
        if entry["Arn"] == given["PolicyArn"]:
            found: dict[str, Any] = entry
            return found
    raise AbsentError("NoSuchEntity")


def _piecemeal() -> dict[tuple[str, str], Output]:
    answers: dict[tuple[str, str], Output] = {}
    for word, key in (("User", "UserDetailList"), ("Group", "GroupDetailList"), ("Role", "RoleDetailList")):
        answers |= _entity_answers(word, key)
    groups = [_without(group, "GroupName", "GroupId") for group in DETAILS["GroupDetailList"]]
    fields = ("PolicyName", "PolicyId", "DefaultVersionId", "AttachmentCount")
    answers |= {
        ("iam", "ListGroupsForUser"): lambda given: {
            "Groups": [one for one in groups if one["GroupName"] in _found("UserDetailList", "User", given["UserName"])["GroupList"]]
        },
        ("iam", "ListPolicies"): {"Policies": [_without(entry, *fields) for entry in DETAILS["Policies"] if entry["Arn"] != AWS_POLICY]},
        ("iam", "GetPolicy"): lambda given: {"Policy": _without(_policy_entry(given), *fields)},
        ("iam", "GetPolicyVersion"): lambda given: {"PolicyVersion": _policy_entry(given)["PolicyVersionList"][0]},
    }
    del answers["iam", "GetGroup"]
    return answers


def _login_profile(given: dict[str, Any]) -> dict[str, Any]:
    if given["UserName"] != "ana":
        raise AbsentError("NoSuchEntity")
    return {"LoginProfile": {"UserName": "ana", "CreateDate": WHEN, "PasswordResetRequired": False}}


def _key(user: str) -> dict[str, Any]:
    return {"UserName": user, "AccessKeyId": f"AKIA{user.upper():X<16}", "Status": "Active", "CreateDate": WHEN}


def _by_name(key: str, known: dict[str, dict[str, Any]], code: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def answer(given: dict[str, Any]) -> dict[str, Any]:
        if given[key] not in known:
            raise AbsentError(code)
        return known[given[key]]

    return answer


def _control_policies(given: dict[str, Any]) -> dict[str, Any]:
    kind = given["Filter"]
    short = "FullAWSAccess" if kind == "SERVICE_CONTROL_POLICY" else "RCPFullAWSAccess"
    path = f"arn:aws:organizations::aws:policy/{kind.lower()}/p-{short}"
    return {"Policies": [{"Id": f"p-{short}", "Arn": path, "Name": short, "Type": kind, "AwsManaged": True}]}


def _control_policy(given: dict[str, Any]) -> dict[str, Any]:
    rcp = given["PolicyId"].startswith("p-RCP")
    content = policy(statement(Principal="*")) if rcp else EVERYTHING
    return {"Policy": {"PolicySummary": {"Id": given["PolicyId"]}, "Content": content}}


REPORT = f"user,arn,password_enabled,mfa_active\nana,{iam('user', 'ana')},true,true\n"
_PARENTS = {ACCOUNT: ("ou-root-prod1234", "ORGANIZATIONAL_UNIT"), "ou-root-prod1234": ("r-root", "ROOT")}
_BLOCK = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)
_GRANT = {"Grantee": {"Type": "CanonicalUser", "ID": "c" * 64}, "Permission": "FULL_CONTROL"}


def _summary(part: str, word: str, names: list[str]) -> list[dict[str, Any]]:
    kind = {"TrainingJob": "training-job", "Model": "model", "Endpoint": "endpoint", "ModelPackageGroup": "model-package-group"}[word]
    states = {"TrainingJob": "Completed", "Endpoint": "InService", "ModelPackageGroup": "Completed"}
    more = {f"{word}Status": states[word]} if word in states else {}
    modified = {"LastModifiedTime": WHEN} if word == "Endpoint" else {}
    return [{f"{word}Name": name, f"{word}Arn": arn(part, f"{kind}/{name}"), "CreationTime": WHEN, **more, **modified} for name in names]


def answers(caller: str = iam("user", "ana")) -> Answers:
    """Every answer that a pull may ask for."""
    return {
        ("sts", "GetCallerIdentity"): {"Account": ACCOUNT, "Arn": caller, "UserId": "AIDAANAXXXXXXXXXXXXXX"},
        ("iam", "GetAccountAuthorizationDetails"): DETAILS,
        **_piecemeal(),
        ("iam", "ListAccountAliases"): {"AccountAliases": ["loopback"]},
        ("iam", "GetAccountSummary"): {"SummaryMap": {"Users": 7, "Groups": 1, "Roles": 3, "Policies": 3}},
        ("iam", "GetAccountPasswordPolicy"): {"PasswordPolicy": {"MinimumPasswordLength": 14, "ExpirePasswords": False}},
        ("iam", "GenerateCredentialReport"): {"State": "COMPLETE"},
        ("iam", "GetCredentialReport"): {"Content": REPORT.encode(), "ReportFormat": "text/csv", "GeneratedTime": WHEN},
        ("iam", "ListSAMLProviders"): {"SAMLProviderList": [{"Arn": iam("saml-provider", "corp"), "CreateDate": WHEN}]},
        ("iam", "ListOpenIDConnectProviders"): {"OpenIDConnectProviderList": [{"Arn": iam("oidc-provider", "tokens.example.com")}]},
        ("iam", "ListAccessKeys"): lambda given: {"AccessKeyMetadata": [_key(given["UserName"])]},
        ("iam", "GetAccessKeyLastUsed"): {
            "UserName": "ana", "AccessKeyLastUsed": {"LastUsedDate": WHEN, "ServiceName": "s3", "Region": REGION}
        },
        ("iam", "ListMFADevices"): lambda given: {
            "MFADevices": [{"UserName": given["UserName"], "SerialNumber": iam("mfa", given["UserName"]), "EnableDate": WHEN}]
        },
        ("iam", "GetLoginProfile"): _login_profile,
        ("organizations", "DescribeOrganization"): {"Organization": {"Id": ORGANIZATION, "MasterAccountId": "999988887777"}},
        ("organizations", "ListParents"): lambda given: {
            "Parents": [{"Id": _PARENTS[given["ChildId"]][0], "Type": _PARENTS[given["ChildId"]][1]}]
        },
        ("organizations", "ListRoots"): {"Roots": [{"Id": "r-root", "Name": "Root"}]},
        ("organizations", "DescribeOrganizationalUnit"): {"OrganizationalUnit": {"Id": "ou-root-prod1234", "Name": "Production"}},
        ("organizations", "ListPoliciesForTarget"): _control_policies,
        ("organizations", "DescribePolicy"): _control_policy,
        **_identity_center(),
        **_machine_learning(),
        **_storage(),
        **_messages(),
    }  # fmt: skip


def _identity_center() -> dict[tuple[str, str], Output]:
    managed = {"Name": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    principal = "11112222-3333-4444-5555-666677778888"
    return {
        ("sso-admin", "ListInstances"): {"Instances": [{"InstanceArn": STORE, "IdentityStoreId": "d-1111222233"}]},
        ("sso-admin", "ListPermissionSets"): {"PermissionSets": [SET, f"{SET[:-1]}5", f"{SET[:-1]}6"]},
        ("sso-admin", "DescribePermissionSet"): lambda given: {
            "PermissionSet": {"Name": "Reader", "PermissionSetArn": given["PermissionSetArn"], "SessionDuration": "PT1H"}
        },
        ("sso-admin", "GetInlinePolicyForPermissionSet"): {"InlinePolicy": EVERYTHING},
        ("sso-admin", "GetPermissionsBoundaryForPermissionSet"): _by_name("PermissionSetArn", {}, "ResourceNotFoundException"),
        ("sso-admin", "ListManagedPoliciesInPermissionSet"): {"AttachedManagedPolicies": [managed]},
        ("sso-admin", "ListCustomerManagedPolicyReferencesInPermissionSet"): {
            "CustomerManagedPolicyReferences": [{"Name": "Everything", "Path": "/"}]
        },
        ("sso-admin", "ListAccountAssignments"): lambda given: {
            "AccountAssignments": [
                {"AccountId": ACCOUNT, "PermissionSetArn": given["PermissionSetArn"], "PrincipalType": "GROUP", "PrincipalId": principal}
            ]
        },
    }


def _machine_learning() -> dict[tuple[str, str], Output]:
    adapters = [
        {"AdapterId": f"{number}f9d2c61b7aa", "AdapterName": f"invoices{number}", "CreationTime": WHEN, "FeatureTypes": ["QUERIES"]}
        for number in range(3)
    ]
    project = {"ProjectArn": PROJECT, "Status": "CREATED", "Feature": "CUSTOM_LABELS"}
    datasets = {"Datasets": [{"DatasetArn": DATASET, "DatasetType": "TRAIN", "CreationTimestamp": WHEN}]}
    return {
        ("textract", "ListAdapters"): {"Adapters": adapters},
        ("textract", "ListAdapterVersions"): lambda given: {
            "AdapterVersions": [{"AdapterId": given["AdapterId"], "AdapterVersion": "1", "CreationTime": WHEN, "Status": "ACTIVE"}]
        },
        ("textract", "ListTagsForResource"): {"Tags": TAG_MAP},
        ("rekognition", "ListCollections"): {"CollectionIds": ["faces", "visitors", "staff"], "FaceModelVersions": ["7.0", "7.0", "7.0"]},
        ("rekognition", "DescribeProjects"): {"ProjectDescriptions": [{**project, **datasets}]},
        ("rekognition", "ListProjectPolicies"): {
            "ProjectPolicies": [{"ProjectArn": PROJECT, "PolicyName": "p", "PolicyDocument": owner(PROJECT, "rekognition:*")}]
        },
        ("rekognition", "DescribeProjectVersions"): {
            "ProjectVersionDescriptions": [{"ProjectVersionArn": VERSION, "Status": "RUNNING", "CreationTimestamp": WHEN}]
        },
        ("rekognition", "ListStreamProcessors"): {"StreamProcessors": [{"Name": "gate", "Status": "RUNNING"}]},
        ("rekognition", "DescribeStreamProcessor"): {"Name": "gate", "RoleArn": iam("role", "Scanner", "/team/"), "Status": "RUNNING"},
        ("rekognition", "ListTagsForResource"): {"Tags": TAG_MAP},
        ("sagemaker", "ListTrainingJobs"): {"TrainingJobSummaries": _summary("sagemaker", "TrainingJob", ["one", "two", "three"])},
        ("sagemaker", "ListModels"): {"Models": _summary("sagemaker", "Model", ["layout"])},
        ("sagemaker", "ListEndpoints"): {"Endpoints": _summary("sagemaker", "Endpoint", ["live"])},
        ("sagemaker", "ListModelPackageGroups"): {
            "ModelPackageGroupSummaryList": _summary("sagemaker", "ModelPackageGroup", ["layouts", "empty"])
        },
        ("sagemaker", "GetModelPackageGroupPolicy"): _by_name(
            "ModelPackageGroupName", {"layouts": {"ResourcePolicy": owner(GROUP, "sagemaker:*")}}, "ValidationException"
        ),
        ("sagemaker", "ListTags"): {"Tags": TAGS},
    }


def _storage() -> dict[tuple[str, str], Output]:
    public = owner(f"{OPEN_BUCKET}/*", "s3:GetObject", "*")
    bucket = "Bucket"
    return {
        ("s3", "ListBuckets"): {"Buckets": [{"Name": name, "CreationDate": WHEN} for name in ("docs", "leaflets", "plain")]},
        ("s3", "GetBucketLocation"): {"LocationConstraint": REGION},
        ("s3", "GetBucketPolicy"): _by_name(
            bucket, {"docs": {"Policy": owner(f"{BUCKET}/*", "s3:*")}, "leaflets": {"Policy": public}}, "NoSuchBucketPolicy"
        ),
        ("s3", "GetPublicAccessBlock"): _by_name(
            bucket, {"leaflets": {"PublicAccessBlockConfiguration": _BLOCK}}, "NoSuchPublicAccessBlockConfiguration"
        ),
        ("s3", "GetBucketOwnershipControls"): _by_name(
            bucket,
            {"docs": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}},
            "OwnershipControlsNotFoundError",
        ),
        ("s3", "GetBucketAcl"): {"Owner": {"ID": "c" * 64}, "Grants": [_GRANT]},
        ("s3", "GetBucketTagging"): _by_name(bucket, {"docs": {"TagSet": TAGS}}, "NoSuchTagSet"),
        ("s3", "GetBucketAbac"): {"AbacStatus": {"Status": "Enabled"}},
        ("s3control", "GetPublicAccessBlock"): {"PublicAccessBlockConfiguration": _BLOCK},
        ("kms", "ListKeys"): {"Keys": [{"KeyId": KEY.rsplit("/", 1)[1], "KeyArn": KEY}]},
        ("kms", "ListAliases"): {"Aliases": [{"AliasName": "alias/docs", "TargetKeyId": KEY.rsplit("/", 1)[1]}]},
        ("kms", "GetKeyPolicy"): {"Policy": owner("*", "kms:*")},
        ("kms", "ListGrants"): {"Grants": [{"GrantId": "g" * 64, "GranteePrincipal": iam("user", "cho"), "Operations": ["Decrypt"]}]},
        ("kms", "ListResourceTags"): {"Tags": [{"TagKey": "env", "TagValue": "prod"}]},
    }


def _messages() -> dict[tuple[str, str], Output]:
    return {
        ("sns", "ListTopics"): {"Topics": [{"TopicArn": TOPIC}]},
        ("sns", "GetTopicAttributes"): {"Attributes": {"TopicArn": TOPIC, "Policy": owner(TOPIC, "sns:Publish")}},
        ("sns", "ListTagsForResource"): {"Tags": TAGS},
        ("sqs", "ListQueues"): {"QueueUrls": [f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}" for name in ("jobs", "more", "rest")]},
        ("sqs", "GetQueueAttributes"): {"Attributes": {"Policy": owner(QUEUE, "sqs:SendMessage")}},
        ("sqs", "ListQueueTags"): {"Tags": TAG_MAP},
        ("secretsmanager", "ListSecrets"): {"SecretList": [{"ARN": SECRET, "Name": "gateway", "Tags": TAGS}]},
        ("secretsmanager", "GetResourcePolicy"): {
            "ARN": SECRET,
            "Name": "gateway",
            "ResourcePolicy": owner(SECRET, "secretsmanager:GetSecretValue"),
        },
        ("lambda", "ListFunctions"): {
            "Functions": [{"FunctionName": "scan", "FunctionArn": FUNCTION, "Role": iam("role", "Scanner", "/team/")}]
        },
        ("lambda", "GetPolicy"): {"Policy": owner(FUNCTION, "lambda:InvokeFunction")},
        ("lambda", "ListTags"): {"Tags": TAG_MAP},
        ("ec2", "DescribeVpcEndpoints"): {
            "VpcEndpoints": [
                {
                    "VpcEndpointId": ENDPOINT,
                    "VpcId": "vpc-1",
                    "ServiceName": f"com.amazonaws.{REGION}.s3",
                    "PolicyDocument": policy(statement(Principal="*")),
                }
            ]
        },
    }
