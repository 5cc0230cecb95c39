"""A Textual app that takes keys one after the other: the next one goes to whoever has the focus once the one before has been dealt with.

Textual sends a key to the focus of the moment in which it arrives. What was typed ahead, or came in one packet over a slow line, would
so reach the list and not the prompt that the key before it opens: `:can` would ask a question with its `c`.
"""

from __future__ import annotations

from collections import deque

from textual import events
from textual.message import Message
from textual.timer import Timer

from tui.terminal.frugal import FrugalApp

# A key may make a widget post a message, on which a place posts another to the app: each is a round behind the one before.
ROUNDS = 3
PATIENCE = 1.0  # seconds; a widget that goes away may take the message that follows the key along


class OrderlyApp(FrugalApp):
    """Whoever derives from it need not know."""

    class Settled(Message):
        """Follows a key on its way from the focus up to the app."""

        def __init__(self, key: int, rounds: int) -> None:
            super().__init__()
            self.key, self.rounds = key, rounds

    def __init__(self, css_path: list[str] | None = None) -> None:
        super().__init__(css_path=list(css_path or ()))
        self._ahead: deque[events.Event] = deque()
        self._taken = 0
        self._at_work = False
        self._limit: Timer | None = None

    def before_key(self) -> None:
        """A key is about to be taken, or a button of the mouse went down."""

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.MouseDown):
            self.before_key()
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif self._at_work:
            self._ahead.append(event)
        else:
            await self._take(event)

    async def _take(self, event: events.Event) -> None:
        self._at_work = True
        self._taken += 1
        key = self._taken
        self._limit = self.set_timer(PATIENCE, lambda: self._next(key))
        self.before_key()
        await super().on_event(event)
        await self._follow(key, ROUNDS)

    async def _follow(self, key: int, rounds: int) -> None:
        if not self.screen_stack:  # the program is ending
            return
        receiver = self.focused or self.screen
        if not rounds or not receiver.post_message(self.Settled(key, rounds - 1)):
            await self._next(key)

    async def on_orderly_app_settled(self, message: Settled) -> None:
        if message.key == self._taken:
            await self._follow(message.key, message.rounds)

    async def _next(self, key: int) -> None:
        if key != self._taken or not self._at_work:
            return
        if self._limit is not None:
            self._limit.stop()
        self._at_work = False
        if self._ahead:
            await self._take(self._ahead.popleft())
