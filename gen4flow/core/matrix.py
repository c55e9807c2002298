"""From a matrix to rows: the product of the dimensions, first axis slowest; then exclude, include, add.

Rows are made one at a time and never kept: a matrix is counted before it is built.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from gen4flow.core.matching import axis_test, value_help
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import AutoSeedAxis, AxisValue, Matrix, Rule
from gen4flow.core.row_texts import Beginning, RowTexts, endings
from gen4flow.core.seeds import auto_seed, auto_seeds
from gen4flow.core.tuples import tuple_of
from gen4flow.core.values import EMPTY, Value

AxisValues: TypeAlias = Mapping[str, tuple[AxisValue, ...]]
REQUEST_SEED = "request"  # the identity of a seed that waits for its request is `request-<number>`


class Row(NamedTuple):
    """One row: a value for each of its axes, the extras that joined it, and which of those join its key.

    `added`: an item of `add` wrote it. A recipe with steps gives a row what its step inherits, too: see core.joining.
    `texts` is what these very axes are written as, None where nobody has made that yet.
    A tuple, as all is of which there are millions: a frozen dataclass takes three times as long to make.
    """

    axes: Mapping[str, AxisValue]
    mark: Mark
    extras: Mapping[str, Value] = EMPTY
    keyed: Mapping[str, AxisValue] = EMPTY
    added: bool = False
    texts: RowTexts | None = None


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


class Rows:
    """The rows of a matrix in order, made one at a time and never kept: each can be made again by its number.

    Numbers count the product before exclude, then what is added.
    """

    def __init__(self, matrix: Matrix, values: AxisValues) -> None:
        self._matrix = matrix
        self._values = values
        self._excludes = [_ready(rule, values) for rule in matrix.exclude]
        self._includes = [_ready(rule, values) for rule in matrix.include]
        self._moving = [axis for axis in _moving_seeds(matrix) if set(axis.per) <= set(values)]
        self._names = [[axis.name for axis in dimension.axes] for dimension in matrix.dimensions]
        self._all_names = list(itertools.chain.from_iterable(self._names))
        self._steps = [
            list(zip(*(values[axis.name] for axis in dimension.axes), strict=True)) for dimension in matrix.dimensions
        ]
        self._product = count_rows(matrix, values) - len(matrix.add)

    @property
    def distinct(self) -> bool:
        """Tell whether no two rows can have the same identities: no axis has a value twice."""
        return not self._matrix.add and not self._moving

    def all(self, report: Callable[[Problem], None]) -> Iterator[tuple[int, Row]]:
        """Yield number and row, and report at the end what matched nothing and a product without rows."""
        rows = 0
        for number, (axes, texts) in enumerate(self._chosen() if self._product else ()):
            # every item is asked, so that each learns whether it matches anything at all
            if self._excludes and any([rule.matches(axes) for rule in self._excludes]):  # noqa: C419
                continue
            rows += 1
            yield number, self._extended(axes, texts)
        for number, rule in enumerate(self._matrix.add, self._product):
            rows += 1
            yield number, _added(rule, self._values)
        for ready, word in [
            *((one, "exclude") for one in self._excludes),
            *((one, "include") for one in self._includes),
        ]:
            if not ready.hit:
                report(_matches_nothing(ready, word, self._values))
        if not rows and not self._matrix.allow_empty:
            report(_no_rows(self._matrix))

    def at(self, number: int) -> Row:
        """Return the row of a number, whatever excludes it."""
        if number >= self._product:
            return _added(self._matrix.add[number - self._product], self._values)
        chosen = []
        for step in reversed(self._steps):  # the last dimension is the fastest
            number, place = divmod(number, len(step))
            chosen.append(step[place])
        return self._extended(self._axes(chosen[::-1]), None)

    def _chosen(self) -> Iterator[tuple[Mapping[str, AxisValue], RowTexts | None]]:
        """Yield the product: a value of each axis, and what they are written as where that is made for many at once."""
        first, all_endings = (0, []) if self._moving else endings(self._names, self._steps)
        if not all_endings:
            yield from ((self._axes(chosen), None) for chosen in itertools.product(*self._steps))
            return
        before = list(itertools.chain.from_iterable(self._names[:first]))
        following = list(itertools.chain.from_iterable(self._names[first:]))
        for chosen in itertools.product(*self._steps[:first]):
            axes = dict(zip(before, itertools.chain.from_iterable(chosen), strict=True))
            beginning = Beginning(axes, following)
            for ending in all_endings:
                yield {**axes, **ending.axes}, beginning.texts(ending)

    def _axes(self, chosen: Iterable[Iterable[AxisValue]]) -> dict[str, AxisValue]:
        """Return what was chosen by axis, with the seeds that depend on the row."""
        axes = dict(zip(self._all_names, itertools.chain.from_iterable(chosen), strict=True))
        for axis in self._moving:
            axes[axis.name] = _seed_of_row(axis, axes)
        return axes

    def _extended(self, axes: Mapping[str, AxisValue], texts: RowTexts | None) -> Row:
        """Return the row with the extras of every include that matches it, in order."""
        mark = axes[self._all_names[0]].mark if self._all_names else Mark(file="")
        if not self._includes:
            return tuple_of(Row, (axes, mark, EMPTY, EMPTY, False, texts))
        extras: dict[str, Value] = {}
        for include in self._includes:
            if include.matches(axes):
                extras.update({name: value for name, value in include.rule.values.items() if name not in axes})
        return Row(axes, mark, extras, texts=texts)


def rows(matrix: Matrix, values: AxisValues, report: Callable[[Problem], None]) -> Iterator[Row]:
    """Yield the rows in order, and report at the end what matched nothing and a product without rows."""
    return (row for _, row in Rows(matrix, values).all(report))


def _ready(rule: Rule, values: AxisValues) -> _Rule:
    """Compile a rule's tests for the axes that it names."""
    tests = {name: axis_test(want, values[name]) for name, want in rule.values.items() if name in values}
    return _Rule(rule=rule, tests=tests)


def _moving_seeds(matrix: Matrix) -> list[AutoSeedAxis]:
    """Return the seed axis whose seeds depend on other axes, if there is one."""
    axes = (axis for dimension in matrix.dimensions for axis in dimension.axes)
    return [axis for axis in axes if isinstance(axis, AutoSeedAxis) and axis.per and not axis.per_request]


def with_inherited_seeds(matrix: Matrix, row: Row, inherited: Mapping[str, AxisValue]) -> Row:
    """Return the row with the seed that mixes in what the row inherits, where it does."""
    for axis in _moving_seeds(matrix):
        if not row.added and not set(axis.per) <= set(row.axes):
            seed = _seed_of_row(axis, {**inherited, **row.axes})
            return row._replace(axes={**row.axes, axis.name: seed}, texts=None)
    return row


def _seed_of_row(axis: AutoSeedAxis, axes: Mapping[str, AxisValue]) -> AxisValue:
    """Return the seed of a row whose other axes are mixed in: their values alone, so that renaming one moves none.

    An axis that an added row has not is left out.
    """
    mixed_in = tuple(sorted(axes[name].id for name in axis.per if name in axes))
    number = axes[axis.name].value
    assert isinstance(number, int)  # noqa: S101  # resolve_static numbered them
    return AxisValue.of(auto_seed(salt=axis.salt, number=number, mixed_in=mixed_in), axis.mark)


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
    return row._replace(axes={**row.axes, "seed": replace(waiting, value=seed)}, texts=None)
