"""From a recipe's path to its jobs: where the doors to YAML, data files and templates meet the pure core."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gen4flow.axis_sources import read_values
from gen4flow.bounds import bounded
from gen4flow.core.errors import RecipeError
from gen4flow.core.expand import jobs
from gen4flow.core.job import Job
from gen4flow.core.matrix import AxisValues, axis_problems, count_rows, resolve_static
from gen4flow.core.naming import safe_path
from gen4flow.core.problem import Problem, Severity
from gen4flow.core.prompt import TemplateError, Templates
from gen4flow.core.recipe import AutoSeedAxis, Axis, AxisValue, ListAxis, Recipe
from gen4flow.project import Project, find_project
from gen4flow.recipe_file import load, parse_document
from gen4flow.resources import shipped

MAX_PROBLEMS = 100  # of one recipe that are told
MAX_INCLUDE = 1024 * 1024  # bytes of a template that is included
PROOF = ".proof"


class Findings:
    """Collects problems, each once; gives up when there are more than anybody reads."""

    def __init__(self) -> None:
        self.errors: dict[Problem, None] = {}
        self.warnings: dict[Problem, None] = {}

    def report(self, problem: Problem) -> None:
        """Take a problem; raises RecipeError when there are too many."""
        kept = self.errors if problem.severity is Severity.ERROR else self.warnings
        if len(kept) < MAX_PROBLEMS:
            kept[problem] = None
        elif problem.severity is Severity.ERROR:
            self.settle()

    def settle(self) -> None:
        """Raise RecipeError when there is an error."""
        if self.errors:
            raise RecipeError(list(self.errors))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A recipe that can be expanded: its data read, its axes checked, its size counted."""

    path: Path
    recipe: Recipe
    project: Project
    values: AxisValues
    templates: Templates
    out: Path | None
    findings: Findings = field(default_factory=Findings)

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs in plan order; raises RecipeError at the end when anything was wrong."""
        with bounded(self.templates):
            yield from jobs(self.recipe, self.values, self.templates, self.findings.report)
        self.findings.settle()

    @property
    def scope(self) -> str:
        """Return the recipe's name with its profiles: what `limits.max_cost` counts by. Proofs count apart."""
        return self.recipe.name + (PROOF if self.is_proof else "")

    @property
    def is_proof(self) -> bool:
        """Tell whether images come from the emulator."""
        return self.recipe.provider == "local"

    def folder(self) -> Path:
        """Return the output folder; raises RecipeError where `output.dir` can't be rendered."""
        if self.out is not None:
            return self.out.absolute()
        text = self.recipe.output.dir
        if text is None:
            return self.project.root / "out" / self.scope
        try:
            with bounded(self.templates):
                rendered = self.templates.render(text.text, {**self.recipe.vars, "name": self.recipe.name}, path=True)
        except TemplateError as error:
            raise RecipeError(
                [Problem(mark=text.mark, code="template", message=str(error), help=error.help)]
            ) from error
        safe = safe_path(rendered)
        if safe is None or safe != rendered.strip("/") or rendered.startswith("/"):
            help_text = "a folder below the project's root, such as out/{{ name }}; --out DIR takes any"
            raise RecipeError(
                [Problem(mark=text.mark, code="bad-path", message=f"{rendered!r} is no folder here", help=help_text)]
            )
        return self.project.root / (safe + (PROOF if self.is_proof else ""))

    def as_proof(self) -> Prepared:
        """Return the same recipe with its images from the emulator."""
        return replace(self, recipe=replace(self.recipe, provider="local"), findings=Findings())


@functools.cache
def recipe_schema() -> Mapping[str, Any]:
    """Return the recipe's JSON Schema."""
    told: Mapping[str, Any] = json.loads((shipped("schemas") / "recipe.schema.json").read_bytes())
    return told


def prepare(path: Path, *, provider: str | None = None, out: Path | None = None, state: Path | None = None) -> Prepared:
    """Load a recipe and its data; raises RecipeError with every problem that shows before a row is built."""
    project = find_project(path, state=state)
    recipe = load(path, recipe_schema(), root=project.root)
    if provider is not None:
        recipe = replace(recipe, provider=provider)
    templates = Templates(functools.partial(_included, project.root))
    with bounded(templates):
        values = _axis_values(recipe, project, templates)
    problems = [*axis_problems(recipe.matrix, values), *_too_many(recipe, values)]
    if problems:
        raise RecipeError(problems)
    return Prepared(path=path, recipe=recipe, project=project, values=values, templates=templates, out=out)


def _axis_values(recipe: Recipe, project: Project, templates: Templates) -> dict[str, tuple[AxisValue, ...]]:
    """Return the values of every axis, all files read; raises RecipeError with the problems of all of them."""
    values: dict[str, tuple[AxisValue, ...]] = {}
    problems: list[Problem] = []
    for dimension in recipe.matrix.dimensions:
        for axis in dimension.axes:
            try:
                values[axis.name] = _values_of(axis, project, templates)
            except RecipeError as error:
                problems += error.problems
    if problems:
        raise RecipeError(problems)
    return values


def _values_of(axis: Axis, project: Project, templates: Templates) -> tuple[AxisValue, ...]:
    """Return the values of one axis."""
    if isinstance(axis, ListAxis):
        return axis.values
    if isinstance(axis, AutoSeedAxis):
        return resolve_static(axis)
    return read_values(axis, root=project.root, load_yaml=parse_document, compile_where=templates.condition)


def _too_many(recipe: Recipe, values: AxisValues) -> Iterator[Problem]:
    """Yield the problem of a matrix that is larger than it may be: it is counted, not built."""
    count = count_rows(recipe.matrix, values) * (recipe.repeat or 1)
    if count > recipe.limits.max_jobs:
        sizes = " x ".join(str(len(values[dimension.axes[0].name])) for dimension in recipe.matrix.dimensions)
        yield Problem(
            mark=recipe.mark("matrix"),
            code="too-many-jobs",
            message=f"{count:,} jobs ({sizes}), and limits.max_jobs is {recipe.limits.max_jobs:,}",
            help="make the matrix smaller, or raise limits.max_jobs",
        )


def _included(root: Path, name: str) -> str | None:
    """Return the source of a template below the project's root, symlinks resolved; None for anything else."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file() or path.stat().st_size > MAX_INCLUDE:
        return None
    return path.read_text(encoding="utf-8-sig")
