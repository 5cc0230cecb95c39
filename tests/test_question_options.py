"""The options of a question: typed on a line, kept in the location, said in the sentence, and written as a command."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from explorer_accounts import account, demo
from hypothesis import given
from hypothesis import strategies as st

from tui.commands.parser import build
from tui.location import parse
from tui.questions import completion, context, options
from tui.questions.asking import Question, answer, of_options, question_of
from whygate.errors import UserError
from whygate.snapshot import Snapshot

EVERY = Question(
    "ana",
    "s3:GetObject",
    "arn:aws:s3:::docs/a",
    "aws:SourceIp=192.0.2.1",
    uncollected="none",
    missing_context="absent",
    resource_account="111122223333",
    credential="console",
    session_policy="'my file.json' b.json",
)


def policy(effect: str) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "s3:*", "Resource": "*"}]}


def small() -> Snapshot:
    """A user and a role that may do anything with S3; no SCPs and no RCPs were collected."""
    held = [{"PolicyName": "all", "PolicyDocument": policy("Allow")}]
    user = {"UserName": "ana", "UserId": "AIDAANA", "Arn": "arn:aws:iam::111122223333:user/ana", "UserPolicyList": held}
    role = {"RoleName": "R", "RoleId": "AROAR", "Arn": "arn:aws:iam::111122223333:role/R", "RolePolicyList": held}
    return account(UserDetailList=[user], RoleDetailList=[{**role, "AssumeRolePolicyDocument": policy("Allow")}])


def test_the_options_are_in_the_location_and_read_back_from_it() -> None:
    assert question_of(parse(str(EVERY.location()))) == EVERY


def test_the_line_of_options_is_read_back() -> None:
    line = options.written(EVERY)
    assert line == (
        "uncollected=none missing-context=absent resource-account=111122223333 credential=console "
        "session-policy='my file.json' session-policy=b.json"
    )
    assert Question(EVERY.principal, EVERY.action, EVERY.resource, EVERY.context, **options.parse(line)) == EVERY


def test_what_is_usual_is_as_if_it_were_not_said() -> None:
    assert options.parse("uncollected=unknown missing-context=unknown") == options.parse("")
    assert options.said(Question("a", "b:C", uncollected="unknown")) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("uncollected", "is no option"),
        ("nonsense=1", "is no option"),
        ("uncollected=maybe", "say none or unknown"),
        ("credential=", "credential is empty"),
        ("resource-account=12", "12 digits"),
        ("session-policy=", "session-policy is empty"),
        ("session-policy='a", "a quote in the options is not closed"),
    ],
)
def test_a_line_that_is_wrong_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        options.parse(text)
    assert said in str(refused.value)
    assert "; " in str(refused.value)


def test_a_wrong_option_in_a_location_is_refused_where_it_is_asked() -> None:
    with pytest.raises(UserError, match="uncollected is not 'maybe'"):
        answer(demo(), Question("mateojackson", "s3:GetObject", uncollected="maybe"))


def test_standard_input_is_no_session_policy_in_the_explorer() -> None:
    with pytest.raises(UserError, match="standard input cannot be read here"):
        answer(demo(), Question("mateojackson", "s3:GetObject", session_policy="-"))


def test_what_is_assumed_stands_in_the_sentence() -> None:
    said = EVERY.sentence()
    assert said.startswith("ana can s3:GetObject on arn:aws:s3:::docs/a with aws:SourceIp=192.0.2.1, ")
    assert "counting what was not collected as none, counting missing context as absent" in said
    assert "the resource belonging to 111122223333" in said


def test_the_command_asks_the_same_question() -> None:
    words = EVERY.command()
    assert words[:5] == ("can", "SOURCE", "ana", "s3:GetObject", "arn:aws:s3:::docs/a")
    assert of_options(build().parse_args(list(words))) == EVERY


def test_a_question_that_is_not_complete_has_no_command() -> None:
    assert Question("ana").command() == ()
    assert Question("ana", "s3:GetObject", context="'").command() == ()


def test_what_was_not_collected_can_be_counted_as_none() -> None:
    question = Question("ana", "s3:ListAllMyBuckets", "*")
    assert answer(small(), question).verdict == "depends"
    assert answer(small(), msgspec.structs.replace(question, uncollected="none")).verdict == "allowed"


def test_a_session_policy_is_read_from_its_file(tmp_path: Path) -> None:
    session = Question("arn:aws:sts::111122223333:assumed-role/R/s", "s3:ListAllMyBuckets", "*", uncollected="none")
    assert answer(small(), session).verdict == "allowed"
    file = tmp_path / "my deny.json"
    file.write_text(json.dumps(policy("Deny")))
    assert answer(small(), msgspec.structs.replace(session, session_policy=f"'{file}'")).verdict == "explicitDeny"
    with pytest.raises(UserError, match="no such file"):
        answer(small(), msgspec.structs.replace(session, session_policy="nowhere.json"))


def test_a_value_is_set_changed_made_absent_and_taken_away() -> None:
    text = "aws:SourceIp=192.0.2.1"
    both = context.with_value(text, "aws:MultiFactorAuthPresent", "true")
    assert context.read(both) == {"aws:SourceIp": "192.0.2.1", "aws:MultiFactorAuthPresent": "true"}
    assert context.read(context.with_value(both, "AWS:sourceip", "192.0.2.2"))["aws:SourceIp"] == "192.0.2.2"
    assert context.with_value(text, "aws:SourceIp", "!") == "aws:SourceIp!"
    assert context.with_value(text, "aws:SourceIp", "") == ""


def test_commas_part_the_values_of_a_key_that_holds_several_and_of_no_other() -> None:
    assert context.read(context.with_value("", "aws:TagKeys", "env, owner")) == {"aws:TagKeys": ["env", "owner"]}
    assert context.read(context.with_value("", "aws:PrincipalTag/team", "a, b")) == {"aws:PrincipalTag/team": "a, b"}


@given(st.text(min_size=1).filter(lambda text: text != "!"))
def test_a_value_is_what_was_typed_whatever_it_holds(text: str) -> None:
    written = context.with_value("", "aws:PrincipalTag/x", text)
    assert context.value_of(written, "aws:principaltag/X") == text


def test_principals_offer_root_services_others_that_are_named_and_anybody() -> None:
    shown = demo()
    completion.look_for_others(shown)
    assert "arn:aws:iam::123456789012:root" in completion.principals(shown, "root")
    assert "textract.amazonaws.com" in completion.principals(shown, "textract.")
    assert completion.principals(shown, "*") == ("*",)
    assert "arn:aws:iam::222233334444:role/Audit" in completion.principals(shown, "audit"), "a role of another account that a trust names"


def test_a_session_is_begun_from_the_roles() -> None:
    found = completion.principals(demo(), "assumed-role/ocr-b")
    assert found == ("arn:aws:sts::123456789012:assumed-role/ocr-batch-worker/",)
    assert completion.principals(demo(), f"{found[0]}me") == (), "nobody knows the names of sessions"


def test_options_are_completed_by_name_and_then_by_value() -> None:
    assert completion.options(demo(), "cred") == ("credential=long-term", "credential=session-token", "credential=console")
    assert completion.options(demo(), "uncollected=none resource-account=4") == ("uncollected=none resource-account=444455556666",)
    assert not any(each.startswith("uncollected=none uncollected=") for each in completion.options(demo(), "uncollected=none "))
