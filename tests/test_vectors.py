"""The engine against decision vectors: those of the shared reference, where it is beside this checkout, and our own."""

from __future__ import annotations

import re
import sys
from collections import Counter

import pytest
import vector_format
from vector_format import DECIDABLE, REFERENCE, Vector

_REFERENCE = vector_format.of_reference()
_OWN = vector_format.our_own()

needs_reference = pytest.mark.skipif(not _REFERENCE, reason="the shared reference is not beside this checkout")

# How many rows of the reference were decided, by kind; filled as the tests below run, read by the test that counts.
_decided: Counter[str] = Counter()


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
    assert vector_format.answer(vector) == vector_format.wanted(vector)
    if "unknowns" in vector:  # a `depends` lists exactly what matters (R1)
        assert {item.name for item in vector_format.decide(vector).unknowns} == set(vector["unknowns"])


@needs_reference
def test_every_decidable_row_of_the_reference_ran(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    # Counted in the text itself, so that a reader which loses rows is found out.
    lines = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith('{"')]
    there = Counter({kind: number for kind in DECIDABLE if (number := sum(f'"t":"{kind}"' in line for line in lines))})
    with capsys.disabled():
        sys.stdout.write(f"\nreference vectors: {there.total()} of {len(lines)} rows are decidable: {dict(there)}\n")
    assert len(lines) == len(_REFERENCE)
    if sum("agrees_with_the_reference" in item.nodeid for item in request.session.items) < there.total():
        pytest.skip("only some of the vectors were selected for this run")
    assert _decided == there


def test_every_row_of_our_own_is_decidable_cites_a_rule_and_says_why() -> None:
    vectors = [vector for rows in _OWN.values() for vector in rows]
    assert len(vectors) >= 150
    assert [row for row in vectors if row["t"] not in DECIDABLE or not re.fullmatch(r"R[0-9]+", row["r"]) or not row["why"]] == []


def test_no_two_rows_of_our_own_are_the_same() -> None:
    seen = Counter(str({key: value for key, value in vector.items() if key != "why"}) for rows in _OWN.values() for vector in rows)
    assert [row for row, times in seen.items() if times > 1] == []
