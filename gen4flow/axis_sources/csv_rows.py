"""Reads .csv and .tsv: cells are text unless `columns` gives them a type."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gen4flow.axis_sources.data_file import DataFile
from gen4flow.axis_sources.reading import MAX_PROBLEMS, MAX_ROWS, Found, Reading, Row, failure, shown
from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.values import Scalar, Value, WrittenFloat

_QUOTED = re.compile(r'"[^"]*"')
_INTEGER = re.compile(r"[-+]?[0-9]{1,100}")
_NUMBER = re.compile(r"[-+]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One row as the csv module reads it, with the place where it starts."""

    cells: list[str]
    mark: Mark


def read_csv(file: DataFile, reading: Reading) -> Found:
    """Return the rows of a file whose columns are separated by a comma, a semicolon or a tab."""
    text = file.text()
    return _read(file, reading, text, delimiter=_delimiter(text))


def read_tsv(file: DataFile, reading: Reading) -> Found:
    """Return the rows of a file whose columns are separated by tabs."""
    return _read(file, reading, file.text(), delimiter="\t")


def _delimiter(text: str) -> str:
    """Return the separator that the header line has most of, outside quotes."""
    header = _QUOTED.sub("", text.lstrip("\r\n").split("\n", 1)[0])
    return max(",;\t", key=header.count)


def _read(file: DataFile, reading: Reading, text: str, *, delimiter: str) -> Found:
    """Return the rows below a header."""
    lines = _lines(file, text, delimiter)
    header = next(lines, None)
    if header is None:
        raise failure(reading.axis.mark, "data-empty", f"the data file {shown(file.name)} is empty")
    names = _names(header)
    types = _types(reading, names)
    found = Found()
    for number, line in enumerate(lines, 1):
        problems = [*_count_problems(line, names, number)]
        row, bad_cells = _row(line, names, types, number)
        found.problems.extend(problems or bad_cells)
        found.rows.append(Row(number=number, value=row, mark=line.mark))
        if len(found.problems) >= MAX_PROBLEMS or len(found.rows) > MAX_ROWS:
            break
    return found


def _lines(file: DataFile, text: str, delimiter: str) -> Iterator[_Line]:
    """Yield every row that is not blank; raises RecipeError where the quotes or a cell's size are beyond csv."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            remedy = "check the quotes; a cell takes at most 128 KiB"
            raise failure(file.mark(before + 1), "data-syntax", f"not CSV: {error}", remedy) from error
        if cells is None:
            return
        if any(cells):
            yield _Line(cells=cells, mark=file.mark(before + 1))
        before = rows.line_num


def _names(header: _Line) -> list[str]:
    """Return the column names; raises RecipeError for empty ones and ones written twice."""
    names = [cell.strip() for cell in header.cells]
    problems = []
    seen: set[str] = set()
    for number, name in enumerate(names, 1):
        if not name:
            message = f"column {number} of the header has no name"
        elif name in seen:
            message = f"the header names the column {shown(name)} twice"
        else:
            seen.add(name)
            continue
        problems.append(Problem(mark=header.mark, code="data-header", message=message, help="name each column"))
    if problems:
        raise RecipeError(problems[:MAX_PROBLEMS])
    return names


def _types(reading: Reading, names: Sequence[str]) -> dict[str, str]:
    """Return the types that `columns` gives, by column; raises RecipeError for one that isn't there."""
    columns = reading.axis.settings.get("columns")
    if not isinstance(columns, Mapping):
        return {}
    for name in columns:
        if name not in names:
            known = f"columns: {', '.join(names)}"
            raise failure(reading.axis.mark, "unknown-column", f"the data has no column {shown(name)}", known)
    return {name: str(kind) for name, kind in columns.items()}


def _count_problems(line: _Line, names: Sequence[str], number: int) -> Iterator[Problem]:
    """Yield the problem of a row with too many or too few cells."""
    if len(line.cells) == len(names):
        return
    missing = ", ".join(names[len(line.cells) :])
    yield Problem(
        mark=line.mark,
        code="data-row",
        message=f"row {number} has {len(line.cells)} cells, the header has {len(names)}",
        help=f"add a cell for {missing}; it may be empty" if missing else "quote a cell that holds the separator",
    )


def _row(
    line: _Line, names: Sequence[str], types: Mapping[str, str], number: int
) -> tuple[dict[str, Value], list[Problem]]:
    """Return a row with its cells typed, and the problems of those that can't be."""
    row: dict[str, Value] = dict(zip(names, line.cells, strict=False))
    problems = []
    for name, kind in types.items():
        try:
            row[name] = _CELL_TYPES[kind](str(row.get(name, "")))
        except ValueError as error:
            message = f"row {number}, column {shown(name)}: {error}"
            problems.append(Problem(mark=line.mark, code="data-cell", message=message, help=_CELL_HELP[kind]))
    return row, problems


def _integer(cell: str) -> Scalar:
    text = cell.strip()
    if not text:
        return None
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"{shown(cell)} is not a whole number")
    return int(text)


def _number(cell: str) -> Scalar:
    text = cell.strip()
    if not text:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(f"{shown(cell)} is not a number")
    return WrittenFloat(text)


def _boolean(cell: str) -> Scalar:
    text = cell.strip().lower()
    if not text:
        return None
    if text not in {"true", "false"}:
        raise ValueError(f"{shown(cell)} is not true or false")
    return text == "true"


# the word in `columns` -> what to write in a cell that is something else
_CELL_HELP = {
    "number": "the decimal point is a dot; no units, no thousands separators",
    "integer": "mend the cell, or say `number` or `string` of the column in the recipe's `columns`",
    "boolean": "write true or false, or say `string` of the column in the recipe's `columns`",
}

# the word in `columns` -> what reads a cell; an empty cell of any type but text is null
_CELL_TYPES: dict[str, Callable[[str], Scalar]] = {
    "string": str,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
}
