"""`whygate simulate FILE [SOURCE]`: answers a scenario file and checks what it expects."""

from __future__ import annotations

import argparse

from tui.commands import opening
from tui.commands.files import check_standard_input, read_text
from tui.commands.output import coloured, wants_colour, write
from tui.commands.scenario_file import rows
from whygate import render, scenarios
from whygate.errors import UserError
from whygate.explain import Explanation, explain
from whygate.question import Options
from whygate.scenarios import Scenario
from whygate.text import count, visible


def run(options: argparse.Namespace) -> int:
    """Prints an answer for each scenario; exit status 1 where an expectation fails. Raises `UserError` for a file that cannot be read.

    Every scenario is read, and answered, before anything is printed: a file that is wrong on its last line has no half answer.
    """
    name = "standard input" if options.file == "-" else options.file
    check_standard_input(options.file, options.source)
    try:
        found = scenarios.read(rows(read_text(options.file), name))
        snapshot = opening.load(options) if options.source else None
        answers = [(item, explain(scenarios.answer(item, snapshot, Options(uncollected=options.uncollected)))) for item in found]
    except UserError as error:
        if error.where.startswith("line "):
            raise UserError(error.what, where=f"{name}:{error.where.removeprefix('line ')}", todo=error.todo) from None
        raise
    failed = sum(1 for item, answer in answers if item.expected and item.expected != answer.verdict)
    if options.format == "json":
        for item, answer in answers:
            write(render.json_text(render.scenario_data(item.id, answer, item.expected)))
    else:
        _print(answers, failed, options)
    return 1 if failed else 0


def _print(answers: list[tuple[Scenario, Explanation]], failed: int, options: argparse.Namespace) -> None:
    table = options.format == "markdown"
    colour = wants_colour(options.color) and not table
    if table:
        write("| | scenario | verdict | question |\n|---|---|---|---|")
    width = min(40, max((len(visible(item.id)) for item, _ in answers), default=0))
    for item, answer in answers:
        ok = not item.expected or item.expected == answer.verdict
        mark = ("ok" if ok else "FAILED") if item.expected else "-"
        question = f"{answer.principal} {answer.action} {' '.join(item.resources)}"
        if table:
            cells = (mark, item.id, answer.verdict + ("" if ok else f", expected {item.expected}"), question)
            write(f"| {' | '.join(map(render.plain, cells))} |")
            continue
        verdict = coloured(f"{answer.verdict:<12}", answer.verdict, colour)
        write(f"{mark:<6}  {visible(item.id):<{width}}  {verdict}  {visible(question)}".rstrip())
        if not ok:
            write(visible(f"        expected {item.expected}: {answer.reason}"))
    checked = sum(1 for item, _ in answers if item.expected)
    closing = f"{count(len(answers), 'scenario')}, {count(checked, 'expectation')}, {failed} failed"
    write(f"\n{closing}")
