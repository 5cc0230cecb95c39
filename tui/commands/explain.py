"""`whygate explain [TEXT or -] [SOURCE]`: what a denial says, and our verdict beside it."""

from __future__ import annotations

import argparse
import os
import sys
import zlib

from tui.commands import opening
from tui.commands.can import EXIT
from tui.commands.files import read_policy
from tui.commands.output import coloured, complain, wants_colour, write
from whygate import denial_render, denials, question, render
from whygate.denial_answer import Answer, answer
from whygate.errors import UserError
from whygate.text import count, visible

# From best to worst; the exit status is that of the worst verdict.
_ORDER = ("allowed", "depends", "implicitDeny", "explicitDeny")
_LIMIT = 512 * 1024 * 1024


def run(options: argparse.Namespace) -> int:
    """Prints an answer for each denial in the text. Without a source the exit status is 0; with one it is that of the worst verdict, and
    2 where no denial could be asked about. Raises `UserError` for a text that holds none."""
    context = question.contexts(options.context)
    sessions = None if options.session_policy is None else tuple(read_policy(name) for name in options.session_policy)
    found = _read(options)
    snapshot = opening.load(options) if options.source else None
    asked = question.Options(
        missing_context=options.missing_context,
        uncollected=options.uncollected,
        session_policies=sessions,
        resource_account=options.resource_account,
        credential=options.credential,
    )
    answers = [answer(denial, snapshot, context, asked) for denial in found]
    for number, item in enumerate(answers):
        _print(item, options, first=number == 0)
    if snapshot is None:
        return 0
    verdicts = [item.explanation.verdict for item in answers if item.explanation]
    problems = [item.problem for item in answers if item.problem]
    if problems:
        more = "" if len(problems) == 1 else f" (and {count(len(problems) - 1, 'more', 'more')})"
        complain(visible(f"{count(len(problems), 'denial')} without a verdict: {problems[0]}{more}"))
    return EXIT[max(verdicts, key=_ORDER.index)] if verdicts else 2


def _read(options: argparse.Namespace) -> tuple[denials.Denial, ...]:
    if options.text is None and sys.stdin.isatty():
        raise UserError("no text is given", todo="put the message in quotes, or give it on standard input: whygate explain - < message.txt")
    text = _standard_input() if options.text in (None, "-") else options.text
    try:
        return denials.read(text)
    except UserError as error:
        if options.text not in (None, "-") and "\n" not in options.text and os.path.exists(options.text):
            what = "this is the name of a file, and the text itself is wanted"
            raise UserError(what, where=options.text, todo=f"give what is in it: whygate explain - < {options.text}") from None
        raise error


def _standard_input() -> str:
    """Standard input as text: gzip is unpacked, and bytes that are no UTF-8 are replaced, as logs may hold anything."""
    data = sys.stdin.buffer.read()
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _unpacked(data: bytes) -> bytes:
    parts = []
    size = 0
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(data, _LIMIT - size + 1)
        except zlib.error:
            raise UserError("damaged gzip data", where="standard input", todo="fetch it again") from None
        size += len(part)
        if size > _LIMIT:
            raise UserError("more than 512 MB when unpacked", where="standard input", todo="give a part of it")
        if not unpacker.eof:
            raise UserError("the gzip data is cut off", where="standard input", todo="fetch it again")
        parts.append(part)
        data = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _print(item: Answer, options: argparse.Namespace, *, first: bool) -> None:
    if options.format == "json":
        write(render.json_text(denial_render.data(item)))
        return
    if not first:
        write("")
    if options.format == "markdown":
        write(denial_render.markdown(item))
        return
    page = denial_render.page(item)
    write(page.head)
    if item.explanation:
        title, verdict, *rest = page.ladder.split("\n")
        write("\n".join(["", title, coloured(verdict, item.explanation.verdict, wants_colour(options.color)), *rest]))
    if page.tail:
        write(f"\n{page.tail}")
