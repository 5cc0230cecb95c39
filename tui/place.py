"""What the places of the explorer (account, principal, policy, question) have in common: how they are shown and left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widget import Widget

from tui.location import Location, State, Visit

if TYPE_CHECKING:
    from whygate.snapshot import Snapshot


class Place(Widget):
    """A place is made once and shown again and again with another model. It posts where to go; it goes nowhere itself."""

    DEFAULT_CSS = "Place { width: 1fr; height: 1fr; layout: vertical; }"
    scope: ClassVar[str]

    class Go(Message):
        """Walk to a location."""

        def __init__(self, place: Place, location: Location, label: str) -> None:
            super().__init__()
            self.place, self.location, self.label = place, location, label

    class Said(Message):
        """A notice for the user."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Changed(Message):
        """The status of the place changed, or (`location`) it became another place without a step."""

        def __init__(self, place: Place, location: Location | None = None, label: str = "") -> None:
            super().__init__()
            self.place, self.location, self.label = place, location, label

    def walk_to(self, location: Location, label: str) -> None:
        self.post_message(self.Go(self, location, label))

    def changed(self, location: Location | None = None, label: str = "") -> None:
        self.post_message(self.Changed(self, location, label))

    def say(self, text: str) -> None:
        self.post_message(self.Said(text))

    def take_focus(self, widget: Widget) -> None:
        """Focus at once, not after the messages that wait: keys that were typed ahead are meant for this widget."""
        self.screen.set_focus(widget)

    def show(self, snapshot: Snapshot, visit: Visit) -> None:
        """Swap the model and bring back the state in which the place was left."""
        raise NotImplementedError

    def renew(self, snapshot: Snapshot) -> None:
        """Swap the model for one of the same account in which more is there, and change nothing else: place, cursor, filter, focus.
        Raises UserError where what is shown is not in it."""
        raise NotImplementedError

    def settle(self) -> None:
        """Put the focus where hands expect it."""
        raise NotImplementedError

    def state(self) -> State:
        """How the place looks now, for the way back."""
        raise NotImplementedError

    def status(self) -> str:
        """A few words at the right end of the breadcrumb."""
        return ""

    def mode(self) -> str:
        """Which of `actions.MODES` the place is in, empty for none."""
        return ""

    def position(self) -> str:
        """Which rows are in view, where not all are."""
        return ""

    def copyable(self) -> str:
        """What `y` sends to the clipboard: the account's own text, untouched."""
        return ""

    def question(self) -> Location:
        """The question that `c` opens from here."""
        return Location("question")

    def ask_again(self) -> bool:
        """Where the place is a question itself, begin to change it; False elsewhere."""
        return False

    def out(self) -> bool:
        """Close what is open inside the place; False where nothing was."""
        return False


def rows_in_view(span: tuple[int, int, int]) -> str:
    """`1–19 of 3,418`, or nothing where every row is in view."""
    first, last, count = span
    return f"{first:,}–{last:,} of {count:,}" if count > last - first + 1 else ""
