"""CloudTrail events and decoded authorization messages: what becomes of each field, and the containers they come in (R158, R161)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import vector_format

from whygate import catalogue, denials
from whygate.denial import Denial
from whygate.errors import UserError

EVENTS = Path(__file__).parent.parent.parent / "shared" / "data" / "cloudtrail" / "traildiscover"
FILES = sorted(EVENTS.glob("*")) if EVENTS.is_dir() else []
needs_events = pytest.mark.skipif(not FILES, reason="the shared CloudTrail events are not beside this checkout")

# Denied events that name a resource neither in a message nor in parameters from which its ARN follows.
NO_RESOURCE_SAID = {
    "AppSync-CreateApiKey",
    "AppSync-GetIntrospectionSchema",
    "AssociateAccessPolicy",
    "Config-DeleteConfigurationRecorder",
    "CreateAccessEntry",
    "CreateDevEndpoint",
    "CreateFunction20150331",
    "CreateHostedZone",
    "CreateIPSet",
    "CreateUser",
    "DeleteFileSystem",
    "DeleteIdentity",
    "DeleteMountTarget",
    "DescribeListeners",
    "ListBuckets",
    "ListSecrets",
    "ListServiceQuotas",
    "RDS-StartExportTask",
    "ResourceExplorer-Search",
    "SecurityHub-DeleteMembers",
}

RUN = "arn:aws:sts::222233334444:assumed-role/Scan/run1"
EVENT: dict[str, Any] = {
    "eventTime": "2026-03-01T10:00:00Z",
    "eventSource": "textract.amazonaws.com",
    "eventName": "GetAdapter",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "203.0.113.9",
    "errorCode": "AccessDenied",
    "recipientAccountId": "222233334444",
    "requestParameters": {"adapterId": "ab12"},
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLECURRENT12:run1",
        "arn": RUN,
        "accountId": "222233334444",
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::222233334444:role/ocr/Scan", "userName": "Scan"},
            "attributes": {"creationDate": "2026-03-01T09:55:00Z", "mfaAuthenticated": "false"},
        },
    },
}
MESSAGE = f"User: {RUN} is not authorized to perform: textract:GetAdapter because no session policy allows the textract:GetAdapter action"


def one(value: object) -> Denial:
    found = denials.read(value if isinstance(value, str) else json.dumps(value))
    assert len(found) == 1, found
    return found[0]


def changed(**fields: Any) -> dict[str, Any]:
    return {**EVENT, **fields}


@needs_events
def test_all_the_shared_events_are_here() -> None:
    assert len(FILES) == 80


@needs_events
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])
def test_every_shared_event_is_a_denial_with_principal_and_known_action(path: Path) -> None:
    denial = one(path.read_text(encoding="utf-8"))
    assert denial.principal is not None
    assert denial.principal.startswith("arn:aws:")
    assert catalogue.action(denial.action or "") is not None
    assert (denial.resource is None) == (path.name.split(".")[0] in NO_RESOURCE_SAID)
    assert denial.resource is None or denial.resource == "*" or denial.resource.startswith("arn:aws:")


def test_the_event_of_the_reference_gives_the_context_of_the_reference() -> None:
    facts = [vector for vector in vector_format.of_reference() if vector.get("r") == "R161"]
    if not facts:
        pytest.skip("the shared reference is not beside this checkout")
    for fact in facts:
        denial = one(fact["event"])
        assert denial.context == fact["ctx"]
        assert denial.principal == fact["event"]["userIdentity"]["arn"]
        assert denial.action == "textract:DetectDocumentText"
        assert (denial.reported.explicit, denial.reported.layer) == (False, "identity")


def test_an_event_without_a_message_gives_a_request_that_is_inferred_and_says_from_what() -> None:
    denial = one(EVENT)
    assert (denial.principal, denial.action) == (RUN, "textract:GetAdapter")
    assert denial.resource == "arn:aws:textract:eu-west-1:222233334444:/adapters/ab12"
    assert set(denial.inferred) == {"principal", "action", "context", "resource"}
    assert [note.split(":")[0] for note in denial.notes] == ["principal", "action", "resource"]
    assert (denial.reported.decision, denial.reported.layer, denial.reported.code) == (None, None, "AccessDenied")


def test_what_the_message_says_beats_what_the_event_says() -> None:
    text = "User: arn:aws:iam::222233334444:user/kim is not authorized to perform: iam:PassRole on resource: role Notify"
    denial = one(changed(errorMessage=text))
    assert (denial.principal, denial.action) == ("arn:aws:iam::222233334444:user/kim", "iam:PassRole")
    assert denial.resource == "arn:aws:iam::222233334444:role/Notify"
    assert any("the message is taken" in note for note in denial.notes)


@pytest.mark.parametrize(
    ("source", "call", "action"),
    [
        ("lambda.amazonaws.com", "CreateFunction20150331", "lambda:CreateFunction"),
        ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
        ("cloudfront.amazonaws.com", "CreateFunction2020_05_31", "cloudfront:CreateFunction"),
        ("monitoring.amazonaws.com", "DeleteAlarms", "cloudwatch:DeleteAlarms"),
        ("s3.amazonaws.com", "HeadObject", "s3:GetObject"),
        ("s3.amazonaws.com", "ListBuckets", "s3:ListAllMyBuckets"),
        ("textract.amazonaws.com", "NoSuchCall", "textract:NoSuchCall"),
    ],
)
def test_calls_become_actions(source: str, call: str, action: str) -> None:
    denial = one(changed(eventSource=source, eventName=call))
    assert denial.action == action  # R23
    assert "action" in denial.inferred
    assert any(call in note for note in denial.notes)


def test_the_resources_of_an_event_beat_its_parameters_and_the_fitting_one_is_taken() -> None:
    listed = [{"ARN": "arn:aws:iam::222233334444:role/x"}, {"ARN": "arn:aws:textract:eu-west-1:222233334444:/adapters/zz"}]
    assert one(changed(resources=listed)).resource == "arn:aws:textract:eu-west-1:222233334444:/adapters/zz"


def test_parameters_that_hold_an_arn_name_the_resource() -> None:
    role = "arn:aws:iam::222233334444:role/ocr/Scan"
    denial = one(changed(eventSource="sts.amazonaws.com", eventName="AssumeRole", requestParameters={"roleArn": role}))
    assert denial.resource == role


@pytest.mark.parametrize(
    ("identity", "principal", "context"),
    [
        ({"type": "Root", "accountId": "222233334444"}, "arn:aws:iam::222233334444:root", {}),
        ({"type": "AWSService", "invokedBy": "textract.amazonaws.com"}, "textract.amazonaws.com", {}),
        ({"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL"}, "anonymous", {}),
        ({"type": "AWSAccount", "accountId": "222233334444", "principalId": "AROAX:run1"}, None, {}),
        (
            {"type": "WebIdentityUser", "identityProvider": "arn:aws:iam::222233334444:oidc-provider/x.example"},
            "arn:aws:iam::222233334444:oidc-provider/x.example",
            {},
        ),
        (
            {"type": "IAMUser", "arn": "arn:aws:iam::222233334444:user/kim", "invokedBy": "cloudformation.amazonaws.com"},
            "arn:aws:iam::222233334444:user/kim",
            {"aws:ViaAWSService": "true", "aws:PrincipalArn": "arn:aws:iam::222233334444:user/kim"},
        ),
    ],
)
def test_every_kind_of_identity_gives_its_principal(identity: dict[str, Any], principal: str | None, context: dict[str, str]) -> None:
    denial = one(changed(userIdentity=identity))
    assert denial.principal == principal
    own = {"aws:SourceIp", "aws:RequestedRegion", "aws:CurrentTime"}
    assert {key: value for key, value in denial.context.items() if key not in own} == context


def test_a_federated_user_has_its_parent_from_the_session_issuer() -> None:
    issuer = {"sessionIssuer": {"type": "IAMUser", "arn": "arn:aws:iam::222233334444:user/broker"}}
    name = "arn:aws:sts::222233334444:federated-user/guest"
    denial = one(changed(userIdentity={"type": "FederatedUser", "arn": name, "sessionContext": issuer}))
    assert (denial.principal, denial.parent_arn) == (name, "arn:aws:iam::222233334444:user/broker")
    assert denial.context["aws:PrincipalArn"] == name  # R11


def test_an_endpoint_takes_the_address_inside_its_network() -> None:
    denial = one(changed(vpcEndpointId="vpce-1", sourceIPAddress="10.0.0.7"))
    assert denial.context["aws:SourceVpce"] == "vpce-1"
    assert denial.context["aws:VpcSourceIp"] == "10.0.0.7"
    assert "aws:SourceIp" not in denial.context  # R13


def test_an_address_that_is_a_service_is_no_address() -> None:
    assert "aws:SourceIp" not in one(changed(sourceIPAddress="cloudformation.amazonaws.com")).context


@pytest.mark.parametrize(
    ("identity", "credential"),
    [
        ({"type": "IAMUser", "accessKeyId": "AKIAEXAMPLE"}, "long-term"),
        ({"type": "IAMUser", "accessKeyId": "ASIAEXAMPLE"}, "session-token"),
        (
            {"type": "IAMUser", "accessKeyId": "AKIAEXAMPLE", "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}},
            "session-token",
        ),
        ({"type": "AssumedRole", "accessKeyId": "AKIA****"}, ""),
        ({"type": "IAMUser"}, ""),
    ],
)
def test_the_key_id_tells_the_kind_of_credential(identity: dict[str, Any], credential: str) -> None:
    assert one(changed(userIdentity=identity)).credential == credential  # R14, R17


CONTAINERS = {
    "one": json.dumps(EVENT),
    "pretty": json.dumps(EVENT, indent=4),
    "list": json.dumps([EVENT]),
    "records": json.dumps({"Records": [{**EVENT, "errorCode": None}, EVENT]}),
    "lookup-events": json.dumps({"Events": [{"EventName": "GetAdapter", "Username": "run1", "CloudTrailEvent": json.dumps(EVENT)}]}),
    "lines": f"{json.dumps({**EVENT, 'errorCode': 'Throttling'})}\n{json.dumps(EVENT)}\n",
    "event bridge": json.dumps({"detail-type": "AWS API Call via CloudTrail", "detail": EVENT}),
    "log group": json.dumps({"events": [{"timestamp": 1, "message": json.dumps(EVENT)}]}),
    "log line": f"2026-03-01T10:00:01Z {json.dumps(EVENT)}\n",
    "cut off": json.dumps({"Records": [EVENT, changed(eventName="DeleteAdapter")]}, indent=1)[:-300],
    "after text": f"here it is:\n{json.dumps(EVENT)}\nthanks",
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_events_are_found_in_every_container(name: str) -> None:
    denial = one(CONTAINERS[name])
    assert (denial.principal, denial.action) == (RUN, "textract:GetAdapter")


def test_events_of_one_file_stay_in_order_and_equal_ones_are_counted() -> None:
    found = denials.read(json.dumps([EVENT, changed(eventName="DeleteAdapter"), EVENT]))
    assert [(item.action, item.times) for item in found] == [("textract:GetAdapter", 2), ("textract:DeleteAdapter", 1)]


def test_a_refusal_that_no_policy_decides_is_named() -> None:
    denial = one(changed(errorMessage="Cross-account pass role is not allowed."))
    assert any("no policy changes that" in note for note in denial.notes)


@pytest.mark.parametrize("broken", [None, 5, "text", [], [1], {"type": 7, "arn": ["x"], "sessionContext": "no"}])
@pytest.mark.parametrize("field", ["userIdentity", "resources", "requestParameters", "sourceIPAddress", "errorMessage", "awsRegion"])
def test_fields_of_a_wrong_type_do_not_stop_the_reading(field: str, broken: object) -> None:
    assert one(changed(**{field: broken})).action == "textract:GetAdapter"


def test_a_redacted_event_whose_accounts_disagree_is_read() -> None:
    message = MESSAGE.replace("222233334444", "XXXXXXXXXXXX")
    denial = one(changed(errorMessage=message, recipientAccountId="999999999999"))
    assert denial.principal == RUN.replace("222233334444", "XXXXXXXXXXXX")
    assert denial.reported.layer == "session"


DECODED: dict[str, Any] = {
    "allowed": False,
    "explicitDeny": True,
    "matchedStatements": {
        "items": [{"statementId": "Fence", "effect": "DENY", "actions": {"items": [{"value": "ec2:*"}]}, "principals": {"items": []}}]
    },
    "failures": {"items": []},
    "context": {
        "principal": {"id": "AROAX:run1", "name": "run1", "arn": RUN},
        "action": "ec2:RunInstances",
        "resource": "arn:aws:ec2:eu-west-1:222233334444:instance/*",
        "conditions": {
            "items": [
                {"key": "aws:Region", "values": {"items": [{"value": "eu-west-1"}]}},
                {"key": "aws:TagKeys", "values": {"items": [{"value": "a"}, {"value": "b"}]}},
            ]
        },
    },
}


@pytest.mark.parametrize("text", [json.dumps(DECODED), json.dumps({"DecodedMessage": json.dumps(DECODED)})])
def test_a_decoded_message_gives_the_whole_request(text: str) -> None:
    denial = one(text)
    assert (denial.principal, denial.action, denial.resource) == (RUN, "ec2:RunInstances", DECODED["context"]["resource"])
    assert denial.reported.decision == "explicitDeny"
    assert denial.context == {"aws:Region": "eu-west-1", "aws:TagKeys": ["a", "b"], "aws:RequestedRegion": "eu-west-1"}
    assert denial.inferred == ("context",)
    assert any("Fence" in note for note in denial.notes)  # R158


@pytest.mark.parametrize(
    "broken", [{"context": {}, "allowed": False}, {"context": {"conditions": [1, {"key": 5}]}, "matchedStatements": 3}]
)
def test_a_decoded_message_with_parts_missing_is_read(broken: dict[str, Any]) -> None:
    denial = one(broken)
    assert (denial.principal, denial.action, denial.context) == (None, None, {})


def test_deep_nesting_and_huge_numbers_are_no_crash() -> None:
    for text in ("[" * 100_000, '{"a":' * 50_000, "[" + "9" * 10_000 + "]"):
        with pytest.raises(UserError):
            denials.read(text)


@pytest.mark.parametrize("field", ["errorMessage", "errorCode", "eventName", "awsRegion", "sourceIPAddress", "eventTime"])
def test_lone_surrogates_can_still_be_written(field: str) -> None:
    lone = {"errorMessage": MESSAGE + " \ud800", "errorCode": "AccessDenied"}.get(field, "x\ud800")
    for denial in (one(changed(**{field: lone})), one(changed(userIdentity={"arn": "\udfff"}, requestParameters={"adapterId": "\ud800"}))):
        msgspec.json.encode(denial)
        json.dumps(msgspec.to_builtins(denial), ensure_ascii=False).encode()


def test_lone_surrogates_in_a_message_and_its_code_can_still_be_written() -> None:
    for text in (MESSAGE.replace("run1", "run\ud800"), json.dumps({"code": "AccessDenied", "message": "Access Denied \ud800"})):
        assert msgspec.json.encode(one(text))
