"""The options and arguments that several commands share, and the types of their values. The commands themselves are in `grammar`."""

from __future__ import annotations

import argparse
import re

from tui.kept.settings import THEMES
from tui.terminal.link import LINKS
from whygate.arn import ACCOUNT_ID

FORMATS = ("text", "json", "markdown")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhdw]?)", re.ASCII)


def account_id(text: str) -> str:
    """An account id, for argparse."""
    if not ACCOUNT_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id of 12 digits")
    return text


def duration(text: str) -> float:
    """A time span as seconds, for argparse: 90, 90s, 30m, 12h, 7d or 2w."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time span such as 30m, 12h or 7d")
    return float(found[1]) * _SECONDS[found[2] or "s"]


def source(parser: argparse.ArgumentParser, help: str = "", *, optional: bool = False) -> None:
    """SOURCE, where it stands; left out it is the empty text."""
    said = help or "a file, a folder, - for standard input, aws:PROFILE, or demo"
    if optional:
        parser.add_argument("source", nargs="?", default="", metavar="SOURCE", help=said)
    else:
        parser.add_argument("source", metavar="SOURCE", help=said)


def asked(parser: argparse.ArgumentParser) -> None:
    """What a question is asked under: the context, and what counts as what."""
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
    parser.add_argument("--resource-account", type=account_id, metavar="ID", help="who owns the resource, where its ARN does not say (S3)")
    parser.add_argument(
        "--credential",
        choices=("long-term", "session-token", "console"),
        default="",
        help="what the caller signs with; decides which MFA keys exist",
    )
    uncollected(parser)


def uncollected(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--uncollected",
        choices=("unknown", "none"),
        default="unknown",
        help="what a layer counts as that was not collected, such as SCPs (default: unknown)",
    )


def output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print the answer (default: text)")
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the verdict; auto: on a terminal, unless NO_COLOR is set",
    )


def opening(parser: argparse.ArgumentParser) -> None:
    """What `opening.policy` reads: for every command that opens a source."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--refresh", action="store_true", help="collect a live source anew, whatever is kept of it")
    either.add_argument("--offline", action="store_true", help="open what is kept of a live source, and ask nobody")
    parser.add_argument(
        "--max-age", type=duration, metavar="DURATION", default=None, help="collect anew what was kept longer ago: 30m, 12h, 7d"
    )
    parser.add_argument(
        "--region", metavar="REGION", action="append", default=None, help="a region to collect of a live source; as often as needed"
    )


def terminal(parser: argparse.ArgumentParser) -> None:
    """How the explorer uses the terminal, in place of what the configuration file says; None is what that says."""
    parser.add_argument("--theme", choices=THEMES, default=None, help="the colours; auto is dark, or terminal where there are only 16")
    parser.add_argument("--link", choices=LINKS, default=None, help="over ssh less is sent; auto looks at SSH_CONNECTION")
    parser.add_argument("--ascii", action="store_const", const="on", default=None, help="marks and lines in ASCII")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--mouse", dest="mouse", action="store_const", const="on", default=None, help="use the mouse, also over ssh")
    either.add_argument("--no-mouse", dest="mouse", action="store_const", const="off", default=None, help="leave the mouse to the terminal")
    parser.add_argument("--config", metavar="FILE", default="", help="the configuration file, in place of the usual one")
