"""Names, tags, Sids, descriptions and values that hold terminal escapes and markup, shown by the real program on a real terminal:
nothing of them may reach the terminal as more than text.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from pty_terminal import Terminal

CLIPBOARD = "\x1b]52;c;SE9TVElMRQ==\x07"
TITLE = "\x1b]0;HOSTILE\x1b\\"
EIGHT_BIT = "\x9b31mHOSTILE\x9c"
BIDI = "\u202egnp.exe\u2066\u200b"
MARKUP = "[/foo]"
LINK = "[@click=app.quit()]x[/]"
HOSTILE = f"{CLIPBOARD}{TITLE}{EIGHT_BIT}{BIDI}"

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/evil"
PROJECT = Path(__file__).parent.parent


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which the program's adapters are found, whether or not it is installed: the entry points that
    pyproject.toml names, as an installation would write them down.
    """
    points = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["entry-points"]["whygate.adapters"]
    folder = tmp_path / "installed" / "whygate-0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: whygate\nVersion: 0\n")
    (folder / "entry_points.txt").write_text("[whygate.adapters]\n" + "".join(f"{name} = {value}\n" for name, value in points.items()))
    return {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(folder.parent), *sys.path])}


def account() -> dict[str, object]:
    statement = {
        "Sid": f"{MARKUP}{HOSTILE}",
        "Effect": "Allow",
        "Action": ["s3:GetObject", f"s3:{LINK}{HOSTILE}"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"{LINK}{HOSTILE}"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    inline = [{"PolicyName": f"inline {MARKUP}{HOSTILE}", "PolicyDocument": policy}]
    tags = [{"Key": f"{MARKUP}{HOSTILE}", "Value": f"{LINK}{HOSTILE}"}]
    shared = f"arn:aws:iam::{ACCOUNT}:policy/Shared"
    trust = {"Version": "2012-10-17", "Statement": [{**statement, "Principal": {"AWS": f"{LINK}{HOSTILE}"}, "Action": "sts:AssumeRole"}]}
    return {
        "Account": {"Id": ACCOUNT, "Alias": f"{MARKUP}{HOSTILE}"},
        "Source": {"Adapter": "test", "Origin": f"{LINK}{HOSTILE}", "CollectedAt": "2026-11-01T00:00:00Z"},
        "UserDetailList": [
            {
                "UserName": f"evil {MARKUP} {LINK}{HOSTILE}",
                "Arn": USER,
                "GroupList": [f"group{HOSTILE}"],
                "UserPolicyList": inline,
                "AttachedManagedPolicies": [{"PolicyName": f"Shared{HOSTILE}", "PolicyArn": shared}],
                "Tags": tags,
                "CreateDate": HOSTILE,
            }
        ],
        "GroupDetailList": [{"GroupName": f"group{HOSTILE}", "Arn": f"arn:aws:iam::{ACCOUNT}:group/g{HOSTILE}", "GroupPolicyList": inline}],
        "RoleDetailList": [
            {
                "RoleName": f"role {LINK}{HOSTILE}",
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/evil",
                "Description": f"{MARKUP}{HOSTILE}",
                "AssumeRolePolicyDocument": trust,
                "Tags": tags,
            }
        ],
        "Policies": [
            {
                "PolicyName": f"Shared{HOSTILE}",
                "Arn": shared,
                "Description": f"{LINK}{HOSTILE}",
                "DefaultVersionId": "v1",
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": policy}],
            }
        ],
        "Resources": [
            {"Arn": f"arn:aws:s3:::{MARKUP}{HOSTILE}", "Type": "s3:bucket", "Name": f"{LINK}{HOSTILE}", "Tags": tags, "Policy": trust}
        ],
        "AccessKeys": [{"UserName": f"evil {MARKUP} {LINK}{HOSTILE}", "AccessKeyId": f"AKIA{HOSTILE}", "Status": f"{MARKUP}{HOSTILE}"}],
        "Coverage": [{"Part": f"part {MARKUP}", "Status": "failed", "Region": "", "Detail": f"{LINK}{HOSTILE}"}],
        "Questions": [
            {"Title": f"why {MARKUP}{LINK}?{HOSTILE}", "Principal": USER, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{HOSTILE}"},
            {"Title": "an ordinary one", "Principal": USER, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::box/key"},
        ],
    }


def check(raw: bytes) -> None:
    """No sequence of the account's is among the bytes, and no operating system command but the program's own."""
    assert b"HOSTILE" in raw, "the text around the escapes was on the screen"
    text = raw.decode()
    for sequence in (CLIPBOARD, TITLE, "\x1b]52", "\x1b]0;", "\x9b", "\x9c", "\u202e", "\u2066", "\u200b"):
        assert sequence not in text, repr(sequence)
    assert set(re.findall(r"\x1b\](\d*)", text)) <= {"22"}, "the pointer's shape is the one that Textual sends"
    assert not re.search(r"[\x80-\x9f]", text)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
def test_no_screen_lets_an_escape_or_markup_through(tmp_path: Path, installed: dict[str, str], columns: int, rows: int) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account()))
    with Terminal(["-m", "whygate", str(file)], columns=columns, rows=rows, environment=installed) as terminal:
        terminal.wait_for(f"evil {MARKUP} {LINK[:8]}")
        for digit, word in zip("23456", ("members", "boundary", "version", "type", "action"), strict=True):
            terminal.type(digit)
            terminal.wait_for(word)
        terminal.type("7")
        terminal.wait_for(f"part {MARKUP}")
        terminal.wait_for("[@click=app.quit()]x[/]" if columns > 80 else "failed")
        for digit, section in (("1", "access keys"), ("2", "inline policies"), ("3", "trust policy")):
            terminal.type(digit)
            terminal.quiet()
            terminal.type("\r")
            terminal.wait_for(section)
            open_everything(terminal)
            terminal.type("\x7f")
            terminal.wait_for(f"[{digit} " if columns == 80 else "coverage ")
        terminal.type("4\r")
        terminal.wait_for('"Statement": [')
        terminal.wait_for(f'"Sid": "{MARKUP}\\u001b]52;c;SE9TVElMRQ==')
        terminal.type("\x7f6\r")
        terminal.wait_for("arn:aws:s3:::\\x1b]52")
        terminal.type("\x7f")
        terminal.wait_for("ordinary")
        terminal.type("j\r")
        terminal.wait_for("identity-based policies")
        terminal.type("l" + "j" * 6)
        terminal.quiet()
        terminal.type("\r")
        terminal.quiet()
        terminal.type("?")
        terminal.wait_for("keys in this place")
        terminal.type("\x1b")
        terminal.quiet()
        terminal.type("q")
        assert terminal.ended() == 0
        check(bytes(terminal.raw))


def open_everything(terminal: Terminal) -> None:
    """Open every row of a tree: each time once from the top down, because what was opened brings new rows."""
    for _ in range(3):
        terminal.type("g" + " j" * 20)
        terminal.quiet()


def test_an_error_line_about_a_hostile_file_is_text_too(tmp_path: Path, installed: dict[str, str]) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"UserDetailList": [{"UserName": ["HOSTILE", HOSTILE]}], HOSTILE: 1}))
    with Terminal(["-m", "whygate", str(file)], environment=installed) as terminal:
        terminal.wait_for("could not be opened")
        terminal.type("q")
        assert terminal.ended() == 0
        assert "\x1b]52" not in bytes(terminal.raw).decode()
        assert "\x9b" not in bytes(terminal.raw).decode()


def test_a_crash_shows_no_local_values() -> None:
    crash = (
        "import sys; from tui import explorer\n"
        "def load(source, report):\n"
        "    secret_value = 'do-not-' + 'print-me'\n"
        "    raise RuntimeError('broken' + chr(27) + ']52;c;AAAA')\n"
        "explorer.Explorer('x', load=load).run()\n"
    )
    with Terminal(["-c", crash]) as terminal:
        terminal.ended()
        text = bytes(terminal.raw).decode()
        assert "RuntimeError: broken\\x1b]52;c;AAAA" in text
        assert "This is a fault in whygate" in text
        assert "do-not-print-me" not in text
        assert "\x1b]52" not in text
