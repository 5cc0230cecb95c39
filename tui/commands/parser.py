"""The command line: one argparse parser for all commands, with examples, and the options that questions share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from whygate import __version__
from whygate.arn import ACCOUNT_ID
from whygate.text import visible

COMMANDS = ("list", "can", "explain", "simulate", "sources")
FORMATS = ("text", "json", "markdown")

_DESCRIPTION = "Shows why an action on an AWS resource is allowed or denied."
_EXAMPLES = """\
examples:
  whygate demo                                    explore the built-in demo account
  whygate account.json                            explore an export (aws iam get-account-authorization-details)
  whygate can demo mateojackson textract:DetectDocumentText
  whygate list account.json roles admin

exit status of can: 0 allowed, 1 denied, 3 depends; 2 always means that there is no answer.
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with exit status 2."""

    def error(self, message: str) -> None:  # type: ignore[override]  # argparse types it NoReturn; exit() below never returns
        self.exit(2, f"whygate: {visible(message)}; see `{self.prog} --help`\n")


def _account(text: str) -> str:
    """An account id, for argparse."""
    if not ACCOUNT_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id of 12 digits")
    return text


def _context_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--context",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="a condition key of the request; KEY= is the empty value, KEY! is surely absent; the same key twice makes a list",
    )
    parser.add_argument(
        "--session-policy", metavar="FILE", action="append", default=None, help="a session policy that the role session was made with"
    )
    parser.add_argument(
        "--missing-context",
        choices=("unknown", "absent"),
        default="unknown",
        help="what a condition key is that nobody gave (default: unknown)",
    )
    parser.add_argument("--resource-account", type=_account, metavar="ID", help="who owns the resource, where its ARN does not say (S3)")
    parser.add_argument(
        "--credential",
        choices=("long-term", "session-token", "console"),
        default="",
        help="what the caller signs with; decides which MFA keys exist",
    )
    _uncollected_option(parser)


def _uncollected_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--uncollected",
        choices=("unknown", "none"),
        default="unknown",
        help="what a layer counts as that was not collected, such as SCPs (default: unknown)",
    )


def _output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print the answer (default: text)")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour the verdict (default: auto)")


def build() -> argparse.ArgumentParser:
    """The parser with every command. `whygate [SOURCE]` without a command is handled by `parse`."""
    parser = Parser(prog="whygate", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"whygate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND or SOURCE", title="commands")

    explore = commands.add_parser(
        "explore", help="open the explorer (the default: `whygate SOURCE`)", description="Opens the explorer on a source."
    )
    explore.add_argument("source", nargs="?", default="", metavar="SOURCE", help="a file, - for standard input, or demo")
    explore.add_argument("--at", metavar="LOCATION", default="", help="the place to open, as the explorer's Y key copies it")

    listing = commands.add_parser(
        "list",
        help="what is in a source",
        description="Lists what is in a source, a line a thing.",
        epilog="examples:\n  whygate list demo\n  whygate list demo users mateo\n  whygate list account.json policies --format json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listing.add_argument("source", metavar="SOURCE", help="a file, - for standard input, or demo")
    listing.add_argument(
        "kind", nargs="?", metavar="KIND", default="", help="users, groups, roles, policies, resources, questions or coverage"
    )
    listing.add_argument(
        "filter", nargs="*", default=[], metavar="FILTER", help="words that must all be in the name or ARN; !word must not"
    )
    _output_options(listing)

    can = commands.add_parser(
        "can",
        help="may this principal do this, and why",
        description="Says whether a principal may do an action on a resource, and why.",
        epilog="exit status: 0 allowed, 1 denied, 3 depends, 2 no answer\n\nexamples:\n"
        "  whygate can demo mateojackson textract:DetectDocumentText\n"
        "  whygate can demo sofiamartinez textract:DeleteAdapter \\\n"
        "      arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219 --context aws:MultiFactorAuthPresent=true\n"
        "  whygate can account.json role/Analyst s3:GetObject arn:aws:s3:::docs/a.png --format markdown",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    can.add_argument("source", metavar="SOURCE", help="a file, - for standard input, or demo")
    can.add_argument("principal", metavar="PRINCIPAL", help="a name, user/NAME, role/NAME, an ARN, an access key id, a service, or *")
    can.add_argument("action", metavar="ACTION", help="service:Action")
    can.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="",
        help="an ARN, or * for a call without a resource; left out: any that it takes",
    )
    _context_options(can)
    _output_options(can)

    explain = commands.add_parser(
        "explain",
        help="what an AccessDenied message or a CloudTrail event says, and why",
        description="Reads AccessDenied messages, CloudTrail events and decoded authorization messages; with a source, answers them.",
        epilog="exit status: without a source 0; with one that of the worst verdict (0 allowed, 3 depends, 1 denied); 2 no answer\n\n"
        "examples:\n"
        "  whygate explain 'User: arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: \\\n"
        "      textract:DetectDocumentText because no identity-based policy allows the textract:DetectDocumentText action' demo\n"
        "  whygate explain - account.json < event.json\n"
        "  zcat cloudtrail/*.json.gz | whygate explain - account.json --format json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    explain.add_argument("text", nargs="?", metavar="TEXT", default=None, help="the text in quotes; - or nothing for standard input")
    explain.add_argument("source", nargs="?", metavar="SOURCE", default="", help="a file or demo, to ask the same question of")
    _context_options(explain)
    _output_options(explain)

    simulate = commands.add_parser(
        "simulate",
        help="answer a file of questions, and check expectations",
        description="Answers a scenario file (JSON Lines, a JSON list, or YAML) and checks what it expects.",
        epilog="exit status: 0 all as expected, 1 not, 2 no answer\n\nexamples:\n  whygate simulate permissions.yaml account.json\n"
        "  whygate simulate scenarios.jsonl --format json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulate.add_argument("file", metavar="FILE", help="the scenarios; - for standard input")
    simulate.add_argument(
        "source", nargs="?", metavar="SOURCE", default="", help="where principals and layers come from that a scenario does not bring"
    )
    _uncollected_option(simulate)
    _output_options(simulate)

    sources = commands.add_parser(
        "sources", help="what can be opened", description="Lists the adapters: the kinds of source that can be opened."
    )
    _output_options(sources)
    return parser


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The parsed command line; `whygate SOURCE …` means `whygate explore SOURCE …`, and no words at all `whygate explore`."""
    words = list(arguments)
    first = next((word for word in words if not word.startswith("-") or word == "-"), "")
    if first not in (*COMMANDS, "explore") and not {"-h", "--help", "--version"} & set(words[:1]):
        words.insert(0, "explore")
    return build().parse_args(words)
