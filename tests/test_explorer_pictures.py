"""The pictures of the explorer: the way of a question and access by service, how they are walked, left, found again and exported."""

from __future__ import annotations

import dataclasses
import json
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from engine_accounts import HOME, MIA, allow, document, user
from engine_accounts import account as engine_account
from explorer_accounts import account, at_place, demo, explorer, line, loaded, rows, table, under_cursor
from textual.pilot import Pilot
from waiting import wait_for

from tui import report
from tui.explorer import Explorer
from tui.plain import width_of
from tui.questions.asking import Question, answer, question_of
from tui.rows import bars
from tui.screens.services import ServicesPlace
from tui.screens.way import WayPlace
from tui.widgets.line import Block
from whygate import access, catalogue
from whygate.snapshot import Snapshot

MATEO = "arn:aws:iam::123456789012:user/mateojackson"
NIKKI_WAY = (
    "way?principal=nikkiwolf&action=rekognition:DeleteCollection&resource=arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces"
)
MATEO_WAY = "way?principal=mateojackson&action=textract:DetectDocumentText"


async def drawn(pilot: Pilot[Any], app: Explorer) -> WayPlace:
    place = await at_place(pilot, "way", lambda: any("◀ decides" in row for row in rows(app)))
    assert isinstance(place, WayPlace)
    return place


async def asked(pilot: Pilot[Any], app: Explorer) -> ServicesPlace:
    def through() -> bool:
        return isinstance(app.place, ServicesPlace) and app.place.done

    place = await at_place(pilot, "services", through)
    assert isinstance(place, ServicesPlace)
    return place


async def press_until(pilot: Pilot[Any], app: Explorer, key: str, text: str) -> None:
    for _ in range(80):
        if text in under_cursor(app):
            return
        await pilot.press(key)
    raise AssertionError(f"the cursor never came to {text}: {rows(app)}")


# The way


async def test_w_on_a_question_draws_its_way_and_w_leads_back_to_the_ladder() -> None:
    app = explorer(demo(), at="question?principal=mateojackson&action=textract:DetectDocumentText")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "question", lambda: bool(under_cursor(app)))
        await pilot.press("w")
        await drawn(pilot, app)
        assert "identity-based policies" in under_cursor(app)
        assert "✗ DENIED, implicitly" in app.query_one("#way-verdict", Block).text
        await pilot.press("w")
        await at_place(pilot, "question")


async def test_enter_on_a_node_walks_to_it_and_back_finds_the_cursor_on_it() -> None:
    app = explorer(demo(), at=NIKKI_WAY)
    async with app.run_test(size=(80, 24)) as pilot:
        await drawn(pilot, app)
        await press_until(pilot, app, "up", "group face-admins")
        await pilot.press("enter")
        await at_place(pilot, "principal", lambda: "face-admins" in line(app, "crumbs"))
        await pilot.press("escape")
        await drawn(pilot, app)
        assert "group face-admins" in under_cursor(app)
        await press_until(pilot, app, "down", "1 Collections")
        await pilot.press("enter")
        await at_place(pilot, "policy")
        assert "policy:FaceCollectionAdmin" in line(app, "crumbs")
        assert "nikkiwolf can rekognition:DeleteCollection" in line(app, "policy-question")


async def test_a_branch_opens_in_place_and_is_open_on_the_way_back() -> None:
    app = explorer(demo(), at=MATEO_WAY)
    async with app.run_test(size=(80, 40)) as pilot:
        await drawn(pilot, app)
        await press_until(pilot, app, "up", "group staff")
        await pilot.press("right")
        assert any("ManageOwnCredentials" in row for row in rows(app))
        assert "group staff" in under_cursor(app)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("escape")
        await drawn(pilot, app)
        assert any("ManageOwnCredentials" in row for row in rows(app))
        await pilot.press("left")
        assert not any("ManageOwnCredentials" in row for row in rows(app))


async def test_n_goes_to_what_decides_round_and_round() -> None:
    app = explorer(demo(), at=NIKKI_WAY)
    async with app.run_test(size=(80, 24)) as pilot:
        await drawn(pilot, app)
        first = under_cursor(app)
        await pilot.press("n")
        second = under_cursor(app)
        await pilot.press("n")
        assert "Collections" in first
        assert "identity-based policies" in second
        assert under_cursor(app) == first


async def test_jump_mode_has_a_letter_for_every_node_that_leads_somewhere() -> None:
    app = explorer(demo(), at=NIKKI_WAY)
    async with app.run_test(size=(100, 30)) as pilot:
        await drawn(pilot, app)
        kinds = [spot.target[0].kind for spot in table(app).spots()]
        assert kinds.count("principal") >= 3
        assert kinds.count("policy") >= 2
        assert kinds[-1] == "resource"


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (160, 45)])
async def test_a_way_fits_any_screen_and_keeps_its_cursor_when_the_screen_changes(size: tuple[int, int]) -> None:
    app = explorer(demo(), at=MATEO_WAY)
    async with app.run_test(size=(100, 30)) as pilot:
        await drawn(pilot, app)
        await press_until(pilot, app, "up", "2 ReadForms")
        await pilot.resize_terminal(*size)
        await wait_for(pilot, lambda: app.size == size and table(app).size.width == size[0] and "2 ReadForms" in under_cursor(app), "it")
        assert all(len(row) <= size[0] and "…" not in row for row in rows(app))


async def test_a_way_without_an_action_is_refused_and_the_place_before_is_shown() -> None:
    app = explorer(demo(), at="way?principal=mateojackson")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "account", lambda: app.loaded)
        assert "a way needs a principal and an action" in line(app, "lower")


async def test_a_question_that_cannot_be_asked_says_why() -> None:
    app = explorer(demo(), at="way?principal=nobody-here&action=s3:GetObject")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "way", lambda: "no user or role nobody-here" in app.query_one("#way-verdict", Block).text)


async def test_more_of_an_account_changes_what_is_drawn_and_not_where_the_cursor_is() -> None:
    app = explorer(demo(), at=NIKKI_WAY)
    async with app.run_test(size=(80, 24)) as pilot:
        place = await drawn(pilot, app)
        await press_until(pilot, app, "up", "user nikkiwolf")
        users = tuple(msgspec.structs.replace(each, groups=()) if each.name == "nikkiwolf" else each for each in demo().users)
        place.renew(dataclasses.replace(demo(), users=users))
        await at_place(pilot, "way", lambda: "✗ DENIED" in app.query_one("#way-verdict", Block).text)
        assert not any("face-admins" in row for row in rows(app))
        assert "user nikkiwolf" in under_cursor(app)


async def test_a_way_is_exported_as_text_data_and_picture() -> None:
    app = explorer(demo(), at=NIKKI_WAY)
    async with app.run_test(size=(80, 24)) as pilot:
        place = await drawn(pilot, app)
        said = place.report()
        assert said is not None
        stamped = report.stamp(demo())
        assert "┣━ group face-admins" in report.markdown(said, stamped)
        data = json.loads(report.json_text(said, stamped))
        assert data["way"]["verdict"] == "allowed"
        assert {node["kind"] for node in data["way"]["nodes"]} >= {"principal", "group", "policy", "statement", "layer", "resource"}
        ElementTree.fromstring(said.svg)


# Access by service


async def test_b_on_a_user_shows_a_bar_for_each_service_that_its_policies_name() -> None:
    app = explorer(demo(), at=f"principal {MATEO}")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "principal")
        await pilot.press("b")
        await asked(pilot, app)
        shown = "\n".join(rows(app))
        for service in access.access(demo(), access.plan(demo(), MATEO)):
            numbers = r" +".join(str(number or "–") for number in service.counts().values())
            assert service.service in shown
            assert numbers.replace(r" +", "") in shown.replace(" ", "")
        assert f"{len(access.plan(demo(), MATEO).left_out):,} services are named by none of its policies" in shown
        await wait_for(pilot, lambda: "3 services" in line(app, "crumbs"), "the count")


async def test_a_single_service_is_one_service() -> None:
    read = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    ana = "arn:aws:iam::111122223333:user/ana"
    user = {"UserName": "ana", "Arn": ana, "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": read}]}
    app = explorer(account(UserDetailList=[user]), at=f"services {ana}")
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot, app)
        await wait_for(pilot, lambda: line(app, "crumbs").endswith(" 1 service"), "the count, once everything was asked")


async def test_a_group_has_no_bars_and_says_why() -> None:
    app = explorer(demo(), at="principal arn:aws:iam::123456789012:group/ocr")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "principal")
        await pilot.press("b")
        await wait_for(pilot, lambda: "a group may do nothing itself" in line(app, "lower"), "the reason")
        assert app.place.scope == "principal"


async def test_a_service_opens_into_levels_and_actions_and_an_action_asks_its_question() -> None:
    app = explorer(demo(), at=f"services {MATEO}")
    async with app.run_test(size=(80, 40)) as pilot:
        await asked(pilot, app)
        await press_until(pilot, app, "down", "textract")
        await pilot.press("enter")
        assert any("depends on aws:RequestedRegion" in row for row in rows(app))
        await press_until(pilot, app, "down", "DeleteAdapter ")
        await pilot.press("enter")
        await at_place(pilot, "question")
        assert app.history.current.location.value("action") == "textract:DeleteAdapter"
        assert app.history.current.location.value("principal") == MATEO
        await pilot.press("escape")
        await asked(pilot, app)
        assert "DeleteAdapter " in under_cursor(app)
        await pilot.press("left")
        assert "Write" in under_cursor(app)
        await pilot.press("left", "left")
        assert "textract" in under_cursor(app)


def test_the_question_behind_an_action_has_the_answer_of_the_bars() -> None:
    """For every action of an administrator's IAM and S3, among them those whose resources are AWS's own."""
    shown = demo()
    plan = access.plan(shown, "OrganizationAccountAccessRole")
    few = msgspec.structs.replace(plan, services=tuple(each for each in plan.services if each[0] in ("iam", "s3", "sts")))
    services = list(access.access(shown, few))
    opened = frozenset(f"{service.service} {level}" for service in services for level in access.LEVELS)
    first = frozenset(service.service for service in services)
    rows_of = {row.action: row for toggled in (first, first | opened) for row in _bar_rows(few, services, toggled)}
    for service in services:
        for each in service.actions:
            target = rows_of[each.action].target
            assert target is not None
            assert answer(shown, question_of(target[0])).verdict == each.verdict, each.action


@pytest.mark.parametrize("width", [60, 64, 65, 80])
def test_every_number_beside_a_bar_is_there_at_the_smallest_size_too(width: int) -> None:
    plan = access.plan(demo(), MATEO)
    services = list(access.access(demo(), plan))
    opened = frozenset(service.service for service in services)
    found = [bars.heading(width), *(row.pieces for row in bars.bar_rows(plan, services, Question(MATEO), opened, width, done=True))]
    assert max(sum(width_of(piece[0]) for piece in pieces) for pieces in found) <= width - bars.MARGIN
    assert any("175" in "".join(piece[0] for piece in pieces) for pieces in found)


def _bar_rows(plan: access.Plan, services: list[access.ServiceAccess], toggled: frozenset[str]) -> list[bars.BarRow]:
    found = bars.bar_rows(plan, services, Question(plan.principal), toggled, 80, done=True)
    return [row for row in found if row.action]


def without_control_policies() -> Snapshot:
    return engine_account(
        [user("mia", document(allow("textract:DetectDocumentText")))], ServiceControlPolicies=None, ResourceControlPolicies=None
    )


async def test_u_assumes_that_there_is_nothing_that_was_not_collected_and_says_so() -> None:
    app = explorer(without_control_policies(), at=f"services {MIA}")
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot, app)
        (before,) = [row for row in rows(app) if "textract" in row]
        await pilot.press("u")
        await wait_for(pilot, lambda: any("textract" in row and row != before for row in rows(app)), "other numbers")
        await asked(pilot, app)
        (after,) = [row for row in rows(app) if "textract" in row]
        assert before.split()[-5:-3] == ["–", "1"]
        assert after.split()[-5:-3] == ["1", "–"]
        assert app.history.current.location.value("uncollected") == "none"
        assert "not collected" in app.query_one("#services-legend", Block).text


async def test_services_come_while_one_walks_in_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bars of an administrator fill in; the cursor stays on its service and opens it meanwhile."""
    import threading

    go_on = threading.Event()
    whole = access.access

    def slowly(*args: Any) -> Any:
        for number, service in enumerate(whole(*args)):
            if number == 3:
                go_on.wait(30)
            yield service

    monkeypatch.setattr(access, "access", slowly)
    monkeypatch.setattr("tui.screens.services.SECONDS", 0)
    names = ["polly:*", "rekognition:List*", "textract:*", "translate:*", "transcribe:*"]
    app = explorer(engine_account([user("mia", document(allow(names)))]), at=f"services {MIA}")
    async with app.run_test(size=(80, 30)) as pilot:
        await at_place(pilot, "services", lambda: "3 of 5 services asked" in line(app, "crumbs"))
        await press_until(pilot, app, "down", "rekognition")
        await pilot.press("right")
        assert "▾ rekognition" in under_cursor(app)
        assert any("2 services still to be asked" in row for row in rows(app))
        go_on.set()
        await asked(pilot, app)
        assert "▾ rekognition" in under_cursor(app)
        assert not any("still to be asked" in row for row in rows(app))


async def test_what_was_asked_is_there_at_once_on_the_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = explorer(demo(), at=f"services {MATEO}")
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot, app)
        await press_until(pilot, app, "down", "iam")
        monkeypatch.setattr(access, "access", lambda *args: pytest.fail("asked again"))
        await pilot.press("c")
        await at_place(pilot, "question")
        await pilot.press("escape", "escape")
        await asked(pilot, app)
        assert "iam" in under_cursor(app)


async def test_s_puts_the_services_of_which_most_is_allowed_first() -> None:
    shown = engine_account([user("mia", document(allow(["polly:SynthesizeSpeech", "sqs:ListQueues", "textract:*"])))])
    app = explorer(shown, at=f"services {MIA}")
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot, app)

        def order() -> list[str]:
            words = [row.removeprefix("▸ ").split() for row in rows(app)]
            return [row[1] for row in words if row and row[0] == "▹"]

        assert order() == ["polly", "sqs", "textract"]
        await pilot.press("s")
        assert order() == ["textract", "polly", "sqs"]
        assert "most allowed first" in line(app, "crumbs")
        await pilot.press("s")
        assert order() == ["polly", "sqs", "textract"]


async def test_more_of_an_account_is_asked_again_and_the_cursor_stays_on_its_service() -> None:
    app = explorer(engine_account([user("mia", document(allow(["polly:*", "textract:GetAdapter"])))]), at=f"services {MIA}")
    async with app.run_test(size=(80, 24)) as pilot:
        place = await asked(pilot, app)
        await press_until(pilot, app, "down", "textract")
        place.renew(engine_account([user("mia", document(allow(["polly:*", "sqs:*", "textract:*"])))]))
        await wait_for(pilot, lambda: "3 services" in line(app, "crumbs"), "the new services")
        assert "textract" in under_cursor(app)
        assert any("sqs" in row for row in rows(app))


async def test_bars_are_exported_as_a_table_data_and_a_picture() -> None:
    app = explorer(demo(), at=f"services {MATEO}")
    async with app.run_test(size=(80, 24)) as pilot:
        place = await asked(pilot, app)
        said = place.report()
        assert said is not None
        stamped = report.stamp(demo())
        assert "| textract | all |" in report.markdown(said, stamped)
        data = json.loads(report.json_text(said, stamped))
        (textract,) = [each for each in data["services"] if each["service"] == "textract"]
        assert len(textract["actions"]) == len(catalogue.action_names("textract"))
        assert data["complete"] is True
        ElementTree.fromstring(said.svg)


async def test_access_of_somebody_who_is_not_there_is_refused() -> None:
    app = explorer(demo(), at=f"services arn:aws:iam::{HOME}:user/ghost")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await wait_for(pilot, lambda: "is no user and no role of this account" in line(app, "lower"), "the complaint")
