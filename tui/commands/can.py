"""`whygate can SOURCE PRINCIPAL ACTION [RESOURCE]`: the verdict and why; with `--identity`, of policies that are in no account; with
`--verify`, beside what AWS's policy simulator says."""

from __future__ import annotations

import argparse
import functools

from adapters import second_opinion
from tui.commands import opening
from tui.commands.files import check_standard_input, read_policy
from tui.commands.output import coloured, wants_colour, write
from whygate import question, render, scenarios
from whygate import second_opinion as opinions
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
    if options.verify:
        _check_live(options)
    collected_at = None
    if options.identity:
        verdict = scenarios.what_if(options.principal, options.action, options.resource, _policies(options), context, how)
    else:
        snapshot = opening.load(options)
        collected_at = snapshot.source.collected_at
        verdict = question.ask(snapshot, options.principal, options.action, options.resource, context, how)
    explanation = explain(verdict)
    opinion = None
    if options.verify:
        opinion = opinions.consult(verdict, explanation, functools.partial(second_opinion.ask, options.source), collected_at or "")
    if options.format == "json":
        more = {"second_opinion": opinions.data(opinion)} if opinion else {}
        write(render.json_text({**render.data(explanation), **more}))
    elif options.format == "markdown":
        write("\n".join([render.markdown(explanation), *(opinions.markdown(opinion) if opinion else ())]))
    else:
        first, second, *rest = render.text(explanation).split("\n")
        more_lines = opinions.text(opinion) if opinion else ()
        write("\n".join([first, coloured(second, explanation.verdict, wants_colour(options.color)), *rest, *more_lines]))
    return EXIT[explanation.verdict]


def _check_live(options: argparse.Namespace) -> None:
    """Raises `UserError` where there is nobody to ask for a second opinion, before anything is collected."""
    if options.identity:
        raise UserError("--verify asks AWS about a live account, and --identity is about none", todo="leave one of the two out")
    if options.offline:
        raise UserError("--verify asks AWS, and --offline asks nobody", todo="leave one of the two out")
    second_opinion.check(options.source)


def _policies(options: argparse.Namespace) -> list[str]:
    """The policies of `--identity`; raises `UserError` where a SOURCE stands beside them."""
    try:
        question.canonical_action("" if options.source else options.action)
    except UserError:
        what = "--identity brings the policies of a principal that is in no account: there is no SOURCE beside it"
        raise UserError(what, todo="write it as: whygate can --identity FILE PRINCIPAL service:Action [RESOURCE]") from None
    return [read_policy(name) for name in options.identity]
