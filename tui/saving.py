"""What leaves the explorer: a place as a file (SVG, Markdown or JSON), the whole snapshot, and the command that answers the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tui import report as reports
from tui.commands.files import write_whole
from whygate.errors import UserError
from whygate.text import count, visible, visible_lines

if TYPE_CHECKING:
    from tui.location import Location
    from tui.place import Place
    from tui.walking import Walker

FORMS = (".md", ".json", ".svg")


def command(source: str, place: Place, location: Location) -> str:
    """The command that answers in a shell what is on the screen; where no command does, the one that opens the place."""
    words = place.command() or ("SOURCE", "--at", str(location))
    return shlex.join(["whygate", *(source if word == "SOURCE" else word for word in words)])


def suggested(label: str) -> str:
    """A name for a file about a place."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", label).strip("-.").lower()
    return f"whygate-{plain[:60] or 'place'}.md"


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
        text = (said.svg if said is not None else "") or walker.export_screenshot(title=visible(stamp.line))
    data = text.encode(errors="replace")
    write_whole(str(Path(path).expanduser()), data)
    return f"written: {path}, {count(len(data), 'byte')}"


def readable(walker: Walker) -> tuple[str, str]:
    """What an editor shows of the place on the screen: the name of a file and a text. Raises `UserError` where there is nothing."""
    name, text = walker.place.document()
    if not text and walker.snapshot is not None and (said := walker.place.report()) is not None:
        name = suggested(walker.history.current.label)
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
        found = registry.read(source, cache=CachePolicy(offline=True))
        write(str(Path(path).expanduser()), written.text(found.document, found.source))
    except UserError as error:
        return str(error)
    return f"written: {path}"
