"""The README's first answer is the program's own, its links lead somewhere, and CI runs its test line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import REPOSITORY, run

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_first_answer_is_what_the_program_prints(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.search(r"```text\n(.*?)\n```", README, re.DOTALL)
    assert shown is not None
    answer = run(capsys, "can", "demo", "mateojackson", "textract:DetectDocumentText")
    assert answer.out.startswith(shown.group(1))
    assert answer.status == 1


def test_every_link_leads_to_a_file() -> None:
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", README) if not link.startswith("http")]
    assert len(links) >= 8
    assert [link for link in links if not (REPOSITORY / link).is_file()] == []


def test_the_two_commands_are_one_line_each_and_ci_runs_the_second() -> None:
    blocks = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)[:2]
    assert [block.count("\n") for block in blocks] == [0, 0]
    assert blocks[0].endswith("whygate demo")
    assert blocks[1].endswith("-m pytest")
    assert "README.md" in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")


def test_contributing_names_every_module_of_the_domain() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = [path.stem for path in Path(REPOSITORY, "whygate").glob("*.py") if not path.stem.startswith("_")]
    named = set(re.findall(r"`([a-z_/*]+)`", text))
    missing = [name for name in modules if name not in named and not (name.startswith("denial") and "denial*" in named)]
    assert missing == []
