"""What boto3, botocore and AWS raise, told apart: refused, expired, or something else; and the line for what the user can mend.

AWS errors are `ClientError`; everything on the way there (no credentials, no network, an answer that is no answer) is `BotoCoreError`.
boto3 is imported only by what needs it.
"""

from __future__ import annotations

import difflib
import functools
import re
from typing import Any

from whygate.errors import UserError
from whygate.text import visible

_REFUSED = re.compile(r"(AccessDenied|Unauthori[sz]ed|NotAuthorized|AuthorizationError|Forbidden)", re.IGNORECASE)
_REFUSED_STATUS = 403
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "ExpiredCredentials"})
_UNKNOWN_KEY = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "InvalidToken"})
_CLOCK = re.compile(r"Signature (expired|not yet current)|RequestTimeTooSkewed|request time and the current time", re.IGNORECASE)
_NOT_REFUSALS = frozenset({"UnrecognizedClientException", "AccountProblem"})
_CLOSE = 3


def code(error: Any) -> str:
    """The error code of a `ClientError`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def said(error: Any) -> str:
    """A `ClientError` in a few words: code, status, and how often it was tried."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    tries = int(error.response.get("ResponseMetadata", {}).get("RetryAttempts") or 0) + 1
    return f"{visible(code(error)) or 'an error'}{f' (HTTP {status})' if status else ''}{f', tried {tries} times' if tries > 1 else ''}"


def short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return visible(lines[0][:200] if lines else type(error).__name__)


def is_expired(error: Any) -> bool:
    return code(error) in _EXPIRED


def is_refusal(error: Any) -> bool:
    name = code(error)
    if name in _NOT_REFUSALS or name in _EXPIRED or name in _UNKNOWN_KEY:
        return False
    return bool(_REFUSED.search(name)) or name == str(_REFUSED_STATUS)


def is_absence(error: Any, absent: tuple[str, ...]) -> bool:
    """Whether an error is one of `absent`: codes, or `Code~words` where only the message tells."""
    message = str(error.response.get("Error", {}).get("Message", "")).lower()
    for entry in absent:
        name, _, words = entry.partition("~")
        if code(error) == name and words in message:
            return True
    return False


@functools.cache
def method(operation: str) -> str:
    """boto3's name of an operation: ListOpenIDConnectProviders is list_open_id_connect_providers."""
    from botocore import xform_name

    return str(xform_name(operation))


def _where(profile: str) -> str:
    return f"aws:{visible(profile)}"


def no_credentials(profile: str) -> UserError:
    todo = f"run `aws configure --profile {visible(profile)}`" if profile else "set AWS_PROFILE, run `aws configure` or `aws sso login`"
    return UserError("no AWS credentials were found", where=_where(profile), todo=f"{todo}, or open an export")


def no_mfa(profile: str) -> UserError:
    return UserError("no MFA code was given", where=_where(profile), todo="open it again and type the code of your MFA device")


def _login(profile: str) -> str:
    return f"renew them, for example with `aws sso login{f' --profile {visible(profile)}' if profile else ''}`, and open it again"


def to_user(error: BaseException, profile: str) -> UserError:
    """The one line for an error that ends the pull before it began."""
    from botocore import exceptions as known

    where = _where(profile)
    if isinstance(error, known.ProfileNotFound):
        wanted = str(error.kwargs.get("profile") or profile)  # may come from AWS_PROFILE, or be the source_profile of another
        return UserError(f"there is no profile {visible(repr(wanted))}", where=where, todo=_profiles(wanted))
    if isinstance(error, (known.NoCredentialsError, known.PartialCredentialsError)):
        return no_credentials(profile)
    if isinstance(error, (known.UnauthorizedSSOTokenError, known.SSOTokenLoadError, known.TokenRetrievalError)):
        return UserError("the SSO session has ended or never began", where=where, todo=_login(profile))
    if isinstance(error, EOFError):
        return no_mfa(profile)
    if isinstance(error, known.ClientError):
        return _answered(error, profile)
    if isinstance(error, (known.InvalidRegionError, known.NoRegionError, known.UnknownEndpointError)):
        return UserError(f"no such region: {short(error)}", where=where, todo="name one, such as --region eu-west-1")
    if isinstance(error, (known.ConfigParseError, known.InvalidConfigError, known.ConfigNotFound)):
        return UserError(f"the AWS configuration cannot be used: {short(error)}", where=where, todo="mend it in ~/.aws/config")
    if isinstance(error, (known.ReadTimeoutError, known.ConnectTimeoutError)):
        return UserError(f"AWS does not answer: {short(error)}", where=where, todo="check the network, the proxy and the VPC endpoint")
    if isinstance(error, (known.HTTPClientError, known.EndpointConnectionError)):
        todo = "check the network, the proxy, AWS_ENDPOINT_URL and the region"
        return UserError(f"AWS cannot be reached: {short(error)}", where=where, todo=todo)
    if isinstance(error, known.CredentialRetrievalError):
        return UserError(f"fetching the credentials failed: {short(error)}", where=where, todo=_login(profile))
    if isinstance(error, known.BotoCoreError):
        return UserError(f"boto3 gave up: {short(error)}", where=where, todo="check the profile in ~/.aws/config and AWS_ENDPOINT_URL")
    return UserError(
        f"the credentials cannot be used: {short(error) if isinstance(error, Exception) else error!r}",
        where=where,
        todo="check ~/.aws and AWS_ENDPOINT_URL",
    )


def _answered(error: Any, profile: str) -> UserError:
    name, where = code(error), _where(profile)
    message = str(error.response.get("Error", {}).get("Message", ""))
    if _CLOCK.search(f"{name} {message}"):
        return UserError("the clock of this machine differs from that of AWS", where=where, todo="set the clock, then open it again")
    if name in _EXPIRED:
        return UserError("the credentials have expired", where=where, todo=_login(profile))
    if name in _UNKNOWN_KEY:
        todo = "check the access key, or whether the region is enabled for the account"
        return UserError(f"AWS does not know these credentials ({visible(name)})", where=where, todo=todo)
    if name == "SignatureDoesNotMatch":
        return UserError("the secret access key is not the one of the access key", where=where, todo="check the profile's keys")
    if error.operation_name == "AssumeRole":
        what = "the MFA code was refused" if "MultiFactorAuthentication" in message else "the role of the profile may not be assumed"
        return UserError(f"{what} ({visible(name)})", where=where, todo="check the code, and role_arn and mfa_serial in ~/.aws/config")
    return UserError(f"AWS refused the first call: {said(error)}", where=where, todo="check the profile, the region and AWS_ENDPOINT_URL")


def _profiles(profile: str) -> str:
    import boto3

    try:
        names = boto3.Session().available_profiles
    except Exception:  # AWS_PROFILE itself may name one that is not there
        names = []
    close = difflib.get_close_matches(profile, names, n=_CLOSE)
    if close:
        return f"did you mean {' or '.join(visible(name) for name in close)}?"
    shown = ", ".join(visible(name) for name in names[:8])
    return f"there are: {shown}" if shown else "there is none in ~/.aws; run `aws configure`"


def check_region(session: Any, region: str) -> None:
    """Raises `UserError` for a region that botocore does not know."""
    known = {name for partition in session.get_available_partitions() for name in session.get_available_regions("ec2", partition)}
    if region in known:
        return
    close = difflib.get_close_matches(region, sorted(known), n=_CLOSE)
    todo = f"did you mean {' or '.join(close)}?" if close else "name one, such as eu-west-1; a brand-new region needs a newer boto3"
    raise UserError(f"there is no region {visible(repr(region))}", todo=todo)
