"""Every key of the explorer, once: bindings, the key bar and the help overlay are made from this table and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec
from textual.binding import Binding, BindingType

from tui.location import LISTS

EVERYWHERE = "everywhere"
TABLE = "table"
PLACES = ("start", "account", "principal", "policy", "resource", "question", "way", "services", "denied")
MODES = ("input", "value", "filter", "prompt", "jump", "paste", "source")  # while somebody types, other keys work than in the place itself


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

    @property
    def id(self) -> str:
        """What a configuration file calls it: `question.verify`, `account.list-1`."""
        return f"{self.scope}.{self.name.replace('(', '-').replace(')', '')}"

    @property
    def plain_name(self) -> str:
        """The name without arguments."""
        return self.name.partition("(")[0]


ACTIONS = (
    Action(TABLE, "enter", ("enter",), "enter", "in", "go into the row under the cursor"),
    Action(EVERYWHERE, "out", ("escape", "backspace"), "esc", "back", "close what is open, else back, else end the loading"),
    Action("start", "type", ("e", "i"), "e", "any source", "type what to open: a file, a folder, aws:PROFILE"),
    Action("start", "filter", ("slash",), "/", "filter", "narrow the list: words that all match, !word leaves out"),
    Action("start", "look_again", ("r",), "r", "", "look again for what can be opened"),
    Action("source", "open", (), "enter", "open", "open what was typed"),
    Action("source", "out", (), "esc", "leave", "leave the line"),
    Action("account", "filter", ("slash",), "/", "filter", "narrow the list: words that all match, !word, terms such as eff:deny"),
    Action("account", "next_list", ("tab",), "tab", "next list", "the next list: users, groups, roles, policies …"),
    Action("account", "previous_list", ("shift+tab",), "shift+tab", "", "the list before"),
    *(
        Action("account", f"list({number - 1})", (str(number),), str(number), "", f"the list of {name}")
        for number, name in enumerate(LISTS, 1)
    ),
    Action("principal", "filter", ("slash",), "/", "filter", "the rows that match, open or not, and what they stand under"),
    Action("principal", "open_or_close", ("space",), "space", "open", "open or close the row"),
    Action("principal", "services", ("b",), "b", "services", "what the principal may do, by service, as bars"),
    Action("policy", "next_statement", ("n",), "n", "next", "the next statement, or the next difference"),
    Action("policy", "previous_statement", ("p",), "p", "", "the statement before, or the difference before"),
    Action("policy", "filter", ("slash",), "/", "filter", "leave statements out: words, !word, eff: act: res: cond:"),
    Action("policy", "fold", ("space",), "space", "fold", "fold or unfold the statement; open or close the row"),
    Action("policy", "fold_all", ("z",), "z", "", "fold every statement to a line, or unfold them all"),
    Action("policy", "fold_others", ("Z",), "Z", "", "fold every statement but this one"),
    Action("policy", "expand", ("a",), "a", "actions", "the actions that a pattern or a statement stands for"),
    Action("policy", "next_finding", ("exclamation_mark",), "!", "finding", "the next line with a finding, round and round"),
    Action("policy", "compare", ("d",), "d", "compare", "compare with another version, line by line; d ends it"),
    Action("policy", "next_version", ("v",), "v", "version", "the next version, or the next one to compare with"),
    Action("policy", "copy_document", ("t",), "t", "", "copy the whole document; y copies an ARN"),
    Action("resource", "open_or_close", ("space",), "space", "open", "open or close the row"),
    Action("denied", "edit", ("e", "i"), "e", "message", "the message: change it, or paste another one over it"),
    Action("denied", "open_or_close", ("space",), "space", "open", "open or close the denial"),
    Action("paste", "to_list", ("down", "tab"), "↓", "to the denials", "to the denials that were found"),
    Action("paste", "take", (), "enter", "", "to the denials that were found"),
    Action("paste", "out", (), "esc", "done", "leave the line"),
    Action("question", "edit", ("e", "i"), "e", "edit", "change the question: principal, action, resource, context"),
    Action("question", "edit_context", ("x",), "x", "context", "change the context: key=value, key= is empty, key! is absent"),
    Action("question", "edit_value", ("equals_sign",), "=", "set value", "set the condition key of the row: true, false, any value"),
    Action("question", "assume_none", ("u",), "u", "assume none", "count what was not collected as none, or as unknown again"),
    Action("question", "assume_absent", ("U",), "U", "", "count condition keys that nobody gave as absent, or as unknown again"),
    Action("question", "edit_options", ("O",), "O", "", "the options: credential, resource account, session policy …"),
    Action("question", "way", ("w",), "w", "way", "the way from the principal to the resource, drawn"),
    Action("question", "verify", ("V",), "V", "", "a second opinion: ask AWS's policy simulator too, for a live source"),
    Action("way", "open_or_close", ("space",), "space", "open", "open or close the branch, or the layer"),
    Action("way", "decision", ("n",), "n", "decision", "the next row that decides, round and round"),
    Action("way", "ladder", ("w",), "w", "ladder", "the same question as a ladder of layers"),
    Action("services", "open_or_close", ("space",), "space", "open", "open or close the service, or the access level"),
    Action("services", "sort", ("s",), "s", "sort", "the services of which most is allowed first, or by name again"),
    Action("services", "assume_none", ("u",), "u", "assume none", "count what was not collected as none, or as unknown again"),
    Action("input", "next_input", ("tab",), "tab", "complete, next", "take the completion that is marked, else the next input"),
    Action("input", "previous_input", ("shift+tab",), "shift+tab", "", "the input before"),
    Action("input", "choose_next", ("down",), "↓", "", "the next completion, else the next input"),
    Action("input", "choose_previous", ("up",), "↑", "choose", "the completion before, else the input before"),
    Action("input", "ask", (), "enter", "to the verdict", "take a completion that was chosen, else go to the verdict"),
    Action("input", "out", (), "esc", "done", "leave the inputs"),
    Action("value", "keep", (), "enter", "keep", "keep the value and go back to the ladder"),
    Action("value", "next_value", ("down", "tab"), "↓", "another value", "the next value that the policies compare with"),
    Action("value", "previous_value", ("up", "shift+tab"), "↑", "", "the value before"),
    Action("value", "out", (), "esc", "put back", "leave the value as it was"),
    Action("filter", "row_down", ("down",), "↓", "", "the next value that a term can have, else one row down"),
    Action("filter", "row_up", ("up",), "↑", "move", "the value before, else one row up"),
    Action("filter", "complete", ("tab",), "tab", "complete", "take the term or the value that is marked"),
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
    Action("prompt", "next", ("down",), "↓", "", "the next completion, else a later line of the history"),
    Action("prompt", "previous", ("up",), "↑", "history", "the completion before, else an earlier line of the history"),
    Action("prompt", "complete", ("tab",), "tab", "complete", "take the completion that is marked"),
    Action("prompt", "run", (), "enter", "go", "do what the line says"),
    Action("prompt", "out", ("escape",), "esc", "leave", "leave the line"),
    Action("jump", "type", (), "a … z", "go there", "go where the letters stand"),
    Action("jump", "out", (), "esc", "leave", "take the letters away"),
    Action(EVERYWHERE, "can", ("c",), "c", "can…?", "ask whether this principal can do something, and why"),
    Action(EVERYWHERE, "command", ("colon",), ":", "command", "a line as on the command line: can mateojackson textract:AnalyzeDocument"),
    Action(EVERYWHERE, "jump", ("f",), "f", "jump", "letters over everything that leads somewhere; type them to go there"),
    Action(EVERYWHERE, "copy", ("y",), "y", "copy", "send what the cursor is on to the terminal's clipboard (OSC 52)"),
    Action(EVERYWHERE, "copy_place", ("Y",), "Y", "", "send the line that names this place, for whygate SOURCE --at LINE"),
    Action(EVERYWHERE, "copy_command", ("C",), "C", "", "send the command that answers the same in a shell"),
    Action(EVERYWHERE, "save", ("o",), "o", "export", "write this place to a file: SVG, Markdown or JSON"),
    Action(EVERYWHERE, "editor", ("E",), "E", "", "the policy's document, or what this place says, in your editor or pager; read-only"),
    Action(EVERYWHERE, "mark", ("m",), "m", "", "put a bookmark here, or take it away"),
    Action(EVERYWHERE, "marks", ("apostrophe",), "'", "", "go to a bookmark"),
    Action(EVERYWHERE, "denied", ("D",), "D", "", "paste an AccessDenied message or a CloudTrail event"),
    Action(EVERYWHERE, "back", ("left_square_bracket",), "[", "", "back through where you have been"),
    Action(EVERYWHERE, "forward", ("right_square_bracket",), "]", "", "forward again"),
    Action(EVERYWHERE, "palette", ("ctrl+p",), "ctrl+p", "", "everything that can be done, by name"),
    Action(EVERYWHERE, "suspend_process", ("ctrl+z",), "ctrl+z", "", "back to the shell; fg comes back"),
    Action(EVERYWHERE, "help", ("question_mark",), "?", "help", "everything that works here"),
    Action(EVERYWHERE, "leave", ("q", "ctrl+q"), "q", "", "leave the program"),
)


Keymap = Mapping[str, tuple[str, ...]]
"""Keys that the user chose, by the id of an action; Textual's names."""

_SHOWN = {"slash": "/", "colon": ":", "question_mark": "?", "apostrophe": "'", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}
_HELP = "everywhere.help"


class Key(NamedTuple):
    """A key and its word in the bar, and the id of its action."""

    key: str
    word: str
    id: str

    @property
    def size(self) -> int:
        """The cells that it takes, with the blanks around and between."""
        return len(self.key) + len(self.word) + 3


def bindings(scope: str) -> list[BindingType]:
    """Textual's bindings of a scope; their ids are those of the actions, so that a keymap finds them."""
    bound = [action for action in ACTIONS if action.scope == scope and action.keys]
    return [Binding(",".join(action.keys), action.name, action.help, show=False, id=action.id) for action in bound]


def shown(action: Action, keymap: Keymap) -> str:
    """How a person reads the keys of an action."""
    chosen = keymap.get(action.id)
    return " ".join(_SHOWN.get(key, key) for key in chosen) if chosen else action.shown


def working(place: str, mode: str = "") -> tuple[Action, ...]:
    """The actions of a place, most particular first, or those of a mode; also those that do not work just now."""
    if mode:
        return tuple(action for action in ACTIONS if action.scope == mode)
    chosen = [action for action in ACTIONS if action.scope in (place, TABLE, EVERYWHERE)]
    return tuple(sorted(chosen, key=lambda action: action.scope != place))


def key_bar(
    place: str, mode: str = "", *, width: int = 80, why_not: Callable[[str], str] = lambda name: "", keymap: Keymap | None = None
) -> tuple[Key, ...]:
    """The keys for the bar under a place: what works just now, as many as `width` cells take, and the help always."""
    items = [
        Key(shown(action, keymap or {}), action.label, action.id)
        for action in working(place, mode)
        if action.label and not why_not(action.plain_name)
    ]
    last = [item for item in items if item.id == _HELP]
    room = width - sum(item.size for item in last)
    chosen = []
    for item in items:
        if item.id != _HELP and item.size <= room:
            chosen.append(item)
            room -= item.size
    return (*chosen, *last)
