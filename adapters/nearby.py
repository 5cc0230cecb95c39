"""The files and folders of a folder that an adapter opens, as offers: a look at their heads, at so many of them and no more."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Sequence

from adapters import bare_policies, iam_collect
from adapters.folder import file_adapters, takes
from adapters.heads import LENGTH, look
from adapters.offers import Found, Offer
from adapters.registry import Registered
from whygate.text import count, visible

MOST_NAMES = 20_000
MOST_FILES = 200
MOST_BYTES = 16_000_000
MOST_IN_A_FOLDER = 12

# Names by which exports are called mostly; they are looked at first, so that they are not among what a cap leaves out.
_LIKELY = (".json", ".jsonl", ".json.gz", ".gz", ".csv")
_OWN_ENTITY = re.compile(rb'"Arn"\s*:\s*"arn:aws[a-z-]*:iam::([0-9]{12}):(?:user|group|role|policy)/')


class _Budget:
    """How much may still be looked at; `left_out` where that was not enough."""

    def __init__(self) -> None:
        self.files, self.bytes = MOST_FILES, MOST_BYTES
        self.left_out = 0

    def take(self, size: int) -> bool:
        if self.files < 1 or self.bytes < 1:
            self.left_out += 1
            return False
        self.files -= 1
        self.bytes -= min(size, LENGTH)
        return True


def offers(folder: str = ".") -> Found:
    """What can be opened in `folder`: files, the latest first, then folders that hold some, then the folder itself where its files may
    belong together. A note says what was not looked at."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for _, entry in zip(range(MOST_NAMES), entries, strict=False) if not entry.name.startswith("."))
    except OSError as error:
        return Found(notes=(f"{visible(folder)}: the folder cannot be looked at: {error.strerror}",))
    adapters = file_adapters()
    budget = _Budget()
    found = _files(folder, names, adapters, budget)
    folders = [offer for name in names if (offer := _folder(folder, name, adapters, budget)) is not None]
    if len(found) > 1:
        folders.append(Offer("folder", _inside(folder, ""), f"{count(len(found), 'export')} here, as one source"))
    return Found((*found, *folders), _notes(names, budget))


def _notes(names: Sequence[str], budget: _Budget) -> tuple[str, ...]:
    notes = []
    if len(names) >= MOST_NAMES:
        notes.append(f"more than {MOST_NAMES:,} names here; only so many were looked at")
    if budget.left_out:
        notes.append(
            f"{count(budget.left_out, 'file')} here not looked at, the first {MOST_FILES - budget.files} were: type a name to open it"
        )
    return tuple(notes)


def _files(folder: str, names: Sequence[str], adapters: list[Registered], budget: _Budget) -> list[Offer]:
    there = []
    for name in names:
        try:
            status = os.stat(os.path.join(folder, name))
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_size:
            there.append((not name.lower().endswith(_LIKELY), -status.st_mtime, name, status.st_size))
    found = []
    for _, written, name, size in sorted(there):
        adapter = _adapter(os.path.join(folder, name), adapters) if budget.take(size) else None
        if adapter is not None:
            age = max(0.0, time.time() + written)
            account = _account(os.path.join(folder, name))
            found.append(Offer("file", _inside(folder, name), _short(adapter), account=account, age=age, size=size))
    return found


def _adapter(path: str, adapters: list[Registered]) -> Registered | None:
    """Who opens a file; nobody opens a lone policy document."""
    head = look(path)
    if head is None or bare_policies.is_policy(head):
        return None
    return next((one for one in adapters if takes(one, path, head)), None)


def _folder(folder: str, name: str, adapters: list[Registered], budget: _Budget) -> Offer | None:
    """A folder, where one of the first files in it can be opened, or where it is a store of iam-collect."""
    path = os.path.join(folder, name)
    if not os.path.isdir(path):
        return None
    store = next((one for one in adapters if one.name == "iam-collect"), None)
    if store is not None and iam_collect.partitions(path):
        return Offer("folder", _inside(folder, f"{name}/"), _short(store))
    try:
        with os.scandir(path) as entries:
            inside = sorted((entry.name for entry in entries if not entry.name.startswith(".")), key=_unlikely)[:MOST_IN_A_FOLDER]
    except OSError:
        return None
    for each in inside:
        file = os.path.join(path, each)
        size = _size(file)
        if size and budget.take(size) and _adapter(file, adapters) is not None:
            return Offer("folder", _inside(folder, f"{name}/"), "folder of exports")
    return None


def _size(path: str) -> int:
    """The bytes of a regular file; 0 for anything else, and for what cannot be looked at."""
    try:
        status = os.stat(path)
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _unlikely(name: str) -> tuple[bool, str]:
    return not name.lower().endswith(_LIKELY), name


def _short(found: Registered) -> str:
    """What an adapter says of itself, up to where it explains."""
    assert found.adapter is not None
    said = re.split(r"[:,]| or ", found.adapter.description, maxsplit=1)[0].strip()
    return re.sub(r"^(?:an?|the) ", "", said)


def _account(path: str) -> str:
    """The account of the first user, group, role or policy that a file begins with; empty where its head names none."""
    head = look(path)
    named = _OWN_ENTITY.search(head.text) if head is not None else None
    return named[1].decode() if named else ""


def _inside(folder: str, name: str) -> str:
    """What to type: the name, with its folder where that is not the present one, and so that it cannot be taken for another word."""
    path = name if folder == "." else os.path.join(folder, name)
    if not path:
        return "."
    is_path = "/" in path or "." in path.strip(".")
    return path if is_path and ":" not in path and not path.startswith("-") else os.path.join(".", path)
