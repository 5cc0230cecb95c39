"""Finding a policy by the key that names its place."""

from __future__ import annotations

import pytest
from explorer_accounts import account

from whygate import policies
from whygate.errors import UserError


def test_a_policy_with_an_at_in_its_name_is_found_and_so_is_each_of_its_versions() -> None:
    arn = "arn:aws:iam::123456789012:policy/ops@example.com"
    versions = [{"VersionId": f"v{number}", "IsDefaultVersion": number == 2, "Document": {"Statement": []}} for number in (1, 2)]
    found = account(Policies=[{"PolicyName": "ops@example.com", "Arn": arn, "DefaultVersionId": "v2", "PolicyVersionList": versions}])
    assert (policies.held(found, arn).name, policies.held(found, arn).version) == ("ops@example.com", "v2")
    assert policies.held(found, f"{arn}@v1").version == "v1"
    with pytest.raises(UserError):
        policies.held(found, f"{arn}@v3")
