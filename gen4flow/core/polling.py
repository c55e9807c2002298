"""When to ask a prediction again."""

from __future__ import annotations

FIRST = 0.4  # seconds until the first question
LONGEST = 3.0  # seconds between two questions
SHARE = 0.2  # of what was waited so far


def next_wait(elapsed: float) -> float:
    """Return the seconds until the next question, for a prediction that has run for `elapsed` seconds."""
    return min(LONGEST, max(FIRST, elapsed * SHARE))
