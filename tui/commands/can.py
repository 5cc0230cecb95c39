"""`whygate can SOURCE PRINCIPAL ACTION [RESOURCE]`: the verdict and why."""

from __future__ import annotations

import argparse

from adapters import registry
from tui.commands.files import check_standard_input, read_policy
from tui.commands.output import coloured, wants_colour, write
from whygate import question, render
from whygate.explain import explain

EXIT = {"allowed": 0, "explicitDeny": 1, "implicitDeny": 1, "depends": 3}


def run(options: argparse.Namespace) -> int:
    """Prints the answer; the exit status is the verdict. Raises `UserError` where there is none."""
    context = question.contexts(options.context)
    check_standard_input(options.source, *(options.session_policy or ()))
    sessions = None if options.session_policy is None else tuple(read_policy(name) for name in options.session_policy)
    snapshot = registry.load(options.source)
    verdict = question.ask(
        snapshot,
        options.principal,
        options.action,
        options.resource,
        context,
        question.Options(
            missing_context=options.missing_context,
            uncollected=options.uncollected,
            session_policies=sessions,
            resource_account=options.resource_account,
            credential=options.credential,
        ),
    )
    explanation = explain(verdict)
    if options.format == "json":
        write(render.json_text(render.data(explanation)))
    elif options.format == "markdown":
        write(render.markdown(explanation))
    else:
        first, second, *rest = render.text(explanation).split("\n")
        write("\n".join([first, coloured(second, explanation.verdict, wants_colour(options.color)), *rest]))
    return EXIT[explanation.verdict]
