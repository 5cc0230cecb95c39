"""The keys that the user chose: compared with the actions that there are, and with one another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from tui.actions import ACTIONS, EVERYWHERE, MODES, PLACES, TABLE, Action, Keymap
from tui.kept.config import Config, Problem

_MODIFIERS = ("ctrl", "shift", "alt", "super", "meta", "hyper")
_NAMED = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())


def chosen(config: Config) -> tuple[Keymap, tuple[Problem, ...]]:
    """The keys by the id of their action, as Textual names them, and what is wrong with the rest."""
    known = {action.id: action for action in ACTIONS if action.keys}
    keymap: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for name, keys in config.settings.keys.items():
        full = f"keys.{name}"
        wrong = next((key for key in keys if not _named(key)), None)
        if name not in known:
            nearest = ", ".join(each for each in known if each.partition(".")[2] == name.rpartition(".")[2])
            hint = f"perhaps {nearest} is meant" if nearest else "`whygate config` prints all actions"
            problems.append(config.wrong(full, f"there is no action {name!r}; {hint}"))
        elif wrong is not None:
            problems.append(config.wrong(full, f"there is no key {wrong!r}; a character, or a name such as enter, f5, ctrl+x, pagedown"))
        else:
            keymap[name] = tuple(_named(key) for key in keys)
    for name, other, key in _clashes(known, keymap):
        typed = next(each for each in config.settings.keys[name] if _named(each) == key)
        problems.append(config.wrong(f"keys.{name}", f"{typed!r} is the key of {other} too; give that one another key"))
        del keymap[name]
    return keymap, tuple(problems)


def for_textual(keymap: Keymap) -> dict[str, str]:
    """As `App.set_keymap` takes it."""
    return {name: ",".join(keys) for name, keys in keymap.items()}


def _named(key: str) -> str:
    """Textual's name of a key, empty where there is none."""
    head, last = (key[:-1].rstrip("+"), "+") if key.endswith("+") else (key.rpartition("+")[0], key.rpartition("+")[2])
    modifiers = head.split("+") if head else []
    if any(modifier not in _MODIFIERS for modifier in modifiers):
        return ""
    if len(last) == 1:
        base = last if last.isalnum() else _of_character(last)
    else:
        base = last if last in _NAMED or _is_character(last) else ""
    return "+".join((*modifiers, base)) if base else ""


def _of_character(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _is_character(name: str) -> bool:
    try:
        unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return False
    return True


def _clashes(known: dict[str, Action], keymap: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Chosen keys that another action has in the same place, and that the two do not share anyway: the action, the other one, and the
    key; each action once."""
    together = [*((place, TABLE, EVERYWHERE) for place in PLACES), *((mode,) for mode in MODES)]
    for name in list(keymap):
        scopes = {scope for group in together if known[name].scope in group for scope in group}
        found = next(
            (
                (other.id, key)
                for other in known.values()
                if other.id != name and other.scope in scopes
                for key in keymap.get(name, ())
                if key in keymap.get(other.id, other.keys) and not (key in known[name].keys and key in other.keys)
            ),
            None,
        )
        if found is not None:
            yield name, *found
