"""The `:` line: a few words, with the command line's own grammar where there is a command for it, become something to do. Pure."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.crumbs import label_of, of_policy, of_principal
from tui.location import LISTS, Location, State, parse
from tui.questions import completion
from whygate.errors import UserError

if TYPE_CHECKING:
    from argparse import Namespace

    from whygate.entities import Group, ManagedPolicy, Role, User
    from whygate.snapshot import Snapshot


class Go(msgspec.Struct, frozen=True):
    """Walk to a place."""

    location: Location
    label: str = ""
    state: State = State()


class Do(msgspec.Struct, frozen=True):
    """Something that the explorer does: `name` is its `do_NAME`, `argument` a text for it."""

    name: str
    argument: str = ""


Outcome = Go | Do
Words = Sequence[str]
Completer = Callable[["Snapshot | None", Words, str], Iterable[str]]
"""What the last word may become: from the account (None only for a command that needs none), the words before it, and how it begins."""


class Command(msgspec.Struct, frozen=True):
    """`read` makes an outcome of the words behind the name (a complaint is a UserError); `rest` gives it everything behind the name as one
    text, blanks and quotes as they are."""

    name: str
    usage: str
    help: str
    read: Callable[[Snapshot | None, Words], Outcome]
    complete: Completer | None = None
    rest: bool = False
    needs_account: bool = True


def run(line: str, snapshot: Snapshot | None) -> Outcome:
    """What a line asks for. Raises UserError with one plain line where that is nothing."""
    name, _, behind = line.strip().partition(" ")
    if not name:
        raise UserError("nothing was typed", todo="type a command such as can, user or list; tab completes")
    command = _named(name)
    if command.needs_account and snapshot is None:
        raise UserError(f"{command.name} needs an account", todo="open one first: open SOURCE")
    if command.rest:
        return command.read(snapshot, [behind.strip()])
    try:
        words = shlex.split(behind)
    except ValueError:
        raise UserError("a quote is not closed", todo='write words with blanks as "two words"') from None
    return command.read(snapshot, words)


def complete(line: str, snapshot: Snapshot | None) -> tuple[str, ...]:
    """Whole lines that `line` may become, the likeliest first; none where nothing is known."""
    name, blank, behind = line.lstrip().partition(" ")
    if not blank:
        return tuple(f"{each.name} " if each.usage else each.name for each in COMMANDS if each.name.startswith(name))
    command = next((each for each in COMMANDS if each.name == name), None)
    if command is None or command.complete is None or (command.needs_account and snapshot is None):
        return ()
    before, word = _last_word(behind)
    head = f"{name} {before}"
    return tuple(f"{head}{_quoted(each)}" for each in command.complete(snapshot, before.split(), word))


def usage(line: str) -> str:
    """How the command of a line is written, and what it does; empty where there is none of that name."""
    name = line.strip().partition(" ")[0]
    command = next((each for each in COMMANDS if each.name == name), None)
    return f"{command.name} {command.usage}".rstrip() + f": {command.help}" if command else ""


def _last_word(text: str) -> tuple[str, str]:
    """The words before the last and the last, which may be empty."""
    at = text.rfind(" ") + 1
    return text[:at], text[at:].lstrip("'\"")


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text and '"' not in text else text


def _named(name: str) -> Command:
    exact = [each for each in COMMANDS if each.name == name]
    close = exact or [each for each in COMMANDS if each.name.startswith(name)]
    if len(close) == 1:
        return close[0]
    if close:
        raise UserError(f"{name!r} may be {' or '.join(each.name for each in close)}", todo="type more of it")
    raise UserError(f"there is no command {name!r}", todo="tab shows those that there are")


# What the commands do


def _parsed(command: str, words: Words) -> Namespace:
    from tui.commands.parser import parse_line

    return parse_line([command, *words])


def _question(kind: str) -> Callable[[Snapshot | None, Words], Outcome]:
    def read(snapshot: Snapshot | None, words: Words) -> Outcome:
        from tui.questions.asking import of_command

        try:
            location = of_command(_parsed("can", words)).location()
        except UserError as error:  # both have the grammar of `can`
            todo = error.todo if kind == "question" else error.todo.replace("write it as: can ", f"write it as: {kind} ")
            raise UserError(error.what, where=error.where, todo=todo) from None
        location = Location(kind, "", location.query)
        return Go(location, label_of(location))

    return read


def _list(snapshot: Snapshot | None, words: Words) -> Outcome:
    if not words:
        raise UserError("it does not say which list", todo=f"name one of {', '.join(LISTS)}")
    kind, *rest = words
    if kind not in LISTS:
        raise UserError(f"there is no list of {kind!r}", todo=f"name one of {', '.join(LISTS)}")
    location = Location("list", kind)
    return Go(location, label_of(location), State(filter=" ".join(_quoted(word) for word in rest)))


def _list_called(name: str) -> Callable[[Snapshot | None, Words], Outcome]:
    return lambda snapshot, words: _list(snapshot, [name, *words])


def _entity(kind: str) -> Callable[[Snapshot | None, Words], Outcome]:
    def read(snapshot: Snapshot | None, words: Words) -> Outcome:
        assert snapshot is not None
        name = _one(words, f"which {kind}")
        lists: dict[str, Sequence[User | Role | Group | ManagedPolicy]] = {
            "user": snapshot.users,
            "role": snapshot.roles,
            "group": snapshot.groups,
            "policy": snapshot.policies,
        }
        found = [each for each in lists[kind] if name in (each.arn, each.name)]
        if len(found) > 1:
            raise UserError(f"{name} names {len(found)} of them", todo=f"take one of {', '.join(each.arn for each in found[:3])}")
        if not found:
            raise UserError(f"there is no {kind} {name!r} in this account")
        entity = found[0]
        if kind != "policy":
            return Go(Location("principal", entity.arn), of_principal(entity.arn, entity.name))
        from whygate.policies import default_version

        held = default_version(snapshot, entity.arn)
        if held is None:
            raise UserError(f"no version of {entity.name} was collected")
        return Go(Location("policy", held.key), of_policy(held.name, held.kind))

    return read


def _resource(snapshot: Snapshot | None, words: Words) -> Outcome:
    assert snapshot is not None
    name = _one(words, "which resource")
    found = [each for each in snapshot.resources if name in (each.arn, each.name)]
    if not found:
        raise UserError(f"there is no resource {name!r} in this account")
    if len(found) > 1:
        raise UserError(f"{name} names {len(found)} of them", todo=f"take one of {', '.join(each.arn for each in found[:3])}")
    return Go(Location("resource", found[0].arn), found[0].name or found[0].arn)


def _services(snapshot: Snapshot | None, words: Words) -> Outcome:
    assert snapshot is not None
    entity = snapshot.principal(_one(words, "whose"))
    return Go(Location("services", entity.arn), "services")


def _at(snapshot: Snapshot | None, words: Words) -> Outcome:
    location = parse(_one(words, "where"))
    return Go(location, label_of(location))


def _denied(snapshot: Snapshot | None, words: Words) -> Outcome:
    return Go(Location("denied"), "Denied", State(text=words[0] if words else ""))


def _place(kind: str) -> Callable[[Snapshot | None, Words], Outcome]:
    return lambda snapshot, words: Go(Location(kind), label_of(Location(kind)))


def _does(name: str, missing: str = "") -> Callable[[Snapshot | None, Words], Outcome]:
    """Something with at most one text; with `missing` it must be there."""

    def read(snapshot: Snapshot | None, words: Words) -> Outcome:
        return Do(name, _one(words, missing) if missing else " ".join(words))

    return read


def _one(words: Words, missing: str) -> str:
    if not words or not words[0]:
        raise UserError(f"it does not say {missing}", todo="type it behind the command; tab completes")
    if len(words) > 1:
        raise UserError(f"{words[1]!r} is one word too many", todo='write words with blanks as "two words"')
    return words[0]


# What their words may be


def _asked(snapshot: Snapshot | None, before: Words, text: str) -> Iterable[str]:
    """A word of a question, as the parser of `can` expects it: an argument, an option, or a value of one."""
    from tui.commands.expected import on_line

    assert snapshot is not None
    wanted = on_line(["can", *before], text)
    options = [name for option in wanted.options for name in option.names]
    if text.startswith("-") or wanted.value is None:
        return completion.containing(options, text)
    if wanted.value.choices:
        return [wanted.head + each for each in completion.containing(wanted.value.choices, text.removeprefix(wanted.head))]
    completers = {"PRINCIPAL": completion.principals, "RESOURCE": completion.resources}
    if wanted.value.metavar == "ACTION":
        return completion.actions(text)
    return completers[wanted.value.metavar](snapshot, text) if wanted.value.metavar in completers else ()


def _principal(snapshot: Snapshot | None, before: Words, text: str) -> Iterable[str]:
    assert snapshot is not None
    return () if before else completion.principals(snapshot, text)


def _entities(name: str) -> Completer:
    def completer(snapshot: Snapshot | None, before: Words, text: str) -> Iterable[str]:
        every = () if before else getattr(snapshot, name)
        names = Counter(each.name for each in every)
        return completion.containing((each.name if names[each.name] == 1 and each.name else each.arn for each in every), text)

    return completer


def _words_of(words: Words) -> Completer:
    return lambda snapshot, before, text: () if before else completion.containing(words, text)


def _themes(snapshot: Snapshot | None, before: Words, text: str) -> Iterable[str]:
    from tui.terminal.themes import NAMES

    return completion.containing(NAMES, text)


def _forms(snapshot: Snapshot | None, before: Words, text: str) -> Iterable[str]:
    from tui.saving import FORMS

    stem = text.rpartition(".")[0] if text.endswith(FORMS) else text.rstrip(".")
    return [f"{stem}{form}" for form in FORMS] if stem else ()


COMMANDS: tuple[Command, ...] = (
    Command("can", "PRINCIPAL ACTION [RESOURCE] [OPTIONS]", "ask, with the options of whygate can", _question("question"), _asked),
    Command("way", "PRINCIPAL ACTION [RESOURCE] [OPTIONS]", "the way of a question as a graph", _question("way"), _asked),
    Command("services", "PRINCIPAL", "access by service, as bars", _services, _principal),
    Command("user", "NAME", "go to a user", _entity("user"), _entities("users")),
    Command("group", "NAME", "go to a group", _entity("group"), _entities("groups")),
    Command("role", "NAME", "go to a role", _entity("role"), _entities("roles")),
    Command("policy", "NAME", "go to a managed policy", _entity("policy"), _entities("policies")),
    Command("resource", "NAME", "go to a resource", _resource, _entities("resources")),
    Command("list", "KIND [FILTER]", "go to a list", _list, _words_of(LISTS)),
    *(Command(name, "[FILTER]", f"the list of {name}", _list_called(name)) for name in LISTS),
    Command("denied", "[TEXT]", "an AccessDenied message or an event", _denied, rest=True, needs_account=False),
    Command("explain", "[TEXT]", "the same as denied", _denied, rest=True, needs_account=False),
    Command("at", "LOCATION", "go to a place, as Y copies it", _at, rest=True),
    Command("mark", "[LABEL]", "put a bookmark here", _does("mark"), rest=True),
    Command("marks", "", "the bookmarks", _does("marks")),
    Command("save", "FILE.svg, .md or .json", "write this place to a file", _does("save", "into which file"), _forms, rest=True),
    Command("export", "FILE", "write the whole snapshot", _does("export", "into which file"), rest=True),
    Command("open", "SOURCE", "open another account", _does("open", "which"), rest=True, needs_account=False),
    Command("start", "", "what can be opened here", _place("start"), needs_account=False),
    Command("theme", "NAME", "other colours", _does("theme", "which"), _themes, needs_account=False),
    Command("help", "", "everything that works here", _does("help"), needs_account=False),
    Command("quit", "", "leave the program", _does("leave"), needs_account=False),
)
