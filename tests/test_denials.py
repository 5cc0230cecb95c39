"""Denial messages: one test for every form of them, the frames they come in, line breaks, and texts that hold none (R151-R160)."""

from __future__ import annotations

import contextlib
import json
import textwrap
import time
from collections.abc import Callable
from typing import Any

import pytest
import vector_format
from hypothesis import given
from hypothesis import strategies as st

from whygate import catalogue, denial_answer, denial_patterns, denials
from whygate.denial import Denial
from whygate.denial_messages import is_denial_code
from whygate.denial_request import action_of_call
from whygate.errors import UserError

MESSAGES = [vector for vector in vector_format.of_reference() if vector["t"] == "msg"]
FACTS = [vector for vector in vector_format.of_reference() if vector["t"] == "fact"]
needs_reference = pytest.mark.skipif(not MESSAGES, reason="the shared reference is not beside this checkout")

KIM = "arn:aws:iam::222233334444:user/kim"
RUN = "arn:aws:sts::222233334444:assumed-role/Scan/run1"
ADAPTER = "arn:aws:textract:eu-west-1:222233334444:/adapters/ab12"
GET = f"User: {KIM} is not authorized to perform: textract:GetAdapter on resource: {ADAPTER}"


def one(text: str) -> Denial:
    found = denials.read(text)
    assert len(found) == 1, found
    return found[0]


def refusal(text: str) -> str:
    with pytest.raises(UserError) as caught:
        denials.read(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def request(denial: Denial) -> tuple[str | None, str | None, str | None]:
    return denial.principal, denial.action, denial.resource


def said(denial: Denial) -> tuple[str | None, str | None]:
    return denial.reported.decision, denial.reported.layer


@needs_reference
@pytest.mark.parametrize("vector", [pytest.param(vector, id=name) for name, vector in vector_format.numbered(MESSAGES)])
def test_every_message_of_the_reference_is_read(vector: dict[str, Any]) -> None:
    denial = one(vector["text"])
    assert request(denial) == (vector["principal"], vector["action"], vector["resource"])
    assert (denial.reported.explicit, denial.reported.layer) == (vector["explicit"], vector["layer"])


@needs_reference
def test_the_decoded_message_of_the_reference_is_read() -> None:
    (fact,) = [vector for vector in FACTS if vector.get("r") == "R158"]
    denial = one(json.dumps(fact["decoded"]))
    assert (denial.principal, denial.action, denial.reported.explicit) == (fact["principal"], fact["action"], fact["explicit"])
    assert denial.resource == "arn:aws:ec2:us-east-1:111122223333:vpc/*"
    assert denial.context["aws:Region"] == "us-east-1"


@needs_reference
def test_calls_become_the_actions_of_the_reference() -> None:
    rows = [(vector["api"], vector["action"]) for vector in FACTS if vector.get("r") == "R23"]
    assert rows
    assert [action_of_call(*api.split(":")).name for api, _ in rows] == [action for _, action in rows]


@pytest.mark.parametrize(("phrase", "layer"), denial_patterns.LAYER_PHRASES)
def test_every_layer_phrase_is_read_in_both_forms(phrase: str, layer: str) -> None:
    assert said(one(f"{GET} because no {phrase} allows the textract:GetAdapter action")) == ("implicitDeny", layer)  # R153
    for article in ("a", "an", "the"):
        assert said(one(f"{GET} with an explicit deny in {article} {phrase}.")) == ("explicitDeny", layer)  # R154


def test_a_transitive_deny_is_of_the_layer_after_through() -> None:
    text = f"{GET} with an explicit deny in a VPC endpoint policy transitively through a resource control policy"
    assert said(one(text)) == ("explicitDeny", "rcp")  # R156


@pytest.mark.parametrize(("phrase", "layer", "setting"), denial_patterns.S3_SWITCHES)
def test_every_s3_switch_is_read(phrase: str, layer: str, setting: str) -> None:
    text = f'User: {KIM} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::docs" because {phrase} in S3'
    denial = one(text)
    assert request(denial) == (KIM, "s3:PutBucketPolicy", "arn:aws:s3:::docs")
    assert (said(denial), denial.reported.setting) == (("explicitDeny", layer), setting)  # R157


@pytest.mark.parametrize("closing", ["", ".", ". Encoded authorization failure message: Zm9v_-bar", " (Service: X; Status Code: 403)"])
def test_the_policy_that_denied_is_read_whatever_follows_it(closing: str) -> None:
    policy = "arn:aws:iam::222233334444:policy/team/No.Adapters"
    denial = one(f"{GET} with an explicit deny in an identity-based policy: {policy}{closing}")
    assert denial.reported.policy == policy  # R155


def test_an_encoded_message_is_kept_whole_across_lines() -> None:
    blob = "4GIOHlTkIaWHQD0Q" * 30
    wrapped = "\n".join(textwrap.wrap(blob, 80))
    text = f"You are not authorized to perform this operation. Encoded authorization failure message: {wrapped}\nnext line of the log"
    assert one(text).encoded == blob  # R158


def test_messages_with_an_encoded_part_and_the_core_form_are_one_denial() -> None:
    frame = "An error occurred (UnauthorizedOperation) when calling the RunInstances operation"
    core = f"User: {RUN} is not authorized to perform: ec2:RunInstances with an explicit deny"
    text = f"{frame}: You are not authorized to perform this operation. {core}. Encoded authorization failure message: abc"
    denial = one(text)
    assert (denial.action, denial.encoded, denial.operation, denial.reported.code) == (
        "ec2:RunInstances",
        "abc",
        "RunInstances",
        "UnauthorizedOperation",
    )
    assert said(denial) == ("explicitDeny", None)


@pytest.mark.parametrize("where", ["on the resource associated with this ciphertext", "on this resource", "on the specified resource"])
def test_a_resource_that_is_only_pointed_at_is_not_said(where: str) -> None:
    text = f"User: {RUN} is not authorized to perform: kms:Decrypt {where} because no identity-based policy allows the kms:Decrypt action"
    assert request(one(text)) == (RUN, "kms:Decrypt", None)  # R159


def test_web_identities_and_unsigned_calls_have_no_user() -> None:
    assert request(one("Not authorized to perform sts:AssumeRoleWithWebIdentity")) == (None, "sts:AssumeRoleWithWebIdentity", None)
    text = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********4444:x/GET"
    assert one(text).principal == "anonymous"  # R159


@pytest.mark.parametrize(
    ("words", "resource"),
    [
        ("group Admins", "arn:aws:iam::222233334444:group/Admins"),
        ("instance profile Web", "arn:aws:iam::222233334444:instance-profile/Web"),
        ("policy arn:aws:iam::222233334444:policy/team/P", "arn:aws:iam::222233334444:policy/team/P"),
    ],
)
@pytest.mark.parametrize("reason", ["", " because no identity-based policy allows the iam:X action"])
def test_what_iam_only_names_becomes_an_inferred_arn(words: str, resource: str, reason: str) -> None:
    denial = one(f"User: {KIM} is not authorized to perform: iam:GetThing on resource: {words}{reason}")
    assert (denial.resource, denial.said_resource, denial.inferred) == (resource, words, ("resource",))


# The frames of R151.
FRAMES = {
    "cli": (f"An error occurred (AccessDeniedException) when calling the GetAdapter operation: {GET}", "AccessDeniedException"),
    "retries": (
        f"An error occurred (AccessDeniedException) when calling the GetAdapter operation (reached max retries: 4): {GET}",
        "AccessDeniedException",
    ),
    "java": (
        f"c.a.AccessDeniedException: {GET} (Service: AmazonTextract; Status Code: 400; Error Code: AccessDeniedException; Request ID: 1)",
        "AccessDeniedException",
    ),
    "javascript": (f"AccessDeniedException: {GET}\n    at deserialize (index.js:1:2)\n    at because of this", "AccessDeniedException"),
    "go": (
        f"operation error Textract: GetAdapter, https response error StatusCode: 400, RequestID: 1, api error AccessDeniedException: {GET}",
        "AccessDeniedException",
    ),
    "terraform": (
        "\n".join(f"│ {line}" for line in textwrap.wrap(f"Error: reading: AccessDeniedException: {GET}", 70)),
        "AccessDeniedException",
    ),
    "xml": (f"<Error><Code>AccessDenied</Code><Message>{GET.replace(ADAPTER, f'&quot;{ADAPTER}&quot;')}</Message></Error>", "AccessDenied"),
    "json": (json.dumps({"__type": "com.amazon#AccessDeniedException", "Message": GET}), "AccessDeniedException"),
    "log": (f'level=error msg="{GET.replace(ADAPTER, chr(92) + chr(34) + ADAPTER + chr(92) + chr(34))}" code=1', None),
    "colours": (GET.replace("GetAdapter", "\x1b[31mGetAdapter\x1b[0m"), None),
    "mail": ("\n".join(f"> {line}" for line in textwrap.wrap(GET, 60)), None),
}


@pytest.mark.parametrize("name", FRAMES)
def test_the_frame_around_a_message_is_dropped(name: str) -> None:
    text, code = FRAMES[name]
    denial = one(text)
    assert request(denial) == (KIM, "textract:GetAdapter", ADAPTER)
    assert denial.reported.code == code


@pytest.mark.parametrize(
    ("text", "code", "call", "action"),
    [
        ("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied", "AccessDenied", "GetObject", None),
        ("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "AccessDenied", None, None),
        (
            "operation error S3: HeadObject, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: Access Denied",
            "AccessDenied",
            "HeadObject",
            "s3:GetObject",
        ),
        ("AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)", "AccessDenied", None, None),
        ("AccessDenied: Access Denied\n\tstatus code: 403", "AccessDenied", None, None),
        ('{"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}', "AccessDenied", None, None),
        ("Access Denied", None, None, None),
    ],
)
def test_a_denial_without_its_request_is_one_all_the_same(text: str, code: str | None, call: str | None, action: str | None) -> None:
    denial = one(text)
    assert (denial.reported.code, denial.operation, denial.action, denial.principal) == (code, call, action, None)  # R157
    assert said(denial) == (None, None)


@pytest.mark.parametrize(
    ("context", "decision"),
    [("no service control policy allows the action", "implicitDeny"), ("an explicit deny in a service control policy", "explicitDeny")],
)
def test_the_panel_of_the_console_is_read(context: str, decision: str) -> None:
    panel = (
        f"You don't have permission to iam:ListUsers.\nUser: {KIM}\nService: iam\nAction: ListUsers\nOn resource(s): *\nContext: {context}"
    )
    denial = one(panel)
    assert (request(denial), said(denial)) == ((KIM, "iam:ListUsers", "*"), (decision, "scp"))


LONG = f"An error occurred (AccessDeniedException) when calling the GetAdapter operation: {GET} because no permissions boundary allows the \
textract:GetAdapter action"


@pytest.mark.parametrize("width", range(20, len(LONG) + 1, 3))
@pytest.mark.parametrize("trimmed", [False, True])
def test_lines_broken_by_a_terminal_are_joined(width: int, trimmed: bool) -> None:
    lines = [LONG[start : start + width] for start in range(0, len(LONG), width)]
    denial = one("\n".join(line.rstrip() if trimmed else line for line in lines))
    assert (request(denial), said(denial)) == ((KIM, "textract:GetAdapter", ADAPTER), ("implicitDeny", "boundary"))


def test_several_messages_in_a_log_are_read_in_order_and_equal_ones_once() -> None:
    other = f"User: {RUN} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::docs/a.png"
    log = f"10:00 INFO start\n10:01 ERROR {GET}\n10:02 WARN {other}\n10:03 ERROR {GET}\nException: because of it\n"
    first, second = denials.read(log)
    assert (request(first), first.times) == ((KIM, "textract:GetAdapter", ADAPTER), 2)
    assert (request(second), second.times) == ((RUN, "s3:GetObject", "arn:aws:s3:::docs/a.png"), 1)


def test_a_plain_denial_beside_a_full_one_is_not_taken_for_its_frame() -> None:
    plain = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"
    first, second = denials.read(f"{plain}\n{GET}\n")
    assert (first.operation, first.action) == ("GetObject", None)
    assert request(second) == (KIM, "textract:GetAdapter", ADAPTER)
    assert second.reported.code is None


def test_an_unknown_reason_is_passed_on_in_its_own_words() -> None:
    denial = one(f"{GET} because no lunar policy allows it")
    assert said(denial) == (None, None)
    assert denial.resource == ADAPTER
    assert "because no lunar policy allows it" in denial.notes[0]


@pytest.mark.parametrize("end", range(len(GET), len(LONG[LONG.index("User:") :])))
def test_a_message_that_is_cut_off_in_its_reason_still_has_its_request(end: int) -> None:
    whole = LONG[LONG.index("User:") :]
    denial = one(whole[:end])
    assert request(denial)[:2] == (KIM, "textract:GetAdapter")
    assert denial.resource is not None
    assert denial.resource.startswith(ADAPTER)


def test_a_message_without_its_action_is_refused_with_what_could_be_read() -> None:
    assert KIM in refusal(f"User: {KIM} is not authorized to perf")
    assert "the message is cut off before it names the layer" in one(f"{GET} with an explicit deny in a serv").notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("all is well", "an AccessDenied message, a CloudTrail event"),
        ("access denied for user 'root'@'localhost' (using password: YES)", "no denial was found"),
        ("The client 'x' does not have authorization to perform action 'Microsoft.Compute/y' over scope", "Microsoft Azure"),
        ("PERMISSION_DENIED: Permission 'x' denied on resource", "Google Cloud"),
        ('Error from server (Forbidden): pods is forbidden: User "x" cannot list resource', "Kubernetes"),
        ("An error occurred (ExpiredToken) when calling the ListBuckets operation: The token has expired", "credentials"),
        ('{"Records": [{"eventSource": "s3.amazonaws.com", "eventName": "GetObject"}]}', "1 CloudTrail event, and none"),
        ('{"a": [1, 2', "no denial was found"),
    ],
)
def test_a_text_without_a_denial_is_refused_in_one_line(text: str, words: str) -> None:
    assert words in refusal(text)


@given(st.text(max_size=300), st.text(max_size=60), st.integers(0, 200))
def test_any_text_around_a_message_does_no_harm(before: str, inside: str, position: int) -> None:
    text = GET[:position] + inside + GET[position:]
    for candidate in (before, f"{before}\n{GET}", text):
        try:
            found = denials.read(candidate)
        except UserError:
            continue
        assert all(isinstance(item.text, str) and item.times >= 1 for item in found)


# Texts that would make a careless pattern go over the same characters again and again, five times as long the second time.
SLOW: dict[str, Callable[[int], str]] = {
    "messages": lambda n: "".join(f"10:00 ERROR {GET}{number} because no session policy allows it\n" for number in range(n // 200)),
    "brackets": lambda n: "[\n" * (n // 2),
    "nested": lambda n: '{"a":[\n' * (n // 7),
    "users": lambda n: "User: " * (n // 6),
    "spaces": lambda n: "is not authorized" + " " * n,
    "cores": lambda n: "not authorized to perform: " * (n // 27),
    "layers": lambda n: ("not authorized to perform: a:b with an explicit deny in" + " " * 3000) * (n // 3050),
    "quotes": lambda n: 'not authorized to perform: a:b on resource: "' * (n // 45),
    "panels": lambda n: "User:x Action: " * (n // 15),
    "margins": lambda n: ">" * n,
    "frames": lambda n: "An error occurred ( " * (n // 20),
}


@pytest.mark.parametrize("name", SLOW)
def test_reading_takes_time_in_proportion_to_the_text(name: str) -> None:
    def seconds(size: int) -> float:
        text = SLOW[name](size)
        start = time.process_time()
        with contextlib.suppress(UserError):
            denials.read(text)
        return time.process_time() - start

    small, large = seconds(100_000), seconds(500_000)
    assert large < 1.0 + 10 * small  # quadratic would be 25 times


def test_codes_of_denials_are_known_with_and_without_their_prefixes() -> None:
    assert all(map(is_denial_code, ("Client.UnauthorizedOperation", "com.amazon.coral.service#AccessDeniedException", "accessdenied")))
    assert not any(map(is_denial_code, ("Throttling", "NoSuchBucket", "ExpiredToken", "")))


def test_the_tables_name_what_the_catalogue_knows() -> None:
    assert all(catalogue.action(action) for action in denial_patterns.API_ACTIONS.values())
    assert not any(catalogue.action(call) for call in denial_patterns.API_ACTIONS)
    assert all(map(catalogue.knows_service, denial_patterns.EVENT_SOURCES.values()))
    assert not any(map(catalogue.knows_service, denial_patterns.EVENT_SOURCES))


@pytest.mark.parametrize("layer", [None, *dict.fromkeys(layer for _, layer in denial_patterns.LAYER_PHRASES), "s3-bpa", "s3-setting"])
@pytest.mark.parametrize("decision", [None, "implicitDeny", "explicitDeny"])
def test_every_layer_has_an_owner_and_something_to_ask_for(layer: str | None, decision: str | None) -> None:
    denial = Denial("", denials.Reported(decision, layer), principal=KIM, action="textract:GetAdapter", resource=ADAPTER)
    advice = denial_answer.advice(denial)
    assert advice.said.startswith("denied")
    assert advice.owner
    assert advice.ask
    assert "{" not in advice.ask
