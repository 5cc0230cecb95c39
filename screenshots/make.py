"""Make the pictures in this folder from the demo account, each at a fixed size.

    python -m screenshots.make

Writes NAME.svg for every picture, and NAME.png for those that the README shows.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec

from adapters import registry
from tui.explorer import Explorer
from whygate.snapshot import Snapshot

FOLDER = Path(__file__).parent
TURNS = 600
PNG_FONT = "DejaVu Sans Mono"
ADAPTER = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"


class Shot(NamedTuple):
    """One picture: where the explorer begins, the keys that are pressed there, and the text that is on the screen when it is done."""

    name: str
    size: tuple[int, int]
    at: str
    keys: tuple[str, ...]
    wanted: str
    png: bool = False


SHOTS = (
    Shot("account", (110, 28), "list users", ("down", "down", "down"), "▸ efuaowusu", True),
    Shot("questions", (80, 24), "list questions", (), "Why can Mateo not read text"),
    Shot("principal", (80, 24), "principal arn:aws:iam::123456789012:user/mateojackson", (), "inline policies"),
    Shot(
        "question", (100, 30), "question?principal=mateojackson&action=textract:DetectDocumentText&resource=*", (), "nearest misses", True
    ),
    Shot("depends", (100, 30), f"question?principal=sofiamartinez&action=textract:DeleteAdapter&resource={ADAPTER}", (), "DEPENDS"),
    Shot(
        "policy",
        (110, 34),
        "question?principal=mateojackson&action=textract:DetectDocumentText&resource=*",
        ("down", "down", "down", "enter"),
        "near miss",
        True,
    ),
    Shot("account-wide", (160, 45), "list roles", ("down", "down"), "roles"),
)


def demo(source: str, report: Callable[[int, int, str], None]) -> Snapshot:
    """The demo account without its date: pictures must not grow old by themselves."""
    snapshot = registry.load(source, report)
    return dataclasses.replace(snapshot, source=msgspec.structs.replace(snapshot.source, collected_at=None))


async def picture(shot: Shot) -> str:
    """The SVG of one picture; raises RuntimeError where the wanted text never comes."""
    explorer = Explorer("demo", at=shot.at, load=demo)
    async with explorer.run_test(size=shot.size) as pilot:

        def text() -> str:
            return plain_text(explorer.export_screenshot())

        async def until(condition: Callable[[], bool], what: str) -> None:
            for _ in range(TURNS):
                if condition():
                    return
                await pilot.pause(0.01)
            raise RuntimeError(f"{shot.name}: {what} never came:\n{text()}")

        await until(lambda: explorer.loaded, "the account")
        if shot.at.startswith("question"):
            await until(lambda: "layer" in text(), "the answer")
        await pilot.press(*shot.keys)
        await until(lambda: shot.wanted in text(), repr(shot.wanted))
        await pilot.wait_for_scheduled_animations()
        svg = explorer.export_screenshot(title=f"whygate: {shot.name}")
        return f"{svg.rstrip()}\n<!-- {made_with()} -->\n"


def made_with() -> str:
    """What draws the pictures: another version of it may draw the same text with other bytes."""
    return f"textual {version('textual')}, rich {version('rich')}"


def plain_text(svg: str) -> str:
    """The text of a picture, line by line, without its colours: what a reader of the screen sees."""
    lines: dict[str, list[tuple[float, str]]] = {}
    for x, y, text in re.findall(r'<text[^>]*?x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        lines.setdefault(y, []).append((float(x), text.replace("&#160;", " ")))
    return "\n".join("".join(text for _, text in sorted(parts)) for _, parts in sorted(lines.items(), key=lambda item: float(item[0])))


async def main() -> None:
    for shot in SHOTS:
        svg = await picture(shot)
        (FOLDER / f"{shot.name}.svg").write_text(svg, encoding="utf-8")
        if shot.png:
            import cairosvg

            # The renderer takes the first font alone, so it is given one that machines have.
            cairosvg.svg2png(
                bytestring=svg.replace("Fira Code, monospace", PNG_FONT).encode(),
                write_to=str(FOLDER / f"{shot.name}.png"),
                output_width=1100,
            )
        print(f"{shot.name}: {shot.size[0]}x{shot.size[1]}")


if __name__ == "__main__":
    asyncio.run(main())
