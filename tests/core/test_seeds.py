"""Seeds that stay where they are, for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.matrix import resolve_static
from gen4flow.core.recipe import Axis
from gen4flow.core.seeds import auto_seed, auto_seeds
from tests.core.making import jobs_of, list_axis, matrix, recipe, rows_of, seed_axis

GOLDEN = {
    "": (1_122_634_591, 1_761_882_364, 2_015_930_905, 727_146_872),
    "spring": (799_717_454, 1_336_409_826, 961_720_259, 872_200_042),
    "März 春": (437_483_438, 1_684_661_487, 380_629_017, 963_733_520),
}


@pytest.mark.parametrize("salt", GOLDEN)
def test_the_first_seeds_of_a_salt_may_never_change(salt: str) -> None:
    assert auto_seeds(salt=salt, count=len(GOLDEN[salt])) == GOLDEN[salt]


def test_the_seeds_that_mix_something_in_may_never_change() -> None:
    assert auto_seed(salt="", number=0, mixed_in=("product=cup",)) == 1_168_176_238
    assert auto_seed(salt="s", number=3, mixed_in=("a=1", "b=2")) == 1_466_644_430


@given(salt=st.text(max_size=10), number=st.integers(0, 10_000), mixed=st.lists(st.text(max_size=5), max_size=3))
def test_a_seed_is_in_the_range_that_the_provider_takes(salt: str, number: int, mixed: list[str]) -> None:
    assert 1 <= auto_seed(salt=salt, number=number, mixed_in=mixed) <= 2_147_483_647


@given(salt=st.text(max_size=10), short=st.integers(0, 30), more=st.integers(0, 30))
def test_a_longer_list_starts_with_the_shorter_one(salt: str, short: int, more: int) -> None:
    longer = auto_seeds(salt=salt, count=short + more)
    assert longer[:short] == auto_seeds(salt=salt, count=short)
    assert len(set(longer)) == short + more


def seeds_by_row(*axes: Axis) -> dict[tuple[str, ...], list[object]]:
    """Return the seeds in order, by the values of the other axes."""
    found: dict[tuple[str, ...], list[object]] = {}
    for row in rows_of(matrix(list(axes))).found:
        others = tuple(value.id for name, value in sorted(row.axes.items()) if name != "seed")
        found.setdefault(others, []).append(row.axes["seed"].value)
    return found


PRODUCT, STYLE = list_axis("product", ["cup", "hat"]), list_axis("style", ["oil", "ink"])


def test_the_seeds_are_the_same_for_every_row() -> None:
    found = seeds_by_row(PRODUCT, STYLE, seed_axis(3))
    assert len(found) == 4
    assert {tuple(seeds) for seeds in found.values()} == {auto_seeds(salt="", count=3)}


def test_a_salt_gives_other_seeds() -> None:
    assert not set(auto_seeds(salt="", count=50)) & set(auto_seeds(salt="x", count=50))


def test_adding_axes_and_values_moves_no_seed() -> None:
    before = seeds_by_row(PRODUCT, seed_axis(2))
    after = seeds_by_row(list_axis("product", ["bag", "cup", "hat"]), seed_axis(4), list_axis("z", ["1"]))
    for key, seeds in before.items():
        assert after[(*key, "1")][:2] == seeds


def test_seeds_per_product_differ_between_products_and_not_between_styles() -> None:
    found = seeds_by_row(PRODUCT, STYLE, seed_axis(3, per=("product",)))
    assert found[("cup", "oil")] == found[("cup", "ink")]
    assert not set(found[("cup", "oil")]) & set(found[("hat", "oil")])
    assert len(set(found[("cup", "oil")])) == 3


def test_seeds_per_product_stay_when_axes_and_values_are_added() -> None:
    before = seeds_by_row(PRODUCT, seed_axis(2, per=("product",)))
    grown = (list_axis("product", ["bag", "hat", "cup"]), STYLE, seed_axis(3, per=("product",)))
    after = seeds_by_row(*grown)
    for (product,), seeds in before.items():
        assert after[(product, "oil")][:2] == seeds


def test_the_order_of_the_names_in_per_is_of_no_account() -> None:
    one = seeds_by_row(PRODUCT, STYLE, seed_axis(2, per=("product", "style")))
    assert one == seeds_by_row(STYLE, PRODUCT, seed_axis(2, per=("style", "product")))


def test_seeds_per_request_follow_the_request_and_nothing_else() -> None:
    made = matrix([list_axis("scene", ["beach", "forest"]), seed_axis(2, per=("request",))])
    first, same = (
        jobs_of(recipe(made=made)),
        jobs_of(recipe(made=made, name="other", tags={"a": "b"}, file="{{ seed }}")),
    )
    seeds = [job.request.seed for job in first.found]
    assert len(set(seeds)) == 4
    assert [job.request.seed for job in same.found] == seeds
    other = [job.request.seed for job in jobs_of(recipe("one {{ scene }}", made=made)).found]
    assert not set(other) & set(seeds)
    resolution = jobs_of(recipe(made=made, parameters={"resolution": "720p"}))
    assert not {job.request.seed for job in resolution.found} & set(seeds)


def test_seeds_that_depend_on_a_row_keep_their_number_as_identity_until_then() -> None:
    assert [value.value for value in resolve_static(seed_axis(2, per=("request",)))] == [0, 1]


def test_renaming_an_axis_moves_no_seed() -> None:
    before = seeds_by_row(PRODUCT, STYLE, seed_axis(2, per=("product", "style")))
    renamed = list_axis("zz_article", [value.value for value in PRODUCT.values])
    after = seeds_by_row(renamed, STYLE, seed_axis(2, per=("zz_article", "style")))
    assert list(after.values()) == list(before.values())
