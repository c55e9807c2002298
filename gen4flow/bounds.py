"""Bounds what a stranger's templates may take: seconds for one rendering, memory for all of them.

The sandbox already refuses what it can see coming; this holds whatever it does not.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Protocol

from gen4flow.core.prompt import TemplateError

SECONDS = 10  # for one rendering
MEMORY = 512 * 1024 * 1024  # bytes beyond what the process has already
PAGE_COUNT_FILE = "/proc/self/statm"


class Rendering(Protocol):
    """Something that renders: `begun` counts renderings, `busy` tells whether one is under way."""

    begun: int
    busy: bool


@contextmanager
def bounded(rendering: Rendering) -> Iterator[None]:
    """Raise TemplateError out of a rendering that takes too long, MemoryError out of one that takes too much."""
    with _memory(), _time(rendering):
        yield


@contextmanager
def _time(rendering: Rendering) -> Iterator[None]:
    """Look once a second whether the same rendering is still under way; only a main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    seen, ticks = -1, 0

    def tick(_number: int, _frame: FrameType | None) -> None:
        nonlocal seen, ticks
        ticks = ticks + 1 if rendering.busy and rendering.begun == seen else 0
        seen = rendering.begun
        if ticks >= SECONDS - 2:  # the first tick may come late, the second after it found nothing new
            raise TemplateError(f"the template renders for more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _memory() -> Iterator[None]:
    """Bound the address space to what is used now and some more, where the system can."""
    if sys.platform != "linux":
        yield
        return
    import resource  # not there on every system

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open(PAGE_COUNT_FILE, encoding="ascii") as file:  # noqa: PTH123  # a file of the kernel's
            used = int(file.read().split()[0]) * resource.getpagesize()
        bound = used + MEMORY
        if soft == resource.RLIM_INFINITY or soft > bound:
            resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    except (OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
