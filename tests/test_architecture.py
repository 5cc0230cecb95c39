"""What the three rooms may do, what the files look like, and that the documents describe the commands that there are. Read from the source.

The import contracts (who imports whom) are checked by import-linter; here is what it cannot see.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import REPOSITORY, run

from tui.commands.parser import build, parse
from whygate import scenarios

ROOMS = ("whygate", "adapters", "tui")
SOURCES = sorted(path for room in ROOMS for path in (REPOSITORY / room).rglob("*.py"))
FRONT_DOOR = REPOSITORY / "whygate" / "__main__.py"
DOMAIN = [path for path in SOURCES if path.is_relative_to(REPOSITORY / "whygate") and path != FRONT_DOOR]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())

LONGEST = 450
# Distributions whose module has another name.
MODULES = {"pyyaml": "yaml"}
OUTSIDE = {
    "builtins": {"open", "print", "input", "breakpoint", "exec", "eval"},
    "modules": {"socket", "subprocess", "http", "urllib.request", "ssl", "asyncio", "multiprocessing", "tempfile", "shutil", "sqlite3"},
    "methods": {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "listdir", "scandir", "unlink", "system", "popen"},
}


def label(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


def outside(path: Path) -> list[str]:
    """What a file does with the world outside: calls and imports that the domain may not have."""
    found = [name for name in imports(path) if any(name == bad or name.startswith(f"{bad}.") for bad in OUTSIDE["modules"])]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in OUTSIDE["builtins"]:
                found.append(node.func.id)
            elif isinstance(node.func, ast.Attribute) and node.func.attr in OUTSIDE["methods"]:
                found.append(node.func.attr)
            elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func).startswith(("sys.stdout.", "sys.stderr.", "os.")):
                found.append(ast.unparse(node.func))
    return found


def test_there_are_sources_to_look_at() -> None:
    assert len(DOMAIN) > 20
    assert {path.relative_to(REPOSITORY).parts[0] for path in SOURCES} == set(ROOMS)


@pytest.mark.parametrize("path", DOMAIN, ids=label)
def test_the_domain_neither_reads_nor_writes_nor_asks_the_network(path: Path) -> None:
    assert outside(path) == []


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "print(1)",
        "import socket",
        "from http import client",
        "import urllib.request",
        "Path('x').read_text()",
        "def f():\n    import subprocess",
        "sys.stdout.write('x')",
        "os.remove('x')",
    ],
)
def test_the_look_outside_sees_what_it_is_for(tmp_path: Path, source: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(source)
    assert len(outside(path)) == 1


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_a_module_says_what_it_is(path: Path) -> None:
    said = ast.get_docstring(tree(path))
    assert said
    assert said.split("\n")[0].endswith((".", ":", ",", ")")) or len(said.split("\n")[0]) > 60


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_a_module_is_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_there_is_no_unfinished_business(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text())


PLACES = re.compile(r"(?<![\w.}<-])/(?:work|tmp|root|home/\w+)(?:/|\b(?!-))")


@pytest.mark.parametrize(
    ("text", "named"), [('"/tmp/x"', True), ("see /home/somebody/data", True), ("(/root)", True), ("arn:aws:s3:::a/tmp/x", False)]
)
def test_the_look_for_places_sees_them(text: str, named: bool) -> None:
    assert bool(PLACES.search(text)) == named


def committed() -> list[Path]:
    """The text files of the repository, as git knows them; without git, all but what tools leave behind."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, cwd=REPOSITORY, text=True, check=False, timeout=60
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    paths = [REPOSITORY / name for name in names] or [path for room in (*ROOMS, "tests", "docs") for path in (REPOSITORY / room).rglob("*")]
    return [path for path in paths if path.is_file() and path.suffix in (".py", ".md", ".toml", ".tcss", ".json", ".jsonl", ".yaml", "")]


def test_no_file_names_a_place_of_this_machine() -> None:
    named = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:100]}"
        for path in committed()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if PLACES.search(line)
    ]
    assert named == []


def distribution(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return MODULES.get(found.group().lower(), found.group().lower().replace("-", "_"))


def test_what_is_declared_is_imported_and_what_is_imported_is_declared() -> None:
    declared = {distribution(item) for item in PROJECT["project"]["dependencies"]}
    optional = {
        distribution(item) for name, items in PROJECT["project"].get("optional-dependencies", {}).items() if name != "dev" for item in items
    }
    roots = {name.split(".")[0] for path in SOURCES for name in imports(path)}
    third_party = roots - set(sys.stdlib_module_names) - set(ROOMS)
    brought = {"rich"} if "textual" in declared else set()  # Textual's own dependency, and part of its interface
    assert third_party - brought <= declared | optional
    assert declared <= third_party


def test_the_wheel_holds_the_three_rooms() -> None:
    assert tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS


# docs/commands.md against the parser


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command by its name; the first parser under an empty one."""
    first = build()
    (action,) = [item for item in first._actions if isinstance(item, argparse._SubParsersAction)]
    return {"": first, **action.choices}


def sections() -> dict[str, str]:
    """The sections of docs/commands.md: the text under each `## whygate NAME` heading, and what stands before them under an empty name."""
    parts = re.split(r"^## ", (REPOSITORY / "docs" / "commands.md").read_text(), flags=re.MULTILINE)
    found = {"": parts[0]}
    for part in parts[1:]:
        heading, _, body = part.partition("\n")
        command = re.fullmatch(r"`?whygate (\w[\w-]*)`?", heading.strip())
        found[command[1] if command else heading] = body
    return found


COMMANDS = [name for name in parsers() if name]


def test_every_command_has_its_section_and_no_section_is_about_another() -> None:
    described = {name for name in sections() if re.fullmatch(r"[a-z-]+", name)}
    assert described == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_described_in_its_section_and_no_other_is(command: str) -> None:
    options = {text for item in parsers()[command]._actions for text in item.option_strings} - {"-h", "--help"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", sections()[command])) == options


@pytest.mark.parametrize("command", COMMANDS)
def test_every_choice_and_every_argument_of_a_command_is_named(command: str) -> None:
    text = sections()[command]
    for item in parsers()[command]._actions:
        if item.choices is not None:
            assert all(re.search(rf"(?<![\w-]){choice}(?![\w-])", text) for choice in item.choices)
        if not item.option_strings:
            assert re.search(rf"\b{item.metavar}\b", text)


def test_the_options_before_the_commands_are_described() -> None:
    options = {text for item in parsers()[""]._actions for text in item.option_strings}
    assert {"--help", "--version"} <= options
    assert all(text in sections()[""] for text in options if text.startswith("--"))


def examples(name: str) -> list[list[str]]:
    """The `whygate …` lines in the shell blocks of a document, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "docs" / name).read_text(), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("whygate ")]


@pytest.mark.parametrize("name", ["commands.md", "scenarios.md"])
def test_the_examples_of_the_documents_are_accepted_by_the_parser(name: str) -> None:
    found = examples(name)
    assert found
    for words in found:
        redirection = next((number for number, word in enumerate(words) if word in ("|", "<", ">")), len(words))
        assert parse(words[:redirection]).command in COMMANDS


def blocks(name: str, *languages: str) -> list[tuple[str, str]]:
    """The fenced blocks of a document in one of these languages: language and text, in their order."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", (REPOSITORY / "docs" / name).read_text(), re.DOTALL | re.MULTILINE)
    return [(language, text) for language, text in found if language in languages]


def test_the_python_of_the_documents_prints_what_stands_below_it() -> None:
    names: dict[str, object] = {}
    printed: list[str] = []
    shown: list[str] = []
    for language, text in blocks("python.md", "python", "text"):
        if language == "text":
            shown.append(text)
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(text, "docs/python.md", "exec"), names)
        printed.append(out.getvalue())
    assert printed == shown
    assert len(shown) > 4


def test_the_example_of_a_scenario_file_prints_what_stands_below_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((_, example),) = blocks("scenarios.md", "yaml")
    ((_, shown),) = blocks("scenarios.md", "text")
    ((_, inline),) = blocks("scenarios.md", "json")
    (tmp_path / "permissions.yaml").write_text(example)
    (tmp_path / "inline.json").write_text(inline)
    assert run(capsys, "simulate", tmp_path / "permissions.yaml", "demo") == (0, shown, "")
    assert run(capsys, "simulate", tmp_path / "inline.json").status == 0


def test_the_keys_of_a_scenario_are_the_keys_of_the_table() -> None:
    text = (REPOSITORY / "docs" / "scenarios.md").read_text().split("## The keys")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)} == set(scenarios.KEYS)
