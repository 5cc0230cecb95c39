"""Setting values of the context in their rows, and the options of a question by a key: the verdict above changes as it is done."""

from __future__ import annotations

from typing import Any

import pytest
from explorer_accounts import account, at_place, demo, explorer, line, rows, under_cursor
from textual.pilot import Pilot
from textual.widgets import Input
from waiting import wait_for

from tui.explorer import Explorer
from tui.questions.asking import Question
from tui.screens.question import QuestionPlace
from tui.widgets.line import Block
from tui.widgets.panel import Panel
from tui.widgets.value_edit import ValueEdit

MFA = "aws:MultiFactorAuthPresent"
DEV = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
SOFIA = f"question?principal=sofiamartinez&action=textract:DeleteAdapter&resource={DEV}"
HOSTILE = "evil\x1b]52;c;SE9TVElMRQ==\x07\u202e[red]x[/]"
SIZES = pytest.mark.parametrize("size", [(60, 15), (80, 24), (160, 45)], ids=["60x15", "80x24", "160x45"])


def verdict(app: Explorer) -> str:
    return app.query_one("#verdict", Block).text


def value(app: Explorer) -> ValueEdit:
    return app.query_one(ValueEdit)


def lying_over(app: Explorer) -> str:
    """The row of the ladder under the value that is typed, as it is drawn."""
    edit, ladder = value(app), app.query_one("#ladder")
    return ladder.render_line(edit.region.y - ladder.region.y).text


async def answered(pilot: Pilot[Any], app: Explorer, word: str) -> None:
    await at_place(pilot, "question", lambda: word in verdict(app))


async def walk(pilot: Pilot[Any], app: Explorer, key: str, text: str) -> None:
    """Press a key until this text is under the cursor; fails after a bound."""
    for _ in range(60):
        if text in under_cursor(app):
            return
        await pilot.press(key)
    raise AssertionError(f"the cursor never came to {text!r}: {rows(app)}")


async def editing(pilot: Pilot[Any], app: Explorer) -> None:
    await wait_for(pilot, lambda: value(app).has_focus and value(app).region.height == 1, "the value")


@SIZES
async def test_a_value_is_typed_in_its_row_and_the_verdict_follows(size: tuple[int, int]) -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=size) as pilot:
        await answered(pilot, app, "? DEPENDS on")
        await pilot.press("equals_sign")
        await editing(pilot, app)
        assert MFA in lying_over(app)
        await pilot.press(*"true")
        await answered(pilot, app, "✓ ALLOWED")
        assert MFA in lying_over(app), "it moved with its row"
        assert value(app).has_focus
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.query_one("#ladder").has_focus)
        assert "true" in under_cursor(app)
        assert "given" in under_cursor(app)
        assert app.history.current.location.value("context") == f"{MFA}=true"


async def test_escape_puts_the_value_and_the_verdict_back_and_stays_in_the_row() -> None:
    app = explorer(demo(), at=f"{SOFIA}&context={MFA}=true")
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "✓ ALLOWED")
        await pilot.press("equals_sign")
        await editing(pilot, app)
        assert value(app).value == "true"
        await pilot.press(*["backspace"] * 4, *"false")
        await answered(pilot, app, "✗ DENIED")
        await pilot.press("escape")
        await answered(pilot, app, "✓ ALLOWED")
        assert MFA in under_cursor(app)
        assert not value(app).display
        assert app.history.current.location.value("context") == f"{MFA}=true"
        assert app.place.scope == "question"


async def test_an_empty_value_takes_the_key_away_and_a_mark_makes_it_surely_absent() -> None:
    app = explorer(demo(), at=f"{SOFIA}&context={MFA}=true")
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "✓ ALLOWED")
        await pilot.press("equals_sign")
        await editing(pilot, app)
        await pilot.press(*["backspace"] * 4)
        await answered(pilot, app, "? DEPENDS")
        assert app.history.current.location.value("context") == ""
        await pilot.press("exclamation_mark")
        await wait_for(pilot, lambda: app.history.current.location.value("context") == f"{MFA}!")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "absent" in under_cursor(app))


async def test_the_arrows_go_through_the_values_that_the_policies_compare_with() -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("equals_sign")
        await editing(pilot, app)
        await pilot.press("down")
        await answered(pilot, app, "✓ ALLOWED")
        await pilot.press("down")
        await answered(pilot, app, "✗ DENIED")
        await pilot.press("up")
        await answered(pilot, app, "✓ ALLOWED")


async def test_enter_on_what_it_hangs_on_sets_the_key_that_is_named_there() -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=(80, 45)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await walk(pilot, app, "down", "denied if")
        await pilot.press("enter")
        await editing(pilot, app)
        assert MFA in lying_over(app)


async def test_a_given_value_that_no_statement_asks_for_can_be_taken_away_in_its_row() -> None:
    app = explorer(demo(), at=f"{SOFIA}&context=aws:Unasked=x")
    async with app.run_test(size=(80, 45)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("G")
        await walk(pilot, app, "up", "aws:Unasked")
        await pilot.press("enter")
        await editing(pilot, app)
        await pilot.press("backspace")
        await wait_for(pilot, lambda: app.history.current.location.value("context") == "")
        assert value(app).has_focus, "it can be typed again"
        await pilot.press("y", "enter")
        await wait_for(pilot, lambda: app.history.current.location.value("context") == "aws:Unasked=y")


async def test_what_is_typed_is_drawn_as_text_and_kept_as_it_is() -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("equals_sign")
        await editing(pilot, app)
        value(app).value = HOSTILE
        await wait_for(pilot, lambda: app.history.current.location.value("context") != "")
        drawn = [value(app).render_line(0).text, *rows(app), verdict(app), line(app, "crumbs")]
        assert "evil" in drawn[0]
        assert not any(character in each for each in drawn for character in "\x1b\x07\u202e")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "[red]x[/]" in "".join(rows(app)), "no markup")


def bare() -> Any:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "textract:*", "Resource": "*"}]}
    held = [{"PolicyName": "P", "PolicyDocument": document}]
    return account(UserDetailList=[{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "UserPolicyList": held}])


async def test_u_counts_what_was_not_collected_as_none_and_it_stands_everywhere() -> None:
    app = explorer(bare(), at="question?principal=ana&action=textract:DetectDocumentText&resource=*")
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "? DEPENDS: allowed by everything collected (SCPs, RCPs not")
        await pilot.press("u")
        await answered(pilot, app, "✓ ALLOWED")
        place = app.place
        assert isinstance(place, QuestionPlace)
        assumed = "counting what was not collected as none"
        assert assumed in " ".join(app.query_one("#sentence", Block).text.split())
        assert app.history.current.location.value("uncollected") == "none"
        assert assumed in place.copyable()
        assert place.command()[-2:] == ("--uncollected", "none")
        report = place.report()
        assert report is not None
        assert assumed in report.title
        assert report.data["question"]["uncollected"] == "none"
        await pilot.press("u")
        await answered(pilot, app, "? DEPENDS: allowed by everything collected")
        assert app.history.current.location.value("uncollected") == ""


async def test_u_says_why_where_everything_was_collected() -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("u")
        await wait_for(pilot, lambda: "every layer of this question was collected" in line(app, "lower"))
        assert app.history.current.location.value("uncollected") == ""


async def test_missing_context_counts_as_absent_by_a_key() -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("U")
        await answered(pilot, app, "DENIED")
        assert app.history.current.location.value("missing_context") == "absent"


async def test_options_are_typed_with_completion_and_what_cannot_be_read_is_said_and_dropped() -> None:
    app = explorer(demo(), at=SOFIA)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("O", *"nonsense=1")
        await answered(pilot, app, "is no option; begin it with uncollected=")
        await pilot.press("escape")
        await answered(pilot, app, "? DEPENDS")
        await pilot.press("O", *"credential=l", "tab")
        await wait_for(pilot, lambda: app.history.current.location.value("credential") == "long-term")
        await answered(pilot, app, "DENIED")
        assert app.query_one("#ask-options", Input).value == "credential=long-term"


async def test_a_second_option_and_a_second_condition_key_are_typed_behind_the_first_as_words_of_their_own() -> None:
    app = explorer(demo(), at=f"{SOFIA}&context={MFA}%3Dtrue&credential=long-term")
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "")
        await pilot.press("O", *"uncollected=none", "enter")
        await wait_for(pilot, lambda: app.history.current.location.value("uncollected") == "none")
        assert app.history.current.location.value("credential") == "long-term"
        await pilot.press("x")
        assert app.history.current.location.value("context") == f"{MFA}=true", "a blank is no change of the question"
        await pilot.press(*"aws:SourceIp=192.0.2.1", "enter")
        await wait_for(pilot, lambda: app.history.current.location.value("context") == f"{MFA}=true aws:SourceIp=192.0.2.1")


async def test_the_policy_of_a_statement_is_read_under_the_same_assumptions() -> None:
    app = explorer(demo(), at=f"{SOFIA}&missing_context=absent")
    async with app.run_test(size=(80, 45)) as pilot:
        await answered(pilot, app, "DENIED")
        await pilot.press("enter")
        await walk(pilot, app, "down", "✗ RegionFence ›")
        await pilot.press("enter")
        await at_place(pilot, "policy")
        assert app.history.current.location.value("missing_context") == "absent"


async def test_a_wide_screen_has_the_deciding_statement_beside_the_ladder_and_it_follows_the_cursor() -> None:
    app = explorer(demo(), at="question?principal=mateojackson&action=textract:DetectDocumentText&resource=*")
    async with app.run_test(size=(160, 45)) as pilot:
        await answered(pilot, app, "DENIED")
        beside = app.query_one("#statement", Panel)
        await wait_for(pilot, lambda: "TextractUse › WorkWithAdapters" in beside.text)
        assert '"Resource": "arn:aws:textract:*:123456789012:/adapters/*"' in beside.text
        await pilot.press("g")
        await wait_for(pilot, lambda: "TextractUse" not in beside.text)
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: not beside.display)


@pytest.mark.parametrize("principal", ["*", "textract.amazonaws.com", "arn:aws:iam::123456789012:root"])
async def test_anybody_services_and_root_can_ask(principal: str) -> None:
    app = explorer(demo(), at=str(Question(principal, "s3:GetObject", "*").location()))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "question", lambda: any(word in verdict(app) for word in ("ALLOWED", "DENIED", "DEPENDS")))
