"""How much a run dares at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.pacing import Caution, Window


def test_a_concurrency_that_is_not_set_starts_at_2_below_64() -> None:
    window = Window.of(None)
    assert (window.size, window.ceiling) == (2, 64)


def test_a_concurrency_that_is_set_is_start_and_ceiling() -> None:
    window = Window.of(20)
    assert (window.size, window.ceiling) == (20, 20)
    assert window.after_answer().size == 20


def test_the_window_grows_by_one_an_answer_until_the_first_throttle() -> None:
    window = Window.of(None)
    sizes = []
    for _ in range(80):
        window = window.after_answer()
        sizes.append(window.size)
    assert sizes == [min(size, 64) for size in range(3, 83)]


def test_a_throttle_halves_the_window_and_then_it_grows_by_one_a_window() -> None:
    window = Window.of(8).after_throttle()
    assert window.size == 4
    for _ in range(3):
        window = window.after_answer()
    assert window.size == 4
    assert window.after_answer().size == 5


@given(concurrency=st.none() | st.integers(1, 100), answers=st.lists(st.booleans(), max_size=200))
def test_the_window_never_closes_and_never_passes_its_ceiling(concurrency: int | None, answers: list[bool]) -> None:
    window = Window.of(concurrency)
    for accepted in answers:
        window = window.after_answer() if accepted else window.after_throttle()
        assert 1 <= window.size <= window.ceiling


@pytest.mark.parametrize(
    ("events", "stops"),
    [("", False), ("L", False), ("LL", False), ("LLL", True), ("LLAL", False), ("LLALL", False), ("LLALLL", True)],
)
def test_three_lost_submits_in_a_row_stop_submitting(events: str, stops: bool) -> None:
    caution = Caution()
    for event in events:
        caution = caution.after_lost() if event == "L" else caution.after_answer()
    assert caution.stops is stops


def test_after_a_lost_submit_one_goes_at_a_time_until_enough_were_answered() -> None:
    assert Caution().at_once(8) == 8
    caution = Caution().after_lost()
    answered = 0
    while caution.at_once(8) == 1:
        caution, answered = caution.after_answer(), answered + 1
        assert answered < 100
    assert answered >= 3
    assert caution.at_once(8) == 8
