"""Wrong answers of the engine that the random comparison with `second` found, each as the small row that it was cut down to."""

from __future__ import annotations

from typing import Any

import pytest
import vector_format
from second.decide import decide

FOUND: dict[str, dict[str, Any]] = {
    "R38: a wildcard is no user, so it is not the unknown parent of a federated session either": {
        "caller": "arn:aws:sts::111122223333:federated-user/ana",
        "action": "s3:PutObject",
        "resource": "arn:aws:s3:::docs/red/x",
        "resource_account": "111122223333",
        "resource_policy": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}, "Action": "s3:*", "Resource": "*"}
        ],
        "session": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        "expect": "implicitDeny",
    },
    "R13: aws:ViaAWSService given as a list of one false is a direct call too, so that aws:CalledVia is absent": {
        "caller": "arn:aws:iam::111122223333:user/ana",
        "action": "textract:DetectDocumentText",
        "resource": "*",
        "identity": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}},
            },
        ],
        "ctx": {"aws:ViaAWSService": ["false"]},
        "expect": "allowed",
    },
    "R105: whether root may repair the policy of a bucket hangs on whose bucket it is, where that is not known": {
        "caller": "arn:aws:iam::111122223333:root",
        "action": "s3:DeleteBucketPolicy",
        "resource": "arn:aws:s3:::docs",
        "resource_policy": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
        "expect": "depends",
    },
    "R33: a variable in NotResource that may be absent leaves the statement open, also where its entry cannot match": {
        "caller": "arn:aws:iam::111122223333:user/ana",
        "action": "sqs:SendMessage",
        "resource": "arn:aws:sqs:us-east-1:111122223333:q",
        "identity": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::docs/${aws:PrincipalTag/team}/*"},
        ],
        "expect": "depends",
    },
    "R3: a VPC endpoint key that is said to be unknown does not say that the call comes through an endpoint": {
        "caller": "arn:aws:iam::111122223333:user/ana",
        "action": "textract:DetectDocumentText",
        "resource": "*",
        "identity": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:SourceIp": "true"}}},
        ],
        "ctx": {"aws:SourceVpce": "<unknown>"},
        "expect": "depends",
    },
}


@pytest.mark.parametrize("rule", FOUND)
def test_what_was_found_stays_mended(rule: str) -> None:
    row = FOUND[rule]
    assert vector_format.decide(row).verdict == row["expect"]
    assert decide(row).verdict == row["expect"]
