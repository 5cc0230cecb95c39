"""What there is to read of a policy, put together: the rows of its document or of a comparison, the line about it, its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from tui.crumbs import label_of
from tui.documents import expanded, folding
from tui.documents.action_lines import line_of, patterns_of
from tui.documents.paper import MARGIN, PaperRow, Room, View, paper, parts, placed, room_for
from tui.documents.versions import comparison_rows
from tui.location import Location
from tui.plain import wrapped
from whygate.text import count

if TYPE_CHECKING:
    from tui.background.workshop import Workshop
    from tui.documents.versions import Comparison
    from tui.report import Report
    from whygate.entities import Entity
    from whygate.explain import StatementReport
    from whygate.grammar import Finding
    from whygate.policies import Held
    from whygate.policy import Policy, Statement
    from whygate.snapshot import Snapshot

KINDS = {"scp": "service control policy", "rcp": "resource control policy", "resource": "resource-based policy", "trust": "trust policy"}
Attachments = tuple[tuple["Entity", str], ...]


class Shown(msgspec.Struct, frozen=True):
    """A policy and how it is looked at. `against` is the version that it is compared with, `comparison` None until that is made;
    `left_out` are the statements that a filter leaves out."""

    held: Held
    lines: tuple[str, ...]
    width: int
    opened: frozenset[str]
    reports: Mapping[int, StatementReport]
    findings: tuple[Finding, ...]
    attachments: Attachments = ()
    against: Held | None = None
    comparison: Comparison | None = None
    left_out: frozenset[int] = frozenset()


def findings(held: Held) -> tuple[Finding, ...]:
    """All there is to say about the document, in its order; what is malformed only where the document is held to be so."""
    from whygate import lint

    found = [each for each in lint.findings(held.policy, held.grammar) if each.severity != "malformed" or held.problem]
    by_line = placed(held.policy, found)
    return tuple(each for line in sorted(by_line) for each in by_line[line])


def finding_lines(held: Held, found: Sequence[Finding]) -> list[int]:
    """The lines (from 0) that findings are about, in order."""
    return sorted(placed(held.policy, found))


def statement_at(policy: Policy, line: int) -> Statement | None:
    """The statement that a line (from 0) belongs to."""
    for each in policy.statements:
        span = policy.text.lines_of(policy.place(each))
        if span is not None and span[0] <= line <= span[1]:
            return each
    return None


def attachments(snapshot: Snapshot | None, held: Held) -> Attachments:
    """Who holds a managed policy, each with `attached` or `boundary`."""
    return snapshot.attachments(held.arn) if snapshot is not None and held.arn else ()


# Rows


def rows(shown: Shown, workshop: Workshop) -> tuple[list[PaperRow], Room]:
    """The rows, and the room that their lines have. What takes a while is asked of the workshop, and is there the next time."""
    policy = shown.held.policy
    bare = Room(shown.width - MARGIN, shown.width - MARGIN, False)
    if shown.against is not None:
        return _compared(shown, bare.line), bare
    problem = [
        PaperRow(pieces=((part, "maybe"),), name=f"problem {number}")
        for number, part in enumerate(wrapped(shown.held.problem, shown.width - MARGIN - 3) if shown.held.problem else ())
    ]
    after = _attached(shown.attachments)
    if policy.unreadable:
        return [*problem, *_raw(shown.lines, bare.line), *after], bare
    view = View(shown.reports, shown.findings, folding.folded_statements(shown.opened), shown.left_out, _inserted(shown, workshop))
    return [*problem, *paper(policy, view, shown.width), *after], room_for(policy, view, shown.width)


def _compared(shown: Shown, width: int) -> list[PaperRow]:
    if shown.comparison is None:
        return [PaperRow(pieces=(("comparing …", "dim"),), name="comparing")]
    found = comparison_rows(shown.comparison, shown.opened, width)
    if shown.comparison.added or shown.comparison.removed:
        return found
    return [PaperRow(pieces=(("both versions say the same, line by line", "strong"),), name="same"), *found]


def _raw(lines: Sequence[str], width: int) -> list[PaperRow]:
    """The text of what cannot be read as a policy."""
    return [PaperRow(text, number, part) for number, text in enumerate(lines, 1) for part in range(parts(text, width))]


def _inserted(shown: Shown, workshop: Workshop) -> dict[int, list[PaperRow]]:
    """What stands open under lines: what the actions of statements stand for."""
    from whygate.expansion import expand

    found: dict[int, list[PaperRow]] = {}
    policy = shown.held.policy
    by_index = {each.index: each for each in policy.statements}
    for key, index, item in folding.opened_actions(shown.opened):
        statement = by_index.get(index)
        line = line_of(policy, statement, item) if statement is not None else None
        if statement is None or line is None:
            continue
        patterns, negated = patterns_of(policy, statement, item), statement.not_action and item is None
        indent = len(policy.text.lines[line]) - len(policy.text.lines[line].lstrip()) + 2
        made = workshop.get(("expand", patterns, negated), partial(expand, patterns, negated))
        if made is None:
            rows_there = expanded.waiting(key, index, indent)
        else:
            lead = "left out: " if statement.not_action and item is not None else ""
            rows_there = expanded.expanded(key, made, shown.opened, index, indent, shown.width - MARGIN, lead=lead)
        found.setdefault(line, []).extend(rows_there)
    return found


def _attached(attached: Attachments) -> list[PaperRow]:
    if not attached:
        return []
    found = [PaperRow(name="above attached"), PaperRow(pieces=(("attached to", "strong"),), name="attached")]
    for entity, how in attached:
        target = (Location("principal", entity.arn), label_of(Location("principal", entity.arn)))
        after = " (permissions boundary)" if how == "boundary" else ""
        pieces = (("  ", ""), (entity.arn, "link", target), (after, ""))
        found.append(PaperRow(pieces=pieces, name=f"attached {how} {entity.arn}", target=target))
    return found


# About it


def about(shown: Shown, known: int) -> str:
    """What kind of policy this is, which version of how many `known` ones, what is suspicious, and who has it."""
    held = shown.held
    said = [KINDS.get(held.kind, f"{held.kind} policy"), *_version(shown, known)]
    if shown.against is not None:
        compared, other = shown.comparison, shown.against.version
        said.append(f"against {other}")
        if compared is not None:
            said.append(f"+ {count(compared.added, 'line')} only in {held.version}, - {compared.removed:,} only in {other}")
        return " · ".join(said)
    if shown.findings:
        said.append(count(len(shown.findings), "finding"))
    if held.owner:
        said.append(f"of {held.owner.rsplit('/', 1)[-1]}")
    elif held.kind == "managed":
        holders = [f"{entity.name}{' as its boundary' if how == 'boundary' else ''}" for entity, how in shown.attachments]
        said.append("attached to " + ", ".join(holders) if holders else "attached to nothing")
    return " · ".join(said)


def apart(shown: Shown) -> str:
    """Why an answer says nothing about the statements of this document; empty where it does."""
    if shown.reports or shown.held.problem or not shown.held.policy.statements:
        return ""
    return "this version is not in force" if "@" in shown.held.key else "this policy does not come into it"


def _version(shown: Shown, known: int) -> list[str]:
    held = shown.held
    if not held.version or shown.against is not None:
        return [held.version] if held.version else []
    default = " (not the default)" if "@" in held.key else " (default)"
    return [f"{held.version}{default} of {known}" if known > 1 else f"{held.version}{default}"]


def report(shown: Shown, asked: str, known: int) -> Report:
    """The document in its version of `known` ones, its findings and under a question (`asked`, in words) what each statement does there,
    for a file."""
    from tui.report import Report, Section
    from tui.rows import marks

    held = shown.held
    data: dict[str, Any] = {
        "policy": held.key,
        "name": held.name,
        "kind": held.kind,
        "version": held.version or None,
        "problem": held.problem or None,
        "document": "\n".join(shown.lines),
        "attached": [{"arn": entity.arn, "as": how} for entity, how in shown.attachments],
        "findings": [{"severity": each.severity, "path": list(each.path), "text": each.text, "rule": each.rule} for each in shown.findings],
    }
    kind = " · ".join([KINDS.get(held.kind, f"{held.kind} policy"), *_version(shown, known)])
    sections = [Section(lines=[held.key, kind, *([held.problem] if held.problem else [])])]
    if asked:
        reports = list(shown.reports.values())
        data["question"], data["statements"] = asked, [msgspec.to_builtins(each) for each in reports]
        words = [marks.of_statement(each.outcome, each.effect, each.near)[1] for each in reports]
        cells = [(str(each.index + 1), each.sid, each.effect, word, each.reason) for each, word in zip(reports, words, strict=True)]
        sections.append(Section(asked, columns=("statement", "Sid", "effect", "outcome", "because"), rows=cells))
    sections.append(Section("Document", code="\n".join(shown.lines)))
    if shown.comparison is not None and shown.against is not None:
        import difflib

        names = shown.against.version, held.version
        changes = "\n".join(difflib.unified_diff(shown.comparison.old, shown.comparison.new, *names, lineterm=""))
        sections.append(Section(f"{names[1]} against {names[0]}", code=changes))
        data["against"], data["changes"] = shown.against.version, changes
    if shown.findings:
        places = [".".join(map(str, each.path)) or "the document" for each in shown.findings]
        said = zip(shown.findings, places, strict=True)
        sections.append(Section("Findings", [f"{each.severity}: {each.text} ({place}, {each.rule})" for each, place in said]))
    if shown.attachments:
        sections.append(Section("Attached to", [f"{entity.arn}{' (boundary)' * (how == 'boundary')}" for entity, how in shown.attachments]))
    return Report(held.name, sections, data)
