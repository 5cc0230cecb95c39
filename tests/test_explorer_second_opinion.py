"""`V` on the Question screen: AWS's simulator is asked in the background, and its answer stands under our verdict."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from explorer_accounts import at_place, demo, explorer, line
from loopback import account
from loopback.account import BUCKET, iam
from loopback.pulling import QUICK, environment
from loopback.server import DENIED, Loopback
from textual.message import Message
from textual.pilot import Pilot
from waiting import wait_for

from adapters.aws import AwsAdapter
from tui.explorer import Explorer
from tui.questions.verifying import Verified
from tui.widgets.line import Block
from whygate.document import decode_mapping
from whygate.snapshot import Snapshot, build

SIMULATE = ("iam", "SimulatePrincipalPolicy")
AT = f"question?principal={iam('user', 'ben')}&action=s3:ListBucket&resource={BUCKET}"
DENIAL = {
    "EvaluationResults": [{"EvalActionName": "s3:ListBucket", "EvalDecision": "implicitDeny", "MissingContextValues": ["aws:SourceVpc"]}]
}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback({**account.answers(), SIMULATE: DENIAL}) as running:
        yield running
        assert running.wrong == []


@pytest.fixture(autouse=True)
def _live(server: Loopback) -> Iterator[None]:
    server.reset()
    AwsAdapter._made.clear()
    with environment(server.url, AWS_MAX_ATTEMPTS="1"):
        yield
    AwsAdapter._made.clear()


@pytest.fixture(scope="module")
def snapshot(server: Loopback) -> Snapshot:
    with environment(server.url):
        return build(decode_mapping(AwsAdapter(QUICK).load("aws:", lambda done, total, what: None)))


def live(shown: Snapshot) -> Explorer:
    return Explorer("aws:", at=AT, load=lambda source, report: shown)


def second(app: Explorer) -> str:
    block = app.query_one("#second", Block)
    return " ".join(block.text.split()) if block.display else ""


async def verdict(pilot: Pilot[Any], app: Explorer, word: str) -> None:
    await at_place(pilot, "question", lambda: word in app.query_one("#verdict", Block).text)


async def test_both_verdicts_stand_below_one_another_with_what_may_explain_it(snapshot: Snapshot, server: Loopback) -> None:
    app = live(snapshot)
    async with app.run_test(size=(100, 40)) as pilot:
        await verdict(pilot, app, "ALLOWED")
        assert second(app) == ""
        await pilot.press("V")
        await wait_for(pilot, lambda: "AWS's simulator says implicitDeny: that differs from ours (allowed)" in second(app), "the opinion")
        assert "may explain it: it had no value for aws:SourceVpc" in second(app)
        assert "AWS's simulator says implicitDeny" in app.place.copyable()
        (call,) = [call for call in server.calls if call.operation == SIMULATE[1]]
        assert (call.parameters["PolicySourceArn"], call.parameters["ResourceArns.member.1"]) == (iam("user", "ben"), BUCKET)


async def test_it_goes_when_the_question_changes(snapshot: Snapshot) -> None:
    app = live(snapshot)
    async with app.run_test(size=(100, 40)) as pilot:
        await verdict(pilot, app, "ALLOWED")
        await pilot.press("V")
        await wait_for(pilot, lambda: "differs" in second(app), "the opinion")
        await pilot.press("x", *"aws:SourceIp=192.0.2.1")
        await verdict(pilot, app, "ALLOWED")
        await wait_for(pilot, lambda: second(app) == "", "nothing")


async def test_no_right_is_said_in_one_line_and_the_verdict_stays(snapshot: Snapshot, server: Loopback) -> None:
    server.faults[SIMULATE] = DENIED
    app = live(snapshot)
    async with app.run_test(size=(100, 40)) as pilot:
        await verdict(pilot, app, "ALLOWED")
        await pilot.press("V")
        await wait_for(pilot, lambda: "is not permitted: iam:SimulatePrincipalPolicy" in second(app), "why not")
        assert "ALLOWED" in app.query_one("#verdict", Block).text


async def test_a_source_that_is_not_live_says_why_not() -> None:
    app = Explorer("demo", at="question?principal=mateojackson&action=textract:DetectDocumentText", load=lambda source, report: demo())
    async with app.run_test(size=(100, 40)) as pilot:
        await verdict(pilot, app, "DENIED")
        await pilot.press("V")
        await wait_for(pilot, lambda: "only a live account can be asked for a second opinion" in line(app, "lower"), "why not")
        assert second(app) == ""


async def test_offline_nobody_is_asked(snapshot: Snapshot, server: Loopback) -> None:
    app = Explorer("aws:", at=AT, load=lambda source, report: snapshot, verify=False)
    async with app.run_test(size=(100, 40)) as pilot:
        await verdict(pilot, app, "ALLOWED")
        await pilot.press("V")
        await wait_for(pilot, lambda: "--offline asks nobody" in line(app, "lower"), "why not")
        assert second(app) == ""
    assert server.asked() == set()


async def test_without_a_verdict_there_is_nothing_to_compare() -> None:
    app = explorer(demo(), at="question?principal=mateojackson")
    async with app.run_test(size=(100, 40)) as pilot:
        await at_place(pilot, "question", lambda: "What is asked?" in app.query_one("#verdict", Block).text)
        await pilot.press("escape", "V")
        await wait_for(pilot, lambda: "there is no verdict yet to compare" in line(app, "lower"), "the notice")
        assert second(app) == ""


async def test_an_answer_that_comes_after_the_question_changed_is_dropped(snapshot: Snapshot, server: Loopback) -> None:
    asked, go = threading.Event(), threading.Event()

    def late(given: dict[str, Any]) -> dict[str, Any]:
        asked.set()
        assert go.wait(30)
        return DENIAL

    server.answers[SIMULATE] = late
    app = live(snapshot)
    try:
        async with app.run_test(size=(100, 40)) as pilot:
            await verdict(pilot, app, "ALLOWED")
            block, came = app.query_one("#second", Block), threading.Event()
            post = block.post_message

            def posted(message: Message) -> bool:
                taken = post(message)
                if isinstance(message, Verified):
                    came.set()
                return taken

            block.post_message = posted  # type: ignore[method-assign]  # a stand-in, for this test
            await pilot.press("V")
            await wait_for(pilot, asked.is_set, "the call")
            assert second(app) == "asking AWS's policy simulator …"
            await pilot.press("x", *"aws:SourceIp=192.0.2.1")
            await verdict(pilot, app, "ALLOWED")
            assert second(app) == ""
            go.set()
            await wait_for(pilot, came.is_set, "the late answer")
            await pilot.pause()
            assert second(app) == ""
    finally:
        go.set()
        server.answers[SIMULATE] = DENIAL


async def test_at_eighty_by_twenty_four_the_ladder_still_has_rows(snapshot: Snapshot) -> None:
    app = live(snapshot)
    async with app.run_test(size=(80, 24)) as pilot:
        await verdict(pilot, app, "ALLOWED")
        await pilot.press("V")
        await wait_for(pilot, lambda: "differs" in second(app), "the opinion")
        assert app.query_one("#second", Block).size.height <= 9
        assert app.query_one("#ladder").size.height >= 3
