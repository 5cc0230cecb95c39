"""What is suspicious in a policy: each warning on a statement that has it and not on its sound neighbour, and published policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import SHARED

from whygate import lint, policy
from whygate.grammar import Finding

DATA = SHARED / "data"
ADAPTERS = "arn:aws:textract:us-east-1:111122223333:/adapters/*"


def findings(kind: str, *statements: dict[str, Any], **more: Any) -> tuple[Finding, ...]:
    document = {"Version": "2012-10-17", "Statement": list(statements), **more}
    return lint.findings(policy.from_python(document), kind)


def said(kind: str, *statements: dict[str, Any], **more: Any) -> list[tuple[str, str, str]]:
    return [(item.severity, item.rule, item.text) for item in findings(kind, *statements, **more)]


def allow(action: object = "s3:GetObject", resource: object = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def when(operator: str, key: str, *values: object, **more: Any) -> dict[str, Any]:
    return allow(Condition={operator: {key: list(values) if len(values) > 1 else values[0]}}, **more)


def trust(**principal: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}


def bucket(principal: object, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*", **more}


NONE: dict[str, Any] = {}
# kind, statement, rule, what is said of it, a neighbour of which it is not said
WARNINGS = [
    pytest.param("identity", allow("s*:Get*"), "R21", "wildcard in the service prefix of s*:Get*", allow("s3:Get*"), id="service wildcard"),
    pytest.param(
        "identity", allow("textrakt:*"), "R54", "service textrakt is not in the reference", allow("textract:*"), id="unknown service"
    ),
    pytest.param(
        "identity", allow("s3:GetObjekt"), "R23", "action s3:GetObjekt is not in the reference", allow("s3:getobject"), id="unknown action"
    ),
    pytest.param(
        "identity", allow("s3:Gett*"), "R23", "action s3:Gett* is not in the reference", allow("s3:Get*"), id="pattern for no action"
    ),
    pytest.param(
        "identity",
        allow("iam:PassRole"),
        "R54",
        "iam:PassRole on * lets every role be passed",
        allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "textract.amazonaws.com"}}),
        id="pass every role",
    ),
    pytest.param(
        "identity",
        allow("s3:GetObject", "arn:*:s3:::docs/*"),
        "R28",
        "wildcard in the partition or service of arn:*:s3:::docs/*",
        allow("s3:GetObject", "arn:aws:s3:::docs/*"),
        id="partition wildcard",
    ),
    pytest.param(
        "identity",
        allow("textract:DetectDocumentText", ADAPTERS),
        "R54",
        "action has no resource-level permission",
        allow("textract:DetectDocumentText"),
        id="no resource-level permission",
    ),
    pytest.param(
        "identity",
        allow("textract:GetAdapter", "arn:aws:textract:us-east-1:111122223333:adapters/*"),
        "R54",
        "no action here takes a resource like arn:aws:textract:us-east-1:111122223333:adapters/*",
        allow("textract:GetAdapter", ADAPTERS),
        id="resource of no type",
    ),
    pytest.param(
        "resource",
        bucket("*"),
        "R54",
        "everybody is allowed",
        bucket("*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        id="public",
    ),
    pytest.param("resource", bucket({"AWS": "*"}), "R54", "everybody is allowed", bucket("*", "Deny"), id="public, as AWS type"),
    pytest.param(
        "trust",
        trust(AWS="arn:aws:iam::111122223333:role/*"),
        "R38",
        "a principal takes no partial wildcard",
        trust(AWS="arn:aws:iam::111122223333:role/Ocr"),
        id="principal pattern",
    ),
    pytest.param(
        "trust",
        trust(AWS="AROAEXAMPLEEXAMPLE123"),
        "R39",
        "the id of a principal that was deleted",
        trust(AWS="111122223333"),
        id="deleted principal",
    ),
    pytest.param(
        "identity",
        when("stringequals", "aws:PrincipalOrgID", "o-1"),
        "R80",
        "operator stringequals is not in AWS's own letter case",
        when("StringEquals", "aws:PrincipalOrgID", "o-1"),
        id="letter case of an operator",
    ),
    pytest.param(
        "identity",
        when("StringEquals", "aws:PrincipalTag/team", "ocr-*"),
        "R60",
        "StringEquals takes no wildcards",
        when("StringLike", "aws:PrincipalTag/team", "ocr-*"),
        id="star in an exact comparison",
    ),
    pytest.param(
        "identity",
        allow("ec2:CreateTags", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "env"}}),
        "R71",
        "ForAllValues holds where aws:TagKeys is absent",
        allow("ec2:CreateTags", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "env"}, "Null": {"aws:TagKeys": "false"}}),
        id="ForAllValues of nothing",
    ),
    pytest.param(
        "identity",
        allow("ec2:CreateTags", Condition={"StringEquals": {"aws:TagKeys": "env"}}),
        "R74",
        "aws:TagKeys has several values",
        allow("ec2:CreateTags", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "env"}}),
        id="a set compared as one value",
    ),
    pytest.param(
        "identity",
        allow("ec2:CreateTags", Condition={"ForAnyValue:Null": {"aws:TagKeys": "false"}}),
        "R69",
        "a set operator before Null is read as plain Null",
        allow("ec2:CreateTags", Condition={"Null": {"aws:TagKeys": "false"}}),
        id="set operator before Null",
    ),
    pytest.param(
        "identity",
        when("ArnLike", "aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:t"),
        "R54",
        "aws:SourceArn is absent when users and roles call",
        when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/x"),
        id="a key of services in an identity policy",
    ),
    pytest.param(
        "identity",
        when("NumericLessThan", "aws:MultiFactorAuthAge", "an hour"),
        "R62",
        "an hour is not a number",
        when("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
        id="no number",
    ),
    pytest.param(
        "identity",
        when("DateLessThan", "aws:CurrentTime", "soon"),
        "R63",
        "soon is not a date",
        when("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"),
        id="no date",
    ),
    pytest.param(
        "identity",
        when("DateLessThan", "aws:CurrentTime", "2027"),
        "R63",
        "2027 is read as a year",
        when("DateLessThan", "aws:CurrentTime", "2027-01-01"),
        id="a bare year",
    ),
    pytest.param(
        "identity",
        when("Bool", "aws:SecureTransport", "yes"),
        "R64",
        "yes is neither true nor false",
        when("Bool", "aws:SecureTransport", "True"),
        id="no boolean",
    ),
    pytest.param(
        "identity",
        when("IpAddress", "aws:SourceIp", "192.0.2.0/40"),
        "R65",
        "192.0.2.0/40 is not an address range",
        when("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
        id="no address",
    ),
    pytest.param(
        "identity",
        when("ArnLike", "aws:PrincipalArn", "role/x"),
        "R66",
        "role/x is not an ARN of six fields",
        when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"),
        id="no ARN",
    ),
    pytest.param(
        "identity",
        allow("textract:GetAdapter", Condition={"StringEquals": {"s3:prefix": "a"}}),
        "R54",
        "s3:prefix is not defined for textract:GetAdapter",
        allow("s3:ListBucket", Condition={"StringEquals": {"s3:prefix": "a"}}),
        id="a key that the action lacks",
    ),
    pytest.param(
        "identity",
        allow(Condition={"StringEquals": {"aws:PrincipalTag/team": "a", "aws:principaltag/Team": "b"}}),
        "R49",
        "are one key in two spellings",
        allow(Condition={"StringEquals": {"aws:PrincipalTag/team": "a", "aws:PrincipalTag/unit": "b"}}),
        id="one key in two spellings",
    ),
]


@pytest.mark.parametrize(("kind", "suspicious", "rule", "text", "sound"), WARNINGS)
def test_a_suspicious_statement_is_warned_of_and_its_sound_neighbour_is_not(
    kind: str, suspicious: dict[str, Any], rule: str, text: str, sound: dict[str, Any]
) -> None:
    found = [item for item in findings(kind, suspicious) if text in item.text]
    assert [(item.severity, item.rule) for item in found] == [("warning", rule)]
    assert said(kind, sound) == []


def test_an_id_belongs_to_resource_policies_r47() -> None:
    assert said("identity", allow(), Id="x") == [("warning", "R47", "Id belongs to resource policies")]
    assert said("resource", bucket({"AWS": "111122223333"}), Id="x") == []


def test_a_variable_in_a_document_of_the_old_version_is_plain_text_r43() -> None:
    home = allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*")
    assert ("warning", "R43", "${…} is plain text in a document without Version 2012-10-17") in said("identity", home, Version="2008-10-17")
    assert said("identity", home) == []


@pytest.mark.parametrize(("kind", "limit"), [("identity", 6144), ("boundary", 6144), ("session", 2048), ("trust", 2048), ("scp", 10240)])
def test_a_document_over_the_limit_is_warned_of_r51(kind: str, limit: int) -> None:
    statement = trust(AWS="111122223333") if kind == "trust" else allow("s3:GetObject")
    bare = len(json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":")))

    def padded(size: int) -> list[tuple[str, str, str]]:
        long = {**statement, "Sid": "x" * (size - bare - len(',"Sid":""'))}
        return [item for item in said(kind, long) if item[1] == "R51"]

    assert padded(limit) == []
    ((severity, _, text),) = padded(limit + 1)
    assert severity == "warning"
    assert f"the limit is {limit:,}" in text


def test_a_pattern_among_the_actions_may_take_any_resource() -> None:
    launch = "arn:aws:autoscaling:*:*:launchConfiguration:*:launchConfigurationName/web-*"
    assert said("identity", allow(["autoscaling:AttachInstances", "autoscaling:*LaunchConfiguration"], launch)) == []
    assert said("identity", allow(["autoscaling:AttachInstances"], launch)) != []


def test_an_unreadable_document_has_that_one_finding() -> None:
    (found,) = lint.findings(policy.read("{"), "identity")
    assert (found.severity, found.rule) == ("malformed", "R53")
    assert "not JSON" in found.text


def test_malformed_findings_come_first_and_warnings_with_them() -> None:
    found = said("identity", allow("s3:GetObjekt"), {"Effect": "Allow", "Action": "s3:GetObject"})
    assert found[0] == ("malformed", "R46", "neither Resource nor NotResource")
    assert [item[0] for item in found] == sorted(item[0] for item in found)
    assert any(rule == "R23" for _, rule, _ in found)


def test_a_finding_knows_the_lines_of_its_document() -> None:
    document = policy.from_python({"Version": "2012-10-17", "Statement": [allow(), allow("s3:GetObjekt")]})
    (found,) = lint.findings(document, "identity")
    assert found.path == ("Statement", 1, "Action")
    lines = document.text.lines_of(found.path)
    assert lines is not None
    assert "s3:GetObjekt" in document.text.lines[lines[0]]


def test_a_condition_finding_stands_at_its_key() -> None:
    (found,) = findings("identity", when("Bool", "aws:SecureTransport", "yes"))
    assert found.path == ("Statement", 0, "Condition", "Bool", "aws:SecureTransport")


@pytest.mark.skipif(not (DATA / "managed-policies").is_dir(), reason="the policies of AWS are not beside this checkout")
def test_no_policy_of_aws_is_malformed() -> None:
    policies = json.loads((DATA / "managed-policies" / "aws-managed-policies.json").read_text())
    assert len(policies) > 1000
    broken = {
        name: item.text
        for name, entry in policies.items()
        for item in lint.findings(policy.from_python(entry["Document"]), "identity")
        if item.severity == "malformed"
    }
    assert broken == {}


ORGANIZATION = [folder for folder in (DATA / "scps", DATA / "rcps", DATA / "data-perimeter") if folder.is_dir()]
FILES = sorted(path for folder in ORGANIZATION for path in folder.rglob("*.json"))
published = pytest.mark.skipif(not FILES, reason="the published organization policies are not beside this checkout")


def kind_of(path: Path) -> str:
    """What a published document is a policy of; two in the folder of RCPs belong on resources."""
    parts = path.relative_to(DATA).parts
    if path.name in ("api_gateway_policy.json", "sns_topic_policy.json"):
        return "resource"
    folder = parts[1] if parts[0] == "data-perimeter" else parts[0]
    kinds = {
        "scps": "scp",
        "service_control_policies": "scp",
        "rcps": "rcp",
        "resource_control_policies": "rcp",
        "vpc_endpoint_policies": "vpce",
    }
    return kinds[folder]


@published
def test_one_published_file_is_no_json_and_that_alone_is_unreadable() -> None:
    unreadable = [path.name for path in FILES if policy.read(path.read_bytes()).unreadable]
    assert unreadable == ["deny-service-specific-credential-by-type.json"]


@published
def test_published_policies_are_malformed_only_where_placeholders_or_slips_of_their_authors_are() -> None:
    malformed: dict[str, set[str]] = {}
    for path in FILES:
        document = policy.read(path.read_bytes())
        for item in lint.findings(document, kind_of(path)):
            if item.severity == "malformed" and not document.unreadable:
                malformed.setdefault(path.name, set()).add(f"{item.rule} {item.text}")
    assert malformed == {
        "Shared-Issuers.json": {"R46 neither Resource nor NotResource", "R55 RCP statement must be Deny"},  # its last statement is an Allow
        "resource_perimeter_scp.json": {"R31 Resource is neither an ARN nor *", "R31 NotResource is neither an ARN nor *"},
        "s3_endpoint_policy.json": {"R20 Action '<action>' has no service prefix", "R31 Resource is neither an ARN nor *"},
    }


@published
def test_placeholders_in_published_policies_are_found_where_a_form_is_wanted() -> None:
    """`<my-corporate-cidr>` is no address (R65), `[MAX_…]` no number (R62); `<my-org-id>` stands where any text may, so it passes."""
    found = {
        (item.rule, item.text)
        for path in FILES
        for item in lint.findings(policy.read(path.read_bytes()), kind_of(path))
        if item.rule in ("R62", "R65")
    }
    assert found == {
        ("R65", "<my-corporate-cidr> is not an address range"),
        ("R62", "[MAX_SIGNATURE_AGE_IN_MILLISECONDS] is not a number"),
    }
    assert any("<my-org-id>" in path.read_text() for path in FILES)
