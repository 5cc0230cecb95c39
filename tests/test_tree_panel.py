"""Trees on wide and on narrow screens: what stands beside the row under the cursor, and long rows on several lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from explorer_accounts import account, at_place, demo, explorer, loaded, rows, table, under_cursor
from hypothesis import given
from hypothesis import strategies as st
from pty_terminal import Terminal
from rich.cells import cell_len
from textual.pilot import Pilot
from waiting import wait_for

from tui.explorer import Explorer
from tui.rows.aside import Aside, lines_of
from tui.rows.breaking import broken
from tui.rows.tree import Node, flat, unfolded
from tui.widgets.panel import Panel
from whygate.text import visible

IAM = "arn:aws:iam::123456789012"
MATEO = f"principal {IAM}:user/mateojackson"
ADAPTER = "resource arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
MOST_FOR_A_MOVE = 1_500  # bytes, at 160x45


def panel(app: Explorer) -> Panel:
    return app.place.query_one(Panel)


async def down_to(pilot: Pilot[Any], app: Explorer, text: str) -> None:
    for _ in range(table(app).count):
        if text in under_cursor(app):
            return
        await pilot.press("down")
    raise AssertionError(f"there is no row {text}")


async def beside(pilot: Pilot[Any], app: Explorer, *texts: str) -> None:
    await wait_for(pilot, lambda: all(text in panel(app).text for text in texts), f"{texts} in\n{panel(app).text}")


async def test_a_policy_of_a_principal_says_beside_it_what_it_is_and_a_statement_shows_its_lines() -> None:
    app = explorer(demo(), at=MATEO)
    async with app.run_test(size=(160, 45)) as pilot:
        await at_place(pilot, "principal", lambda: len(app.place.query(Panel)) == 1)
        await beside(pilot, app, "groups", "staff  2 policies", "ocr    1 policy")
        await down_to(pilot, app, "ocr ")
        await beside(pilot, app, "arn:aws:iam::123456789012:group/ocr", "members", "mateojackson", "attached  TextractUse")
        await pilot.press("right", "down")
        await beside(
            pilot, app, "customer managed policy", "v3 (default) of 4", "ocr, ocr-review", "findings            none", "2 statements"
        )
        await pilot.press("right", "down")
        await beside(
            pilot, app, "group ocr › TextractUse › 1 WorkWithAdapters", '   8     "Resource": "arn:aws:textract:*:123456789012:/adapters/*"'
        )
        await down_to(pilot, app, "access keys")
        await pilot.press("right", "down")
        await beside(pilot, app, "AccessKeyId", "Status             Active")


async def test_a_trust_policy_names_beside_it_who_stands_in_it() -> None:
    app = explorer(demo(), at=f"principal {IAM}:role/service-role/RekognitionStream")
    async with app.run_test(size=(120, 40)) as pilot:
        await at_place(pilot, "principal", lambda: len(app.place.query(Panel)) == 1)
        await beside(pilot, app, "named in it", "rekognition.amazonaws.com", "Allow sts:AssumeRole if", "aws:SourceAccount, aws:SourceArn")


async def test_findings_stand_beside_the_policy_and_beside_the_statement_that_they_are_about() -> None:
    statements = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:Nope", "Resource": "*"}]
    inline = [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}]
    user = {"UserName": "ana", "Arn": f"{IAM}:user/ana", "UserPolicyList": inline}
    app = explorer(account(UserDetailList=[user]), at=f"principal {IAM}:user/ana")
    async with app.run_test(size=(160, 45)) as pilot:
        await at_place(pilot, "principal", lambda: len(app.place.query(Panel)) == 1)
        await down_to(pilot, app, "P  ")
        await beside(pilot, app, "warning: ", "s3:Nope", "findings      1")
        await pilot.press("right", "down")
        await beside(pilot, app, "P › 1", '"Action": "s3:GetObject"')
        assert "warning" not in panel(app).text
        await pilot.press("down")
        await beside(pilot, app, "P › 2", "warning: ")


async def test_a_resource_has_the_same_panel() -> None:
    app = explorer(demo(), at=ADAPTER)
    async with app.run_test(size=(160, 45)) as pilot:
        await at_place(pilot, "resource", lambda: any("AdapterKeeper" in row for row in rows(app)))
        await down_to(pilot, app, "AdapterKeeper")
        await beside(pilot, app, "AdapterKeeper › 1 KeepAdapters", '"Effect": "Allow"')


async def test_a_narrow_screen_has_no_panel_until_it_becomes_wide_and_none_afterwards() -> None:
    app = explorer(demo(), at=MATEO)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_place(pilot, "principal", lambda: bool(rows(app)))
        await pilot.press("down", "down")
        assert not app.place.query(Panel)
        await pilot.resize_terminal(160, 45)
        await wait_for(pilot, lambda: len(app.place.query(Panel)) == 1 and table(app).size.width < 100, "the panel")
        await beside(pilot, app, "group/ocr")
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: table(app).size.width == 80, "the whole width")
        assert not panel(app).display
        assert "ocr" in under_cursor(app)


async def test_what_a_panel_names_can_be_jumped_to() -> None:
    app = explorer(demo(), at=f"principal {IAM}:role/PartnerReview")
    async with app.run_test(size=(160, 45)) as pilot:
        await at_place(pilot, "principal", lambda: len(app.place.query(Panel)) == 1)
        await beside(pilot, app, f"{IAM}:role/PartnerReview")
        targets = {spot.target[0].id for spot in panel(app).spots()}
        assert f"{IAM}:role/PartnerReview" in targets


async def test_the_details_of_the_account_break_an_arn_behind_a_slash() -> None:
    app = explorer(demo())
    async with app.run_test(size=(160, 45)) as pilot:
        await loaded(pilot)
        await beside(pilot, app, "arn\n  arn:aws:iam::123456789012:user/\n  alejandrorosalez\n")


def moved(terminal: Terminal, key: str, text: str) -> int:
    """The bytes that a key sends until a text is there and nothing more comes."""
    sent = len(terminal.raw)
    terminal.type(key)
    terminal.wait_for(text)
    terminal.quiet()
    return len(terminal.raw) - sent


def test_a_move_of_the_cursor_sends_of_the_panel_what_is_new(tmp_path: Path) -> None:
    arguments = ["-m", "whygate", "demo", "--at", MATEO]
    with Terminal(arguments, columns=160, rows=45, environment={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("ocr    1 policy")
        terminal.quiet()
        assert moved(terminal, "j", "ManageOwnCredentials") <= MOST_FOR_A_MOVE
        terminal.type("jljl")
        terminal.wait_for("findings")
        terminal.quiet()
        assert moved(terminal, "j", '"Sid": "WorkWithAdapters"') <= MOST_FOR_A_MOVE
        assert moved(terminal, "j", '"Sid": "ReadForms"') <= MOST_FOR_A_MOVE


# Long rows

LONG = f"{IAM}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AdministratorAccess_7b0e5c92a1d4f683"


@pytest.mark.parametrize(("columns", "height"), [(80, 24), (60, 15), (120, 40)])
async def test_nothing_of_a_long_row_is_cut_and_one_step_passes_it(columns: int, height: int) -> None:
    app = explorer(demo(), at=f"principal {LONG}")
    async with app.run_test(size=(columns, height)) as pilot:
        await at_place(pilot, "principal", lambda: bool(rows(app)))
        await pilot.press("G")
        await wait_for(pilot, lambda: "about" in under_cursor(app), "the last row")
        assert LONG in "".join(row.replace("▸", "").replace("▹", "").replace("about", "").strip() for row in rows(app))
        await pilot.press("right", "down")
        await wait_for(pilot, lambda: " arn " in under_cursor(app), "the ARN")
        await pilot.press("down")
        await wait_for(pilot, lambda: " id " in under_cursor(app), "the row after all its lines")
        assert app.place.state().cursor == len(flat(app.place.top_level, app.place.state().opened)) - _below(app, "id")  # type: ignore[attr-defined]  # its own class has it


def _below(app: Explorer, text: str) -> int:
    """How many rows there are from the one of this text on, however many lines they take."""
    keys = [row.node.text for row in flat(app.place.top_level, app.place.state().opened)]  # type: ignore[attr-defined]  # its own class has it
    return len(keys) - keys.index(text)


def test_a_detail_goes_on_below_itself_and_a_long_text_pushes_it_aside() -> None:
    tree = [
        Node("a", "short", "one two three four"),
        Node("b", "a text that is long", "x"),
        Node("c", "another that is long", "detail of it"),
    ]
    found = [(row.node.key, row.part, row.said) for row in unfolded(flat(tree, None), 30, 14)]
    assert found == [
        ("a", 0, ("short", "one two three")),
        ("a", 1, ("", "four")),
        ("b", 0, None),
        ("c", 0, ("another that is long", "")),
        ("c", 1, ("", "detail of it")),
    ]


@given(st.text(max_size=200), st.integers(2, 60))
def test_broken_text_fits_and_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = broken(text, width)
    assert all(cell_len(each) <= width for each in lines)
    assert "".join(lines).replace(" ", "") == visible(text).replace(" ", "")


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=80)), max_size=6), st.text(max_size=60), st.integers(20, 70))
def test_what_stands_beside_a_row_is_never_wider_than_its_room(facts: list[tuple[str, str]], title: str, width: int) -> None:
    lines = lines_of(Aside(title, [(title, "maybe")], facts), width)
    assert all(sum(cell_len(piece[0]) for piece in each) <= width for each in lines)
