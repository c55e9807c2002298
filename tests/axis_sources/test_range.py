"""A range counts in exact decimals and includes its end when a step lands on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gen4flow.core.problem import Problem
from gen4flow.core.recipe import AxisValue
from gen4flow.core.values import WrittenFloat

Read = Callable[[dict[str, Any]], tuple[AxisValue, ...]]
Problems = Callable[[dict[str, Any]], tuple[Problem, ...]]


def number(text: str) -> int | WrittenFloat:
    return int(text) if text.lstrip("+-").isdigit() else WrittenFloat(text)


@pytest.mark.parametrize(
    ("first", "last", "step", "written"),
    [
        ("1", "9", "2", "1 3 5 7 9"),
        ("1", "8", "2", "1 3 5 7"),
        ("3", "1", "-1", "3 2 1"),
        ("5", "5", "1", "5"),
        ("0", "1", "0.25", "0.00 0.25 0.50 0.75 1.00"),
        ("0.1", "0.3", "0.1", "0.1 0.2 0.3"),
        ("1.0", "3", "1", "1.0 2.0 3.0"),
        ("1", "2", "0.50", "1.00 1.50 2.00"),
        ("-1", "0.5", "0.5", "-1.0 -0.5 0.0 0.5"),
        ("1", "2.9", "1", "1 2"),
        ("1e2", "3e2", "1e2", "100 200 300"),
        ("0", "-0.2", "-0.1", "0.0 -0.1 -0.2"),
        ("999999999999998", "999999999999999", "1", "999999999999998 999999999999999"),
    ],
)
def test_a_range_has_exactly_these_numbers(read: Read, first: str, last: str, step: str, written: str) -> None:
    found = read({"range": {"from": number(first), "to": number(last), "step": number(step)}})
    assert [value.id for value in found] == written.split()
    wanted = WrittenFloat if "." in written else int
    assert {type(value.value) for value in found} == {wanted}


def test_the_step_is_one_unless_it_is_said(read: Read) -> None:
    assert [value.value for value in read({"range": {"from": 1, "to": 3}})] == [1, 2, 3]


@pytest.mark.parametrize(
    ("first", "last", "step"),
    [
        ("1", "3", "0"),
        ("1", "3", "0.0"),
        ("1", "3", "-1"),
        ("3", "1", "1"),
        ("0", "1000000", "1"),
        ("0", "1", "0.0000000001"),
        ("0", "1e300", "1"),
        ("0", "1", "1e-99999"),
        ("1e15", "1e15", "1"),
        ("9" * 90, "9" * 91, "1"),
    ],
)
def test_a_range_without_end_or_sense_is_an_error(problems_of: Problems, first: str, last: str, step: str) -> None:
    (problem,) = problems_of({"range": {"from": number(first), "to": number(last), "step": number(step)}})
    assert problem.code == "range"
    assert problem.help
    assert len(str(problem)) < 300


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(-500, 500), count=st.integers(1, 50), step=st.integers(1, 99), places=st.integers(0, 6))
def test_steps_are_even_and_the_end_is_hit(read: Read, first: int, count: int, step: int, places: int) -> None:
    def written(scaled: int) -> int | WrittenFloat:
        return WrittenFloat(f"{scaled}e-{places}") if places else scaled

    last = first + (count - 1) * step
    found = read({"range": {"from": written(first), "to": written(last), "step": written(step)}})
    assert len(found) == count
    assert float(found[-1].id) == pytest.approx(last / 10**places)
