"""The options of a question: how they are read, how a person types them on one line, and how a sentence and a command line say them.

A line of options is words: `uncollected=none missing-context=absent resource-account=111122223333 credential=console
session-policy=FILE`. They are the options of `whygate can` under its own names.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import msgspec

from whygate.errors import UserError

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.questions.asking import Question
    from whygate.question import Options


class Kind(msgspec.Struct, frozen=True):
    """One option: its `name` on the command line, the `values` that it may have (none: any text), which of them is as if it were not
    there, and how a sentence says it."""

    name: str
    said: str
    values: tuple[str, ...] = ()
    usual: str = ""

    @property
    def field(self) -> str:
        return self.name.replace("-", "_")


KINDS = (
    Kind("uncollected", "counting what was not collected as none", ("none", "unknown"), "unknown"),
    Kind("missing-context", "counting missing context as absent", ("absent", "unknown"), "unknown"),
    Kind("resource-account", "the resource belonging to"),
    Kind("credential", "with credentials of kind", ("long-term", "session-token", "console")),
    Kind("session-policy", "under the session policy"),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


def parse(text: str) -> dict[str, str]:
    """The fields of a question that a line of options sets; those that it does not name are empty. Raises UserError."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise UserError("a quote in the options is not closed", todo='write names with blanks as session-policy="my file.json"') from None
    found = {kind.field: "" for kind in KINDS}
    files: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        kind = _BY_NAME.get(name)
        if kind is None or not equals:
            raise UserError(f"{word!r} is no option", todo=f"begin it with {', '.join(f'{each.name}=' for each in KINDS)}")
        if kind.name == "session-policy":
            files.append(value)
        else:
            found[kind.field] = "" if value == kind.usual else value
        _check(kind, value)
    return {**found, "session_policy": shlex.join(files)}


def written(question: Question) -> str:
    """The line of options that `parse` reads back."""
    words = []
    for kind in KINDS:
        value: str = getattr(question, kind.field)
        texts = _files(value) if kind.name == "session-policy" else (value,) if value else ()
        words += [f"{kind.name}={shlex.quote(text) if text else ''}" for text in texts]
    return " ".join(words)


def said(question: Question) -> str:
    """The options as the end of a sentence; empty where there are none."""
    parts = []
    for kind in KINDS:
        value: str = getattr(question, kind.field)
        if value and value != kind.usual:
            parts.append(kind.said if kind.usual else f"{kind.said} {value}")
    return ", ".join(parts)


def flags(question: Question) -> tuple[str, ...]:
    """The options as words of the command line. Raises UserError for an open quote."""
    words: list[str] = []
    for kind in KINDS:
        value: str = getattr(question, kind.field)
        texts = _files(value) if kind.name == "session-policy" else (value,) if value else ()
        for text in texts:
            words += [f"--{kind.name}", text]
    return tuple(words)


def of(parsed: Namespace) -> dict[str, str]:
    """The fields of a question that the options of a parsed `can` set."""
    found = {kind.field: getattr(parsed, kind.field, None) or "" for kind in KINDS}
    usual = {kind.field: "" for kind in KINDS if found[kind.field] == kind.usual}
    return {**found, **usual, "session_policy": shlex.join(found["session_policy"] or ())}


def read(question: Question) -> Options:
    """The options for `whygate.question.ask`; reads the files of session policies. Raises UserError."""
    from tui.commands.files import read_policy
    from whygate.question import Options

    for kind in KINDS:
        if kind.name != "session-policy" and getattr(question, kind.field):
            _check(kind, getattr(question, kind.field))
    files = _files(question.session_policy)
    if "-" in files:
        raise UserError("standard input cannot be read here", where="-", todo="put the session policy into a file")
    return Options(
        missing_context=question.missing_context or "unknown",
        uncollected=question.uncollected or "unknown",
        session_policies=tuple(read_policy(name) for name in files) or None,
        resource_account=question.resource_account or None,
        credential=question.credential,
    )


def _files(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise UserError("a quote in the name of a session policy is not closed", where=text, todo="close it") from None


def _check(kind: Kind, value: str) -> None:
    if kind.values and value not in kind.values:
        raise UserError(f"{kind.name} is not {value!r}" if value else f"{kind.name} is empty", todo=f"say {' or '.join(kind.values)}")
    if kind.name == "resource-account" and not (value.isascii() and value.isdigit() and len(value) == 12):
        raise UserError(f"{value!r} is no account", todo="give the 12 digits of an account id")
    if not value:
        raise UserError(f"{kind.name} is empty", todo="name a file that holds one policy document")
