"""From a matrix to rows: the product of the dimensions, first axis slowest; then exclude, include, add.

Rows are made one at a time and never kept: a matrix is counted before it is built.
"""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from gen4flow.core.matching import axis_test, value_help
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import AutoSeedAxis, AxisValue, Dimension, Matrix, Rule
from gen4flow.core.seeds import auto_seed, auto_seeds
from gen4flow.core.values import Value

AxisValues: TypeAlias = Mapping[str, tuple[AxisValue, ...]]
REQUEST_SEED = "request"  # the identity of a seed that waits for its request is `request-<number>`


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: a value for each of its axes, the extras that joined it, and which of those join its key.

    `added`: an item of `add` wrote it. A recipe with steps gives a row what its step inherits, too: see core.joining.
    """

    axes: Mapping[str, AxisValue]
    extras: Mapping[str, Value] = field(default_factory=dict)
    keyed: Mapping[str, AxisValue] = field(default_factory=dict)
    added: bool = False
    mark: Mark


def resolve_static(axis: AutoSeedAxis) -> tuple[AxisValue, ...]:
    """Return the values of a seed axis; those that depend on a row are numbered places for now."""
    if axis.per_request:
        return tuple(AxisValue(id=f"{REQUEST_SEED}-{n}", value=n, mark=axis.mark) for n in range(axis.count))
    if axis.per:
        return tuple(AxisValue(id=str(n), value=n, mark=axis.mark) for n in range(axis.count))
    return tuple(AxisValue.of(seed, axis.mark) for seed in auto_seeds(salt=axis.salt, count=axis.count))


def count_rows(matrix: Matrix, values: AxisValues) -> int:
    """Return how many rows the matrix has before exclude: no row is built for it."""
    lengths = (len(values[dimension.axes[0].name]) for dimension in matrix.dimensions)
    product = math.prod(lengths) if matrix.dimensions else (0 if matrix.add else 1)
    return product + len(matrix.add)


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


@dataclass(slots=True)
class _Rule:
    """An exclude or include item made ready: its tests by axis, and whether any row has met it."""

    rule: Rule
    tests: Mapping[str, Callable[[AxisValue], bool]]
    hit: bool = False

    def matches(self, axes: Mapping[str, AxisValue]) -> bool:
        found = all(test(axes[name]) for name, test in self.tests.items())
        self.hit = self.hit or found
        return found


def rows(matrix: Matrix, values: AxisValues, report: Callable[[Problem], None]) -> Iterator[Row]:
    """Yield the rows in order, and report at the end what matched nothing and a product without rows."""
    excludes = [_ready(rule, values) for rule in matrix.exclude]
    includes = [_ready(rule, values) for rule in matrix.include]
    made = 0
    for axes in _product(matrix, values):
        # every item is asked, so that each learns whether it matches anything at all
        if any([rule.matches(axes) for rule in excludes]):  # noqa: C419
            continue
        made += 1
        yield _extended(axes, includes)
    for rule in matrix.add:
        made += 1
        yield _added(rule, values)
    for ready, word in [*((one, "exclude") for one in excludes), *((one, "include") for one in includes)]:
        if not ready.hit:
            report(_matches_nothing(ready, word, values))
    if not made and not matrix.allow_empty:
        report(_no_rows(matrix))


def _ready(rule: Rule, values: AxisValues) -> _Rule:
    """Compile a rule's tests for the axes that it names."""
    tests = {name: axis_test(want, values[name]) for name, want in rule.values.items() if name in values}
    return _Rule(rule=rule, tests=tests)


def _product(matrix: Matrix, values: AxisValues) -> Iterator[dict[str, AxisValue]]:
    """Yield the product of the dimensions, the first one slowest, with the seeds that depend on a row."""
    if not matrix.dimensions and matrix.add:
        return
    moving = [axis for axis in _moving_seeds(matrix) if set(axis.per) <= set(values)]
    steps = [
        [tuple(zip([axis.name for axis in dimension.axes], step, strict=True)) for step in
         zip(*(values[axis.name] for axis in dimension.axes), strict=True)]
        for dimension in matrix.dimensions
    ]  # fmt: skip
    for chosen in itertools.product(*steps):
        axes = {name: value for step in chosen for name, value in step}
        for axis in moving:
            axes[axis.name] = _seed_of_row(axis, axes)
        yield axes


def _moving_seeds(matrix: Matrix) -> list[AutoSeedAxis]:
    """Return the seed axis whose seeds depend on other axes, if there is one."""
    axes = (axis for dimension in matrix.dimensions for axis in dimension.axes)
    return [axis for axis in axes if isinstance(axis, AutoSeedAxis) and axis.per and not axis.per_request]


def with_inherited_seeds(matrix: Matrix, row: Row, inherited: Mapping[str, AxisValue]) -> Row:
    """Return the row with the seed that mixes in what the row inherits, where it does."""
    for axis in _moving_seeds(matrix):
        if not row.added and not set(axis.per) <= set(row.axes):
            seed = _seed_of_row(axis, {**inherited, **row.axes})
            return replace(row, axes={**row.axes, axis.name: seed})
    return row


def _seed_of_row(axis: AutoSeedAxis, axes: Mapping[str, AxisValue]) -> AxisValue:
    """Return the seed of a row whose other axes are mixed in: their values alone, so that renaming one moves none.

    An axis that an added row has not is left out.
    """
    mixed_in = tuple(sorted(axes[name].id for name in axis.per if name in axes))
    number = axes[axis.name].value
    assert isinstance(number, int)  # noqa: S101  # resolve_static numbered them
    return AxisValue.of(auto_seed(salt=axis.salt, number=number, mixed_in=mixed_in), axis.mark)


def _extended(axes: Mapping[str, AxisValue], includes: Sequence[_Rule]) -> Row:
    """Return the row with the extras of every include that matches it, in order."""
    extras: dict[str, Value] = {}
    mark = next((value.mark for value in axes.values()), Mark(file=""))
    for include in includes:
        if include.matches(axes):
            extras.update({name: value for name, value in include.rule.values.items() if name not in axes})
    return Row(axes=axes, extras=extras, mark=mark)


def _added(rule: Rule, values: AxisValues) -> Row:
    """Return an added row exactly as written: what is no axis is an extra that joins the key."""
    of = {name: AxisValue.of(value, rule.marks.get(name, rule.mark)) for name, value in rule.values.items()}
    return Row(
        axes={name: value for name, value in of.items() if name in values},
        extras={name: value.value for name, value in of.items() if name not in values},
        keyed={name: value for name, value in of.items() if name not in values},
        added=True,
        mark=rule.mark,
    )


def _matches_nothing(ready: _Rule, word: str, values: AxisValues) -> Problem:
    """Return the problem of a rule that no row has met: the value that its axis has not, where there is one."""
    rule, told, mark = ready.rule, f"this {word} matches no row", ready.rule.mark
    remedy = "check the values: types and case count, 1 is not '1'"
    otherwise = "write a row of its own under add" if word == "include" else "remove it if it is no longer needed"
    for name, test in ready.tests.items():
        wanted = rule.values[name]
        if isinstance(wanted, str) and name != "seed" and not any(test(value) for value in values[name]):
            told, mark = f"{told}: the axis {name} has no {wanted[:60]!r}", rule.marks.get(name, mark)
            remedy = value_help(wanted, [value.id for value in values[name]])
            break
    remedy += " Otherwise " if remedy.endswith("?") else "; "
    return Problem(mark=mark, code=f"{word}-matches-nothing", message=told, help=remedy + otherwise)


def _no_rows(matrix: Matrix) -> Problem:
    """Return the problem of a matrix that leaves nothing."""
    place = (matrix.exclude or matrix.include or matrix.add)[:1]
    mark = place[0].mark if place else next((d.mark for d in matrix.dimensions), Mark(file=""))
    return Problem(
        mark=mark, code="empty-matrix", message="no row is left", help="loosen exclude, or say allow_empty: true"
    )


def with_seed(row: Row, seed: int) -> Row:
    """Return the row with its seed settled, under the identity that it has in its key."""
    waiting = row.axes["seed"]
    return replace(row, axes={**row.axes, "seed": replace(waiting, value=seed)})
