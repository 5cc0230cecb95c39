"""What the demo account is there to tell, as questions with their answers; docs/demo.md tells the same in words."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from adapters.demo import DemoAdapter
from whygate import document, question, snapshot

Context = dict[str, str | None]

ADAPTERS = "arn:aws:textract:eu-west-1:123456789012:/adapters/"
PROD, DEV = f"{ADAPTERS}3f9d2c61b7aa", f"{ADAPTERS}8e04a7d5c219"
COLLECTIONS = "arn:aws:rekognition:eu-west-1:123456789012:collection/"
STAFF, VISITORS = f"{COLLECTIONS}staff-faces", f"{COLLECTIONS}visitor-faces"
ROLES = "arn:aws:iam::123456789012:role/"
NOTIFY, TRAINING = f"{ROLES}service-role/TextractNotify", f"{ROLES}service-role/SageMakerTraining"
SCANS, HOME = "arn:aws:s3:::ocr-prod-scans/", "arn:aws:s3:::ocr-prod-home/"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ocr/partner-gateway-Xk42pQ"
WORKER = "arn:aws:iam::444455556666:role/vision-worker"
REVIEWER = "AWSReservedSSO_DocumentReviewer_9a8b7c6d5e4f3a2b"
ADMINISTRATOR = "AWSReservedSSO_AdministratorAccess_7b0e5c92a1d4f683"
SESSION = f"arn:aws:sts::123456789012:assumed-role/{REVIEWER}/pat.candella@example.com"
IRELAND: Context = {"aws:RequestedRegion": "eu-west-1"}
MFA = "aws:MultiFactorAuthPresent"
PASSED = "iam:PassedToService"
SCANNER: Context = {"aws:RequestedRegion": "eu-west-1", "aws:SourceIp": "192.0.2.9"}
NOTHING: Context = {}


class Story(NamedTuple):
    name: str
    principal: str
    action: str
    resource: str
    context: Context
    expected: str


STORIES = [
    Story("nothing lets Mateo detect text", "mateojackson", "textract:DetectDocumentText", "*", NOTHING, "implicitDeny"),
    Story("Mateo may analyse", "mateojackson", "textract:AnalyzeDocument", "*", IRELAND, "allowed"),
    Story("Mary starts a job", "marymajor", "textract:StartDocumentAnalysis", "*", IRELAND, "allowed"),
    Story("Mary passes no role", "marymajor", "iam:PassRole", NOTIFY, NOTHING, "implicitDeny"),
    Story("an administrator of OCR passes it", "kwesimanu", "iam:PassRole", NOTIFY, {PASSED: "textract.amazonaws.com"}, "allowed"),
    Story("the tag is prod", "paulosantos", "textract:GetAdapter", PROD, NOTHING, "allowed"),
    Story("the tag is dev", "paulosantos", "textract:GetAdapter", DEV, NOTHING, "implicitDeny"),
    Story("analysis with a Textract adapter is disputed", "paulosantos", "textract:AnalyzeDocument", PROD, NOTHING, "depends"),
    Story("analysis with the wrong tag", "paulosantos", "textract:AnalyzeDocument", DEV, NOTHING, "implicitDeny"),
    Story("a version has its own tag", "paulosantos", "textract:GetAdapterVersion", f"{PROD}/versions/2", NOTHING, "implicitDeny"),
    Story("MFA is not said", "sofiamartinez", "textract:DeleteAdapter", DEV, NOTHING, "depends"),
    Story("MFA is there", "sofiamartinez", "textract:DeleteAdapter", DEV, {MFA: "true"}, "allowed"),
    Story("MFA is false", "sofiamartinez", "textract:DeleteAdapter", DEV, {MFA: "false"}, "explicitDeny"),
    Story("MFA is surely absent", "sofiamartinez", "textract:DeleteAdapter", DEV, {MFA: None}, "explicitDeny"),
    Story("the boundary cuts", "ocr-batch-worker", "rekognition:SearchFacesByImage", STAFF, NOTHING, "implicitDeny"),
    Story("the boundary leaves", "ocr-batch-worker", "textract:GetAdapter", PROD, NOTHING, "allowed"),
    Story("the boundary denies", "ocr-batch-worker", "textract:DeleteAdapter", PROD, NOTHING, "explicitDeny"),
    Story("a user's boundary denies", "shirleyrodriguez", "textract:DeleteAdapter", PROD, NOTHING, "explicitDeny"),
    Story("inside the fence", "kwesimanu", "textract:DetectDocumentText", "*", IRELAND, "allowed"),
    Story("outside the fence", "kwesimanu", "textract:DetectDocumentText", "*", {"aws:RequestedRegion": "ap-southeast-2"}, "explicitDeny"),
    Story("the region is not said", "kwesimanu", "textract:DetectDocumentText", "*", NOTHING, "depends"),
    Story("the bucket lets the lab in", WORKER, "s3:GetObject", f"{SCANS}images/badge-0042.png", NOTHING, "allowed"),
    Story("but not to invoices", WORKER, "s3:GetObject", f"{SCANS}invoices/2026-10-0042.pdf", NOTHING, "implicitDeny"),
    Story("nor everybody in the lab", "efuaowusu", "s3:GetObject", f"{SCANS}images/badge-0042.png", NOTHING, "implicitDeny"),
    Story("nor a stranger, by the RCP", "*", "s3:GetObject", f"{SCANS}images/badge-0042.png", NOTHING, "explicitDeny"),
    Story("by a group", "nikkiwolf", "rekognition:DeleteCollection", STAFF, NOTHING, "allowed"),
    Story("by a tag that names her", "saanvisarkar", "rekognition:DeleteCollection", STAFF, NOTHING, "allowed"),
    Story("by a role", ADMINISTRATOR, "rekognition:DeleteCollection", STAFF, NOTHING, "allowed"),
    Story("stopped by a Deny", "carlossalazar", "rekognition:DeleteCollection", STAFF, NOTHING, "explicitDeny"),
    Story("the Deny names one collection", "carlossalazar", "rekognition:DeleteCollection", VISITORS, NOTHING, "allowed"),
    Story("not her collection", "saanvisarkar", "rekognition:DeleteCollection", VISITORS, NOTHING, "implicitDeny"),
    Story("a session of a role with a path", SESSION, "textract:GetAdapter", PROD, NOTHING, "allowed"),
    Story("the same by the role's name", REVIEWER, "textract:UpdateAdapter", PROD, NOTHING, "implicitDeny"),
    Story("passed to SageMaker", "arnavdesai", "iam:PassRole", TRAINING, {PASSED: "sagemaker.amazonaws.com"}, "allowed"),
    Story("passed to Lambda", "arnavdesai", "iam:PassRole", TRAINING, {PASSED: "lambda.amazonaws.com"}, "implicitDeny"),
    Story("passed to whom?", "arnavdesai", "iam:PassRole", TRAINING, NOTHING, "depends"),
    Story("SageMaker may use it", "sagemaker.amazonaws.com", "sts:AssumeRole", TRAINING, NOTHING, "allowed"),
    Story("an old key opens the secret", "richardroe", "secretsmanager:GetSecretValue", SECRET, NOTHING, "allowed"),
    Story("a slash is missing", "kwakumensah", "textract:UpdateAdapter", PROD, NOTHING, "implicitDeny"),
    Story("his own folder", "mateojackson", "s3:GetObject", f"{HOME}mateojackson/notes.txt", IRELAND, "allowed"),
    Story("the folder of another", "mateojackson", "s3:GetObject", f"{HOME}marymajor/notes.txt", IRELAND, "implicitDeny"),
    Story("only from the scanners", "scanner-upload", "s3:PutObject", f"{SCANS}incoming/1.pdf", SCANNER, "allowed"),
    Story("a document is missing", "SecurityAuditor", "textract:GetAdapter", PROD, NOTHING, "depends"),
    Story("the boundary needs no document", "SecurityAuditor", "rekognition:DeleteCollection", STAFF, NOTHING, "implicitDeny"),
    Story("SCPs bind no service-linked role", "AWSServiceRoleForSupport", "sagemaker:ListModels", "*", NOTHING, "allowed"),
]  # fmt: skip

# One for each entry of `Questions`, in its order: the account itself must not state answers, they are found.
ANSWERS = [
    "implicitDeny", "allowed", "implicitDeny",  # Mateo, Mary
    "allowed", "implicitDeny", "depends", "implicitDeny",  # tags
    "depends", "allowed",  # MFA
    "implicitDeny",  # the boundary
    "allowed", "explicitDeny",  # regions
    "allowed", "implicitDeny",  # the other account
    "allowed", "explicitDeny",  # the collection
    "allowed",  # Identity Center
    "allowed", "implicitDeny",  # the execution role
    "allowed",  # the old key
    "implicitDeny", "allowed", "implicitDeny", "depends",  # a slash, a variable, a missing document
]  # fmt: skip


@cache
def demo() -> snapshot.Snapshot:
    return snapshot.build(document.decode(DemoAdapter().load("demo", lambda done, total, what: None)))


@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_story(story: Story) -> None:
    assert question.ask(demo(), story.principal, story.action, story.resource, story.context).verdict == story.expected


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("MFA is surely absent", "identity"), ("stopped by a Deny", "identity"), ("the boundary denies", "boundary"),
        ("outside the fence", "scp"), ("nor a stranger, by the RCP", "rcp"),
    ],
)  # fmt: skip
def test_the_deny_of_a_story_is_in_its_layer_alone(name: str, layer: str) -> None:
    story = next(one for one in STORIES if one.name == name)
    verdict = question.ask(demo(), story.principal, story.action, story.resource, story.context)
    assert [each for each, outcome in verdict.outcomes.items() if outcome.applies and outcome.deny.value] == [layer]


def test_the_boundary_alone_cuts_the_batch_worker() -> None:
    story = next(one for one in STORIES if one.name == "the boundary cuts")
    outcomes = question.ask(demo(), story.principal, story.action, story.resource).outcomes
    assert [each for each, outcome in outcomes.items() if outcome.applies and outcome.allow.value is False] == ["boundary"]


def test_saved_questions_have_the_answers_that_their_titles_promise() -> None:
    found = [question.ask(demo(), one.principal, one.action, one.resource, one.context).verdict for one in demo().questions]
    assert found == ANSWERS


def test_exactly_three_principals_can_delete_the_collection_and_one_is_stopped() -> None:
    everybody = [(one.name, one.arn) for one in demo().users] + [(one.name, one.arn) for one in demo().roles]
    verdicts = {name: question.ask(demo(), arn, "rekognition:DeleteCollection", STAFF).verdict for name, arn in everybody}
    assert {name for name, verdict in verdicts.items() if verdict == "allowed"} == {"nikkiwolf", "saanvisarkar", ADMINISTRATOR}
    assert {name for name, verdict in verdicts.items() if verdict == "explicitDeny"} == {"carlossalazar"}
    # The operators' sure lack of an Allow is not made unknown by their MFA Deny (R1).
    assert {name for name, verdict in verdicts.items() if verdict == "depends"} == set()
