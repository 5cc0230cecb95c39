"""The way from a principal to a resource as rows of text with box-drawing characters. Pure: the graph comes from `whygate.ways`.

A line that runs on means that the request passes, a broken one that it may, a dotted one that it does not; the heavy line leads to the
statement that decides. Every character has a stand-in of the same width in GLYPHS.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import groupby

import msgspec

from tui.crumbs import label_of
from tui.location import Location, Target
from tui.plain import width_of, wrapped
from tui.questions.asking import Question
from tui.rows import marks
from tui.rows.branches import Branch, Tree, gate, quiet
from tui.rows.cells import Piece
from tui.terminal.stand_ins import STAND_INS
from whygate.ways import GATES, GOAL, JOIN, JOINED, MAYBE, OWN, PASSES, PRINCIPAL, STOPS, Node, Way

GLYPHS = {glyph: STAND_INS[glyph] for glyph in "│┊∙─┄├└┬┿┷┃━┣┗┠●▼▽○◀✓✗≈–›▹▾"}
"""Every character that a picture is drawn with and that is not ASCII, with what stands for it where a terminal has only ASCII."""

DECIDES = "◀ decides"
NARROW_TITLE, WIDE_TITLE = 34, 52
WIDE = 120
WIDEST = 140  # from here on there is room for what the statements say
SAYS_WIDTH = 46
GAP = 2
INDENT = 2
MARGIN = 2  # the cursor's mark
_LINE = {PASSES: "│", MAYBE: "┊", STOPS: "∙"}
_ACROSS = {PASSES: "├─", MAYBE: "├┄", STOPS: "│ "}
_GATE = {PASSES: "┿", MAYBE: "┊", STOPS: "∙"}
_ARRIVED = {PASSES: "▼", MAYBE: "▽", STOPS: "○"}
_HEAVY = "┃━┣┗┠"
_FEW = 2  # so many rows of text stand beside a title; what is longer stands below it, where there is more room


class DrawnRow(msgspec.Struct, frozen=True):
    """One row: `stem` are the lines left of it, `pieces` its title, `text` what is said of it and `says` what a statement says, each
    fitted to its column. `key` names the branch that it opens, `target` is where Enter leads, `stop` whether the cursor may stand on it."""

    stem: str
    title: tuple[Piece, ...] = ()
    text: tuple[Piece, ...] = ()
    says: str = ""
    key: str = ""
    opens: bool = False
    target: Target | None = None
    is_open: bool = False
    stop: bool = False
    deciding: bool = False

    @property
    def said(self) -> str:
        """The row as text, without its lines."""
        pieces = (*self.title, ("  ", ""), *self.text)
        return "".join(piece[0] for piece in pieces).strip()


class Picture(msgspec.Struct, frozen=True):
    """The rows, and at which cell the text and what statements say begin (0: nothing is said)."""

    rows: tuple[DrawnRow, ...]
    text_at: int
    says_at: int

    def cells(self, row: DrawnRow) -> tuple[tuple[Piece, ...]]:
        """A row as the one cell of a table."""
        pieces: list[Piece] = [*_stem_pieces(row.stem), *row.title]
        for start, more in ((self.text_at, row.text), (self.says_at, ((row.says, "dim"),) if row.says else ())):
            if more:
                pieces.append((" " * max(start - sum(width_of(piece[0]) for piece in pieces), 0), ""))
                pieces.extend(more)
        return (tuple(pieces),)

    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join("".join(piece[0] for piece in self.cells(row)[0]).rstrip() for row in self.rows)


class _Line(msgspec.Struct, frozen=True):
    """A branch with the lines left of it: `stem` on its first row, `runs` on those that follow."""

    stem: str
    runs: str
    branch: Branch


def picture(way: Way, question: Question, width: int, toggled: frozenset[str] = frozenset()) -> Picture:
    """The way drawn for a table of `width` cells; `toggled` are the branches that were opened or closed by hand."""
    room = width - MARGIN
    lines = list(_lines(way, Tree(way, toggled)))
    says = {
        line.branch.key: line.branch.node.says for line in lines if line.branch.node is not None and line.branch.node.kind == "statement"
    }
    wide = width >= WIDEST and any(says.values())
    most = WIDE_TITLE if width >= WIDE else NARROW_TITLE
    titles = [width_of(line.stem) + width_of(_title(line.branch)) for line in lines if line.branch.text]
    text_at = max((size for size in titles if size <= most), default=most) + GAP
    says_at = room - SAYS_WIDTH if wide else 0
    text_width = (says_at - GAP if wide else room) - text_at
    rows = [
        row for line in lines for row in _rows(line, question, room, text_at, text_width, says.get(line.branch.key, "") if wide else "")
    ]
    return Picture(tuple(rows), text_at, says_at)


def row_of_decision(drawn: Picture) -> int:
    """The row of the statement, or else of the layer, that decides; the first where none does."""
    deciding = [at for at, row in enumerate(drawn.rows) if row.deciding and row.stop]
    return deciding[0] if deciding else 0


def target_of(node: Node, question: Question) -> Target | None:
    """Where a node leads: a policy is shown under the question."""
    kind, id = node.leads
    if not kind:
        return None
    location = Location(kind, id)
    label = label_of(location)
    if kind != "policy":
        return location, label
    statement = "" if node.statement is None else str(node.statement)
    location = location.with_query(**question.query(), statement=statement)
    return location, f"group:{node.through} › {label}" if node.through else label


# Which lines there are


def _lines(way: Way, tree: Tree) -> Iterator[_Line]:
    principal = way.node(PRINCIPAL)
    account = way.principal.split(":")[4] if way.principal.count(":") >= 5 else ""
    yield _Line("● ", "│ ", Branch(PRINCIPAL, principal.title, principal, text=f"account {account}" if account else ""))
    forked = way.joined == "either"
    if forked:
        yield _Line("├─┬ ", "│ │ ", Branch("own side", "its own policies", tone="strong", text=JOINED["either"]))
    yield from _hanging(tree.below(PRINCIPAL, "" if not forked else "identity"), "│ " if forked else "", trunk=True)
    flow = yield from _gates(way, tree, OWN, PASSES, "│ " if forked else "", leaves=forked)
    if forked:
        yield _Line("├─┬ ", "│ │ ", Branch("other side", "or the resource's own", tone="strong"))
        yield from _hanging(tree.below(PRINCIPAL, "resource"), "│ ", trunk=True)
        yield from _gates(way, tree, ("resource",), PASSES, "│ ", leaves=True)
        flow = tree.leaving(JOIN).flow
    flow = yield from _gates(way, tree, GATES if forked else (*GATES, "resource"), flow, "")
    goal = way.node(GOAL)
    mark, tone = marks.VERDICTS.get(way.verdict, ("?", "maybe"))
    word = f"{mark} {way.headline}"
    yield _Line(f"{_ARRIVED[flow]} ", "  ", Branch(GOAL, goal.title, goal, tone=tone, word=word, text=word))


def _gates(way: Way, tree: Tree, names: Sequence[str], before: str, prefix: str, *, leaves: bool = False) -> Generator[_Line, None, str]:
    """Layers that the line passes through or ends at, each with its policies where they are open, and those without a say as one; the flow
    behind them. `leaves` says that the line goes back to the one on the left behind the last of them."""

    def is_quiet(name: str) -> bool:
        edge = tree.leaving(name)
        return edge.decision in ("none", "not-applicable") and not edge.deciding

    shown: list[tuple[Branch, str]] = []
    for silent, part in groupby(names, is_quiet):
        gates = [(_gate(way, tree, name), tree.leaving(name).flow) for name in part]
        if silent and len(gates) > 1:
            folded = quiet(tree, [branch for branch, _ in gates], f"quiet {gates[0][0].key}")
            shown.append((folded, gates[0 if folded.children else -1][1]))
            gates = gates if folded.children else []
        shown.extend(gates)
    flow = before
    for at, (branch, flow) in enumerate(shown):
        last = leaves and at == len(shown) - 1
        sign = "┷" if flow == STOPS and before != STOPS else _GATE[flow]
        after = f"{prefix}{' ' if last else _LINE[flow]} "
        yield _Line(f"{_ACROSS[flow] if last else prefix}{sign} ", after, branch)
        yield from () if branch.node is None else _hanging(branch.children, after, trunk=False)
        before = flow
    return flow


def _gate(way: Way, tree: Tree, name: str) -> Branch:
    edge = tree.leaving(name)
    more = JOINED[way.joined] if name == "resource" and way.joined != "either" else ""
    return gate(tree, way.node(name), edge, more, look=edge.deciding or (edge.decision == "unknown" and way.verdict == "depends"))


def _hanging(branches: Sequence[Branch], prefix: str, *, trunk: bool) -> Iterator[_Line]:
    """Branches one below the other; `trunk` says that the line that they hang on goes on behind the last one."""
    heavy_until = max((at for at, branch in enumerate(branches) if branch.deciding), default=-1)
    for at, branch in enumerate(branches):
        last = at == len(branches) - 1 and not trunk
        if branch.deciding:
            knot = "┗━" if last else "┣━"
        else:
            knot = "┠─" if at < heavy_until else "└─" if last else "├─"
        runs = "┃" if at < heavy_until else " " if last else "│"
        line = _Line(f"{prefix}{knot} ", f"{prefix}{runs}  ", branch)
        yield line
        yield from _hanging(branch.children, line.runs, trunk=False)


# From lines to rows


def _title(branch: Branch) -> str:
    return f"{branch.mark} {branch.title}" if branch.mark else branch.title


def _rows(line: _Line, question: Question, room: int, text_at: int, text_width: int, says: str) -> Iterator[DrawnRow]:
    """One line as rows: title and text side by side where both fit, else below one another; nothing is cut."""
    branch = line.branch
    target = target_of(branch.node, question) if branch.node is not None else None
    tone = branch.tone if branch.mark or branch.node is None else "strong" if branch.deciding else ""
    indent = width_of(line.stem)
    titles = [_linked(part, tone, target) for part in wrapped(_title(branch), max(room - indent, 8))]
    texts = _wrapped(branch, text_width)
    beside = len(titles) == 1 and len(texts) <= _FEW and indent + width_of(titles[0][0][0]) + GAP <= text_at
    if not beside:
        below = (text_at + text_width if says else room) - indent - INDENT
        titles.extend(((" " * INDENT, ""), *pieces) for pieces in _wrapped(branch, below))
        texts = []
    extra = wrapped(says, SAYS_WIDTH) if says else []
    for at in range(max(len(titles), len(texts), len(extra))):
        yield DrawnRow(
            stem=line.runs if at else line.stem,
            title=titles[at] if at < len(titles) else (),
            text=texts[at] if at < len(texts) else (),
            says=extra[at] if at < len(extra) else "",
            key=branch.key,
            opens=branch.opens,
            is_open=bool(branch.children),
            target=None if at else target,
            stop=at == 0,
            deciding=branch.decides,
        )


def _linked(text: str, tone: str, target: Target | None) -> tuple[Piece, ...]:
    return ((text, tone, target),) if target is not None else ((text, tone),)


def _wrapped(branch: Branch, width: int) -> list[tuple[Piece, ...]]:
    """The text of a branch in lines: the word in its tone, and at the end the mark of what decides, which is never broken."""
    if not branch.text:
        return []
    token = "◀" * len(DECIDES)
    lines = wrapped(f"{branch.text}  {token}" if branch.decides else branch.text, max(width, 12))
    found: list[tuple[Piece, ...]] = []
    for at, line in enumerate(lines):
        pieces: list[Piece] = []
        rest = line
        if not at and branch.word and line.startswith(branch.word):
            pieces.append((branch.word, branch.tone))
            rest = line[len(branch.word) :]
        head = rest.removesuffix(token)
        pieces.extend([(head, "")] if head else [])
        pieces.extend([(DECIDES, "strong")] if head != rest else [])
        found.append(tuple(pieces))
    return found


def _stem_pieces(stem: str) -> Iterator[Piece]:
    """The lines, the heavy ones apart."""
    for heavy, run in groupby(stem, lambda character: character in _HEAVY):
        yield "".join(run), "strong" if heavy else "dim"
