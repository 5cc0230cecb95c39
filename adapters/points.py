"""Which adapters are installed: the entry points of one group, as `importlib.metadata` finds them, and without importing it. That import
takes longer than all else which has to be done before an account can be on the screen.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

GROUP = "whygate.adapters"
_INFO = (".dist-info", ".egg-info")
_ALIKE = re.compile(r"[-_.]+")


class Point(NamedTuple):
    """`value` is `module:attribute`, `distribution` the name of whose it is."""

    name: str
    value: str
    distribution: str = ""

    def load(self) -> Any:
        """What it names; raises whatever the import does."""
        module, _, path = self.value.partition(":")
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        return found


def installed() -> list[Point]:
    """The entry points of every distribution on the path; where one is there twice, of the first."""
    found: list[Point] = []
    seen: set[str] = set()
    for folder in sys.path:
        for base in _distributions(folder or "."):
            alike = _ALIKE.sub("-", os.path.basename(base).split("-")[0].removesuffix(".egg")).lower()
            if alike not in seen:
                seen.add(alike)
                found += _points(base)
    return found


def _distributions(folder: str) -> list[str]:
    """What pip left in a folder for each distribution: a folder too, with files that describe it."""
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(_INFO)]
    except OSError:  # not there, or no folder
        return []


def _points(base: str) -> Iterator[Point]:
    text = _read(base, "entry_points.txt")
    if GROUP not in text:
        return
    described = _read(base, "METADATA") or _read(base, "PKG-INFO")
    distribution = next((line[5:].strip() for line in described.splitlines() if line.startswith("Name:")), "")
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield Point(name.strip(), value.partition("[")[0].replace(" ", ""), distribution)


def _read(base: str, name: str) -> str:
    try:
        with open(os.path.join(base, name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
