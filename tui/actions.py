"""Every key of the explorer, once: bindings, the key bar and the help overlay are made from this table and nothing else."""

from __future__ import annotations

import msgspec
from textual.binding import Binding, BindingType

EVERYWHERE = "everywhere"
TABLE = "table"
PLACES = ("account", "principal", "policy", "question")
MODES = ("input", "filter")  # while somebody types, other keys work than in the place itself


class Action(msgspec.Struct, frozen=True):
    """`name` is the method `action_NAME` of whoever binds the scope, `keys` are Textual's names (none: something else handles the
    key), `shown` is how a person reads them, `label` the word in the key bar (empty: not in the bar), `help` a plain sentence part.
    """

    scope: str
    name: str
    keys: tuple[str, ...]
    shown: str
    label: str
    help: str


ACTIONS = (
    Action(TABLE, "enter", ("enter",), "enter", "in", "go into the row under the cursor"),
    Action(EVERYWHERE, "out", ("escape", "backspace"), "esc", "back", "close what is open, else back, else end the loading"),
    Action("account", "filter", ("slash",), "/", "filter", "narrow the list: words that all match, !word leaves out"),
    Action("account", "next_list", ("tab",), "tab", "next list", "the next list: users, groups, roles, policies …"),
    Action("account", "previous_list", ("shift+tab",), "shift+tab", "", "the list before"),
    *(Action("account", f"list({number - 1})", (str(number),), str(number), "", f"list number {number}") for number in range(1, 8)),
    Action("principal", "open_or_close", ("space",), "space", "open", "open or close the row"),
    Action("policy", "next_statement", ("n",), "n", "next", "the next statement"),
    Action("policy", "previous_statement", ("p",), "p", "", "the statement before"),
    Action("policy", "next_version", ("v",), "v", "version", "the next version of the policy"),
    Action("question", "edit", ("e", "i"), "e", "edit", "change the question: principal, action, resource, context"),
    Action("question", "edit_context", ("x",), "x", "context", "change the context: key=value, key= is empty, key! is absent"),
    Action("question", "verify", ("V",), "V", "", "a second opinion: ask AWS's policy simulator too, for a live source"),
    Action("input", "next_input", ("tab",), "tab", "complete, next", "take the completion that is marked, else the next input"),
    Action("input", "previous_input", ("shift+tab",), "shift+tab", "", "the input before"),
    Action("input", "choose_next", ("down",), "↓", "", "the next completion, else the next input"),
    Action("input", "choose_previous", ("up",), "↑", "choose", "the completion before, else the input before"),
    Action("input", "ask", (), "enter", "to the verdict", "take a completion that was chosen, else go to the verdict"),
    Action("input", "out", (), "esc", "done", "leave the inputs"),
    Action("filter", "row_down", ("down",), "↓", "", "one row down"),
    Action("filter", "row_up", ("up",), "↑", "move", "one row up"),
    Action("filter", "keep", (), "enter", "keep", "keep the filter and go to the list"),
    Action("filter", "out", (), "esc", "clear", "clear the filter"),
    Action(TABLE, "down", ("down", "j"), "↓ j", "", "one row down"),
    Action(TABLE, "up", ("up", "k"), "↑ k", "", "one row up"),
    Action(TABLE, "open", ("right", "l"), "→ l", "", "open the row, or go into it"),
    Action(TABLE, "close", ("left", "h"), "← h", "", "close the row, or go to the row above it"),
    Action(TABLE, "page_down", ("pagedown", "ctrl+f"), "pgdn", "", "a page down"),
    Action(TABLE, "page_up", ("pageup", "ctrl+b"), "pgup", "", "a page up"),
    Action(TABLE, "first", ("home", "g"), "home g", "", "the first row"),
    Action(TABLE, "last", ("end", "G"), "end G", "", "the last row"),
    Action(EVERYWHERE, "can", ("c",), "c", "can…?", "ask whether this principal can do something, and why"),
    Action(EVERYWHERE, "copy", ("y",), "y", "copy", "send what the cursor is on to the terminal's clipboard (OSC 52)"),
    Action(EVERYWHERE, "copy_place", ("Y",), "Y", "", "send the line that names this place, for whygate SOURCE --at LINE"),
    Action(EVERYWHERE, "back", ("left_square_bracket",), "[", "", "back through where you have been"),
    Action(EVERYWHERE, "forward", ("right_square_bracket",), "]", "", "forward again"),
    Action(EVERYWHERE, "help", ("question_mark",), "?", "help", "this help"),
    Action(EVERYWHERE, "leave", ("q", "ctrl+q"), "q", "quit", "leave the program"),
)


def bindings(scope: str) -> list[BindingType]:
    """Textual's bindings of a scope."""
    bound = [action for action in ACTIONS if action.scope == scope and action.keys]
    return [Binding(",".join(action.keys), action.name, action.help, show=False) for action in bound]


def key_bar(place: str, mode: str = "") -> tuple[tuple[str, str], ...]:
    """(key, word) pairs for the bar under a place, most particular first; in a mode only the mode's own."""
    if mode:
        return tuple((action.shown, action.label) for action in ACTIONS if action.label and action.scope == mode)
    chosen = [action for action in ACTIONS if action.label and action.scope in (place, TABLE, EVERYWHERE)]
    return tuple((action.shown, action.label) for action in sorted(chosen, key=lambda action: action.scope != place))


def help_lines(place: str) -> tuple[tuple[str, str], ...]:
    """(keys, help) pairs of everything that works in a place; the digits of the lists are one line."""
    lines = []
    for action in ACTIONS:
        if action.scope not in (place, TABLE, EVERYWHERE) or action.name.startswith("list("):
            continue
        lines.append((action.shown, action.help))
        if action.name == "previous_list":
            lines.append(("1 … 7", "one of the lists"))
    return tuple(lines)
