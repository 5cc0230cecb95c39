"""The commands as one table: what each is called, says of itself and takes. The parser, help, the man page, completion and the
explorer's `:` line are all made of it; what a command does is in the module that its row names."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

from tui.commands import options
from tui.location import LISTS

DESCRIPTION = "Shows why an action on an AWS resource is allowed or denied."
STATUS = "exit status of can: 0 allowed, 1 denied, 3 depends; 2 always means that there is no answer."
MORE = "more: `whygate help COMMAND`; the manual page, with environment and files: `whygate help --man | man -l -`"
EXAMPLES = (
    ("whygate demo", "explore the built-in demo account"),
    ("whygate account.json", "explore an export (aws iam get-account-authorization-details)"),
    ("whygate can demo mateojackson textract:DetectDocumentText", ""),
    ("whygate list account.json roles admin", ""),
)
SHELLS = ("bash", "zsh", "fish")
_OTHERWISE = "2 no answer"


class Command(NamedTuple):
    """`fill` adds its arguments, with SOURCE or, for the explorer's `:` line, without; `line` is whether that line has it."""

    name: str
    module: str
    help: str
    description: str
    fill: Callable[[argparse.ArgumentParser, bool], None]
    status: str
    examples: tuple[str, ...]
    line: bool = False


def _explore(parser: argparse.ArgumentParser, sourced: bool) -> None:
    options.source(parser, optional=True)
    parser.add_argument("--at", metavar="LOCATION", default="", help="the place to open, as the explorer's Y key copies it")
    options.opening(parser)
    options.terminal(parser)


def _list(parser: argparse.ArgumentParser, sourced: bool) -> None:
    if sourced:
        options.source(parser)
    kinds = f"{', '.join(LISTS[:-1])} or {LISTS[-1]}"
    parser.add_argument("kind", nargs="?", metavar="KIND", default="", help=kinds)
    told = "words that must all be there, terms such as eff:deny; ! leaves out"
    parser.add_argument("filter", nargs="*", default=[], metavar="FILTER", help=told)
    if sourced:
        options.opening(parser)
        options.output(parser)


def _can(parser: argparse.ArgumentParser, sourced: bool) -> None:
    if sourced:
        options.source(parser, "a file, a folder, - for standard input, aws:PROFILE, or demo; none with --identity")
    parser.add_argument("principal", metavar="PRINCIPAL", help="a name, user/NAME, role/NAME, an ARN, an access key id, a service, or *")
    parser.add_argument("action", metavar="ACTION", help="service:Action")
    parser.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="",
        help="an ARN, or * for a call without a resource; left out: any that it takes",
    )
    options.asked(parser)
    if sourced:
        can_only(parser)
        options.opening(parser)
        options.output(parser)


def can_only(parser: argparse.ArgumentParser) -> None:
    """What only the command line can ask of `can`."""
    parser.add_argument(
        "--identity",
        metavar="FILE",
        action="append",
        default=None,
        help="what if: an identity-based policy of a PRINCIPAL that is in no account, in place of a SOURCE",
    )
    parser.add_argument("--verify", action="store_true", help="ask AWS's policy simulator too, and compare; for a live source")


def what_if(parser: argparse.ArgumentParser) -> None:
    """`can` on the command line with `--identity`: there is no SOURCE."""
    parser.set_defaults(source="")
    _can(parser, False)
    can_only(parser)
    options.opening(parser)
    options.output(parser)


def _explain(parser: argparse.ArgumentParser, sourced: bool) -> None:
    if not sourced:
        parser.add_argument("text", nargs=argparse.REMAINDER, metavar="TEXT", help="all that follows, as it was copied")
        return
    parser.add_argument("text", nargs="?", metavar="TEXT", default=None, help="the text in quotes; - or nothing for standard input")
    options.source(parser, "a file or demo, to ask the same question of", optional=True)
    options.asked(parser)
    options.opening(parser)
    options.output(parser)


def _simulate(parser: argparse.ArgumentParser, sourced: bool) -> None:
    parser.add_argument("file", metavar="FILE", help="the scenarios; - for standard input")
    options.source(parser, "where principals and layers come from that a scenario does not bring", optional=True)
    options.uncollected(parser)
    options.opening(parser)
    options.output(parser)


def _sources(parser: argparse.ArgumentParser, sourced: bool) -> None:
    options.output(parser)


def _export(parser: argparse.ArgumentParser, sourced: bool) -> None:
    if sourced:
        options.source(parser)
    where = "; - is standard output" if sourced else ""
    parser.add_argument("file", metavar="FILE", help=f"where to write it, packed where it ends in .gz{where}")
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")
    if sourced:
        options.opening(parser)


def _cache(parser: argparse.ArgumentParser, sourced: bool) -> None:
    parser.add_argument("what", metavar="WHAT", choices=("list", "clear", "path"), help="list, clear or path")
    parser.add_argument(
        "account", nargs="?", type=options.account_id, metavar="ACCOUNT", default=None, help="with clear: this account alone"
    )
    options.output(parser)


def _config(parser: argparse.ArgumentParser, sourced: bool) -> None:
    parser.add_argument(
        "what", nargs="?", metavar="WHAT", choices=("show", "check", "path"), default="show", help="show (the default), check or path"
    )
    parser.add_argument("file", nargs="?", metavar="FILE", default="", help="with check: this file, in place of the usual one")


def _policy(parser: argparse.ArgumentParser, sourced: bool) -> None:
    parser.add_argument("--verify", action="store_true", help="also what `whygate can --verify` asks: iam:SimulatePrincipalPolicy")
    parser.add_argument("--from", dest="snapshot", metavar="SNAPSHOT", default="", help="a source whose missing permissions to print")


def _completion(parser: argparse.ArgumentParser, sourced: bool) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")
    parser.add_argument("--line", metavar="LINE", default=None, help="print what this command line can become, as the script asks it")
    parser.add_argument("--breaks", metavar="CHARACTERS", default="", help="with --line: the characters at which bash breaks words")


def _help(parser: argparse.ArgumentParser, sourced: bool) -> None:
    parser.add_argument("name", nargs="?", metavar="COMMAND", default="", help="the command; left out, whygate itself")
    parser.add_argument("--man", action="store_true", help="print the manual page of everything, for man -l -")


TABLE = (
    Command(
        "explore",
        "tui.commands.explore",
        "open the explorer (the default: `whygate SOURCE`)",
        "Opens the explorer on a source.",
        _explore,
        "0 when you leave it, 2 where it cannot open",
        ("whygate demo", "whygate demo --at 'list roles'", "whygate explore list"),
    ),
    Command(
        "list",
        "tui.commands.listing",
        "what is in a source",
        "Lists what is in a source, a line a thing; without KIND how many there are of each, and what was not collected.",
        _list,
        f"0, also where nothing was found; {_OTHERWISE}",
        ("whygate list demo", "whygate list demo users mateo", "whygate list demo roles '!service-role' --format json"),
        line=True,
    ),
    Command(
        "can",
        "tui.commands.can",
        "may this principal do this, and why",
        "Says whether a principal may do an action on a resource, and why: the verdict, each layer with its own decision, the statements "
        "that came nearest, and what the verdict hangs on.",
        _can,
        f"0 allowed, 1 denied, 3 depends, {_OTHERWISE}",
        (
            "whygate can demo mateojackson textract:DetectDocumentText",
            "whygate can demo sofiamartinez textract:DeleteAdapter \\\n"
            "    arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219 --context aws:MultiFactorAuthPresent=true",
            "whygate can demo mateojackson s3:GetObject arn:aws:s3:::docs/a.png --resource-account 123456789012 --format markdown",
            "whygate can --identity policy.json arn:aws:iam::123456789012:role/New textract:DetectDocumentText",
        ),
        line=True,
    ),
    Command(
        "explain",
        "tui.commands.explain",
        "what an AccessDenied message or a CloudTrail event says, and why",
        "Reads AccessDenied messages, CloudTrail events and decoded authorization messages; with a source, answers them.",
        _explain,
        f"without a source 0; with one that of the worst verdict (0 allowed, 3 depends, 1 denied); {_OTHERWISE}",
        (
            'whygate explain "User: arn:aws:iam::123456789012:user/mateojackson is not authorized \\\n'
            '    to perform: textract:DetectDocumentText" demo',
            "whygate explain - demo < event.json",
            "zcat cloudtrail/*.json.gz | whygate explain - demo --format json",
        ),
        line=True,
    ),
    Command(
        "simulate",
        "tui.commands.simulate",
        "answer a file of questions, and check expectations",
        "Answers a scenario file (JSON Lines, a JSON list, or YAML) and checks what it expects.",
        _simulate,
        f"0 all as expected, 1 not, {_OTHERWISE}",
        ("whygate simulate permissions.yaml demo", "whygate simulate scenarios.jsonl --format json"),
    ),
    Command(
        "sources",
        "tui.commands.sources",
        "what can be opened",
        "Lists the kinds of source that can be opened, by adapter, and what could be opened from here.",
        _sources,
        "0",
        ("whygate sources",),
    ),
    Command(
        "export",
        "tui.commands.export",
        "write a source as a snapshot document",
        "Writes everything that is known of a source into one snapshot document, which whygate opens again.",
        _export,
        f"0; {_OTHERWISE}",
        (
            "whygate export demo demo.json",
            "whygate export demo demo.json.gz --force",
            "whygate export demo - | gzip -9 > demo.gz",
        ),
        line=True,
    ),
    Command(
        "cache",
        "tui.commands.cache",
        "what is kept of live sources: list it, clear it, where it is",
        "Shows and clears what is kept of live sources on this machine.",
        _cache,
        f"0; {_OTHERWISE}",
        ("whygate cache list", "whygate cache clear 123456789012", "whygate cache path"),
    ),
    Command(
        "policy",
        "tui.commands.policy",
        "the least policy that collecting a live account needs",
        "Prints the IAM policy that allows everything aws: asks for, read-only; with --from, what a snapshot lacked of it.",
        _policy,
        "0; 2 where nothing was missing, or no answer",
        ("whygate policy", "whygate policy --from snapshot.json"),
    ),
    Command(
        "config",
        "tui.commands.config",
        "the configuration file: its defaults, what is wrong with it, where it is",
        "Prints the configuration file of the explorer with everything that can be configured and its defaults; check says which lines of "
        "one are wrong, path where it is looked for.",
        _config,
        f"0; of check 1 where something is wrong; {_OTHERWISE}",
        ("whygate config > config.toml", "whygate config check", "whygate config path"),
    ),
    Command(
        "completion",
        "tui.commands.completion",
        "completion for bash, zsh or fish",
        "Prints the script that completes whygate's command line in a shell: commands, options, sources, principals, actions and "
        "resources. docs/completion.md says where it goes.",
        _completion,
        "0",
        ("whygate completion bash", "whygate completion fish --line 'whygate can demo mateo'"),
    ),
    Command(
        "help",
        "tui.commands.help",
        "what a command does, and its options",
        "Shows the same as `whygate COMMAND --help`; with --man, the manual page.",
        _help,
        f"0; {_OTHERWISE}",
        ("whygate help can", "whygate help --man | man -l -"),
    ),
)
