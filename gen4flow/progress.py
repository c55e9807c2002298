"""Tells a person how a run goes: a bar on a terminal, a plain line every ten seconds elsewhere; always on stderr."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from tqdm import tqdm

from gen4flow.terminal import say

EVERY = 10.0  # seconds between plain lines
BAR_AFTER = 1.0  # seconds: what is quicker needs no bar

T = TypeVar("T")


class Progress:
    """Counts what a run has done; may be told from any thread."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._lock = threading.Lock()
        self._counts = {"submitted": 0, "fetched": 0, "failed": 0, "unknown": 0, "skipped": 0}
        # disable=None: tqdm draws only where stderr is a terminal
        self._bar = tqdm(total=total, unit="image", disable=None, file=sys.stderr, dynamic_ncols=True, leave=True)
        self._plain = bool(self._bar.disable)
        self._next = time.monotonic() + EVERY

    def count(self, what: str) -> None:
        """Count one more that was submitted, fetched, skipped, failed, or is unknown."""
        with self._lock:
            self._counts[what] += 1
            if what != "submitted":
                with suppress(OSError, ValueError):
                    self._bar.update(1)
            told = ", ".join(f"{count} {name}" for name, count in self._counts.items() if count)
            if not self._plain:
                self._bar.set_postfix_str(told, refresh=False)
            elif time.monotonic() >= self._next:
                self._next = time.monotonic() + EVERY
                say(f"{told} of {self._total}")

    def note(self, message: str) -> None:
        """Print a line without tearing the bar."""
        with self._lock:
            if self._plain:
                say(message)
            else:
                with suppress(OSError, ValueError):
                    tqdm.write(message, file=sys.stderr)

    def close(self) -> None:
        """Finish the bar."""
        with suppress(OSError, ValueError):
            self._bar.close()


def counted(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Yield items, and tell a person how far that is when it takes long."""
    bar = tqdm(total=total, desc=what, disable=None, file=sys.stderr, dynamic_ncols=True, leave=False, delay=BAR_AFTER)
    told = time.monotonic()
    try:
        for number, item in enumerate(items, 1):
            yield item
            with suppress(OSError, ValueError):
                bar.update(1)
            if bar.disable and time.monotonic() - told >= EVERY:
                told = time.monotonic()
                say(f"{what}: {number} of {total}")
    finally:
        with suppress(OSError, ValueError):
            bar.close()
