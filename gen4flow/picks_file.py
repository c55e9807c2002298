"""The door to picks files: reads one that anybody may have written, and names everything that is wrong with it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from gen4flow.core import picks_check
from gen4flow.core.errors import RecipeError
from gen4flow.core.json_places import KeyPath, marks_of, repeated
from gen4flow.core.picks import Picks
from gen4flow.core.picks_check import Fault, place_name, shown
from gen4flow.core.problem import Mark, Problem

MEBIBYTE = 1024 * 1024
MAX_BYTES = 16 * MEBIBYTE
MAX_PROBLEMS = 1_000  # a file with more is not a picks file with mistakes but something else
MAX_DIGITS = 20  # of a whole number; a longer one is no number of stars, whatever it is
DEEPEST = 4  # keys and indexes from the document to the key of a row


def read_picks(path: Path) -> Picks:
    """Return what a picks file says; raises RecipeError with every problem of it, each at its line.

    A file is a regular one of at most 16 MiB, UTF-8 with or without a byte order mark.
    """
    text = _text(path, _bytes(path))
    document, twice = _parsed(path, text)
    faults = list(islice(picks_check.faults(document), MAX_PROBLEMS))
    if twice and len(faults) < MAX_PROBLEMS:
        faults += islice(_repetitions(text), MAX_PROBLEMS - len(faults))
    if faults:
        raise RecipeError(_problems(path, text, faults))
    assert isinstance(document, dict)  # noqa: S101  # or there were faults
    return picks_check.picks_of(document)


def _failure(path: Path, code: str, message: str, remedy: str = "", *, line: int = 0, column: int = 1) -> RecipeError:
    """Return the error for one thing that is wrong with the file as a whole, or with a line of it."""
    mark = Mark(file=str(path), line=line, column=column if line else 0)
    return RecipeError([Problem(mark=mark, code=code, message=message, help=remedy)])


def _bytes(path: Path) -> bytes:
    """Return a regular file's bytes; a pipe or a device would block or never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise _failure(path, "file-missing", "the picks file does not exist", "check the path") from error
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _failure(path, "file-kind", "is not a regular file", "name a file, not a folder")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        raise _failure(path, "file-size", f"is larger than {MAX_BYTES // MEBIBYTE} MiB")
    return data


def _unreadable(path: Path, error: OSError | ValueError) -> RecipeError:
    reason = getattr(error, "strerror", None) or str(error)
    return _failure(path, "file-unreadable", f"the picks file can't be read: {reason}", "check the path")


def _text(path: Path, data: bytes) -> str:
    """Return the text of UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _failure(path, "data-encoding", "the line is not UTF-8", "save the file as UTF-8", line=line) from error


def _parsed(path: Path, text: str) -> tuple[object, bool]:
    """Return the JSON value of a text, and whether any object in it has a key twice."""
    twice = False

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        made = dict(found)
        twice = twice or len(made) != len(found)
        return made

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_int=_whole, parse_constant=_constant), twice
    except json.JSONDecodeError as error:
        told, line, column = f"not JSON: {error.msg}", error.lineno, error.colno
        raise _failure(path, "data-syntax", told, line=line, column=column) from error
    except RecursionError as error:
        raise _failure(path, "data-syntax", "is nested too deeply to be a picks file") from error
    except ValueError as error:
        raise _failure(path, "data-syntax", f"not JSON: {error}") from error


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= MAX_DIGITS else float("inf")


def _constant(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _repetitions(text: str) -> Iterator[Fault]:
    """Yield the keys that an object has twice, of which JSON would take the last."""
    for place in repeated(text, deepest=DEEPEST):
        told = f"the key {shown(place[-1])} is there twice"
        yield Fault(path=place, code="duplicate-key", message=told, help="remove one of them")


def _problems(path: Path, text: str, faults: Sequence[Fault]) -> list[Problem]:
    """Return faults with their lines, which are looked for only now that somebody needs them."""
    wanted = {place for fault in faults for place in (fault.path, fault.other) if place is not None}
    marks = marks_of(text, str(path), wanted)

    def mark(place: KeyPath) -> Mark:
        while place and place not in marks:
            place = place[:-1]
        return marks.get(place, Mark(file=str(path)))

    return [
        Problem(
            mark=mark(fault.path),
            code=fault.code,
            message=f"{place_name(fault.owner)}: {fault.message}" + (f" {mark(fault.other)}" if fault.other else ""),
            help=fault.help,
        )
        for fault in faults
    ]
