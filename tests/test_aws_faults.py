"""A network and an AWS that misbehave, over HTTP: pages, throttling, errors, silence, cut connections, credentials that expire on the way.

What came stays, what did not is marked, and the pull always ends.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from loopback import account, wire
from loopback.account import ACCOUNT, TOPIC, iam
from loopback.pulling import QUICK, begin, coverage, environment, opened, pulled
from loopback.server import BROKEN, EXPIRED, THROTTLED, Fault, Loopback

from adapters.aws.operations import FULL, INSTEAD
from whygate.question import ask

CUT = Fault(cut=True)
DETAILS = ("iam", "GetAccountAuthorizationDetails")


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with Loopback(account.answers()) as server, environment(server.url):
        yield server


@pytest.fixture
def server(running: Loopback) -> Iterator[Loopback]:
    running.reset()
    running.page = 2
    yield running
    assert running.wrong == []


def told(document: dict[str, Any]) -> dict[str, Any]:
    """A document without the moment in which it was made, its lists in an order of their own."""
    bare = {key: value for key, value in document.items() if key != "Source"}
    return {key: sorted(value, key=repr) if isinstance(value, list) else value for key, value in bare.items()}


# --- pages


def test_the_size_of_the_pages_changes_nothing(server: Loopback) -> None:
    server.page = 1000
    whole = told(pulled(server))
    server.page = 1
    assert told(pulled(server)) == whole


@pytest.mark.parametrize("pieces", [False, True], ids=["at once", "in pieces"])
def test_every_paged_call_follows_its_token_even_past_an_empty_page(server: Loopback, pieces: bool) -> None:
    if pieces:
        server.faults[DETAILS] = Fault("AccessDenied", 403)
    whole = told(pulled(server))
    server.reset()
    if pieces:
        server.faults[DETAILS] = Fault("AccessDenied", 403)
    server.hollow = True
    assert told(pulled(server)) == whole
    for client, name in {(one.client, one.name) for one in (INSTEAD if pieces else FULL)}:
        rule = wire.pagination(client, name)
        if rule is not None and (client, name) not in server.faults:
            calls = [call for call in server.calls if (call.service, call.operation) == (client, name)]
            first, second = calls[:2]
            assert len(first.parameters) < max(len(call.parameters) for call in calls), (client, name, second)


def test_a_page_that_comes_again_and_again_ends_the_listing(server: Loopback) -> None:
    server.answers["textract", "ListAdapterVersions"] = {"AdapterVersions": []}
    endless = {"TopicArn": TOPIC}
    paged = server._paged
    server._paged = lambda request, output: (  # type: ignore[method-assign]  # a stand-in, for this test
        {"Topics": [endless], "NextToken": "same"} if request.operation == "ListTopics" else paged(request, output)
    )
    try:
        document = pulled(server)
    finally:
        server._paged = paged  # type: ignore[method-assign]  # a stand-in, for this test
        server.answers.update(account.answers())
    assert coverage(document)["sns:topic"] == ("partial", "failed: sns ListTopics: the same page comes again and again")


# --- errors of AWS


@pytest.mark.parametrize("fault", [THROTTLED, BROKEN, Fault("ServiceUnavailable", 503)], ids=["throttled", "500", "503"])
def test_a_passing_fault_is_tried_again_and_leaves_no_trace(server: Loopback, fault: Fault) -> None:
    server.faults["sns", "ListTopics"] = dataclasses.replace(fault, times=1)
    document = pulled(server, settings=dataclasses.replace(QUICK, attempts=3))
    assert coverage(document)["sns:topic"] == ("collected", "")
    assert sum(call.operation == "ListTopics" for call in server.calls) == 2


@pytest.mark.parametrize(
    ("fault", "says"), [(THROTTLED, "ThrottlingException"), (BROKEN, "InternalFailure (HTTP 500)")], ids=["throttled", "500"]
)
def test_a_lasting_fault_is_told_with_its_name_and_how_often_it_was_tried(server: Loopback, fault: Fault, says: str) -> None:
    server.faults["sns", "ListTopics"] = fault
    status, detail = coverage(pulled(server, settings=dataclasses.replace(QUICK, attempts=2)))["sns:topic"]
    assert status == "failed"
    assert says in detail
    assert "tried 2 times" in detail


# A call of each protocol, the part it belongs to, and what the part is worth when the second page of the listing fails.
LISTINGS = [
    (("iam", "ListAccessKeys"), "access keys", "failed"),
    (("textract", "ListAdapters"), "textract:adapter", "partial"),
    (("sagemaker", "ListTrainingJobs"), "sagemaker:training-job", "partial"),
    (("s3", "ListBuckets"), "s3:bucket", "failed"),
    (("lambda", "ListFunctions"), "lambda:function", "failed"),
    (("ec2", "DescribeVpcEndpoints"), "VPC endpoints", "failed"),
    (("sqs", "ListQueues"), "sqs:queue", "partial"),
    (("organizations", "ListPoliciesForTarget"), "SCPs", "failed"),
]


@pytest.mark.parametrize(("name", "part", "_"), LISTINGS, ids=lambda value: ":".join(value) if isinstance(value, tuple) else "")
@pytest.mark.parametrize("fault", [BROKEN, CUT, Fault("Gone", 410)], ids=["500", "cut", "unknown code"])
def test_what_fails_is_failed_in_every_protocol(server: Loopback, name: tuple[str, str], part: str, _: str, fault: Fault) -> None:
    server.faults[name] = fault
    status, detail = coverage(pulled(server))[part]
    assert status == "failed"
    assert name[1] in detail


@pytest.mark.parametrize(("name", "part", "status"), [row for row in LISTINGS if row[2] == "partial"], ids=lambda value: str(value))
def test_a_connection_cut_in_the_middle_of_the_second_page_keeps_the_first(
    server: Loopback, name: tuple[str, str], part: str, status: str
) -> None:
    server.faults[name] = dataclasses.replace(CUT, after=1)
    document = pulled(server)
    assert coverage(document)[part][0] == status
    assert len([one for one in document["Resources"] if one["Type"] == part]) == 2


def test_a_cut_in_the_authorization_details_keeps_what_came_and_takes_no_missing_one_for_absent(server: Loopback) -> None:
    server.faults[DETAILS] = dataclasses.replace(CUT, after=1)
    document = pulled(server)
    snapshot = opened(document)
    assert [user.name for user in snapshot.users] == ["ana", "ben"]
    assert [coverage(document)[part][0] for part in ("users", "groups", "roles", "policies")] == ["partial"] * 4
    assert not snapshot.primary.users_collected
    assert ask(snapshot, iam("user", "cho"), "textract:DetectDocumentText", "*").verdict == "depends"
    assert ask(snapshot, iam("user", "ben"), "textract:DetectDocumentText", "*").verdict == "allowed"
    assert coverage(document)["access keys"][0] == "partial"


def test_where_the_authorization_details_fail_at_once_no_list_is_there_at_all(server: Loopback) -> None:
    server.faults[DETAILS] = BROKEN
    document = pulled(server)
    assert not {"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "AccessKeys"} & document.keys()
    assert coverage(document)["users"][0] == coverage(document)["access keys"][0] == "failed"
    assert ask(opened(document), iam("user", "ben"), "textract:DetectDocumentText", "*").verdict == "depends"


def test_a_silent_service_costs_its_part_and_no_more(server: Loopback) -> None:
    server.faults["kms", "ListKeys"] = Fault(hang=True)
    document = pulled(server, settings=dataclasses.replace(QUICK, read_timeout=0.5))
    assert coverage(document)["kms:key"][0] == "failed"
    assert "timeout" in coverage(document)["kms:key"][1].lower()
    assert coverage(document)["sns:topic"] == ("collected", "")


def test_credentials_that_expire_on_the_way_end_the_pull_and_keep_what_came(server: Loopback) -> None:
    server.everything = dataclasses.replace(EXPIRED, after=40)
    document = pulled(server)
    assert 41 <= len(server.calls) <= 41 + QUICK.workers
    failed = {detail for status, detail in coverage(document).values() if status == "failed"}
    assert failed == {"failed: the credentials expired during the pull"}
    assert {status for status, _ in coverage(document).values()} <= {"collected", "partial", "failed"}
    opened(document)


@pytest.mark.parametrize("calls", range(1, 60, 6))
def test_whenever_the_network_ends_the_document_opens_and_nothing_reads_as_empty(server: Loopback, calls: int) -> None:
    server.everything = dataclasses.replace(CUT, after=calls)
    document = pulled(server)
    snapshot = opened(document)
    account_row = snapshot.primary
    assert account_row.id == ACCOUNT
    parts = coverage(document)
    assert account_row.users_collected == (parts["users"][0] == "collected")
    assert (account_row.scps is not None) == (parts["SCPs"][0] in ("collected", "partial"))
    assert parts["sqs:queue"][0] != "collected" or any(one["Type"] == "sqs:queue" for one in document["Resources"])


# --- while it runs


def test_the_document_is_there_before_the_pull_and_says_what_is_on_its_way(server: Loopback) -> None:
    pull = begin(server)
    before = coverage(pull.document())
    assert before["users"] == before["sns:topic"] == ("not-collected", "on its way")
    opened(pull.document())
    told: list[tuple[int, int, str]] = []
    during: list[int] = []

    def report(done: int, total: int, what: str) -> None:
        told.append((done, total, what))
        during.append(sum(status == "collected" for status, _ in coverage(pull.document()).values()))

    pull.run(report)
    assert during == sorted(during)
    assert 1 < during[len(during) // 2] < during[-1]
    assert all(0 <= done <= total for done, total, _ in told)
    assert told[-1][0] == told[-1][1]
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert any(what == "sns:topic in eu-west-1" for _, _, what in told)


def test_a_stopped_pull_ends_with_what_is_there(server: Loopback) -> None:
    pull = begin(server)
    stopped = threading.Event()

    def report(done: int, total: int, what: str) -> None:
        if done > 3:
            pull.stop()
            stopped.set()

    document = pull.run(report)
    assert stopped.is_set()
    assert "failed: stopped before it was asked" in {detail for _, detail in coverage(document).values()}
    assert "on its way" not in {detail for _, detail in coverage(document).values()}


def test_an_exception_out_of_the_report_ends_the_pull_and_is_the_callers(server: Loopback) -> None:
    def report(done: int, total: int, what: str) -> None:
        if done > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin(server).run(report)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("aws")]


def test_two_regions_are_both_asked_and_say_so(server: Loopback) -> None:
    document = pulled(server, "aws:?region=eu-west-1,us-east-1")
    rows = {(row["Part"], row.get("Region")) for row in document["Coverage"]}
    assert {("sns:topic", "eu-west-1"), ("sns:topic", "us-east-1"), ("users", None)} <= rows
    assert ("s3:bucket", None) in rows
    places = {call.region for call in server.calls if call.service == "textract"}
    assert places == {"eu-west-1", "us-east-1"}


def test_without_a_region_the_regional_parts_say_that_one_must_be_named(server: Loopback) -> None:
    with environment(server.url, AWS_DEFAULT_REGION=""):
        document = pulled(server)
    assert coverage(document)["textract:adapter"] == ("not-collected", "no region is named: give --region")
    assert coverage(document)["users"] == ("collected", "")
