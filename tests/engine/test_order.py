"""Which task is next: the plan's order, what waits for what, and what is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from gen4flow.core.references import OutputImage
from gen4flow.engine import Task
from gen4flow.engine.order import Line
from tests.engine.running import task

Plan = Mapping[str, str]  # the name of a task -> the names of those that it needs


def tasks_of(plan: Plan, order: str | None = None) -> dict[str, Task]:
    """Return a task for each name, in the plan's order or another; a name that the plan lacks is no task of the run."""
    made: dict[str, Task] = {}
    for number, name in enumerate(plan):
        needed = tuple(
            OutputImage(job=made[one].order.fingerprint if one in made else f"{ord(one):064x}", key=one)
            for one in plan[name]
        )
        made[name] = task(number, prompt=name, references=needed)
    return {name: made[name] for name in order or plan}


class Watched:
    """A line whose tasks are called by name."""

    def __init__(self, plan: Plan, *, order: str | None = None, running: str = "", there: str = "") -> None:
        self._tasks = tasks_of(plan, order)
        self._names = {one.order.fingerprint: name for name, one in self._tasks.items()}
        self.skipped: list[str] = []
        self.line = Line(
            list(self._tasks.values()),
            running=self._fingerprints(running),
            there=set(self._fingerprints(there)),
            skipped=lambda key, _: self.skipped.append(key[0]),
        )

    def _fingerprints(self, names: Iterable[str]) -> list[str]:
        return [self._tasks[one].order.fingerprint if one in self._tasks else f"{ord(one):064x}" for one in names]

    def ready(self) -> str:
        """Take every task that is ready, and return their names."""
        names = ""
        while self.line.has_ready:
            names += self._names[self.line.take().order.fingerprint]
        return names

    def ended(self, name: str, *, there: bool) -> None:
        """Let a job end."""
        self.line.ended(self._fingerprints(name)[0], there=there)


@pytest.mark.parametrize(
    ("plan", "there", "first"),
    [
        ({"a": "", "b": "", "c": ""}, "", "abc"),
        ({"a": "", "b": "a", "c": ""}, "", "ac"),
        ({"a": "", "b": "x", "c": ""}, "x", "abc"),
        ({"a": "x", "b": "xy", "c": "a"}, "xy", "ab"),
    ],
)
def test_ready_tasks_come_in_the_plans_order_and_never_behind_waiting_ones(plan: Plan, there: str, first: str) -> None:
    assert Watched(plan, there=there).ready() == first


def test_a_task_is_ready_when_the_last_image_that_it_needs_has_come() -> None:
    watched = Watched({"a": "", "b": "", "c": "ab"})
    assert watched.ready() == "ab"
    watched.ended("b", there=True)
    assert watched.ready() == ""
    watched.ended("a", there=True)
    assert watched.ready() == "c"
    assert watched.line.is_over


def test_released_tasks_go_before_later_ones_of_the_plan() -> None:
    watched = Watched({"a": "", "b": "a", "c": "", "d": ""})
    assert watched.line.take().order.key.startswith("a")
    watched.ended("a", there=True)
    assert watched.ready() == "bcd"


def test_a_plan_may_name_a_job_after_those_that_need_it() -> None:
    watched = Watched({"a": "", "b": "a"}, order="ba")
    assert watched.ready() == "a"
    watched.ended("a", there=True)
    assert watched.ready() == "b"


def test_what_an_earlier_run_has_left_is_waited_for_whatever_is_there_already() -> None:
    watched = Watched({"b": "x"}, running="x", there="x")
    assert watched.ready() == ""
    watched.ended("x", there=True)
    assert watched.ready() == "b"


def test_what_is_no_part_of_the_run_and_not_there_drops_all_that_needs_it() -> None:
    watched = Watched({"a": "x", "b": "a", "c": "b", "d": ""})
    assert sorted(watched.skipped) == ["a", "b", "c"]
    assert watched.ready() == "d"
    assert watched.line.is_over


def test_a_job_that_brings_no_image_drops_all_that_needs_it_and_nothing_else() -> None:
    watched = Watched({"a": "", "b": "", "c": "a", "d": "b", "e": "cd", "f": "b"})
    assert watched.ready() == "ab"
    watched.ended("a", there=False)
    assert sorted(watched.skipped) == ["c", "e"]
    watched.ended("b", there=True)
    assert watched.ready() == "df"
    watched.ended("d", there=True)
    assert watched.line.is_over


def test_a_task_that_needs_two_images_that_do_not_come_is_skipped_once() -> None:
    watched = Watched({"a": "", "b": "", "c": "ab"})
    watched.ready()
    watched.ended("a", there=False)
    watched.ended("b", there=False)
    assert watched.skipped == ["c"]


def test_who_waits_for_a_task_is_woken_by_release_and_by_the_end() -> None:
    async def waits() -> None:
        for there in (True, False):
            watched = Watched({"a": "", "b": "a"})
            watched.ready()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(watched.line.until_moved(), 0.05)
            watched.ended("a", there=there)
            await asyncio.wait_for(watched.line.until_moved(), 0.05)
            assert watched.line.is_over is not there

    asyncio.run(waits())


def test_an_empty_line_is_over_at_once() -> None:
    assert Watched({}).line.is_over


def test_two_tasks_for_one_image_are_waited_for_both() -> None:
    twice = task(0)
    needs = task(1, references=(OutputImage(job=twice.order.fingerprint),))
    skipped: list[str] = []
    line = Line([twice, twice, needs], running=[], there=set(), skipped=lambda key, _: skipped.append(key))
    line.take()
    line.take()
    line.ended(twice.order.fingerprint, there=False)
    assert skipped == []
    line.ended(twice.order.fingerprint, there=True)
    assert line.take() is needs


class Counted(str):
    """A fingerprint that counts how often anything looks for it."""

    looked = 0

    def __hash__(self) -> int:
        Counted.looked += 1
        return super().__hash__()


def test_a_long_line_looks_for_each_task_a_few_times_and_not_for_all_at_each() -> None:
    tasks = [task(number) for number in range(300)]
    tasks = [replace(one, order=replace(one.order, fingerprint=Counted(one.order.fingerprint))) for one in tasks]
    Counted.looked = 0
    Line(tasks, running=(), there=(), skipped=lambda *_: None)
    assert 0 < Counted.looked < 10 * len(tasks)
