"""The registry of adapters and the adapter for export files: every file it takes, every file it refuses, and broken adapters of others."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters import points as installed_points
from adapters import registry
from adapters.export import CHUNK, ExportAdapter
from whygate.errors import UserError

ACCOUNT: dict[str, Any] = {
    "UserDetailList": [{"UserName": "añá", "Arn": "arn:aws:iam::111122223333:user/ana", "UserPolicyList": None}],
    "RoleDetailList": [],
}
TEXT = json.dumps(ACCOUNT, indent=1, ensure_ascii=False)

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a distribution with adapters for one test: entry points beside modules, as pip would leave them."""

    def distribution(name: str, points: dict[str, str], **modules: str) -> None:
        site = tmp_path / f"site-{name}"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "\n".join(f"{key} = {value}" for key, value in points.items())
        (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{lines}\n")
        for module, source in modules.items():
            (site / f"{module}.py").write_text(source)
            monkeypatch.delitem(sys.modules, module, raising=False)
        monkeypatch.syspath_prepend(str(site))

    return distribution


@pytest.fixture
def ours(install: Install) -> None:
    install("whygate-under-test", {"export": "adapters.export:ExportAdapter"})


def opened(path: Path) -> list[str]:
    return [user.name for user in registry.load(str(path)).users]


def line_of(source: str) -> str:
    with pytest.raises(UserError) as caught:
        registry.load(source)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.todo
    return line


# --- files that open

ENCODINGS = {
    "utf-8": TEXT.encode(),
    "utf-8 with a mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "utf-16 little endian with a mark": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "utf-16 big endian with a mark": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "utf-16 little endian": TEXT.encode("utf-16-le"),
    "utf-16 big endian": TEXT.encode("utf-16-be"),
    "crlf": TEXT.replace("\n", "\r\n").encode(),
    "gzip": gzip.compress(TEXT.encode()),
    "gzip in two members": gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode()),
    "gzip of utf-16": gzip.compress(TEXT.encode("utf-16")),
}


@pytest.mark.parametrize("data", ENCODINGS.values(), ids=ENCODINGS)
def test_an_export_opens_however_a_shell_wrote_it(ours: None, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "account.txt"
    path.write_bytes(data)
    assert opened(path) == ["añá"]


def test_standard_input_opens(ours: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(TEXT.encode()))))
    snapshot = registry.load("-")
    assert [user.name for user in snapshot.users] == ["añá"]
    assert snapshot.source.collected_at is None


def test_a_fault_in_standard_input_has_its_line(ours: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"UserDetailList":\n 3}')))
    assert line_of("-").startswith("-:2: UserDetailList: expected a list, found a whole number")


def test_progress_is_told_by_the_bytes_read(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_bytes(b" " * (2 * CHUNK) + TEXT.encode())
    told: list[tuple[int, int, str]] = []
    ExportAdapter().load(str(path), lambda *step: told.append(step))
    size = path.stat().st_size
    assert [step[:2] for step in told] == [(CHUNK, size), (2 * CHUNK, size), (size, size)]


def test_the_source_is_the_file_and_when_it_was_written(ours: None, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(TEXT)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    source = registry.load(str(path)).source
    assert (source.adapter, source.origin, source.collected_at) == ("export", str(path), "2023-11-14T22:13:20Z")


def test_the_source_that_a_document_names_wins(ours: None, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps({**ACCOUNT, "Source": {"Adapter": "aws", "Origin": "aws:prod", "CollectedAt": "2026-01-01T00:00:00Z"}}))
    source = registry.load(str(path)).source
    assert (source.adapter, source.origin, source.collected_at) == ("aws", "aws:prod", "2026-01-01T00:00:00Z")


# --- files that do not

REFUSED = {
    "empty": (b"", "empty"),
    "gzip of nothing": (gzip.compress(b""), "empty"),
    "cut gzip": (gzip.compress(TEXT.encode())[:-12], "cut off"),
    "damaged gzip": (b"\x1f\x8b\x08\x00" + b"x" * 40, "gzip"),
    "not json": (b"users: []", "not JSON"),
    "cut json": (TEXT.encode()[:-20], "cut off"),
    "latin 1": (TEXT.encode("latin-1"), "not UTF-8"),
    "utf-32": (TEXT.encode("utf-32"), "UTF-32"),
    "utf-32 without a mark": (TEXT.encode("utf-32-le"), "UTF-32"),
    "half of a utf-16": (b"\xff\xfe" + TEXT.encode("utf-16-le")[:-1], "UTF-16"),
    "zip": (b"PK\x03\x04rest", "zip archive"),
    "policy": (b'{"Version": "2012-10-17", "Statement": []}', "a single policy document"),
}


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_costs_one_line_that_names_it(ours: None, tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "account.json"
    path.write_bytes(data)
    line = line_of(str(path))
    assert line.startswith(str(path))
    assert says in line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_wrong_type_is_reported_with_file_line_and_path(
    ours: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    wrong = {"PolicyName": "p", "Arn": "arn:aws:iam::aws:policy/p", "PolicyVersionList": "v1"}
    text = json.dumps({**ACCOUNT, "Policies": [wrong]}, indent=2)
    (tmp_path / "account.json").write_bytes(text.encode(encoding))
    monkeypatch.chdir(tmp_path)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "PolicyVersionList" in row)
    expected = f"account.json:{line}: Policies[0].PolicyVersionList: expected a list, found text"
    assert line_of("account.json").startswith(expected)


def test_a_missing_file_names_what_could_be_meant(ours: None, tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(TEXT)
    line = line_of(str(tmp_path / "acount.json"))
    assert "no such file" in line
    assert f"did you mean {tmp_path / 'account.json'}?" in line


def test_a_missing_folder_is_told(ours: None, tmp_path: Path) -> None:
    assert "there is no folder" in line_of(str(tmp_path / "nowhere" / "account.json"))


def test_a_folder_is_refused_by_this_adapter_and_its_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text(TEXT)
    with pytest.raises(UserError) as caught:
        ExportAdapter().load(str(tmp_path), lambda done, total, what: None)
    line = str(caught.value)
    assert "a folder, not a file" in line
    assert "prod.json" in line


def test_a_file_without_permission_is_refused(ours: None, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(TEXT)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert "no permission" in line_of(str(path))


def test_a_name_with_a_zero_byte_is_refused(ours: None) -> None:
    assert "cannot be read" in line_of("a\x00/b.json")


def test_hostile_file_names_are_shown_as_escapes(ours: None) -> None:
    assert "\x1b" not in line_of("./\x1b[2J.json")


@pytest.mark.parametrize(
    ("source", "accepted"),
    [("-", True), ("account.json", True), ("x.gz", True), ("./x", True), ("demo", False), ("aws:prod/x", False), ("nothing-here", False)],
)
def test_the_export_adapter_takes_paths_alone(source: str, accepted: bool) -> None:
    assert ExportAdapter().accepts(source) is accepted


# --- the registry


def test_our_adapters_are_registered_in_the_project_file_and_can_be_made() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    points = project["entry-points"][registry.GROUP]
    assert {"export", "demo"} <= points.keys()
    for name, value in points.items():
        module, _, attribute = value.partition(":")
        adapter = getattr(import_module(module), attribute)()
        assert adapter.name == name
        assert adapter.description


THEIRS = """
class Adapter:
    name = "theirs"
    description = "a store of theirs"
    def accepts(self, source):
        return source.startswith("theirs:")
    def load(self, source, report):
        report(1, 1, "thinking")
        return {load}
"""


def test_an_adapter_of_somebody_else_loads_a_mapping(ours: None, install: Install) -> None:
    install("store", {"theirs": "store_adapter:Adapter"}, store_adapter=THEIRS.replace("{load}", repr(ACCOUNT)))
    told: list[str] = []
    snapshot = registry.load("theirs:x", lambda done, total, what: told.append(what))
    assert [user.name for user in snapshot.users] == ["añá"]
    assert told == ["thinking"]
    assert (snapshot.source.adapter, snapshot.source.origin) == ("theirs", "theirs:x")
    assert [entry.name for entry in registry.registered()][-1] == "export"


@pytest.mark.parametrize(
    ("load", "says"),
    [
        ("1 / 0", "adapter theirs (store) failed: ZeroDivisionError: division by zero"),
        ("17", "adapter theirs (store) returned int, not a snapshot document"),
        ("{'UserDetailList': 3}", "UserDetailList: expected a list, found a whole number"),
        ("{'UserDetailList': [object()]}", "not a document that JSON can hold"),
        ("b'nonsense'", "not JSON"),
    ],
)
def test_a_broken_adapter_costs_a_line_that_names_it(ours: None, install: Install, load: str, says: str) -> None:
    install("store", {"theirs": "store_adapter:Adapter"}, store_adapter=THEIRS.replace("{load}", load))
    assert says in line_of("theirs:x")


BROKEN = {
    "import": ("raise RuntimeError('no\\nlibrary')", "RuntimeError: no"),
    "missing class": ("", "AttributeError"),
    "no load": ("class Adapter:\n    name = 'x'\n    description = 'x'\n    accepts = len\n", "it has no load"),
    "accepts": (THEIRS.replace('source.startswith("theirs:")', "source.nonsense"), "AttributeError"),
}


@pytest.mark.parametrize(("module", "says"), BROKEN.values(), ids=BROKEN)
def test_an_adapter_that_cannot_be_asked_does_not_stand_in_the_way(
    ours: None, install: Install, tmp_path: Path, module: str, says: str
) -> None:
    install("store", {"theirs": "store_adapter:Adapter"}, store_adapter=module)
    path = tmp_path / "account.json"
    path.write_text(TEXT)
    warning = registry.load(str(path)).warnings[0]
    assert warning.startswith("adapter theirs (store) does not work: ")
    assert says in warning
    assert says in line_of("theirs:x")


def test_a_source_that_nothing_opens_names_what_could_be_meant(ours: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "production").write_text(TEXT)
    line = line_of("prodution")
    assert "no adapter opens 'prodution'" in line
    assert "did you mean production?" in line
    assert "name an account export" in line_of("zzzzzz")


def test_an_installation_without_entry_points_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed_points, "installed", list)
    assert "none is installed" in line_of("account.json")


def test_nothing_here_imports_what_a_quick_answer_cannot_afford() -> None:
    """`whygate can` goes through the registry: neither textual nor boto3 may come with it."""
    code = "import sys, adapters.registry, adapters.export; print(sorted({'textual', 'boto3', 'botocore', 'tui'} & sys.modules.keys()))"
    root = Path(__file__).parent.parent
    here = {**os.environ, "PYTHONPATH": str(root)}
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=here)
    assert shown.stdout.strip() == "[]"


def test_a_small_file_is_quick_and_a_large_one_shows_its_first_users_as_the_first_page(ours: None, tmp_path: Path) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    small.write_text(TEXT)
    users = [{"UserName": f"user{n}", "Arn": f"arn:aws:iam::111122223333:user/user{n}", "Path": "x" * 900} for n in range(2000)]
    large.write_text(json.dumps({"UserDetailList": users, "RoleDetailList": [], "GroupDetailList": [], "Policies": []}, indent=1))
    assert registry.begin(str(small)).quick
    assert registry.begin(str(small)).first_page() is None
    opening = registry.begin(str(large))
    assert not opening.quick
    page = opening.first_page()
    assert page is not None
    assert 50 < len(page.users) < 2000
    assert {user.name for user in page.users} == {f"user{n}" for n in range(len(page.users))}
    assert "cut short" in page.warnings[0]
    assert len(opening.run().users) == 2000


@pytest.mark.parametrize(
    "head", ["[", '{"Policies": [', '{"UserDetailList": null, "Path": "', '{"UserDetailList": ["', '{"Accounts": [{"UserDetailList": [']
)
def test_a_large_file_that_does_not_begin_with_users_has_no_first_page(ours: None, tmp_path: Path, head: str) -> None:
    path = tmp_path / "large.json"
    path.write_text(head + "x" * (CHUNK + 1))
    assert registry.begin(str(path)).first_page() is None
