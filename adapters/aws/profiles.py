"""The profiles that the AWS CLI's files name, as offers. Read with configparser and without a session; no credential leaves a file."""

from __future__ import annotations

import configparser
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from adapters.aws.source import PREFIX, read
from adapters.offers import Found, Offer
from whygate import arn
from whygate.errors import UserError
from whygate.text import visible

MOST = 500
_LARGEST = 4_000_000
_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
# What of a profile may be told; the rest is not even kept.
_TOLD = ("region", "role_arn", "source_profile", "credential_source", "mfa_serial", "sso_account_id", "sso_role_name", "sso_session")
_SECRET = ("aws_access_key_id", "credential_process", "web_identity_token_file", "sso_start_url", "login_session")

Profile = dict[str, str]


def offers(environment: Mapping[str, str] | None = None) -> Found:
    """A line a profile, by name, the default one first; before them the credentials of the environment, where there are some."""
    variables = os.environ if environment is None else environment
    found: dict[str, Profile] = {}
    notes: list[str] = []
    for variable, place, is_config in (
        ("AWS_CONFIG_FILE", "~/.aws/config", True),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", False),
    ):
        try:
            for name, profile in _read(variables.get(variable) or place, is_config).items():
                found.setdefault(name, {}).update(profile)
        except UserError as error:
            notes.append(str(error))
    names = sorted((name for name in found if _can_be_typed(name)), key=lambda name: (name != "default", name))
    if len(names) > MOST:
        notes.append(f"{len(names) - MOST:,} more profiles are not shown: type aws:PROFILE")
    return Found((*_environment(variables), *(_offer(name, found[name]) for name in names[:MOST])), tuple(notes))


def _environment(variables: Mapping[str, str]) -> tuple[Offer, ...]:
    if any(variables.get(name) for name in _CREDENTIALS):
        return (Offer("profile", PREFIX, "the credentials of the environment"),)
    if chosen := variables.get("AWS_PROFILE"):
        return (Offer("profile", PREFIX, f"the profile that AWS_PROFILE names, {chosen}"),)
    return ()


def _offer(name: str, profile: Profile) -> Offer:
    role = arn.split(profile.get("role_arn", ""))
    account = role.account if role else profile.get("sso_account_id", "")
    return Offer("profile", f"{PREFIX}{name}", _said(profile, role.name if role else ""), account=account)


def _said(profile: Profile, role: str) -> str:
    parts = []
    if role:
        by = profile.get("source_profile") or profile.get("credential_source", "")
        parts.append(f"assumes role {role}{f' from {by}' if by else ''}")
    elif "sso_role_name" in profile:
        parts.append(f"IAM Identity Center, {profile['sso_role_name']}")
    elif "aws_access_key_id" in profile:
        parts.append("access key")
    elif "credential_process" in profile:
        parts.append("credentials of another program")
    elif "login_session" in profile:
        parts.append("console sign-in")
    if "mfa_serial" in profile:
        parts.append("asks for an MFA code")
    if "region" in profile:
        parts.append(profile["region"])
    return ", ".join(parts) or "no credentials of its own"


def _read(place: str, is_config: bool) -> dict[str, Profile]:
    """The profiles of one file, what may be told of each, and of the rest that it is there. Raises `UserError` for a file that is there
    and cannot be read."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None, default_section="\0")
    path = place
    try:
        path = str(Path(place).expanduser())
        if not os.path.isfile(path):
            return {}
        if os.path.getsize(path) > _LARGEST:
            raise UserError("too long for an AWS configuration", where=visible(path), todo="name a profile yourself: aws:PROFILE")
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except (configparser.Error, UnicodeDecodeError, RuntimeError):
        raise UserError("is not as the AWS CLI writes it", where=visible(path), todo="its profiles are not listed; mend it") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=visible(path), todo="its profiles are not listed") from None
    found: dict[str, Profile] = {}
    for section in parser.sections():
        name = _profile(section) if is_config else section
        if name:
            told = {key: parser.get(section, key).strip() for key in _TOLD if parser.has_option(section, key)}
            found[name] = {**told, **{key: "" for key in _SECRET if parser.has_option(section, key)}}
    return found


def _profile(section: str) -> str:
    """The profile that a section of the config file is about, empty where it is about something else: `profile NAME`, or `default`."""
    try:
        words = shlex.split(section)
    except ValueError:
        return ""
    if len(words) == 2 and words[0] == "profile":
        return words[1]
    return section if section == "default" else ""


def _can_be_typed(name: str) -> bool:
    """Whether `aws:NAME` means this profile."""
    try:
        return bool(name) and read(f"{PREFIX}{name}").profile == name
    except UserError:
        return False
