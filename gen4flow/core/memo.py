"""What was made last of the values of some axes, so that it need not be made again.

What templates give is pure (the sandbox has no clock, no randomness and no files but the recipe's own), so the same
values give the same. Planning asks for one prompt again and again: for each seed, each aspect ratio, each size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from gen4flow.core.recipe import AxisValue

KEPT = 512  # things of one memo
PATIENCE = 2_048  # things that are kept in vain before it gives up: every row has its own
KEPT_CHARACTERS = 4_000_000  # of all of them, as far as they are told

Made = TypeVar("Made")


class Memo(Generic[Made]):
    """Things by the identities of values: their objects are kept beside each, so that no other can have its id."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)
        self._kept: dict[tuple[int, ...], tuple[list[AxisValue], Made]] = {}
        self._characters = 0
        self._in_vain = 0

    def find(self, axes: Mapping[str, AxisValue]) -> Made | None:
        """Return what was kept for a row's values."""
        if self._in_vain > PATIENCE:
            return None
        kept = self._kept.get(tuple(map(id, map(axes.__getitem__, self._names))))
        if kept is None:
            return None
        self._in_vain = 0
        return kept[1]

    def keep(self, axes: Mapping[str, AxisValue], made: Made, *, characters: int) -> None:
        """Keep what was made of a row's values; rows come in order, so that what is old is seldom asked for again."""
        self._in_vain += 1
        if self._in_vain > PATIENCE:
            self._kept = {}
            return
        if len(self._kept) >= KEPT or self._characters > KEPT_CHARACTERS:
            self._kept.clear()
            self._characters = 0
        values = [axes[name] for name in self._names]
        self._kept[tuple(map(id, values))] = (values, made)
        self._characters += characters
