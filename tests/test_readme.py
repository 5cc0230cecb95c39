"""The README's first answer is the program's own, its keys and lines are known to it, links lead somewhere, and CI runs its test line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from explorer_accounts import demo
from running import REPOSITORY, run

from tui import command_line
from tui.actions import ACTIONS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_first_answer_is_what_the_program_prints(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.search(r"```text\n(.*?)\n```", README, re.DOTALL)
    assert shown is not None
    answer = run(capsys, "can", "demo", "mateojackson", "textract:DetectDocumentText")
    assert answer.out.startswith(shown.group(1))
    assert answer.status == 1


@pytest.mark.parametrize("page", [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))], ids=lambda path: path.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links: list[str] = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).is_file()] == []


def test_the_readme_leads_to_every_page_that_is_not_led_to_by_another() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md")}
    said = README + "".join(pages.values())
    assert [name for name in pages if f"docs/{name})" not in said and f"]({name}" not in said] == []


def test_every_key_of_the_readme_is_one_of_the_program() -> None:
    table = README.partition("| key | does |")[2].partition("\n\n")[0]
    named = re.findall(r"`([^`]+)`", "".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| ")))
    known = set(" ".join(action.shown for action in ACTIONS).split())
    assert len(named) >= 10
    assert [key for each in named for key in each.split() if key not in known] == []


def test_every_line_of_the_readme_is_understood() -> None:
    lines = re.findall(r"`:([a-z]+ [^`]+)`", README)
    assert lines == ["can mateojackson textract:DetectDocumentText"]
    assert all(isinstance(command_line.run(line, demo()), command_line.Go) for line in lines)


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
