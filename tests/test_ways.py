"""The way from a principal to a resource as a graph: which nodes there are, what each edge says, and how the sides come together."""

from __future__ import annotations

import pytest
from engine_accounts import HOME, MIA, account, allow, attached, deny, document, group, managed, role, user
from explorer_accounts import demo

from whygate.explain import explain
from whygate.question import Options, ask
from whygate.snapshot import Snapshot
from whygate.ways import GOAL, JOIN, MAYBE, PASSES, PRINCIPAL, STOPS, Edge, Way, way

SCANS = "arn:aws:s3:::ocr-prod-scans"
ADAPTER = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
STAFF = "arn:aws:rekognition:eu-west-1:123456789012:collection/staff-faces"
LAB_ROLE = "arn:aws:iam::444455556666:role/vision-worker"

# The demo's stories, with what decides and how the two sides come together.
STORIES = [
    ("mateojackson", "textract:DetectDocumentText", "", "own", STOPS),
    ("sofiamartinez", "textract:DeleteAdapter", ADAPTER, "own", MAYBE),
    ("ocr-batch-worker", "rekognition:SearchFacesByImage", STAFF, "own", STOPS),
    (LAB_ROLE, "s3:GetObject", f"{SCANS}/images/badge-0042.png", "both", PASSES),
    (LAB_ROLE, "s3:GetObject", f"{SCANS}/invoices/2026-10-0042.pdf", "both", STOPS),
    ("carlossalazar", "rekognition:DeleteCollection", STAFF, "own", STOPS),
    ("nikkiwolf", "rekognition:DeleteCollection", STAFF, "own", PASSES),
    ("carlossalazar", "s3:GetObject", f"{SCANS}/x", "either", STOPS),
    ("arnavdesai", "sts:AssumeRole", "arn:aws:iam::123456789012:role/TextractOperator", "mandatory", STOPS),
    ("s3.amazonaws.com", "sns:Publish", "arn:aws:sns:eu-west-1:123456789012:AmazonTextractOcrDone", "policy", STOPS),
    ("arn:aws:iam::123456789012:root", "s3:GetObject", f"{SCANS}/x", "either", MAYBE),
]


def way_of(shown: Snapshot, principal: str, action: str, resource: str = "", options: Options | None = None) -> Way:
    return way(explain(ask(shown, principal, action, resource, None, options)), shown)


def edge(found: Way, source: str, target: str) -> Edge:
    return next(each for each in found.edges if (each.source, each.target) == (source, target))


@pytest.mark.parametrize(("principal", "action", "resource", "joined", "arrives"), STORIES, ids=[story[0] for story in STORIES])
def test_the_way_arrives_as_the_verdict_says(principal: str, action: str, resource: str, joined: str, arrives: str) -> None:
    found = way_of(demo(), principal, action, resource)
    assert found.joined == joined
    assert [each.flow for each in found.into(GOAL)] == [arrives]


@pytest.mark.parametrize(("principal", "action", "resource"), [story[:3] for story in STORIES], ids=[story[0] for story in STORIES])
def test_every_edge_ends_at_nodes_of_the_graph_and_every_node_is_there_once(principal: str, action: str, resource: str) -> None:
    found = way_of(demo(), principal, action, resource)
    keys = [node.key for node in found.nodes]
    assert len(set(keys)) == len(keys)
    assert {each.source for each in found.edges} | {each.target for each in found.edges} == set(keys)
    pairs = [(each.source, each.target) for each in found.edges]
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize(("principal", "action", "resource"), [story[:3] for story in STORIES], ids=[story[0] for story in STORIES])
def test_each_layer_of_the_explanation_is_a_node_with_its_decision(principal: str, action: str, resource: str) -> None:
    explanation = explain(ask(demo(), principal, action, resource))
    found = way(explanation, demo())
    for number, layer in enumerate(explanation.layers):
        (leaving,) = found.out_of(layer.layer)
        assert (leaving.decision, leaving.word) == (layer.decision, layer.word)
        assert layer.because in leaving.reason
        assert leaving.deciding == (number == explanation.deciding)


def test_a_right_that_comes_by_a_group_is_walked_from_user_to_group_to_policy_to_statement() -> None:
    found = way_of(demo(), "nikkiwolf", "rekognition:DeleteCollection", STAFF)
    marked = [each for each in found.edges if each.deciding]
    titles = [found.node(each.source).title for each in marked] + [found.node(marked[-1].target).title]
    assert titles[:4] == ["user nikkiwolf", "group face-admins", "FaceCollectionAdmin", "1 Collections"]
    leads = [found.node(each.source).leads for each in marked[:4]]
    assert leads == [
        ("principal", "arn:aws:iam::123456789012:user/nikkiwolf"),
        ("principal", "arn:aws:iam::123456789012:group/face-admins"),
        ("policy", "arn:aws:iam::123456789012:policy/FaceCollectionAdmin"),
        ("policy", "arn:aws:iam::123456789012:policy/FaceCollectionAdmin"),
    ]
    assert found.node(marked[3].source).statement == 0
    assert found.node(marked[3].source).through == "face-admins"


def test_the_statement_that_denies_is_marked_and_the_one_that_allows_is_not() -> None:
    found = way_of(demo(), "carlossalazar", "rekognition:DeleteCollection", STAFF)
    statements = {found.node(each.source).title: each for each in found.into("identity")}
    assert (statements["1 KeepStaffFaces"].decision, statements["1 KeepStaffFaces"].deciding) == ("deny", True)
    assert (statements["1 Collections"].decision, statements["1 Collections"].deciding) == ("allow", False)


def test_near_misses_are_told_from_what_is_out_of_scope() -> None:
    found = way_of(demo(), "mateojackson", "textract:DetectDocumentText")
    words = {found.node(each.source).title: each.word for each in found.into("identity")}
    assert words["1 WorkWithAdapters"] == "near miss"
    assert words["1 OwnFolder"] == "out of scope"


def test_in_one_account_two_ways_lead_to_where_either_is_enough() -> None:
    found = way_of(demo(), "carlossalazar", "s3:GetObject", f"{SCANS}/x")
    assert {each.source for each in found.into(JOIN)} == {"session", "resource"}
    assert [each.target for each in found.out_of(JOIN)] == ["scp"]
    policies = [found.node(each.target).title for each in found.out_of(PRINCIPAL) if found.node(each.target).layer == "resource"]
    assert policies == ["policy of ocr-prod-scans"]


def test_a_bucket_policy_that_grants_by_itself_passes_where_the_own_policies_do_not() -> None:
    bucket = "arn:aws:s3:::letters"
    policy = document({"Effect": "Allow", "Principal": {"AWS": MIA}, "Action": "s3:GetObject", "Resource": f"{bucket}/*"})
    shown = account([user("mia")], Resources=[{"Arn": bucket, "Type": "s3:bucket", "Account": HOME, "Policy": policy}])
    found = way_of(shown, MIA, "s3:GetObject", f"{bucket}/a.pdf")
    assert (found.verdict, [each.flow for each in found.into(GOAL)]) == ("allowed", [PASSES])
    assert edge(found, "session", JOIN).flow == STOPS
    assert edge(found, "resource", JOIN).flow == PASSES


def test_a_session_is_led_to_its_role() -> None:
    found = way_of(demo(), "arn:aws:sts::123456789012:assumed-role/ocr-api/run7", "textract:DetectDocumentText")
    (first, *_) = found.out_of(PRINCIPAL)
    assert found.node(PRINCIPAL).title == "session run7"
    assert (first.word, found.node(first.target).title) == ("session of", "role ocr-api")


def test_a_document_that_is_not_in_the_data_is_an_unknown_that_decides() -> None:
    found = way_of(demo(), "SecurityAuditor", "textract:GetAdapter", ADAPTER)
    (missing,) = [each for each in found.into("identity") if found.node(each.source).kind == "policy"]
    assert (found.node(missing.source).title, missing.decision, missing.deciding) == ("SecurityAudit", "unknown", True)
    assert "not in the data" in missing.reason


def test_a_control_policy_that_is_attached_at_several_levels_is_drawn_once() -> None:
    found = way_of(demo(), "mateojackson", "textract:DetectDocumentText")
    policies = [node.title for node in found.nodes if node.kind == "policy" and node.layer == "scp"]
    assert sorted(policies) == ["FullAWSAccess", "KeepAuditTrail", "RegionFence"]


def test_one_policy_by_two_groups_is_two_nodes() -> None:
    shown = account(
        [user("mia", GroupList=["a", "b"])],
        [group("a", AttachedManagedPolicies=attached("Read")), group("b", AttachedManagedPolicies=attached("Read"))],
        policies=[managed("Read", document(allow("s3:Get*")))],
    )
    found = way_of(shown, MIA, "textract:DetectDocumentText")
    assert [node.through for node in found.nodes if node.kind == "policy" and node.title == "Read"] == ["a", "b"]


def test_a_session_policy_given_with_the_question_leads_nowhere() -> None:
    shown = account(roles=[role("Scan", document(allow("textract:*")))])
    options = Options(session_policies=(document(deny("textract:Delete*"), allow("*")),))
    found = way_of(shown, f"arn:aws:iam::{HOME}:role/ocr/Scan", "textract:DetectDocumentText", "", options)
    given = [node for node in found.nodes if node.layer == "session" and node.kind == "policy"]
    assert [node.leads for node in given] == [("", "")]


def test_a_resource_that_is_collected_can_be_walked_to_and_another_cannot() -> None:
    assert way_of(demo(), "carlossalazar", "s3:GetObject", f"{SCANS}/x").node(GOAL).leads == ("resource", SCANS)
    trusted = way_of(demo(), "arnavdesai", "sts:AssumeRole", "arn:aws:iam::123456789012:role/TextractOperator")
    assert trusted.node(GOAL).leads == ("principal", "arn:aws:iam::123456789012:role/TextractOperator")
    assert way_of(demo(), "mateojackson", "textract:DetectDocumentText").node(GOAL).leads == ("", "")
