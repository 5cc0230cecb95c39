"""The command line: one argparse parser for all commands, with examples, and the options that questions share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from adapters.aws.source import with_regions
from whygate import __version__
from whygate.arn import ACCOUNT_ID
from whygate.errors import UserError
from whygate.text import visible

COMMANDS = ("list", "can", "explain", "simulate", "sources", "export", "cache", "policy")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhdw]?)", re.ASCII)
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


def _duration(text: str) -> float:
    """A time span as seconds, for argparse: 90, 90s, 30m, 12h, 7d or 2w."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time span such as 30m, 12h or 7d")
    return float(found[1]) * _SECONDS[found[2] or "s"]


def _cache_options(parser: argparse.ArgumentParser) -> None:
    """What `opening.policy` reads: for every command that opens a source."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--refresh", action="store_true", help="collect a live source anew, whatever is kept of it")
    either.add_argument("--offline", action="store_true", help="open what is kept of a live source, and ask nobody")
    parser.add_argument(
        "--max-age", type=_duration, metavar="DURATION", default=None, help="collect anew what was kept longer ago: 30m, 12h, 7d"
    )
    parser.add_argument(
        "--region", metavar="REGION", action="append", default=None, help="a region to collect of a live source; as often as needed"
    )


def _can(commands: argparse._SubParsersAction[Parser], what_if: bool) -> None:
    """`can`; `what_if` is the one without a SOURCE."""
    can = commands.add_parser(
        "can",
        help="may this principal do this, and why",
        description="Says whether a principal may do an action on a resource, and why.",
        epilog="exit status: 0 allowed, 1 denied, 3 depends, 2 no answer\n\nexamples:\n"
        "  whygate can demo mateojackson textract:DetectDocumentText\n"
        "  whygate can demo sofiamartinez textract:DeleteAdapter \\\n"
        "      arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219 --context aws:MultiFactorAuthPresent=true\n"
        "  whygate can account.json role/Analyst s3:GetObject arn:aws:s3:::docs/a.png --format markdown\n"
        "  whygate can --identity policy.json arn:aws:iam::123456789012:role/New textract:DetectDocumentText",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if what_if:
        can.set_defaults(source="")
    else:
        can.add_argument("source", metavar="SOURCE", help="a file, a folder, - for standard input, or demo; none with --identity")
    can.add_argument("principal", metavar="PRINCIPAL", help="a name, user/NAME, role/NAME, an ARN, an access key id, a service, or *")
    can.add_argument("action", metavar="ACTION", help="service:Action")
    can.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="",
        help="an ARN, or * for a call without a resource; left out: any that it takes",
    )
    can.add_argument(
        "--identity",
        metavar="FILE",
        action="append",
        default=None,
        help="what if: an identity-based policy of a PRINCIPAL that is in no account, in place of a SOURCE",
    )
    can.add_argument("--verify", action="store_true", help="ask AWS's policy simulator too, and compare; for a live source")
    _context_options(can)
    _cache_options(can)
    _output_options(can)


def build(*, what_if: bool = False) -> argparse.ArgumentParser:
    """The parser with every command. `whygate [SOURCE]` without a command is handled by `parse`; `what_if` is `can` without a SOURCE,
    for policies that are in no account."""
    parser = Parser(prog="whygate", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"whygate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND or SOURCE", title="commands")

    explore = commands.add_parser(
        "explore", help="open the explorer (the default: `whygate SOURCE`)", description="Opens the explorer on a source."
    )
    explore.add_argument("source", nargs="?", default="", metavar="SOURCE", help="a file, a folder, - for standard input, or demo")
    explore.add_argument("--at", metavar="LOCATION", default="", help="the place to open, as the explorer's Y key copies it")
    _cache_options(explore)

    listing = commands.add_parser(
        "list",
        help="what is in a source",
        description="Lists what is in a source, a line a thing.",
        epilog="examples:\n  whygate list demo\n  whygate list demo users mateo\n  whygate list account.json policies --format json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listing.add_argument("source", metavar="SOURCE", help="a file, a folder, - for standard input, or demo")
    listing.add_argument(
        "kind", nargs="?", metavar="KIND", default="", help="users, groups, roles, policies, resources, questions or coverage"
    )
    listing.add_argument(
        "filter", nargs="*", default=[], metavar="FILTER", help="words that must all be in the name or ARN; !word must not"
    )
    _cache_options(listing)
    _output_options(listing)

    _can(commands, what_if)

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
    _cache_options(explain)
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
    _cache_options(simulate)
    _output_options(simulate)

    sources = commands.add_parser(
        "sources", help="what can be opened", description="Lists the adapters: the kinds of source that can be opened."
    )
    _output_options(sources)

    export = commands.add_parser(
        "export",
        help="write a source as a snapshot document",
        description="Writes everything that is known of a source into one snapshot document, which whygate opens again.",
        epilog="examples:\n  whygate export demo demo.json\n  whygate export account.json account.json.gz\n"
        "  whygate export demo - | jq '.Accounts[].Account.Id'",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.add_argument("source", metavar="SOURCE", help="a file, a folder, - for standard input, or demo")
    export.add_argument("file", metavar="FILE", help="where to write it, packed where it ends in .gz; - is standard output")
    export.add_argument("--force", action="store_true", help="overwrite a file that is there")
    _cache_options(export)

    cache = commands.add_parser(
        "cache",
        help="what is kept of live sources: list it, clear it, where it is",
        description="Shows and clears what is kept of live sources on this machine.",
        epilog="examples:\n  whygate cache list\n  whygate cache clear 123456789012\n  whygate cache path",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cache.add_argument("what", metavar="WHAT", choices=("list", "clear", "path"), help="list, clear or path")
    cache.add_argument("account", nargs="?", type=_account, metavar="ACCOUNT", default=None, help="with clear: this account alone")
    _output_options(cache)
    policy = commands.add_parser(
        "policy",
        help="the least policy that collecting a live account needs",
        description="Prints the IAM policy that allows everything aws: asks for, read-only; with --from, what a snapshot lacked of it.",
        epilog="examples:\n  whygate policy\n  whygate policy --from snapshot.json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    policy.add_argument("--verify", action="store_true", help="also what `whygate can --verify` asks: iam:SimulatePrincipalPolicy")
    policy.add_argument("--from", dest="snapshot", metavar="SNAPSHOT", default="", help="a source whose missing permissions to print")
    return parser


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The parsed command line; `whygate SOURCE …` means `whygate explore SOURCE …`, and no words at all `whygate explore`."""
    words = list(arguments)
    first = next((word for word in words if not word.startswith("-") or word == "-"), "")
    if first not in (*COMMANDS, "explore") and not {"-h", "--help", "--version"} & set(words[:1]):
        words.insert(0, "explore")
    what_if = words[0] == "can" and any(word == "--identity" or word.startswith("--identity=") for word in words)
    parser = build(what_if=what_if)
    options = parser.parse_args(words)
    if getattr(options, "region", None):
        try:
            options.source = with_regions(options.source, options.region)
        except UserError as error:
            parser.error(str(error))
    return options
