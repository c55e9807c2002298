"""Runs the ledger's blocking methods on one thread of their own, so that the network never waits for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Journal:
    """One thread, first come first served: what was handed over is written even when its caller is cancelled."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, once it is done on the ledger's thread."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))

    def close(self) -> None:
        """Wait until everything that was handed over is written."""
        self._thread.shutdown(wait=True)
