"""A live account on its way, over HTTP from the loopback server: every part is usable when it is there, and nothing that is not reads as
none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_accounts import line, rows
from loopback import account
from loopback.account import ACCOUNT
from loopback.pulling import QUICK, environment
from loopback.server import Fault, Loopback
from test_aws_denied import NEEDED, Question
from waiting import wait_for

from adapters import registry
from adapters.aws import AwsAdapter
from adapters.cache import SnapshotCache
from tui.background import loading
from tui.explorer import Explorer
from whygate.question import Options, ask
from whygate.snapshot import Snapshot


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(loading, "EVERY", 0.0)
    with Loopback(account.answers()) as running, environment(running.url):
        yield running


def begin(source: str = "aws:") -> registry.Opening:
    return registry.Opening(registry.Registered("aws", "whygate", AwsAdapter(QUICK)), source)


def verdict(snapshot: Snapshot, asked: Question) -> str:
    principal, action, resource, context = asked
    options = Options(resource_account=ACCOUNT if resource.startswith("arn:aws:s3:") else None)
    return ask(snapshot, principal, action, resource, context, options).verdict


def on_its_way(snapshot: Snapshot) -> set[str]:
    return {row.part for row in snapshot.primary.coverage if row.detail == "on its way"}


def test_no_verdict_on_the_way_is_another_than_depends_or_the_last(server: Loopback) -> None:
    questions = list(dict.fromkeys(repr(one) for one in NEEDED.values() if one is not None))
    asked = {repr(one): one for one in NEEDED.values() if one is not None}
    opening = begin()
    seen: list[tuple[frozenset[str], dict[str, str]]] = []

    def report(done: int, total: int, what: str) -> None:
        there = opening.snapshot()
        if there is not None and there.users:
            seen.append((frozenset(on_its_way(there)), {name: verdict(there, asked[name]) for name in questions}))

    last = opening.run(report)
    assert {verdict(last, one) for one in asked.values()} == {"allowed"}
    assert on_its_way(last) == set()
    assert len(seen) > 3
    assert all(waiting for waiting, _ in seen[:-1])
    wrong = {(name, found) for _, verdicts in seen for name, found in verdicts.items() if found not in ("depends", "allowed")}
    assert wrong == set()
    assert any("depends" in verdicts.values() for _, verdicts in seen)


def test_what_was_stopped_says_what_is_missing_and_is_not_kept(server: Loopback) -> None:
    opening = begin()

    def report(done: int, total: int, what: str) -> None:
        there = opening.snapshot()
        if there is not None and there.users:
            opening.stop()

    last = opening.run(report)
    assert last.users
    assert {row.status for row in last.primary.coverage} >= {"collected", "failed"}
    assert any("stopped before it was asked" in row.detail for row in last.primary.coverage)
    assert on_its_way(last) == set()
    with SnapshotCache() as cache:
        assert cache.entries() == ()


async def test_users_are_on_the_screen_while_another_service_hangs_and_escape_goes_on(server: Loopback) -> None:
    server.faults["textract", "ListAdapters"] = Fault(hang=True)
    app = Explorer("aws:", begin=begin)
    async with app.run_test(size=(100, 24)) as pilot:
        await wait_for(pilot, lambda: app.loaded and any("ana" in row for row in rows(app)), "the users")
        assert app.loading
        assert line(app, "header").startswith(f"{ACCOUNT} ")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "stopping" in line(app, "header") or not app.loading, f"the stop: {line(app, 'header')}")
        assert "esc goes on" not in line(app, "header")
        await pilot.press("down")
        assert any("ana" in row for row in rows(app))
