"""A snapshot packed and unpacked is the same snapshot, decoded only where somebody looks, and only by the program that packed it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import msgspec
import pytest
from generated_documents import WHOLE
from hypothesis import HealthCheck, given, settings

from adapters import registry
from whygate import assembly, packed, question
from whygate.document import decode
from whygate.errors import UserError
from whygate.snapshot import Snapshot, build


def unpacked(snapshot: Snapshot) -> Snapshot:
    parts = packed.pack(snapshot)
    assert parts is not None
    found = packed.unpack(parts)
    assert found is not None
    return found


def same(first: Snapshot, second: Snapshot) -> bool:
    return all(getattr(first, field.name) == getattr(second, field.name) for field in dataclasses.fields(Snapshot))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(WHOLE)
def test_any_snapshot_comes_back_equal_in_every_part(document: dict[str, Any]) -> None:
    try:
        snapshot = build(decode(json.dumps({"SnapshotVersion": 1, **document}).encode()))
    except UserError:  # half a surrogate pair, which msgspec refuses
        return
    assert same(unpacked(snapshot), snapshot)


def test_the_demo_comes_back_with_its_answers() -> None:
    snapshot = registry.load("demo")
    again = unpacked(snapshot)
    for item in snapshot.questions:
        asked = [
            question.ask(one, item.principal, item.action, item.resource, dict(item.context), question.Options()).verdict
            for one in (snapshot, again)
        ]
        assert asked[0] == asked[1]
    assert len(snapshot.questions) > 10
    assert again.users[0].inline == snapshot.users[0].inline
    assert [type(user) for user in again.users] == [type(user) for user in snapshot.users]


def test_a_list_is_decoded_when_it_is_looked_at_and_once() -> None:
    parts = packed.pack(registry.load("demo"))
    assert parts is not None
    broken = {**parts, "roles": b"not what it was"}
    snapshot = packed.unpack(broken)
    assert snapshot is not None
    assert snapshot.users is snapshot.users
    assert len(snapshot.users) == 20
    assert snapshot.primary.id == "123456789012"
    with pytest.raises(Exception, match="decompressing"):
        len(snapshot.roles)


def test_a_changed_copy_of_it_is_a_snapshot_like_any() -> None:
    snapshot = registry.load("demo")
    changed = dataclasses.replace(unpacked(snapshot), users=(), warnings=("x",))
    assert changed.users == ()
    assert changed.roles == snapshot.roles
    assert changed.warnings == ("x",)


def test_what_another_program_packed_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = packed.pack(registry.load("demo"))
    assert parts is not None
    monkeypatch.setattr(packed, "_layout", lambda: "another")
    assert packed.unpack(parts) is None
    assert packed.unpack({}) is None


def test_the_layout_changes_with_the_code_that_reads_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    before = packed._layout.__wrapped__()
    assert packed._layout.__wrapped__() == before
    monkeypatch.setattr(assembly, "_tags", lambda tags: None)
    assert packed._layout.__wrapped__() != before


def test_what_no_bytes_can_hold_is_not_packed() -> None:
    snapshot = registry.load("demo")
    account = msgspec.structs.replace(snapshot.primary, password_policy={"MinimumPasswordLength": 1 << 70})
    assert packed.pack(dataclasses.replace(snapshot, accounts=(account,))) is None
