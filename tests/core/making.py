"""Short ways to make the values that the tests of the core are about."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gen4flow.core.copies import Copy, DeliveredCopy
from gen4flow.core.deliverable import Deliverable
from gen4flow.core.expand import Material, jobs
from gen4flow.core.history import Delivery
from gen4flow.core.image import Image
from gen4flow.core.job import Job
from gen4flow.core.marks import Marked
from gen4flow.core.matrix import AxisValues, Row, resolve_static, rows
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import Loader, Templates
from gen4flow.core.recipe import (
    MAIN,
    AutoSeedAxis,
    Axis,
    AxisValue,
    Dimension,
    Limits,
    ListAxis,
    Matrix,
    Need,
    PicksFile,
    Recipe,
    Rule,
    Step,
    Text,
)
from gen4flow.core.references import LocalImage
from gen4flow.core.values import Value

T = TypeVar("T")
FILE = "recipe.yaml"
AXES_LINE = 10  # the first axis stands there, the next one a line below
RULES_LINE = 50  # the first item of exclude, include and add


def mark(line: int = 1, column: int = 1) -> Mark:
    """Return a place in the recipe."""
    return Mark(file=FILE, line=line, column=column)


def list_axis(name: str, values: Sequence[Value], line: int = AXES_LINE) -> ListAxis:
    """Return an axis with its values on one line, each in a column of its own."""
    made = tuple(AxisValue.of(value, mark(line, column)) for column, value in enumerate(values, 1))
    return ListAxis(name=name, values=made, mark=mark(line))


def seed_axis(count: int, *, salt: str = "", per: tuple[str, ...] = ()) -> AutoSeedAxis:
    """Return `seed: {auto: count}`."""
    return AutoSeedAxis(count=count, salt=salt, per=per, mark=mark(30))


def rule(values: Mapping[str, Value], line: int = RULES_LINE) -> Rule:
    """Return an item of exclude, include or add."""
    marks = {name: mark(line, column) for column, name in enumerate(values, 1)}
    return Rule(values=values, marks=marks, mark=mark(line))


def matrix(
    axes: Mapping[str, Sequence[Value]] | Sequence[Axis | tuple[Axis, ...]] = (),
    *,
    exclude: Sequence[Mapping[str, Value]] = (),
    include: Sequence[Mapping[str, Value]] = (),
    add: Sequence[Mapping[str, Value]] = (),
    allow_empty: bool = False,
) -> Matrix:
    """Return a matrix: axes by name, or dimensions, of which a tuple is a zip."""
    told: Sequence[Axis | tuple[Axis, ...]]
    if isinstance(axes, Mapping):
        told = [list_axis(name, values, AXES_LINE + n) for n, (name, values) in enumerate(axes.items())]
    else:
        told = axes
    linked = [one if isinstance(one, tuple) else (one,) for one in told]
    return Matrix(
        dimensions=tuple(Dimension(axes=each, mark=each[0].mark) for each in linked),
        exclude=tuple(rule(one, RULES_LINE + n) for n, one in enumerate(exclude)),
        include=tuple(rule(one, RULES_LINE + 10 + n) for n, one in enumerate(include)),
        add=tuple(rule(one, RULES_LINE + 20 + n) for n, one in enumerate(add)),
        allow_empty=allow_empty,
    )


def values_of(made: Matrix) -> AxisValues:
    """Return the values of every axis."""
    axes = [axis for dimension in made.dimensions for axis in dimension.axes]
    lists = {axis.name: axis.values for axis in axes if isinstance(axis, ListAxis)}
    return {axis.name: resolve_static(axis) if isinstance(axis, AutoSeedAxis) else lists[axis.name] for axis in axes}


@dataclass
class Made(Generic[T]):
    """What was made, and what was reported meanwhile."""

    found: list[T] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """Return the codes of the errors."""
        return [problem.code for problem in self.problems if problem.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[str]:
        """Return the codes of the warnings."""
        return [problem.code for problem in self.problems if problem.severity is Severity.WARNING]


def rows_of(made: Matrix) -> Made[Row]:
    """Return the rows of a matrix."""
    result: Made[Row] = Made()
    result.found.extend(rows(made, values_of(made), result.problems.append))
    return result


def step(
    name: str = MAIN,
    prompt: str = "a {{ scene }}",
    *,
    made: Matrix | None = None,
    parameters: Mapping[str, Value] | None = None,
    references: Sequence[str] = (),
    file: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: str = "runwayml/gen4-image",
    vars: Mapping[str, Value] | None = None,  # noqa: A002  # as in the recipe
    repeat: int | None = None,
    needs: Sequence[Need] = (),
    only: PicksFile | None = None,
) -> Step:
    """Return a step of two scenes, unless another matrix is given."""
    given = parameters or {}
    return Step(
        name=name,
        model=model,
        vars=vars or {},
        prompt=Text(text=prompt, mark=mark(3, 9)),
        references=tuple(Text(text=one, mark=mark(60 + n), folder="refs") for n, one in enumerate(references)),
        parameters=given,
        matrix=matrix({"scene": ["beach", "forest"]}) if made is None else made,
        repeat=repeat,
        file=None if file is None else Text(text=file, mark=mark(70)),
        tags={key: Text(text=text, mark=mark(80)) for key, text in (tags or {}).items()},
        needs=tuple(needs),
        only=only,
        marks={key: mark(90 + n) for n, key in enumerate(["prompt", "matrix", "repeat", "needs", "vars", *given])},
        mark=mark(1),
    )


def need(
    name: str,
    step: str,
    *,
    collect: tuple[str, ...] = (),
    pick: Mapping[str, Value] | None = None,
    picks: PicksFile | None = None,
) -> Need:
    """Return what a step takes from an earlier one."""
    return Need(name=name, step=step, collect=collect, pick=pick or {}, picks=picks, mark=mark(40))


def picks_file(name: str = "picks.json") -> PicksFile:
    """Return where a picks file is written."""
    return PicksFile(path=name, folder="", mark=mark(45))


def of_steps(*steps: Step, name: str = "spring", provider: str = "wavespeed", limits: Limits | None = None) -> Recipe:
    """Return a recipe of steps that stand in an order that can run."""
    return Recipe(
        file=FILE, sha256="0" * 64, name=name, provider=provider, limits=limits or Limits(), steps=steps
    )  # fmt: skip


def recipe(
    prompt: str = "a {{ scene }}",
    *,
    made: Matrix | None = None,
    parameters: Mapping[str, Value] | None = None,
    file: str | None = None,
    tags: Mapping[str, str] | None = None,
    name: str = "spring",
    provider: str = "wavespeed",
    model: str = "runwayml/gen4-image",
    vars: Mapping[str, Value] | None = None,  # noqa: A002  # as in the recipe
    repeat: int | None = None,
) -> Recipe:
    """Return a recipe of one step: two scenes, unless another matrix is given."""
    only = step(
        prompt=prompt, made=made, parameters=parameters, file=file, tags=tags, model=model, vars=vars, repeat=repeat
    )
    return Recipe(
        file=FILE, sha256="0" * 64, name=name, provider=provider, model=model, vars=vars or {}, steps=(only,)
    )  # fmt: skip


def image(path: str, _folder: str) -> LocalImage:
    """Return a local image whose bytes are its path."""
    return LocalImage(sha256=hashlib.sha256(path.encode()).hexdigest(), path=path)


def delivered(path: str, image: Image, *, sha256: str = "d" * 64, size: int = 10) -> DeliveredCopy:
    """Return a copy of an image, with its marks in it, that stands in its place."""
    copy = Copy(path=path, original=image, marks=None, made="e" * 64)
    file = Delivery(
        path=path,
        sha256=sha256,
        bytes=size,
        mtime_ns=1,
        original=image.sha256,
        made=copy.made,
        marks=Marked.EMBEDDED,
        width=image.width,
        height=image.height,
    )
    return DeliveredCopy(copy=copy, file=file)


def jobs_of(
    made: Recipe,
    load: Loader | None = None,
    *,
    picked: Mapping[PicksFile, Collection[str]] | None = None,
    deliver: Sequence[Deliverable] = (),
) -> Made[Job]:
    """Return the jobs of a recipe; `picked` are the keys that its picks files picked, `deliver` what all steps make."""
    result: Made[Job] = Made()
    material = Material(
        values={step.name: values_of(step.matrix) for step in made.steps},
        templates=Templates(load),
        find=image,
        deliver={step.name: deliver for step in made.steps},
        picked={file: frozenset(keys) for file, keys in (picked or {}).items()},
    )
    result.found.extend(jobs(made, material, result.problems.append))
    return result
