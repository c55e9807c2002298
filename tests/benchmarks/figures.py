"""What a benchmark is given, and what it brings."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured: how often, and at full size or `small`; `folder` is empty and thrown away after it.

    `peers`: also programs that have to be installed first.
    """

    rounds: int
    small: bool
    folder: Path
    peers: bool = False

    def of(self, count: int) -> int:
        """Return how many of something there are: all of them, or a hundredth of them in small."""
        return max(10, count // 100) if self.small else count


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: what was measured, how much it is, and the target that it has, at most or at least.

    `note` says what the figure is held against, or what stands beside it.
    """

    what: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether the figure meets its target; one without a target always does."""
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target


def interleaved(measures: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """Measure everything in turns, so that whatever else the machine does meets all of it; returns each one's rounds.

    The order turns around every round: what runs second finds caches warm that the first had to fill.
    """
    found: dict[str, list[Measured]] = {name: [] for name in measures}
    for number in range(rounds):
        for name in list(measures) if number % 2 == 0 else list(measures)[::-1]:
            found[name].append(measures[name]())
    return found


def median(values: list[float]) -> float:
    """Return the middle one of some measurements."""
    return statistics.median(values)
