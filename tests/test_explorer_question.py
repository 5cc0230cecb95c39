"""Asking in the explorer: inputs, completion, the verdict, the ladder, and the walk down to the statement that decided."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from explorer_accounts import at_place, demo, explorer, line, loaded, rows, under_cursor
from textual.pilot import Pilot
from textual.widgets import Input
from waiting import wait_for

from tui.explorer import Explorer
from tui.questions import asking, completion
from tui.widgets.line import Block

MATEO = "question?principal=mateojackson&action=textract:DetectDocumentText&resource=*"
SOFIA = "question?principal=sofiamartinez&action=textract:DeleteAdapter&resource="
DEV = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"


def verdict(app: Explorer) -> str:
    return app.query_one("#verdict", Block).text


def text_of(app: Explorer, name: str) -> str:
    return app.query_one(f"#ask-{name}", Input).value


async def answered(pilot: Pilot[Any], app: Explorer, word: str) -> None:
    await at_place(pilot, "question", lambda: word in verdict(app))


async def test_a_saved_question_is_answered_two_keys_after_its_list() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("6", "enter")
        await answered(pilot, app, "✗ DENIED")
        assert under_cursor(app).startswith("▸ identity-based policies   ✗ no allow")
        assert any("nearest misses" in row for row in rows(app))


async def test_enter_on_a_near_miss_shows_its_statement_with_its_lines_marked() -> None:
    app = explorer(demo(), at=MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "DENIED")
        while "≈" not in under_cursor(app):
            await pilot.press("down")
        await pilot.press("enter")
        await at_place(pilot, "policy", lambda: any("near miss" in row for row in rows(app)))
        assert "≈" in under_cursor(app)
        assert any("✗" in row and "Resource" in row for row in rows(app)), "the element that failed is marked on its own line"
        assert "question: mateojackson can textract:DetectDocumentText on *" in line(app, "policy-question")
        await pilot.press("escape")
        await answered(pilot, app, "DENIED")
        assert "≈" in under_cursor(app), "back stands where it was left"


async def test_a_layer_opens_and_closes_in_place() -> None:
    app = explorer(demo(), at=MATEO)
    async with app.run_test(size=(80, 45)) as pilot:
        await answered(pilot, app, "DENIED")
        closed = rows(app)
        await pilot.press("enter")
        assert any("ManageOwnCredentials" in row for row in rows(app))
        await pilot.press("left")
        assert rows(app) == closed


async def test_a_context_value_changes_the_verdict_as_it_is_typed() -> None:
    app = explorer(demo(), at=SOFIA + DEV)
    async with app.run_test(size=(80, 45)) as pilot:
        await answered(pilot, app, "DEPENDS")
        await pilot.press("x", *"aws:MultiFactorAuthPresent=false")
        await answered(pilot, app, "✗ DENIED")
        await pilot.press(*["backspace"] * 5, *"true")
        await answered(pilot, app, "✓ ALLOWED")
        assert text_of(app, "context") == "aws:MultiFactorAuthPresent=true"
        assert app.history.current.location.value("context") == "aws:MultiFactorAuthPresent=true"


async def test_the_key_that_a_verdict_hangs_on_is_the_first_completion_of_the_context() -> None:
    app = explorer(demo(), at=SOFIA + DEV)
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "DEPENDS")
        await pilot.press("x", *"aws:mult", "tab")
        await wait_for(pilot, lambda: text_of(app, "context") == "aws:MultiFactorAuthPresent=")


async def test_principal_and_action_are_completed_from_the_account_and_the_catalogue() -> None:
    app = explorer(demo(), at="question")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "question", lambda: "Who is asking?" in verdict(app))
        await pilot.press(*"mateo", "tab")
        await wait_for(pilot, lambda: text_of(app, "principal") == "mateojackson")
        await pilot.press("tab", *"textract:detectd", "tab")
        await wait_for(pilot, lambda: text_of(app, "action") == "textract:DetectDocumentText")
        await answered(pilot, app, "DENIED")


async def test_c_asks_about_the_principal_of_the_row_and_the_place_it_came_from_is_one_back() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("c")
        await at_place(pilot, "question", lambda: "What is asked?" in verdict(app))
        assert text_of(app, "principal") == demo().users[0].arn
        await pilot.press("escape", "escape")
        await at_place(pilot, "account")


async def test_a_question_that_cannot_be_answered_says_why_in_a_line() -> None:
    app = explorer(demo(), at="question?principal=nobody&action=s3:GetObject")
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot, app, "nobody")
        assert rows(app)[0].strip() == ""


async def test_an_answer_that_a_later_change_has_overtaken_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    answer = asking._answer

    def slow_at_first(generation: int, shown: Any, question: asking.Question) -> asking.Answered:
        if question.action == "textract:DetectDocumentText":
            assert release.wait(30)
        return answer(generation, shown, question)

    monkeypatch.setattr(asking, "_recent", [])
    monkeypatch.setattr(asking, "_answer", slow_at_first)
    app = explorer(demo(), at=MATEO)
    async with app.run_test(size=(80, 45)) as pilot:
        await at_place(pilot, "question")
        await pilot.press("e")
        box = app.query_one("#ask-action", Input)
        box.value = "iam:PassRole"
        await pilot.pause()
        release.set()
        await wait_for(pilot, lambda: "iam:PassRole" in verdict(app))
        assert "DetectDocumentText" not in verdict(app)


def test_candidates_that_begin_with_the_text_come_first() -> None:
    assert completion.principals(demo(), "ma")[0] == "marymajor"
    assert completion.actions("textract:Detect")[0] == "textract:DetectDocumentText"
    assert "textract:" in completion.actions("textr")
    assert completion.resources(demo(), "")[0] == "*"


def test_a_finished_input_has_nothing_left_to_choose() -> None:
    assert not completion.worth_showing(["textract:DetectDocumentText"], "textract:DetectDocumentText")
    assert not completion.worth_showing([], "x")
    assert completion.worth_showing(["a", "b"], "a")


async def test_the_inputs_show_no_escape_and_keep_the_value() -> None:
    principal = "evil\x1b]52;c;SE9TVElMRQ==\x1b\\\x9b\u202e"
    app = explorer(demo(), at=str(asking.Question(principal, "s3:GetObject").location()))
    async with app.run_test(size=(160, 45)) as pilot:
        await loaded(pilot)
        await wait_for(pilot, lambda: bool(app.query("#ask-principal")) and text_of(app, "principal") == principal)
        lines = [app.query_one("#ask-principal", Input).render_line(0).text, *rows(app)]
        assert "evil" in lines[0]
        assert not any(character in line for line in lines for character in "\x1b\x9b\u202e")
