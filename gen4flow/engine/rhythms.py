"""What a run learns about how long predictions take: for each model and size of its own."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import TypeAlias

from gen4flow.core.job import Request
from gen4flow.core.polling import WINDOW, Rhythm, rhythm

Kind: TypeAlias = tuple[str, str, str]


class Rhythms:
    """The last latencies of each kind of prediction, and what they tell."""

    def __init__(self) -> None:
        self._latencies: dict[Kind, deque[float]] = {}
        self._ordered: dict[Kind, list[float]] = {}  # the same, the shortest first: to sort them each time takes longer
        self._told: dict[Kind, Rhythm | None] = {}

    def of(self, request: Request) -> Rhythm | None:
        """Return what is known of a request's kind."""
        return self._told.get(_kind(request))

    def saw(self, request: Request, latency: float) -> None:
        """Learn how long a prediction took, in seconds."""
        kind = _kind(request)
        latencies, ordered = self._latencies.setdefault(kind, deque()), self._ordered.setdefault(kind, [])
        latencies.append(latency)
        insort(ordered, latency)
        if len(latencies) > WINDOW:
            del ordered[bisect_left(ordered, latencies.popleft())]
        self._told[kind] = rhythm(ordered)


def _kind(request: Request) -> Kind:
    """Return what predictions have in common that take about as long."""
    return request.model, request.resolution, request.aspect_ratio
