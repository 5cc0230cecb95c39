"""The demo accounts that ship with the program, as a source: two invented accounts of an invented organization. Not test data.

The documents beside this file are written by hand; docs/demo.md tells the story that each part of them is there for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

ACCOUNTS = ("ocr-prod.json", "vision-lab.json")
ORGANIZATION = "organization.json"


class DemoAdapter:
    """Opens `demo`: no file of the user's, no network, the same answer every time."""

    name = "demo"
    description = "the accounts that come with whygate, to look around in"

    def accepts(self, source: str) -> bool:
        """True for the word `demo` alone; a file of that name is opened as `./demo`."""
        return source == "demo"

    def quick(self, source: str) -> bool:
        """It always is."""
        return True

    def load(self, source: str, report: Callable[[int, int, str], None]) -> bytes:
        """The accounts and their organization as one snapshot document, in UTF-8 JSON (reference/snapshot.md, several accounts)."""
        folder = Path(__file__).parent
        total = len(ACCOUNTS) + 1
        texts: list[bytes] = []
        for done, name in enumerate((*ACCOUNTS, ORGANIZATION)):
            report(done, total, name)
            texts.append(folder.joinpath(name).read_bytes())
        report(total, total, "demo")
        return b'{"Accounts": [%b], "Organization": %b}' % (b",".join(texts[:-1]), texts[-1])
