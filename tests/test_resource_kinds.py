"""What a resource is called, which actions take it, and what its policy, or that there is none, means."""

from __future__ import annotations

import pytest
from explorer_accounts import account, demo

from whygate import resource_kinds
from whygate.errors import UserError

TEXTRACT = "arn:aws:textract:eu-west-1:123456789012:/adapters/3f9d2c61b7aa"


@pytest.mark.parametrize(
    ("arn", "listed", "type_", "title"),
    [
        (TEXTRACT, "textract:adapter", "textract:adapter", "Amazon Textract adapter"),
        (f"{TEXTRACT}/versions/1", "", "textract:adapterversion", "Amazon Textract adapterversion"),
        ("arn:aws:s3:::scans", "", "s3:bucket", "Amazon S3 bucket"),
        ("arn:aws:s3:::scans/a.png", "", "s3:object", "Amazon S3 object"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-Xk42pQ", "secretsmanager:secret", "secretsmanager:Secret", ""),
        ("arn:aws:nobody:eu-west-1:123456789012:thing/x", "", "", "nobody"),
        ("arn:aws:nobody:eu-west-1:123456789012:thing/x", "nobody:thing", "nobody:thing", "nobody thing"),
    ],
)
def test_a_resource_is_called_as_aws_calls_it(arn: str, listed: str, type_: str, title: str) -> None:
    kind = resource_kinds.kind_of(arn, listed)
    assert kind.type == type_
    assert not title or kind.title == title


def operations(arn: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The actions by what is asked about and by level."""
    return {each.asked: dict(each.levels) for each in resource_kinds.operations(arn, resource_kinds.kind_of(arn))}


def test_the_operations_of_a_bucket_and_of_the_objects_in_it_are_asked_of_what_they_take() -> None:
    found = operations("arn:aws:s3:::scans")
    assert "s3:GetBucketPolicy" in found["arn:aws:s3:::scans"]["Read"]
    assert "s3:GetObject" in found["arn:aws:s3:::scans/*"]["Read"]
    assert not any("s3:GetObject" in names for names in found["arn:aws:s3:::scans"].values())


def test_levels_come_in_aws_s_order_and_each_action_once() -> None:
    for levels in operations("arn:aws:s3:::scans").values():
        assert list(levels) == [level for level in resource_kinds.LEVELS if level in levels]
        names = [name for actions in levels.values() for name in actions]
        assert len(names) == len(set(names))


def test_a_textract_adapter_is_also_named_by_the_analysis_calls() -> None:
    groups = resource_kinds.operations(TEXTRACT, resource_kinds.kind_of(TEXTRACT))
    assert [name for _, names in groups[-1].levels for name in names] == ["textract:AnalyzeDocument", "textract:StartDocumentAnalysis"]
    assert groups[-1].asked == TEXTRACT
    assert "R133" in groups[-1].title


def test_what_the_reference_does_not_know_has_no_operations() -> None:
    assert operations("arn:aws:nobody:eu-west-1:123456789012:thing/x") == {}


def state(arn: str, **resource: object) -> tuple[str, bool]:
    found = resource_kinds.policy_state(account(Resources=[{"Arn": arn, "Type": "s3:bucket", **resource}]), arn)
    return found.word, found.present


def test_a_policy_is_here_none_not_collected_or_nothing_that_aws_has() -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    assert state("arn:aws:s3:::scans", Policy=policy) == ("here", True)
    assert state("arn:aws:s3:::scans", Policy=None) == ("none", False)
    assert state("arn:aws:s3:::scans") == ("not collected", False)
    assert state(TEXTRACT) == ("none", False)


def test_what_is_not_in_the_source_is_not_known() -> None:
    found = resource_kinds.policy_state(account(UserDetailList=[]), "arn:aws:s3:::elsewhere")
    assert (found.word, found.present) == ("not known", False)


def test_a_key_policy_is_said_to_stand_before_everything_else() -> None:
    key = next(item.arn for item in demo().resources if item.type == "kms:key")
    assert "past it" in resource_kinds.policy_state(demo(), key).meaning


@pytest.mark.parametrize("text", ["scans", "arn:aws:s3", "arn:aws:s3:::scans/*", "arn:aws:s3:::sc?ns"])
def test_what_is_not_the_arn_of_one_resource_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        resource_kinds.checked(text)
