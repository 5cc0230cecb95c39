"""The filter on a real terminal: what a key sends, that it comes in one piece, and that nothing an account holds gets through it."""

from __future__ import annotations

import json
from pathlib import Path

from explorer_accounts import demo
from pty_terminal import Terminal

START = """
import sys
from pathlib import Path
from tui.explorer import Explorer
from whygate import document, snapshot

def load(source, report):
    return snapshot.build(document.decode(Path(source).read_bytes()))

Explorer(sys.argv[1], load=load).run(mouse=False)
"""
ACCOUNT = "123456789012"
HOSTILE = "\x1b]0;HOSTILE\x07\x9b31m[/foo]"
KEY_BYTES = 300  # as for a cursor move; what a key changes on the screen is a letter, the number of rows and the rows


def account(tmp_path: Path, users: int, **more: object) -> str:
    people = [
        {
            "UserName": f"user-{number:04}",
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/user-{number:04}",
            "Tags": [{"Key": f"team {HOSTILE}", "Value": HOSTILE}],
        }
        for number in range(users)
    ]
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"UserDetailList": people, **more}))
    return str(path)


def test_a_key_that_narrows_a_long_list_sends_little_and_shows_the_number_with_the_rows(tmp_path: Path) -> None:
    with Terminal(["-c", START, account(tmp_path, 3000)]) as terminal:
        terminal.wait_for("user-0000")
        terminal.type("/user-2")
        terminal.wait_for("/user-2 · 1,000 of 3,000")
        terminal.quiet()
        before = len(terminal.raw)
        terminal.type("9")
        terminal.wait_for("/user-29 · 100 of 3,000")
        assert "user-2999" not in terminal.text
        assert "user-2900" in terminal.text
        terminal.quiet()
        # Two digits of each row in view, and the number: a screen of rows that all changed.
        assert len(terminal.raw) - before < 20 * KEY_BYTES
        before = len(terminal.raw)
        terminal.type(" u")
        terminal.wait_for("/user-29 u · 100 of 3,000")
        terminal.quiet()
        assert len(terminal.raw) - before < 2 * KEY_BYTES


def test_the_tree_of_a_principal_is_narrowed_on_the_screen_too(tmp_path: Path) -> None:
    total = len(demo().users)
    with Terminal(["-c", "from tui.explorer import Explorer\nExplorer('demo').run(mouse=False)"]) as terminal:
        terminal.wait_for("mateojackson")
        terminal.type("/mateojackson")
        terminal.wait_for(f"/mateojackson · 1 of {total}")
        terminal.type("\r\r")
        terminal.wait_for("attached policies")
        terminal.type("/act:textract:*")
        terminal.wait_for(lambda text: "/act:textract:* · " in text and "attached policies" not in text)
        assert "TextractUse" in terminal.text


def test_hostile_tags_and_groups_are_offered_as_text_and_taken_as_text(tmp_path: Path) -> None:
    groups = [{"GroupName": f"ocr{HOSTILE}", "Arn": f"arn:aws:iam::{ACCOUNT}:group/ocr"}]
    with Terminal(["-c", START, account(tmp_path, 3, GroupDetailList=groups)]) as terminal:
        terminal.wait_for("user-0000")
        terminal.type("/through:oc")
        terminal.wait_for("▸ ocr\\x1b]0;")
        terminal.type("\t")
        terminal.wait_for("nothing in users matches through:ocr\\x1b]0;")
        terminal.type("\x1b")
        terminal.wait_for(lambda text: "nothing in users" not in text)
        terminal.type("/tag:te")
        terminal.wait_for("▸ team \\x1b]0;")
        terminal.type("\t=\t")
        terminal.wait_for("hostile\\x07")  # the value: tags are offered in small letters
        terminal.type("\r")
        terminal.wait_for('[/foo]" · 3')
        terminal.quiet()
        sent = terminal.raw.decode()
        assert "\x1b]0;" not in sent
        assert "\x9b" not in sent
