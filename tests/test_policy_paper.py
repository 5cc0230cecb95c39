"""A policy document as rows: every line is there once, folds and filters leave one row, findings and reasons stand by their lines."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from explorer_accounts import demo
from hypothesis import given
from hypothesis import strategies as st

from tui.documents import folding
from tui.documents.action_lines import key_at, line_of, patterns_of
from tui.documents.json_tokens import tokens
from tui.documents.links import Links
from tui.documents.paper import MARGIN, PaperRow, View, cells_of, links_of, paper, placed, room_for, row_like, row_of_line
from tui.location import Location
from tui.plain import width_of
from whygate import lint
from whygate import policy as policies
from whygate.policy import Policy
from whygate.text import visible

ACCOUNT = "123456789012"
STATEMENTS: list[dict[str, Any]] = [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Nonsense"], "Resource": "arn:aws:s3:::ocr-prod-scans/*"},
    {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "maybe"}}},
    {"Sid": "Trust", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/mateojackson"}},
]


def document(*statements: object) -> Policy:
    return policies.from_python({"Version": "2012-10-17", "Statement": list(statements)})


def shown(policy: Policy, view: View, width: int) -> list[str]:
    cells = cells_of(Links(demo()), room_for(policy, view, width))
    return ["".join(piece[0] for piece in cells(row)[0]) for row in paper(policy, view, width)]


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_every_line_of_the_document_is_there_in_order_and_every_row_fits(width: int) -> None:
    policy = document(*STATEMENTS)
    rows = paper(policy, View(findings=lint.findings(policy, "identity")), width)
    assert [(row.number, row.text) for row in rows if row.number is not None and not row.part] == list(enumerate(policy.text.lines, 1))
    assert all(width_of(text) <= width - 2 for text in shown(policy, View(findings=lint.findings(policy, "identity")), width))


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


@given(WORDS, st.sampled_from([60, 80, 160]))
def test_long_values_in_any_script_are_shown_whole(value: str, width: int) -> None:
    policy = document({"Sid": "x", "Effect": "Allow", "Action": "s3:*", "Resource": value})
    cells = cells_of(Links(demo()), room_for(policy, View(), width))
    rows = paper(policy, View(), width)
    assert all(sum(width_of(piece[0]) for piece in cells(row)[0]) <= width - 2 for row in rows)
    whole = "".join(piece[0].strip(" ") for row in rows for piece in cells(row)[0][3:])
    assert visible(json.dumps(value, ensure_ascii=False)).replace(" ", "") in whole.replace(" ", "")


def test_a_folded_statement_is_one_row_with_its_number_sid_and_summary() -> None:
    policy = document(*STATEMENTS)
    rows = shown(policy, View(folded=frozenset({0, 1, 2})), 80)
    assert len(rows) == 3 + 3 + 2
    assert "{…} 1 Read · Allow s3:GetObject +1 on arn:aws:s3:::ocr-prod-scans/*" in rows[3]
    assert "{…} 2 · Deny all but iam:* on * if aws:MultiFactorAuthPresent" in rows[4]


def test_a_statement_that_a_filter_leaves_out_says_so_in_words() -> None:
    rows = shown(document(*STATEMENTS), View(left_out=frozenset({0})), 80)
    assert sum("left out" in row for row in rows) == 1
    assert "{…} 1 Read · left out · Allow" in rows[3]


def test_a_finding_stands_beside_its_line_where_there_is_room_and_under_it_where_there_is_none() -> None:
    policy = document(*STATEMENTS)
    view = View(findings=lint.findings(policy, "identity"))
    wide, narrow = shown(policy, view, 160), shown(policy, view, 80)
    (beside,) = [row for row in wide if '"s3:Nonsense"' in row]
    assert "! action s3:Nonsense is not in the reference" in beside
    (line,) = [at for at, row in enumerate(narrow) if '"s3:Nonsense"' in row]
    assert narrow[line].split()[1] == "!"
    assert "! action s3:Nonsense is not in the" in narrow[line + 1]


def test_a_finding_about_one_of_several_values_is_placed_at_that_value() -> None:
    policy = document(*STATEMENTS)
    by_line = placed(policy, lint.findings(policy, "identity"))
    (line,) = [line for line, found in by_line.items() if any("s3:Nonsense" in each.text for each in found)]
    assert policy.text.lines[line].strip() == '"s3:Nonsense"'


def test_a_folded_statement_counts_the_findings_that_it_hides() -> None:
    policy = document(*STATEMENTS)
    rows = shown(policy, View(findings=lint.findings(policy, "identity"), folded=frozenset({0})), 80)
    assert "! ▹" not in rows[3]
    assert rows[3].split()[1].startswith("!")
    assert "1 finding" in rows[3]


def test_a_line_finds_itself_again_at_another_width() -> None:
    policy = document(*STATEMENTS, {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{'x' * 300}"})
    narrow, wide = paper(policy, View(), 60), paper(policy, View(), 160)
    for row in narrow:
        at = row_like(wide, row)
        if row.stops:
            assert at is not None
            assert wide[at].text == row.text
    folded = paper(policy, View(folded=frozenset({0, 1, 2, 3})), 80)
    assert folded[row_of_line(folded, 8)].statement == 0


def test_arns_and_unique_ids_of_the_account_lead_somewhere_and_patterns_do_not() -> None:
    links, role = Links(demo()), demo().roles[0]
    user = demo().users[0]
    bucket = "arn:aws:s3:::ocr-prod-scans"
    assert links.target(user.arn) == (Location("principal", user.arn), user.name)
    assert links.target(f"{role.id}:session") == links.target(role.arn)
    session = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/somebody"
    assert links.target(session) == links.target(role.arn)
    for text in (bucket, f"{bucket}/images/*"):
        found = links.target(text)
        assert found is not None
        assert found[0] == Location("resource", bucket)
    for text in ("*", f"{bucket}*", f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/*", "arn:aws:iam", "AIDA", "Allow", ""):
        assert links.target(text) is None


def test_a_link_in_a_line_that_is_broken_leads_there_from_both_parts() -> None:
    user = demo().users[0]
    policy = document(
        {"Sid": "x", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"k" * 50: user.arn}}}
    )
    rows = [row for row in paper(policy, View(), 80) if user.arn in row.text]
    assert len(rows) == 2
    cells = cells_of(Links(demo()), room_for(policy, View(), 80))
    leading = [[piece for piece in cells(row)[0] if len(piece) == 3] for row in rows]
    assert all(each and each[0][2][0].id == user.arn for each in leading)
    assert [target[0].id for target in links_of(rows[0], Links(demo()))] == [user.arn]


def test_a_key_or_a_text_that_only_looks_like_json_is_no_link() -> None:
    user = demo().users[0].arn
    links = Links(demo())
    assert links.texts(tokens(f'  "{user}": "x"')) == ()
    assert links.texts(tokens(f'  "x": "{user}"')) == (user,)
    assert links.texts(tokens(f'  "x": "{user}')) == ()


def test_the_lines_of_actions_are_found_and_each_pattern_has_its_own() -> None:
    policy = document(*STATEMENTS)
    first, second, _ = policy.statements
    line = line_of(policy, first, 1)
    assert line is not None
    assert policy.text.lines[line].strip() == '"s3:Nonsense"'
    assert key_at(policy, first, line) == folding.actions_key(0, 1)
    assert patterns_of(policy, first, 1) == ("s3:Nonsense",)
    whole = line_of(policy, second, None)
    assert whole is not None
    assert key_at(policy, second, whole) == folding.actions_key(1)


def test_closing_something_closes_what_was_opened_inside_of_it() -> None:
    opened = folding.toggled(frozenset({"fold:1"}), "actions:0")
    inner = folding.toggled(opened, folding.inner_key("actions:0", "s3"))
    assert folding.opened_actions(inner) == (("actions:0", 0, None),)
    assert folding.toggled(inner, "actions:0") == {"fold:1"}
    assert folding.unfold_all(folding.fold_all(inner, 3)) == inner - {"fold:1"}
    assert folding.folded_statements(folding.fold_all(inner, 3, but=1)) == {0, 2}


def test_keys_that_mean_nothing_here_are_left_alone() -> None:
    strange = frozenset({"fold:x", "fold:", "actions:", "actions:a:b", "actions:1:b", "actions:0/s3", "equal/3", "groups"})
    assert folding.folded_statements(strange) == frozenset()
    assert folding.opened_actions(strange) == ()


def test_five_hundred_statements_are_laid_out_while_nobody_notices() -> None:
    statement = {**STATEMENTS[0], "Condition": STATEMENTS[1]["Condition"]}
    policy = document(*[statement] * 500)
    assert len(policy.text.lines) > 5000
    took = []
    rows: list[PaperRow] = []
    for _ in range(5):
        before = time.perf_counter()
        rows = paper(policy, View(), 80)
        took.append(time.perf_counter() - before)
    assert len(rows) >= len(policy.text.lines)
    assert min(took) < 0.1, "some 10 ms on a quiet machine"


def test_the_margin_is_what_stands_before_a_line() -> None:
    policy = document(STATEMENTS[0])
    cells = cells_of(Links(demo()), room_for(policy, View(), 80))
    (row, *_) = paper(policy, View(), 80)
    assert sum(len(piece[0]) for piece in cells(row)[0][:3]) == MARGIN - 2
