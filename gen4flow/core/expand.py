"""From rows to jobs, step by step: finds what clashes and what is wrong, and gives later steps what they need.

Streams: what must be remembered of each job is its key, its file and its fingerprint, and the whole job where a later
step needs it. Problems go to `report`; a row that has one yields no job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from gen4flow.core.deliverable import Deliverable
from gen4flow.core.file_names import FileNames
from gen4flow.core.job import Job
from gen4flow.core.joining import Given, Inheritance, Report, given, inheritances, joined
from gen4flow.core.matrix import AxisValues, Row, rows, with_inherited_seeds
from gen4flow.core.naming import folded
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import AxisValue, PicksFile, Recipe, Step
from gen4flow.core.references import FindImage
from gen4flow.core.row_job import RowJob, Wrong


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


@dataclass(slots=True)
class _Seen:
    """What is remembered of the jobs so far, to find two that clash."""

    keys: set[str] = field(default_factory=set)
    stems: dict[str, str] = field(default_factory=dict)
    unseeded: dict[str, str] = field(default_factory=dict)


def jobs(recipe: Recipe, material: Material, report: Report) -> Iterator[Job]:
    """Yield the jobs of a recipe in plan order."""
    seen, kept = _Seen(), _Kept(recipe)
    for step in recipe.steps:
        for job in _of_step(recipe, step, material, kept, report):
            if len(seen.keys) >= recipe.limits.max_jobs:
                report(too_many(recipe, f"more than {recipe.limits.max_jobs:,}", step.place("matrix")))
                return
            if not _clashes(job, step, seen, report):
                kept.take(job)
                yield job


class _Kept:
    """The jobs of the steps that later ones need."""

    def __init__(self, recipe: Recipe) -> None:
        needed = {need.step for step in recipe.steps for need in step.needs}
        self.jobs: dict[str, list[Job]] = {name: [] for name in needed}
        self.keys: dict[str, set[str]] = {name: set() for name in needed}  # of their rows, with those that are wrong

    def take(self, job: Job) -> None:
        """Keep a job if somebody needs its step."""
        if job.step in self.jobs:
            self.jobs[job.step].append(job)


def _of_step(recipe: Recipe, step: Step, material: Material, kept: _Kept, report: Report) -> Iterator[Job]:
    """Yield the jobs of one step."""
    values = material.values[step.name]
    if "seed" not in values and "seed" not in step.parameters:
        report(_no_seed(step))
    elif step.repeat is not None:
        report(_repeat_beside_seed(step))
        return
    files = FileNames(step, material.deliver.get(step.name, ()), values, material.templates)
    wrong = False
    wanted, found = material.picked.get(step.only) if step.only else None, kept.keys.get(step.name, set())
    for row, inheritance in _rows(recipe, step, values, material, kept, report):
        for take in range(step.repeat) if step.repeat else (None,):
            maker = RowJob(
                recipe=recipe,
                step=step,
                row=row,
                inheritance=inheritance,
                templates=material.templates,
                find=material.find,
                files=files,
                report=report,
                take=take,
            )
            if wanted is not None and maker.key() not in wanted:
                continue
            found.add(maker.key())
            try:
                yield maker.job()
            except Wrong:
                wrong = True
    if wanted is None and not wrong:  # what is left out, or wrong, may be what an item is for
        for problem in files.unmatched():
            report(problem)
    if wanted is not None and step.only:
        for problem in _unmatched(step.name, step.only, wanted, found):
            report(problem)


def _rows(
    recipe: Recipe, step: Step, values: AxisValues, material: Material, kept: _Kept, report: Report
) -> Iterator[tuple[Row, Inheritance]]:
    """Yield the rows of a step, each with what it inherits."""
    own = rows(step.matrix, values, report)
    if not step.needs:
        yield from ((row, Inheritance()) for row in own)
        return
    said: list[Problem] = []
    gifts = _gifts(step, material, kept, said.append)
    most, made = recipe.limits.max_jobs, 0
    combined = list(islice(inheritances(gifts), most + 1))
    if len(combined) > most:
        report(too_many(recipe, f"what the step {step.name} needs combines to more than {most:,}", step.place("needs")))
        return
    for row, inheritance in joined(list(own), combined, said.append):
        made += 1
        yield with_inherited_seeds(step.matrix, row, inheritance.axes), inheritance
    for problem in said:
        report(problem)
    failed = any(kept.keys[need.step] and not kept.jobs[need.step] for need in step.needs)
    if not made and not said and not failed and not step.matrix.allow_empty:
        report(_joins_nothing(step))


def _gifts(step: Step, material: Material, kept: _Kept, report: Report) -> dict[str, list[Given]]:
    """Return what each need of a step gives."""
    gifts = {}
    for need in step.needs:
        picked = material.picked.get(need.picks) if need.picks else None
        if picked is not None and need.picks:
            for problem in _unmatched(need.step, need.picks, picked, kept.keys[need.step]):
                report(problem)
        gifts[need.name] = given(need, kept.jobs[need.step], picked, report)
    return gifts


def _clashes(job: Job, step: Step, seen: _Seen, report: Report) -> bool:
    """Report a job that clashes with an earlier one: the same key, the same file, the same unseeded request."""
    mark = next((value.mark for value in job.coordinates.values()), step.prompt.mark)
    if job.key in seen.keys:
        report(Problem(mark=mark, code="duplicate-key", message=f"two rows are {job.key}", help="remove one of them"))
        return True
    seen.keys.add(job.key)
    stems = [*([job.stem] if job.original else []), *(stem for stem, _ in job.deliver)]
    if len({folded(stem) for stem in stems}) < len(stems):
        report(_same_file(job, step))
        return True
    for stem in stems:
        other = seen.stems.setdefault(folded(stem), job.key)
        if other == job.key:
            continue
        report(
            Problem(
                mark=step.file.mark if step.file else mark,
                code="duplicate-file",
                message=f"{job.key} and {other} would both be the file {stem}",
                help="put what tells them apart into output.file",
            )
        )
        return True
    if job.request.seed is not None:
        return False
    other = seen.unseeded.setdefault(job.fingerprint, job.key)
    if other != job.key:
        report(
            Problem(
                mark=step.prompt.mark,
                code="duplicate-request",
                message=f"{job.key} and {other} ask for the same image without a seed",
                help="say repeat: n for several takes of one request, or give each a seed",
            )
        )
    return other != job.key


def _same_file(job: Job, step: Step) -> Problem:
    """Return the problem of a job of which two files would have one name."""
    return Problem(
        mark=step.file.mark if step.file else step.place("deliver"),
        code="duplicate-file",
        message=f"two files of {job.key} would both be named {_twice([job.stem, *(stem for stem, _ in job.deliver)])}",
        help="put {{ placement }} into output.file, or give each item of deliver a name of its own",
    )


def _twice(stems: Sequence[str]) -> str:
    """Return the first name that is there twice."""
    return next((stem for at, stem in enumerate(stems) if folded(stem) in map(folded, stems[:at])), stems[0])


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
