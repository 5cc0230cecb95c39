"""A text in the user's own editor or pager, read-only and through a private file that is gone afterwards. Whatever is done to it there is
lost: whygate changes nothing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Mapping

from whygate.errors import UserError
from whygate.text import visible

VARIABLES = ("VISUAL", "EDITOR", "PAGER")
OTHERWISE = "less"
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def program(environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Which variable names the program, empty for none, and its words. Raises UserError for quotes that do not end."""
    for name in VARIABLES:
        if value := environment.get(name, "").strip():
            try:
                words = shlex.split(value)
            except ValueError as error:
                raise UserError(f"{name} cannot be understood: {error}", where=visible(value), todo=f"mend {name}") from None
            if words:
                return name, words
    return "", [OTHERWISE]


def show(name: str, text: str, environment: Mapping[str, str]) -> None:
    """Show `text` in a file of about this name, until the program ends. Raises UserError where it cannot be started, or fails."""
    variable, words = program(environment)
    said = visible(" ".join(words))
    hint = f"set {' or '.join(VARIABLES[:2])} to an editor" if not variable else f"look at {variable}"
    with tempfile.TemporaryDirectory(prefix="whygate-") as directory:  # 0700
        path = os.path.join(directory, _NAME.sub("_", name).strip("._")[-80:] or "document")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        try:
            status = subprocess.run([*words, path], env=dict(environment), check=False).returncode
        except OSError as error:
            raise UserError(f"{said} cannot be started: {error.strerror}", todo=hint) from None
    if status:
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        raise UserError(f"{said} {how}", todo=hint)
