"""Runs the ledger's blocking methods on one thread of their own, so that the network never waits for the disk.

While the disk is waited for, more comes: all of that becomes one transaction, and the disk is waited for once. Nobody
is told that something is done before the transaction that holds it is on disk.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from gen4flow.core.interfaces import Records

MOST = 256  # works in one transaction

T = TypeVar("T")


@dataclass(slots=True)
class _Work:
    """What is to be done, whom to tell, and what came of it."""

    do: Callable[[], Any]
    told: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Let the caller go on, if it still waits."""
        if self.told.done():
            return
        if self.error is not None:
            self.told.set_exception(self.error)
        else:
            self.told.set_result(self.result)


class Journal:
    """One thread, first come first served: what was handed over is written even when its caller is cancelled."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._waiting: deque[_Work] = deque()
        self._lock = threading.Lock()
        self._writing = False

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises, once what it changed is durable."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[T] = loop.create_future()
        with self._lock:
            if not self._writing:
                self._thread.submit(self._write_all, loop)
                self._writing = True
            self._waiting.append(_Work(work, told))
        return await told

    def close(self) -> None:
        """Wait until everything that was handed over is written."""
        self._thread.shutdown(wait=True)

    def _write_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write until nothing waits."""
        while works := self._next():
            self._write(works)
            loop.call_soon_threadsafe(_tell, works)

    def _next(self) -> list[_Work]:
        """Take what waits; when that is nothing, this is the end of writing."""
        with self._lock:
            works = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
            self._writing = bool(works)
            return works

    def _write(self, works: list[_Work]) -> None:
        """Do works as one transaction; what raises undoes itself alone, unless nothing of it all could be written."""
        try:
            with self._records.together():
                for work in works:
                    try:
                        work.result = work.do()
                    except Exception as error:  # told to who asked for it
                        work.error = error
        except Exception as error:
            for work in works:
                work.error = error


def _tell(works: list[_Work]) -> None:
    """Let everybody go on whose work is on disk, or failed."""
    for work in works:
        work.tell()
