"""From axes to rows: order, exclude, include, add, and what is wrong with them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import pytest

from gen4flow.core.axis_check import axis_problems
from gen4flow.core.matrix import count_rows
from gen4flow.core.recipe import Matrix
from gen4flow.core.values import Value
from tests.core.making import AXES_LINE, RULES_LINE, list_axis, matrix, rows_of, seed_axis, values_of


def told(made: Matrix) -> list[dict[str, Value]]:
    """Return the rows as plain values, extras after axes."""
    return [{**{name: value.value for name, value in row.axes.items()}, **row.extras} for row in rows_of(made).found]


def short(made: Matrix) -> list[str]:
    """Return the rows as the texts of their values."""
    return [" ".join(str(value) for value in row.values()) for row in told(made)]


AB: Mapping[str, Sequence[Value]] = {"a": ["1", "2"], "b": ["x", "y", "z"]}


def test_the_first_axis_is_the_slowest() -> None:
    assert short(matrix(AB)) == ["1 x", "1 y", "1 z", "2 x", "2 y", "2 z"]


def test_linked_axes_advance_together_as_one_dimension_and_come_last() -> None:
    linked = (list_axis("ratio", ["1:1", "16:9"]), list_axis("place", ["feed", "header"]))
    more = (list_axis("p", [1, 2]), list_axis("q", [3, 4]))
    assert short(matrix([list_axis("a", ["1", "2"]), linked, more])) == [
        "1 1:1 feed 1 3",
        "1 1:1 feed 2 4",
        "1 16:9 header 1 3",
        "1 16:9 header 2 4",
        "2 1:1 feed 1 3",
        "2 1:1 feed 2 4",
        "2 16:9 header 1 3",
        "2 16:9 header 2 4",
    ]


def test_a_matrix_without_axes_is_one_row() -> None:
    made = rows_of(matrix())
    assert [(row.axes, row.extras) for row in made.found] == [({}, {})]
    assert made.problems == []


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ([{"a": "1"}], ["2 x", "2 y", "2 z"]),
        ([{"a": "1", "b": "x"}], ["1 y", "1 z", "2 x", "2 y", "2 z"]),
        ([{"a": "1"}, {"b": "x"}], ["2 y", "2 z"]),
        ([{"b": ["x", "y"]}], ["1 z", "2 z"]),
        ([{"a": "1", "b": ["x", "y"]}], ["1 z", "2 x", "2 y", "2 z"]),
        ([{"b": "[xy]"}, {"a": "2", "b": "*"}], ["1 z"]),
    ],
)
def test_exclude_items_are_alternatives_and_their_keys_belong_together(
    exclude: list[Mapping[str, Value]], left: list[str]
) -> None:
    made = matrix(AB, exclude=exclude)
    assert short(made) == left
    assert rows_of(made).problems == []


@pytest.mark.parametrize("literal", [1, True, 1.0])
def test_an_exclude_of_another_type_matches_nothing_and_is_an_error(literal: Value) -> None:
    made = rows_of(matrix({"a": ["1", "true"]}, exclude=[{"a": literal}]))
    assert len(made.found) == 2
    assert made.codes == ["exclude-matches-nothing"]


def test_every_rule_that_matches_nothing_is_an_error_at_its_place() -> None:
    made = rows_of(matrix(AB, exclude=[{"a": "9"}, {"a": "1"}], include=[{"a": "1", "m": 1}, {"b": "x", "m": 1}]))
    assert [(problem.code, problem.mark.line) for problem in made.problems] == [
        ("exclude-matches-nothing", RULES_LINE),
        ("include-matches-nothing", RULES_LINE + 10),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"a": "1", "b": "xx"}, "the axis b has no 'xx'"),
        ({"b": "xx"}, "did you mean x? Otherwise "),
        ({"c": "terace"}, "did you mean terrace? "),
        ({"a": "1*", "c": "kitchen"}, "it has terrace, studio; "),
        ({"a": "1", "b": ["p", "q"]}, "check the values: types and case count"),
        ({"a": "3", "c": "terrace"}, "the axis a has no '3'"),
    ],
)
@pytest.mark.parametrize("word", ["exclude", "include"])
def test_a_rule_that_matches_nothing_says_which_value_its_axis_has_not(
    word: str, rule: Mapping[str, Value], words: str
) -> None:
    axes = {**AB, "c": ["terrace", "studio"]}
    made = matrix(axes, exclude=[rule]) if word == "exclude" else matrix(axes, include=[rule])
    (problem,) = rows_of(made).problems
    assert words in str(problem)
    assert ("add" if word == "include" else "remove it") in problem.help


def test_excludes_that_overlap_have_both_matched_something() -> None:
    assert rows_of(matrix(AB, exclude=[{"a": "1"}, {"a": "1", "b": "x"}])).codes == []


def test_include_extends_the_rows_that_match_all_its_axes_and_no_others() -> None:
    made = matrix(AB, include=[{"a": "1", "b": "x", "mood": "calm"}])
    assert told(made)[0] == {"a": "1", "b": "x", "mood": "calm"}
    assert all("mood" not in row for row in told(made)[1:])
    assert len(told(made)) == 6


def test_include_without_an_axis_extends_every_row() -> None:
    assert all(row["mood"] == "calm" for row in told(matrix(AB, include=[{"mood": "calm"}])))


def test_includes_take_effect_in_order() -> None:
    made = matrix({"a": ["1", "2"]}, include=[{"m": "first", "n": "kept"}, {"a": "1", "m": "second"}])
    assert told(made) == [{"a": "1", "m": "second", "n": "kept"}, {"a": "2", "m": "first", "n": "kept"}]


def test_include_never_overwrites_an_axis_nor_adds_a_row() -> None:
    made = matrix(AB, include=[{"a": "*", "b": ["x", "y"], "m": 1}])
    assert [row["a"] for row in told(made)] == ["1", "1", "1", "2", "2", "2"]
    assert [row["b"] for row in told(made)] == ["x", "y", "z"] * 2
    assert [row.get("m") for row in told(made)] == [1, 1, None] * 2


def test_extras_of_an_include_do_not_join_the_key() -> None:
    assert all(row.keyed == {} for row in rows_of(matrix(AB, include=[{"m": 1}])).found)


def test_add_appends_a_row_exactly_as_written_and_its_extras_join_the_key() -> None:
    made = rows_of(matrix(AB, exclude=[{"a": "3"}, {"a": "1"}], include=[{"m": 1}], add=[{"a": "3", "n": "new"}]))
    last = made.found[-1]
    assert {name: value.value for name, value in last.axes.items()} == {"a": "3"}
    assert last.extras == {"n": "new"}
    assert {name: value.id for name, value in last.keyed.items()} == {"n": "new"}
    assert made.codes == ["exclude-matches-nothing"]


def test_add_alone_is_all_there_is() -> None:
    made = matrix(add=[{"scene": "a"}, {"scene": "b"}])
    assert told(made) == [{"scene": "a"}, {"scene": "b"}]
    assert count_rows(made, values_of(made)) == 2


def test_excluding_everything_is_an_error_unless_it_is_allowed() -> None:
    assert rows_of(matrix(AB, exclude=[{"a": "*"}])).codes == ["empty-matrix"]
    assert rows_of(matrix(AB, exclude=[{"a": "*"}], allow_empty=True)).codes == []
    assert rows_of(matrix(AB, exclude=[{"a": "*"}], add=[{"a": "9"}])).codes == []


@pytest.mark.parametrize(
    ("made", "code", "line"),
    [
        (matrix({"a": []}), "empty-axis", AXES_LINE),
        (matrix({"a": ["x", "y", "x"]}), "duplicate-value", AXES_LINE),
        (matrix({"a": ["1", 1]}), "duplicate-value", AXES_LINE),
        (matrix({"a": [{"id": "x"}, {"id": "x", "n": 1}]}), "duplicate-value", AXES_LINE),
        (matrix({"a": [{"n": 1}, {"n": 1}]}), "duplicate-value", AXES_LINE),
        (matrix(AB, exclude=[{"a": "1", "c": "x"}]), "unknown-axis", RULES_LINE),
        (matrix([list_axis("a", ["1"]), seed_axis(2, per=("b",))]), "unknown-axis", 30),
        (matrix([list_axis("a", ["1"]), seed_axis(2, per=("a", "seed"))]), "unknown-axis", 30),
        (matrix([(list_axis("a", ["1", "2"]), list_axis("b", ["1"]))]), "zip-length", AXES_LINE),
        (matrix([(list_axis("a", ["1", "1"]), list_axis("b", ["x", "x"]))]), "duplicate-value", AXES_LINE),
    ],
)
def test_a_wrong_axis_is_an_error_at_its_place(made: Matrix, code: str, line: int) -> None:
    assert [(problem.code, problem.mark.line) for problem in axis_problems(made, values_of(made))] == [(code, line)]


def test_a_value_that_is_there_twice_is_shown_at_its_second_place() -> None:
    made = matrix({"a": ["x", "y", "x"]})
    (problem,) = axis_problems(made, values_of(made))
    assert problem.mark.column == 3
    assert "recipe.yaml:10:1" in problem.message


def test_a_misspelt_axis_is_told_its_neighbour() -> None:
    made = matrix({"product": ["x"]}, exclude=[{"prodct": "x"}])
    assert "product" in next(axis_problems(made, values_of(made))).help


def test_a_right_matrix_has_no_problem() -> None:
    made = matrix([list_axis("a", ["1", "2"]), seed_axis(2, per=("a",))], exclude=[{"a": "1"}])
    assert list(axis_problems(made, values_of(made))) == []
    request = matrix([list_axis("a", ["1"]), seed_axis(2, per=("request",))])
    assert list(axis_problems(request, values_of(request))) == []


def test_a_matrix_of_a_hundred_to_the_sixth_is_counted_and_not_built() -> None:
    made = matrix({name: list(range(100)) for name in "abcdef"}, add=[{"a": 1}])
    before = time.perf_counter()
    assert count_rows(made, values_of(made)) == 100**6 + 1
    assert time.perf_counter() - before < 1


def test_one_of_two_linked_axes_may_repeat_a_value() -> None:
    made = matrix([(list_axis("a", ["1", "2", "3"]), list_axis("b", ["x", "x", "y"]))])
    assert list(axis_problems(made, values_of(made))) == []
    assert [(row.axes["a"].id, row.axes["b"].id) for row in rows_of(made).found] == [("1", "x"), ("2", "x"), ("3", "y")]
