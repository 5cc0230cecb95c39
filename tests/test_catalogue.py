"""The reader of the Service Authorization Reference: actions, the resources that they take, and the condition keys that they define."""

from __future__ import annotations

import pytest

from whygate import catalogue


@pytest.mark.parametrize(
    ("action", "key", "defined"),
    [
        ("secretsmanager:GetSecretValue", "secretsmanager:ResourceTag/env", True),
        ("secretsmanager:GetSecretValue", "secretsmanager:ResourceTag", False),
        ("ssm:GetParameter", "ssm:resourceTag/team", True),
        ("s3:GetObject", "s3:ExistingObjectTag/class", True),
        ("s3:GetObject", "s3:prefix", False),
        ("textract:GetAdapter", "AWS:resourcetag/Env", True),
        ("textract:DetectDocumentText", "aws:ResourceTag/env", False),
        ("textract:DoMagic", "aws:ResourceTag/env", None),
    ],
)
def test_which_keys_an_action_defines(action: str, key: str, defined: bool | None) -> None:  # R129
    assert catalogue.defines_key(action, key) is defined


def test_an_action_is_found_in_any_letter_case_and_spelled_as_aws_does() -> None:
    found = catalogue.action("TEXTRACT:getadapter")
    assert found is not None
    assert found.name == "textract:GetAdapter"
    assert [(use.type, use.required) for use in found.resources] == [("adapter", True)]  # R132


@pytest.mark.parametrize(
    ("arn", "types"),
    [
        ("arn:aws:s3:::docs", ["s3:bucket"]),
        ("arn:aws:s3:::docs/a/b.png", ["s3:object"]),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:ocr/key-AbCdEf", ["secretsmanager:Secret"]),
        ("arn:aws:iam::111122223333:role/a/b/Name", ["iam:role"]),
        ("arn:aws:textract:us-east-1:111122223333:/adapters/ab12/versions/1", ["textract:adapterversion", "textract:adapter"]),
        ("arn:aws:textract:us-east-1:111122223333:adapters/ab12", []),
        ("not an arn", []),
    ],
)
def test_the_types_whose_template_an_arn_fits_most_particular_first(arn: str, types: list[str]) -> None:
    assert [item.name for item in catalogue.types_of(arn)] == types


def test_what_the_reference_does_not_hold_is_not_known() -> None:
    assert catalogue.action("nosuch:Thing") is None  # R123
    assert catalogue.action_names("nosuch") == ()
    assert catalogue.resource_types("nosuch") == ()
    assert not catalogue.knows_service("nosuch")
    assert len(catalogue.action_names("textract")) == 25
    assert len(catalogue.date()) == 10
