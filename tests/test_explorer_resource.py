"""The Resource screen: what a resource is, its policy and whom that names, which policies name it, and its operations as questions."""

from __future__ import annotations

import json
import threading

import pytest
from explorer_accounts import account, at_place, demo, explorer, line, loaded, rows, table, under_cursor
from textual.pilot import Pilot
from waiting import wait_for

from tui.explorer import Explorer
from tui.rows.tree import TreeRow
from tui.screens.resource import ResourcePlace
from whygate import named
from whygate.snapshot import Snapshot

ACCOUNT = "123456789012"
BUCKET = "arn:aws:s3:::ocr-prod-scans"
ADAPTER = f"arn:aws:textract:eu-west-1:{ACCOUNT}:/adapters/3f9d2c61b7aa"


async def shown(pilot: Pilot[None], app: Explorer) -> ResourcePlace:
    """The resource on the screen, once it is known which policies name it."""

    def ready() -> bool:
        place = app.place
        return isinstance(place, ResourcePlace) and not place.looking

    place = await at_place(pilot, "resource", ready)
    assert isinstance(place, ResourcePlace)
    return place


async def go_to(pilot: Pilot[None], app: Explorer, text: str) -> TreeRow:
    """Put the cursor on the row that begins with a text."""
    values = [table(app)._rows.values[at] for at in range(table(app).count)]
    at = next(at for at, row in enumerate(values) if row.node.text.startswith(text))
    table(app).move_to(at)
    await pilot.pause()
    row = table(app).value
    assert isinstance(row, TreeRow)
    return row


def found(app: Explorer) -> dict[str, str]:
    """Text and detail of every row."""
    values = [table(app)._rows.values[at] for at in range(table(app).count)]
    return {row.node.text: row.node.detail for row in values}


async def test_a_resource_of_the_list_opens_whether_it_has_a_policy_or_not() -> None:
    app = explorer(demo(), at="list resources")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("/", *"invoices", "enter")
        await wait_for(pilot, lambda: under_cursor(app).startswith("▸ invoices"))
        await pilot.press("enter")
        await shown(pilot, app)
        assert line(app, "crumbs") == "Resources › invoices"
        assert rows(app)[0].strip("▸ ").startswith("▾ Amazon Textract adapter"), "never a bare adapter"


async def test_it_says_what_it_is_and_what_its_policy_means() -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        said = found(app)
        assert said["arn"] == BUCKET
        assert said["account"] == f"{ACCOUNT} (ocr-prod)"
        assert said["resource-based policy"] == "2 statements"
        assert said["named in it"] == "everyone, 1 role"
        assert any("from" in text and "another account both must" in f"{text}" for text in [" ".join(said)])


async def test_who_is_named_in_the_policy_leads_to_them_and_others_to_the_statement() -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        row = await go_to(pilot, app, "everyone")
        assert row.node.target is not None
        assert str(row.node.target[0]) == f"policy {BUCKET}%23policy?statement=1"
        await go_to(pilot, app, "role vision-worker")
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("escape")
        await shown(pilot, app)
        assert under_cursor(app).startswith("▸     role vision-worker")


async def test_policies_that_name_it_stand_before_those_for_everything_with_whom_they_come_through() -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        assert found(app)["identity-based policies"].startswith("6 statements for it, ")
        assert found(app)["TextractAdmin › ReadScans"] == "Allow by its ARN, group ocr-admins"
        await go_to(pilot, app, "TextractAdmin")
        await pilot.press("right")
        assert "group ocr-admins" in found(app)
        await pilot.press("enter")
        place = await at_place(pilot, "policy")
        assert str(app.history.current.location).endswith("?statement=2") or "statement=" in str(app.history.current.location)
        assert place.display


async def test_enter_on_an_operation_asks_who_with_the_resource_filled_in() -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        await go_to(pilot, app, "operations: Amazon S3 object")
        await pilot.press("right")
        await go_to(pilot, app, "Tagging")
        row = await go_to(pilot, app, "operations: Amazon S3 object")
        assert row.open
        table(app).move_to(table(app).cursor + 2)
        await pilot.press("right", "down", "enter")
        await at_place(pilot, "question")
        location = app.history.current.location
        assert location.value("principal") == ""
        assert location.value("resource") == f"{BUCKET}/*"
        assert location.value("action").startswith("s3:Get")


async def test_c_asks_about_this_resource() -> None:
    app = explorer(demo(), at=f"resource {ADAPTER}")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        await pilot.press("c")
        await at_place(pilot, "question")
        assert app.history.current.location.value("resource") == ADAPTER


async def test_back_shows_it_as_it_was_left_without_looking_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        await go_to(pilot, app, "operations")
        await pilot.press("space")
        await go_to(pilot, app, "role vision-worker")
        before, cursor = rows(app), table(app).cursor
        monkeypatch.setattr(named, "naming", lambda snapshot, arn: 1 / 0)
        await pilot.press("enter")
        await at_place(pilot, "principal")
        await pilot.press("escape")
        await shown(pilot, app)
        assert (rows(app), table(app).cursor) == (before, cursor)


async def test_it_is_there_before_its_policies_are_and_the_cursor_stays_on_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    let = threading.Event()
    looked = named.naming

    def slow(snapshot: Snapshot, arn: str) -> tuple[named.Naming, ...]:
        let.wait(30)
        return looked(snapshot, arn)

    monkeypatch.setattr(named, "naming", slow)
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "resource")
        assert found(app)["identity-based policies"].startswith("looking")
        row = await go_to(pilot, app, "operations")
        let.set()
        await shown(pilot, app)
        after = table(app).value
        assert isinstance(after, TreeRow)
        assert after.node.key == row.node.key


async def test_a_resource_that_only_policies_name_is_shown_with_what_its_arn_says() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::elsewhere"}
    user = {
        "UserName": "ana",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/ana",
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statement}}],
    }
    app = explorer(account(UserDetailList=[user]), at="resource arn:aws:s3:::elsewhere")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        said = found(app)
        assert "Amazon S3 bucket, not in this source" in said
        assert said["resource-based policy"] == "not known"
        assert said["tags"] == "not collected"
        assert said["own › statement 1"] == "Allow by its ARN, user ana"


@pytest.mark.parametrize("arn", ["elsewhere", "arn:aws:s3:::a*"])
async def test_what_is_no_arn_of_a_resource_is_a_line_and_the_list(arn: str) -> None:
    app = explorer(demo(), at=f"resource {arn}")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await wait_for(pilot, lambda: "whole ARN" in line(app, "lower") or "ARN" in line(app, "lower"))
        assert app.place.scope == "account"


async def test_a_width_that_changes_keeps_the_cursor_on_its_row() -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(160, 45)) as pilot:
        await shown(pilot, app)
        await go_to(pilot, app, "role vision-worker")
        for size in ((60, 15), (160, 45), (80, 24)):
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda size=size: app.size == size and "role vision-worker" in under_cursor(app))  # type: ignore[misc]  # mypy types no lambda with a default


async def test_what_it_says_leaves_as_a_report_with_everything_in_it() -> None:
    app = explorer(demo(), at=f"resource {BUCKET}")
    async with app.run_test(size=(80, 24)) as pilot:
        place = await shown(pilot, app)
        report = place.report()
        assert report is not None
        text = report.sections[0].code
        assert "s3:GetObject" in text, "also what is not open on the screen"
        assert json.loads(json.dumps(report.data))["arn"] == BUCKET


async def test_hostile_names_and_values_stay_text() -> None:
    hostile = "\x1b]0;t\x07[/b][red]"
    resource = {
        "Arn": "arn:aws:s3:::box",
        "Type": "s3:bucket",
        "Name": hostile,
        "Tags": [{"Key": hostile, "Value": hostile}],
        "Policy": {
            "Version": "2012-10-17",
            "Statement": {"Sid": hostile, "Effect": "Allow", "Principal": {"AWS": hostile}, "Action": "s3:*"},
        },
        "Details": {hostile: {hostile: hostile}},
    }
    app = explorer(account(Resources=[resource], UserDetailList=[]), at="resource arn:aws:s3:::box")
    async with app.run_test(size=(160, 45)) as pilot:
        await shown(pilot, app)
        await pilot.press("down", "down", "down", "space", "G", "space")
        everything = "\n".join(rows(app))
        assert "\x1b" not in everything
        assert "\\x1b]0;t\\x07[/b][red]" in everything
