"""The front door: reads the command line and hands it to the explorer or to a one-shot command. The only module here that prints."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from whygate.errors import UserError

_COMMANDS = {
    "can": "tui.commands.can",
    "list": "tui.commands.listing",
    "simulate": "tui.commands.simulate",
    "sources": "tui.commands.sources",
    "explore": "tui.commands.explore",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. 2 is always "no answer", with one line on standard error."""
    from tui.commands.parser import parse
    from whygate.text import visible

    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        status: int = importlib.import_module(_COMMANDS[options.command]).run(options)
        sys.stdout.flush()
    except UserError as error:
        sys.stderr.write(f"whygate: {visible(str(error))}\n")
        return 2
    except BrokenPipeError:  # `whygate list … | head`: what was wanted has been read
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
