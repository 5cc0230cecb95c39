"""Work off the event loop. The work may only post messages; whoever receives them drops what came too late."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable


def in_background(work: Callable[[], None]) -> None:
    """Run `work` in a thread of its own. The thread is a daemon: leaving the program never waits for a slow source, which
    a worker of the event loop's executor would make it do.
    """
    context = contextvars.copy_context()  # Textual finds its app through the context
    threading.Thread(target=context.run, args=(work,), daemon=True).start()
