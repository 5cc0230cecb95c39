"""The Question screen on a real terminal: what is drawn after a change is what a whole new frame would draw, and a letter costs little."""

from __future__ import annotations

import json
from pathlib import Path

from pty_terminal import Terminal

MOST_FOR_A_LETTER = 700  # bytes; the verdict stays the same
SOFIA = (
    "question?principal=sofiamartinez&action=textract:DeleteAdapter&resource=arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
)


def whole_frame(terminal: Terminal) -> str:
    """What stands there once everything has been drawn anew."""
    terminal.resize(81, 24)
    terminal.quiet()
    terminal.resize(80, 24)
    terminal.quiet()
    return terminal.text


def test_nothing_stale_is_left_where_the_question_takes_another_line(tmp_path: Path) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}]}
    user = {
        "UserName": "ana",
        "Arn": "arn:aws:iam::111122223333:user/ana",
        "UserPolicyList": [{"PolicyName": "P", "PolicyDocument": document}],
    }
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"UserDetailList": [user]}))
    arguments = [str(file), "--at", "question?principal=ana&action=s3:GetObject&resource=arn:aws:s3:::docs/x"]
    with Terminal(["-m", "whygate", *arguments], environment={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("? not collected: SCPs")
        terminal.quiet()
        for expected in ("? counted as none", "? not collected: SCPs", "? counted as none"):
            terminal.type("u")
            terminal.wait_for(expected)
            terminal.quiet()
            before = terminal.text
            assert before == whole_frame(terminal)


def test_a_letter_of_a_value_sends_little(tmp_path: Path) -> None:
    with Terminal(["-m", "whygate", "demo", "--at", SOFIA], environment={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("DEPENDS on aws:MultiFactorAuthPresent")
        terminal.quiet()
        terminal.type("=t")
        terminal.wait_for("Present=t")
        terminal.quiet()
        sent = len(terminal.raw)
        terminal.type("r")
        terminal.wait_for("Present=tr")
        terminal.quiet()
        assert len(terminal.raw) - sent <= MOST_FOR_A_LETTER
        terminal.type("ue")
        terminal.wait_for("✓ ALLOWED")
        terminal.type("\r")
        terminal.wait_for(lambda text: "= aws:MultiFactorAuthPresent  true" in text and "given" in text)
