"""What a place says when it leaves the screen, for a ticket or a report: a `Report` as Markdown or JSON, stamped with whence it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from whygate import __version__

if TYPE_CHECKING:
    from tui.rows.cells import Rows
    from whygate.snapshot import Snapshot


class Section(msgspec.Struct, frozen=True):
    """A part of a report: a table where there are `columns`, a block of `code`, lines of text; all of it the account's own text, not
    yet made safe. Or `markdown`, as `whygate.render` writes it."""

    heading: str = ""
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    code: str = ""
    markdown: str = ""


class Report(msgspec.Struct, frozen=True):
    """`data` is the same for programs; `svg` a picture of its own, where the place has a better one than its screen."""

    title: str
    sections: Sequence[Section] = ()
    data: Mapping[str, Any] = {}
    svg: str = ""


class Stamp(msgspec.Struct, frozen=True):
    """Whence a report is: the account, the source and when it was collected, and the command that answers the same."""

    account: str
    source: str
    collected_at: str
    command: str = ""

    @property
    def line(self) -> str:
        """One line of text."""
        when = f", collected {self.collected_at}" if self.collected_at else ", not dated"
        return f"{self.account or 'unknown account'} · {self.source}{when} · whygate {__version__}"


def table_section(rows: Rows, only: Sequence[int], heading: str = "") -> Section:
    """The rows of a list that a filter left, as a table."""
    from tui.rows.cells import text_of

    cells = [[text_of(cell).strip() for cell in rows.cells(rows.values[index])] for index in only]
    return Section(heading, columns=[column.title for column in rows.columns], rows=cells)


def stamp(snapshot: Snapshot, command: str = "") -> Stamp:
    """The stamp of everything that is said of `snapshot`."""
    account, source = snapshot.primary, snapshot.source
    name = f"{account.id} ({account.alias})" if account.id and account.alias else account.id or ""
    others = len(snapshot.accounts) - 1
    return Stamp(f"{name} and {others:,} more" if others > 0 else name, source.origin or source.adapter, source.collected_at or "", command)


def markdown(report: Report, stamped: Stamp) -> str:
    """The report as Markdown, in which no text of the account is markup."""
    from whygate import render  # brings along all that explains a verdict: not before the first picture

    parts = [f"# {render.plain(report.title)}", render.plain(stamped.line)]
    for section in report.sections:
        if section.heading:
            parts.append(f"## {render.plain(section.heading)}")
        if section.lines:
            parts.append("\n".join(f"- {render.plain(line)}" for line in section.lines))
        if section.columns:
            parts.append("\n".join([_row(section.columns), _row(["---"] * len(section.columns), raw=True), *map(_row, section.rows)]))
        if section.code:
            parts.append(render.fenced(section.code))
        if section.markdown:
            parts.append(section.markdown)
    if stamped.command:
        parts += ["The same from a shell:", render.fenced(stamped.command)]
    return "\n\n".join(parts) + "\n"


def json_text(report: Report, stamped: Stamp) -> str:
    """The report as one JSON object."""
    from whygate import render

    whence = {"account": stamped.account, "source": stamped.source, "collected_at": stamped.collected_at or None, "whygate": __version__}
    return render.json_text({"title": report.title, "from": whence, "command": stamped.command or None, **report.data}) + "\n"


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    from whygate import render

    return f"| {' | '.join(cell if raw else render.plain(cell) for cell in cells)} |"
