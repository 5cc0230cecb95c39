"""What the places of the explorer have in common: how they are shown, asked and left. Which places there are is in `tui.places`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widget import Widget

from tui.location import Location, State, Visit
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.report import Report
    from whygate.snapshot import Snapshot


class Place(Widget):
    """A place is made once and shown again and again with another model. It posts where to go; it goes nowhere itself."""

    DEFAULT_CSS = "Place { width: 1fr; height: 1fr; layout: vertical; }"
    scope: ClassVar[str]
    needs_account: ClassVar[bool] = True

    class Go(Message):
        """Walk to a location."""

        def __init__(self, place: Place, location: Location, label: str) -> None:
            super().__init__()
            self.place, self.location, self.label = place, location, label

    class Open(Message):
        """Open another source, as `whygate SOURCE` names it; with `kept` what is kept of it, and nobody is asked."""

        def __init__(self, source: str, *, kept: bool = False) -> None:
            super().__init__()
            self.source, self.kept = source, kept

    class Said(Message):
        """A notice for the user."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Copied(Message):
        """Send a text to the clipboard: the account's own, untouched."""

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

    def begin(self, visit: Visit) -> None:
        """As `show`, while there is no account; only for places that do without one (`needs_account` is False)."""
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

    def document(self) -> tuple[str, str]:
        """The name of a file and the text that `E` opens in an editor; without a text it opens the report."""
        return "", ""

    def question(self) -> Location:
        """The question that `c` opens from here."""
        return Location("question")

    def ask_again(self) -> bool:
        """Where the place is a question itself, begin to change it; False elsewhere."""
        return False

    def why_not(self, action: str) -> str:
        """Why an action of the registry (its name without arguments) does not work just now; empty where it does. Asked at every
        drawing of the key bar: it must cost nothing."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual asks before it runs an action: one that does not work says why."""
        if reason := self.why_not(action):
            self.say(reason)
        return not reason

    def here(self, location: Location) -> Location:
        """The location at which the place is, as it is to be found again: `location`, and what it is looked at under by now."""
        return location

    def command(self) -> tuple[str, ...]:
        """The words after `whygate` that answer the same in a shell, with SOURCE where the source stands; empty where none does."""
        return ()

    def report(self) -> Report | None:
        """What the place says, for a file; None where there is nothing to say yet."""
        return None

    def tables(self) -> list[Table]:
        """The lists that are on the screen, for jump mode."""
        return [table for table in self.query(Table) if table.display and table.size.height]

    def on_table_followed(self, message: Table.Followed) -> None:
        message.stop()
        self.walk_to(*message.target)

    def missed(self, complaint: str) -> None:
        """What was asked for with `Open` could not be opened; the complaint is a notice already."""

    def out(self) -> bool:
        """Close what is open inside the place; False where nothing was."""
        return False


def rows_in_view(span: tuple[int, int, int]) -> str:
    """`1–19 of 3,418`, or nothing where every row is in view."""
    first, last, count = span
    return f"{first:,}–{last:,} of {count:,}" if count > last - first + 1 else ""
