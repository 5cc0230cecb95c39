"""`whygate explain`: what it prints in three formats, its exit status, and what it makes of a verdict that differs from AWS's (R160)."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engine_accounts import AWAY, HOME, MIA, RUN, allow, deny, document, group, role, user
from running import REPOSITORY, Answer, process, refusal, run

from whygate import denials
from whygate.denial_answer import Answer as Answered
from whygate.denial_answer import answer as answer_denial
from whygate.document import decode
from whygate.question import Options
from whygate.snapshot import Snapshot, build

Capture = pytest.CaptureFixture[str]
MATEO = "arn:aws:iam::123456789012:user/mateojackson"
MARY = "arn:aws:iam::123456789012:user/marymajor"
KWESI = "arn:aws:iam::123456789012:user/kwesimanu"
WORKER = "arn:aws:sts::123456789012:assumed-role/ocr-batch-worker/job"
STAFF = "arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces"
DETECT = "textract:DetectDocumentText"
START = "textract:StartDocumentAnalysis"
NO_IDENTITY = "because no identity-based policy allows the action"
IRELAND = ("--context", "aws:RequestedRegion=eu-west-1")
SINGAPORE = ("--context", "aws:RequestedRegion=ap-southeast-2")


def denied(principal: str, action: str, rest: str) -> str:
    return f"User: {principal} is not authorized to perform: {action} {rest}"


def explain(capsys: Capture, *words: str) -> Answer:
    return run(capsys, "explain", *words)


def answered(capsys: Capture, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(capsys, *words, "--format", "json").out)
    return found


@pytest.mark.parametrize(
    ("text", "options", "status", "verdict", "agreement"),
    [
        (denied(MATEO, DETECT, NO_IDENTITY), (), 1, "implicitDeny", "agrees"),
        (denied(MATEO, DETECT, ""), (), 1, "implicitDeny", "agrees"),
        (denied(MARY, START, NO_IDENTITY), IRELAND, 0, "allowed", "differs"),
        (denied(KWESI, DETECT, "with an explicit deny in a service control policy"), (), 3, "depends", "consistent"),
        (denied(KWESI, DETECT, "with an explicit deny in a service control policy"), SINGAPORE, 1, "explicitDeny", "agrees"),
        (denied(MATEO, DETECT, NO_IDENTITY), SINGAPORE, 1, "explicitDeny", "differs"),
        (
            denied(WORKER, "rekognition:SearchFacesByImage", f"on resource: {STAFF} because no permissions boundary allows the action"),
            IRELAND,
            1,
            "implicitDeny",
            "agrees",
        ),
        (denied(WORKER, "rekognition:SearchFacesByImage", f"on resource: {STAFF} {NO_IDENTITY}"), IRELAND, 1, "implicitDeny", "differs"),
    ],
)
def test_the_verdict_beside_the_message_sets_the_exit_status(
    capsys: Capture, text: str, options: tuple[str, ...], status: int, verdict: str, agreement: str
) -> None:
    answer = explain(capsys, text, "demo", *options, "--format", "json")
    found = json.loads(answer.out)
    assert (answer.status, found["verdict"], found["agreement"]) == (status, verdict, agreement)
    assert answer.err == ""


def test_the_json_holds_what_can_prints_and_what_aws_said(capsys: Capture) -> None:
    found = answered(capsys, denied(MATEO, DETECT, NO_IDENTITY), "demo")
    same = json.loads(run(capsys, "can", "demo", MATEO, DETECT, "*", "--format", "json").out)
    assert {key: found[key] for key in same} == same
    assert found["request"] == {"principal": MATEO, "action": DETECT, "resource": None, "context": {}, "inferred": []}
    assert found["reported"] == {"decision": "implicitDeny", "layer": "identity", "policy": None}


def test_without_a_source_the_verdict_is_null_and_the_keys_are_the_same(capsys: Capture) -> None:
    text = denied(MATEO, DETECT, NO_IDENTITY)
    answer = explain(capsys, text, "--format", "json")
    alone = json.loads(answer.out)
    assert answer.status == 0
    assert alone["verdict"] is None
    assert alone["agreement"] is None
    assert alone.keys() == answered(capsys, text, "demo").keys()


@pytest.mark.parametrize(
    ("rest", "layer", "named"),
    [
        ("because no role trust policy allows the sts:AssumeRole action", "resource", "trust"),
        ("with an explicit deny in a VPC endpoint policy", "vpce", "vpce"),
        ("because public policies are prevented by the BlockPublicPolicy setting", "resource", "s3-bpa"),
    ],
)
def test_a_reported_layer_is_one_of_the_layers_of_an_answer(capsys: Capture, rest: str, layer: str, named: str) -> None:
    found = answered(capsys, denied(MATEO, "sts:AssumeRole", rest))
    assert (found["reported"]["layer"], found["named"]) == (layer, named)


def test_text_says_whose_job_it_is_and_what_to_ask_for(capsys: Capture) -> None:
    answer = explain(capsys, denied(MATEO, DETECT, "with an explicit deny in a service control policy"))
    assert answer.lines[0] == "AWS said: denied by a Deny in a service control policy"
    assert "  whose job  the organization's administrator" in answer.lines
    assert any(line.startswith("  ask for    an exception in the SCP") for line in answer.lines)


def test_text_and_markdown_have_the_ladder_and_the_comparison(capsys: Capture) -> None:
    text = explain(capsys, denied(MATEO, DETECT, NO_IDENTITY), "demo").out
    assert "✗ DENIED, implicitly" in text
    assert text.rstrip().endswith("whygate agrees with AWS")
    markdown = explain(capsys, denied(MATEO, DETECT, NO_IDENTITY), "demo", "--format", "markdown").out
    assert markdown.startswith("## AWS said: denied, because no identity")
    assert "| layer | decision | because |" in markdown
    assert "**whygate agrees with AWS**" in markdown


def test_colour_is_on_the_verdict_alone(capsys: Capture) -> None:
    answer = explain(capsys, denied(MATEO, DETECT, NO_IDENTITY), "demo", "--color", "always")
    assert [line for line in answer.lines if "\x1b" in line] == [line for line in answer.lines if "DENIED, implicitly" in line]


def test_several_denials_have_the_exit_status_of_the_worst(capsys: Capture) -> None:
    allowed, depends, refused = denied(MATEO, "sts:GetCallerIdentity", ""), denied(KWESI, DETECT, ""), denied(MATEO, DETECT, "")
    assert explain(capsys, allowed, "demo").status == 0
    assert explain(capsys, f"{depends}\n{allowed}", "demo").status == 3
    answer = explain(capsys, f"{allowed}\n{depends}\n{refused}", "demo", "--format", "json")
    assert answer.status == 1
    assert [json.loads(line)["verdict"] for line in answer.lines] == ["allowed", "depends", "implicitDeny"]


def test_a_denial_that_cannot_be_asked_about_is_said_and_does_not_hide_the_others(capsys: Capture) -> None:
    plain = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"
    answer = explain(capsys, f"{plain}\n{denied(MATEO, DETECT, '')}", "demo", "--format", "json")
    first, second = map(json.loads, answer.lines)
    assert (answer.status, first["verdict"], second["verdict"]) == (1, None, "implicitDeny")
    assert answer.err.startswith("whygate: 1 denial without a verdict: ")
    assert answer.err.count("\n") == 1
    alone = explain(capsys, plain, "demo")
    assert alone.status == 2
    assert "no verdict:" in alone.out


def test_a_principal_that_the_account_does_not_have_is_said(capsys: Capture) -> None:
    answer = explain(capsys, denied("arn:aws:iam::123456789012:user/nobody", DETECT, ""), "demo")
    assert answer.status == 2
    assert "nobody" in answer.err


def test_the_session_of_a_role_with_a_path_is_found_by_its_name(capsys: Capture) -> None:
    session = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_DocumentReviewer_9a8b7c6d5e4f3a2b/pat.candella@example.com"
    adapter = "arn:aws:textract:eu-west-1:123456789012:/adapters/3f9d2c61b7aa"
    found = answered(capsys, denied(session, "TEXTRACT:getadapter", f"on resource: {adapter}"), "demo")
    assert (found["verdict"], found["action"], found["request"]["action"]) == (
        "allowed",
        "textract:GetAdapter",
        "TEXTRACT:getadapter",
    )  # R10


def event(**fields: Any) -> dict[str, Any]:
    return {
        "eventTime": "2026-11-02T10:00:00Z",
        "eventSource": "textract.amazonaws.com",
        "eventName": "DeleteAdapter",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9",
        "errorCode": "AccessDenied",
        "requestParameters": {"adapterId": "8e04a7d5c219"},
        "recipientAccountId": "123456789012",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/sofiamartinez", "accessKeyId": "AKIAEXAMPLE"},
        **fields,
    }


def test_the_context_of_an_event_decides_and_the_command_line_beats_it(capsys: Capture) -> None:
    text = json.dumps(event())
    assert answered(capsys, text, "demo")["verdict"] == "explicitDeny"  # a long-term key carries no MFA (R14)
    mfa = ("--context", "aws:MultiFactorAuthPresent=true", "--credential", "session-token")
    assert answered(capsys, text, "demo", *mfa)["verdict"] == "allowed"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("words", [(), ("-",), ("-", "demo")])
def test_events_come_on_standard_input_packed_or_not(packed: bool, words: tuple[str, ...]) -> None:
    data = json.dumps({"Records": [event()]}).encode()
    answer = process("explain", *words, "--format", "json", given=gzip.compress(data[:40]) + gzip.compress(data[40:]) if packed else data)
    assert json.loads(answer.out)["request"]["action"] == "textract:DeleteAdapter"
    assert answer.status == (1 if "demo" in words else 0)


def test_standard_input_may_be_utf16_or_hold_bytes_that_are_no_text() -> None:
    text = denied(MATEO, DETECT, NO_IDENTITY)
    for given in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), b"\xff\x00\xc3 log\n" + text.encode()):
        answer = process("explain", "-", "--format", "json", given=given)
        assert json.loads(answer.out)["request"]["principal"] == MATEO


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "empty"),
        (b"hello", "no denial was found"),
        (gzip.compress(b"x" * 500)[:-20], "cut off"),
        (b"\x1f\x8b\x08\x00garbage-garbage-garbage", "damaged gzip"),
    ],
)
def test_input_without_a_denial_is_refused_in_one_line(given: bytes, words: str) -> None:
    assert words in refusal(process("explain", "-", given=given))


def test_the_name_of_a_file_is_not_taken_for_the_text(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event()), encoding="utf-8")
    assert "whygate explain - <" in refusal(explain(capsys, str(path)))


def test_without_text_on_a_terminal_it_says_what_it_wants(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert "no text is given" in refusal(explain(capsys))


HOSTILE = "\x1b]52;c;SE9TVElMRQ==\x07\x9b31m\u202egnp.exe[/b]"


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("source", [(), ("demo",)])
def test_hostile_text_never_reaches_the_terminal_raw(capsys: Capture, form: str, source: tuple[str, ...]) -> None:
    resource = f"arn:aws:s3:::docs/{HOSTILE}"
    text = denied(f"arn:aws:iam::123456789012:user/{HOSTILE}", "s3:GetObject", f'on resource: "{resource}" because no {HOSTILE} allows it')
    answer = explain(capsys, text, *source, "--format", form)
    assert "s3:GetObject" in answer.out
    assert not any(character in answer.out + answer.err for character in "\x1b\x07\x9b\u202e")
    if form == "json":
        assert json.loads(answer.out)["request"]["resource"] == resource


def test_it_loads_neither_textual_nor_boto3() -> None:
    code = (
        "import sys; from whygate.__main__ import main; status = main(sys.argv[1:]); "
        "assert not {'textual', 'rich', 'boto3', 'botocore', 'yaml'} & set(sys.modules); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "explain", denied(MATEO, DETECT, ""), "demo"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, b"")


# What a difference means, over small accounts.


def snapshot(*, users: Any = (), roles: Any = (), groups: Any = (), **more: Any) -> Snapshot:
    return build(
        decode(
            json.dumps(
                {
                    "Account": {"Id": HOME},
                    "UserDetailList": list(users),
                    "RoleDetailList": list(roles),
                    "GroupDetailList": list(groups),
                    "Policies": [],
                    **more,
                }
            ).encode()
        )
    )


def levels(*documents: Any) -> list[dict[str, Any]]:
    return [
        {"TargetId": f"t{number}", "TargetName": f"level {number}", "Policies": [{"Id": "p", "Name": "p", "Arn": "a", "Document": item}]}
        for number, item in enumerate(documents)
    ]


def beside(text: str, account: Snapshot, **options: Any) -> Answered:
    (denial,) = denials.read(text)
    return answer_denial(denial, account, options=Options(**options))


def test_the_old_form_of_a_missing_scp_allow_is_named() -> None:
    account = snapshot(users=[user("mia", document(allow()))], ServiceControlPolicies=levels(document(allow("s3:*"))))
    found = beside(denied(MIA, DETECT, "with an explicit deny in a service control policy"), account)
    assert found.agreement == "differs"
    assert any("missing Allow an explicit deny" in remark for remark in found.remarks)  # R160


def test_the_blame_of_a_resource_policy_across_accounts_is_named() -> None:
    secret = f"arn:aws:secretsmanager:eu-west-1:{AWAY}:secret:s-AbCdEf"
    grant = document({"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "*", "Resource": "*"})
    resources = [{"Arn": secret, "Type": "secretsmanager:Secret", "Account": AWAY, "Name": "s", "Policy": grant}]
    account = snapshot(users=[user("mia")], Resources=resources, ServiceControlPolicies=[])
    rest = f"on resource: {secret} because no resource-based policy allows the action"
    found = beside(denied(MIA, "secretsmanager:GetSecretValue", rest), account, uncollected="none")
    assert found.explanation is not None
    assert found.explanation.layers[found.explanation.deciding].layer == "identity"
    assert any("across accounts" in remark for remark in found.remarks)  # R160


def test_two_layers_that_both_deny_are_named() -> None:
    account = snapshot(users=[user("mia")], ServiceControlPolicies=levels(document(allow(), deny("textract:*"))))
    found = beside(denied(MIA, DETECT, NO_IDENTITY), account)
    assert found.agreement == "differs"
    assert any("names one layer even where several deny" in remark for remark in found.remarks)


def test_a_layer_without_a_deny_is_not_said_to_deny_where_aws_found_one_in_it() -> None:
    account = snapshot(users=[user("mia")], ServiceControlPolicies=levels(document(allow(), deny("textract:*"))))
    found = beside(denied(MIA, DETECT, "with an explicit deny in an identity-based policy"), account)
    assert found.agreement == "differs"
    assert not any("both do here" in remark for remark in found.remarks)
    assert any("AWS found a Deny where none matches here" in remark for remark in found.remarks)
    assert any("the layer identity-based policies has no Deny that matches" in remark for remark in found.remarks)


def test_a_layer_that_was_not_collected_fits_what_aws_said() -> None:
    account = snapshot(users=[user("mia", document(allow()))])
    found = beside(denied(MIA, DETECT, "with an explicit deny in a service control policy"), account)
    assert found.agreement == "consistent"
    assert any("service control policies is unknown" in remark for remark in found.remarks)


def test_what_is_allowed_here_may_have_changed_or_hang_on_what_only_aws_saw() -> None:
    account = snapshot(roles=[role("Scan", document(allow()))], ServiceControlPolicies=[], ResourceControlPolicies=[])
    found = beside(denied(RUN, DETECT, "because no session policy allows the action"), account)
    assert found.agreement == "differs"
    said = " ".join(found.remarks)
    assert "may have changed since" in said
    assert "--session-policy" in said
    assert "only AWS saw" in said


def test_an_account_that_is_not_in_the_source_is_said() -> None:
    found = beside(denied(f"arn:aws:iam::{AWAY}:user/bo", DETECT, NO_IDENTITY), snapshot(users=[user("mia")]))
    assert found.agreement == "consistent"
    assert f"the principal's account {AWAY} is not in this source" in found.remarks[0]


def test_a_group_that_a_message_only_names_gets_its_path_from_the_account() -> None:
    pathed = {**group("Admins"), "Arn": f"arn:aws:iam::{HOME}:group/staff/Admins", "Path": "/staff/"}
    statement = document(allow("iam:AddUserToGroup", f"arn:aws:iam::{HOME}:group/staff/*"))
    account = snapshot(users=[user("mia", statement)], groups=[pathed], ServiceControlPolicies=[], ResourceControlPolicies=[])
    found = beside(denied(MIA, "iam:AddUserToGroup", f"on resource: group Admins {NO_IDENTITY}"), account)
    assert found.denial.resource == pathed["Arn"]
    assert found.explanation is not None
    assert found.explanation.verdict == "allowed"
    assert any("inferred from group Admins" in remark for remark in found.remarks)


def test_a_unique_id_finds_its_principal() -> None:
    holder = {**role("Scan", document(allow())), "RoleId": "AROAEXAMPLECURRENT12"}
    identity = {"type": "AWSAccount", "accountId": HOME, "principalId": "AROAEXAMPLECURRENT12:run1"}
    found = beside(json.dumps(event(userIdentity=identity)), snapshot(roles=[holder]))
    assert found.denial.principal == RUN
    assert "principal" in found.denial.inferred
    assert found.explanation is not None
    assert found.explanation.principal == RUN


@pytest.mark.parametrize(
    ("said", "asked"),
    [("scan.png", "*"), (f"arn:aws:textract:eu-west-1:{HOME}:/adapters/x", "*"), ("*", "*"), ("arn:aws:textract", "*")],
)
def test_a_resource_that_the_action_cannot_take_is_asked_on_the_star(said: str, asked: str) -> None:
    account = snapshot(users=[user("mia")])
    found = beside(denied(MIA, DETECT, f"on resource: {said} {NO_IDENTITY}"), account)
    assert found.denial.resource == said
    assert found.explanation is not None
    assert found.explanation.resource == asked
    assert said == "*" or any(said in note for note in found.explanation.notes)


def test_a_name_that_is_no_arn_is_dropped_where_the_action_takes_an_arn() -> None:
    found = beside(denied(MIA, "secretsmanager:GetSecretValue", f"on resource: db-password {NO_IDENTITY}"), snapshot(users=[user("mia")]))
    assert found.explanation is not None
    assert found.explanation.resource == f"arn:aws:secretsmanager:*:{HOME}:secret:*"
    assert any("was dropped" in note for note in found.explanation.notes)
