"""What leaves the explorer: a place as a file (SVG, Markdown or JSON), the whole snapshot, and the command that answers the same."""

from __future__ import annotations

import itertools
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tui import report as reports
from tui.commands.files import write_whole
from whygate.errors import UserError
from whygate.text import count, visible, visible_lines

if TYPE_CHECKING:
    from tui.location import Location, Visit
    from tui.place import Place
    from tui.walking import Walker

FORMS = (".md", ".json", ".svg")
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}\s*")  # Textual's pictures fetch one from the network, and a report tells nobody who reads it


def command(source: str, place: Place, location: Location) -> str:
    """The command that answers in a shell what is on the screen; where no command does, the one that opens the place."""
    words = place.command() or ("SOURCE", "--at", str(location))
    return shlex.join(["whygate", *(source if word == "SOURCE" else word for word in words)])


def suggested(visit: Visit) -> str:
    """A name for a file about a place, which no file here has yet."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", " ".join(_named(visit))).strip("-.").lower()
    stem = f"whygate-{plain[:60].strip('-.') or 'place'}"
    names = (f"{stem}.md" if number == 1 else f"{stem}-{number}.md" for number in itertools.count(1))
    return next(name for name in names if not os.path.lexists(name))


def _named(visit: Visit) -> tuple[str, ...]:
    """What tells a place from others of its kind."""
    location = visit.location
    if location.kind in ("question", "way") and location.value("principal"):
        asked = (_last(location.value(name)) for name in ("principal", "action", "resource"))
        return ("way" if location.kind == "way" else "", *asked)
    return ("services", _last(location.id)) if location.kind == "services" else (visit.label,)


def _last(text: str) -> str:
    """The end of an ARN; of anything else all of it."""
    return re.split("[/:]", text.strip("/:"))[-1] if text.startswith("arn:") else text


def _free(path: str) -> str:
    """The path to write to. Raises `UserError` where there is something already: the line knows no way to insist."""
    place = os.path.expanduser(path)
    if os.path.lexists(place):
        raise UserError("is there already", where=visible(path), todo="name another")
    return place


def save(walker: Walker, path: str) -> str:
    """Write what is on the screen; the notice for the user. Raises `UserError` for a name that says no form, and for files."""
    form = Path(path).suffix.lower()
    if form not in FORMS:
        raise UserError(f"{path!r} does not say in which form", todo=f"end it in {', '.join(FORMS[:-1])} or {FORMS[-1]}")
    if walker.snapshot is None:
        raise UserError("there is no account yet", todo="wait for it, or open one")
    said = walker.place.report()
    if said is None and form != ".svg":
        raise UserError("there is nothing to write here yet", todo="wait for the answer, or write the screen as .svg")
    stamp = reports.stamp(walker.snapshot, command(walker.source, walker.place, walker.history.current.location))
    if said is not None and form == ".md":
        text = reports.markdown(said, stamp)
    elif said is not None and form == ".json":
        text = reports.json_text(said, stamp)
    else:
        text = (said.svg if said is not None else "") or _FONTS.sub("", walker.export_screenshot(title=visible(stamp.line)))
    data = text.encode(errors="replace")
    write_whole(_free(path), data)
    return f"written: {path}, {count(len(data), 'byte')}"


def readable(walker: Walker) -> tuple[str, str]:
    """What an editor shows of the place on the screen: the name of a file and a text. Raises `UserError` where there is nothing."""
    name, text = walker.place.document()
    if not text and walker.snapshot is not None and (said := walker.place.report()) is not None:
        name = suggested(walker.history.current)
        text = reports.markdown(said, reports.stamp(walker.snapshot))
    if not text:
        raise UserError("there is nothing to read here yet")
    return name, visible_lines(text)


def export(source: str, path: str) -> str:
    """Write the snapshot document of a source; the notice for the user. A live source is not asked again: what is kept of it counts."""
    from adapters import registry
    from adapters.registry import CachePolicy
    from tui.commands.export import write
    from whygate import written

    try:
        place = _free(path)
        found = registry.read(source, cache=CachePolicy(offline=True))
        write(place, written.text(found.document, found.source))
    except UserError as error:
        return str(error)
    return f"written: {path}"
