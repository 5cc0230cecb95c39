"""Policy documents that are files of their own. Such a file does not say what it is attached to: it counts where something else names
it, as an organization names an SCP by its id or name, or where a question brings it along (`whygate can --identity`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from adapters.export import read
from adapters.heads import Head
from whygate.errors import UserError
from whygate.text import visible

Report = Callable[[int, int, str], None]


def is_policy(head: Head) -> bool:
    """Whether a file is one policy document and nothing else."""
    return "Statement" in head and not {"resourceType", "UserDetailList"} & head.keys.keys()


def complete(organization: dict[str, Any], files: Sequence[str], report: Report) -> list[str]:
    """Gives each policy of an `Organization` without a document the one whose file is called like it; the files that no policy
    is called like. Raises `UserError` for a file that is named and cannot be read."""
    from whygate import policy  # not for every source: this is on the way to the first picture

    unnamed = []
    for path in files:
        stem = os.path.basename(path).split(".", 1)[0].lower()
        named = [item for item in organization.get("Policies") or () if stem in _names(item)]
        if not named:
            unnamed.append(path)
            continue
        text = read(path, report).decode("utf-8-sig", errors="replace")
        problem = policy.read(text).unreadable
        if problem:
            raise UserError(problem, where=visible(path), todo="mend it, or take it out of the folder")
        for item in named:
            if not item.get("Document") and not item.get("Content"):
                item["Document"] = text
    return unnamed


def _names(item: dict[str, Any]) -> set[str]:
    arn = str(item.get("Arn") or "")
    return {str(name).lower() for name in (item.get("Id"), item.get("Name"), arn.rsplit("/", 1)[-1]) if name}
