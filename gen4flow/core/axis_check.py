"""What is wrong with the axes of a matrix once their values are known, and with the names that its rules use."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence

from gen4flow.core.matrix import AxisValues
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import AutoSeedAxis, AxisValue, Dimension, Matrix


def axis_problems(matrix: Matrix, values: AxisValues, inherited: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the axes once their values are known, and with the names that rules use.

    `inherited` are the names of the coordinates that a step has from those that it needs.
    """
    for dimension in matrix.dimensions:
        lengths = {axis.name: len(values[axis.name]) for axis in dimension.axes}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            yield Problem(
                mark=dimension.mark,
                code="zip-length",
                message=f"linked axes need as many values as each other: {told}",
                help="give each axis of the zip the same number of values",
            )
        yield from _linked_twice(dimension, values)
        for axis in dimension.axes:
            yield from _value_problems(axis.name, values[axis.name], axis.mark, alone=len(dimension.axes) == 1)
            if isinstance(axis, AutoSeedAxis) and not axis.per_request:
                yield from _unknown_names(axis.per, {*values, *inherited} - {axis.name}, axis.mark, "per")
    if matrix.include and not matrix.dimensions and not matrix.add:
        yield Problem(
            mark=matrix.include[0].mark,
            code="include-without-axes",
            message="include extends rows, and this matrix has no axis that would make any",
            help="for rows of their own, write them under add; for names of every row, under vars",
        )
    for rule in matrix.exclude:
        for name in rule.values:
            yield from _unknown_names((name,), values, rule.marks.get(name, rule.mark), "exclude")


def _linked_twice(dimension: Dimension, values: AxisValues) -> Iterator[Problem]:
    """Yield what linked axes have twice together: one of them alone may repeat a value."""
    linked = list(zip(*(values[axis.name] for axis in dimension.axes), strict=False))
    seen: set[tuple[str, ...]] = set()
    for step in linked if len(dimension.axes) > 1 else ():
        ids = tuple(value.id for value in step)
        if ids in seen:
            told = ", ".join(f"{axis.name} {one!r}" for axis, one in zip(dimension.axes, ids, strict=True))
            message, remedy = f"the linked axes have {told} twice", "remove one of them"
            yield Problem(mark=step[0].mark, code="duplicate-value", message=message, help=remedy)
        seen.add(ids)


def _value_problems(name: str, values: Sequence[AxisValue], mark: Mark, *, alone: bool) -> Iterator[Problem]:
    """Yield an axis without values, and values that are there twice in one that stands `alone`."""
    if not values:
        yield Problem(
            mark=mark, code="empty-axis", message=f"axis {name} has no value", help="give it one, or remove it"
        )
    seen: dict[str, AxisValue] = {}
    for value in values if alone else ():
        first = seen.setdefault(value.id, value)
        if first is not value:
            yield Problem(
                mark=value.mark,
                code="duplicate-value",
                message=f"axis {name} has the value {value.id!r} twice (first at {first.mark})",
                help="remove one of them",
            )


def _unknown_names(names: Iterable[str], values: Collection[str], mark: Mark, where: str) -> Iterator[Problem]:
    """Yield the names that are no axis."""
    for name in names:
        if name not in values:
            near = difflib.get_close_matches(name, values, n=1)
            yield Problem(
                mark=mark,
                code="unknown-axis",
                message=f"{where} names {name}, which is no axis",
                help=f"did you mean {near[0]}?" if near else f"the axes are: {', '.join(sorted(values)) or 'none'}",
            )
