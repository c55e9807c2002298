"""The examples of GitHub Actions' documentation of its matrix, with the rows that it publishes.

Its `include` also adds rows of its own where it matches none; here that is an error, and `add` does it.
Source: https://docs.github.com/en/actions/using-jobs/using-a-matrix-for-your-jobs
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gen4flow.core.axis_check import axis_problems
from gen4flow.core.recipe import Matrix
from gen4flow.core.values import Value
from tests.core.making import RULES_LINE, matrix, rows_of, values_of

FRUIT: Mapping[str, Sequence[Value]] = {"fruit": ["apple", "pear"], "animal": ["cat", "dog"]}
SYSTEMS: Mapping[str, Sequence[Value]] = {"os": ["windows-latest", "ubuntu-latest"], "node": [14, 16]}
VERSIONS: Mapping[str, Sequence[Value]] = {
    "os": ["macos-latest", "windows-latest", "ubuntu-latest"],
    "version": [12, 14, 16],
}
DEPLOYED: Mapping[str, Sequence[Value]] = {
    "os": ["macos-latest", "windows-latest"],
    "version": [12, 14, 16],
    "environment": ["staging", "production"],
}


def told(made: Matrix) -> list[dict[str, Value]]:
    """Return the rows as plain values; there must be no problem."""
    result = rows_of(made)
    assert result.problems == []
    assert list(axis_problems(made, values_of(made))) == []
    return [{**{name: value.value for name, value in row.axes.items()}, **row.extras} for row in result.found]


def test_a_matrix_of_two_dimensions_comes_in_the_published_order() -> None:
    assert told(matrix({"version": [10, 12, 14], "os": ["ubuntu-latest", "windows-latest"]})) == [
        {"version": 10, "os": "ubuntu-latest"},
        {"version": 10, "os": "windows-latest"},
        {"version": 12, "os": "ubuntu-latest"},
        {"version": 12, "os": "windows-latest"},
        {"version": 14, "os": "ubuntu-latest"},
        {"version": 14, "os": "windows-latest"},
    ]


def test_values_may_be_mappings() -> None:
    nodes: list[Value] = [{"version": 14}, {"version": 20, "env": "NODE_OPTIONS=--openssl-legacy-provider"}]
    assert told(matrix({"os": ["ubuntu-latest", "macos-latest"], "node": nodes})) == [
        {"os": system, "node": node} for system in ("ubuntu-latest", "macos-latest") for node in nodes
    ]


def test_the_example_of_fruit_and_animals_has_its_six_rows() -> None:
    made = matrix(
        FRUIT,
        include=[{"color": "green"}, {"color": "pink", "animal": "cat"}, {"fruit": "apple", "shape": "circle"}],
        add=[{"fruit": "banana"}, {"fruit": "banana", "animal": "cat"}],
    )
    assert told(made) == [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


def test_an_include_expands_the_one_row_that_it_names() -> None:
    made = told(matrix(SYSTEMS, include=[{"os": "windows-latest", "node": 16, "npm": 6}]))
    assert made == [
        {"os": "windows-latest", "node": 14},
        {"os": "windows-latest", "node": 16, "npm": 6},
        {"os": "ubuntu-latest", "node": 14},
        {"os": "ubuntu-latest", "node": 16},
    ]


def test_a_tenth_row_is_added_to_nine() -> None:
    made = told(matrix(VERSIONS, add=[{"os": "windows-latest", "version": 17}]))
    assert made[:-1] == [{"os": system, "version": version} for system in VERSIONS["os"] for version in (12, 14, 16)]
    assert made[-1] == {"os": "windows-latest", "version": 17}


def test_rows_without_any_axis_are_added_ones() -> None:
    sites: list[Mapping[str, Value]] = [
        {"site": "production", "datacenter": "site-a"},
        {"site": "staging", "datacenter": "site-b"},
    ]
    assert told(matrix(add=sites)) == sites


def test_the_excluded_three_of_twelve_are_gone() -> None:
    exclude: list[Mapping[str, Value]] = [
        {"os": "macos-latest", "version": 12, "environment": "production"},
        {"os": "windows-latest", "version": 16},
    ]
    assert told(matrix(DEPLOYED, exclude=exclude)) == [
        {"os": "macos-latest", "version": 12, "environment": "staging"},
        {"os": "macos-latest", "version": 14, "environment": "staging"},
        {"os": "macos-latest", "version": 14, "environment": "production"},
        {"os": "macos-latest", "version": 16, "environment": "staging"},
        {"os": "macos-latest", "version": 16, "environment": "production"},
        {"os": "windows-latest", "version": 12, "environment": "staging"},
        {"os": "windows-latest", "version": 12, "environment": "production"},
        {"os": "windows-latest", "version": 14, "environment": "staging"},
        {"os": "windows-latest", "version": 14, "environment": "production"},
    ]


@pytest.mark.parametrize(
    "made",
    [
        matrix(FRUIT, include=[{"fruit": "banana"}]),
        matrix(FRUIT, include=[{"fruit": "banana", "animal": "cat"}]),
        matrix(VERSIONS, include=[{"os": "windows-latest", "version": 17}]),
        matrix(VERSIONS, include=[{"os": "windows-latest", "version": "16"}]),
        matrix(FRUIT, exclude=[{"fruit": "pear"}], include=[{"fruit": "pear", "animal": "cat"}]),
    ],
    ids=["banana", "banana and cat", "version 17", "version as text", "back after exclude"],
)
def test_an_include_that_github_would_make_a_row_of_is_told_to_be_an_add(made: Matrix) -> None:
    (problem,) = rows_of(made).problems
    assert (problem.code, problem.mark.line) == ("include-matches-nothing", RULES_LINE + 10)
    assert "under add" in problem.help


def test_an_exclude_of_what_is_no_axis_is_an_error() -> None:
    made = matrix(DEPLOYED, exclude=[{"os": "macos-latest", "enviroment": "staging"}])
    (problem,) = axis_problems(made, values_of(made))
    assert (problem.code, problem.mark.line) == ("unknown-axis", RULES_LINE)
    assert "did you mean environment?" in problem.help
