"""Connections that wait for their next request: the one that was used last is lent first."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from gen4flow.api_client.wire import Origin

MOST_ORIGINS = 16  # whose connections are kept: an answer may name another host each time
LONGEST = 5.0  # seconds after which an unused connection is closed: servers rarely close theirs earlier


class Closed(Protocol):
    """What can be closed."""

    async def aclose(self) -> None:
        """Close it."""
        ...


ConnectionT = TypeVar("ConnectionT", bound=Closed)


class Idle(Generic[ConnectionT]):
    """Connections by origin; `lives` tells whether one can take another request."""

    def __init__(self, lives: Callable[[ConnectionT], bool]) -> None:
        self._lives = lives
        self._kept: defaultdict[Origin, deque[tuple[float, ConnectionT]]] = defaultdict(deque)

    async def take(self, origin: Origin) -> ConnectionT | None:
        """Return the connection that was used last, if it lives; those that idle for too long are closed."""
        kept = self._kept.get(origin)
        while kept and time.monotonic() - kept[0][0] > LONGEST:
            await kept.popleft()[1].aclose()
        while kept:
            _, connection = kept.pop()
            if self._lives(connection):
                return connection
            await connection.aclose()
        return None

    async def keep(self, origin: Origin, connection: ConnectionT) -> None:
        """Take a connection for the next request to an origin, or close it where it can take none.

        Of too many origins, the connections of the one that was known first are closed.
        """
        if not self._lives(connection):
            await connection.aclose()
            return
        self._kept[origin].append((time.monotonic(), connection))
        while len(self._kept) > MOST_ORIGINS:
            for _, forgotten in self._kept.pop(next(iter(self._kept))):
                await forgotten.aclose()

    async def aclose(self) -> None:
        """Close every connection that waits."""
        for kept in self._kept.values():
            for _, connection in kept:
                await connection.aclose()
        self._kept.clear()
