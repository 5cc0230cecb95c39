"""The demo account as a document: well-formed, joined up, and holding what its stories need. Verdicts are in test_demo_stories."""

from __future__ import annotations

import json
import re
import shlex
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.demo import DemoAdapter
from whygate import arn
from whygate.text import visible

MISSING = "arn:aws:iam::aws:policy/SecurityAudit"  # attached on purpose without its document
MANAGED = "AttachedManagedPolicies"
ID_KEYS = {
    "UserId": "AIDA", "GroupId": "AGPA", "RoleId": "AROA", "PolicyId": "ANPA", "InstanceProfileId": "AIPA", "AccessKeyId": "AKIA",
}  # fmt: skip
SERVICE_POLICY_TYPES = {"s3:bucket", "sns:topic", "sqs:queue", "kms:key"}


def load() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DemoAdapter().load("demo", lambda done, total, what: None))
    return document


DOCUMENT = load()
ACCOUNTS: dict[str, dict[str, Any]] = {account["Account"]["Id"]: account for account in DOCUMENT["Accounts"]}
PROD = ACCOUNTS["123456789012"]
LAB = ACCOUNTS["444455556666"]


def entities(account: dict[str, Any]) -> list[dict[str, Any]]:
    return [*account["UserDetailList"], *account["GroupDetailList"], *account["RoleDetailList"]]


def named(account: dict[str, Any], name: str) -> dict[str, Any]:
    found = [one for one in entities(account) if name in (one.get("UserName"), one.get("GroupName"), one.get("RoleName"))]
    assert len(found) == 1, name
    return found[0]


def resource(arn_text: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for account in ACCOUNTS.values() for one in account["Resources"] if one["Arn"] == arn_text]
    assert len(found) == 1, arn_text
    return found[0]


def managed(account: dict[str, Any], name: str) -> dict[str, Any]:
    return next(policy for policy in account["Policies"] if policy["PolicyName"] == name)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Every JSON object in `value`, itself included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_only_the_word_demo_is_accepted() -> None:
    assert DemoAdapter().accepts("demo")
    assert not any(DemoAdapter().accepts(source) for source in ("./demo", "demo.json", "Demo", "aws:demo", ""))


def test_progress_is_reported_from_nothing_to_everything() -> None:
    seen: list[tuple[int, int]] = []
    DemoAdapter().load("demo", lambda done, total, what: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_loading_opens_no_socket_and_imports_no_screen() -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*args, **kwargs): raise AssertionError('a socket was opened')\n"
        "socket.socket = refuse\n"
        "from adapters.demo import DemoAdapter\n"
        "assert len(DemoAdapter().load('demo', lambda *step: None)) > 50_000\n"
        "assert not {'textual', 'boto3', 'whygate.evaluate'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_account_has_a_believable_size() -> None:
    own = [policy for policy in PROD["Policies"] if "::123456789012:" in policy["Arn"]]
    assert [len(PROD["UserDetailList"]), len(PROD["GroupDetailList"]), len(PROD["RoleDetailList"]), len(own)] == [18, 8, 25, 20]
    assert PROD["AccountSummary"]["Policies"] == 20
    assert [len(LAB["UserDetailList"]), len(LAB["RoleDetailList"])] == [2, 3]


def test_ids_are_well_formed_and_unique() -> None:
    seen: Counter[str] = Counter()
    for account in ACCOUNTS.values():
        for one in objects([entities(account), account["AccessKeys"], [p for p in account["Policies"] if "iam::aws:" not in p["Arn"]]]):
            for key, prefix in ID_KEYS.items():
                if key in one:
                    length = 16 if key == "AccessKeyId" else 17
                    assert re.fullmatch(rf"{prefix}[A-Z2-7]{{{length}}}", one[key]), one[key]
                    seen[one[key]] += 1
    assert len(seen) > 80
    assert [one for one, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("account", ACCOUNTS)
def test_names_and_arns_are_unique_and_agree(account: str) -> None:
    document = ACCOUNTS[account]
    arns = [one["Arn"] for one in [*entities(document), *document["Policies"], *document["Resources"]]]
    assert [one for one, times in Counter(arns).items() if times > 1] == []
    for kind, key in (("user", "UserName"), ("group", "GroupName"), ("role", "RoleName")):
        for one in document[f"{kind.title()}DetailList"]:
            assert one["Arn"] == f"arn:aws:iam::{account}:{kind}{one['Path']}{one[key]}"


@pytest.mark.parametrize("account", ACCOUNTS)
def test_groups_that_users_are_in_exist_and_have_members(account: str) -> None:
    document = ACCOUNTS[account]
    used = {group for user in document["UserDetailList"] for group in user["GroupList"]}
    assert used == {group["GroupName"] for group in document["GroupDetailList"]}


def test_every_attached_policy_and_boundary_is_there_but_the_one_meant_to_be_missing() -> None:
    missing: list[str] = []
    for document in ACCOUNTS.values():
        held = {policy["Arn"]: policy["PolicyName"] for policy in document["Policies"]}
        for one in entities(document):
            missing += [attached["PolicyArn"] for attached in one[MANAGED] if held.get(attached["PolicyArn"]) != attached["PolicyName"]]
            boundary = one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
            missing += [boundary] if boundary and boundary not in held else []
    assert missing == [MISSING]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_attachment_counts_count_the_attachments(account: str) -> None:
    document = ACCOUNTS[account]
    attached = Counter(one["PolicyArn"] for entity in entities(document) for one in entity[MANAGED])
    boundaries = Counter(entity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") for entity in entities(document))
    for policy in document["Policies"]:
        assert policy["AttachmentCount"] == attached[policy["Arn"]], policy["PolicyName"]
        assert policy["PermissionsBoundaryUsageCount"] == boundaries[policy["Arn"]], policy["PolicyName"]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_policy_has_one_default_version_that_it_names(account: str) -> None:
    for policy in ACCOUNTS[account]["Policies"]:
        default = [version["VersionId"] for version in policy["PolicyVersionList"] if version["IsDefaultVersion"]]
        assert default == [policy["DefaultVersionId"]], policy["PolicyName"]


def test_every_statement_has_an_effect_an_action_and_the_current_version() -> None:
    documents = [one for one in objects(DOCUMENT) if "Statement" in one]
    assert len(documents) > 70
    for document in documents:
        assert document["Version"] == "2012-10-17"
        for statement in document["Statement"]:
            assert statement["Effect"] in ("Allow", "Deny")
            assert ("Action" in statement) != ("NotAction" in statement)


def test_every_arn_in_the_demo_parses() -> None:
    found = [text for text in texts(DOCUMENT) if text.startswith("arn:")]
    assert len(found) > 200
    for text in found:
        assert arn.parse(text).partition == "aws"


def test_keys_mfa_devices_and_login_profiles_belong_to_users_that_exist() -> None:
    for document in ACCOUNTS.values():
        users = {user["UserName"] for user in document["UserDetailList"]}
        for one in [*document["AccessKeys"], *document["MFADevices"], *document["LoginProfiles"]]:
            assert one["UserName"] in users


def test_resources_carry_an_owner_and_a_policy_or_surely_none() -> None:
    for account, document in ACCOUNTS.items():
        for one in document["Resources"]:
            assert one["Account"] == account
            assert one["Arn"].split(":")[2] == one["Type"].split(":")[0]
            assert (one["Policy"] is not None) == (one["Type"] in SERVICE_POLICY_TYPES), one["Arn"]


def test_roles_named_in_trust_policies_and_resources_of_these_accounts_exist() -> None:
    roles = {role["Arn"] for document in ACCOUNTS.values() for role in document["RoleDetailList"]}
    for document in ACCOUNTS.values():
        for one in objects(document["Resources"]):
            for text in texts([one.get("RoleArn"), one.get("Principal")]):
                if ":role/" in text:
                    assert text in roles


def test_levels_run_from_the_root_through_the_unit_to_each_account() -> None:
    organization = DOCUMENT["Organization"]
    targets = {target["Id"]: target for target in organization["Targets"]}
    policies = {policy["Id"] for policy in organization["Policies"]}
    for target in targets.values():
        assert {"p-FullAWSAccess", "p-RCPFullAWSAccess"} <= set(target["PolicyIds"]) <= policies
    for account, document in ACCOUNTS.items():
        path = []
        place: str | None = account
        while place is not None:
            path.append(place)
            place = targets[place]["ParentId"]
        assert document["Account"]["OrganizationPath"] == "/".join([organization["Id"], *reversed(path[1:])]) + "/"


def test_dates_lie_in_2026_but_for_the_forgotten_user() -> None:
    old = {text for text in texts(DOCUMENT) if re.match(r"20\d\d-\d\d-\d\dT", text) and not text.startswith("2026-")}
    richard = named(PROD, "richardroe")
    keys = [key for key in PROD["AccessKeys"] if key["UserName"] == "richardroe"]
    assert old == set(re.findall(r"20\d\d-[0-9-]+T[0-9:+]+Z?", json.dumps([richard, keys])))


def test_the_forgotten_user_has_an_active_old_key_and_no_password() -> None:
    keys = [key for key in PROD["AccessKeys"] if key["UserName"] == "richardroe"]
    assert [(key["CreateDate"][:4], key["Status"]) for key in keys] == [("2021", "Active"), ("2021", "Active")]
    assert "LastUsedDate" not in keys[1]["AccessKeyLastUsed"]
    assert "PasswordLastUsed" not in named(PROD, "richardroe")
    assert "richardroe" not in {profile["UserName"] for profile in PROD["LoginProfiles"]}


def test_the_default_version_of_textract_use_is_not_its_last() -> None:
    policy = managed(PROD, "TextractUse")
    assert [version["VersionId"] for version in policy["PolicyVersionList"]] == ["v4", "v3", "v2", "v1"]
    assert policy["DefaultVersionId"] == "v3"


def test_one_aws_managed_policy_is_attached_to_nobody() -> None:
    used = ("AttachmentCount", "PermissionsBoundaryUsageCount")
    unused = [policy["PolicyName"] for policy in PROD["Policies"] if not any(policy[key] for key in used)]
    assert unused == ["AmazonRekognitionReadOnlyAccess"]


def test_the_textract_adapters_of_the_tag_story_differ_in_their_tag() -> None:
    place = "arn:aws:textract:eu-west-1:123456789012:/adapters/"
    environments = [{tag["Key"]: tag["Value"] for tag in resource(place + one)["Tags"]}["env"] for one in ("3f9d2c61b7aa", "8e04a7d5c219")]
    assert environments == ["prod", "dev"]
    assert [user["UserName"] for user in PROD["UserDetailList"] if "adapter-users" in user["GroupList"]] == ["paulosantos"]


def test_identity_center_roles_trust_the_saml_provider() -> None:
    roles = [role for role in PROD["RoleDetailList"] if role["Path"].startswith("/aws-reserved/sso.amazonaws.com/")]
    assert len(roles) == 3
    for role in roles:
        statement = role["AssumeRolePolicyDocument"]["Statement"][0]
        assert statement["Principal"]["Federated"].startswith("arn:aws:iam::123456789012:saml-provider/AWSSSO_")
        assert "sts:AssumeRoleWithSAML" in statement["Action"]


def test_the_partner_role_asks_for_an_external_id() -> None:
    statement = named(PROD, "PartnerReview")["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Condition"]["StringEquals"]["sts:ExternalId"] == "ocr-review-2026"


def test_questions_are_short_unlike_and_about_entities_of_the_demo() -> None:
    questions = PROD["Questions"]
    principals = {one["Arn"] for document in ACCOUNTS.values() for one in entities(document)}
    names = {text.rsplit("/", 1)[-1] for text in principals} | {key["AccessKeyId"] for key in PROD["AccessKeys"]}
    assert len(questions) >= 11
    assert len({question["Title"] for question in questions}) == len(questions)
    for question in questions:
        assert set(question) == {"Title", "Principal", "Action", "Resource", "Context"}
        assert 0 < len(question["Title"]) <= 60
        session = ":assumed-role/" in question["Principal"]
        assert question["Principal"] in principals or question["Principal"].split("/")[1 if session else -1] in names


def test_the_documentation_asks_every_saved_question_in_the_same_order() -> None:
    names: dict[str, str] = {}
    asked = []
    for line in (Path(__file__).parent.parent / "docs" / "demo.md").read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"([A-Z]+)=(\S+)", line):
            names[match[1]] = match[2]
        if line.startswith("whygate can demo "):
            words = shlex.split(string.Template(line).substitute(names))[3:]
            context: dict[str, str | None] = {}
            if "--context" in words:
                place = words.index("--context")
                key, equals, value = words[place + 1].partition("=")
                context = {key: value} if equals else {key.removesuffix("!"): None}
                del words[place : place + 2]
            asked.append((words[0], words[1], words[2] if len(words) == 3 else "*", context))
    saved = [(one["Principal"], one["Action"], one["Resource"], one["Context"]) for one in PROD["Questions"]]
    assert [one for one in asked if one in saved] == saved


def test_nothing_in_the_demo_could_act_on_a_terminal() -> None:
    assert [text for text in texts(DOCUMENT) if visible(text) != text] == []
