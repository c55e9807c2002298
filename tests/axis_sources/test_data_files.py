"""Every data format gives rows with identities and places, or names what is wrong in which row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gen4flow.core.problem import Problem
from gen4flow.core.recipe import AxisValue
from gen4flow.core.values import Value, WrittenFloat, identity

Read = Callable[[dict[str, Any]], tuple[AxisValue, ...]]
Problems = Callable[[dict[str, Any]], tuple[Problem, ...]]
Write = Callable[[str, str | bytes], None]


def values(found: tuple[AxisValue, ...]) -> list[Value]:
    return [value.value for value in found]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.csv", "sku,name\nm1,Red\nm2,Blue\n"),
        ("d.csv", b"\xef\xbb\xbfsku;name\r\nm1;Red\r\nm2;Blue\r\n"),
        ("d.csv", "sku\tname\nm1\tRed\nm2\tBlue"),
        ("d.csv", ' sku , name \nm1,"Red"\n\nm2,Blue\n,\n'),
        ("d.tsv", "sku\tname\nm1\tRed\nm2\tBlue\n"),
        ("D.CSV", "sku,name\nm1,Red\nm2,Blue\n"),
        ("d.json", '[{"sku": "m1", "name": "Red"},\n {"sku": "m2", "name": "Blue"}]\n'),
        ("d.jsonl", '{"sku": "m1", "name": "Red"}\n\n{"sku": "m2", "name": "Blue"}\r\n'),
        ("d.yaml", "- {sku: m1, name: Red}\n- sku: m2\n  name: Blue\n"),
        ("d.yml", "- {sku: m1, name: Red}\n- {sku: m2, name: Blue}\n"),
    ],
)
def test_rows_are_the_same_whatever_the_format(read: Read, write: Write, name: str, content: str | bytes) -> None:
    write(name, content)
    found = read({"from": name, "id": "sku"})
    assert values(found) == [
        {"sku": "m1", "name": "Red", "id": "m1"},
        {"sku": "m2", "name": "Blue", "id": "m2"},
    ]
    assert [value.id for value in found] == ["m1", "m2"]
    assert found[0].mark.file == f"project/{name}"


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("d.csv", 'a,b\n1,2\n"x\ny",2\n3,4\n', [(2, 1), (3, 1), (5, 1)]),
        ("d.json", '[\n  {"a": 1}, {"a": 2},\n\n  3\n]', [(2, 3), (2, 13), (4, 3)]),
        ("d.jsonl", '1\n\n{"a": 2}\n3', [(1, 1), (3, 1), (4, 1)]),
        ("d.yaml", "- x\n-\n  - y\n"[:4] + "- {a: 1}\n-   z\n", [(1, 3), (2, 3), (3, 5)]),
        ("d.txt", "x\n\n  y  \nz", [(1, 1), (3, 3), (4, 1)]),
    ],
)
def test_every_row_has_its_place(
    read: Read, write: Write, name: str, content: str, places: list[tuple[int, int]]
) -> None:
    write(name, content)
    assert [(value.mark.line, value.mark.column) for value in read({"from": name})] == places


def test_lines_are_trimmed_texts_and_blank_ones_are_skipped(read: Read, write: Write) -> None:
    write("d.txt", b"\xef\xbb\xbf  a marble table \r\n\r\n\t\r\n16:9\r\n007\r\n")
    assert values(read({"from": "d.txt"})) == ["a marble table", "16:9", "007"]


def test_cells_are_texts_unless_columns_types_them(read: Read, write: Write) -> None:
    write("d.csv", "sku,price,stock,active,old\n007,1.50,3,TRUE,1\n008, 2 ,,,\n")
    columns = {"price": "number", "stock": "integer", "active": "boolean", "sku": "string"}
    first, second = values(read({"from": "d.csv", "columns": columns}))
    assert first == {"sku": "007", "price": 1.5, "stock": 3, "active": True, "old": "1"}
    assert isinstance(first, dict)
    assert isinstance(first["price"], WrittenFloat)
    assert str(first["price"]) == "1.50"
    assert second == {"sku": "008", "price": 2, "stock": None, "active": None, "old": ""}


def test_json_floats_keep_their_digits(read: Read, write: Write) -> None:
    write("d.json", '[1.50, 1.5e0, "16:9", true]')
    assert [value.id for value in read({"from": "d.json"})] == ["1.50", "1.5e0", "16:9", "true"]


def test_a_row_without_an_id_is_named_by_its_content(read: Read, write: Write) -> None:
    write("d.csv", "name\nRed\n")
    write("other.csv", "x\nfirst\n")
    (found,) = read({"from": "d.csv"})
    assert found.id == identity({"name": "Red"})
    assert len(found.id) == 8


def test_a_column_called_id_names_the_rows(read: Read, write: Write) -> None:
    write("d.csv", "id,name\na,Red\nb,Red\n")
    assert [value.id for value in read({"from": "d.csv"})] == ["a", "b"]


def test_where_goes_before_limit(read: Read, write: Write) -> None:
    write("d.csv", "sku,stock\na,0\nb,5\nc,7\nd,9\n")
    settings = {"from": "d.csv", "id": "sku", "columns": {"stock": "integer"}, "where": "row.stock > 0", "limit": 2}
    assert [value.id for value in read(settings)] == ["b", "c"]


def test_where_sees_the_id(read: Read, write: Write) -> None:
    write("d.csv", "sku\na\nb\n")
    assert [value.id for value in read({"from": "d.csv", "id": "sku", "where": "row.id == 'b'"})] == ["b"]


@pytest.mark.parametrize(
    ("name", "content", "settings", "code", "line", "words"),
    [
        ("d.csv", "a,b\n1,2\n1,2,3\n", {}, "data-row", 3, "row 2 has 3 cells, the header has 2"),
        ("d.csv", "a,b\n1,2\n1,2,3\n", {}, "data-row", 3, "quote a cell that holds the separator"),
        ("d.csv", "a,b,c\n1,2,3\n1\n", {}, "data-row", 3, "add a cell for b, c; it may be empty"),
        ("d.csv", "a,b\n1\n", {}, "data-row", 2, "row 1 has 1 cells"),
        ("d.csv", "a,a\n1,2\n", {}, "data-header", 1, "'a' twice"),
        ("d.csv", "a, a\n1,2\n", {}, "data-header", 1, "'a' twice"),
        ("d.csv", "a,\n1,2\n", {}, "data-header", 1, "column 2"),
        ("d.csv", 'a\n"x\n', {}, "data-syntax", 2, "not CSV"),
        ("d.csv", 'a\n"x"y\n', {}, "data-syntax", 2, "not CSV"),
        ("d.csv", "a\n" + "x" * 200_000, {}, "data-syntax", 2, "field"),
        ("d.csv", b"a\n\xff\n", {}, "data-encoding", 2, "UTF-8"),
        ("d.csv", "a\nx\0\n", {}, "data-encoding", 2, "NUL"),
        ("d.csv", "a,b\n1.5,2\n", {"columns": {"a": "integer"}}, "data-cell", 2, "not a whole number"),
        ("d.csv", 'a;b\n"1,50";2\n', {"columns": {"a": "number"}}, "data-cell", 2, "row 1, column 'a': '1,50'"),
        ("d.csv", "a\nnan\n", {"columns": {"a": "number"}}, "data-cell", 2, "not a number"),
        ("d.csv", "a\n1e999\n", {"columns": {"a": "number"}}, "data-cell", 2, "not a number"),
        ("d.csv", "a\nyes\n", {"columns": {"a": "boolean"}}, "data-cell", 2, "not true or false"),
        ("d.csv", "a\nyes\n", {"columns": {"a": "boolean"}}, "data-cell", 2, "write true or false"),
        ("d.csv", "a\nmany\n", {"columns": {"a": "integer"}}, "data-cell", 2, "mend the cell"),
        ("d.csv", "a\n" + "9" * 5000, {"columns": {"a": "integer"}}, "data-cell", 2, "not a whole number"),
        ("d.csv", "a\nx\n", {"columns": {"b": "number"}}, "unknown-column", 5, "no column 'b'"),
        ("d.csv", "", {}, "data-empty", 5, "is empty"),
        ("d.csv", "a,b\n", {}, "empty", 5, "no rows"),
        ("d.csv", "sku\na\na\n", {"id": "sku"}, "duplicate-value", 3, "row 2 has the id 'a' of row 1 (line 2)"),
        ("d.csv", "sku,b\n,1\n", {"id": "sku"}, "data-id", 2, "row 1 has no 'sku'"),
        ("d.csv", "sku\na\n", {"id": "skus"}, "unknown-column", 5, "did you mean sku?"),
        ("d.csv", "id,b\n,1\n", {}, "data-id", 2, "empty id"),
        ("d.csv", "a\nx\nx\n", {}, "duplicate-value", 3, "row 2"),
        ("d.csv", "a\nx\n", {"where": "row.b"}, "where", 2, "row 1 fails in `where: row.b`"),
        ("d.csv", "a\nx\n", {"where": "row."}, "where", 5, "where can't be read"),
        ("d.csv", "a\nx\n", {"where": "row.a == 'y'"}, "empty", 5, "meets `where`"),
        ("d.txt", "x\n", {"where": "row"}, "where", 1, "no columns"),
        ("d.txt", "x\ny\nx\n", {}, "duplicate-value", 3, "row 3 has the id 'x' of row 1"),
        ("d.txt", "\n\n", {}, "empty", 5, "no rows"),
        ("d.txt", "x\n", {"id": "sku"}, "unknown-column", 5, "no column"),
        ("d.txt", "x\n", {"columns": {"a": "number"}}, "not-allowed", 5, ".csv"),
        ("d.json", "{}", {}, "data-syntax", 1, "a list"),
        ("d.json", "", {}, "data-syntax", 1, "a list"),
        ("d.json", "[1,\n2", {}, "data-syntax", 2, "comma"),
        ("d.json", "[1] 2", {}, "data-syntax", 1, "goes on"),
        ("d.json", "[1,\n {a}]", {}, "data-syntax", 2, "not JSON"),
        ("d.json", "[]", {}, "empty", 5, "no rows"),
        ("d.json", '[1,\n{"a": 1, "a": 2}]', {}, "data-row", 2, "'a' twice"),
        ("d.json", "[1,\nNaN]", {}, "data-row", 2, "NaN"),
        ("d.json", "[1,\n-Infinity]", {}, "data-row", 2, "Infinity"),
        ("d.json", "[1,\n1e999]", {}, "data-row", 2, "too large"),
        ("d.json", "[1,\n" + "9" * 5000 + "]", {}, "data-row", 2, "5,000 digits"),
        ("d.json", '[1,\n"\\ud800"]', {}, "data-row", 2, "surrogate"),
        ("d.json", "[1,\n" + "[" * 100_000, {}, "data-row", 2, "too deeply"),
        ("d.json", "[1,\nnull]", {}, "data-row", 2, "row 2 is neither"),
        ("d.json", "[[1]]", {}, "data-row", 1, "row 1 is neither"),
        ("d.json", "[{}]", {}, "data-row", 1, "row 1 is neither"),
        ("d.jsonl", '1\n{"a": \n3', {}, "data-syntax", 2, "not JSON"),
        ("d.jsonl", "1\n2 3\n", {}, "data-syntax", 2, "goes on"),
        ("d.jsonl", '1\n{"a": 1, "a": 2}\n', {}, "data-row", 2, "'a' twice"),
        ("d.yaml", "a: 1\n", {}, "data-syntax", 1, "a list of rows"),
        ("d.yaml", "- a\n- b: 1\n  b: 2\n", {}, "yaml-duplicate-key", 3, "twice"),
        ("d.yaml", "- a\n- [", {}, "yaml-syntax", 2, "not YAML"),
        ("d.yaml", "- a\n- ~\n", {}, "data-row", 2, "row 2 is neither"),
        ("d.xlsx", "x", {}, "data-format", 5, ".csv"),
        ("d", "x", {}, "data-format", 5, ".csv"),
    ],
)
def test_what_is_wrong_in_a_data_file_is_named_with_its_row(
    problems_of: Problems,
    write: Write,
    name: str,
    content: str | bytes,
    settings: dict[str, Any],
    code: str,
    line: int,
    words: str,
) -> None:
    write(name, content)
    found = problems_of({"from": name, **settings})
    assert (found[0].code, found[0].mark.line) == (code, line), str(found[0])
    assert words in str(found[0])
    assert len(str(found[0])) < 500


def test_all_wrong_rows_are_named_at_once(problems_of: Problems, write: Write) -> None:
    write("d.csv", "a,b\n1\n2,x\n3,4,5\n4,y\n")
    found = problems_of({"from": "d.csv", "columns": {"b": "integer"}})
    assert [(problem.mark.line, problem.code) for problem in found] == [
        (2, "data-row"),
        (3, "data-cell"),
        (4, "data-row"),
        (5, "data-cell"),
    ]
