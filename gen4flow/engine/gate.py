"""A door that lets only so many through at once; how many may change while they wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Gate:
    """Counts who is inside; whoever enters waits until there is room."""

    def __init__(self, room: Callable[[], int]) -> None:
        self._room = room
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._empty = asyncio.Event()
        self._empty.set()
        self.inside = 0

    async def enter(self) -> None:
        """Wait for room, in order of arrival, and take it."""
        while self.inside >= self._room():
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self.changed()  # the turn was ours and is not used: it is the next one's
                raise
        self.push_in()

    def push_in(self) -> None:
        """Take room without waiting: for what runs already."""
        self.inside += 1
        self._empty.clear()

    def leave(self) -> None:
        """Give room back."""
        self.inside -= 1
        if not self.inside:
            self._empty.set()
        self.changed()

    async def until_empty(self) -> None:
        """Wait until nobody is inside."""
        await self._empty.wait()

    def changed(self) -> None:
        """Let in whoever fits now."""
        free = self._room() - self.inside
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
