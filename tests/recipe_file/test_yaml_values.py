"""YAML is read as YAML 1.2's core schema says, with the two exceptions that the contract names."""

from __future__ import annotations

import pytest

from gen4flow.core.errors import RecipeError
from gen4flow.core.values import Value, WrittenFloat, scalar_text
from gen4flow.recipe_file import parse_document


def parsed(text: str) -> Value:
    return parse_document(text.encode(), "f.yaml").value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16:9", "16:9"),
        ("1:1", "1:1"),
        ("12:30:45", "12:30:45"),
        ("no", "no"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("y", "y"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("1_000", "1_000"),
        ("007", "007"),
        ("-012", "-012"),
        ("00", "00"),
        ("01.5", "01.5"),
        ("0b11", "0b11"),
        ("1,50", "1,50"),
        ("=", "="),
        ("tRUE", "tRUE"),
        ("nULL", "nULL"),
        ("0x", "0x"),
        ("0o8", "0o8"),
        ("1e", "1e"),
        (".", "."),
        ("-", ["-"]),
        ("+", "+"),
        ("１２", "１２"),
        ("0", 0),
        ("-0", 0),
        ("7", 7),
        ("+7", 7),
        ("-12", -12),
        ("0o17", 15),
        ("0x1F", 31),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("False", False),
        ("FALSE", False),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("~", None),
        ("", None),
        ("'no'", "no"),
        ("'7'", "7"),
        ('"true"', "true"),
        ('"\\u00e9"', "é"),
        ("!!str 7", "7"),
        ("! 7", "7"),
        ("!!int '7'", 7),
        ("!!bool 'true'", True),
        ("!!null ''", None),
        ("!!seq [a]", ["a"]),
        ("!!map {a: b}", {"a": "b"}),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">\n  a\n  b\n", "a b\n"),
        ("[1:1, 16:9]", ["1:1", "16:9"]),
        ("{a: 16:9}", {"a": "16:9"}),
    ],
)
def test_a_scalar_has_the_value_and_type_of_yaml_1_2(text: str, value: Value) -> None:
    wrapped = f"- {text}" if text != "-" else "- '-'"
    expected = value if text != "-" else "-"
    found = parsed(wrapped)
    assert found == [expected]
    assert isinstance(found, list)
    assert type(found[0]) is type(expected)


@pytest.mark.parametrize("text", ["1.50", "1.", ".5", "-0.0", "+1.5", "1e3", "1.5E-3", "0.10"])
def test_a_float_keeps_the_digits_it_was_written_with(text: str) -> None:
    found = parsed(f"- {text}")
    assert isinstance(found, list)
    assert isinstance(found[0], WrittenFloat)
    assert scalar_text(found[0]) == text
    assert found[0] == float(text)


def test_a_float_tag_makes_a_whole_number_a_float() -> None:
    found = parsed("- !!float 2")
    assert isinstance(found, list)
    assert isinstance(found[0], WrittenFloat)


def test_keys_keep_their_written_text() -> None:
    assert parsed("{1: a, true: b, 0x10: c, 1.50: d, on: e, ~: f}") == {
        "1": "a",
        "true": "b",
        "0x10": "c",
        "1.50": "d",
        "on": "e",
        "~": "f",
    }


def test_aliases_stand_for_what_they_name() -> None:
    assert parsed("a: &x [1, 2]\nb: *x\nc: &y k\n*y : d") == {"a": [1, 2], "b": [1, 2], "c": "k", "k": "d"}


def test_a_quoted_merge_key_is_a_key_like_others() -> None:
    assert parsed('"<<": 1') == {"<<": 1}


def test_a_byte_order_mark_is_skipped_and_does_not_move_columns() -> None:
    document = parse_document(b"\xef\xbb\xbfa: 1", "f.yaml")
    assert document.value == {"a": 1}
    assert document.key_mark(("a",)).column == 1


def test_windows_line_ends_are_read() -> None:
    assert parsed("a: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}


def test_every_value_and_key_has_its_place() -> None:
    document = parse_document(b"a:\n  - x\n  - {k: 'v'}\nb: &n 7\nc: *n\n", "f.yaml")
    places = {path: (mark.line, mark.column) for path, mark in document.marks.items()}
    assert places == {
        (): (1, 1),
        ("a",): (2, 3),
        ("a", 0): (2, 5),
        ("a", 1): (3, 5),
        ("a", 1, "k"): (3, 9),
        ("b",): (4, 4),
        ("c",): (5, 4),
    }
    keys = {path: (mark.line, mark.column) for path, mark in document.key_marks.items()}
    assert keys == {("a",): (1, 1), ("a", 1, "k"): (3, 6), ("b",): (4, 1), ("c",): (5, 1)}


def test_columns_count_characters_and_not_bytes() -> None:
    document = parse_document("é: ü\n".encode(), "f.yaml")
    assert document.mark(("é",)).column == 4


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("p: |\n  hi\n", 2, 3), ("p: |  # why\n\n    hi\n", 2, 5), ("p: >-\n  hi\n", 2, 3)],
)
def test_a_block_text_starts_where_its_text_does(text: str, line: int, column: int) -> None:
    mark = parse_document(text.encode(), "f.yaml").mark(("p",))
    assert (mark.line, mark.column) == (line, column)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF", "1e999", "9" * 5000, "1." + "0" * 200])
def test_what_is_no_finite_short_number_is_an_error(text: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parsed(f"a:\n  - {text}")
    (problem,) = caught.value.problems
    assert (problem.code, problem.mark.line, problem.mark.column) == ("yaml-number", 2, 5)
    assert len(str(problem)) < 500
