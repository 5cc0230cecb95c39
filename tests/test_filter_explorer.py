"""The filter as a person types it: terms, completion, a filter that is none, the way in and back, and the tree of a principal."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from explorer_accounts import account, at_place, demo, explorer, line, loaded, rows, table, under_cursor
from textual.pilot import Pilot
from waiting import wait_for

from tui.explorer import Explorer
from tui.widgets.filter_bar import FilterBar
from tui.widgets.table import Table
from whygate import statement_index
from whygate.statement_index import Documents, StatementIndex
from whygate.statement_terms import term

ACCOUNT = "123456789012"
DENIES = [term("eff", "deny"), term("act", "rekognition:*")]


def denied() -> list[str]:
    return [demo().users[row].name for row in StatementIndex(demo()).rows("users", DENIES).rows]


def names(app: Explorer) -> list[str]:
    return [row.split()[0] for row in (each.lstrip("▸ ") for each in rows(app)[1:]) if row]


def offered(app: Explorer) -> list[str]:
    """The candidates under the line on which the filter is typed."""
    found = app.place.query_one("#filter-candidates", Table)
    texts = [found.render_line(y).text.lstrip("▸ ").rstrip() for y in range(found.size.height)]
    return [text for text in texts if text] if found.display else []


def bar(app: Explorer) -> FilterBar:
    return app.place.query_one(FilterBar)


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Type a filter and wait until what it leaves is on the screen."""
    app = pilot.app
    assert isinstance(app, Explorer)
    await pilot.press("slash", *text)
    await wait_for(pilot, lambda: bar(app).text == text, text)
    await wait_for(pilot, lambda: "reading" not in line(app, "crumbs"), "the policies")


async def test_terms_narrow_to_principals_with_one_such_statement_and_survive_the_way_in_and_back() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await typed(pilot, "eff:deny act:rekognition:*")
        await wait_for(pilot, lambda: names(app) == denied())
        assert line(app, "crumbs").endswith(f"· {len(denied())} of {len(demo().users)}")
        await pilot.press("enter", "down", "enter")
        await at_place(pilot, "principal")
        await pilot.press("escape")
        await at_place(pilot, "account")
        assert names(app) == denied()
        assert table(app).cursor == 1
        await pilot.press("escape")
        await wait_for(pilot, lambda: table(app).count == len(demo().users))


async def test_a_word_beside_a_term_narrows_further() -> None:
    app = explorer(demo())
    wanted = denied()[1]
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await typed(pilot, f"eff:deny act:rekognition:* {wanted}")
        await wait_for(pilot, lambda: names(app) == [wanted])


async def test_a_filter_that_is_none_says_so_and_leaves_the_list_as_it_was() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await typed(pilot, "ma")
        count = table(app).count
        await pilot.press(*" eff:maybe")
        await wait_for(pilot, lambda: "there is no effect 'maybe'; write eff:allow or eff:deny" in line(app, "lower"))
        assert table(app).count == count
        await pilot.press("enter")  # it is not kept
        assert app.place.mode() == "filter"
        await pilot.press(*["backspace"] * 10)
        await wait_for(pilot, lambda: "effect" not in line(app, "lower"))
        assert table(app).count == count
        await pilot.press("enter")
        assert app.place.mode() == ""


async def test_a_term_that_the_list_does_not_have_says_which_it_has() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"type:bucket")
        await wait_for(pilot, lambda: "type: says nothing about users; here are eff:" in line(app, "lower"))
        await pilot.press("escape", "5", "slash", *"type:bucket")
        await wait_for(pilot, lambda: 0 < table(app).count < len(demo().resources))


async def test_letters_in_their_order_find_what_no_word_finds_and_the_status_says_so() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await typed(pilot, "mtjcks")
        await wait_for(pilot, lambda: names(app) == ["mateojackson"])
        assert f"/mtjcks · fuzzy · 1 of {len(demo().users)}" in line(app, "crumbs")
        await pilot.press(*["backspace"] * 5)
        await wait_for(pilot, lambda: "fuzzy" not in line(app, "crumbs"))


async def test_names_and_values_of_terms_are_offered_and_tab_takes_them() -> None:
    app = explorer(demo())
    async with app.run_test(size=(100, 30)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", "e")
        await wait_for(pilot, lambda: [each.split()[0] for each in offered(app)] == ["eff:allow|deny"])
        await pilot.press("tab")
        await wait_for(pilot, lambda: offered(app) == ["allow", "deny"])
        await pilot.press("down", "enter", "space", *"act:rekogn")
        await wait_for(pilot, lambda: offered(app) == ["rekognition:"])
        await pilot.press("tab")
        await wait_for(pilot, lambda: offered(app)[:1] == ["rekognition:*"])
        await pilot.press("tab")
        await wait_for(pilot, lambda: names(app) == denied())
        assert bar(app).text == "eff:deny act:rekognition:*"
        assert offered(app) == []


async def test_a_word_that_begins_like_a_term_leaves_the_arrows_to_the_rows() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", "a")
        await wait_for(pilot, lambda: bool(offered(app)))
        await pilot.press("down")
        await wait_for(pilot, lambda: table(app).cursor == 1)
        await pilot.press("enter")
        assert app.place.mode() == ""
        assert bar(app).text == "a"


@pytest.mark.parametrize(
    ("list_key", "text", "value"), [("1", "through:oc", "ocr-admins"), ("1", "tag:", "team"), ("5", "type:coll", "rekognition:collection")]
)
async def test_values_come_from_the_account(list_key: str, text: str, value: str) -> None:
    everywhere = {
        "UserDetailList": [{"UserName": "a", "Arn": f"arn:aws:iam::{ACCOUNT}:user/a", "Tags": [{"Key": "team", "Value": "x"}]}],
        "GroupDetailList": [{"GroupName": "ocr-admins", "Arn": f"arn:aws:iam::{ACCOUNT}:group/ocr-admins"}],
        "Resources": [{"Arn": f"arn:aws:rekognition:eu-west-1:{ACCOUNT}:collection/staff", "Type": "rekognition:collection"}],
    }
    app = explorer(account(**everywhere))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press(list_key, "slash", *text)
        await wait_for(pilot, lambda: value in offered(app))


async def test_resources_are_completed_by_the_types_of_the_services_that_the_filter_names() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"act:kinesis:* res:str")
        await wait_for(pilot, lambda: "stream/" in offered(app))


async def test_while_policies_are_read_the_rows_stay_and_the_status_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    may_read = threading.Event()
    number = Documents.number

    def slow(self: Documents, raw: Any) -> int:
        assert may_read.wait(20)
        return number(self, raw)

    monkeypatch.setattr(statement_index.Documents, "number", slow)
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        total = len(demo().users)
        await pilot.press("slash", *"eff:deny")
        await wait_for(pilot, lambda: line(app, "crumbs").endswith(f"/eff:deny · reading policies … · {total}"))
        await pilot.press("down")
        await wait_for(pilot, lambda: table(app).cursor == 1)
        await pilot.press(*" act:rekognition:*")  # what was asked before is not wanted any more
        may_read.set()
        await wait_for(pilot, lambda: names(app) == denied())


async def test_an_answer_that_comes_after_the_filter_was_cleared_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    may_read, has_read = threading.Event(), threading.Event()
    asked = StatementIndex.rows

    def slow(self: StatementIndex, *given: Any) -> Any:
        assert may_read.wait(20)
        found = asked(self, *given)
        has_read.set()
        return found

    monkeypatch.setattr(StatementIndex, "rows", slow)
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"eff:d")
        await wait_for(pilot, lambda: "reading policies" in line(app, "crumbs"))
        await pilot.press("escape")
        may_read.set()
        await wait_for(pilot, has_read.is_set)
        await pilot.press("slash", *"!eff:")
        await wait_for(pilot, lambda: bar(app).text == "!eff:")
        assert table(app).count == len(demo().users)


async def test_rows_that_cannot_be_judged_are_counted_in_a_notice() -> None:
    elsewhere = [{"PolicyName": "Elsewhere", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Elsewhere"}]
    people = [{"UserName": "a", "Arn": f"arn:aws:iam::{ACCOUNT}:user/a", "AttachedManagedPolicies": elsewhere}]
    app = explorer(account(UserDetailList=people))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await typed(pilot, "eff:deny")
        await wait_for(pilot, lambda: "1 row could not be judged: not every document is in the data" in line(app, "lower"))
        assert table(app).count == 0


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_the_number_of_rows_is_on_the_screen_however_long_the_filter(size: tuple[int, int]) -> None:
    app = explorer(demo())
    total = len(demo().users)
    async with app.run_test(size=size) as pilot:
        await loaded(pilot)
        await typed(pilot, "!" + "x" * 70)
        await wait_for(pilot, lambda: line(app, "crumbs").endswith(f"· {total}"))


# The tree of a principal


async def at_user(pilot: Pilot[Any], name: str) -> None:
    await typed(pilot, name)
    await pilot.press("enter", "enter")
    await at_place(pilot, "principal")


async def test_in_a_principal_matching_rows_stay_with_what_they_stand_under() -> None:
    app = explorer(demo())
    async with app.run_test(size=(120, 40)) as pilot:
        await loaded(pilot)
        await at_user(pilot, denied()[0])
        before = [row for row in rows(app) if row]
        await typed(pilot, "eff:deny")
        await wait_for(pilot, lambda: "/eff:deny · " in line(app, "crumbs") and len(rows(app)) > 0 and " Deny " in " ".join(rows(app)))
        shown = [row for row in rows(app) if row]
        assert all(" Deny " in row or "▾" in row or not row[:20].strip() for row in shown), "what is long goes on below"
        assert "Deny" in under_cursor(app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: [row for row in rows(app) if row] == before)


async def test_a_word_finds_rows_that_were_never_opened_and_they_stay_on_the_way_back() -> None:
    app = explorer(demo())
    async with app.run_test(size=(120, 40)) as pilot:
        await loaded(pilot)
        await at_user(pilot, "mateojackson")
        await typed(pilot, "textract:")
        await wait_for(pilot, lambda: "textract:" in under_cursor(app))
        shown, cursor = [row for row in rows(app) if row], table(app).cursor
        await pilot.press("enter", "enter")
        await at_place(pilot, "policy")
        await pilot.press("left_square_bracket")
        await at_place(pilot, "principal")
        assert ([row for row in rows(app) if row], table(app).cursor) == (shown, cursor)


async def test_nothing_in_a_tree_is_said_and_escape_brings_the_tree_back() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await at_user(pilot, "mateojackson")
        count = table(app).count
        await typed(pilot, "qqqq")
        await wait_for(pilot, lambda: "nothing here matches qqqq" in line(app, "lower"))
        assert line(app, "crumbs").split("/qqqq · ")[1].startswith("0 of ")
        await pilot.press("escape")
        await wait_for(pilot, lambda: table(app).count == count)
        assert "nothing" not in line(app, "lower")


async def test_a_policy_that_cannot_be_judged_is_counted_and_the_tree_does_not_claim_that_nothing_matches() -> None:
    elsewhere = [{"PolicyName": "Elsewhere", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Elsewhere"}]
    people = [{"UserName": "a", "Arn": f"arn:aws:iam::{ACCOUNT}:user/a", "AttachedManagedPolicies": elsewhere}]
    app = explorer(account(UserDetailList=people))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await at_user(pilot, "a")
        await typed(pilot, "eff:deny")
        await wait_for(pilot, lambda: "1 policy could not be judged: not every document is in the data" in line(app, "lower"))
        await pilot.press("escape")
        await typed(pilot, "through:inline eff:deny")  # it is not one of these
        await wait_for(pilot, lambda: "nothing here matches through:inline eff:deny" in line(app, "lower"))


async def test_another_principal_is_shown_without_the_filter_of_the_one_before() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await at_user(pilot, "mateojackson")
        await typed(pilot, "groups")
        await wait_for(pilot, lambda: "/groups · " in line(app, "crumbs") and "groups" in under_cursor(app))
        await pilot.press("enter", "down", "enter")
        await wait_for(pilot, lambda: "group" in line(app, "crumbs").split("›")[-1] and "/groups" not in line(app, "crumbs"))
        assert any("members" in row for row in rows(app))


# While the account arrives


async def test_a_filter_stays_in_force_when_more_of_the_account_arrives_and_the_cursor_stays_on_its_row() -> None:
    def person(name: str, effect: str) -> dict[str, Any]:
        document = {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "s3:*", "Resource": "*"}]}
        inline = [{"PolicyName": "own", "PolicyDocument": document}]
        return {"UserName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "UserPolicyList": inline}

    some = [person("mia", "Deny"), person("noa", "Allow"), person("zoe", "Deny")]
    app = explorer(account(UserDetailList=some))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await typed(pilot, "eff:deny")
        await pilot.press("enter", "down")
        await wait_for(pilot, lambda: names(app) == ["mia", "zoe"] and under_cursor(app).startswith("▸ zoe"))
        app.place.renew(account(UserDetailList=[person("ana", "Deny"), person("bea", "Allow"), *some]))
        await wait_for(pilot, lambda: names(app) == ["ana", "mia", "zoe"])
        assert under_cursor(app).startswith("▸ zoe")
        assert line(app, "crumbs").endswith("/eff:deny · 3 of 5")
