"""What tells two lists of jobs apart, whatever somebody has written into the manifests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.difference import Cell, Fact, Field, Kind, cell_of_entry, cell_of_job, difference, fields
from gen4flow.core.manifest import Entry, build_manifest
from tests.core.making import jobs_of, matrix, recipe

PRICE = Decimal("0.05")


def cell(key: str, of: str = "", price: Decimal | None = PRICE, **facts: Fact) -> Cell:
    return Cell(key=key, fingerprint=of or key * 64, facts=facts, price=price)


def kinds(before: list[Cell], after: list[Cell]) -> list[tuple[str, str | None, str | None]]:
    """Return each change with the keys that it is about."""
    return [
        (
            change.kind.value,
            change.before.key if change.before else None,
            change.after.key if change.after else None,
        )
        for change in difference(before, after).changes
    ]


CELLS = st.lists(
    st.builds(
        cell,
        st.sampled_from("abcdef"),
        of=st.sampled_from(["x", "y", "z", ""]),
        prompt=st.sampled_from(["one", "two"]),
    ),
    max_size=8,
)


def by_key(cells: list[Cell]) -> dict[str, Cell]:
    return {one.key: one for one in reversed(cells)}


@given(CELLS)
def test_a_list_is_as_itself(cells: list[Cell]) -> None:
    found = difference(cells, cells)
    assert found.changes == ()
    assert found.same == len(by_key(cells))
    assert found.totals[0] == found.totals[1]


@given(CELLS, CELLS)
def test_the_changes_make_the_second_list_of_the_first(before: list[Cell], after: list[Cell]) -> None:
    found = difference(before, after)
    made = by_key(before)
    for change in found.changes:
        if change.before is not None:
            del made[change.before.key]
    for change in found.changes:
        if change.after is not None:
            made[change.after.key] = change.after
    assert made == by_key(after)
    assert found.same + len(found.changes) - found.count(Kind.REMOVED) == len(by_key(after))


@given(CELLS, CELLS)
def test_the_other_way_round_it_is_the_opposite(before: list[Cell], after: list[Cell]) -> None:
    there, back = difference(before, after), difference(after, before)
    assert there.count(Kind.ADDED) == back.count(Kind.REMOVED)
    assert there.count(Kind.RENAMED) == back.count(Kind.RENAMED)
    assert (there.count(Kind.CHANGED), there.same) == (back.count(Kind.CHANGED), back.same)
    assert there.totals == back.totals[::-1]


def test_jobs_stand_in_the_order_of_the_second_list_and_what_is_removed_last() -> None:
    before = [cell("a"), cell("b"), cell("c", prompt="one"), cell("d")]
    after = [cell("c", prompt="two"), cell("e", of="b" * 64), cell("f")]
    assert kinds(before, after) == [
        ("changed", "c", "c"),
        ("renamed", "b", "e"),
        ("added", None, "f"),
        ("removed", "a", None),
        ("removed", "d", None),
    ]


def test_jobs_that_share_an_image_are_renamed_one_by_one_in_their_order() -> None:
    before, after = [cell("a", of="x"), cell("b", of="x"), cell("c", of="x")], [cell("d", of="x"), cell("e", of="x")]
    assert kinds(before, after) == [("renamed", "a", "d"), ("renamed", "b", "e"), ("removed", "c", None)]


def test_an_image_that_jobs_share_is_paid_for_once() -> None:
    before, after = [cell("a", of="x"), cell("b", of="x")], [cell("a", of="x"), cell("b", of="y", price=None)]
    assert difference(before, after).totals == (PRICE, PRICE)


def test_a_fact_that_came_went_or_changed_its_type_differs() -> None:
    assert fields({"a": 1, "b": 1, "c": "1"}, {"a": True, "c": "1", "d": None, "e": 0}) == (
        Field(name="a", before=1, after=True),
        Field(name="b", before=1, after=None),
        Field(name="e", before=None, after=0),
    )


def test_a_recipe_is_as_the_manifest_that_it_made_and_its_changes_are_those_of_the_request() -> None:
    made = recipe(made=matrix({"scene": ["beach", "forest"], "seed": [1]}), tags={"place": "{{ scene }}"})
    jobs = jobs_of(made).found
    manifest: Any = build_manifest(
        tool_version="1",
        recipe="spring",
        provider="wavespeed",
        model="runwayml/gen4-image",
        last=None,
        entries=[Entry(job=job, purchase=None) for job in jobs],
    )
    entries = [cell_of_entry(entry, manifest, bare=True) for entry in manifest["entries"]]
    planned = [cell_of_job(job, bare=True) for job in jobs]
    assert difference(entries, planned).changes == ()
    other = jobs_of(recipe("one {{ scene }}", made=matrix({"scene": ["beach"], "seed": [1]}))).found
    [changed, removed] = difference(entries, [cell_of_job(job, bare=True) for job in other]).changes
    assert [field.name for field in changed.fields] == ["prompt", "tags.place", "fingerprint"]
    assert removed.kind is Kind.REMOVED


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=6,
)
NAMES = ["status", "prompt", "model", "parameters", "references", "tags", "price", "files", "error", "take", "axes"]
ENTRIES = st.fixed_dictionaries(
    {"key": st.text(max_size=5), "fingerprint": st.just("f" * 64)}, optional=dict.fromkeys(NAMES, ANYTHING)
)


@given(ENTRIES, ENTRIES, st.dictionaries(st.sampled_from(["provider", "model", "recipe"]), ANYTHING), st.booleans())
def test_whatever_stands_in_a_manifest_can_be_compared(
    one: dict[str, Any], other: dict[str, Any], manifest: dict[str, Any], bare: bool
) -> None:
    before, after = (cell_of_entry(entry, manifest, bare=bare) for entry in (one, other))
    found = difference([before], [after])
    assert difference([before], [before]).changes == ()
    assert all(total.is_finite() for total in found.totals)


@pytest.mark.parametrize("amount", ["1e999999", "-1", "NaN", "0." + "0" * 50, 5, None, ["0.05"]])
def test_a_price_that_is_none_counts_nothing(amount: object) -> None:
    entry = {"key": "a", "fingerprint": "f" * 64, "price": {"list": amount}}
    assert cell_of_entry(entry, {}).price is None


def test_a_file_name_that_differs_by_the_fingerprint_in_it_alone_is_no_difference_of_its_own() -> None:
    one, other = "1" * 64, "2" * 64
    [changed] = difference([cell("a", of=one, file="x_11111111")], [cell("a", of=other, file="x_22222222")]).changes
    assert [field.name for field in changed.fields] == ["fingerprint"]
    [changed] = difference([cell("a", of=one, file="x_11111111")], [cell("a", of=one, file="x_22222222")]).changes
    assert [field.name for field in changed.fields] == ["file"]
