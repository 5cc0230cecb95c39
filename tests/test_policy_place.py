"""Reading a policy in the explorer: folding, actions opened in place, links, versions compared, findings, the filter, broken documents."""

from __future__ import annotations

from typing import Any

import pytest
from explorer_accounts import account, at_place, demo, explorer, line, rows, under_cursor
from textual.pilot import Pilot
from waiting import wait_for

from tui import report
from tui.explorer import Explorer
from whygate.snapshot import Snapshot

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/ana"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Worker"
INLINE = f"policy {USER}#inline/own"
SHARED = f"arn:aws:iam::{ACCOUNT}:policy/Shared"
QUESTION = "principal=mateojackson&action=textract:DetectDocumentText&resource=*"

READ = {"Sid": "Read", "Effect": "Allow", "Action": ["textract:Get*", "s3:Nonsense"], "Resource": "*"}
BUT = {"Sid": "But", "Effect": "Deny", "NotAction": "iam:CreateUser", "Resource": "*"}
PASS = {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE}


def holding(*statements: object, document: object = None) -> Snapshot:
    """A user with one inline policy, and a role."""
    written = document if document is not None else {"Version": "2012-10-17", "Statement": list(statements)}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": USER}}]}
    return account(
        UserDetailList=[{"UserName": "ana", "Arn": USER, "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": written}]}],
        RoleDetailList=[{"RoleName": "Worker", "Arn": ROLE, "AssumeRolePolicyDocument": trust}],
    )


def versions(*documents: list[object]) -> Snapshot:
    """A managed policy with these versions, the last of them in force."""
    listed = [
        {"VersionId": f"v{number}", "IsDefaultVersion": number == len(documents), "Document": {"Version": "2012-10-17", "Statement": each}}
        for number, each in enumerate(documents, 1)
    ]
    return account(
        Policies=[{"PolicyName": "Shared", "Arn": SHARED, "DefaultVersionId": f"v{len(documents)}", "PolicyVersionList": listed}]
    )


async def down_to(pilot: Pilot[Any], text: str) -> None:
    """Walk down until the row under the cursor holds `text`."""
    app = pilot.app
    assert isinstance(app, Explorer)
    for _ in range(200):
        if text in under_cursor(app):
            return
        await pilot.press("down")
    raise AssertionError(f"no row with {text}: {rows(app)}")


def shows(app: Explorer, text: str) -> bool:
    return any(text in row for row in rows(app))


async def test_space_folds_a_statement_to_a_line_and_unfolds_it_again() -> None:
    app = explorer(holding(READ, BUT, PASS), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"Sid": "But"')
        before = rows(app)
        await pilot.press("space")
        assert "{…} 2 But · Deny all but iam:CreateUser on *" in under_cursor(app)
        assert shows(app, '"Sid": "Read"')
        await pilot.press("space", "down")
        assert [row[2:] for row in rows(app)] == [row[2:] for row in before]


async def test_left_and_right_fold_and_unfold_as_in_a_tree() -> None:
    app = explorer(holding(READ, BUT), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"Sid": "But"')
        await pilot.press("left")
        assert "{…} 2 But" in under_cursor(app)
        await pilot.press("left")
        assert "{…} 2 But" in under_cursor(app), "there is nothing further to the left"
        await pilot.press("right")
        assert shows(app, '"Sid": "But"')


async def test_all_fold_and_all_but_the_one_under_the_cursor() -> None:
    app = explorer(holding(READ, BUT, PASS), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"Sid": "But"')
        await pilot.press("Z")
        assert [number for number in (1, 2, 3) if shows(app, f"{{…}} {number} ")] == [1, 3]
        assert '"Sid": "But"' in under_cursor(app)
        await pilot.press("z")
        assert [number for number in (1, 2, 3) if shows(app, f"{{…}} {number} ")] == [1, 2, 3]
        await pilot.press("z")
        assert not shows(app, "{…}")


async def test_actions_open_under_their_line_and_the_same_key_closes_them() -> None:
    app = explorer(holding(READ), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"textract:Get*"')
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(app, "GetAdapterVersion"))
        assert "▾ textract: " in under_cursor(app)
        assert shows(app, "Read (")
        assert not shows(app, "s3:Nonsense: fits no action"), "one pattern was asked about"
        await pilot.press("a")
        assert not shows(app, "GetAdapterVersion")
        assert '"textract:Get*"' in under_cursor(app)


async def test_a_whole_statement_is_expanded_and_says_what_the_reference_does_not_know() -> None:
    app = explorer(holding(READ), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"Sid": "Read"')
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(app, "? s3:Nonsense: fits no action in the reference"))
        assert shows(app, "GetAdapterVersion")


async def test_not_action_says_what_it_is_about_and_what_it_leaves_out() -> None:
    app = explorer(holding(BUT), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"NotAction"')
        await pilot.press("right")
        await wait_for(pilot, lambda: shows(app, "every action but"))
        assert shows(app, "not these:")
        await down_to(pilot, "but these:")
        await down_to(pilot, "access-analyzer")
        await pilot.press("space")
        await wait_for(pilot, lambda: shows(app, "ListAnalyzers"))


async def test_enter_follows_the_one_link_of_a_line_and_back_finds_cursor_and_folds_as_they_were() -> None:
    app = explorer(holding(READ, PASS), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await down_to(pilot, '"Sid": "Read"')
        await pilot.press("space")
        await down_to(pilot, '"Resource"')
        before = rows(app)
        await pilot.press("enter")
        await at_place(pilot, "principal", lambda: line(app, "crumbs").endswith("role:Worker"))
        await pilot.press("escape")
        await at_place(pilot, "policy", lambda: rows(app) == before)


async def test_a_principal_of_a_trust_policy_leads_to_the_user_and_is_what_y_copies() -> None:
    app = explorer(holding(READ), at=f"policy {ROLE}#trust")
    async with app.run_test(size=(80, 40)) as pilot:
        place = await at_place(pilot, "policy")
        await down_to(pilot, '"AWS"')
        assert place.copyable() == USER
        await pilot.press("enter")
        await at_place(pilot, "principal", lambda: line(app, "crumbs").endswith("ana"))


async def test_versions_are_compared_line_by_line_and_escape_ends_it() -> None:
    app = explorer(versions([READ], [READ, BUT], [READ, PASS]), at=f"policy {SHARED}")
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        document = rows(app)
        await pilot.press("d")
        await wait_for(pilot, lambda: "against v1" in line(app, "policy-about") and "only in v1" in line(app, "policy-about"))
        assert [row for row in rows(app) if row[7:8] == "+" and '"Sid": "Pass"' in row]
        await pilot.press("v")
        await wait_for(pilot, lambda: "only in v2" in line(app, "policy-about"))
        assert [row for row in rows(app) if row[7:8] == "-" and '"Sid": "But"' in row]
        assert [row for row in rows(app) if row[7:8] == "+" and '"Sid": "Pass"' in row]
        await pilot.press("n")
        assert under_cursor(app)[7:8] in ("+", "-")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "against" not in line(app, "policy-about"))
        assert [row[2:] for row in rows(app)] == [row[2:] for row in document]


async def test_a_comparison_is_a_place_of_its_own_name() -> None:
    app = explorer(versions([READ], [READ, BUT]), at=f"policy {SHARED}?against=v1")
    async with app.run_test(size=(80, 40)) as pilot:
        place = await at_place(pilot, "policy")
        await wait_for(pilot, lambda: "only in v1" in line(app, "policy-about"))
        written = place.report()
        assert written is not None
        assert any(section.heading == "v2 against v1" and '+      "Sid": "But",' in section.code for section in written.sections)


async def test_what_has_one_version_says_why_it_cannot_be_compared() -> None:
    app = explorer(holding(READ), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        place = await at_place(pilot, "policy")
        await pilot.press("d")
        await wait_for(pilot, lambda: "only managed policies have versions" in line(app, "lower"))
        assert "compare" not in line(app, "keys")
        assert place.why_not("compare") != ""


async def test_findings_are_counted_and_a_key_goes_from_one_to_the_next_and_unfolds_it() -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "maybe"}}
    app = explorer(holding(READ, {**PASS, "Condition": condition}), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await wait_for(pilot, lambda: "2 findings" in line(app, "policy-about"))
        await wait_for(pilot, lambda: "! finding" in line(app, "keys"))
        await pilot.press("z", "exclamation_mark")
        assert '"s3:Nonsense"' in under_cursor(app)
        assert shows(app, "! action s3:Nonsense is not in the reference")
        await pilot.press("exclamation_mark")
        assert "MultiFactorAuthPresent" in under_cursor(app)
        assert "line 2 of 2" in line(app, "lower")
        await pilot.press("exclamation_mark")
        assert '"s3:Nonsense"' in under_cursor(app), "round and round"


async def test_a_document_without_findings_says_so_and_has_no_key_for_them() -> None:
    app = explorer(holding(PASS), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await pilot.press("exclamation_mark")
        await wait_for(pilot, lambda: "there are no findings" in line(app, "lower"))
        assert "finding" not in line(app, "keys")


async def test_under_a_question_a_folded_statement_keeps_its_mark_and_word() -> None:
    app = explorer(demo(), at=f"policy arn:aws:iam::{ACCOUNT}:policy/TextractUse?{QUESTION}")
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy", lambda: shows(app, "near miss: only for"))
        await pilot.press("z")
        assert shows(app, "≈▹    {…} 1 WorkWithAdapters · near miss · Allow textract:*")
        await pilot.resize_terminal(160, 45)
        await wait_for(pilot, lambda: any("{…} 1 WorkWithAdapters" in row and "1 near miss: only for" in row for row in rows(app)))


async def test_a_document_that_the_answer_says_nothing_about_says_why() -> None:
    app = explorer(demo(), at=f"policy arn:aws:iam::{ACCOUNT}:policy/TextractAdmin?{QUESTION}")
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy", lambda: "this policy does not come into it" in line(app, "policy-question"))
    app = explorer(demo(), at=f"policy arn:aws:iam::{ACCOUNT}:policy/TextractUse@v1?{QUESTION}")
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy", lambda: "this version is not in force" in line(app, "policy-question"))


async def test_the_cursor_stays_on_its_line_when_the_terminal_changes_its_size() -> None:
    app = explorer(demo(), at=f"policy arn:aws:iam::{ACCOUNT}:policy/TextractUse?{QUESTION}")
    async with app.run_test(size=(160, 45)) as pilot:
        await at_place(pilot, "policy", lambda: shows(app, "near miss: only for"))
        await down_to(pilot, '"textract:GetDocumentAnalysis"')
        await pilot.resize_terminal(60, 15)
        await wait_for(pilot, lambda: app.size.width == 60 and '"textract:GetDocumentAnalysis"' in under_cursor(app))


async def test_the_filter_folds_away_the_statements_that_do_not_match() -> None:
    app = explorer(holding(READ, BUT, PASS), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await pilot.press("slash", *"eff:deny", "enter")
        await wait_for(pilot, lambda: line(app, "crumbs").endswith("1 of 3"))
        assert [number for number in (1, 2, 3) if shows(app, f"{{…}} {number} ") and shows(app, "left out")] == [1, 3]
        assert shows(app, '"Sid": "But"')
        await down_to(pilot, "{…} 1 Read")
        await pilot.press("space")
        assert "the filter leaves this statement out" in line(app, "lower")
        await pilot.press("escape")
        await wait_for(pilot, lambda: not shows(app, "{…}"))


async def test_a_value_that_there_is_not_is_one_line_and_changes_nothing() -> None:
    app = explorer(holding(READ, BUT), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await pilot.press("slash", *"eff:maybe")
        await wait_for(pilot, lambda: "there is no effect 'maybe'" in line(app, "lower"))
        assert not shows(app, "{…}")


async def test_a_document_that_is_no_json_shows_its_problem_and_its_text() -> None:
    text = '{"Version": "2012-10-17",\n  "Statement": [}\n'
    app = explorer(holding(document=text), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy", lambda: shows(app, "the document is not JSON"))
        assert any(row.split()[-1:] == ["[}"] and row.split()[0] == "2" for row in rows(app))
        await pilot.press("a", "z", "n", "space", "down", "enter", "exclamation_mark")
        assert app.is_running


async def test_a_document_that_is_no_policy_is_printed_as_it_is() -> None:
    app = explorer(holding(document={"Version": "2012-10-17", "Nothing": ["x", {"y": 1}]}), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy", lambda: shows(app, "the document has no Statement"))
        assert shows(app, '"y": 1')


async def test_a_malformed_statement_can_be_folded_and_expanded_all_the_same() -> None:
    app = explorer(holding("no statement", {"Effect": "allow", "Action": [1, "s3:*"], "Resource": {}}, {}), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy", lambda: shows(app, "malformed at"))
        await pilot.press("z", "z")
        for _ in range(9):
            await pilot.press("down", "a", "right", "left", "space", "space")
        assert app.is_running


async def test_the_report_of_a_policy_has_its_document_its_findings_and_what_each_statement_does() -> None:
    app = explorer(demo(), at=f"policy arn:aws:iam::{ACCOUNT}:policy/TextractUse?{QUESTION}")
    async with app.run_test(size=(80, 40)) as pilot:
        place = await at_place(pilot, "policy", lambda: shows(app, "near miss: only for"))
        written = place.report()
        assert written is not None
        text = report.markdown(written, report.stamp(demo()))
        assert '"Sid": "WorkWithAdapters"' in text
        assert "- managed policy · v3 (default) of 4" in text
        assert "| 1 | WorkWithAdapters | Allow | near miss |" in text, "in the words of the screen"
        assert "near" in report.json_text(written, report.stamp(demo()))
        assert written.data["document"].count("\n") == 19
        assert [each["index"] for each in written.data["statements"]] == [0, 1]


async def test_the_whole_document_has_a_key_of_its_own_for_copying(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(Explorer, "on_place_copied", lambda app, message: copied.append(message.text))
    app = explorer(holding(PASS), at=INLINE)
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        await pilot.press("t")
        await wait_for(pilot, lambda: bool(copied))
        assert copied[0].startswith('{\n  "Version"')
        assert '"Sid": "Pass"' in copied[0]


async def test_hostile_text_stays_text_in_folds_expansions_comparisons_and_notices() -> None:
    evil = "\x1b]52;c;SE9TVElMRQ==\x07[/foo][@click=app.quit()]\x9b31m\u202e\u200b"
    statement = {
        "Sid": f"s{evil}",
        "Effect": "Allow",
        "Action": [f"s3:{evil}", f"{evil}:*"],
        "Resource": f"arn:aws:s3:::{evil}",
        "Condition": {"StringEquals": {f"aws:PrincipalTag/{evil}": evil}},
    }
    app = explorer(versions([BUT], [statement]), at=f"policy {SHARED}")
    async with app.run_test(size=(80, 40)) as pilot:
        await at_place(pilot, "policy")
        for keys in (["n", "a"], ["z"], ["z", "exclamation_mark"], ["d"], ["n", "space"], ["d", "slash", *"zz", "enter"]):
            await pilot.press(*keys)
            await pilot.pause()
            shown = rows(app) + [line(app, name) for name in ("policy-about", "lower", "crumbs")]
            assert all(row.isprintable() for row in shown)
            assert not any(character in row for row in shown for character in "\u202e\u200b\x9b")
        assert shows(app, "\\x1b]52") or shows(app, "\\u001b]52")
        assert app.is_running
