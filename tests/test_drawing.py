"""The way drawn as text: golden pictures of the demo's stories at 80 columns, that nothing is cut, what folds, and the ASCII stand-ins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pytest
from engine_accounts import MIA, account, allow, attached, document, group, managed, user
from explorer_accounts import demo
from running import REPOSITORY

from tui.actions import ACTIONS
from tui.location import parse
from tui.plain import width_of
from tui.questions.asking import Question, question_of
from tui.rows import bars
from tui.rows.cells import Piece
from tui.rows.drawing import DECIDES, GLYPHS, Picture, picture, row_of_decision
from whygate import access, catalogue
from whygate.explain import explain
from whygate.question import ask
from whygate.snapshot import Snapshot
from whygate.text import visible
from whygate.ways import way

STAFF = "arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces"
SCANS = "arn:aws:s3:::ocr-prod-scans"
LAB_ROLE = "arn:aws:iam::444455556666:role/vision-worker"

NEAR_MISS = """\
● user mateojackson                 account 123456789012
├─ – ViewOwnUserInfo › 1            out of scope: for iam: another service
├─ ▹ group staff                    2 policies, 5 statements, out of scope
├─ group ocr
│  └─ TextractUse                   managed policy
│     ├─ ≈ 1 WorkWithAdapters
│     │    near miss: only for arn:aws:textract:*:123456789012:/adapters/*:
│     │    DetectDocumentText has no resource, so only * matches
│     └─ ≈ 2 ReadForms
│          near miss: for textract:Analyze*, textract:GetDocumentAnalysis, not
│          DetectDocumentText
┷ ✗ identity-based policies         no allow: 8 statements, none allows it
∙                                   ◀ decides
∙ ▹ 2 layers without a say          permissions boundary, session policy
∙ ? service control policies        unknown: allows it, but a Deny may apply:
∙                                   aws:RequestedRegion
∙ – VPC endpoint policy             none: no VPC endpoint is named
∙ ✓ resource control policies       allows: nothing denies it
∙ – resource-based policy           none: the call has no resource
○ textract:DetectDocumentText on *  ✗ DENIED, implicitly"""

BOUNDARY = """\
● role ocr-batch-worker       account 123456789012
├─ VisionFullAccess           managed policy
│  ├─ ✓ 1 Vision              allows it
│  └─ – 2 ReadImages          out of scope: for s3: another service
┿ ✓ identity-based policies   allows: VisionFullAccess statement Vision
┷ ✗ permissions boundary      no allow: 2 statements, none allows it
∙                             ◀ decides
∙ └─ ▹ OcrWorkloadBoundary    2 statements, out of scope
∙ – session policy            none: assumed: the session was made without one
∙ ✓ service control policies  allows: FullAWSAccess statement 1
∙ ▹ 3 layers without a say    VPC endpoint policy, resource control policies,
∙                             resource-based policy
○ rekognition:SearchFacesByImage on
  arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces
    ✗ DENIED, implicitly"""

ACROSS = """\
● role vision-worker           account 444455556666
┣━ VisionWork                  managed policy
│  ┠─ – 1 Detect               out of scope: for rekognition: another service
│  ┗━ ✓ 2 ReadScans            allows it  ◀ decides
├─ – AWSLambdaBasicExecutionRole › 1
│    out of scope: for logs: another service
┿ ✓ identity-based policies    allows: VisionWork statement ReadScans
│                              ◀ decides
┿ ▹ 2 layers without a say     permissions boundary, session policy
┿ ✓ service control policies   allows: FullAWSAccess statement 1
┿ – VPC endpoint policy        none: no VPC endpoint is named
┿ ✓ resource control policies  allows: nothing denies it
┿ ✓ resource-based policy
│   allows: policy of ocr-prod-scans statement VisionLabReadsImages (across
│   accounts: both sides have to allow)
▼ s3:GetObject on arn:aws:s3:::ocr-prod-scans/images/badge-0042.png
    ✓ ALLOWED"""

EITHER = """\
● user scanner-upload               account 123456789012
├─┬ its own policies                one account: either side is enough
│ ├─ ≈ ScanUpload › 1 FromScanners
│ │    near miss: for arn:aws:s3:::ocr-prod-scans/incoming/*, not
│ │    arn:aws:s3:::ocr-prod-scans/x
│ ┷ ✗ identity-based policies       no allow: 1 statement, none allows it
│ ∙                                 ◀ decides
│ ∙ ▹ 2 layers without a say        permissions boundary, session policy
├─┬ or the resource's own
│ ├─ policy of ocr-prod-scans       resource-based policy
│ │  ├─ ≈ 1 VisionLabReadsImages
│ │  │    near miss: names arn:aws:iam::444455556666:role/vision-worker, not
│ │  │    arn:aws:iam::123456789012:user/machines/scanner-upload
│ │  └─ – 2 EncryptedTransport      out of scope: aws:SecureTransport: Bool
│ │                                 false, the request has true
│ ┷ ✗ resource-based policy         no allow: 2 statements, none allows it
∙ ? service control policies        unknown: allows it, but a Deny may apply:
∙                                   aws:RequestedRegion
∙ – VPC endpoint policy             none: no VPC endpoint is named
∙ ✓ resource control policies       allows: nothing denies it
○ s3:PutObject on arn:aws:s3:::ocr-prod-scans/x
    ✗ DENIED, implicitly"""


STORIES = {
    "near miss": (Question("mateojackson", "textract:DetectDocumentText"), NEAR_MISS),
    "boundary": (Question("ocr-batch-worker", "rekognition:SearchFacesByImage", STAFF), BOUNDARY),
    "across accounts": (Question(LAB_ROLE, "s3:GetObject", f"{SCANS}/images/badge-0042.png"), ACROSS),
    "either side": (Question("scanner-upload", "s3:PutObject", f"{SCANS}/x"), EITHER),
}


def drawn(question: Question, width: int, toggled: frozenset[str] = frozenset(), shown: Snapshot | None = None) -> Picture:
    over = shown or demo()
    explanation = explain(ask(over, question.principal, question.action, question.resource))
    return picture(way(explanation, over), question, width, toggled)


@pytest.mark.parametrize("story", STORIES)
def test_the_demos_stories_are_drawn_at_80_columns(story: str) -> None:
    question, golden = STORIES[story]
    assert drawn(question, 80).text() == golden


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("width", [60, 80, 100, 120, 139, 140, 160, 220])
def test_nothing_is_cut_at_any_width(story: str, width: int) -> None:
    question, golden = STORIES[story]
    found = drawn(question, width)
    for row in found.rows:
        assert sum(width_of(piece[0]) for piece in found.cells(row)[0]) <= width - 2
    words = set(re.findall(r"[A-Za-z]{4,}", golden))
    squeezed = re.sub(r"[^A-Za-z]", "", found.text())  # at 60 cells an ARN is broken where it has no blank
    assert [word for word in words if word not in squeezed] == []


def test_a_wide_picture_says_what_the_statements_say() -> None:
    question, _ = STORIES["near miss"]
    assert "Allow textract:Analyze* +1 on *" in drawn(question, 160).text()
    assert "Allow textract:Analyze*" not in drawn(question, 80).text()


@pytest.mark.parametrize("story", STORIES)
def test_every_character_that_is_not_ascii_has_a_stand_in_of_its_own_width(story: str) -> None:
    used = {character for character in drawn(STORIES[story][0], 160).text() if not character.isascii()}
    assert used
    assert used <= set(GLYPHS)
    for character, plain in GLYPHS.items():
        assert plain.isascii()
        assert (len(plain), width_of(character)) == (1, 1)


@pytest.mark.parametrize("story", STORIES)
def test_what_decides_is_marked_by_a_word_and_the_cursor_begins_there(story: str) -> None:
    found = drawn(STORIES[story][0], 80)
    assert DECIDES in found.text()
    row = found.rows[row_of_decision(found)]
    key = row.key
    assert row.deciding
    assert any(DECIDES in other.said for other in found.rows if other.key == key)


def test_only_the_line_to_what_decides_is_heavy() -> None:
    allowed = drawn(STORIES["across accounts"][0], 80).text().splitlines()
    heavy = [line for line in allowed if re.search("[┣┗]", line)]
    assert ["VisionWork" in line or "ReadScans" in line for line in heavy] == [True, True]
    assert not re.search("[┣┗┃┠]", drawn(STORIES["near miss"][0], 80).text())


def test_the_line_ends_at_the_layer_that_stops_the_request() -> None:
    lines = drawn(STORIES["boundary"][0], 80).text().splitlines()
    stops = next(number for number, line in enumerate(lines) if line.startswith("┷"))
    assert "permissions boundary" in lines[stops]
    assert all(line.startswith(("∙", "○", " ")) for line in lines[stops + 1 :])
    assert all(line.startswith(("●", "├", "│", "┿", "┣", "┠")) for line in lines[:stops])


def test_a_branch_that_is_out_of_scope_opens_and_closes_again() -> None:
    question, _ = STORIES["near miss"]
    folded = drawn(question, 80)
    (row,) = [row for row in folded.rows if "group staff" in row.said]
    assert (row.opens, row.is_open) == (True, False)
    opened = drawn(question, 80, frozenset({row.key}))
    assert "ManageOwnCredentials" not in folded.text()
    assert "ManageOwnCredentials" in opened.text()
    assert next(other for other in opened.rows if other.key == row.key).is_open


def test_a_layer_opens_into_its_policies() -> None:
    question, _ = STORIES["near miss"]
    assert "RegionFence" not in drawn(question, 80).text()
    assert "RegionFence" in drawn(question, 80, frozenset({"scp"})).text()


def test_many_branches_that_are_out_of_scope_are_one_row_that_says_how_many() -> None:
    names = [f"Other{number}" for number in range(30)]
    shown = account(
        [user("mia", document(allow("textract:GetAdapter")), AttachedManagedPolicies=attached(*names))],
        policies=[managed(name, document(allow("s3:GetObject"), allow("sqs:SendMessage"))) for name in names],
    )
    found = drawn(Question(MIA, "textract:GetAdapter"), 80, shown=shown)
    (row,) = [row for row in found.rows if "more policies" in row.said or "30 policies" in row.said]
    assert "60 statements, out of scope" in row.said
    assert "Other7" not in found.text()
    assert all(name in drawn(Question(MIA, "textract:GetAdapter"), 80, frozenset({row.key}), shown).text() for name in names)


def test_rows_lead_to_groups_policies_statements_and_resources() -> None:
    question = Question("nikkiwolf", "rekognition:DeleteCollection", STAFF)
    targets = {row.target for row in drawn(question, 80).rows if row.stop and row.target is not None}
    kinds = {location.kind for location, _ in targets}
    assert kinds == {"principal", "policy", "resource"}
    (statement,) = [location for location, label in targets if location.value("statement") == "0" and "FaceCollectionAdmin" in location.id]
    assert (statement.value("principal"), statement.value("action")) == ("nikkiwolf", "rekognition:DeleteCollection")
    assert ("group:face-admins › policy:FaceCollectionAdmin") in {label for _, label in targets}


def test_a_user_in_groups_without_policies_has_a_way_too() -> None:
    shown = account([user("mia", GroupList=["empty"])], [group("empty")])
    text = drawn(Question(MIA, "textract:GetAdapter"), 80, shown=shown).text()
    assert "DENIED, implicitly" in text


def test_hostile_names_are_made_visible_and_stay_in_their_column() -> None:
    name = "p\x1b]52;c;aGk=\x07[bold]\u202e\u200b"
    held = [{"PolicyName": name, "PolicyDocument": document(allow("textract:Get*", f"arn:aws:textract:*:*:/adapters/{name}", Sid=name))}]
    shown = account([user("mia", UserPolicyList=held, GroupList=[name])], [group(name, document(allow("s3:*")))])
    found = drawn(Question(MIA, "textract:GetAdapter"), 160, shown=shown)
    assert "\\x1b]52;c;aGk=\\x07[bold]\\u202e" in re.sub(r"\s+", "", found.text())
    for row in found.rows:
        for piece in found.cells(row)[0]:
            assert piece[0] == visible(piece[0])


@pytest.mark.parametrize("resource", ["", "*", f"{SCANS}/x", STAFF, "arn:aws:iam::123456789012:role/TextractOperator"])
@pytest.mark.parametrize("action", ["s3:GetObject", "sts:AssumeRole", "rekognition:DeleteCollection"])
def test_whoever_asks_for_whatever_gets_a_picture_that_fits_and_says_what_decides(action: str, resource: str) -> None:
    sessions = ["arn:aws:sts::123456789012:assumed-role/ocr-api/x", "arn:aws:iam::123456789012:root", "textract.amazonaws.com", "*"]
    for who in [*(each.arn for each in demo().users), *(each.arn for each in demo().roles), *sessions]:
        found = drawn(Question(who, action, resource), 60)
        everything = drawn(Question(who, action, resource), 60, frozenset(row.key for row in found.rows if row.opens))
        assert DECIDES in found.text(), who
        for shown in (found, everything):
            assert all(sum(width_of(piece[0]) for piece in shown.cells(row)[0]) <= 58 for row in shown.rows), who


# docs/pictures.md


def as_text(rows: Iterable[Sequence[Piece]]) -> str:
    return "\n".join("".join(piece[0] for piece in row).rstrip() for row in rows)


def picture_at(at: str) -> str:
    """What the place at a location draws at 80 columns; of the bars with Textract open."""
    location = parse(at)
    if location.kind == "way":
        return drawn(question_of(location), 80).text()
    plan = access.plan(demo(), location.id)
    services = list(access.access(demo(), plan))
    rows = bars.bar_rows(plan, services, Question(location.id), frozenset({"textract"}), 80, done=True)
    return as_text([*bars.legend(78), (), bars.heading(80), *(row.pieces for row in rows)])


def test_the_pictures_of_the_document_are_those_of_the_program() -> None:
    text = (REPOSITORY / "docs" / "pictures.md").read_text(encoding="utf-8")
    found = re.findall(r"```sh\nwhygate demo --at '([^']+)'\n```\n\n```text\n(.*?)\n```", text, re.DOTALL)
    assert [parse(at).kind for at, _ in found] == ["way", "way", "services"]
    for at, shown in found:
        if parse(at).kind == "way" or f"reference of {catalogue.date()}" in text:  # a later reference has other actions
            assert picture_at(at) == shown


@pytest.mark.parametrize("scope", ["way", "services"])
def test_every_key_of_the_pictures_is_in_the_document(scope: str) -> None:
    text = (REPOSITORY / "docs" / "pictures.md").read_text(encoding="utf-8")
    section = text.split("## ")[1 if scope == "way" else 2]
    assert [action.shown for action in ACTIONS if action.scope == scope and f"| `{action.shown}`" not in section] == []


def test_every_glyph_and_every_kind_of_answer_is_in_the_document() -> None:
    text = (REPOSITORY / "docs" / "pictures.md").read_text(encoding="utf-8")
    assert [glyph for glyph in GLYPHS if glyph not in text and glyph not in "┄┠┃›─├└┬●"] == []
    assert [word for word in bars.WORDS.values() if word not in text] == []
