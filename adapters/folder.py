"""The adapter for a folder of exports: every file that another adapter opens, together one snapshot. What is in the files is read there,
how pieces of one account come together is in `whygate.joining`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters import bare_policies, iam_collect, registry
from adapters.heads import Head, look
from whygate.document import TELLING, Document, decode_mapping
from whygate.entries import SourceEntry
from whygate.errors import UserError
from whygate.text import count, visible

Report = Callable[[int, int, str], None]

MOST_FILES = 5_000
_SHOWN = 3
# Adapters that are asked by a word, and never for a file.
_NO_FILES = ("folder", "demo", "aws")
_TELLING = frozenset(key.lower() for key in TELLING)


class FolderAdapter:
    """`whygate exports/`: accounts side by side, and what belongs to them: the organization, credential reports, Config items."""

    name = "folder"
    description = "a folder of exports: every account in it, with their organization"

    def accepts(self, source: str) -> bool:
        """Any folder but a store that another tool laid out."""
        return os.path.isdir(source) and not iam_collect.partitions(source)

    def load(self, source: str, report: Report) -> Document:
        """Every file as one document; raises `UserError` for one that is damaged, and for two that are the same account."""
        from whygate import joining  # not for every source: this is on the way to the first picture

        groups, policies, unused = _sorted(source, file_adapters())
        total = sum(len(files) for _, files in groups)
        documents: list[tuple[str, Document]] = []
        done = 0
        for found, files in groups:
            together = getattr(found.adapter, "load_together", None)
            if together is None or found.name == "organizations":
                continue
            report(done, total, f"{count(len(files), 'file')} of {found.name}")
            documents.append((files[0], decode_mapping(together(files, _silent))))
            done += len(files)
        for found, files in groups:
            if hasattr(found.adapter, "load_together"):
                continue
            for path in files:
                report(done, total, os.path.basename(path))
                documents.append((path, registry.document(found, path, _silent)))
                done += 1
        unused += self._organizations(groups, policies, documents)
        if not any(document.accounts for _, document in documents):
            raise UserError("no export is in this folder", where=visible(source), todo=_instead(unused))
        documents.sort(key=lambda item: item[0])
        joined = joining.join(documents)
        report(total, total, "folder")
        warnings = (*joined.warnings, *_ignored(source, unused))
        origin = SourceEntry("folder", source, _oldest(path for _, files in groups for path in files))
        return msgspec.structs.replace(joined, source=origin, warnings=warnings)

    def _organizations(self, groups: Any, policies: list[str], documents: list[tuple[str, Document]]) -> list[str]:
        """Adds the organization that the answers in the folder describe, with the documents that lie beside them; the files that
        it does not name."""
        for found, files in groups:
            if found.name == "organizations":
                described: Mapping[str, Any] = found.adapter.load_together(files, _silent)
                policies = bare_policies.complete(described["Organization"], policies, _silent)
                documents.append((files[0], decode_mapping(described)))
        return policies


def _silent(done: int, total: int, what: str) -> None:
    """The files tell how far it is."""


def file_adapters() -> list[registry.Registered]:
    """The adapters that open files, in the order in which they are asked."""
    return [found for found in registry.registered() if found.adapter is not None and found.name not in _NO_FILES]


Groups = list[tuple[registry.Registered, list[str]]]


def _sorted(source: str, adapters: list[registry.Registered]) -> tuple[Groups, list[str], list[str]]:
    """The files by the adapter that opens them, the bare policy documents, and what nothing opens."""
    groups: dict[str, tuple[registry.Registered, list[str]]] = {}
    policies: list[str] = []
    unused: list[str] = []
    for path in _files(source):
        head = look(path)
        if head is None and os.path.isfile(path) and not os.access(path, os.R_OK):
            raise UserError("no permission to read it", where=visible(path), todo="ask its owner, or take it out of the folder")
        if head is not None and bare_policies.is_policy(head):
            policies.append(path)
            continue
        found = next((one for one in adapters if takes(one, path, head)), None)
        if found is None:
            unused.append(path)
        else:
            groups.setdefault(found.name, (found, []))[1].append(path)
    return list(groups.values()), policies, unused


def takes(found: registry.Registered, path: str, head: Head | None) -> bool:
    """Whether an adapter opens the file; `export`, which takes any path, is held to files that begin like an account."""
    assert found.adapter is not None
    if found.name == "export":
        return head is not None and any(key.replace("_", "").lower() in _TELLING for key in head.keys)
    try:
        return found.adapter.accepts(path)
    except Exception:  # somebody else's adapter, which the registry complains about where it is asked alone
        return False


def _files(source: str) -> Iterator[str]:
    """Every file below the folder, in order, and stores of iam-collect as if they were one; hidden ones are left alone."""
    number = 0
    for where, folders, names in os.walk(source):
        for store in [name for name in folders if iam_collect.partitions(os.path.join(where, name))]:
            folders.remove(store)
            yield os.path.join(where, store)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                number += 1
                if number > MOST_FILES:
                    raise UserError(
                        f"more than {MOST_FILES:,} files", where=visible(source), todo="name a folder that holds the exports alone"
                    )
                yield os.path.join(where, name)


def _instead(unused: list[str]) -> str:
    if not unused:
        return "name the folder that holds the exports"
    return f"`whygate sources` lists what can be opened; {visible(os.path.basename(unused[0]))} is nothing of it"


def _ignored(source: str, unused: list[str]) -> tuple[str, ...]:
    if not unused:
        return ()
    names = [visible(os.path.relpath(path, source)) for path in unused]
    more = f" and {count(len(names) - _SHOWN, 'other')}" if len(names) > _SHOWN else ""
    return (f"not used, because nothing says what they belong to: {', '.join(names[:_SHOWN])}{more}",)


def _oldest(paths: Iterator[str]) -> str | None:
    """When the oldest of the files was written: the whole is no fresher than that."""
    times = [os.stat(path).st_mtime for path in paths if os.path.exists(path)]
    return datetime.fromtimestamp(min(times), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if times else None
