"""A way, or access by service, as a picture of its own for a report: one SVG file, light, fit for paper, with nothing in it to load.

It draws the rows of `drawing` and `bars` with real lines and boxes. Text is escaped; kinds of answers differ by pattern, not by colour
alone; the last line says whence the picture is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui.plain import width_of, wrapped
from tui.questions.asking import Question
from tui.report import Stamp
from tui.rows import bars
from tui.rows.cells import Piece
from tui.rows.drawing import DrawnRow, picture
from whygate.access import Plan, ServiceAccess
from whygate.text import visible
from whygate.ways import Way

COLUMNS = 150
CELL, LINE = 7.2, 19.0
EDGE = 24.0
_COLORS = {
    "": "#1f2328",
    "strong": "#1f2328",
    "head": "#59636e",
    "dim": "#59636e",
    "good": "#116329",
    "bad": "#a40e26",
    "maybe": "#7a4e00",
}
_STYLE = (
    "text{font-family:'DejaVu Sans Mono','Fira Code',Menlo,Consolas,monospace;font-size:12px;fill:#1f2328;white-space:pre}"
    ".strong,.head{font-weight:bold}.title{font-size:15px;font-weight:bold}"
    + "".join(f".{tone}{{fill:{color}}}" for tone, color in _COLORS.items() if tone)
    + ".line{fill:none;stroke:#8c959f;stroke-width:1.2}.heavy{fill:none;stroke:#1f2328;stroke-width:2.8}"
    ".maybe-line{stroke-dasharray:3 3}.box{fill:#f6f8fa;stroke:#d1d9e0}.frame{fill:none;stroke:#59636e;stroke-width:.8}"
)
_PATTERNS = (
    '<pattern id="collected" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#d2f0d9"/><rect width="2.5" height="5" fill="#2a8a46"/></pattern>'
    '<pattern id="depends" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<rect width="6" height="6" fill="#fff3cf"/><rect width="1.5" height="6" fill="#9a6700"/></pattern>'
    '<pattern id="elsewhere" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect width="5" height="5" fill="#f3f4f6"/><circle cx="2.5" cy="2.5" r="1" fill="#6e7781"/></pattern>'
)
_FILLS = {
    "allowed": "#2a8a46",
    "collected": "url(#collected)",
    "depends": "url(#depends)",
    "elsewhere": "url(#elsewhere)",
    "denied": "#fff",
}

# The four arms of each line: up, right, down, left; 1 is light, 2 heavy.
_ARMS = {
    "│": (1, 0, 1, 0),
    "┊": (1, 0, 1, 0),
    "─": (0, 1, 0, 1),
    "┄": (0, 1, 0, 1),
    "├": (1, 1, 1, 0),
    "└": (1, 1, 0, 0),
    "┬": (0, 1, 1, 1),
    "┿": (1, 2, 1, 2),
    "┷": (1, 2, 0, 2),
    "┃": (2, 0, 2, 0),
    "━": (0, 2, 0, 2),
    "┣": (2, 2, 2, 0),
    "┗": (2, 2, 0, 0),
    "┠": (2, 1, 2, 0),
    "●": (0, 0, 1, 0),
    "▼": (1, 0, 0, 0),
    "▽": (1, 0, 0, 0),
}
_BROKEN = "┊┄▽"
# XML has no way to write these; `visible` has made escapes of all the others.
_NOT_XML = re.compile("[\ufffe\uffff]")


def way_svg(way: Way, question: Question, stamp: Stamp, toggled: frozenset[str] = frozenset()) -> str:
    """The way as a picture; `toggled` are the branches that were opened or closed by hand."""
    drawn = picture(way, question, COLUMNS, toggled)
    body: list[str] = []
    y = 0.0
    for row in drawn.rows:
        body.extend(_stem(row, y))
        body.extend(_boxed(row, y))
        pieces = drawn.cells(row)[0]
        at = width_of(row.stem)
        left = sum(1 for _ in _runs(row.stem))
        for piece in pieces[left:]:
            body.extend(_text(piece, at, y))
            at += width_of(piece[0])
        y += LINE
    return _sheet(question.sentence(), (f"{way.headline}: {way.reason}" if way.reason else way.headline), body, y, stamp)


def access_svg(plan: Plan, services: Sequence[ServiceAccess], stamp: Stamp, *, done: bool) -> str:
    """Access by service as a picture, a bar a service; `done` says that there are no others to come."""
    rows = bars.bar_rows(plan, services, Question(plan.principal), frozenset(), COLUMNS, done=done)
    body: list[str] = []
    y = 0.0
    for line in [*bars.legend(COLUMNS), bars.heading(COLUMNS), *(row.pieces for row in rows)]:
        at = 0
        for piece in line:
            standing = next((each for each, (glyph, _) in bars.FILL.items() if piece[0] and not piece[0].strip(glyph)), "")
            if standing:
                body.append(_rect(at, y, width_of(piece[0]), standing))
            else:
                body.extend(_text(_without_glyphs(piece), at, y))
                body.extend(_heads(piece[0], at, y) if piece[1] == "head" else ())
            at += width_of(piece[0])
        y += LINE
    return _sheet(f"What {plan.principal} may do, by service", "", body, y, stamp)


def _without_glyphs(piece: Piece) -> Piece:
    """The heads of the columns without the glyphs, which are drawn, and names without the mark of what opens."""
    text = "".join(" " if character in "▹▾" or (piece[1] == "head" and character in "█▓▒░·") else character for character in piece[0])
    return text, piece[1]


def _heads(text: str, at: int, y: float) -> Iterator[str]:
    for column, character in enumerate(text):
        standing = next((each for each, (glyph, _) in bars.FILL.items() if glyph == character), "")
        if standing:
            yield _rect(at + column, y, 1, standing)


def _rect(at: int, y: float, cells: int, standing: str) -> str:
    x, width = EDGE + at * CELL, cells * CELL
    return (
        f'<rect x="{x:.1f}" y="{y + 3:.1f}" width="{width:.1f}" height="{LINE - 6:.1f}" fill="{_FILLS[standing]}"/>'
        f'<rect class="frame" x="{x:.1f}" y="{y + 3:.1f}" width="{width:.1f}" height="{LINE - 6:.1f}"/>'
    )


def _escaped(text: str) -> str:
    """Text of an account as text of an XML document, whatever is in it."""
    shown = _NOT_XML.sub("\ufffd", visible(text))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#39;")


def _text(piece: Piece, at: int, y: float) -> Iterator[str]:
    """A text at a column of cells, as wide as its cells whatever font there is."""
    text = visible(piece[0])
    lead = len(text) - len(text.lstrip())
    words = text.strip()
    if words:
        x, width = EDGE + (at + lead) * CELL, width_of(words) * CELL
        tone = f' class="{piece[1]}"' if piece[1] else ""
        said = f'textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
        yield f'<text{tone} x="{x:.1f}" y="{y + LINE - 5:.1f}" {said}>{_escaped(words)}</text>'


def _runs(stem: str) -> Iterator[str]:
    """The pieces that `Picture.cells` makes of a stem."""
    heavy = "┃━┣┗┠"
    previous: bool | None = None
    for character in stem:
        if (character in heavy) != previous:
            previous = character in heavy
            yield character


def _stem(row: DrawnRow, y: float) -> Iterator[str]:
    """The lines left of a row."""
    for column, character in enumerate(row.stem):
        x, middle = EDGE + (column + 0.5) * CELL, y + LINE / 2
        ends = ((x, y), (x + CELL / 2, middle), (x, y + LINE), (x - CELL / 2, middle))
        for weight, (to_x, to_y) in zip(_ARMS.get(character, ()), ends, strict=False):
            if weight:
                broken = " maybe-line" if character in _BROKEN else ""
                kind = "heavy" if weight == 2 else "line"
                yield f'<path class="{kind}{broken}" d="M{x:.1f} {middle:.1f}L{to_x:.1f} {to_y:.1f}"/>'
        if character == "∙":
            yield f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="1" fill="#8c959f"/>'
        elif character in "●○":
            fill = "#1f2328" if character == "●" else "#fff"
            yield f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="3.6" fill="{fill}" stroke="#1f2328" stroke-width="1.4"/>'
        elif character in "▼▽":
            fill = "#1f2328" if character == "▼" else "#fff"
            points = f"{x - 4:.1f},{middle - 3:.1f} {x + 4:.1f},{middle - 3:.1f} {x:.1f},{middle + 4:.1f}"
            yield f'<polygon points="{points}" fill="{fill}" stroke="#1f2328" stroke-width="1.2"/>'


def _boxed(row: DrawnRow, y: float) -> Iterator[str]:
    """A box around the name of a node."""
    if row.stop and row.title:
        x = EDGE + width_of(row.stem) * CELL - 3
        width = sum(width_of(piece[0]) for piece in row.title) * CELL + 6
        yield f'<rect class="box" x="{x:.1f}" y="{y + 1.5:.1f}" width="{width:.1f}" height="{LINE - 3:.1f}" rx="3"/>'


def _sheet(title: str, below: str, body: Sequence[str], height: float, stamp: Stamp) -> str:
    """The whole file: a title, what is said below it, the picture, and whence it is."""
    head: list[str] = []
    y = EDGE
    for part in wrapped(title, 100):
        head.append(f'<text class="title" x="{EDGE:.1f}" y="{y + 12:.1f}">{_escaped(part)}</text>')
        y += 22
    for part in wrapped(below, COLUMNS) if below else ():
        head.append(f'<text x="{EDGE:.1f}" y="{y + 10:.1f}">{_escaped(part)}</text>')
        y += LINE
    y += LINE / 2
    foot_at = y + height + LINE
    stamped = [part for line in (stamp.line, stamp.command) if line for part in wrapped(line, COLUMNS)]
    foot = [f'<text class="dim" x="{EDGE:.1f}" y="{foot_at + at * LINE:.1f}">{_escaped(part)}</text>' for at, part in enumerate(stamped)]
    width, tall = COLUMNS * CELL + 2 * EDGE, foot_at + len(stamped) * LINE + EDGE / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{tall:.0f}" viewBox="0 0 {width:.0f} {tall:.0f}">',
            f"<title>{_escaped(title)}</title>",
            f"<defs><style>{_STYLE}</style>{_PATTERNS}</defs>",
            f'<rect width="{width:.0f}" height="{tall:.0f}" fill="#fff"/>',
            *head,
            f'<g transform="translate(0 {y:.1f})">',
            *body,
            "</g>",
            *foot,
            "</svg>",
            "",
        ]
    )
