"""A Textual app that sends a terminal only what is not there yet (`drawn`): most of a place stays when the next one is shown."""

from __future__ import annotations

from rich.console import RenderableType
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen

from tui.terminal.drawn import Drawn


class FrugalApp(App[None]):
    """Every screen, and everything that lies over one, passes here. Whoever writes on the terminal past Textual calls `draw_anew`."""

    _drawn: Drawn | None = None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        # What Textual does not write must not count as written: these are its own conditions.
        if isinstance(renderable, CompositorUpdate) and self._running and not (self._closed or self._batch_count or self.is_headless):
            if self._drawn is None:
                self._drawn = Drawn()
            renderable = self._drawn.changes(renderable, self.size, self.console)
        super()._display(screen, renderable)

    def on_resize(self, event: events.Resize) -> None:
        """Textual says so too when it takes the terminal back, and then nothing of what was there is left."""
        if self._drawn is not None and event.size == self._drawn.size:
            self.draw_anew()

    def draw_anew(self) -> None:
        """Send the whole screen, whatever is thought to be there."""
        if self._drawn is not None:
            self._drawn.forget()
        self.refresh()
