"""From rows to jobs, step by step: finds what clashes and what is wrong, and gives later steps what they need.

Streams: of each job no more is remembered than tells that another clashes with it, and the whole job where a later step
needs it. Problems go to `report`; a row that has one yields no job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from gen4flow.core.batches import batches
from gen4flow.core.deliverable import Deliverable
from gen4flow.core.earlier import Earlier
from gen4flow.core.file_names import FileNames, end_with_fingerprints
from gen4flow.core.job import Job
from gen4flow.core.joining import Given, Inheritance, Report, given, inheritances, joined
from gen4flow.core.matrix import AxisValues, Row, Rows, count_rows, with_inherited_seeds
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import AxisValue, PicksFile, Recipe, Step
from gen4flow.core.references import FindImage
from gen4flow.core.row_job import NOTHING_INHERITED, RowJob, Wrong
from gen4flow.core.step_kit import StepKit


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the shell has read for a recipe: each step's axes, its templates, its images, its picks.

    `values` are the axes' values by step, sources read; `find` brings local images; `deliver` is what is made of each
    step's images; `picked` are the keys that each picks file picked.
    """

    values: Mapping[str, AxisValues]
    templates: Templates
    find: FindImage
    deliver: Mapping[str, Sequence[Deliverable]] = field(default_factory=dict)
    picked: Mapping[PicksFile, frozenset[str]] = field(default_factory=dict)


def jobs(recipe: Recipe, material: Material, report: Report) -> Iterator[Job]:
    """Yield the jobs of a recipe in plan order."""
    return _Expansion(recipe, material, report).jobs()


class _Expansion:
    """Makes the jobs of a recipe once."""

    def __init__(self, recipe: Recipe, material: Material, report: Report) -> None:
        self._recipe = recipe
        self._material = material
        self._report = report
        counts = (count_rows(step.matrix, material.values[step.name]) * (step.repeat or 1) for step in recipe.steps)
        by_end = all(
            end_with_fingerprints(step, material.deliver.get(step.name, ()), material.values[step.name])
            for step in recipe.steps
        )
        self._earlier = Earlier(report, min(sum(counts), recipe.limits.max_jobs), by_end=by_end)
        needed = {need.step for step in recipe.steps for need in step.needs}
        self._kept: dict[str, list[Job]] = {name: [] for name in needed}  # the jobs of the steps that others need
        self._keys: dict[str, set[str]] = {name: set() for name in needed}  # of their rows, with those that are wrong

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs in plan order."""
        most = self._recipe.limits.max_jobs
        for step in self._recipe.steps:
            kept = self._kept.get(step.name)
            for batch in batches(self._of_step(step)):
                judged = [self._earlier.judged(job, code, step) for job, code in batch[: most - self._earlier.count]]
                good = [job for job in judged if job is not None]
                if kept is not None:
                    kept += good
                yield from good
                if len(judged) < len(batch):
                    self._report(too_many(self._recipe, f"more than {most:,}", step.place("matrix")))
                    return

    def _of_step(self, step: Step) -> Iterator[tuple[Job, int]]:
        """Yield the jobs of one step, each with the number by which its row and take are found again."""
        values = self._material.values[step.name]
        if "seed" not in values and "seed" not in step.parameters:
            self._report(_no_seed(step))
        elif step.repeat is not None:
            self._report(_repeat_beside_seed(step))
            return
        wanted = self._material.picked.get(step.only) if step.only else None
        found = self._keys.get(step.name, set())
        remembers = wanted is not None or step.name in self._keys
        kit, wrong = self._kit(step, self._report), False
        takes: Sequence[int | None] = range(step.repeat) if step.repeat else (None,)
        for number, row, inheritance in chain.from_iterable(batches(self._rows(step, values))):
            for take in takes:
                row_job = RowJob(kit, row, inheritance, take)
                if wanted is not None and row_job.key() not in wanted:
                    continue
                if remembers:
                    found.add(row_job.key())
                try:
                    yield row_job.job(), number * len(takes) + (take or 0)
                except Wrong:
                    wrong = True
        if wanted is None and not wrong:  # what is left out, or wrong, may be what an item is for
            for problem in kit.files.unmatched():
                self._report(problem)
        if wanted is not None and step.only:
            for problem in _unmatched(step.name, step.only, wanted, found):
                self._report(problem)

    def _kit(self, step: Step, report: Report) -> StepKit:
        material = self._material
        files = FileNames(step, material.deliver.get(step.name, ()), material.values[step.name], material.templates)
        return StepKit(self._recipe, step, material.templates, material.find, files, report)

    def _rows(self, step: Step, values: AxisValues) -> Iterator[tuple[int, Row, Inheritance]]:
        """Yield the rows of a step, each with its number and what it inherits."""
        own = Rows(step.matrix, values)
        if not step.needs:
            again = self._kit(step, _nothing)
            self._earlier.begin(again, lambda number: (own.at(number), NOTHING_INHERITED), distinct=own.distinct)
            yield from ((number, row, NOTHING_INHERITED) for number, row in own.all(self._report))
            return
        pairs: list[tuple[Row, Inheritance]] = []  # a joined row is found again by its number here alone
        self._earlier.begin(self._kit(step, _nothing), pairs.__getitem__, distinct=False)
        for row, inheritance in self._joined(step, [row for _, row in own.all(self._report)]):
            pairs.append((row, inheritance))
            yield len(pairs) - 1, row, inheritance

    def _joined(self, step: Step, own: Sequence[Row]) -> Iterator[tuple[Row, Inheritance]]:
        """Yield the rows of a step that needs others, each with what it inherits."""
        said: list[Problem] = []
        gifts = self._gifts(step, said.append)
        most, made = self._recipe.limits.max_jobs, 0
        combined = list(islice(inheritances(gifts), most + 1))
        if len(combined) > most:
            told = f"what the step {step.name} needs combines to more than {most:,}"
            self._report(too_many(self._recipe, told, step.place("needs")))
            return
        for row, inheritance in joined(own, combined, said.append):
            made += 1
            yield with_inherited_seeds(step.matrix, row, inheritance.axes), inheritance
        for problem in said:
            self._report(problem)
        failed = any(self._keys[need.step] and not self._kept[need.step] for need in step.needs)
        if not made and not said and not failed and not step.matrix.allow_empty:
            self._report(_joins_nothing(step))

    def _gifts(self, step: Step, report: Report) -> dict[str, list[Given]]:
        """Return what each need of a step gives."""
        gifts = {}
        for need in step.needs:
            picked = self._material.picked.get(need.picks) if need.picks else None
            if picked is not None and need.picks:
                for problem in _unmatched(need.step, need.picks, picked, self._keys[need.step]):
                    report(problem)
            gifts[need.name] = given(need, self._kept[need.step], picked, report)
        return gifts


def _nothing(_: Problem) -> None:
    """Take a problem that was told already: a job that is made again has the same ones."""


def _unmatched(step: str, file: PicksFile, wanted: frozenset[str], found: set[str]) -> Iterator[Problem]:
    """Yield the picks of a step that are no row of it, and a picks file that picks nothing of it."""
    of_it = {key for key in wanted if key.partition("[")[0] == step}
    missing = sorted(of_it - found)
    if missing:
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Problem(
            mark=file.mark,
            code="only-matches-nothing",
            message=f"the pick {missing[0]} is no row of the step {step}{more}",
            help="pick again in the gallery, or bring back the values that the picks name",
        )
    elif not of_it:
        yield Problem(
            mark=file.mark,
            code="empty-matrix",
            message=f"no row is left: {file.path} picks none of the step {step}",
            help="name the picks file only where the rows of that step were picked",
        )


def _joins_nothing(step: Step) -> Problem:
    return Problem(
        mark=step.place("needs"),
        code="empty-matrix",
        message=f"no row of the step {step.name} is left: what it needs agrees with none of its values",
        help="give shared axes the same ids, or say allow_empty: true",
    )


def too_many(recipe: Recipe, count: str, mark: Mark) -> Problem:
    """Return the problem of a recipe that is larger than it may be."""
    return Problem(
        mark=mark,
        code="too-many-jobs",
        message=f"{count} jobs, and limits.max_jobs is {recipe.limits.max_jobs:,}",
        help="make the matrix smaller, or raise limits.max_jobs",
    )


def _no_seed(step: Step) -> Problem:
    return Problem(
        mark=step.place("prompt"),
        code="no-seed",
        message="no seed is declared, so none is sent, and the images can't be made again",
        help="add `seed: {auto: 1}` to the matrix",
        severity=Severity.WARNING,
    )


def _repeat_beside_seed(step: Step) -> Problem:
    return Problem(
        mark=step.place("repeat"),
        code="repeat-beside-seed",
        message="repeat is for images without a seed, and this recipe has a seed",
        help="remove repeat: each seed makes an image of its own, and seed: {auto: 3} in the matrix makes three",
    )


__all__ = ["AxisValue", "Material", "jobs", "too_many"]
