"""How long to wait: what a server asks for, within reason, and our own pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.retry import pause, read_retry_after

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@given(text=st.text() | st.floats().map(str) | st.integers().map(str), known=st.booleans())
def test_no_header_makes_anybody_wait_more_than_an_hour_or_raises(text: str, known: bool) -> None:
    seconds = read_retry_after(text, now=NOW if known else None)
    assert seconds is None or 0 <= seconds <= 3600


@given(when=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_no_date_makes_anybody_wait_more_than_an_hour(when: datetime) -> None:
    seconds = read_retry_after(format_datetime(when.replace(tzinfo=UTC), usegmt=True), now=NOW)
    ahead = (when.replace(tzinfo=UTC, microsecond=0) - NOW).total_seconds()
    if 0 < ahead <= 3600:
        assert seconds == ahead
    else:
        assert seconds in {None, 3600}


def test_no_header_asks_for_nothing() -> None:
    assert read_retry_after(None, now=NOW) is None


def test_a_date_can_not_be_told_without_knowing_the_time() -> None:
    assert read_retry_after(format_datetime(NOW + timedelta(seconds=60), usegmt=True)) is None


@pytest.mark.parametrize("tries", [0, 1, 2, 5, 10, 1_000, 10**9])
def test_a_pause_is_jittered_in_full_up_to_twenty_seconds(tries: int) -> None:
    assert pause(tries, 0.0) == 0
    assert 0 < pause(tries, 0.5) * 2 == pause(tries, 1.0) <= 20


def test_pauses_grow() -> None:
    bounds = [pause(tries, 1.0) for tries in range(12)]
    assert bounds == sorted(bounds)
    assert bounds[0] < 1
    assert bounds[-1] == 20
