"""How long to wait before something is tried again: full jitter, and what a server asks for."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3_600.0  # seconds: nobody is waited for longer than an hour
NONSENSE = 7 * 86_400.0  # seconds: nobody means that
LONGEST_PAUSE = 20.0  # seconds: of our own, between tries
FIRST_PAUSE = 0.5  # seconds


def read_retry_after(text: str | None, *, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for, at most an hour; None for none and for nonsense.

    A date counts from `now`, None meaning that dates can't be told and are ignored.
    """
    if text is None or len(text) > 100:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _until(text, now)
    if not text.strip().replace(".", "", 1).isdigit() or not math.isfinite(seconds) or seconds > NONSENSE:
        return None
    return min(seconds, LONGEST_WAIT)


def _until(text: str, now: datetime | None) -> float | None:
    """Return the seconds until an HTTP date that lies ahead."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if now is None:
        return None
    try:
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (OverflowError, ValueError):
        return None
    return min(seconds, LONGEST_WAIT) if 0 < seconds <= NONSENSE else None


def pause(tries: int, chance: float) -> float:
    """Return the seconds to wait after that many tries: anywhere up to a bound that doubles.

    `chance` is a random number in 0..1 from the caller, which owns randomness.
    """
    bound: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, 10))
    return bound * chance
