"""Takes what streams a few at a time, so that each stage of a pipeline works on some before the next one does.

One job through all stages, then the next: that costs half as much again, for each stage finds the processor's caches
full of the others' code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SIZE = 64  # few enough that nobody waits for the first ones, and that they stay in those caches

Thing = TypeVar("Thing")


def batches(things: Iterable[Thing], size: int = SIZE) -> Iterator[list[Thing]]:
    """Yield lists of things in their order, all but the last one of that size."""
    remaining = iter(things)
    while batch := list(islice(remaining, size)):
        yield batch
