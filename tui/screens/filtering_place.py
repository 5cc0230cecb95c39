"""A place with a filter: the line for it, its keys, and what was typed. What a filter leaves is the place's own to find and to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.background.together import painted_together
from tui.place import Place
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.filtering.filter_completion import Candidate
    from tui.widgets.filter_bar import FilterBar


class FilteringPlace(Place):
    """Whoever extends it answers `filtered`, `filter_hint`, `narrow` and, where there are terms, `candidates`; it binds `filter`, says
    `filter` as its mode while `filtering`, and asks `end_filter` in `out`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.typed = ""  # what the filter is to be
        self.filtering = False  # whether it is being typed
        self._noticed = False

    @property
    def filtered(self) -> Table:
        """The list that is narrowed."""
        raise NotImplementedError

    def filter_hint(self) -> str:
        """What can be typed, while nothing is; empty where there is nothing to filter."""
        raise NotImplementedError

    def narrow(self, text: str) -> None:
        """Show what `text` leaves, now or as soon as it is known, and set `typed`."""
        raise NotImplementedError

    def candidates(self, text: str) -> Sequence[Candidate]:
        """What the last word of `text` can become."""
        return ()

    def filter_stands(self) -> bool:
        """Whether what was typed is a filter, so that it can be kept."""
        return True

    async def action_filter(self) -> None:
        hint = self.filter_hint()
        if not hint:
            return
        self.filtering = True
        bar = self._bar
        if bar is None:
            from tui.widgets.filter_bar import FilterBar

            bar = FilterBar(self.candidates, self._edited)
            await self.mount(bar)
        bar.begin(self.typed, hint)
        self.changed()

    @property
    def _bar(self) -> FilterBar | None:
        """Made when it is first needed: few widgets take as long to import as a line to type on."""
        from tui.widgets.filter_bar import FilterBar

        return next(iter(self.query(FilterBar)), None)

    def _edited(self, text: str) -> None:
        if self.filtering and text != self.typed:
            self.narrow(text)
            painted_together(self)

    def on_filter_bar_walked(self, message: FilterBar.Walked) -> None:
        message.stop()
        self.filtered.move_to(self.filtered.cursor + message.step)

    def on_filter_bar_kept(self, message: FilterBar.Kept) -> None:
        message.stop()
        if self.filter_stands():
            self._close_filter()
        else:  # it says what is wrong once more, and stays to be mended
            self.narrow(self.typed)

    def end_filter(self) -> bool:
        """Close the line and clear the filter; False where there was neither."""
        was = self.filtering or bool(self.typed)
        if self.filtering:
            self._close_filter()
        if self.typed:
            self.narrow("")
        return was

    def _close_filter(self) -> None:
        self.filtering = False
        if self._bar is not None:
            self._bar.end()
        self.settle()
        self.changed()

    def notice_filter(self, text: str) -> None:
        """Say something of the filter, or (empty) take back what was said of the one before."""
        if text or self._noticed:
            self.say(text)
        self._noticed = bool(text)
