"""The IAM part of a pull: the authorization details of the account, and what stands beside them (keys, MFA, reports, settings).

Without the one call that tells all, `identity_fallback` asks piece by piece.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Sequence
from typing import Any

from adapters.aws import identity_fallback
from adapters.aws.found import Found, Unknown
from adapters.aws.pull import Job, Progress
from adapters.aws.session import Calls, FailedError, RefusedError

PAGE = 300  # the entries are large, and AWS takes its time over many
DETAILS = "authorization details"
LISTS = {"UserDetailList": "users", "GroupDetailList": "groups", "RoleDetailList": "roles", "Policies": "policies"}
_BATCH = 50
_REPORT_TRIES = 8
_NONE = ("NoSuchEntity", "NoSuchEntityException")


def jobs(region: str, caller: str) -> tuple[Job, ...]:
    """The jobs of IAM; what hangs on the list of users follows when that is there."""
    settings: tuple[tuple[str, Callable[[Calls, Found], None]], ...] = (
        ("account summary", _summary),
        ("account alias", _alias),
        ("password policy", _password_policy),
        ("SAML providers", _saml),
        ("OIDC providers", _oidc),
        ("credential report", _credential_report),
    )
    everyone = Job(
        (*LISTS.values(), DETAILS, "access keys", "MFA devices", "login profiles"),
        "iam",
        region,
        lambda calls, found, progress: _entities(calls, found, progress, caller),
    )
    first, *others = (Job((part,), "iam", region, _alone(ask)) for part, ask in settings)
    return (first, everyone, *others)


def _alone(ask: Callable[[Calls, Found], None]) -> Callable[[Calls, Found, Progress], Sequence[Job]]:
    def run(calls: Calls, found: Found, progress: Progress) -> Sequence[Job]:
        ask(calls, found)
        return ()

    return run


def _summary(calls: Calls, found: Found) -> None:
    """Also how many users, groups, roles and policies there will be, for those who wait."""
    answer = found.value("account summary", calls.ask, "GetAccountSummary")
    if not isinstance(answer, Unknown):
        found.values["AccountSummary"] = answer.get("SummaryMap") or {}


def _entities(calls: Calls, found: Found, progress: Progress, caller: str) -> Sequence[Job]:
    details = found.part(DETAILS)
    refused = ""
    try:
        for page in calls.whole_pages("GetAccountAuthorizationDetails", MaxItems=PAGE):
            for key, part in LISTS.items():
                items = page.get(key) or []
                found.lists.setdefault(key, []).extend(items)
                found.part(part).things += len(items)
                details.things += len(items)
                progress(len(items))
    except RefusedError as refusal:
        refused = refusal.action
    except FailedError as failure:
        _cut_off(found, failed=failure.reason)
    if refused and details.things:
        _cut_off(found, refused=refused)
    elif refused:
        found.lists.clear()
        details.refused[refused] = None
        identity_fallback.collect(calls, found, progress, caller)
    return _of_users(calls, found)


def _cut_off(found: Found, *, failed: str = "", refused: str = "") -> None:
    """Every list of the authorization details is short of an unknown number of entries."""
    for part in (*LISTS.values(), DETAILS):
        gaps = found.part(part)
        if failed:
            gaps.failed[failed] = None
        if refused:
            gaps.refused[refused] = None
    if found.part(DETAILS).things:
        found.truncated = True
    else:
        found.lists.clear()


def _of_users(calls: Calls, found: Found) -> Sequence[Job]:
    """Keys, devices and passwords, for some users a job."""
    parts = ("access keys", "MFA devices", "login profiles")
    names = [str(user.get("UserName")) for user in found.lists.get("UserDetailList", ())]
    if found.truncated or "UserDetailList" not in found.lists:
        users = found.part("users")
        for part in parts:
            gaps = found.part(part)
            gaps.things += len(names)
            gaps.refused.update(users.refused)
            gaps.failed.update(users.failed)
    elif not names:
        for key in ("AccessKeys", "MFADevices", "LoginProfiles"):
            found.lists[key] = []

    def job(batch: list[str]) -> Job:
        return Job(parts, "iam", calls.region, lambda calls, found, progress: _credentials(calls, found, batch))

    return [job(names[start : start + _BATCH]) for start in range(0, len(names), _BATCH)]


def _credentials(calls: Calls, found: Found, names: list[str]) -> Sequence[Job]:
    for name in names:
        keys = found.detail("access keys", calls.every, "ListAccessKeys", "AccessKeyMetadata", UserName=name)
        if not isinstance(keys, Unknown):
            found.lists.setdefault("AccessKeys", [])
            found.part("access keys").things += 1
            for key in keys:
                used = found.detail("access keys", calls.ask, "GetAccessKeyLastUsed", AccessKeyId=key["AccessKeyId"])
                last = {} if isinstance(used, Unknown) else {"AccessKeyLastUsed": used.get("AccessKeyLastUsed")}
                found.add("AccessKeys", {**key, **last})
        devices = found.detail("MFA devices", calls.every, "ListMFADevices", "MFADevices", UserName=name)
        if not isinstance(devices, Unknown):
            found.lists.setdefault("MFADevices", []).extend(devices)
            found.part("MFA devices").things += 1
        profile = found.detail("login profiles", calls.ask_unless, _NONE, "GetLoginProfile", UserName=name)
        if not isinstance(profile, Unknown):
            found.lists.setdefault("LoginProfiles", []).extend([profile["LoginProfile"]] if profile else [])
            found.part("login profiles").things += 1
    return ()


def _alias(calls: Calls, found: Found) -> None:
    names = found.value("account alias", calls.every, "ListAccountAliases", "AccountAliases")
    if not isinstance(names, Unknown) and names:
        found.values["Account"] = {"Alias": names[0]}


def _password_policy(calls: Calls, found: Found) -> None:
    answer = found.value("password policy", calls.ask_unless, _NONE, "GetAccountPasswordPolicy")
    if not isinstance(answer, Unknown) and answer:
        found.values["PasswordPolicy"] = answer.get("PasswordPolicy")


def _saml(calls: Calls, found: Found) -> None:
    answer = found.value("SAML providers", calls.ask, "ListSAMLProviders")
    if not isinstance(answer, Unknown):
        found.values["SAMLProviders"] = answer.get("SAMLProviderList") or []


def _oidc(calls: Calls, found: Found) -> None:
    answer = found.value("OIDC providers", calls.ask, "ListOpenIDConnectProviders")
    if not isinstance(answer, Unknown):
        found.values["OpenIDConnectProviders"] = answer.get("OpenIDConnectProviderList") or []


def _credential_report(calls: Calls, found: Found) -> None:
    text = found.value("credential report", _report, calls)
    if not isinstance(text, Unknown):
        found.values["CredentialReport"] = list(csv.DictReader(io.StringIO(text)))


def _report(calls: Calls) -> str:
    """The report as CSV; AWS makes it while one waits, or answers with one that is up to four hours old."""
    for attempt in range(_REPORT_TRIES):
        state: dict[str, Any] = calls.ask("GenerateCredentialReport")
        if state.get("State") == "COMPLETE":
            return str(calls.ask("GetCredentialReport").get("Content") or "")
        time.sleep(min(2**attempt / 4, 4))  # AWS offers nothing to wait on but asking again
    raise FailedError("the credential report was not ready in time")
