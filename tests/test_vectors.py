"""The engine against decision vectors: those of the shared reference, where it is beside this checkout, and our own."""

from __future__ import annotations

from collections import Counter

import pytest
import vector_format
from vector_format import DECIDABLE, REFERENCE, Vector

_REFERENCE = vector_format.of_reference()
_OWN = vector_format.our_own()

needs_reference = pytest.mark.skipif(not _REFERENCE, reason="the shared reference is not beside this checkout")

# How many rows of each kind were decided; filled as the tests below run, read by the tests that count.
_decided: Counter[str] = Counter()
_decided_own: Counter[str] = Counter()


def _params(vectors: list[Vector], prefix: str = "") -> list[object]:
    chosen = [(name, vector) for name, vector in vector_format.numbered(vectors) if vector["t"] in DECIDABLE]
    return [pytest.param(vector, id=prefix + name) for name, vector in chosen]


@needs_reference
@pytest.mark.parametrize("vector", _params(_REFERENCE))
def test_the_engine_agrees_with_the_reference(vector: Vector) -> None:
    _decided[vector["t"]] += 1
    assert vector_format.answer(vector) == vector_format.wanted(vector)


@pytest.mark.parametrize("vector", [param for stem, rows in _OWN.items() for param in _params(rows, f"{stem}-")])
def test_the_engine_agrees_with_our_own_vectors(vector: Vector) -> None:
    _decided_own[vector["t"]] += 1
    assert vector_format.answer(vector) == vector_format.wanted(vector)
    if "unknowns" in vector:  # a `depends` lists exactly what matters (R1)
        assert {item.name for item in vector_format.decide(vector).unknowns} == set(vector["unknowns"])


@needs_reference
def test_every_decidable_row_of_the_reference_ran(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    collected = {item.nodeid for item in request.session.items if "agrees_with_the_reference" in item.nodeid}
    there = Counter(row["t"] for row in _REFERENCE if row["t"] in DECIDABLE)
    with capsys.disabled():
        print(f"\nreference vectors: {dict(sorted(there.items()))}, {there.total()} of {len(_REFERENCE)} rows are decidable")
    # Counted in the text itself, so that a reader which loses rows is found out.
    lines = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith('{"')]
    assert len(lines) == len(_REFERENCE)
    assert there.total() == sum(f'"t":"{kind}"' in line for line in lines for kind in DECIDABLE)
    if len(collected) < there.total():
        pytest.skip("only some of the vectors were selected for this run")
    assert _decided == there


def test_every_row_of_our_own_cites_a_rule_and_is_decidable() -> None:
    vectors = [vector for rows in _OWN.values() for vector in rows]
    assert len(vectors) >= 150
    assert all(vector["t"] in DECIDABLE and vector["r"].startswith("R") and vector.get("why") for vector in vectors)
    assert _decided_own.total() in (0, len(vectors)) or not _decided_own.keys() - set(DECIDABLE)


def test_no_two_rows_of_our_own_are_the_same() -> None:
    seen = Counter(str({key: value for key, value in vector.items() if key != "why"}) for rows in _OWN.values() for vector in rows)
    assert [row for row, times in seen.items() if times > 1] == []
