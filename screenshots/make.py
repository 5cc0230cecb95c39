"""Make the pictures in this folder from the demo account, each at a fixed size.

    python -m screenshots.make [NAME …]

Writes NAME.svg for every picture, and NAME.png for those that the README shows.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import msgspec
from textual import events

from adapters import offers, registry
from screenshots.shots import OFFERS, SHOTS, Shot
from tui.explorer import Explorer
from whygate.snapshot import Snapshot

FOLDER = Path(__file__).parent
TURNS = 1500
PNG_FONT = "DejaVu Sans Mono"
CELL = 12.2  # how wide a character is in the SVG
PNG_FONT_SIZE = CELL / (1233 / 2048)  # at which those of that font are as wide
PNG_CELL = 10  # pixels; a whole number, because that is what the renderer makes of it


def demo(source: str, report: Callable[[int, int, str], None]) -> Snapshot:
    """The demo account without its date: pictures must not grow old by themselves."""
    snapshot = registry.load(source, report)
    return dataclasses.replace(snapshot, source=msgspec.structs.replace(snapshot.source, collected_at=None))


@contextmanager
def made_up_offers() -> Iterator[None]:
    """What the start screen finds while this lasts: nothing of the machine that makes the picture."""
    finders = {name: (lambda found=found: found) for name, found in OFFERS.items()}
    with mock.patch.object(offers, "KINDS", {**finders, "demo": offers.demo}):
        yield


async def picture(shot: Shot) -> str:
    """The SVG of one picture; raises RuntimeError where the wanted text never comes."""
    with made_up_offers(), mock.patch.dict(os.environ):
        os.environ.pop("NO_COLOR", None)  # whoever wants none in a terminal gets the same pictures
        return await _drawn(shot)


async def _drawn(shot: Shot) -> str:
    explorer = Explorer("demo" if shot.at else "", at=shot.at, load=demo)
    async with explorer.run_test(size=shot.size) as pilot:

        def text() -> str:
            return plain_text(explorer.export_screenshot())

        async def until(condition: Callable[[], bool], what: str) -> None:
            for _ in range(TURNS):
                if condition():
                    return
                await pilot.pause(0.01)
            raise RuntimeError(f"{shot.name}: {what} never came:\n{text()}")

        await until(lambda: explorer.loaded or not shot.at, "the account")
        if shot.theme:
            explorer.theme = shot.theme
        await until(lambda: shot.first in text(), repr(shot.first))
        if shot.pasted and explorer.focused is not None:
            explorer.focused.post_message(events.Paste(shot.pasted))
            await until(lambda: shot.then in text(), repr(shot.then))
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


def png(svg: str, path: Path) -> None:
    """The same as pixels."""
    import cairosvg

    # The renderer takes the first font alone, so it is given one that machines have; and it does not count blanks at the end of a text
    # when it stretches it to its length, so it is not asked to.
    drawn = re.sub(r' textLength="[^"]*"', "", svg.replace("Fira Code, monospace", PNG_FONT))
    drawn = drawn.replace("font-size: 20px", f"font-size: {PNG_FONT_SIZE:.3f}px")
    found = re.search(r'viewBox="0 0 ([\d.]+) ', drawn)
    assert found is not None
    cairosvg.svg2png(bytestring=drawn.encode(), write_to=str(path), output_width=round(float(found[1]) * PNG_CELL / CELL))


async def main(names: list[str]) -> None:
    for shot in SHOTS:
        if names and shot.name not in names:
            continue
        svg = await picture(shot)
        (FOLDER / f"{shot.name}.svg").write_text(svg, encoding="utf-8")
        if shot.png:
            png(svg, FOLDER / f"{shot.name}.png")
        print(f"{shot.name}: {shot.size[0]}x{shot.size[1]}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
