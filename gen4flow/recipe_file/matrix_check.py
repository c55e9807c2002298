"""Checks what a schema can't say about axes: clashing names, values given twice, links of unequal length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from gen4flow.core.problem import Problem
from gen4flow.core.values import Value, identity
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.wording import did_you_mean, listed, shown

MAX_PROBLEMS = 1_000
WORDS = frozenset({"zip", "exclude", "include", "add"})


def mapping(value: Value) -> Mapping[str, Value]:
    """Return a value's entries when it is a mapping, else none: the schema has complained already."""
    return value if isinstance(value, Mapping) else {}


def axis_paths(document: Document) -> list[tuple[str, KeyPath]]:
    """Return every axis's name and place: the plain ones in written order, then those of zips."""
    matrix = mapping(mapping(document.value).get("matrix"))
    plain = [(name, ("matrix", name)) for name in matrix if name not in WORDS]
    linked = [
        (name, ("matrix", "zip", group, name))
        for group, members in mapping(matrix.get("zip")).items()
        for name in mapping(members)
    ]
    return [*plain, *linked]


def value_at(document: Document, path: KeyPath) -> Value:
    """Return the value at a path that is known to be there."""
    value = document.value
    for part in path:
        value = value[part]  # type: ignore[index]  # the path came from the document
    return value


def matrix_problems(document: Document) -> list[Problem]:
    """Return everything that is wrong with the axes, in no order.

    Takes documents that the schema refused, too: all problems are to be said at once.
    """
    axes = axis_paths(document)
    plain = ((name, path) for name, path in axes if len(path) == 2)  # linked axes may repeat one: see core.matrix
    duplicates = (problem for name, path in plain for problem in _duplicates(document, name, path))
    found = chain(_clashes(document, axes), _unequal_zips(document), _unknown_per(document, axes), duplicates)
    return list(islice(found, MAX_PROBLEMS))


def _clashes(document: Document, axes: Iterable[tuple[str, KeyPath]]) -> Iterator[Problem]:
    """Yield the axes that have the name of another one or of a var."""
    taken: dict[str, KeyPath] = {name: ("vars", name) for name in mapping(mapping(document.value).get("vars"))}
    for name, path in axes:
        first = taken.setdefault(name, path)
        if first != path:
            what = "var" if first[0] == "vars" else "axis"
            yield Problem(
                mark=document.key_mark(path),
                code="name-clash",
                message=f"the axis {name} has the name of the {what} in line {document.key_mark(first).line}",
                help="rename one of them",
            )


def _duplicates(document: Document, name: str, path: KeyPath) -> Iterator[Problem]:
    """Yield the values of a list axis that were there before."""
    values = value_at(document, path)
    first: dict[str, int] = {}
    for index, value in enumerate(values if isinstance(values, list) else ()):
        own = identity(value)
        if first.setdefault(own, index) != index:
            line = document.mark((*path, first[own])).line
            yield Problem(
                mark=document.mark((*path, index)),
                code="duplicate-value",
                message=f"the axis {name} has {shown(own)} already, in line {line}",
                help="remove one; for more images of the same request, use seeds or repeat",
            )


def _unequal_zips(document: Document) -> Iterator[Problem]:
    """Yield the zips whose lists differ in length."""
    matrix = mapping(mapping(document.value).get("matrix"))
    for group, members in mapping(matrix.get("zip")).items():
        lengths = {name: len(values) for name, values in mapping(members).items() if isinstance(values, list)}
        if len(set(lengths.values())) > 1:
            counts = listed(f"{name} has {length}" for name, length in lengths.items())
            yield Problem(
                mark=document.key_mark(("matrix", "zip", group)),
                code="unequal-zip",
                message=f"the axes of the zip {group} differ in length: {counts}",
                help="give each the same number of values",
            )


def _unknown_per(document: Document, axes: list[tuple[str, KeyPath]]) -> Iterator[Problem]:
    """Yield what `per` names that is no other axis; what a step inherits is known later."""
    if mapping(document.value).get("needs"):
        return
    seed = mapping(mapping(mapping(document.value).get("matrix")).get("seed"))
    per = seed.get("per")
    known = [name for name, _ in axes if name != "seed"]
    for index, name in enumerate(per if isinstance(per, list) else ()):
        if isinstance(name, str) and name not in known:
            yield Problem(
                mark=document.mark(("matrix", "seed", "per", index)),
                code="unknown-axis",
                message=f"{shown(name)} is no other axis of this recipe",
                help=did_you_mean(name, known) or f"axes: {listed(known) or 'none'}",
            )
