"""The `:` line as a value: what a line asks for, what it may become, and what is said of one that asks for nothing."""

from __future__ import annotations

import pytest
from explorer_accounts import demo

from tui.command_line import COMMANDS, Do, Go, complete, run, usage
from tui.explorer import Explorer
from tui.location import LISTS, Location
from whygate.errors import UserError

MATEO = "arn:aws:iam::123456789012:user/mateojackson"


def test_can_has_the_grammar_of_the_command_line() -> None:
    outcome = run("can mateojackson textract:AnalyzeDocument '*' --context aws:MultiFactorAuthPresent=true --uncollected none", demo())
    assert isinstance(outcome, Go)
    assert dict(outcome.location.query) == {
        "principal": "mateojackson",
        "action": "textract:AnalyzeDocument",
        "resource": "*",
        "context": "aws:MultiFactorAuthPresent=true",
        "uncollected": "none",
    }
    assert outcome.location.kind == "question"


def test_way_asks_the_same_for_the_graph() -> None:
    outcome = run("way mateojackson textract:AnalyzeDocument", demo())
    assert isinstance(outcome, Go)
    assert (outcome.location.kind, outcome.location.value("principal")) == ("way", "mateojackson")


@pytest.mark.parametrize(
    ("line", "location"),
    [
        ("user mateojackson", Location("principal", MATEO)),
        (f"user {MATEO}", Location("principal", MATEO)),
        ("services mateojackson", Location("services", MATEO)),
        ("list roles", Location("list", "roles")),
        ("roles", Location("list", "roles")),
        (f"at principal {MATEO}", Location("principal", MATEO)),
        ("start", Location("start")),
        ("denied", Location("denied")),
    ],
)
def test_a_line_leads_to_a_place(line: str, location: Location) -> None:
    outcome = run(line, demo())
    assert isinstance(outcome, Go)
    assert outcome.location == location


def test_a_list_takes_the_words_of_its_filter() -> None:
    outcome = run('roles admin "two words"', demo())
    assert isinstance(outcome, Go)
    assert outcome.state.filter == 'admin "two words"'


def test_a_pasted_message_stays_as_it_is() -> None:
    text = 'User: arn:aws:iam::1:user/it\'s is not authorized to perform: "s3:GetObject"'
    outcome = run(f"denied {text}", None)
    assert isinstance(outcome, Go)
    assert outcome.state.text == text


def test_a_beginning_that_means_one_command_is_enough() -> None:
    assert run("them dark", None) == Do("theme", "dark")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "nothing was typed"),
        ("fly away", "there is no command 'fly'"),
        ("can mateojackson", "ACTION"),
        ("can mateojackson a:B --context 'x", "a quote is not closed"),
        ("user nobody", "there is no user 'nobody'"),
        ("user", "it does not say which user"),
        ("user a b", "'b' is one word too many"),
        ("list horses", "there is no list of 'horses'"),
        ("list", "it does not say which list"),
        ("way mateojackson", "write it as: way PRINCIPAL ACTION"),
        ("way a b:C --nonsense", "write it as: way PRINCIPAL ACTION"),
        ("re x", "may be"),
        ("at nowhere", "no place is called 'nowhere'"),
        ("save", "into which file"),
    ],
)
def test_what_asks_for_nothing_is_said_in_one_line(line: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        run(line, demo())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_an_account_only_that_works_which_needs_none() -> None:
    with pytest.raises(UserError, match="needs an account"):
        run("user mateojackson", None)
    assert run("open demo", None) == Do("open", "demo")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("ca", "can "),
        ("can mateoj", "can mateojackson"),
        ("can mateojackson textract:AnalyzeDoc", "can mateojackson textract:AnalyzeDocument"),
        ("can mateojackson textract:AnalyzeDocument ", "can mateojackson textract:AnalyzeDocument *"),
        ("can mateojackson textract:AnalyzeDocument * --unc", "can mateojackson textract:AnalyzeDocument * --uncollected"),
        ("can mateojackson textract:AnalyzeDocument --uncollected n", "can mateojackson textract:AnalyzeDocument --uncollected none"),
        ("user mateo", "user mateojackson"),
        ("save report", "save report.md"),
        ("list ro", "list roles"),
    ],
)
def test_completion_comes_from_the_account_and_the_catalogue(line: str, wanted: str) -> None:
    assert complete(line, demo())[0] == wanted


def test_nothing_is_completed_where_nothing_is_known() -> None:
    assert complete("denied tex", demo()) == ()
    assert complete("nothing of the kind", demo()) == ()
    assert complete("user mateo", None) == ()


def test_what_needs_no_account_is_completed_without_one() -> None:
    assert complete("theme li", None) == ("theme light",)


def test_every_command_says_what_it_is_and_is_there_once() -> None:
    names = [each.name for each in COMMANDS]
    assert len(set(names)) == len(names)
    assert set(LISTS) <= set(names)
    assert all(each.help for each in COMMANDS)
    assert usage("can x") == "can PRINCIPAL ACTION [RESOURCE] [OPTIONS]: ask, with the options of whygate can"


def test_everything_that_a_line_does_is_something_that_the_explorer_has() -> None:
    for command in COMMANDS:
        try:
            outcome = run(f"{command.name} x", demo())
        except UserError:
            continue
        if isinstance(outcome, Do):
            assert hasattr(Explorer, f"do_{outcome.name}") or hasattr(Explorer, f"action_{outcome.name}"), command.name
