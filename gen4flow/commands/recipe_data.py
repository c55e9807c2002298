"""Reads the data that a recipe names: the files of its axes, and its picks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gen4flow.commands.places import shown_path
from gen4flow.core.deliverable import Deliverable, read_deliver
from gen4flow.core.errors import RecipeError
from gen4flow.core.expand import too_many
from gen4flow.core.matrix import AxisValues, count_rows, resolve_static
from gen4flow.core.problem import Problem
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import AutoSeedAxis, Axis, AxisValue, ListAxis, PicksFile, Recipe
from gen4flow.core.references import LONGEST
from gen4flow.core.values import canonical_json
from gen4flow.delivery.placements import placements
from gen4flow.project import Project
from gen4flow.recipe_file import parse_document


def axis_values(recipe: Recipe, project: Project, templates: Templates) -> dict[str, AxisValues]:
    """Return the values of every step's axes, all files read; raises RecipeError with the problems of all of them."""
    read = _Reader(project, templates)
    values: dict[str, AxisValues] = {}
    problems: list[Problem] = []
    for step in recipe.steps:
        found: dict[str, tuple[AxisValue, ...]] = {}
        for axis in (axis for dimension in step.matrix.dimensions for axis in dimension.axes):
            try:
                found[axis.name] = read.values(axis)
            except RecipeError as error:
                problems += error.problems
        values[step.name] = found
    if problems:
        raise RecipeError(list(dict.fromkeys(problems)))
    return values


class _Reader:
    """Reads each source once, though several steps may have it."""

    def __init__(self, project: Project, templates: Templates) -> None:
        self._project = project
        self._templates = templates
        self._read: dict[tuple[str, str, str], tuple[AxisValue, ...]] = {}

    def values(self, axis: Axis) -> tuple[AxisValue, ...]:
        """Return the values of one axis; raises RecipeError."""
        if isinstance(axis, ListAxis):
            return axis.values
        if isinstance(axis, AutoSeedAxis):
            return resolve_static(axis)
        source = (axis.name, axis.folder, canonical_json(axis.settings))
        if source not in self._read:
            from gen4flow.axis_sources import read_values  # many recipes have no data files

            self._read[source] = read_values(
                axis, root=self._project.root, load_yaml=parse_document, compile_where=self._templates.condition
            )
        return self._read[source]


def too_large(recipe: Recipe, values: Mapping[str, AxisValues]) -> Iterator[Problem]:
    """Yield the problem of a step that is larger than a recipe may be: it is counted, not built."""
    total = 0
    for step in recipe.steps:
        count = count_rows(step.matrix, values[step.name]) * (step.repeat or 1)
        total += 0 if step.needs else count  # what joins an earlier step is counted as it is made
        if count > recipe.limits.max_jobs or total > recipe.limits.max_jobs:
            axes = [dimension.axes[0].name for dimension in step.matrix.dimensions]
            sizes = " x ".join(str(len(values[step.name][name])) for name in axes)
            alone = count > recipe.limits.max_jobs or count == total
            yield too_many(recipe, f"{count:,} ({sizes})" if alone else f"{total:,}", step.place("matrix"))
            return


def read_all_picks(recipe: Recipe, project: Project) -> dict[PicksFile, frozenset[str]]:
    """Return the keys that each picks file of a recipe picked; raises RecipeError with the problems of all of them."""
    files = [step.only for step in recipe.steps] + [need.picks for step in recipe.steps for need in step.needs]
    picked: dict[PicksFile, frozenset[str]] = {}
    problems: list[Problem] = []
    for file in dict.fromkeys(file for file in files if file is not None):
        from gen4flow.picks_file import read_picks

        try:
            picked[file] = read_picks(Path(shown_path(_below_root(file, project)))).picked_keys
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(problems)
    return picked


def _below_root(file: PicksFile, project: Project) -> Path:
    """Return where a picks file lies; raises RecipeError when that is outside the project, or nothing is there."""
    path = Path(file.folder) / file.path
    try:
        if len(file.path) > LONGEST:
            raise ValueError("too long")
        inside, there = path.resolve().is_relative_to(project.root.resolve()), path.exists()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: symlinks in a circle
        inside, there = True, False
    if inside and there:
        return path
    told = "is not there" if inside else "lies outside the project"
    message, remedy = f"the picks file {file.path[:80]!r} {told}", "paths are relative to the file that names them"
    raise RecipeError([Problem(mark=file.mark, code="file-missing", message=message, help=remedy)])


def read_deliverables(recipe: Recipe) -> tuple[dict[str, list[Deliverable]], list[Problem]]:
    """Return what is made of each step's images, and everything that is wrong with it."""
    found: dict[str, list[Deliverable]] = {step.name: [] for step in recipe.steps}
    problems: list[Problem] = []
    for step in recipe.steps:
        for rule in step.deliver:
            made = read_deliver(rule, placements())
            if isinstance(made, Deliverable):
                found[step.name].append(made)
            else:
                problems += made
    return found, problems
