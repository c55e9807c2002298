"""When to ask a prediction again: from how long others of its kind took, or, before any is known, from its age."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIRST = 0.4  # seconds until the first question, where nothing is known
LONGEST = 3.0  # seconds between two questions, where nothing is known
NEXT = 0.6  # seconds until the next one at least, where nothing is known
SHARE = 0.2  # of what was waited so far, where nothing is known

WINDOW = 256  # latencies that are remembered of a kind
ENOUGH = 8  # latencies that make something known
STEPS = 7  # questions between the latencies at 10 and at 90 in 100
SHORTEST = 0.05  # seconds between two questions, and of a usual latency
WILDEST = 0.12  # of a prediction's age: the longest step where latencies vary wildly
LATE = 0.07  # of a prediction's age: the shortest step past the usual; the last ones to end decide when a run does
PAST = 15.0  # seconds between two questions at most, past the usual
EARLIER = 0.95  # of the age at which the first question found the end: so that a provider that became faster is noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What is known of a kind of prediction, in seconds: the age to ask at first, the step then, and what is late."""

    first: float
    step: float
    late: float


def rhythm(latencies: Iterable[float]) -> Rhythm | None:
    """Return what the last latencies of a kind tell, in seconds; None where they are too few."""
    ordered = sorted(latencies)
    if len(ordered) < ENOUGH:
        return None
    late = _at(ordered, 0.9)
    step = max((late - _at(ordered, 0.1)) / STEPS, SHORTEST * _at(ordered, 0.5), SHORTEST)
    return Rhythm(first=_at(ordered, 0.2), step=step, late=late)


def next_wait(elapsed: float, known: Rhythm | None) -> float:
    """Return the seconds until the next question, for a prediction that has run for `elapsed` seconds."""
    if known is None:
        return FIRST if elapsed < FIRST else min(LONGEST, max(NEXT, elapsed * SHARE))
    if elapsed < known.first:
        return max(SHORTEST, known.first - elapsed)
    if elapsed > known.late:
        return max(known.step, min(PAST, LATE * elapsed))
    return min(known.step, max(SHORTEST, WILDEST * elapsed))


def latency(found: float, asked_before: float | None) -> float:
    """Return about how long a prediction took that was found at an age, and ran when it was asked for before."""
    if asked_before is None:
        return found * EARLIER
    return max((found + asked_before) / 2, found * EARLIER)


def _at(ordered: Sequence[float], share: float) -> float:
    """Return the value below which that share of values is."""
    return ordered[int(share * len(ordered))]
