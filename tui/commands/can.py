"""`whygate can SOURCE PRINCIPAL ACTION [RESOURCE]`: the verdict and why; with `--identity`, of policies that are in no account."""

from __future__ import annotations

import argparse

from adapters import registry
from tui.commands.files import check_standard_input, read_policy
from tui.commands.opening import policy
from tui.commands.output import coloured, wants_colour, write
from whygate import question, render, scenarios
from whygate.errors import UserError
from whygate.explain import explain

EXIT = {"allowed": 0, "explicitDeny": 1, "implicitDeny": 1, "depends": 3}


def run(options: argparse.Namespace) -> int:
    """Prints the answer; the exit status is the verdict. Raises `UserError` where there is none."""
    context = question.contexts(options.context)
    check_standard_input(options.source, *(options.session_policy or ()), *(options.identity or ()))
    sessions = None if options.session_policy is None else tuple(read_policy(name) for name in options.session_policy)
    how = question.Options(
        missing_context=options.missing_context,
        uncollected=options.uncollected,
        session_policies=sessions,
        resource_account=options.resource_account,
        credential=options.credential,
    )
    if options.identity:
        verdict = scenarios.what_if(options.principal, options.action, options.resource, _policies(options), context, how)
    else:
        snapshot = registry.load(options.source, cache=policy(options))
        verdict = question.ask(snapshot, options.principal, options.action, options.resource, context, how)
    explanation = explain(verdict)
    if options.format == "json":
        write(render.json_text(render.data(explanation)))
    elif options.format == "markdown":
        write(render.markdown(explanation))
    else:
        first, second, *rest = render.text(explanation).split("\n")
        write("\n".join([first, coloured(second, explanation.verdict, wants_colour(options.color)), *rest]))
    return EXIT[explanation.verdict]


def _policies(options: argparse.Namespace) -> list[str]:
    """The policies of `--identity`; raises `UserError` where a SOURCE stands beside them."""
    try:
        question.canonical_action("" if options.source else options.action)
    except UserError:
        what = "--identity brings the policies of a principal that is in no account: there is no SOURCE beside it"
        raise UserError(what, todo="write it as: whygate can --identity FILE PRINCIPAL service:Action [RESOURCE]") from None
    return [read_policy(name) for name in options.identity]
