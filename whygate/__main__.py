"""The front door: reads the command line and hands it to the explorer or to a one-shot command. The only module here that prints."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from collections.abc import Sequence

from whygate.errors import UserError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. 2 is always "no answer", with one line on standard error."""
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:  # `whygate list … | head`: what was wanted has been read
        _give_up_output()
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _give_up_output()
        sys.stderr.write(f"whygate: the answer cannot be written: {error.strerror}; make room, or send it elsewhere\n")
        return 2


def _run(arguments: Sequence[str]) -> int:
    gc.disable()  # what a program makes while it starts is there to stay
    try:
        from tui.commands.parser import ROWS, parse
        from whygate.text import visible

        options = parse(arguments)
        command = importlib.import_module(ROWS[options.command].module)
    finally:
        gc.enable()
    try:
        status: int = command.run(options)
    except UserError as error:
        sys.stderr.write(f"whygate: {visible(str(error))}\n")
        return 2
    return status


def _give_up_output() -> None:
    """Lets the interpreter flush what is left into nothing, so that it does not complain on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
