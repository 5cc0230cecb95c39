"""The engine against the second, plain implementation of the reference: on the reference's own rows, and on random ones."""

from __future__ import annotations

import dataclasses
import random

import msgspec
import pytest
import vector_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from second import callers, completions, grammar, matching
from second.command import Tally, main, one, say
from second.compare import compare, disagrees, smaller, written
from second.conditions import block
from second.context import Context
from second.decide import decide
from second.rows import Maker
from second.three import NotSaidError
from vector_format import REFERENCE, Vector

_REFERENCE = vector_format.of_reference()
_KINDS = ("action", "resource", "principal", "cond", "derive", "lint", "eval", "multi")


def answer(vector: Vector) -> object:
    """What the second implementation answers to a row, in the form of `vector_format.wanted`."""
    match vector["t"]:
        case "action":
            return matching.action_matches(vector["pattern"], vector["value"])
        case "resource":
            kind = vector.get("kind", "identity")
            return matching.resource_matches(
                vector["pattern"], vector["value"], Context(vector.get("ctx", {})), variables=_variables(vector), kind=kind
            )
        case "principal":
            found = matching.grades(vector["element"], callers.read(vector))
            return next((name for name in matching.GRADES if found.get(name) is True), "none")
        case "cond":
            return block(vector["condition"], Context(vector["ctx"]), variables=_variables(vector))
        case "derive":
            said = Context({}, callers.read(vector), "s3:GetObject", "*").get(vector["key"])
            return None if said.state == "absent" else said.values[0]
        case "multi":
            order = ("explicitDeny", "implicitDeny", "depends", "allowed")  # R6
            return min((decide(check).verdict for check in vector["checks"]), key=order.index)
    return decide(vector).verdict


def _variables(vector: Vector) -> bool:
    return bool(vector.get("version", "2012-10-17") == "2012-10-17")


def _params() -> list[object]:
    # Findings that are only warnings, and documents given as text, are no business of the second implementation.
    chosen = [(name, row) for name, row in vector_format.numbered(_REFERENCE) if row["t"] in _KINDS]
    return [pytest.param(row, id=name) for name, row in chosen if row["t"] != "lint" or _decidable(row)]


def _decidable(row: Vector) -> bool:
    return bool(row["severity"] == "malformed" and isinstance(row["doc"], dict))


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the shared reference is not beside this checkout")
@pytest.mark.parametrize("vector", _params())
def test_the_second_implementation_agrees_with_the_reference(vector: Vector) -> None:
    if vector["t"] == "lint":
        assert grammar.malformed(vector["doc"], vector["kind"])
    else:
        assert answer(vector) == vector_format.wanted(vector)


def test_the_second_implementation_agrees_with_our_own_vectors() -> None:
    rows = [
        row for group in vector_format.our_own().values() for row in group if row["t"] in ("action", "resource", "cond", "eval", "multi")
    ]
    wrong, left_open = [], 0
    for row in rows:
        if row["r"] == "R112":  # a pattern in place of a resource is more than the second implementation does
            continue
        try:
            if answer(row) != vector_format.wanted(row):
                wrong.append((row, answer(row)))
        except NotSaidError:
            left_open += 1
    assert wrong == []
    assert left_open < len(rows) // 10


def test_engine_and_second_implementation_agree_on_random_rows(capsys: pytest.CaptureFixture[str]) -> None:
    seed, tally = random.SystemRandom().randrange(10**9), Tally()
    for number in range(4000):
        one(seed + number, tally, fill_one_in=20)
    with capsys.disabled():
        say(f"\nsecond implementation: seed {seed}, {tally.cases} rows, {tally.left_open} left open, {dict(tally.verdicts)}")
    shown = "\n".join(f"{why}\n{written(row, decide(row).verdict)}" for why, row in tally.disagreements)
    assert tally.disagreed == 0, shown
    assert tally.crossed == []
    # The rows must meet: a run in which everything is denied compares nothing.
    assert min(tally.verdicts[name] for name in ("allowed", "depends", "explicitDeny", "implicitDeny")) > 50
    assert tally.left_open < tally.cases // 10
    assert tally.filled["held"] + tally.filled["depends with two fillings"] > 10


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(source=st.randoms(use_true_random=False))
def test_engine_and_second_implementation_agree_on_rows_that_hypothesis_makes(source: random.Random) -> None:
    row = Maker(source).row()
    try:
        found = compare(row)
    except NotSaidError:
        return
    assert not found.difference, f"{found.difference}\n{written(row, found.second.verdict)}"


def test_every_kind_of_row_is_made() -> None:
    words = (
        "NotAction NotResource NotPrincipal 2008-10-17 ForAllValues: ForAnyValue: IfExists Null Numeric Date Bool Binary IpAddress Arn ${"
    )
    layers = ("identity", "boundary", "session", "resource_policy", "vpce", "scps", "rcps")
    made: set[str] = set()
    for number in range(2000):
        row = Maker(random.Random(number)).row()
        text = written(row, "")
        made |= {word for word in words.split() if word in text}
        made |= {layer for layer in layers if row.get(layer) == "unknown"}
        made.add(callers.read(row).kind)
    assert made == {*words.split(), *layers, "user", "session", "fed", "root", "service", "provider", "anonymous"}


def test_a_disagreement_is_cut_down_to_what_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("second.compare.sure_of_second", lambda decision: {})
    row = next(row for number in range(1000) if disagrees(row := Maker(random.Random(number)).row()) and len(written(row, "")) > 1000)
    small = smaller(row, disagrees)
    assert disagrees(small)
    assert len(written(small, "")) < 500


def test_a_filling_against_the_verdict_is_found() -> None:
    row = {
        "caller": "arn:aws:iam::111122223333:user/ana",
        "action": "textract:DetectDocumentText",
        "resource": "*",
        "identity": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:Foo": "red"}}}],
        "scps": "unknown",
    }
    found = compare(row)
    assert found.engine.verdict == "depends"
    assert completions.check(row, found, random.Random(1)).kind == "depends with two fillings"
    for wrong in ("allowed", "implicitDeny", "explicitDeny"):
        claimed = dataclasses.replace(found, engine=msgspec.structs.replace(found.engine, verdict=wrong))
        assert completions.check(row, claimed, random.Random(1)).broken


def test_the_command_prints_its_seed_and_what_it_saw(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seed", "4", "--cases", "40"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("seed 4\n")
    assert "40 cases" in printed
    assert "disagreements: 0" in printed


def test_the_command_fails_on_a_disagreement_and_shows_the_row(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("second.compare.sure_of_second", lambda decision: {})
    assert main(["--seed", "4", "--cases", "40"]) == 1
    assert '"t": "eval"' in capsys.readouterr().out
