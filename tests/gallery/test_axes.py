"""The order of axes is told by the jobs in plan order, whatever order their names have."""

from __future__ import annotations

from itertools import product

from gen4flow.gallery.axes import axis_order


def test_what_changes_slowest_comes_first_and_what_never_changes_last() -> None:
    rows = [
        {"a_seed": seed, "b_place": place, "c_thing": thing, "a_constant": 1}
        for thing, place, seed in product(("cup", "jug"), ("forest", "sea", "table"), (1, 2))
    ]
    assert list(axis_order(rows)) == ["c_thing", "b_place", "a_seed", "a_constant"]


def test_axes_that_change_together_are_sorted() -> None:
    assert list(axis_order([{"b": 1, "a": 1}, {"b": 2, "a": 2}])) == ["a", "b"]


def test_jobs_of_different_steps_have_different_axes() -> None:
    assert list(
        axis_order([{"hero": 1}, {"hero": 2, "scene": 1}, {"hero": 2, "scene": 2}, {"hero": 3, "scene": 1}])
    ) == [
        "hero",
        "scene",
    ]


def test_no_rows_have_no_axes() -> None:
    assert axis_order([]) == {}
