"""What a source says: `aws:`, `aws:PROFILE`, and with regions `aws:PROFILE?region=eu-west-1,us-east-1`. Opens nothing, needs no boto3."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from whygate.errors import UserError
from whygate.text import visible

PREFIX = "aws:"
_REGIONS = "?region="


class Named(NamedTuple):
    """`profile` is empty for the default chain; `regions` is empty for the region of the profile or the environment."""

    profile: str
    regions: tuple[str, ...]


def read(source: str) -> Named:
    """The parts of a source; raises `UserError` for an empty region."""
    profile, mark, regions = source.removeprefix(PREFIX).partition(_REGIONS)
    names = tuple(dict.fromkeys(name.strip() for name in regions.split(","))) if mark else ()
    if mark and not all(names):
        raise UserError("an empty region", where=visible(source), todo="name one, such as --region eu-west-1")
    return Named(profile, names)


def with_regions(source: str, regions: Sequence[str]) -> str:
    """The source with regions beside those it has; raises `UserError` where it is no account of AWS."""
    if not regions:
        return source
    if not source.startswith(PREFIX):
        raise UserError("--region is for live accounts", where=visible(source), todo="leave it out, or open aws: or aws:PROFILE")
    named = read(source)
    return f"{PREFIX}{named.profile}{_REGIONS}{','.join(dict.fromkeys((*named.regions, *regions)))}"


def asks_for_mfa(source: str) -> bool:
    """Whether the profile of a source assumes a role with an MFA device, so that boto3 will ask for a code on the terminal.

    Reads the AWS configuration file as the CLI writes it; one that cannot be read is boto3's to complain about."""
    import configparser  # only where a live account is opened

    name = read(source).profile or os.environ.get("AWS_PROFILE") or "default"
    config = configparser.RawConfigParser(strict=False, interpolation=None)
    try:
        config.read(Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser(), encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError, RuntimeError):
        return False
    seen: set[str] = set()
    while name and name not in seen:  # a role may be assumed from a role
        seen.add(name)
        section = "default" if name == "default" else f"profile {name}"
        if not config.has_section(section):
            return False
        if config.has_option(section, "mfa_serial"):
            return True
        name = config.get(section, "source_profile", fallback="")
    return False
