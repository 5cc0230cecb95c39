"""Access by service: which services are asked, that every count is an answer of `question.ask`, and into which groups a `depends` falls."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from engine_accounts import HOME, MIA, account, allow, deny, document, user
from explorer_accounts import demo

from whygate import access, catalogue
from whygate.access import LEVELS, STANDINGS, Plan, ServiceAccess
from whygate.errors import UserError
from whygate.question import Options, ask
from whygate.snapshot import Snapshot

NOT_COLLECTED = {"ServiceControlPolicies": None, "ResourceControlPolicies": None}


def snapshot_of(*statements: dict[str, Any], **more: Any) -> Snapshot:
    """An account in which Mia holds these statements; without SCPs and RCPs unless `more` says otherwise."""
    return account([user("mia", document(*statements))], **more)


def services_of(shown: Snapshot, principal: str = MIA, options: Options | None = None) -> dict[str, ServiceAccess]:
    return {each.service: each for each in access.access(shown, access.plan(shown, principal), None, options)}


def planned(*statements: dict[str, Any]) -> Plan:
    return access.plan(snapshot_of(*statements), MIA)


def test_services_that_a_policy_names_come_first_and_the_rest_only_where_a_pattern_reaches_it() -> None:
    found = planned(allow(["textract:Get*", "polly:*"]), allow("s3*:Get*"))
    assert found.services[:2] == (("polly", "named"), ("textract", "named"))
    assert dict(found.services)["s3"] == dict(found.services)["s3-outposts"] == "pattern"
    assert "sqs" in found.left_out


def test_a_star_reaches_every_service_of_the_reference() -> None:
    found = planned(allow("*"))
    assert (len(found.services), found.left_out) == (len(catalogue.services()), ())


@pytest.mark.parametrize("statement", [allow(None, NotAction="iam:*"), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}])
def test_an_allow_for_all_but_some_reaches_the_rest(statement: dict[str, Any]) -> None:
    found = planned({key: value for key, value in statement.items() if value is not None})
    assert dict(found.services)["sqs"] == "pattern"
    assert dict(found.services)["iam"] == "named"


def test_a_deny_reaches_nothing_by_a_pattern_but_names_what_it_names() -> None:
    found = planned(deny("*"), deny("sqs:*"), allow("textract:*"))
    assert [service for service, _ in found.services] == ["sqs", "textract"]


def test_where_a_document_is_missing_it_may_name_any_service() -> None:
    found = access.plan(demo(), "SecurityAuditor")
    assert set(dict(found.services).values()) <= {"named", "unread"}
    assert found.left_out == ()


def test_what_the_reference_does_not_hold_is_named_and_not_hidden() -> None:
    shown = snapshot_of(allow(["textract:BrandNewThing", "nosuchservice:*"]))
    found = access.plan(shown, MIA)
    assert found.unknown == ("nosuchservice",)
    assert found.beside == ("textract:BrandNewThing",)
    (last,) = [each for each in services_of(shown)["textract"].actions if not each.level]
    assert last.action == "textract:BrandNewThing"


def test_a_group_and_a_service_have_no_access_of_their_own() -> None:
    with pytest.raises(UserError):
        access.plan(demo(), "textract.amazonaws.com")
    with pytest.raises(UserError):
        access.plan(demo(), "arn:aws:iam::123456789012:group/ocr")


def test_every_action_of_a_service_is_counted_once_and_as_the_question_answers_it() -> None:
    shown = snapshot_of(allow("textract:Get*"), deny("textract:GetAdapter"))
    found = services_of(shown)["textract"]
    assert tuple(each.action for each in found.actions) == catalogue.action_names("textract")
    for each in found.actions:
        assert each.verdict == ask(shown, MIA, each.action, "", None, Options(resource_account=HOME)).verdict
    assert sum(found.counts().values()) == len(found.actions)
    levels = Counter(dict.fromkeys(STANDINGS, 0))
    for level in LEVELS:
        levels.update(found.counts(level))
    assert dict(levels) == found.counts()
    assert found.counts()["denied"] > 0
    assert found.counts()["allowed"] > 0


def test_without_control_policies_an_allow_is_told_apart_from_what_hangs_on_a_key() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    shown = snapshot_of(allow("textract:DetectDocumentText"), allow("textract:Analyze*", Condition=mfa), **NOT_COLLECTED)
    groups = dict(services_of(shown)["textract"].groups())
    (collected,) = [text for text in groups if text.startswith("allowed by everything collected")]
    assert "SCPs" in collected
    assert any(text.startswith("depends on aws:MultiFactorAuthPresent") for text in groups)
    counts = services_of(shown)["textract"].counts()
    analyses = [name for name in catalogue.action_names("textract") if name.startswith("textract:Analyze")]
    assert (counts["collected"], counts["depends"]) == (1, len(analyses))


def test_assuming_that_there_is_nothing_above_makes_an_allow_of_it() -> None:
    shown = snapshot_of(allow("textract:DetectDocumentText"), **NOT_COLLECTED)
    counts = services_of(shown, options=Options(uncollected="none"))["textract"].counts()
    assert (counts["allowed"], counts["collected"]) == (1, 0)


def test_what_only_a_resources_own_policy_could_allow_is_a_kind_of_its_own() -> None:
    found = services_of(snapshot_of(allow("sqs:SendMessage")))["sqs"]
    standings = {each.action: each.standing for each in found.actions}
    assert standings["sqs:DeleteQueue"] == "elsewhere"
    assert access.words(next(each for each in found.actions if each.action == "sqs:DeleteQueue")) == access.ONLY_ELSEWHERE


def test_a_right_on_some_resources_hangs_on_which_one() -> None:
    found = services_of(snapshot_of(allow("textract:GetAdapter", f"arn:aws:textract:*:{HOME}:/adapters/a1")))["textract"]
    (one,) = [each for each in found.actions if each.action == "textract:GetAdapter"]
    assert (one.standing, one.because) == ("depends", "depends on which resource it is")


def test_services_come_one_at_a_time() -> None:
    shown = snapshot_of(allow("*"))
    coming = access.access(shown, access.plan(shown, MIA))
    assert next(coming).service == catalogue.services()[0]
    assert next(coming).service == catalogue.services()[1]
