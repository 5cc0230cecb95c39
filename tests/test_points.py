"""Which adapters are installed, read from what pip leaves on the path; `importlib.metadata` says the same."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from adapters import points
from adapters.points import GROUP, Point


def install(site: Path, info: str, entries: str, name: str = "") -> None:
    folder = site / info
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_text(entries)
    described = "PKG-INFO" if info.endswith(".egg-info") else "METADATA"
    (folder / described).write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\nA description.\nName: another\n")


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two folders, all that is on the path."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second"), str(tmp_path / "absent")])
    return tmp_path / "first", tmp_path / "second"


def theirs() -> list[Point]:
    return [Point(point.name, point.value, point.dist.name if point.dist else "") for point in metadata.entry_points(group=GROUP)]


def test_this_installation_is_read_as_importlib_reads_it() -> None:
    assert sorted(points.installed()) == sorted(theirs())


def test_sections_comments_blanks_and_extras_are_read_as_importlib_reads_them(sites: tuple[Path, Path]) -> None:
    ours = f"[{GROUP}]\n# a comment\none=our_one:One \ntwo = our.two:Two.inner [extra]\n"
    text = f"[console_scripts]\nwhy = why:main\n\n{ours}\n[other]\nx = y:z\n"
    install(sites[0], "our_points-1.0.dist-info", text, "our-points")
    install(sites[1], "old.egg-info", f"[{GROUP}]\nold = old:Old\n", "old")
    found = points.installed()
    assert [(point.name, point.distribution) for point in found] == [("one", "our-points"), ("two", "our-points"), ("old", "old")]
    assert [point.value for point in found] == ["our_one:One", "our.two:Two.inner", "old:Old"]
    assert [point.name for point in theirs()] == ["one", "two", "old"]


def test_of_a_distribution_that_is_there_twice_the_first_counts(sites: tuple[Path, Path]) -> None:
    install(sites[0], "Our_Points-2.0.dist-info", f"[{GROUP}]\nnew = new:New\n", "Our_Points")
    install(sites[1], "our.points-1.0.dist-info", f"[{GROUP}]\nold = old:Old\n", "our.points")
    assert [point.name for point in points.installed()] == ["new"] == [point.name for point in theirs()]


def test_what_a_point_names_is_imported_when_it_is_loaded() -> None:
    assert Point("points", "adapters.points:Point.load").load() is Point.load


def test_finding_adapters_does_without_the_slow_import() -> None:
    code = "import sys, adapters.registry as r; r.registered(); print('importlib.metadata' in sys.modules)"
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"
