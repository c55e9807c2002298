"""Reads .json (a list) and .jsonl (one value a line), strictly and with the place of each row."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from gen4flow.axis_sources.data_file import DataFile
from gen4flow.axis_sources.reading import MAX_PROBLEMS, MAX_ROWS, Found, Reading, Row, failure, shown
from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Mark
from gen4flow.core.values import WrittenFloat, canonical_json

MAX_DIGITS = 100

_SPACE = re.compile(r"[ \t\r\n]*")


def read_json(file: DataFile, reading: Reading) -> Found:
    """Return the items of the one list that a JSON file holds; `reading` is not needed."""
    text = file.text()
    found = Found()
    for value, mark in _items(file, text):
        found.rows.append(Row(number=len(found.rows) + 1, value=value, mark=mark))
        if len(found.rows) > MAX_ROWS:
            break
    return found


def read_jsonl(file: DataFile, reading: Reading) -> Found:
    """Return the values of a file with one on each line; blank lines are skipped, `reading` is not needed."""
    found = Found()
    for line, text in enumerate(file.text().split("\n"), 1):
        if not text.strip():
            continue
        mark = file.mark(line)
        try:
            value, end = _decode(text, _skip(text, 0), mark, first_line=line)
            if _skip(text, end) != len(text):
                raise failure(mark, "data-syntax", "the line goes on after its value", "write one value a line")
            found.rows.append(Row(number=len(found.rows) + 1, value=value, mark=mark))
        except RecipeError as error:
            found.problems.extend(error.problems)
        if len(found.problems) >= MAX_PROBLEMS or len(found.rows) > MAX_ROWS:
            break
    return found


def _skip(text: str, at: int) -> int:
    """Return where the white space after a position ends."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _items(file: DataFile, text: str) -> Iterator[tuple[Any, Mark]]:
    """Yield each item of the list with its place; raises RecipeError where the text is none."""
    places = _Places(file, text)
    at = _expect(text, _skip(text, 0), "[", places, "a list of rows must start here, with [")
    if text[at : at + 1] == "]":
        at = _skip(text, at + 1)
    else:
        while True:
            mark = places.mark(at)
            value, at = _decode(text, at, mark)
            yield value, mark
            at = _skip(text, at)
            if text[at : at + 1] == "]":
                at = _skip(text, at + 1)
                break
            at = _expect(text, at, ",", places, "a comma or the ] of the list is missing here")
    if at != len(text):
        raise failure(places.mark(at), "data-syntax", "the file goes on after its list", "keep one list")


def _expect(text: str, at: int, sign: str, places: _Places, message: str) -> int:
    """Return where the text goes on after a sign that must be there."""
    if text[at : at + 1] != sign:
        raise failure(places.mark(at), "data-syntax", f"not JSON: {message}")
    return _skip(text, at + 1)


class _Places:
    """Counts lines as positions in a text go up, so that each is counted once."""

    def __init__(self, file: DataFile, text: str) -> None:
        self._file, self._text = file, text
        self._at, self._line = 0, 1

    def mark(self, at: int) -> Mark:
        """Return the place of a position that is not before the last one."""
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._file.mark(self._line, at - self._text.rfind("\n", 0, at))


def _decode(text: str, at: int, mark: Mark, *, first_line: int = 1) -> tuple[Any, int]:
    """Return the JSON value at a position and where it ends; raises RecipeError.

    `mark` is the value's place, `first_line` the number of the text's first line.
    """
    try:
        value, end = _DECODER.raw_decode(text, at)
        canonical_json(value).encode()
    except json.JSONDecodeError as error:
        place = Mark(file=mark.file, line=first_line + error.lineno - 1, column=error.colno)
        raise failure(place, "data-syntax", f"not JSON: {error.msg}") from error
    except UnicodeEncodeError as error:
        raise failure(mark, "data-row", "the row holds half a surrogate pair") from error
    except RecursionError as error:
        raise failure(mark, "data-row", "the row is nested too deeply", "flatten it") from error
    except ValueError as error:
        raise failure(mark, "data-row", str(error)) from error
    return value, end


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's pairs as a mapping, unless a key is there twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the row has the key {shown(twice)} twice")
    return made


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"the row holds a number of {len(text):,} digits; shorten it or quote it")
    return int(text)


def _float(text: str) -> WrittenFloat:
    number = WrittenFloat(text)
    if len(text) > MAX_DIGITS or not math.isfinite(number):
        raise ValueError(f"the row holds the number {text[:40]}, which is too long or too large; quote it")
    return number


def _constant(text: str) -> None:
    raise ValueError(f"the row holds {text}, which is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer, parse_float=_float, parse_constant=_constant)
