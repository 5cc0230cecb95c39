"""An adapter that somebody else wrote: its own wheel, installed beside whygate, used by commands in a process of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from running import REPOSITORY, Answer, process

THEIRS = Path(__file__).parent / "third_party_adapter"
CSV = (
    "account,user,policy\n"
    "123456789012,ana,arn:aws:iam::aws:policy/AmazonTextractFullAccess\n"
    "123456789012,ana,arn:aws:iam::aws:policy/ReadOnlyAccess\n"
    "210987654321,bo,arn:aws:iam::aws:policy/ReadOnlyAccess\n"
)


def wheel(folder: Path) -> Path:
    """The wheel that a build of their project makes; written here, because a build fetches its tools from the network."""
    project = tomllib.loads((THEIRS / "pyproject.toml").read_text())["project"]
    name = project["name"].replace("-", "_")
    info = f"{name}-{project['version']}.dist-info"
    points = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in project["entry-points"].items()
    )
    files = {
        f"{name}.py": (THEIRS / f"{name}.py").read_text(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": points,
    }
    path = folder / f"{name}-{project['version']}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{inside},,\n" for inside in (*files, f"{info}/RECORD")))
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip put the installed distribution."""
    folder = tmp_path_factory.mktemp("site")
    command = ["pip", "install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", "--target", str(folder)]
    found = wheel(tmp_path_factory.mktemp("wheel"))
    done = subprocess.run([sys.executable, "-m", *command, str(found)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


def asked(site: Path, *words: str) -> Answer:
    return process(*words, environment={"PYTHONPATH": str(site)})


def test_it_imports_nothing_of_ours_and_nothing_that_is_not_python() -> None:
    source = (THEIRS / "inventory_for_whygate.py").read_text()
    imported = set(re.findall(r"^(?:import|from) (\w+)", source, re.MULTILINE))
    assert imported
    assert imported <= set(sys.stdlib_module_names)


def test_it_is_listed_among_the_sources_once_it_is_installed(site: Path) -> None:
    rows = [json.loads(line) for line in asked(site, "sources", "--format", "json").lines]
    found = {row["name"]: row for row in rows if row["kind"] == "adapter"}
    assert found["inventory"]["description"] == "the company's inventory of users: inventory:FILE.csv"
    assert found["inventory"]["problem"] is None
    assert "inventory" not in process("sources").out


def test_its_source_is_listed_asked_and_exported_as_any_other(site: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(CSV)
    source = f"inventory:{people}"
    listed = [json.loads(line) for line in asked(site, "list", source, "users", "--format", "json").lines]
    assert [(row["name"], row["account"]) for row in listed] == [("ana", "123456789012"), ("bo", "210987654321")]
    answer = asked(site, "can", source, "ana", "textract:DetectDocumentText", "--format", "json")
    assert answer.status == 3  # no policy's text is in the inventory
    named = " ".join(f"{item['name']} {item['detail']}" for item in json.loads(answer.out)["unknowns"])
    assert "AmazonTextractFullAccess" in named
    written = json.loads(asked(site, "export", source, "-").out)
    assert written["Source"]["Adapter"] == "inventory"
    assert written["Accounts"][0]["UserDetailList"][0]["NotCollected"] == ["UserPolicyList", "GroupList", "PermissionsBoundary"]


def test_what_goes_wrong_in_it_is_one_line_that_names_it(site: Path, tmp_path: Path) -> None:
    answer = asked(site, "list", f"inventory:{tmp_path / 'nothing.csv'}")
    assert answer.status == 2
    assert answer.err.count("\n") == 1
    assert "adapter inventory (inventory-for-whygate) failed: FileNotFoundError" in answer.err


def test_the_page_shows_the_entry_point_and_the_class_as_they_are() -> None:
    page = (REPOSITORY / "docs" / "adapters.md").read_text()
    project = (THEIRS / "pyproject.toml").read_text()
    code = (THEIRS / "inventory_for_whygate.py").read_text()
    (toml,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    for group, points in tomllib.loads(toml)["project"]["entry-points"].items():
        assert tomllib.loads(project)["project"]["entry-points"][group] == points
    (python,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, type] = {}
    exec(python, names)
    adapter = names["InventoryAdapter"]()
    assert adapter.accepts("inventory:x")
    assert adapter.load("inventory:x", lambda done, total, what: None)["UserDetailList"] == []
    assert f'description = "{adapter.description}"' in code
