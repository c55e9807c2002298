"""`{from: FILE}`: the rows of a data file, named by `id`, chosen by `where`, cut by `limit`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import PurePath

from gen4flow.axis_sources.csv_rows import read_csv, read_tsv
from gen4flow.axis_sources.data_file import DataFile, open_data_file
from gen4flow.axis_sources.json_rows import read_json, read_jsonl
from gen4flow.axis_sources.plain_rows import read_lines, read_yaml
from gen4flow.axis_sources.reading import MAX_PROBLEMS, MAX_ROWS, Found, Reading, Row, failure, shown
from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem
from gen4flow.core.prompt import TemplateError
from gen4flow.core.recipe import AxisValue
from gen4flow.core.values import Value, is_scalar, scalar_text

# the file's ending -> what reads it
READERS: dict[str, Callable[[DataFile, Reading], Found]] = {
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".txt": read_lines,
}
_TYPED_BY_COLUMNS = {".csv", ".tsv"}


def read_rows(reading: Reading) -> tuple[AxisValue, ...]:
    """Return the axis's values; raises RecipeError with every problem of the file."""
    mark, written = reading.axis.mark, str(reading.axis.settings["from"])
    suffix = PurePath(written).suffix.lower()
    if suffix not in READERS:
        remedy = f"use one of {', '.join(READERS)}"
        raise failure(mark, "data-format", f"{shown(written)} has an ending that is not read", remedy)
    if reading.axis.settings.get("columns") and suffix not in _TYPED_BY_COLUMNS:
        message = "columns types the cells of .csv and .tsv files; others have types of their own"
        raise failure(mark, "not-allowed", message, "remove columns")
    found = READERS[suffix](open_data_file(reading, written), reading)
    if len(found.rows) > MAX_ROWS:
        raise failure(mark, "data-size", f"{shown(written)} has more than {MAX_ROWS:,} rows", "split it")
    if found.problems:
        raise RecipeError(found.problems)
    return _values(reading, found.rows, written)


def _values(reading: Reading, rows: list[Row], written: str) -> tuple[AxisValue, ...]:
    """Return the rows as axis values, those that `where` and `limit` leave."""
    _check_kinds(rows)
    named = _with_ids(reading, rows)
    values = [AxisValue.of(row.value, row.mark) for row in named]
    _check_identities(named, values)
    limit = reading.axis.settings.get("limit")
    kept = [value for value, wanted in zip(values, _wanted(reading, named), strict=True) if wanted]
    if not kept:
        why = "no row of it meets `where`" if rows else "it has no rows"
        raise failure(reading.axis.mark, "empty", f"{shown(written)} gives the axis no value: {why}")
    return tuple(kept[: limit if isinstance(limit, int) else None])


def _raise(problems: Iterable[Problem]) -> None:
    """Raise a RecipeError when there are problems."""
    found = list(islice(problems, MAX_PROBLEMS))
    if found:
        raise RecipeError(found)


def _problem(row: Row, code: str, message: str, remedy: str = "") -> Problem:
    return Problem(mark=row.mark, code=code, message=f"row {row.number} {message}", help=remedy)


def _check_kinds(rows: list[Row]) -> None:
    """Refuse rows that are neither a mapping nor a value that renders."""
    _raise(
        _problem(row, "data-row", "is neither a mapping nor a text, number or boolean")
        for row in rows
        if not is_scalar(row.value) and not (isinstance(row.value, Mapping) and row.value)
    )


def _with_ids(reading: Reading, rows: list[Row]) -> list[Row]:
    """Return the rows with `id` set from the column that the axis names; refuse those without it."""
    column = reading.setting("id")
    if column is None:
        return rows
    _check_column(reading, rows, column)
    _raise(
        _problem(row, "data-id", f"has no {shown(column)} to name it", "give every row an id")
        for row in rows
        if not _id_text(row.value, column)
    )
    return [
        Row(number=row.number, value={**row.value, "id": row.value[column]}, mark=row.mark)
        for row in rows
        if isinstance(row.value, Mapping)
    ]


def _id_text(value: Value, column: str) -> str:
    """Return the text that names a row, empty when there is none."""
    own = value.get(column) if isinstance(value, Mapping) else None
    return scalar_text(own).strip() if is_scalar(own) else ""


def _check_column(reading: Reading, rows: list[Row], column: str) -> None:
    """Refuse an id column that no row has: that is one mistake in the recipe, not one in each row."""
    names = {name: None for row in rows if isinstance(row.value, Mapping) for name in row.value}
    if rows and column not in names:
        near = difflib.get_close_matches(column, names, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"columns: {', '.join(names) or 'none'}"
        raise failure(reading.axis.mark, "unknown-column", f"the data has no column {shown(column)}", remedy)


def _check_identities(rows: list[Row], values: list[AxisValue]) -> None:
    """Refuse rows that can't be told apart."""
    _raise(_identity_problems(rows, values))


def _identity_problems(rows: list[Row], values: list[AxisValue]) -> Iterator[Problem]:
    """Yield the rows with an empty identity, or with that of an earlier row."""
    first: dict[str, Row] = {}
    for row, value in zip(rows, values, strict=True):
        if not value.id.strip():
            yield _problem(row, "data-id", "has an empty id", "give every row an id")
        elif first.setdefault(value.id, row) is not row:
            earlier = first[value.id]
            message = f"has the id {shown(value.id)} of row {earlier.number} (line {earlier.mark.line})"
            yield _problem(row, "duplicate-value", message, "remove one, or name another id column")


def _typed(condition: str, row: Mapping[str, Value]) -> str:
    """Return how the columns that a condition compares get their types: a CSV file holds text alone."""
    names = [name for name in row if re.search(rf"\brow\.{re.escape(name)}\b", condition)] or ["COLUMN"]
    types = ", ".join(f"{name}: number" for name in names)
    return f"CSV cells are text: in the recipe, beside where, write columns: {{{types}}}"


def _wanted(reading: Reading, rows: list[Row]) -> Iterator[bool]:
    """Yield for each row whether `where` holds; raises RecipeError where it can't be told."""
    condition = reading.setting("where")
    if condition is None:
        yield from (True for _ in rows)
        return
    try:
        test = reading.compile_where(condition)
    except TemplateError as error:
        raise failure(reading.axis.mark, "where", f"where can't be read: {error}", error.help) from error
    for row in rows:
        if not isinstance(row.value, Mapping):
            raise RecipeError([_problem(row, "where", "has no columns for `where` to look at")])
        try:
            yield test(row.value)
        except TemplateError as error:
            remedy = _typed(condition, row.value) if isinstance(error.__cause__, TypeError) else error.help
            raise RecipeError([_problem(row, "where", f"fails in `where: {condition}`: {error}", remedy)]) from error
