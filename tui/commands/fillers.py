"""What the values on a command line can be, by what the parser calls them: from the source that the line names, the catalogue and this
machine. Nobody is asked over a network, and nothing large is read.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tui.commands import expected
from tui.commands.expected import Argument
from tui.location import LISTS
from whygate.errors import UserError

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot

Given = Mapping[str, str]
Filler = Callable[[Given, str], Iterable[tuple[str, str]]]

# Reading more than this would be felt after a Tab.
MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 200
# What people give most; the rest of the global condition keys follows from the request itself.
_GLOBAL_KEYS = ("aws:MultiFactorAuthPresent", "aws:SourceIp", "aws:SourceVpce", "aws:RequestedRegion", "aws:CurrentTime")


def fill(argument: Argument, given: Given, word: str) -> list[tuple[str, str]]:
    """The values of an argument, each with what it is; `given` are the arguments before it, `word` is how this one begins."""
    if argument.choices:
        return [(choice, "") for choice in argument.choices]
    found = (pair for name in argument.metavar.split(" or ") if name in FILLERS for pair in FILLERS[name](given, word))
    return list({value: (value, said) for value, said in found}.values())


def is_file(argument: Argument) -> bool:
    """Whether a file name may be given."""
    return not argument.choices and any(name in FILES for name in argument.metavar.split(" or "))


def snapshot(source: str) -> Snapshot | None:
    """What a source holds, where that is quickly known: a file, a folder, or what was kept of a live account. None for the rest."""
    if source in ("", "-"):
        return None
    try:
        return _opened(os.path.expanduser(source))
    except UserError:  # whoever runs the line will be told
        return None


def _opened(source: str) -> Snapshot | None:
    from adapters import registry

    found = registry.find(source)
    if not type(found.adapter).__module__.startswith("adapters."):  # somebody else's may ask over a network
        return None
    opening = registry.Opening(found, source, registry.CachePolicy(offline=True))
    if not opening.slow and os.path.lexists(source) and not _small(source):
        return None
    return opening.run()


def _small(source: str) -> bool:
    sizes = []
    for path in _files(source):
        found = os.stat(path)
        sizes.append(found.st_size if stat.S_ISREG(found.st_mode) else MOST_BYTES + 1)  # a pipe has an end that somebody must write
        if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
            return False
    return True


def _files(source: str) -> Iterator[str]:
    if not os.path.isdir(source):
        yield source
    for folder, _, names in os.walk(source):
        yield from (os.path.join(folder, name) for name in names)


def _commands(given: Given, word: str) -> Iterator[tuple[str, str]]:
    yield from expected.commands()


def _sources(given: Given, word: str) -> Iterator[tuple[str, str]]:
    from adapters import offers

    yield "demo", "the built-in demo account"
    yield "aws:", "the account of the default profile"
    for found in (offers.profiles(), offers.kept()):
        for offer in found.offers:
            yield offer.source, offer.what


def _principals(given: Given, word: str) -> Iterator[tuple[str, str]]:
    known = snapshot(given.get("SOURCE", ""))
    if known is None:
        return
    every = [("user", each) for each in known.users] + [("role", each) for each in known.roles]
    if word.startswith("arn:"):
        yield from ((each.arn, kind) for kind, each in every)
        return
    qualified = word.startswith(("user/", "role/"))
    often = Counter(each.name for _, each in every)
    for kind, each in every:
        if qualified:
            yield f"{kind}/{each.name}", ""
        else:
            yield (each.name if often[each.name] == 1 else each.arn), kind


def _actions(given: Given, word: str) -> Iterator[tuple[str, str]]:
    from whygate import catalogue

    service, colon, _ = word.partition(":")
    if not colon:
        yield from ((f"{each}:", "") for each in catalogue.services())
        return
    for name in catalogue.action_names(service.lower()):
        found = catalogue.action(name)
        yield name, found.access_level if found else ""


def _resources(given: Given, word: str) -> Iterator[tuple[str, str]]:
    """`*`, and what the source holds of the types that the action takes."""
    from whygate import catalogue

    yield "*", "a call without a resource"
    known = snapshot(given.get("SOURCE", ""))
    if known is None:
        return
    action = catalogue.action(given.get("ACTION", ""))
    wanted = {f"{action.service}:{use.type}" for use in action.resources} if action else set()
    arns = [each.arn for each in known.resources]
    if action is None or action.service in ("iam", "sts"):
        arns += [each.arn for group in (known.roles, known.users, known.groups, known.policies) for each in group]
    for arn in arns:
        type_of_it = next((each.name for each in catalogue.types_of(arn)), "")
        if action is None or type_of_it in wanted:
            yield arn, type_of_it


def _keys(given: Given, word: str) -> Iterator[tuple[str, str]]:
    from whygate import catalogue

    action = catalogue.action(given.get("ACTION", ""))
    own = [key for key in action.keys if "$" not in key and "<" not in key] if action else []
    yield from ((f"{key}=", "") for key in dict.fromkeys((*own, *_GLOBAL_KEYS)))


def _accounts(given: Given, word: str) -> Iterator[tuple[str, str]]:
    from adapters import offers

    yield from ((offer.account, offer.source) for offer in offers.kept().offers if offer.account)


# By metavar. A FILE is the shell's to complete; what stands in none of these two is free text.
FILES = frozenset({"SOURCE", "FILE", "SNAPSHOT"})
FILLERS: Mapping[str, Filler] = {
    "COMMAND": _commands,
    "SOURCE": _sources,
    "SNAPSHOT": _sources,
    "KIND": lambda given, word: ((kind, "") for kind in LISTS),
    "PRINCIPAL": _principals,
    "ACTION": _actions,
    "RESOURCE": _resources,
    "KEY=VALUE": _keys,
    "ACCOUNT": _accounts,
    "ID": _accounts,
    "LOCATION": lambda given, word: ((f"list {kind}", "") for kind in LISTS),
}
FREE = frozenset({"TEXT", "FILTER", "DURATION", "REGION", "LINE", "CHARACTERS"})
