"""A denial's answer as text, as Markdown and as JSON. Everything leaves here visible; verdicts are drawn by `render`."""

from __future__ import annotations

import msgspec

from whygate import render
from whygate.denial import Denial
from whygate.denial_answer import Answer
from whygate.denial_patterns import STANDS_IN
from whygate.text import visible

AGREEMENTS = {
    "agrees": "whygate agrees with AWS",
    "consistent": "whygate cannot tell; what AWS said fits",
    "differs": "whygate differs from AWS",
}


class Page(msgspec.Struct, frozen=True):
    """Text in three parts: what AWS said, the ladder of the verdict (empty without one), and what follows it."""

    head: str
    ladder: str
    tail: str


def data(answer: Answer) -> dict[str, object]:
    """The object that `whygate explain --format json` prints for a denial: what `can` prints, and what AWS said."""
    denial, reported = answer.denial, answer.denial.reported
    verdict: dict[str, object] = (
        render.data(answer.explanation)
        if answer.explanation
        else {
            "principal": denial.principal,
            "action": denial.action,
            "resource": denial.resource,
            "verdict": None,
            "reason": answer.problem or None,
            "decided_by": None,
            "layers": [],
            "near_misses": [],
            "unknowns": [],
            "allowed_if": [],
            "denied_if": [],
            "context": [],
            "notes": [],
        }
    )
    return {
        **verdict,
        "notes": [*denial.notes, *(answer.explanation.notes if answer.explanation else ())],
        "request": {
            "principal": denial.principal,
            "action": denial.action,
            "resource": denial.resource,
            "context": dict(denial.context),
            "inferred": list(denial.inferred),
        },
        "reported": {
            "decision": reported.decision,
            "layer": STANDS_IN.get(reported.layer or "", reported.layer),
            "policy": reported.policy,
        },
        "named": reported.layer,
        "code": reported.code,
        "operation": denial.operation,
        "encoded": denial.encoded,
        "owner": answer.advice.owner,
        "ask_for": answer.advice.ask,
        "agreement": answer.agreement,
        "remarks": list(answer.remarks),
        "times": denial.times,
        "text": denial.text,
    }


def rows(denial: Denial) -> list[tuple[str, str]]:
    """(name, value) pairs of the request as the text tells it; not yet made safe."""
    reported = denial.reported
    said = f" (said as {denial.said_resource})" if denial.said_resource and denial.said_resource != denial.resource else ""
    told = [
        ("principal", denial.principal or "not said"),
        ("action", denial.action or "not said"),
        ("resource", f"{denial.resource}{said}" if denial.resource else "not said"),
        ("policy", reported.policy or ""),
        ("setting", reported.setting or ""),
        ("code", reported.code or ""),
        ("call", denial.operation or ""),
        ("context", "  ".join(f"{key}={_value(item)}" for key, item in denial.context.items())),
        ("inferred", ", ".join(denial.inferred)),
        ("times", str(denial.times) if denial.times > 1 else ""),
        (
            "encoded",
            f"{denial.encoded[:24]}… ({len(denial.encoded)} characters)"
            if denial.encoded and len(denial.encoded) > 32
            else denial.encoded or "",
        ),
    ]
    return [(name, value) for name, value in told if value]


def _value(item: object) -> str:
    return ",".join(str(part) for part in item) if isinstance(item, list) else str(item)


_BRIEF = {"allowed": "allowed here", "depends": "depends here", "explicitDeny": "denied here", "implicitDeny": "denied here"}


def brief(answer: Answer) -> str:
    """Our verdict beside AWS's denial in a few words; without a verdict what AWS said."""
    if answer.explanation is None:
        return "no verdict" if answer.problem else answer.advice.said
    word = _BRIEF[answer.explanation.verdict]
    return f"{word} too" if answer.agreement == "agrees" else f"{word}, differently" if word == "denied here" else word


def headline(answer: Answer) -> str:
    """What AWS said, in one line."""
    return f"AWS said: {answer.advice.said}"


def page(answer: Answer) -> Page:
    """The answer as text."""
    lines = [headline(answer), *(f"  {name:<10} {value}" for name, value in rows(answer.denial))]
    lines += [f"  {'whose job':<10} {answer.advice.owner}", f"  {'ask for':<10} {answer.advice.ask}"]
    lines += [f"  note       {note}" for note in answer.denial.notes]
    tail = []
    if answer.problem:
        tail.append(f"no verdict: {answer.problem}")
    if answer.agreement:
        tail += [AGREEMENTS[answer.agreement], *(f"  {remark}" for remark in answer.remarks)]
    ladder = render.text(answer.explanation) if answer.explanation else ""
    return Page("\n".join(map(visible, lines)), ladder, "\n".join(map(visible, tail)))


def markdown(answer: Answer) -> str:
    """The answer for a ticket."""
    table = [*rows(answer.denial), ("whose job", answer.advice.owner), ("ask for", answer.advice.ask)]
    lines = [f"## {render.plain(headline(answer))}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {render.plain(value)} |" for name, value in table]
    if answer.denial.notes:
        lines += ["", *(f"- {render.plain(note)}" for note in answer.denial.notes)]
    if answer.explanation:
        lines += ["", render.markdown(answer.explanation)]
    if answer.problem:
        lines += ["", f"No verdict: {render.plain(answer.problem)}"]
    if answer.agreement:
        lines += ["", f"**{AGREEMENTS[answer.agreement]}**", "", *(f"- {render.plain(remark)}" for remark in answer.remarks)]
    return "\n".join(lines)
