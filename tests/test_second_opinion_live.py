"""`whygate can --verify` and `V` over real HTTP: what AWS is asked, what is made of its answer, and one line where there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import account
from loopback.account import ACCOUNT, BUCKET, iam
from loopback.pulling import QUICK, environment
from loopback.server import DENIED, AbsentError, Fault, Loopback
from running import Answer, refusal, run
from sources import register

from adapters import second_opinion
from adapters.aws import AwsAdapter
from whygate.errors import UserError
from whygate.simulated import Asked, ContextEntry, Opinion, Source

SIMULATE = ("iam", "SimulatePrincipalPolicy")
BEN, READ = iam("user", "ben"), "s3:ListBucket"
OWN = {"SourcePolicyId": "user_ana_Own", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 2}}


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """AWS says yes to ben and no to the rest; nobody else is there but ana and the role Analyst."""
    who, resource = given["PolicySourceArn"], given["ResourceArns.member.1"]
    if who not in (BEN, iam("user", "ana"), iam("role", "Analyst", "/team/")):
        raise AbsentError("NoSuchEntity", message=f"Resource {who} was not found")
    decision = "allowed" if who == BEN else "implicitDeny"
    specific = {
        "EvalResourceName": resource,
        "EvalResourceDecision": decision,
        "MatchedStatements": [OWN] if who == BEN else [],
        "MissingContextValues": [] if who == BEN else ["aws:ResourceTag/env"],
        "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": True},
    }
    return {
        "EvaluationResults": [
            {
                "EvalActionName": given["ActionNames.member.1"],
                "EvalResourceName": "arn:${Partition}:s3:::${BucketName}",
                "EvalDecision": "explicitDeny",  # of all resources asked about; this one's own stands below
                "OrganizationsDecisionDetail": {"AllowedByOrganizations": True},
                **({"ResourceSpecificResults": [specific]} if resource != "*" else {}),
            }
        ]
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback({**account.answers(), SIMULATE: answer}) as running:
        yield running
        assert running.wrong == []


@pytest.fixture(autouse=True)
def _live(server: Loopback, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server.reset()
    AwsAdapter._made.clear()
    register(monkeypatch, aws="adapters.aws:AwsAdapter")
    with environment(server.url, AWS_MAX_ATTEMPTS="1"):
        monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "second-opinion-cache"))
        yield
    AwsAdapter._made.clear()


def ask(principal: str = BEN, resource: str = BUCKET, context: tuple[ContextEntry, ...] = ()) -> Opinion:
    found = AwsAdapter(QUICK).second_opinion("aws:", {
        "principal": principal, "action": READ, "resource": resource,
        "context": [{"key": entry.key, "values": list(entry.values), "type": entry.type} for entry in context],
    })  # fmt: skip
    return Opinion(
        found["decision"],
        tuple(Source(**one) for one in found["statements"]),
        tuple(found["missing"]),
        found["organizations"],
        found["boundary"],
    )


def can(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Answer:
    return run(capsys, "can", "aws:", *words, "--verify")


def test_the_decision_on_this_resource_counts_with_its_statements_and_missing_keys() -> None:
    assert ask() == Opinion("allowed", (Source("user_ana_Own", "IAM Policy"),), (), True, True)
    assert ask(iam("user", "ana")) == Opinion("implicitDeny", (), ("aws:ResourceTag/env",), True, True)


def test_without_a_resource_of_its_own_the_decision_on_all_counts() -> None:
    assert ask(resource="*").decision == "explicitDeny"


def test_an_answer_that_comes_on_a_second_page_is_the_answer(server: Loopback) -> None:
    server.hollow = True
    assert ask().decision == "allowed"


def test_context_keys_go_over_with_type_and_values(server: Loopback) -> None:
    ask(context=(ContextEntry("aws:SourceIp", ("192.0.2.1",), "ip"), ContextEntry("aws:TagKeys", ("a", "b"), "stringList")))
    (call,) = [call for call in server.calls if call.operation == "SimulatePrincipalPolicy"]
    sent = {name: value for name, value in call.parameters.items() if name.startswith("ContextEntries")}
    assert sent == {
        "ContextEntries.member.1.ContextKeyName": "aws:SourceIp",
        "ContextEntries.member.1.ContextKeyType": "ip",
        "ContextEntries.member.1.ContextKeyValues.member.1": "192.0.2.1",
        "ContextEntries.member.2.ContextKeyName": "aws:TagKeys",
        "ContextEntries.member.2.ContextKeyType": "stringList",
        "ContextEntries.member.2.ContextKeyValues.member.1": "a",
        "ContextEntries.member.2.ContextKeyValues.member.2": "b",
    }


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (DENIED, "the second opinion is not permitted: iam:SimulatePrincipalPolicy; have iam:SimulatePrincipalPolicy allowed"),
        (Fault("InvalidInput", 400), "AWS gave no second opinion: iam SimulatePrincipalPolicy: InvalidInput (HTTP 400)"),
        (Fault("InternalFailure", 500), "AWS gave no second opinion"),
        (Fault(cut=True), "AWS gave no second opinion"),
        (Fault("ExpiredToken", 403), "AWS gave no second opinion: the credentials expired"),
    ],
    ids=["denied", "invalid", "500", "cut", "expired"],
)
def test_where_aws_has_no_answer_it_is_one_line_with_what_to_do(server: Loopback, fault: Fault, says: str) -> None:
    server.faults[SIMULATE] = fault
    with pytest.raises(UserError) as caught:
        ask()
    assert says in str(caught.value)
    assert "ask without the second opinion" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_after_a_pull_that_was_stopped_it_is_asked_through_the_same_session(server: Loopback) -> None:
    adapter = AwsAdapter(QUICK)
    adapter.begin("aws:").stop()
    server.reset()
    assert ask().decision == "allowed"
    assert server.asked() == {SIMULATE}, "who the caller is need not be asked again"


def test_credentials_that_expired_are_fetched_anew(server: Loopback) -> None:
    AwsAdapter(QUICK).begin("aws:")
    AwsAdapter._made["aws:"].expired = "the credentials expired during the pull"
    assert ask().decision == "allowed"


def test_a_principal_that_aws_does_not_have_is_named() -> None:
    with pytest.raises(UserError, match=f"AWS has no {iam('user', 'zoe')} in the account"):
        ask(iam("user", "zoe"))


def test_both_verdicts_are_shown_and_the_exit_status_stays_ours(capsys: pytest.CaptureFixture[str], server: Loopback) -> None:
    said = can(capsys, "ben", "textract:DetectDocumentText", "*")
    assert said.status == 0
    head = said.lines.index("second opinion")
    assert said.lines[head + 1] == "  AWS's simulator says explicitDeny: that differs from ours (allowed)"
    assert "may have changed since" in said.lines[head + 2]
    found = json.loads(can(capsys, "ben", READ, BUCKET, "--format", "json").out)
    opinion = found["second_opinion"]
    assert (found["verdict"], opinion["decision"], opinion["agreement"]) == ("allowed", "allowed", "agrees")
    assert opinion["statements"] == [{"policy": "user_ana_Own", "type": "IAM Policy"}]
    assert (opinion["principal"], opinion["resource"], opinion["limits"], opinion["organizations"]) == (BEN, BUCKET, [], True)


def test_a_limit_that_applies_stands_in_every_format_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("role/Analyst", READ, BUCKET)
    assert "  may explain it: it had no value for aws:ResourceTag/env" in can(capsys, *words).lines
    markdown = can(capsys, *words, "--format", "markdown").out
    assert "**Second opinion**: AWS's simulator says implicitDeny" in markdown
    assert "MissingContextValues" in markdown
    limits = json.loads(can(capsys, *words, "--format", "json").out)["second_opinion"]["limits"]
    assert "missing" in [limit["name"] for limit in limits]
    assert all(limit["source"].endswith("(2026-11)") for limit in limits)


def test_without_verify_nobody_is_asked_and_nothing_is_said(capsys: pytest.CaptureFixture[str], server: Loopback) -> None:
    found = json.loads(run(capsys, "can", "aws:", "ben", READ, BUCKET, "--format", "json").out)
    assert "second_opinion" not in found
    assert SIMULATE not in server.asked()


def test_no_right_is_no_answer(capsys: pytest.CaptureFixture[str], server: Loopback) -> None:
    server.faults[SIMULATE] = DENIED
    assert refusal(can(capsys, "ben", READ, BUCKET)).startswith("aws:: the second opinion is not permitted: iam:SimulatePrincipalPolicy")


def test_what_is_kept_is_compared_without_collecting_again(capsys: pytest.CaptureFixture[str], server: Loopback) -> None:
    can(capsys, "ben", READ, BUCKET)
    server.reset()
    assert can(capsys, "ben", READ, BUCKET).status == 0
    assert server.asked() == {("sts", "GetCallerIdentity"), SIMULATE}


def test_a_source_that_is_not_live_is_refused_before_it_is_opened(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = refusal(run(capsys, "can", tmp_path / "absent.json", "ben", READ, "--verify"))
    assert "only a live account can be asked for a second opinion; open the account itself with aws:" in told


@pytest.mark.parametrize("words", [("aws:", "--offline"), ("--identity", "policy.json")])
def test_what_contradicts_it_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], server: Loopback) -> None:
    source = words[:1] if words[0] == "aws:" else ()
    told = refusal(run(capsys, "can", *source, BEN, READ, *words[len(source) :], "--verify"))
    assert "leave one of the two out" in told
    assert server.asked() == set()


class Elsewhere:
    """Somebody else's adapter with a simulator of its own."""

    name = "elsewhere"
    description = "elsewhere:"
    answer: object = {"decision": "explicitDeny", "missing": ["aws:a"]}

    def accepts(self, source: str) -> bool:
        return source == "elsewhere:"

    def load(self, source: str, report: Any) -> dict[str, Any]:
        return {"Account": {"Id": ACCOUNT}}

    def second_opinion(self, source: str, question: dict[str, Any]) -> object:
        assert question["context"] == [{"key": "aws:a", "values": ["b"], "type": "string"}]
        return self.answer


@pytest.mark.parametrize("wrong", [None, {}, {"decision": "perhaps"}], ids=repr)
def test_another_adapter_gives_one_as_plain_data(monkeypatch: pytest.MonkeyPatch, wrong: object) -> None:
    register(monkeypatch, elsewhere=f"{__name__}:Elsewhere")
    asked = Asked(BEN, READ, "*", (ContextEntry("aws:a", ("b",)),))
    assert second_opinion.ask("elsewhere:", asked) == Opinion("explicitDeny", missing=("aws:a",))
    monkeypatch.setattr(Elsewhere, "answer", wrong)
    with pytest.raises(UserError, match="has no second opinion"):
        second_opinion.ask("elsewhere:", asked)


def test_can_without_verify_loads_neither_boto3_nor_textual() -> None:
    heavy = ("boto3", "botocore", "textual", "diskcache")
    code = f"import sys; from tui.commands import can; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout == "[]\n"
