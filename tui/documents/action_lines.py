"""Where the actions of a statement stand in its document, and which of them a line is about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.documents.folding import actions_key

if TYPE_CHECKING:
    from whygate.policy import Path, Policy, Statement


def line_of(policy: Policy, statement: Statement, item: int | None) -> int | None:
    """The line (from 0) of the Action or NotAction element, or of one pattern in it; None where there is none."""
    span = policy.text.places.get(_path(policy, statement, item))
    return span[0] if span is not None else None


def patterns_of(policy: Policy, statement: Statement, item: int | None) -> tuple[str, ...]:
    """The patterns of the element, or the one."""
    if item is None:
        return statement.actions
    listed = _element(policy, statement)
    pattern = listed[item] if isinstance(listed, list) and item < len(listed) else None
    return (pattern,) if isinstance(pattern, str) else ()


def key_at(policy: Policy, statement: Statement, line: int) -> str:
    """The key of what a line is about: a pattern where it holds one of several, else the whole element."""
    listed = _element(policy, statement)
    for item in range(len(listed)) if isinstance(listed, list) and len(listed) > 1 else ():
        if line_of(policy, statement, item) == line:
            return actions_key(statement.index, item)
    return actions_key(statement.index)


def is_about_actions(policy: Policy, statement: Statement, line: int) -> bool:
    """Whether a line belongs to the element."""
    span = policy.text.places.get(_path(policy, statement, None))
    return span is not None and span[0] <= line <= span[1]


def _path(policy: Policy, statement: Statement, item: int | None) -> Path:
    element = statement.element("action")
    return policy.place(statement, element) if item is None else policy.place(statement, element, item)


def _element(policy: Policy, statement: Statement) -> Any:
    listed = policy.tree["Statement"]
    block = listed[statement.index] if isinstance(listed, list) else listed
    return block.get(statement.element("action")) if isinstance(block, dict) else None
