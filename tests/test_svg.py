"""Pictures for a report: well-formed SVG with nothing to load, stamped, and no text of an account is markup in it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from engine_accounts import MIA, account, allow, document, group, user
from explorer_accounts import demo

from tui.questions.asking import Question
from tui.report import Stamp, stamp
from tui.rows import bars, svg
from whygate import __version__, access
from whygate.explain import explain
from whygate.question import ask
from whygate.snapshot import Snapshot
from whygate.ways import way

SPACE = "{http://www.w3.org/2000/svg}"
HOSTILE = "p\x1b]0;x\x07</text><script>alert(1)</script>&amp;<![CDATA[\"']]>\x00\x9b\u202e\ufffe\uffff"
QUESTIONS = [
    Question("mateojackson", "textract:DetectDocumentText"),
    Question("carlossalazar", "s3:GetObject", "arn:aws:s3:::ocr-prod-scans/x"),
    Question("nikkiwolf", "rekognition:DeleteCollection", "arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces"),
]


def way_picture(question: Question, shown: Snapshot, stamped: Stamp | None = None) -> str:
    explanation = explain(ask(shown, question.principal, question.action, question.resource))
    return svg.way_svg(way(explanation, shown), question, stamped or stamp(shown))


def bars_picture(shown: Snapshot, principal: str) -> str:
    plan = access.plan(shown, principal)
    return svg.access_svg(plan, list(access.access(shown, plan)), stamp(shown), done=True)


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SPACE}text")]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.principal)
def test_a_way_is_well_formed_and_says_what_the_text_says(question: Question) -> None:
    said = " ".join(texts(way_picture(question, demo())))
    explanation = explain(ask(demo(), question.principal, question.action, question.resource))
    assert explanation.headline in said
    for layer in explanation.layers:
        assert layer.title in said or "without a say" in said
    assert "◀ decides" in said


def test_bars_are_well_formed_and_say_the_numbers() -> None:
    picture = bars_picture(demo(), "mateojackson")
    said = texts(picture)
    plan = access.plan(demo(), "mateojackson")
    for service in access.access(demo(), plan):
        assert service.service in said
    for word in bars.WORDS.values():
        assert word in said


def test_a_bar_is_as_wide_as_its_segments() -> None:
    counts = {"allowed": 1, "collected": 0, "depends": 500, "elsewhere": 2, "denied": 12}
    for width in range(4, 70):
        found = bars.segments(counts, width)
        assert sum(cells for _, cells in found) == width
        assert [standing for standing, _ in found] == ["allowed", "depends", "elsewhere", "denied"]
        assert all(cells >= 1 for _, cells in found)
    assert bars.segments(dict.fromkeys(counts, 0), 20) == []


def test_the_kinds_of_answers_differ_by_more_than_colour() -> None:
    picture = bars_picture(demo(), "mateojackson")
    fills = set(re.findall(r'<rect x="[^>]*fill="([^"]+)"', picture))
    assert {"url(#depends)", "url(#elsewhere)", "#fff"} <= fills
    assert len(set(svg._FILLS.values())) == len(access.STANDINGS)
    assert len({glyph for glyph, _ in bars.FILL.values()}) == len(access.STANDINGS)


@pytest.mark.parametrize("picture", [way_picture(QUESTIONS[0], demo()), bars_picture(demo(), "mateojackson")], ids=["way", "bars"])
def test_a_picture_stands_alone_and_says_whence_it_is(picture: str) -> None:
    assert not re.search(r"(?:href|src|@import|url\((?!#))", picture)
    said = " ".join(texts(picture))
    assert "123456789012" in said
    assert "collected 2026-" in said
    assert f"whygate {__version__}" in said


def test_hostile_names_are_text_and_nothing_else() -> None:
    statement = allow("textract:Get*", f"arn:aws:textract:*:*:/adapters/{HOSTILE}", Sid=HOSTILE)
    held = [{"PolicyName": HOSTILE, "PolicyDocument": document(statement)}]
    name = HOSTILE.replace("/", "")
    shown = account([user("mia", UserPolicyList=held, GroupList=[name])], [group(name, document(allow("s3:*")))])
    stamped = Stamp(f"{HOSTILE}\ud800", HOSTILE, HOSTILE, HOSTILE)
    picture = way_picture(
        Question(MIA, "textract:GetAdapter", f"arn:aws:textract:eu-west-1:222233334444:/adapters/{HOSTILE}"), shown, stamped
    )
    root = ElementTree.fromstring(picture)
    assert {element.tag.removeprefix(SPACE) for element in root.iter()} <= {
        *("svg", "title", "defs", "style", "pattern", "rect", "circle", "path", "polygon", "g", "text")
    }
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\uffff\ud800-\udfff]", picture)
    assert "<script>alert(1)</script>" in "".join(texts(picture))
    picture.encode()


def test_hostile_services_of_a_policy_are_text_too() -> None:
    shown = account([user("mia", document(allow(["textract:Get*", f"{HOSTILE.replace(':', '')}:*"])))])
    ElementTree.fromstring(bars_picture(shown, MIA))
