"""An explanation as text, as Markdown and as JSON. Text from an account leaves here visible: no control characters, no escapes."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from whygate import sentences
from whygate.explain import Explanation, LayerReport, StatementReport
from whygate.text import visible, visible_json

MARKS = {"allow": "✓", "deny": "✗", "no-allow": "✗", "unknown": "?", "none": "–", "not-applicable": "–"}
OUTCOMES = {"match": "✓", "no-match": "–", "unknown": "?"}
VERDICT_MARKS = {"allowed": "✓", "explicitDeny": "✗", "implicitDeny": "✗", "depends": "?"}


def json_text(value: Any) -> str:
    """One line of JSON, safe on a terminal. Text that is not Unicode (half a surrogate pair) is written as an escape."""
    try:
        encoded = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        encoded = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return visible_json(encoded)


def title(statement: StatementReport) -> str:
    """`group ocr › TextractUse › ReadForms`: where a statement stands."""
    label = statement.sid or f"statement {statement.index + 1}"
    return " › ".join(part for part in (f"group {statement.through}" if statement.through else "", statement.policy_name, label) if part)


def ways(explanation: Explanation) -> tuple[str, ...]:
    """`allowed if …` and `denied if …`, a line a way; where one way each way says it all, the shorter list stands for both."""
    lines = [f"allowed if {' and '.join(way)}" for way in explanation.allowed_if]
    return (*lines, *(f"denied if {' and '.join(way)}" for way in explanation.denied_if))


def unknowns(explanation: Explanation) -> tuple[str, ...]:
    """What the verdict hangs on, a line each, where no `ways` are known."""
    return tuple(sentences.unknown(each) for each in explanation.unknowns)


def statement_data(statement: StatementReport) -> dict[str, object]:
    return {
        "policy": statement.policy_name,
        "policy_key": statement.policy_key,
        "through": statement.through or None,
        "statement": statement.sid or statement.index + 1,
        "effect": statement.effect,
        "outcome": statement.outcome,
        "failed": statement.failed or None,
        "reason": statement.reason,
    }


def layer_data(layer: LayerReport) -> dict[str, object]:
    return {
        "layer": layer.layer,
        "decision": layer.decision,
        "because": layer.because,
        "statements": [statement_data(statement) for statement in layer.statements],
    }


def data(explanation: Explanation) -> dict[str, object]:
    """The object that `whygate can --format json` prints; scenarios print the same with their id and expectation."""
    return {
        "principal": explanation.principal,
        "action": explanation.action,
        "resource": explanation.resource,
        "verdict": explanation.verdict,
        "reason": explanation.reason,
        "decided_by": explanation.layers[explanation.deciding].layer,
        "layers": [layer_data(layer) for layer in explanation.layers],
        "near_misses": [statement_data(statement) for statement in explanation.near_misses],
        "unknowns": [{"kind": item.kind, "name": item.name, "detail": item.detail or None} for item in explanation.unknowns],
        "allowed_if": [list(way) for way in explanation.allowed_if],
        "denied_if": [list(way) for way in explanation.denied_if],
        "context": [{"key": use.key, "value": use.value, "origin": use.origin} for use in explanation.context],
        "notes": list(explanation.notes),
    }


def text(explanation: Explanation) -> str:
    """The ladder as `whygate can` prints it: the verdict, a line a layer in AWS's order, near misses, notes."""
    mark = VERDICT_MARKS[explanation.verdict]
    lines = [
        f"{explanation.principal} can {explanation.action} on {explanation.resource}?",
        f"{mark} {explanation.headline}: {explanation.reason}",
        *(f"  {line}" for line in ways(explanation)),
        "",
    ]
    for index, layer in enumerate(explanation.layers):
        lead = "▸" if index == explanation.deciding else " "
        lines.append(f"{lead} {layer.title:<26} {MARKS[layer.decision]} {layer.word:<13} {layer.because}".rstrip())
    if explanation.near_misses:
        lines += ["", "nearest misses"]
        width = min(44, max(len(visible(title(statement))) for statement in explanation.near_misses))
        lines += [f"  {title(statement):<{width}}  {statement.reason}" for statement in explanation.near_misses]
    if explanation.context:
        lines += ["", "request context"]
        width = max(len(visible(use.key)) for use in explanation.context)
        lines += [f"  {use.key:<{width}}  {use.value}" + (f"  ({use.origin})" if use.origin else "") for use in explanation.context]
    if explanation.notes:
        lines += ["", "notes", *(f"  {note}" for note in explanation.notes)]
    return "\n".join(visible(line) for line in lines)


def markdown(explanation: Explanation) -> str:
    """The same for a ticket or a review."""
    lines = [
        f"## {_code(explanation.principal)} · {_code(explanation.action)} on {_code(explanation.resource)}",
        "",
        f"**{explanation.headline}**: {plain(explanation.reason)}",
        *(f"- {plain(line)}" for line in ways(explanation)),
        "",
        "| layer | decision | because |",
        "|---|---|---|",
    ]
    for index, layer in enumerate(explanation.layers):
        name = f"**{layer.title}**" if index == explanation.deciding else layer.title
        lines.append(f"| {name} | {MARKS[layer.decision]} {layer.word} | {plain(layer.because)} |")
    if explanation.near_misses:
        lines += ["", "Nearest misses:", ""]
        lines += [f"- {plain(title(statement))}: {plain(statement.reason)}" for statement in explanation.near_misses]
    if explanation.context:
        lines += ["", "| context key | value | from |", "|---|---|---|"]
        lines += [f"| {_code(use.key)} | {plain(use.value)} | {plain(use.origin)} |" for use in explanation.context]
    if explanation.notes:
        lines += ["", "Notes:", "", *(f"- {plain(note)}" for note in explanation.notes)]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Account text as Markdown text: nothing in it is markup."""
    shown = visible(text)
    return "".join(f"\\{character}" if character in r"\`*_{}[]<>#|!~&" else character for character in shown)


def fenced(text: str) -> str:
    """Text as a block of code, also where it holds fences; a line stays a line."""
    lines = [visible(line) for line in text.split("\n")]
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return "\n".join([fence, *lines, fence])


def _code(text: str) -> str:
    """Account text as a code span, also where it holds backquotes; with a pipe, which no code span of a table can hold, as plain text."""
    shown = visible(text)
    if "|" in shown:
        return plain(text)
    fence = "`"
    while fence in shown:
        fence += "`"
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"`{shown}`"


def scenario_data(identifier: str, explanation: Explanation, expected: str) -> dict[str, object]:
    """One answered scenario as a line of JSON."""
    return {
        "id": identifier,
        **data(explanation),
        "expected": expected or None,
        "ok": explanation.verdict == expected if expected else None,
    }
