"""The adapter for IAM's credential report: the CSV itself, or the answer that carries it. Who has a password, keys and MFA, and how old
they are; nothing of what anybody may do.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable, Mapping

from adapters.export import read
from adapters.heads import look
from whygate.document import DocumentError

Report = Callable[[int, int, str], None]

COLUMNS = ("user", "arn", "user_creation_time", "password_enabled", "mfa_active")
_BEGINNING = b"user,arn,user_creation_time,"
_ROOT = "<root_account>"
_NOTHING = ("", "N/A", "no_information", "not_supported")
_AGAIN = "fetch it again: aws iam get-credential-report"
_UNSAID = ["UserPolicyList", "AttachedManagedPolicies", "GroupList", "PermissionsBoundary"]
_DETAIL = "from a credential report: names, keys and dates, no policies"


class CredentialReportAdapter:
    """`aws iam get-credential-report > report.json`, or the CSV that the console gives."""

    name = "credential-report"
    description = "IAM's credential report: the CSV, or the JSON answer that holds it"

    def accepts(self, source: str) -> bool:
        """A file that begins with the report's columns, or with an answer about one."""
        head = look(source)
        if head is None:
            return False
        return head.text.lstrip().startswith(_BEGINNING) or (
            "Content" in head and {"ReportFormat", "GeneratedTime"} & head.keys.keys() != set()
        )

    def load(self, source: str, report: Report) -> Mapping[str, object]:
        """A snapshot document of one account that holds its users, keys, MFA devices and login profiles, and no policy."""
        data = read(source, report).removeprefix(b"\xef\xbb\xbf")
        collected = None
        if not data.lstrip().startswith(_BEGINNING):
            data, collected = _content(data)
        found = document(data.decode("utf-8", errors="replace"))
        if collected:
            found["Source"] = {"CollectedAt": collected}
        return found


def _content(data: bytes) -> tuple[bytes, str | None]:
    """The report inside an answer of get-credential-report, and when AWS made it."""
    try:
        import json  # not for every file: this is on the way to the first picture

        answer = json.loads(data)
    except ValueError:
        raise DocumentError("cut off: the answer that holds the report has no end", todo=_AGAIN) from None
    text = answer.get("Content")
    if not isinstance(text, str):
        raise DocumentError("the report is not there as text", path="Content", todo=_AGAIN)
    made = answer.get("GeneratedTime")
    if not text.startswith(_BEGINNING.decode()):
        try:
            return base64.b64decode(text, validate=True), made
        except (binascii.Error, ValueError):
            raise DocumentError("neither a report nor Base64 of one", path="Content", todo=_AGAIN) from None
    return text.encode(), made


def document(text: str) -> dict[str, object]:
    """The snapshot document of a report's CSV text; raises `DocumentError` with the line that is wrong."""
    import csv  # not for every file: this is on the way to the first picture

    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff").strip() + "\n")))
    lacking = [column for column in COLUMNS if not rows or column not in rows[0]]
    if lacking:
        raise DocumentError(f"not a credential report: there is no column {lacking[0]}" if rows else "a report without rows", todo=_AGAIN)
    account = ""
    users: list[dict[str, object]] = []
    keys: list[dict[str, object]] = []
    devices: list[dict[str, object]] = []
    logins: list[dict[str, object]] = []
    for line, row in enumerate(rows, 2):
        fields = (row["arn"] or "").split(":", 5)
        if len(fields) != 6 or None in row.values():
            raise DocumentError("a row that ends too early", line=line, todo=_AGAIN)
        account = account or fields[4]
        name = "root" if row["user"] == _ROOT else row["user"]
        if row["user"] != _ROOT:
            users.append(
                {
                    "UserName": name,
                    "Arn": row["arn"],
                    "CreateDate": _given(row, "user_creation_time"),
                    "PasswordLastUsed": _given(row, "password_last_used"),
                    "NotCollected": _UNSAID,
                }
            )
        keys += [_key(row, name, number) for number in ("1", "2") if _has_key(row, number)]
        if row["mfa_active"] == "true":
            devices.append({"UserName": name, "SerialNumber": "MFA device"})
        if row["password_enabled"] == "true":
            logins.append({"UserName": name, "PasswordLastChanged": _given(row, "password_last_changed")})
    parts = [("users", "partial"), ("groups", "not-collected"), ("roles", "not-collected"), ("policies", "not-collected")]
    parts += [("access keys", "collected"), ("MFA devices", "collected"), ("login profiles", "collected")]
    return {
        "Account": {"Id": account},
        "UserDetailList": users,
        "AccessKeys": keys,
        "MFADevices": devices,
        "LoginProfiles": logins,
        "Coverage": [{"Part": part, "Status": status, "Detail": _DETAIL} for part, status in parts],
    }


def _given(row: Mapping[str, str], column: str) -> str | None:
    value = row.get(column) or ""
    return None if value in _NOTHING else value


def _has_key(row: Mapping[str, str], number: str) -> bool:
    """Whether there is a key; an inactive one that was never rotated is none."""
    return row.get(f"access_key_{number}_active") == "true" or _given(row, f"access_key_{number}_last_rotated") is not None


def _key(row: Mapping[str, str], user: str, number: str) -> dict[str, object]:
    """A key as IAM lists one; its id is not in a report, so it is called by its number."""
    column = f"access_key_{number}_"
    return {
        "UserName": user,
        "AccessKeyId": f"access key {number}",
        "Status": "Active" if row.get(f"{column}active") == "true" else "Inactive",
        "CreateDate": _given(row, f"{column}last_rotated"),
        "LastUsedDate": _given(row, f"{column}last_used_date"),
        "LastUsedRegion": _given(row, f"{column}last_used_region"),
        "LastUsedService": _given(row, f"{column}last_used_service"),
    }
