"""Requests on the wire at once: who collects what is paid for goes before who would buy more.

First come, first served lets a run with thousands of predictions under way buy and buy while what is done waits: each
answer to a submit makes room for the next one, and nothing is finished before all is bought.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

AT_ONCE = 80  # as many as the client asks questions at once, and downloads beside them


class Lanes:
    """Lends so many lanes; a free one is the next collector's, and a buyer's where no collector waits."""

    def __init__(self, lanes: int) -> None:
        self._free = lanes
        self._collectors: deque[asyncio.Future[None]] = deque()
        self._buyers: deque[asyncio.Future[None]] = deque()
        self.collecting = _Collecting(self)

    @classmethod
    def beside(cls, submitting: int) -> Lanes:
        """Return lanes of which so many submits, however long their answers take, leave at least half to others."""
        return cls(max(AT_ONCE, 2 * submitting))

    async def collect(self) -> None:
        """Wait for a lane for a poll or a download, which is to be left."""
        await self._take(self._collectors)

    async def buy(self) -> None:
        """Wait for a lane for a submit, which is to be left."""
        await self._take(self._buyers)

    def leave(self) -> None:
        """Hand a lane on to whoever is next."""
        for waiting in (self._collectors, self._buyers):
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1

    async def _take(self, waiting: deque[asyncio.Future[None]]) -> None:
        """Take a free lane, or wait until one is handed on."""
        if self._free:  # then nobody waits
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # the lane was ours and is not used
            raise


class _Collecting:
    """Has a lane for a poll or a download while an `async with` block lasts; it may be entered many times at once."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def __aenter__(self) -> None:
        await self._lanes.collect()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lanes.leave()
