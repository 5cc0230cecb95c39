"""What a user can get wrong about a live account: one plain line with what, where and what to do, and exit status 2."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import account
from loopback.account import ACCOUNT, REGION
from loopback.pulling import QUICK, environment
from loopback.server import Fault, Loopback
from running import refusal, run

from adapters import registry
from adapters.aws import AwsAdapter
from adapters.aws.session import Settings
from adapters.aws.source import asks_for_mfa
from whygate.errors import UserError

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/Analyst"
CONFIG = f"""
[profile prod]
region = {REGION}
role_arn = {ROLE}
source_profile = base
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/ana

[profile base]
aws_access_key_id = AKIAANAXXXXXXXXXXXXX
aws_secret_access_key = not-a-secret
region = {REGION}

[profile nowhere]
region = eu-wst-1

[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = {REGION}
sso_account_id = {ACCOUNT}
sso_role_name = Reader
region = {REGION}
"""
SESSION = {
    "Credentials": {
        "AccessKeyId": "ASIAANAXXXXXXXXXXXXX",
        "SecretAccessKey": "not-a-secret",
        "SessionToken": "token",
        "Expiration": account.WHEN.replace(year=2999),
    }
}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback({**account.answers(), ("sts", "AssumeRole"): SESSION}) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config"
    path.write_text(CONFIG)
    return str(path)


def line(source: str = "aws:", settings: Settings = QUICK) -> str:
    """The one line that opening a source costs."""
    with pytest.raises(UserError) as caught:
        AwsAdapter(settings).load(source, lambda done, total, what: None)
    said = str(caught.value)
    assert "\n" not in said
    assert caught.value.todo
    return said


FIRST_CALL = {
    "expired": (Fault("ExpiredToken", 403, "The security token included in the request is expired"), "expired; renew them"),
    "unknown key": (
        Fault("InvalidClientTokenId", 403, "The security token is invalid"),
        "AWS does not know these credentials (InvalidClientTokenId)",
    ),
    "wrong secret": (
        Fault("SignatureDoesNotMatch", 403, "The signature we calculated does not match"),
        "the secret access key is not the one",
    ),
    "clock behind": (
        Fault("SignatureDoesNotMatch", 403, "Signature expired: 20261122T010000Z is now earlier than 20261122T020000Z"),
        "the clock of this machine differs from that of AWS; set the clock",
    ),
    "clock ahead": (Fault("SignatureDoesNotMatch", 403, "Signature not yet current: 2026 is still later than 2025"), "set the clock"),
    "500": (Fault("InternalFailure", 500), "AWS refused the first call: InternalFailure (HTTP 500)"),
    "cut": (Fault(cut=True), "AWS cannot be reached"),
}


@pytest.mark.parametrize(("fault", "says"), FIRST_CALL.values(), ids=FIRST_CALL)
def test_what_the_first_call_says_is_told_before_anything_else_is_asked(server: Loopback, fault: Fault, says: str) -> None:
    server.faults["sts", "GetCallerIdentity"] = fault
    with environment(server.url):
        said = line()
    assert said.startswith("aws:: ")
    assert says in said
    assert server.asked() == {("sts", "GetCallerIdentity")}


def test_no_credentials_are_told_with_what_to_do() -> None:
    with environment(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        assert "no AWS credentials were found; set AWS_PROFILE, run `aws configure`" in line()


def test_half_of_a_key_is_no_key() -> None:
    with environment(AWS_SECRET_ACCESS_KEY=""):
        assert "no AWS credentials were found" in line()


def test_an_endpoint_that_nobody_listens_on_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with environment(url):
            said = line()
    assert f'AWS cannot be reached: Could not connect to the endpoint URL: "{url}/"' in said
    assert "AWS_ENDPOINT_URL" in said


def test_an_endpoint_that_is_no_url_costs_a_line() -> None:
    with environment("not a url"):
        assert "Invalid endpoint: not a url'; check ~/.aws and AWS_ENDPOINT_URL" in line()


def test_an_endpoint_that_says_nothing_is_given_up(server: Loopback) -> None:
    server.faults["sts", "GetCallerIdentity"] = Fault(hang=True)
    with environment(server.url):
        assert "AWS does not answer" in line(settings=dataclasses.replace(QUICK, read_timeout=0.3))


def test_a_login_page_in_between_is_not_taken_for_an_empty_account(server: Loopback) -> None:
    page = "<!DOCTYPE html><html><body>Please sign in</body></html>"
    server.faults["textract", "ListAdapters"] = Fault(page=page)
    server.faults["kms", "ListKeys"] = Fault(page="[" * 40)
    with environment(server.url):
        document = AwsAdapter(QUICK).load("aws:", lambda done, total, what: None)
    rows = {row["Part"]: row for row in document["Coverage"]}
    assert rows["textract:adapter"]["Status"] == rows["kms:key"]["Status"] == "failed"
    assert "what answers is not AWS" in rows["textract:adapter"]["Detail"]


def test_a_profile_that_does_not_exist_names_those_that_do(config: str) -> None:
    with environment(AWS_CONFIG_FILE=config):
        assert line("aws:prd").startswith("aws:prd: there is no profile 'prd'; did you mean prod?")
        assert "there are: " in line("aws:zzzz")
    with environment():
        assert "run `aws configure`" in line("aws:prod")


def test_a_profile_of_the_environment_that_does_not_exist_is_named(config: str) -> None:
    with environment(AWS_CONFIG_FILE=config, AWS_PROFILE="gone"):
        assert "gone" in line()


@pytest.mark.parametrize("source", ["aws:base?region=eu-wst-1", "aws:nowhere"])
def test_a_region_that_does_not_exist_names_what_could_be_meant(config: str, source: str) -> None:
    with environment(AWS_CONFIG_FILE=config, AWS_DEFAULT_REGION=""):
        said = line(source)
    assert "there is no region 'eu-wst-1'" in said
    assert "eu-west-1" in said


def test_a_broken_configuration_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("[profile prod\nregion")
    with environment(AWS_CONFIG_FILE=str(path)):
        assert "AWS configuration cannot be used" in line("aws:prod")


def test_an_sso_session_that_never_began_says_to_log_in(config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with environment(AWS_CONFIG_FILE=config, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        assert "`aws sso login --profile sso`" in line("aws:sso")


def answering(code: str) -> Settings:
    return dataclasses.replace(QUICK, prompt=lambda question: code)


def test_a_role_with_mfa_asks_for_the_code_and_opens(server: Loopback, config: str) -> None:
    with environment(server.url, AWS_CONFIG_FILE=config, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        document = AwsAdapter(answering("123456")).load("aws:prod", lambda done, total, what: None)
    (assumed,) = [call for call in server.calls if call.operation == "AssumeRole"]
    assert assumed.parameters["TokenCode"] == "123456"
    assert document["Account"]["Id"] == ACCOUNT
    assert {call.key for call in server.calls if call.operation != "AssumeRole"} == {"ASIAANAXXXXXXXXXXXXX"}
    assert "not-a-secret" not in repr(document)
    assert "ASIA" not in repr(document)


def test_a_refused_mfa_code_is_told(server: Loopback, config: str) -> None:
    server.faults["sts", "AssumeRole"] = Fault("AccessDenied", 403, "MultiFactorAuthentication failed with invalid MFA one time pass code.")
    with environment(server.url, AWS_CONFIG_FILE=config, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        assert "the MFA code was refused (AccessDenied); check the code" in line("aws:prod", answering("000000"))


@pytest.mark.parametrize("error", [EOFError, KeyboardInterrupt])
def test_no_mfa_code_is_told(server: Loopback, config: str, error: type[BaseException]) -> None:
    def give_up(question: str) -> str:
        raise error

    with environment(server.url, AWS_CONFIG_FILE=config, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        assert "no MFA code was given" in line("aws:prod", dataclasses.replace(QUICK, prompt=give_up))


def test_a_role_that_may_not_be_assumed_is_told(server: Loopback, config: str) -> None:
    server.faults["sts", "AssumeRole"] = Fault("AccessDenied", 403, "User is not authorized to perform: sts:AssumeRole")
    with environment(server.url, AWS_CONFIG_FILE=config, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        assert "the role of the profile may not be assumed (AccessDenied)" in line("aws:prod", answering("123456"))


# --- the command line


@pytest.fixture
def only_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHYGATE_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setattr(registry, "registered", lambda: (registry.Registered("aws", "whygate", AwsAdapter(QUICK)),))


def test_a_live_account_opens_on_the_command_line(server: Loopback, only_aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    with environment(server.url):
        answer = run(capsys, "list", "aws:", "users", "--region", "eu-west-1")
    assert answer.status == 0
    assert answer.lines[0].split() == ["ana", f"arn:aws:iam::{ACCOUNT}:user/ana"]


def test_the_line_of_a_live_account_is_the_commands_line(only_aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    with environment(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        assert "no AWS credentials were found" in refusal(run(capsys, "list", "aws:"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "demo", "--region", "eu-west-1"), "demo: --region is for live accounts; leave it out"),
        (("list", "aws:", "--region", ""), "an empty region"),
        (("list", "aws:?region=a,,b"), "an empty region"),
    ],
)
def test_a_region_that_makes_no_sense_costs_a_line(
    only_aws: None, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    with environment():
        assert says in refusal(run(capsys, *words))


def test_hostile_names_are_shown_as_escapes() -> None:
    with environment():
        assert "\x1b" not in line("aws:\x1b[2J")


def test_boto3_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert line() == "aws:: boto3 is not installed; pip install boto3"


def test_the_key_of_the_cache_names_account_caller_regions_and_adapter_and_the_pull_asks_no_second_time(server: Loopback) -> None:
    with environment(server.url):
        adapter = AwsAdapter(QUICK)
        key = adapter.cache_key("aws:?region=eu-west-1,us-east-1")
        assert key == (ACCOUNT, account.iam("user", "ana"), "eu-west-1,us-east-1", "aws")
        adapter.load("aws:?region=eu-west-1,us-east-1", lambda done, total, what: None)
    assert sum(call.operation == "GetCallerIdentity" for call in server.calls) == 1


def test_nothing_of_the_adapter_needs_boto3_before_an_account_is_opened() -> None:
    code = (
        "import sys; import adapters.aws as a; a.AwsAdapter().accepts('aws:'); import tui.commands.policy, adapters.aws.source; "
        "print(sorted({'boto3', 'botocore', 'textual', 'diskcache'} & sys.modules.keys()))"
    )
    root = Path(__file__).parent.parent
    shown: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root, timeout=60)
    assert shown.stdout.strip() == "[]"


def test_an_mfa_code_is_asked_for_before_a_screen_takes_the_terminal_and_then_no_more(server: Loopback, config: str) -> None:
    asked: list[str] = []

    def prompt(question: str) -> str:
        asked.append(question)
        return "123456"

    with environment(server.url, AWS_CONFIG_FILE=config, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""):
        AwsAdapter(dataclasses.replace(QUICK, prompt=prompt)).prepare("aws:prod")
        assert len(asked) == 1
        document = AwsAdapter(QUICK).load("aws:prod", lambda done, total, what: None)
    assert document["Account"]["Id"] == ACCOUNT
    assert sum(call.operation == "AssumeRole" for call in server.calls) == 1


@pytest.mark.parametrize(("source", "wanted"), [("aws:prod", True), ("aws:base", False), ("aws:nosuch", False), ("aws:", False)])
def test_which_profiles_ask_for_a_code_is_read_from_the_configuration(
    config: str, monkeypatch: pytest.MonkeyPatch, source: str, wanted: bool
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", config)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert asks_for_mfa(source) is wanted
    monkeypatch.setenv("AWS_PROFILE", "prod")
    assert asks_for_mfa("aws:") is True


def test_a_configuration_that_cannot_be_read_asks_for_nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    file.write_bytes(b"\xff[profile prod\nmfa_serial")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    assert asks_for_mfa("aws:prod") is False
