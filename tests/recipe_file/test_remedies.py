"""The remedy for a value of the wrong type says what to write, and never a number that nobody meant."""

from __future__ import annotations

import pytest

from gen4flow.recipe_file.remedies import form_help, list_help, type_help


@pytest.mark.parametrize(
    ("value", "types", "examples", "told"),
    [
        (1080, {"string"}, ["1080p", "720p"], "did you mean 1080p?"),
        (7, {"string"}, [], "put it in quotes"),
        ("$5", {"number"}, [], "write it as 5 ("),
        ("2.50 USD", {"number"}, [], "write it as 2.50 ("),
        ("1,50", {"number"}, [], "write it without quotes, units"),
        ("1.000.000", {"integer"}, [], "write it without quotes, units"),
        ("five", {"number"}, [], "write it without quotes, units"),
        ("beach, forest", {"array"}, [], "write a list: [beach, forest]"),
        (None, {"string"}, [], "write a value, or remove the key"),
    ],
)
def test_a_value_of_the_wrong_type_has_a_remedy(value: object, types: set[str], examples: list[str], told: str) -> None:
    assert type_help(value, types, {"examples": examples}).startswith(told)


def test_counted_seeds_outside_the_matrix_are_shown_where_they_go() -> None:
    assert form_help({"auto": 3}, ("seed",), "a whole number or a template").endswith("matrix: {seed: {auto: 3}}")


def test_a_long_text_makes_no_long_remedy() -> None:
    assert len(list_help("x, " * 1_000)) <= 120
