"""Leaves out of a document what is wrong with it, so that what stands behind that can be looked at, too.

A recipe that is mended so is never planned. Only small things are left out, whose absence makes nothing else wrong: a
misspelt key with one value, a word that a request doesn't take, a value that an axis has twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gen4flow.core.problem import Mark, Problem
from gen4flow.core.values import Value
from gen4flow.recipe_file.document import Document, KeyPath

MOST_PROBLEMS = 20  # with more it is no recipe with a few mistakes
MOST_VALUES = 10_000  # of a document that is read once more
_STAND_INS: Mapping[KeyPath, Value] = {("version",): 1, ("name",): "recipe"}  # for what a recipe can't be without
_OF_A_KEY = frozenset({"unknown-key", "not-allowed"})
_OF_A_VALUE = frozenset({"not-allowed", "wrong-type", "empty", "duplicate-value"})


def without(document: Document, problems: Sequence[Problem]) -> Document | None:
    """Return the document without what the problems are about; None where they are about more than can be left out."""
    if len(problems) > MOST_PROBLEMS or len(document.marks) > MOST_VALUES:
        return None
    keys = {mark: path for path, mark in document.key_marks.items()}
    values = {document.marks[path]: path for path, value in _values(document.value) if path in document.marks}
    paths = [_path(problem, keys, values) for problem in problems]
    if any(path is None or not _is_small(document, path) for path in paths):
        return None
    return _Rest(document, {path for path in paths if path is not None}).document()


def _path(problem: Problem, keys: Mapping[Mark, KeyPath], values: Mapping[Mark, KeyPath]) -> KeyPath | None:
    """Return what a problem is about, None where that is no key or value that stands alone."""
    if problem.code in _OF_A_VALUE and problem.mark in values:
        return values[problem.mark]
    return keys.get(problem.mark) if problem.code in _OF_A_KEY else None


def _is_small(document: Document, path: KeyPath) -> bool:
    """Tell whether nothing else hangs on a value: it holds no others, and gives templates no names."""
    value: Any = document.value
    for key in path:
        value = value[key]
    is_item = isinstance(path[-1], int)  # of a list: an axis keeps its others
    gives_names = path == ("extends",) or "needs" in path or ("matrix" in path and not is_item)
    return not isinstance(value, Mapping | list) and not gives_names


def _values(value: Value, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Value]]:
    """Yield every value that holds no others, with its path."""
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield path, value
        return
    for key, below in inside:
        yield from _values(below, (*path, key))


class _Rest:
    """A document without some of its values, each of the others with its place."""

    def __init__(self, document: Document, left_out: set[KeyPath]) -> None:
        self._source = document
        self._left_out = left_out
        self._marks: dict[KeyPath, Mark] = {}
        self._key_marks: dict[KeyPath, Mark] = {}

    def document(self) -> Document:
        """Return it; a key stays a key, and the items behind one that is left out move up."""
        value = self._taken(self._source.value, (), ())
        return replace(self._source, value=value, marks=self._marks, key_marks=self._key_marks)

    def _taken(self, value: Value, path: KeyPath, target: KeyPath) -> Value:
        """Take a value over, with its place and everything inside it."""
        for marks, found in ((self._marks, self._source.marks), (self._key_marks, self._source.key_marks)):
            if path in found:
                marks[target] = found[path]
        if path in self._left_out:
            return _STAND_INS[path]
        if isinstance(value, Mapping):
            left_out = self._left_out - _STAND_INS.keys()
            kept = {key: below for key, below in value.items() if (*path, key) not in left_out}
            return {key: self._taken(below, (*path, key), (*target, key)) for key, below in kept.items()}
        if isinstance(value, list):
            items = [(index, one) for index, one in enumerate(value) if (*path, index) not in self._left_out]
            return [self._taken(one, (*path, at), (*target, to)) for to, (at, one) in enumerate(items)]
        return value
