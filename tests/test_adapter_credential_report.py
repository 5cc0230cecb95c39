"""IAM's credential report as a source: the CSV and the answer that carries it, alone and beside the export of its account."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from running import SHARED
from sources import HOME, export, policy, refused, register, verdict

from adapters import registry

SAMPLE = SHARED / "data" / "credential-reports" / "cloudmapper" / "iam-get-credential-report.json"
HEAD = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated"
)
ROOT = f"<root_account>,arn:aws:iam::{HOME}:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true"
ANA = f"ana,arn:aws:iam::{HOME}:user/ana,2021-01-01T00:00:00+00:00,true,2026-01-05T00:00:00+00:00,2022-02-02T00:00:00+00:00,N/A,true"
KEY = "true,2023-03-03T00:00:00+00:00,2026-01-06T00:00:00+00:00,eu-west-1,textract,false,2020-05-05T00:00:00+00:00"
NO_KEY = "false,N/A,N/A,N/A,N/A,false,N/A"
CSV = f"{HEAD}\n{ROOT},{NO_KEY}\n{ANA},{KEY}\n"

FORMS = {
    "the CSV": CSV,
    "the CSV from Windows": "\ufeff" + CSV.replace("\n", "\r\n"),
    "an answer": json.dumps({"Content": CSV, "ReportFormat": "text/csv", "GeneratedTime": "2026-01-07T00:00:00+00:00"}),
    "an answer in Base64": json.dumps(
        {"Content": base64.b64encode(CSV.encode()).decode(), "ReportFormat": "text/csv", "GeneratedTime": "2026-01-07T00:00:00+00:00"}
    ),
}


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def file(folder: Path, text: str, name: str = "report.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_report_tells_who_has_a_password_keys_and_mfa(tmp_path: Path, text: str) -> None:
    snapshot = registry.load(str(file(tmp_path, text)))
    assert snapshot.source.adapter == "credential-report"
    assert snapshot.primary.id == HOME
    (ana,) = snapshot.users
    assert (ana.name, ana.created, ana.password_last_used) == ("ana", "2021-01-01T00:00:00Z", "2026-01-05T00:00:00Z")
    keys = snapshot.primary.access_keys or ()
    assert [(key["UserName"], key["Status"], key["CreateDate"]) for key in keys] == [
        ("ana", "Active", "2023-03-03T00:00:00+00:00"),
        ("ana", "Inactive", "2020-05-05T00:00:00+00:00"),
    ]
    assert [device["UserName"] for device in snapshot.primary.mfa_devices or ()] == ["root", "ana"]
    assert [login["UserName"] for login in snapshot.primary.login_profiles or ()] == ["ana"]


def test_a_report_is_as_old_as_its_answer_says(tmp_path: Path) -> None:
    assert registry.load(str(file(tmp_path, FORMS["an answer"]))).source.collected_at == "2026-01-07T00:00:00Z"


def test_a_report_says_nothing_of_what_anybody_may_do(tmp_path: Path) -> None:
    snapshot = registry.load(str(file(tmp_path, CSV)))
    assert verdict(snapshot, "ana", "textract:DetectDocumentText") == "depends"
    assert {"groups", "roles", "policies", "users"} <= set(snapshot.coverage_gaps())


def test_a_report_completes_the_export_of_its_account(tmp_path: Path) -> None:
    file(tmp_path, CSV, "a-report.csv")
    file(tmp_path, json.dumps(export(inline=policy(action="s3:*"))), "b-account.json")
    snapshot = registry.load(str(tmp_path))
    (ana,) = snapshot.users
    assert ana.uncollected == ()
    assert (ana.password_last_used, [held.name for held in ana.inline]) == ("2026-01-05T00:00:00Z", ["own"])
    assert verdict(snapshot, "ana", "textract:DetectDocumentText") == "implicitDeny"
    assert len(snapshot.primary.access_keys or ()) == 2
    assert "users" not in snapshot.coverage_gaps()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CSV[: CSV.index("2022-02-02")], "3: a row that ends too early"),
        (f"{HEAD}\n", "a report without rows"),
        ("user,arn,user_creation_time,other\nx,y,z,w\n", "there is no column password_enabled"),
        (json.dumps({"Content": "%%", "ReportFormat": "text/csv", "GeneratedTime": ""}), "Content: neither a report nor Base64"),
        (json.dumps({"Content": 7, "ReportFormat": "text/csv"}), "Content: the report is not there as text"),
        (FORMS["an answer"][:-30], "cut off"),
    ],
    ids=["a cut row", "no rows", "other columns", "no Base64", "no text", "a cut answer"],
)
def test_a_damaged_report_costs_a_line_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = file(tmp_path, text)
    line = refused(path)
    assert line.startswith(str(path))
    assert says in line


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample report is not beside this checkout")
def test_the_sample_report_opens() -> None:
    snapshot = registry.load(str(SAMPLE))
    assert [user.name for user in snapshot.users] == ["auditor_tmp", "user"]
    keys = [(key["UserName"], key["AccessKeyId"], key["Status"]) for key in snapshot.primary.access_keys or ()]
    assert keys == [
        ("root", "access key 1", "Active"),
        ("auditor_tmp", "access key 1", "Active"),
        ("user", "access key 1", "Active"),
        ("user", "access key 2", "Active"),
    ]
