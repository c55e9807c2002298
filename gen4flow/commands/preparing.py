"""From a recipe's path to its jobs: where the doors to YAML, data files and templates meet the pure core."""

from __future__ import annotations

import functools
import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from gen4flow.bounds import bounded
from gen4flow.commands.local_images import LocalImages
from gen4flow.commands.places import pinpointed, shown_path
from gen4flow.commands.recipe_data import axis_values, read_all_picks, read_deliverables, too_large
from gen4flow.core.axis_check import axis_problems
from gen4flow.core.errors import RecipeError
from gen4flow.core.expand import Material, jobs
from gen4flow.core.inherited import inherited_names, name_problems
from gen4flow.core.job import Job
from gen4flow.core.lint import lint
from gen4flow.core.naming import safe_path
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import TemplateError, Templates
from gen4flow.core.recipe import Recipe
from gen4flow.core.template_faults import template_problem
from gen4flow.project import Project, find_project
from gen4flow.recipe_file import load
from gen4flow.resources import shipped

MAX_PROBLEMS = 100  # of one recipe that are told
MAX_INCLUDE = 1024 * 1024  # bytes of a template that is included
MOST_BEHIND = 200  # rows of a recipe that is wrong, which are looked at nevertheless
# codes of problems that a row, a file or a text has by itself, whatever else is wrong
BEHIND = frozenset({"template", "reference", "empty-prompt", "image-in-text", "file-missing", "data-row", "data-cell"})
PROOF = ".proof"


class Findings:
    """Collects problems, each once; gives up when there are more than anybody reads."""

    def __init__(self) -> None:
        self.errors: dict[Problem, None] = {}
        self.warnings: dict[Problem, None] = {}

    def report(self, problem: Problem) -> None:
        """Take a problem; raises RecipeError when there are too many."""
        problem = pinpointed(problem)
        kept = self.errors if problem.severity is Severity.ERROR else self.warnings
        if len(kept) < MAX_PROBLEMS:
            kept[problem] = None
        elif problem.severity is Severity.ERROR:
            self.settle()

    def settle(self) -> None:
        """Raise RecipeError when there is an error."""
        if self.errors:
            raise RecipeError(list(self.errors))


def problems_behind(prepared: Callable[[], Prepared]) -> list[Problem]:
    """Return what is wrong with the texts, data and images of a recipe whose other mistakes are told already.

    Its rows are not those that are meant: what is wrong with the matrix as a whole can't be told by them.
    """
    try:
        found = prepared()
        for _ in islice(found.jobs(), MOST_BEHIND):
            pass
    except RecipeError as error:
        return [problem for problem in error.problems if problem.code in BEHIND]
    return [problem for problem in found.findings.errors if problem.code in BEHIND]


class Includes:
    """The templates below a project's root that others include; `used` are the files that were.

    A name is looked for beside the files that prompts and recipe are written in, then from the root.
    """

    def __init__(self, root: Path, folders: Iterable[Path]) -> None:
        self._root = root.resolve()
        self._folders = list(dict.fromkeys([*(folder.resolve() for folder in folders), self._root]))
        self.used: set[Path] = set()

    def read(self, name: str) -> tuple[str, str, None] | None:
        """Return the source of a template below the root, symlinks resolved; None for anything else."""
        for folder in self._folders:
            path = (folder / name).resolve()
            if path.is_relative_to(self._root) and path.is_file() and path.stat().st_size <= MAX_INCLUDE:
                self.used.add(path)
                return path.read_text(encoding="utf-8-sig"), shown_path(path), None
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the command line says of a recipe, beside its path: each as the option of that name."""

    provider: str | None = None
    profiles: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    out: Path | None = None
    state: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A recipe that can be expanded: its data read, its axes checked, its size counted."""

    path: Path
    choices: Choices
    recipe: Recipe
    project: Project
    material: Material
    images: LocalImages
    includes: Includes
    findings: Findings = field(default_factory=Findings)

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs in plan order; raises RecipeError at the end when anything was wrong."""
        try:
            with bounded(self.material.templates):
                for warning in lint(self.recipe, self.material.values, self.material.templates):
                    self.findings.report(warning)
                yield from jobs(self.recipe, self.material, self.findings.report)
        except MemoryError as error:
            told, remedy = "the recipe needs more memory than planning may take", "make it smaller, or cut it in two"
            mark = Mark(file=self.recipe.file)
            raise RecipeError([Problem(mark=mark, code="too-large", message=told, help=remedy)]) from error
        self.findings.settle()

    @property
    def typed(self) -> str:
        """Return the recipe with its options as they are typed, for commands that a person is told to type."""
        words = [str(self.path)]
        for option, values in (("-P", self.choices.profiles), ("-S", self.choices.settings)):
            words += [word for value in values for word in (option, value)]
        words += ["--provider", self.choices.provider] if self.choices.provider else []
        words += ["--out", str(self.choices.out)] if self.choices.out else []
        words += ["--state", str(self.choices.state)] if self.choices.state else []
        return shlex.join(words)

    @property
    def suffix(self) -> str:
        """Return what sets the profiles, and proofs, apart in folders and caps."""
        return "".join(f".{name}" for name in self.recipe.profiles) + (PROOF if self.is_proof else "")

    @property
    def scope(self) -> str:
        """Return the recipe's name with its profiles: what `limits.max_cost` counts by. Proofs count apart."""
        return self.recipe.name + self.suffix

    @property
    def is_proof(self) -> bool:
        """Tell whether images come from the emulator."""
        return self.recipe.provider == "local"

    def folder(self) -> Path:
        """Return the output folder; raises RecipeError where `output.dir` can't be rendered."""
        if self.choices.out is not None:
            return self.choices.out.absolute()
        text, templates = self.recipe.dir, self.material.templates
        if text is None:
            return self.project.root / "out" / self.scope
        try:
            with bounded(templates):
                rendered = templates.render(text.text, {**self.recipe.vars, "name": self.recipe.name}, path=True)
        except TemplateError as error:
            raise RecipeError([pinpointed(template_problem(text, error))]) from error
        safe = safe_path(rendered)
        if safe is None or safe != rendered.strip("/") or rendered.startswith("/"):
            help_text = "a folder below the project's root, such as out/{{ name }}; --out DIR takes any"
            raise RecipeError(
                [Problem(mark=text.mark, code="bad-path", message=f"{rendered!r} is no folder here", help=help_text)]
            )
        return self.project.root / (safe + self.suffix)

    def as_proof(self) -> Prepared:
        """Return the same recipe with its images from the emulator."""
        return replace(self, recipe=replace(self.recipe, provider="local"), findings=Findings())


@functools.cache
def recipe_schema() -> Mapping[str, Any]:
    """Return the recipe's JSON Schema."""
    told: Mapping[str, Any] = json.loads((shipped("schemas") / "recipe.schema.json").read_bytes())
    return told


def prepare(
    path: Path,
    choices: Choices = Choices(),  # frozen
    *,
    unwritten: bytes | None = None,
    change: Callable[[Recipe], Recipe] = lambda recipe: recipe,
) -> Prepared:
    """Load a recipe and its data; raises RecipeError with every problem that shows before a row is built.

    `unwritten` are the bytes of a recipe that is not on disk yet; `change` makes another recipe of it before its data
    is read. Where a recipe is wrong, what shows only once that is mended is told with it, as far as it can be.
    """
    project = find_project(path, state=choices.state)
    loading = functools.partial(
        load,
        path,
        recipe_schema(),
        root=project.root,
        profiles=choices.profiles,
        settings=choices.settings,
        unwritten=unwritten,
    )
    try:
        recipe = loading()
    except RecipeError as error:
        told = error.problems
        behind = problems_behind(lambda: _with_data(loading(leaving_out=told), path, choices, project))
        raise RecipeError(list(dict.fromkeys([*told, *behind]))) from error
    return _with_data(change(recipe), path, choices, project)


def _with_data(recipe: Recipe, path: Path, choices: Choices, project: Project) -> Prepared:
    """Read the data that a recipe names; raises RecipeError."""
    if choices.provider is not None:
        recipe = replace(recipe, provider=choices.provider)
    images = LocalImages(project.root)
    prompts = [Path(step.prompt.mark.file).parent for step in recipe.steps]
    includes = Includes(project.root, [*prompts, path.parent])
    templates = Templates(includes.read)
    with bounded(templates):
        values = axis_values(recipe, project, templates)
    problems = [
        problem
        for step in recipe.steps
        for problem in (
            *axis_problems(step.matrix, values[step.name], inherited_names(recipe, step, values)),
            *name_problems(recipe, step, values),
        )
    ]
    problems += too_large(recipe, values)
    deliver, wrong = read_deliverables(recipe)
    problems += wrong
    if problems:
        raise RecipeError(list(dict.fromkeys(problems)))
    material = Material(
        values=values,
        templates=templates,
        find=images.find,
        deliver=deliver,
        picked=read_all_picks(recipe, project),
    )
    return Prepared(
        path=path, choices=choices, recipe=recipe, project=project, material=material, images=images, includes=includes
    )
