"""When predictions are asked for: soon after they are done, and not too often, whatever their latencies are like."""

from __future__ import annotations

import heapq
import math
import random
import statistics
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.polling import WINDOW, latency, next_wait, rhythm

SECONDS = st.floats(min_value=0, max_value=100_000)


@given(seen=st.lists(SECONDS, max_size=WINDOW), age=SECONDS)
def test_no_latencies_make_anybody_ask_without_pause_or_sleep_for_ever(seen: list[float], age: float) -> None:
    known = rhythm(seen)
    wait = next_wait(age, known)
    assert wait >= 0.05
    assert wait <= max(15.0, max(seen, default=0.0))


def test_before_anything_is_known_questions_come_fast_at_first_and_then_slower() -> None:
    waits = [next_wait(elapsed, rhythm([7.0] * 3)) for elapsed in (0, 1, 5, 20, 1_000, 10**9)]
    assert waits == sorted(waits)
    assert waits[0] == 0.4
    assert waits[-1] == 3.0


def test_once_something_is_known_the_first_question_comes_when_the_fastest_are_done() -> None:
    known = rhythm([float(second) for second in range(10, 20)])
    assert next_wait(0, known) == 12
    assert next_wait(2, known) == 10
    assert next_wait(12.5, known) == pytest.approx(8 / 7)
    assert next_wait(300, known) == 15


def test_a_latency_lies_between_the_last_two_questions() -> None:
    assert latency(10, 9) == 9.5
    assert latency(10, 4) == 9.5
    assert latency(10, None) == 9.5


@pytest.mark.parametrize(("mean", "variation"), [(4, 0.25), (20, 0.25), (4, 0.02)])
def test_a_run_takes_hardly_longer_than_if_it_knew_when_each_is_done(mean: float, variation: float) -> None:
    found = [simulated(lognormal(random.Random(seed), mean, variation), in_flight=50) for seed in range(5)]
    assert statistics.median(longer for longer, _ in found) <= 1.07
    assert statistics.median(polls for _, polls in found) <= (5 if mean == 4 else 6.5)


def test_wildly_varying_latencies_cost_a_tenth_at_most() -> None:
    found = [simulated(lognormal(random.Random(seed), 4, 0.8), in_flight=50) for seed in range(5)]
    assert statistics.median(longer for longer, _ in found) <= 1.10
    assert statistics.median(polls for _, polls in found) <= 9


def test_a_provider_that_becomes_faster_is_noticed() -> None:
    latencies = lognormal(random.Random(1), 8, 0.2) + lognormal(random.Random(2), 3, 0.2, jobs=1_200)
    longer, _ = simulated(latencies, in_flight=50)
    assert longer <= 1.5


def lognormal(chance: random.Random, mean: float, variation: float, *, jobs: int = 400) -> list[float]:
    """Return latencies with that mean and coefficient of variation."""
    variance = math.log(1 + variation**2)
    return [chance.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance)) for _ in range(jobs)]


def simulated(latencies: list[float], *, in_flight: int, trip: float = 0.01) -> tuple[float, float]:
    """Return how much longer a run takes than a greedy schedule of the true latencies, and its polls a job."""
    polls, end, coming = 0, 0.0, iter(latencies)
    seen: deque[float] = deque(maxlen=WINDOW)
    questions: list[tuple[float, int, float, float, float | None]] = []  # when, which, since, done, ran

    def start(now: float) -> None:
        if (took := next(coming, None)) is not None:
            heapq.heappush(questions, (now + next_wait(0, rhythm(seen)), len(latencies) + polls, now, now + took, None))

    for place in range(in_flight):
        start(place * 1e-6)
    while questions:
        now, which, since, done, ran = heapq.heappop(questions)
        polls += 1
        if now < done:
            wait = next_wait(now + trip - since, rhythm(seen))
            heapq.heappush(questions, (now + trip + wait, which, since, done, now - since))
            continue
        seen.append(latency(now - since, ran))
        end = max(end, now + trip)
        start(now + 2 * trip)
    return end / greedy(latencies, in_flight), polls / len(latencies)


def greedy(latencies: list[float], in_flight: int) -> float:
    """Return how long it takes when each place is free in the moment that its prediction is done."""
    places = [0.0] * in_flight
    for took in latencies:
        heapq.heapreplace(places, places[0] + took)
    return max(places)
