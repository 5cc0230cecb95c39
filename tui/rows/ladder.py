"""An explanation as rows: the layers in AWS's order, the statements of the open ones, what was not collected, what the verdict hangs
on, the nearest misses. Pure; the rows of condition keys are made in `key_rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import crumbs
from tui.location import Location, Target
from tui.plain import fit, wrapped
from tui.rows import key_rows, marks
from tui.rows.key_rows import Keys
from tui.rows.ladder_row import LadderRow, blank, heading, notes
from whygate import render

if TYPE_CHECKING:
    from tui.questions.asking import Question
    from whygate.explain import Explanation, LayerReport, StatementReport

TITLE_WIDTH = 25
WORD_WIDTH = 15
NOT_COLLECTED = "not collected"


def ladder(explanation: Explanation, question: Question, opened: frozenset[str], width: int, keys: Keys | None = None) -> list[LadderRow]:
    """The rows for a table of `width` cells; `keys` says how the condition keys stand in it."""
    room = width - 2
    keys = keys or Keys()
    rows = [heading(f"{fit('layer', TITLE_WIDTH)} {fit('decision', WORD_WIDTH)} because")]
    for layer in explanation.layers:
        is_open = layer.layer in opened
        rows.extend(_layer(layer, is_open, room))
        if is_open:
            for statement in layer.statements:
                rows.extend(_statement(statement, question, room, "    "))
    rows.extend(_coverage(explanation, room))
    names = [each.name for each in explanation.unknowns if each.kind == "context"]
    rows.extend(notes("what it hangs on", list(render.ways(explanation) or render.unknowns(explanation)), room, names))
    misses: list[LadderRow] = []
    if explanation.near_misses:
        misses.extend((blank(), heading("nearest misses")))
        for miss in explanation.near_misses:
            misses.extend(_statement(miss, question, room, ""))
    context = key_rows.rows(explanation, question, keys, room)
    rows.extend((*context, *misses) if keys.first else (*misses, *context))
    rows.extend(notes("notes", list(explanation.notes), room))
    return rows


def row_of_layer(rows: list[LadderRow], layer: str) -> int:
    """The row of a layer, or the first."""
    return next((at for at, row in enumerate(rows) if row.key == layer), 0)


def row_of_key(rows: list[LadderRow], key: str) -> int | None:
    """The row of a condition key."""
    return next((at for at, row in enumerate(rows) if row.sets.lower() == key.lower()), None) if key else None


def headline(explanation: Explanation) -> str:
    """The verdict; of a `depends` also by what it hangs on."""
    group = explanation.group
    if group.startswith("depends "):
        return f"{explanation.headline} {group.removeprefix('depends ')}"
    return f"{explanation.headline}: {group}" if group else explanation.headline


def because(explanation: Explanation) -> str:
    """The sentence under the headline: why, or of a `depends` when it would be allowed. Empty where the headline has said it."""
    if not explanation.group or any(each.kind == "rule" for each in explanation.unknowns):
        return explanation.reason
    return next((f"{way}." for way in render.ways(explanation) if way.startswith("allowed if")), "")


def named(report: StatementReport) -> str:
    """`group ocr › TextractUse › 2` for a statement that is held through a group; Sids where there are any."""
    through = [f"group {report.through}"] if report.through else []
    return " › ".join([*through, report.policy_name, report.sid or f"{report.index + 1}"])


def leads_to(report: StatementReport, question: Question) -> Target | None:
    """The place of a statement under its question; None for what stands in no document of the account."""
    if not report.policy_key or report.policy_key.startswith("#"):
        return None
    query = {**question.query(), "statement": str(report.index)}
    return Location("policy", report.policy_key).with_query(**query), crumbs.of_key(report.policy_key, report.policy_name, report.through)


def deciding_statement(layer: LayerReport) -> StatementReport | None:
    """The statement of a layer that says most about its decision: the one that decided, the nearest, one that is not known."""
    denies = [each for each in layer.statements if each.outcome == "match" and each.effect == "Deny"]
    allows = [each for each in layer.statements if each.outcome == "match" and each.effect != "Deny"]
    near = [each for each in layer.statements if each.near]
    unknown = [each for each in layer.statements if each.outcome == "unknown"]
    order = (unknown, denies, allows, near) if layer.decision == "unknown" else (denies, allows, near, unknown)
    return next((found[0] for found in order if found), None)


def _layer(layer: LayerReport, is_open: bool, room: int) -> list[LadderRow]:
    mark, tone = marks.DECISIONS.get(layer.decision, ("?", "maybe"))
    word, because = layer.word, layer.because
    if not layer.collected:
        word, because = NOT_COLLECTED, "the source does not have them" if because == NOT_COLLECTED else because
    elif layer.assumed:
        mark, word, tone, because = "?", "assumed none", "maybe", NOT_COLLECTED
    left = TITLE_WIDTH + WORD_WIDTH + 2
    reasons = wrapped(because, max(room - left, 16))
    first = LadderRow(
        ((fit(layer.title, TITLE_WIDTH) + " ", ""), (fit(f"{mark} {word}", WORD_WIDTH) + " ", tone), (reasons[0], "")),
        key=layer.layer,
        open=is_open,
        opens=bool(layer.statements),
        report=deciding_statement(layer),
    )
    return [first, *(LadderRow(((" " * left + part, ""),), stop=False) for part in reasons[1:])]


def _coverage(explanation: Explanation, room: int) -> list[LadderRow]:
    """What was not collected and could be counted as none, and what to do about it."""
    from whygate.collect import ASSUMABLE
    from whygate.layers import NAMES

    unknown = [NAMES[each.layer] for each in explanation.layers if not each.collected and each.layer in ASSUMABLE]
    assumed = [NAMES[each.layer] for each in explanation.layers if each.assumed]
    texts = []
    if unknown:
        texts.append(f"? not collected: {', '.join(unknown)}. u counts them as none; a live source (aws:) collects more")
    if assumed:
        texts.append(f"? counted as none: {', '.join(assumed)}. u counts them as unknown again")
    owners = [each.name for each in explanation.unknowns if each.kind == "owner"]
    texts += [f"? which account owns {name} is not known: O resource-account=ID says it" for name in owners]
    return [
        LadderRow(((part if not number else f"  {part}", "maybe"),), stop=False)
        for text in texts
        for number, part in enumerate(wrapped(text, room - 2))
    ]


def _statement(report: StatementReport, question: Question, room: int, indent: str) -> list[LadderRow]:
    mark, word, tone = marks.of_statement(report.outcome, report.effect, report.near)
    name = named(report)
    head = f"{indent}{mark} {name}"
    target = leads_to(report, question)
    reason = report.reason or word
    gap = max(TITLE_WIDTH + 8 - len(head), 0)
    if len(head) + gap + 3 + len(reason) <= room:
        return [LadderRow(((f"{head}{' ' * gap}   ", tone), (reason, "")), target=target, report=report)]
    margin = indent + "    "
    more = [LadderRow(((margin + part, ""),), stop=False) for part in wrapped(reason, max(room - len(margin), 20))]
    return [LadderRow(((head, tone),), target=target, report=report), *more]
