"""How rows join what they inherit, held against the plainest way to say it; and the names that this leaves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.inherited import inherited_name, inherited_names, name_problems
from gen4flow.core.joining import Given, Inheritance, inheritances, joined
from gen4flow.core.matrix import Row
from gen4flow.core.problem import Problem
from gen4flow.core.recipe import AxisValue, Matrix, Need, Recipe, Step
from gen4flow.core.values import Value
from tests.core.making import mark, matrix, need, of_steps, seed_axis, step, values_of

COORDINATES = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["1", "2"]), max_size=4)
GIFTS = st.lists(COORDINATES, max_size=5)


def axes(coordinates: Mapping[str, str]) -> dict[str, AxisValue]:
    """Return coordinates as axis values."""
    return {name: AxisValue.of(value, mark()) for name, value in coordinates.items()}


def gift(coordinates: Mapping[str, str]) -> Given:
    return Given(axes=axes(coordinates), value=dict(coordinates), images={}, step="s")


def row(coordinates: Mapping[str, str], *, added: bool = False) -> Row:
    return Row(axes=axes(coordinates), added=added, mark=mark())


def ids(values: Mapping[str, AxisValue]) -> dict[str, str]:
    return {name: value.id for name, value in values.items()}


def agree(*those: Mapping[str, str]) -> bool:
    """Tell whether no two of them say different things of one name."""
    return all(
        left[name] == right[name] for left, right in itertools.combinations(those, 2) for name in left.keys() & right
    )


def merged(those: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for one in those for name, value in one.items()}


@given(needs=st.lists(GIFTS, max_size=3))
def test_inheritances_are_the_combinations_that_agree_first_need_slowest(needs: list[list[dict[str, str]]]) -> None:
    made = list(inheritances({f"n{n}": [gift(one) for one in gifts] for n, gifts in enumerate(needs)}))
    wanted = [those for those in itertools.product(*needs) if agree(*those)]
    assert [ids(one.axes) for one in made] == [merged(those) for those in wanted]
    assert [[given.value for given in one.given.values()] for one in made] == [list(those) for those in wanted]


@given(
    names=st.sets(st.sampled_from(["a", "b", "x"])),
    values=st.lists(st.tuples(*[st.sampled_from(["1", "2"])] * 3), max_size=5),
    inherited=GIFTS,
)
def test_rows_join_what_agrees_with_them_inheritances_slowest(
    names: set[str], values: list[tuple[str, ...]], inherited: list[dict[str, str]]
) -> None:
    rows = [{name: one[ord(name) % 3] for name in sorted(names)} for one in values]
    problems: list[Problem] = []
    made = joined([row(one) for one in rows], [Inheritance(axes=axes(one)) for one in inherited], problems.append)
    wanted = [(one, other) for other in inherited for one in rows if agree(one, other)]
    assert [(ids(one.axes), ids(other.axes)) for one, other in made] == wanted
    assert problems == []


@given(added=COORDINATES, inherited=GIFTS)
def test_an_added_row_has_the_one_inheritance_that_agrees_with_it(
    added: dict[str, str], inherited: list[dict[str, str]]
) -> None:
    problems: list[Problem] = []
    made = list(
        joined([row(added, added=True)], [Inheritance(axes=axes(one)) for one in inherited], problems.append)
    )  # fmt: skip
    wanted = [one for one in inherited if agree(added, one)]
    assert [ids(one.axes) for _, one in made] == (wanted if len(wanted) == 1 else [])
    assert [problem.code for problem in problems] == ([] if len(wanted) == 1 else ["add-needs"])


def test_what_only_says_what_an_added_row_inherits_is_no_extra_of_it() -> None:
    value = AxisValue.of("1", mark())
    added = Row(axes={}, extras={"a": "1", "m": "2"}, keyed={"a": value, "m": value}, added=True, mark=mark())
    ((found, _),) = joined([added], [Inheritance(axes={"a": value})], lambda _: None)
    assert (found.extras, list(found.keyed)) == ({"m": "2"}, ["m"])


@pytest.mark.parametrize(
    ("coordinate", "name"),
    [
        ("scene", "scene"),
        ("seed", "h.seed"),
        ("aspect_ratio", "h.aspect_ratio"),
        ("resolution", "h.resolution"),
        ("take", "h.take"),
        ("p.seed", "h.p.seed"),
    ],
)
def test_what_would_feed_the_request_is_inherited_under_the_needs_name(coordinate: str, name: str) -> None:
    assert inherited_name("h", coordinate) == name


HERO = step("hero", made=matrix({"who": ["ann"], "seed": [1]}, add=[{"mood": "calm"}]))
TAKES = step("takes", made=matrix({"size": ["s"]}), repeat=2, needs=[need("h", "hero")])


def last(*needs: Need, made: Matrix | None = None, vars: Mapping[str, Value] | None = None) -> Recipe:  # noqa: A002  # as in the recipe
    """Return a recipe of three steps, of which the last one has those needs."""
    own = step("last", made=matrix() if made is None else made, vars=vars, needs=needs)
    return of_steps(HERO, TAKES, own)


def names(made: Recipe) -> frozenset[str]:
    return inherited_names(made, made.steps[-1], {one.name: values_of(one.matrix) for one in made.steps})


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ([need("x", "hero")], {"who", "x.seed", "mood"}),
        ([need("x", "takes")], {"size", "who", "mood", "x.h.seed", "x.take"}),
        ([need("x", "hero", collect=("seed",))], {"who", "mood"}),
        ([need("x", "hero", pick={"who": "ann"})], {"x.seed", "mood"}),
        ([need("x", "hero"), need("y", "takes")], {"who", "mood", "size", "x.seed", "y.h.seed", "y.take"}),
    ],
)
def test_the_names_that_a_step_inherits_are_known_before_any_job(needs: list[Need], found: set[str]) -> None:
    assert names(last(*needs)) == found


def problems(made: Recipe) -> list[tuple[str, int]]:
    """Return the code and line of every problem with the names of the last step."""
    values = {one.name: values_of(one.matrix) for one in made.steps}
    own: Step = made.steps[-1]
    return [(problem.code, problem.mark.line) for problem in name_problems(made, own, values)]


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (last(need("x", "hero")), []),
        (last(need("who", "hero")), [("name-clash", 40)]),
        (last(need("mood", "hero")), [("name-clash", 40)]),
        (last(need("x", "hero"), vars={"who": 1}), [("name-clash", 94)]),
        (last(need("x", "hero"), vars={"mood": "of rows that were not added"}), []),
        (last(need("x", "hero"), made=matrix(include=[{"who": "ann", "m": 1}])), [("unknown-axis", 60)]),
        (last(need("x", "hero"), made=matrix({"who": ["ann"]}, include=[{"who": "ann", "m": 1}])), []),
        (last(need("x", "hero"), made=matrix(include=[{"x": 1}])), [("name-clash", 60)]),
        (last(need("x", "hero"), made=matrix(add=[{"x": 1, "who": "ann"}])), [("name-clash", 70)]),
        (last(need("x", "hero"), made=matrix(add=[{"who": "ann", "x.seed": 1}])), []),
        (last(need("x", "hero"), made=matrix([seed_axis(1, per=("who",))])), []),
    ],
)
def test_one_name_never_means_two_things(made: Recipe, found: list[tuple[str, int]]) -> None:
    assert problems(made) == found
