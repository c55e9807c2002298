"""The rows that were picked, as a recipe makes them: with the finals' profiles, and with whichever made the drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gen4flow.commands.choosing import selected_jobs
from gen4flow.commands.preparing import Choices, Prepared, prepare
from gen4flow.core.errors import RecipeError, UsageError
from gen4flow.core.finals import picked_only, step_of, unknown_steps
from gen4flow.core.job import Job
from gen4flow.core.picks import Picks, Verdict
from gen4flow.core.problem import Mark
from gen4flow.core.recipe import PicksFile, Recipe
from gen4flow.core.values import Value
from gen4flow.project import Project, find_project
from gen4flow.recipe_file import Document, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a recipe of finals is asked for: the picks and their file, the recipe, and what the command line says of it.

    `target` is the file that it is written to, None where nobody knows: somewhere in the current folder.
    """

    picks: Picks
    file: Path
    recipe: Path
    choices: Choices
    selectors: tuple[str, ...] = ()
    target: Path | None = None

    @property
    def folder(self) -> Path:
        """Return the folder that paths in the new recipe are relative to."""
        return (Path.cwd() if self.target is None else self.target.parent).resolve()

    @property
    def project(self) -> Project:
        """Return the recipe's project."""
        return find_project(self.recipe, state=self.choices.state)

    def document(self, choices: Choices) -> Document:
        """Return the recipe's layers as one document; raises RecipeError."""
        return resolve(
            self.recipe, root=self.project.root, profiles=choices.profiles, settings=choices.settings
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The rows that were picked, as a recipe makes them with some choices: its jobs by key."""

    choices: Choices
    prepared: Prepared
    document: Document
    jobs: Mapping[str, Job]

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the steps whose rows were picked, in the recipe's order."""
        return tuple(dict.fromkeys(job.step for job in self.jobs.values()))

    @property
    def stepped(self) -> bool:
        """Tell whether the recipe has steps."""
        return "steps" in self.top

    @property
    def top(self) -> Mapping[str, Value]:
        """Return what stands at the recipe's top level."""
        value = self.document.value
        return value if isinstance(value, Mapping) else {}

    def of_step(self, name: str) -> dict[str, Job]:
        """Return the rows of one step."""
        return {key: job for key, job in self.jobs.items() if job.step == name}


def made_finals(wanted: Wanted) -> Made:
    """Return the rows as the command line says; raises RecipeError, also for a pick that is no row any more."""
    if not wanted.picks.picked_keys:
        raise UsageError(f"{wanted.file} picks no image, so there is nothing to make finals of")
    steps = _chosen_steps(wanted) if wanted.selectors else _steps(wanted)
    try:
        return _made(wanted, wanted.choices, steps)
    except RecipeError as error:
        if len(steps) == 1:
            raise
        told = f"these picks are of the steps {', '.join(sorted(steps))}: -s step:NAME makes finals of one"
        raise UsageError(f"{error}\n  help: {told}") from error


def _steps(wanted: Wanted) -> frozenset[str]:
    """Return the steps whose rows were picked."""
    return frozenset(map(step_of, wanted.picks.picked_keys))


def _prepared(wanted: Wanted, choices: Choices, file: PicksFile | None, steps: frozenset[str]) -> Prepared:
    """Return the recipe with those steps alone, and the rows of them that a file picked; raises RecipeError."""

    def change(recipe: Recipe) -> Recipe:
        if problems := list(unknown_steps(recipe, wanted.picks, str(wanted.file))):
            raise RecipeError(problems)
        return picked_only(recipe, file, steps)

    return prepare(wanted.recipe, choices, change=change)


def _made(wanted: Wanted, choices: Choices, steps: frozenset[str]) -> Made:
    """Return the picked rows of some steps; raises RecipeError."""
    file = PicksFile(path=str(wanted.file.resolve()), folder="", mark=Mark(file=str(wanted.file)))
    prepared = _prepared(wanted, choices, file, steps)
    jobs = {job.key: job for job in prepared.jobs() if job.step in steps}
    return Made(choices=choices, prepared=prepared, document=wanted.document(choices), jobs=jobs)


def _chosen_steps(wanted: Wanted) -> frozenset[str]:
    """Return the steps that `-s` chooses; raises UsageError for a part of what was picked of a step."""
    every = list(_prepared(wanted, wanted.choices, None, _steps(wanted)).jobs())
    picked = [job for job in every if job.key in wanted.picks.picked_keys]
    keys = selected_jobs(picked, wanted.selectors)
    chosen = frozenset(map(step_of, keys))
    if left := sorted(job.key for job in picked if job.step in chosen and job.key not in keys):
        whole = f"-s step:{step_of(left[0])}"
        told = f"-s leaves out {left[0]}, which was picked: here it chooses whole steps, as in {whole}"
        raise UsageError(f"{told}\n  help: take it out of the picks file, or give -s to `gen4flow run`")
    return chosen


def looked_at(picks: Picks) -> dict[str, set[str]]:
    """Return the fingerprints that were looked at by the key that was picked."""
    found: dict[str, set[str]] = {}
    for pick in picks.picks:
        for key in pick.keys if pick.verdict is Verdict.PICK else ():
            found.setdefault(key, set()).add(pick.fingerprint)
    return found


def made_drafts(wanted: Wanted, finals: Made) -> tuple[Made | None, list[str]]:
    """Return the rows as whichever profile makes most of the images that were looked at, and the keys of the others."""
    seen = looked_at(wanted.picks)
    best: Made | None = None
    lost = list(finals.jobs)
    for choices in _candidates(wanted):
        try:
            made = _made(wanted, choices, frozenset(finals.steps))
        except RecipeError:
            continue  # a profile that is of no use here
        others = [key for key in finals.jobs if key not in made.jobs or made.jobs[key].fingerprint not in seen[key]]
        if len(others) < len(lost):
            best, lost = made, others
        if not lost:
            break
    return best, lost


def _candidates(wanted: Wanted) -> Iterator[Choices]:
    """Yield the choices that the drafts may have been made with: the recipe as it is, or one of its profiles."""
    value = wanted.document(Choices()).value
    profiles = value.get("profiles") if isinstance(value, Mapping) else None
    names = [(), *((name,) for name in profiles)] if isinstance(profiles, Mapping) else [()]
    for settings in dict.fromkeys([(), wanted.choices.settings]):
        for name in names:
            yield replace(wanted.choices, profiles=name, settings=settings)
