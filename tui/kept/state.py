"""What whygate remembers between two runs: bookmarks, the lines that were typed, the last place in each source, the sources opened.

It is a convenience: where it cannot be read or written, `problem` says so in a line and all of it is kept in memory for this run. Several
runs may share it: what is written is always what others wrote meanwhile with this run's own changes made to it. Nothing waits for a disk:
changes are there at once and are written in the background.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from tui.background.thread import in_background
from tui.kept.private import PrivateDirectory
from whygate.errors import UserError
from whygate.text import visible

VARIABLE = "WHYGATE_STATE_DIR"
FILE = "state.json"
ASIDE = "state.damaged.json"
FORMAT = 1

MOST_BYTES = 1_000_000
MOST_BOOKMARKS = 300
MOST_LINES = 300
MOST_PLACES = 100
MOST_RECENT = 30
MOST_CHARACTERS = 2_000  # of one text

STANDARD_INPUT = "-"
_DEMO = "demo"


class Bookmark(msgspec.Struct, frozen=True):
    """A place somebody wants to find again: `location` is its text, `at` a moment in RFC 3339."""

    source: str
    location: str
    label: str
    at: str = ""


class Recent(msgspec.Struct, frozen=True):
    """A source that was opened: as `whygate SOURCE` takes it from any directory, `size` in bytes or 0, `at` a moment in RFC 3339."""

    source: str
    at: str = ""
    size: int = 0
    account: str = ""


class Left(msgspec.Struct, frozen=True):
    """The place at which a source was left."""

    source: str
    location: str


class Remembered(msgspec.Struct, frozen=True):
    """All of it, the oldest first everywhere."""

    format: int = FORMAT
    bookmarks: tuple[Bookmark, ...] = ()
    history: tuple[str, ...] = ()
    places: tuple[Left, ...] = ()
    recent: tuple[Recent, ...] = ()


Change = Callable[[Remembered], Remembered]


def directory() -> str:
    """Where it is kept: `WHYGATE_STATE_DIR`, else the user's state directory for whygate."""
    named = os.environ.get(VARIABLE)
    if named:
        return os.path.abspath(os.path.expanduser(named))
    import platformdirs

    return str(platformdirs.user_state_path("whygate", appauthor=False))


class StateFile:
    """What is remembered, to be read and changed by one thread. `failed` is called once, from another thread, when writing fails."""

    def __init__(self, path: str, *, failed: Callable[[str], None] | None = None) -> None:
        self._files = PrivateDirectory(path, VARIABLE)
        self._failed = failed
        self._problem = ""
        self._only_memory = False
        self._changes: list[Change] = []
        self._writing = False
        self._guard = threading.Condition()
        self._known = Remembered()
        self._names: dict[str, str] = {}
        try:
            self._known = self._read()
        except UserError as error:
            self._give_up(str(error))

    # What is remembered

    @property
    def problem(self) -> str:
        """The one line to show where something is the matter, else an empty one."""
        return self._problem

    @property
    def files(self) -> PrivateDirectory:
        """The directory, for other files of this user's alone."""
        return self._files

    def bookmarks(self, source: str = "") -> tuple[Bookmark, ...]:
        """The bookmarks in a source, or all of them; the oldest first."""
        return tuple(each for each in self._known.bookmarks if not source or each.source == self._name(source))

    def mark(self, source: str, location: str, label: str) -> None:
        """Remember a place; one that is remembered already gets the label."""
        new = Bookmark(self._name(source), location, label[:MOST_CHARACTERS], _now())
        if _short(new.source, location):
            self._change(
                lambda was: msgspec.structs.replace(was, bookmarks=(*_without(was.bookmarks, new), new)[-MOST_BOOKMARKS:]),
            )

    def unmark(self, source: str, location: str) -> None:
        gone = Bookmark(self._name(source), location, "")
        self._change(lambda was: msgspec.structs.replace(was, bookmarks=_without(was.bookmarks, gone)))

    def history(self) -> tuple[str, ...]:
        """The lines that were typed, the oldest first, each once."""
        return self._known.history

    def said(self, line: str) -> None:
        """A line was typed. One that begins with a blank is nobody's business, as in a shell."""
        if line.strip() and not line.startswith(" ") and _short(line):
            lines = line.strip()
            self._change(lambda was: msgspec.structs.replace(was, history=(*_but(was.history, lines), lines)[-MOST_LINES:]))

    def place(self, source: str) -> str | None:
        """The text of the location at which a source was left."""
        known = self._name(source)
        return next((each.location for each in self._known.places if each.source == known), None)

    def remember(self, source: str, location: str) -> None:
        """This is where we are in a source."""
        if source == STANDARD_INPUT or self.place(source) == location:
            return
        new = Left(self._name(source), location)
        if _short(new.source, location):
            self._change(
                lambda was: msgspec.structs.replace(
                    was, places=(*(each for each in was.places if each.source != new.source), new)[-MOST_PLACES:]
                )
            )

    def recent(self) -> tuple[Recent, ...]:
        """The sources that were opened, the latest first."""
        return self._known.recent[::-1]

    def opened(self, source: str, *, size: int = 0, account: str = "") -> None:
        """A source was opened. What came from standard input cannot be opened again and is not remembered."""
        if source == STANDARD_INPUT:
            return
        new = Recent(self._name(source), _now(), size, account[:MOST_CHARACTERS])
        if _short(new.source):
            self._change(
                lambda was: msgspec.structs.replace(
                    was, recent=(*(each for each in was.recent if each.source != new.source), new)[-MOST_RECENT:]
                )
            )

    def forget_source(self, source: str) -> None:
        """Take a source off the list of those opened."""
        gone = self._name(source)
        self._change(lambda was: msgspec.structs.replace(was, recent=tuple(each for each in was.recent if each.source != gone)))

    def _name(self, source: str) -> str:
        """A source by a name that means the same in every directory; found once, so that a file that goes away keeps its name."""
        if source not in self._names:
            there = source not in (_DEMO, STANDARD_INPUT) and os.path.exists(source)
            self._names[source] = os.path.abspath(source) if there else source
        return self._names[source]

    # Reading and writing

    def flush(self, patience: float = 1.0) -> bool:
        """Wait until everything is written; False where that took longer than `patience` seconds."""
        with self._guard:
            return self._guard.wait_for(lambda: not self._writing, patience)

    def _change(self, change: Change) -> None:
        with self._guard:
            self._known = change(self._known)
            if self._only_memory:
                return
            self._changes.append(change)
            if self._writing:
                return
            self._writing = True
        in_background(self._write)

    def _write(self) -> None:
        while True:
            with self._guard:
                changes, self._changes = self._changes, []
                if not changes or self._only_memory:
                    self._writing = False
                    self._guard.notify_all()
                    return
            before = self._problem
            try:
                self._merge(changes)
            except UserError as error:
                self._give_up(str(error))
            if self._problem != before and self._failed is not None:
                self._failed(self._problem)

    def _merge(self, changes: list[Change]) -> None:
        with self._files.locked():
            known = self._read()
            for change in changes:
                known = change(known)
            self._files.replace(FILE, _encoded(known))
        with self._guard:
            for change in self._changes:  # what was changed meanwhile
                known = change(known)
            self._known = known

    def _read(self) -> Remembered:
        """What is in the file now. Raises UserError where nothing may be written either; a damaged file is set aside."""
        damage = ""
        try:
            content = self._files.read(FILE, MOST_BYTES)
        except UserError as error:
            if not error.what.startswith("longer"):
                raise
            content, damage = b"", "is too long"
        if content is None:
            return Remembered()
        if not damage:
            try:
                return _decoded(content)
            except ValueError:
                damage = "is damaged"
        self._files.rename(FILE, ASIDE)
        self._problem = f"{visible(os.path.join(self._files.path, FILE))} {damage}; it was set aside as {ASIDE} and begun anew"
        return Remembered()

    def _give_up(self, line: str) -> None:
        with self._guard:
            self._only_memory = True
            self._changes.clear()
            self._problem = f"bookmarks and places last for this run only: {line}"


def open(path: str = "", *, failed: Callable[[str], None] | None = None) -> StateFile:
    """What is remembered on this machine, or in the directory `path`. Never raises: `problem` says what is the matter."""
    return StateFile(path or directory(), failed=failed)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _short(*texts: str) -> bool:
    return all(len(text) <= MOST_CHARACTERS for text in texts)


def _but(texts: tuple[str, ...], text: str) -> tuple[str, ...]:
    return tuple(each for each in texts if each != text)


def _without(bookmarks: tuple[Bookmark, ...], gone: Bookmark) -> tuple[Bookmark, ...]:
    return tuple(each for each in bookmarks if (each.source, each.location) != (gone.source, gone.location))


def _encoded(known: Remembered) -> bytes:
    """As JSON, without the oldest of what is easily made again where it would be too long to be read back."""
    while len(text := _json(known)) > MOST_BYTES:
        kept = {name: getattr(known, name) for name in ("history", "places", "recent")}
        if not any(kept.values()):
            kept = {"bookmarks": known.bookmarks}
        known = msgspec.structs.replace(known, **{name: values[(len(values) + 1) // 2 :] for name, values in kept.items()})
    return text


def _json(known: Remembered) -> bytes:
    # Not msgspec's encoder: the name of a file need not be UTF-8, and then holds surrogates.
    import json

    return json.dumps(msgspec.to_builtins(known), indent=1).encode()


def _decoded(content: bytes) -> Remembered:
    """Raises ValueError for what this program did not write, UserError for what a later one did."""
    import json

    try:
        value = json.loads(content)
        if isinstance(value, dict) and isinstance(version := value.get("format"), int) and version > FORMAT:
            raise UserError(f"{FILE} was written by a later version of whygate", todo=f"name another directory with {VARIABLE}")
        return msgspec.convert(value, Remembered)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ValueError(str(error)) from None
