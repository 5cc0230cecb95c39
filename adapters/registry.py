"""Finds the adapter that opens a source, and turns what it loads into a `Snapshot`. It knows none but `export`, the last resort.

An adapter is a class under the entry-point group `whygate.adapters`, made without arguments; it need not import anything of ours.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Protocol

import msgspec

from whygate.document import Document, DocumentError, decode, decode_mapping
from whygate.errors import UserError
from whygate.snapshot import Snapshot, build
from whygate.text import visible

GROUP = "whygate.adapters"
Report = Callable[[int, int, str], None]


class Adapter(Protocol):
    """One kind of source."""

    name: str
    description: str

    def accepts(self, source: str) -> bool:
        """Whether `source`, as the user typed it, is of this kind; quick, and without opening anything."""

    def load(self, source: str, report: Report) -> Mapping[str, object] | bytes:
        """A snapshot document, as a mapping or as UTF-8 JSON text. `report(done, total, what)` says how
        far it is, total 0 where that is not known. Raises `UserError` for what the user can mend."""


@dataclasses.dataclass(frozen=True)
class Registered:
    """An entry point, with its adapter or with the reason why there is none."""

    name: str
    distribution: str
    adapter: Adapter | None
    problem: str = ""

    @property
    def label(self) -> str:
        return f"adapter {visible(self.name)} ({visible(self.distribution)})"


def registered() -> tuple[Registered, ...]:
    """Every adapter that is installed, in the order they are asked: other people's, then ours, `export` last because it takes
    any path. A broken one is among them, with its problem."""
    points = {(point.name, point.value): point for point in metadata.entry_points(group=GROUP)}
    ordered = sorted(points.values(), key=lambda point: (point.value.startswith("adapters."), point.name == "export", point.name))
    return tuple(_load_point(point) for point in ordered)


def _load_point(point: metadata.EntryPoint) -> Registered:
    distribution = point.dist.name if point.dist is not None else point.value
    try:
        adapter: Adapter = point.load()()
        lacking = [part for part in ("name", "description", "accepts", "load") if not hasattr(adapter, part)]
    except Exception as error:  # whatever somebody else's module does on import is their adapter's problem, not the program's end
        return Registered(point.name, distribution, None, _said(error))
    if lacking:
        return Registered(point.name, distribution, None, f"it has no {', '.join(lacking)}")
    return Registered(point.name, distribution, adapter)


def find(source: str) -> Registered:
    """The adapter that opens `source`; its `adapter` is there. Raises `UserError` where none does."""
    found, _ = _find(source)
    return found


def load(source: str, report: Report | None = None) -> Snapshot:
    """The snapshot of `source`: an export file, `-`, `demo`, or whatever else an installed adapter accepts; raises `UserError`."""
    found, problems = _find(source)
    snapshot = build(_document(found, source, report or _silent))
    origin = snapshot.source
    whence = msgspec.structs.replace(
        origin,
        adapter=origin.adapter or found.name,
        origin=origin.origin or source,
        collected_at=origin.collected_at or _written_at(source),
    )
    return dataclasses.replace(snapshot, source=whence, warnings=(*snapshot.warnings, *problems))


def _find(source: str) -> tuple[Registered, tuple[str, ...]]:
    problems: list[str] = []
    everyone = registered()
    for candidate in everyone:
        problem = candidate.problem
        if candidate.adapter is not None:
            try:
                if candidate.adapter.accepts(source):
                    return candidate, tuple(problems)
            except Exception as error:
                problem = _said(error)
        if problem:
            problems.append(f"{candidate.label} does not work: {problem}")
    what = f"no adapter opens {visible(repr(source))}"
    if not everyone:
        raise UserError(f"{what}: none is installed", todo="install whygate with pip, so that its entry points are there")
    raise UserError("; ".join([what, *problems]), todo=_meant(source, everyone))


def _document(found: Registered, source: str, report: Report) -> Document:
    assert found.adapter is not None
    try:
        loaded: object = found.adapter.load(source, report)
    except DocumentError as error:
        raise error.at(visible(source)) from None
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{found.label} failed: {_said(error)}", where=visible(source), todo="tell its author") from error
    try:
        if isinstance(loaded, (bytes, bytearray, memoryview)):
            return decode(bytes(loaded))
        if isinstance(loaded, Mapping):
            return decode_mapping(loaded)
    except DocumentError as error:
        raise error.at(visible(source)) from None
    what = f"{found.label} returned {visible(type(loaded).__name__)}, not a snapshot document"
    raise UserError(what, where=visible(source), todo="tell its author")


def _silent(done: int, total: int, what: str) -> None:
    """Nobody wants to know how far it is."""


def _said(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return visible(f"{type(error).__name__}: {text[0]}" if text else type(error).__name__)


def _meant(source: str, everyone: tuple[Registered, ...]) -> str:
    """What could have been meant: a file here with nearly that name, else what there is to open."""
    try:
        here = os.listdir(".")
    except OSError:
        here = []
    names = [entry.name for entry in everyone if entry.adapter is not None and entry.name != "export"]
    close = difflib.get_close_matches(source, [*names, *here], n=3)
    if close:
        return f"did you mean {' or '.join(visible(name) for name in close)}?"
    return f"name an account export{', or ' if names else ''}{', '.join(visible(name) for name in names)}"


def _written_at(source: str) -> str | None:
    """When a file was last written, which is the nearest to when its data was collected."""
    try:
        if os.path.isfile(source):
            return datetime.fromtimestamp(os.stat(source).st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, ValueError, OverflowError):
        pass
    return None
