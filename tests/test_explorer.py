"""The explorer as a person uses it: walking from a user to a statement, back and forward, filter, versions, notices."""

from __future__ import annotations

from pathlib import Path

import pytest
from explorer_accounts import account, at_place, demo, explorer, line, loaded, rows, table, under_cursor
from waiting import wait_for

from tui import app as front
from tui.background.loading import Loading, Simple
from tui.explorer import Explorer
from tui.location import LISTS
from tui.rows.tree import TreeRow
from whygate.errors import UserError
from whygate.snapshot import Snapshot

ACCOUNT = "123456789012"
SHARED = f"arn:aws:iam::{ACCOUNT}:policy/Shared"


def small() -> Snapshot:
    def policy(*statements: object) -> dict[str, object]:
        return {"Version": "2012-10-17", "Statement": list(statements)}

    read = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    write = {"Sid": "Write", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::box/*"}
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": policy(read, write)},
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": policy(read)},
    ]
    attached = [{"PolicyName": "Shared", "PolicyArn": SHARED}]
    return account(
        UserDetailList=[
            {
                "UserName": "ana",
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/eu/ana",
                "Path": "/eu/",
                "GroupList": ["box"],
                "Tags": [{"Key": "team", "Value": "x"}],
            },
            {
                "UserName": "ben",
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/ben",
                "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(read)}],
            },
            {"UserName": "cara", "Arn": f"arn:aws:iam::{ACCOUNT}:user/cara"},
        ],
        GroupDetailList=[{"GroupName": "box", "Arn": f"arn:aws:iam::{ACCOUNT}:group/box", "AttachedManagedPolicies": attached}],
        RoleDetailList=[],
        Policies=[{"PolicyName": "Shared", "Arn": SHARED, "DefaultVersionId": "v2", "PolicyVersionList": versions}],
    )


async def test_a_walk_from_a_user_over_a_group_and_a_policy_to_a_statement() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert under_cursor(app).startswith("▸ ana  /eu/")
        await pilot.press("enter")
        await at_place(pilot, "principal")
        assert under_cursor(app).split() == ["▸", "▾", "groups", "1"]
        await pilot.press("down", "right", "right", "right", "right")
        row = table(app).value
        assert isinstance(row, TreeRow)
        assert row.node.text == "1 Read"
        await pilot.press("down", "enter")
        await at_place(pilot, "policy")
        assert "Write" in " ".join(rows(app))
        assert under_cursor(app).split()[:4] == ["▸", "10", "▾", "{"]
        assert line(app, "crumbs") == "Users › ana › group:box › policy:Shared › statement 2"


async def test_a_group_opens_as_a_place_of_its_own_and_shows_its_members() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: line(app, "crumbs") == "Users › ana › group:box")
        assert any("members" in row for row in rows(app))
        assert any("ana" in row for row in rows(app))


async def test_rows_close_again_and_left_goes_to_the_row_above() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        before = rows(app)
        await pilot.press("down", "l")
        assert rows(app) != before
        await pilot.press("h")
        await pilot.press("h")
        assert rows(app) == before
        assert table(app).cursor == 0


async def test_back_and_forward_restore_cursor_filter_and_open_rows() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("/", *"ma", "enter", "down")
        cursor, shown = table(app).cursor, rows(app)
        assert table(app).count < len(demo().users)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("down", "space", "down")
        opened = rows(app)
        await pilot.press("left_square_bracket")
        await at_place(pilot, "account")
        assert (table(app).cursor, rows(app)) == (cursor, shown)
        assert "/ma" in line(app, "crumbs")
        await pilot.press("right_square_bracket")
        await at_place(pilot, "principal")
        assert rows(app) == opened
        await pilot.press("escape")
        await at_place(pilot, "account")


async def test_the_filter_narrows_as_it_is_typed_and_escape_clears_it() -> None:
    app = explorer(demo())
    total = len(demo().users)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("/", *"mateo")
        await wait_for(pilot, lambda: table(app).count == 1)
        assert line(app, "crumbs").endswith(f"/mateo · 1 of {total}")
        assert under_cursor(app).startswith("▸ mateojackson")
        await pilot.press("escape")
        await wait_for(pilot, lambda: table(app).count == total)
        await pilot.press("j")
        assert table(app).cursor == 1


async def test_a_filter_that_leaves_nothing_says_so() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("/", *"zzz")
        await wait_for(pilot, lambda: "nothing in users matches zzz" in line(app, "lower"))


async def test_every_list_is_a_digit_away_and_keeps_its_cursor() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("down", "down")
        for number, name in enumerate(LISTS, 1):
            await pilot.press(str(number))
            await wait_for(pilot, lambda name=name: line(app, "crumbs").startswith(name.capitalize()))  # type: ignore[misc]  # mypy types no lambda with a default
            assert f"[{number} {name} " in line(app, "tabs")
        await pilot.press("tab")
        await wait_for(pilot, lambda: line(app, "crumbs").startswith("Users"))
        assert table(app).cursor == 2


async def test_a_click_on_a_list_s_name_shows_that_list() -> None:
    app = explorer(demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.click("#tabs", offset=(line(app, "tabs").index("roles") + 2, 0))
        await wait_for(pilot, lambda: line(app, "crumbs").startswith("Roles"))


async def test_a_list_that_was_not_collected_says_so_and_is_not_called_empty() -> None:
    app = explorer(account(UserDetailList=[{"UserName": "ana", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ana"}]))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("3")
        await wait_for(pilot, lambda: "roles were not collected" in line(app, "lower"))


async def test_a_second_enter_typed_before_the_first_was_through_does_not_walk_twice() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        account_place = app.place
        table(app).action_enter()
        table(app).action_enter()
        await at_place(pilot, "principal")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.place is account_place)


async def test_the_versions_of_a_policy_go_round() -> None:
    app = explorer(small(), at=f"policy {SHARED}")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "policy")
        assert "v2 (default) of 2" in line(app, "policy-about")
        assert any("Write" in row for row in rows(app))
        await pilot.press("v")
        await wait_for(pilot, lambda: "v1 (not the default) of 2" in line(app, "policy-about"))
        assert not any("Write" in row for row in rows(app))
        await pilot.press("v")
        await wait_for(pilot, lambda: "v2 (default) of 2" in line(app, "policy-about"))


async def test_statements_are_a_key_apart_and_who_has_the_policy_is_below_them() -> None:
    app = explorer(small(), at=f"policy {SHARED}")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "policy")
        await pilot.press("n")
        first = table(app).cursor
        await pilot.press("n")
        assert "Write" in rows(app)[table(app).cursor + 1 - table(app).top]
        await pilot.press("p")
        assert table(app).cursor == first
        await pilot.press("end", "enter")
        await wait_for(pilot, lambda: line(app, "crumbs").endswith("group:box"))


async def test_a_place_named_at_the_start_is_shown_first_and_back_leads_to_the_list() -> None:
    app = explorer(small(), at=f"principal arn:aws:iam::{ACCOUNT}:user/ben")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "principal")
        assert line(app, "crumbs") == "Users › ben"
        await pilot.press("backspace")
        await at_place(pilot, "account")


async def test_a_bookmark_of_another_account_leads_to_the_list_with_a_notice() -> None:
    app = explorer(small(), at="principal arn:aws:iam::210987654321:user/nobody")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await wait_for(pilot, lambda: "is not in this account" in line(app, "lower"))
        assert app.place.scope == "account"


async def test_a_source_that_cannot_be_opened_is_said_in_the_middle_and_q_leaves() -> None:
    def refuse(source: str, report: object) -> Snapshot:
        raise UserError("no such file", where=source, todo="name an export")

    app = Explorer("[/nowhere].json", load=refuse)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "[/nowhere].json: no such file; name an export" in message(app))
        assert "no such file" in line(app, "lower")
        await pilot.press("enter", "down", "c", "7", "/")
        assert app.is_running
        await pilot.press("q")
    assert app.return_code == 0


def message(app: Explorer) -> str:
    from tui.widgets.line import Block

    return app.query_one("#message", Block).text


async def test_a_late_answer_of_an_earlier_load_is_dropped() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        earlier = Loading(app, "earlier", lambda source: Simple(lambda name, report: demo(), source))
        app.post_message(Loading.Arrived(earlier, demo()))
        app.post_message(Loading.Failed(earlier, UserError("late")))
        await pilot.press("down")
        assert line(app, "header").startswith(ACCOUNT)
        assert "late" not in line(app, "lower")
        assert table(app).count == 3


async def test_copy_sends_the_arn_of_the_row_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("down", "y")
        assert app.clipboard == f"arn:aws:iam::{ACCOUNT}:user/ben"
        assert "sent to terminal" in line(app, "lower")
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("Y")
        assert app.clipboard == f"principal arn:aws:iam::{ACCOUNT}:user/ben", "what --at takes"


async def test_what_is_too_long_for_a_clipboard_is_not_sent() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::bucket-{number:060}" for number in range(1200)]}
    policy = {"PolicyName": "big", "PolicyDocument": {"Version": "2012-10-17", "Statement": statement}}
    user = f"arn:aws:iam::{ACCOUNT}:user/ana"
    app = explorer(account(UserDetailList=[{"UserName": "ana", "Arn": user, "UserPolicyList": [policy]}]), at=f"policy {user}#inline/big")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "policy")
        await pilot.press("t")
        await wait_for(pilot, lambda: "more than terminals take" in line(app, "lower"))
        assert app.clipboard == ""


async def test_a_wide_terminal_has_the_lists_on_the_left_and_details_on_the_right() -> None:
    from tui.widgets.panel import Panel

    app = explorer(demo())
    async with app.run_test(size=(160, 45)) as pilot:
        await loaded(pilot)
        details = app.query_one("#details", Panel)
        await pilot.press("down")
        await wait_for(pilot, lambda: demo().users[1].id in details.text)
        assert app.query_one("#lists").display
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: not app.query_one("#lists").display)
        assert not details.display


async def test_help_lists_the_keys_of_the_place_and_closes_again() -> None:
    app = explorer(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("?")
        await wait_for(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")
        await wait_for(pilot, lambda: len(app.screen_stack) == 1)
        assert app.place.scope == "account"


async def test_markup_in_names_and_tags_is_shown_and_not_obeyed() -> None:
    user = {
        "UserName": "[/foo]",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/[/foo]",
        "Tags": [{"Key": "[red]", "Value": "[@click=app.quit()]x[/]"}],
    }
    app = explorer(account(UserDetailList=[user], GroupDetailList=[], RoleDetailList=[], Policies=[]))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert "[/foo]" in under_cursor(app)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("end", "up", "right")
        assert any("[red]" in row and "[@click=app.quit()]x[/]" in row for row in rows(app))


def test_without_a_terminal_the_explorer_says_what_to_use_instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "none").open("w+") as file:
        monkeypatch.setattr("sys.stdin", file)
        with pytest.raises(UserError, match="needs a terminal"):
            front.run("demo")


async def test_a_malformed_policy_is_shown_as_such_and_spoils_itself_alone() -> None:
    broken = {"PolicyName": "broken", "PolicyDocument": '{"Version": "2012-10-17", "Statement": [}'}
    twice = {
        "PolicyName": "twice",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "s3:*", "Resource": "*"}]},
    }
    good = {
        "PolicyName": "good",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]},
    }
    user = {"UserName": "ana", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ana", "UserPolicyList": [broken, twice, good]}
    app = explorer(account(UserDetailList=[user]), at=f"principal arn:aws:iam::{ACCOUNT}:user/ana")
    async with app.run_test(size=(120, 30)) as pilot:
        await at_place(pilot, "principal", lambda: any("twice" in row for row in rows(app)))
        shown = " ".join(" ".join(rows(app)).split())  # what is long stands on several lines
        assert "broken the document is not JSON" in shown
        assert "twice malformed at Statement.0.Effect: Effect must be Allow" in shown
        assert "good 1 statement" in shown
        while "twice" not in under_cursor(app):
            await pilot.press("down")
        await pilot.press("enter")
        await at_place(pilot, "policy", lambda: any("malformed at" in row for row in rows(app)))
        assert any('"Effect": "allow"' in row for row in rows(app)), "the document itself is there to be read"


async def test_c_asks_about_the_user_that_the_way_to_a_group_or_a_policy_went_through() -> None:
    app = explorer(demo(), at="principal arn:aws:iam::123456789012:user/mateojackson")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "principal")
        await app.run_line("group ocr")
        await app.run_line("policy TextractUse")
        await at_place(pilot, "policy")
        await pilot.press("c")
        await at_place(pilot, "question")
        assert app.history.current.location.value("principal") == "arn:aws:iam::123456789012:user/mateojackson"
        await app.run_line("policies")
        await app.run_line("policy TextractUse")
        await at_place(pilot, "policy")
        await pilot.press("c")
        await at_place(pilot, "question")
        assert app.history.current.location.value("principal") == "", "a list begins another way"
