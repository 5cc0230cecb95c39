"""The tables in docs/screens.md, made from the registry of actions and from the commands of the `:` line, between the marks that name them.

python -m screenshots.keys
"""

from __future__ import annotations

import re
from pathlib import Path

from tui.actions import ACTIONS, EVERYWHERE, MODES, PLACES, TABLE, Action
from tui.command_line import COMMANDS

PAGE = Path(__file__).parent.parent / "docs" / "screens.md"
SCOPES = (*PLACES, *MODES, TABLE, EVERYWHERE)
_MARKED = re.compile(r"(<!-- keys: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_COMMANDS = re.compile(r"(<!-- commands -->\n).*?(<!-- end -->)", re.DOTALL)


def table(scope: str) -> str:
    """The keys of a scope as Markdown."""
    rows = [f"| {_key(action)} | {action.help} | `{action.id}` |" for action in ACTIONS if action.scope == scope]
    return "\n".join(["| key | does | id |", "|---|---|---|", *rows, ""])


def commands() -> str:
    """What can be typed after `:`, as Markdown."""
    rows = [f"| `:{f'{each.name} {each.usage}'.rstrip()}` | {each.help} |" for each in COMMANDS]
    return "\n".join(["| line | does |", "|---|---|", *rows, ""])


def _key(action: Action) -> str:
    return f"`{action.shown}`".replace("|", "\\|")


def written(page: str) -> str:
    """The page with every table as it should be. Raises KeyError for a mark that names no scope."""

    def anew(match: re.Match[str]) -> str:
        if match[2] not in SCOPES:
            raise KeyError(match[2])
        return match[1] + table(match[2]) + match[3]

    return _COMMANDS.sub(lambda match: match[1] + commands() + match[2], _MARKED.sub(anew, page))


def scopes(page: str) -> list[str]:
    """The scopes that the page has tables of."""
    return [match[2] for match in _MARKED.finditer(page)]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
