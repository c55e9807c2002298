"""Which request meets which fault."""

from __future__ import annotations

from typing import Any

import pytest

from gen4flow.core.errors import UsageError
from gen4flow.emulator import FaultRule
from gen4flow.emulator.faults.chance import Chance
from gen4flow.emulator.faults.register import FAULTS

HALF = FaultRule(point="poll", name="500", probability=0.5)


def met(chance: Chance, point: str, count: int) -> list[str]:
    lines = [chance.next(point) for _ in range(count)]
    return [fault.line if fault else "" for fault in lines]


def test_the_same_seed_brings_the_same_sequence_and_another_one_another() -> None:
    first, again, other = (met(Chance([HALF], seed=seed), "poll", 200) for seed in (1, 1, 2))
    assert first == again != other
    assert 60 < first.count("500") < 140


def test_requests_at_another_point_shift_nothing() -> None:
    mixed = Chance([HALF, FaultRule(point="submit", name="http_500", probability=0.5)], seed=1)
    sequence = []
    for _ in range(50):
        mixed.next("submit")
        sequence += met(mixed, "poll", 1)
    assert sequence == met(Chance([HALF], seed=1), "poll", 50)


def test_a_fault_happens_at_most_as_often_as_it_may() -> None:
    chance = Chance([FaultRule(point="poll", name="500", times=2)], seed=0)
    assert met(chance, "poll", 5) == ["500", "500", "", "", ""]


def test_the_first_rule_that_hits_wins_and_a_spent_one_gives_way() -> None:
    rules = [FaultRule(point="poll", name="500", times=1), FaultRule(point="poll", name="null")]
    assert met(Chance(rules, seed=0), "poll", 2) == ["500", "200 with null"]


def test_never_is_never() -> None:
    assert set(met(Chance([FaultRule(point="poll", name="500", probability=0)], seed=0), "poll", 100)) == {""}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("poll:500:0.25", FaultRule(point="poll", name="500", probability=0.25)),
        ("submit:http_500:1:3", FaultRule(point="submit", name="http_500", times=3)),
    ],
)
def test_a_rule_is_written_as_point_name_probability(text: str, rule: FaultRule) -> None:
    assert FaultRule.parse(text) == rule


@pytest.mark.parametrize(
    "text", ["", "poll", "poll:500", "poll:500:x", "poll:500:2", "a:b:nan", "a:b:1:0", "a:b:1:2:3"]
)
def test_a_rule_that_is_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--fault"):
        FaultRule.parse(text)


def test_requests_are_counted_by_point(serve: Any) -> None:
    api, app = serve()
    for _ in range(3):
        api.get("/api/v3/balance")
    assert app.state.emulator.requests == {"balance": 3}


def test_every_fault_has_one_line() -> None:
    assert all(fault.line and "\n" not in fault.line for fault in FAULTS.values())
