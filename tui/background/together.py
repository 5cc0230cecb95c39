"""What one key press changes in several widgets, painted at once: a frame that comes a sixtieth of a second after another is one too many,
and over a slow link a fifteenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from textual.message_pump import MessagePump
from textual.widget import Widget


def painted_together(widget: Widget) -> None:
    """Paint nothing until the messages that wait now for `widget` and, on their way up, for each of its ancestors have been handled: what
    they change then stands in the same frame. It waits for no work and for no time.
    """
    batch = ExitStack()
    batch.enter_context(widget.app.batch_update())

    def onwards(pumps: Sequence[MessagePump]) -> None:
        # A callback queues behind the messages that came before it, as those do that bubble to the next ancestor.
        if not (pumps and pumps[0].call_later(onwards, pumps[1:])):
            batch.close()

    # Then twice around the screen: what the app changed says so a turn later, and a screen paints when it has nothing else to do.
    onwards([widget, *widget.ancestors, widget.screen, widget.app, widget.screen])
