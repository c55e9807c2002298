"""Makes the recipe of finals, and plans it before it is written: it makes what was picked, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gen4flow.commands.finals_rows import Made, Wanted, made_drafts, made_finals
from gen4flow.commands.finals_text import UNKNOWN, finals_text, selectors
from gen4flow.commands.preparing import Choices, prepare
from gen4flow.core.errors import RecipeError, UsageError
from gen4flow.core.finals import changes, overrides
from gen4flow.core.finals_recipe import Frame, calls_itself, finals_name, with_finals
from gen4flow.core.finals_step import FinalsStep, NoSuchStep, finals_step
from gen4flow.core.job import Job
from gen4flow.core.references import OutputImage
from gen4flow.core.values import Value
from gen4flow.recipe_file import Document, KeyPath

PATH_KEYS = frozenset({"file", "picks", "from", "glob"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finals:
    """A recipe of finals: its text, its name, the finals' jobs, and what a person may want to know of it."""

    text: str
    name: str
    jobs: Sequence[Job]
    notes: Sequence[str]
    selectors: Sequence[str]


def finals_by_seed(wanted: Wanted) -> Finals:
    """Return the recipe that asks for each draft's prompt and seed again; raises UsageError or RecipeError."""
    finals = made_finals(wanted)
    drafts, lost = made_drafts(wanted, finals)
    notes = list(_notes(wanted, finals, drafts, lost))
    frame = _frame(wanted, finals, finals.choices, "")
    values = frame.values({name: {} for name in finals.steps})
    text = finals_text(wanted, finals, drafts, values)
    jobs = [job for job in _planned(wanted, text) if job.step in finals.steps]
    if {job.key: job.fingerprint for job in jobs} != {key: job.fingerprint for key, job in finals.jobs.items()}:
        raise UsageError(_NOT_THE_SAME.format(wanted.recipe))
    return Finals(text=text, name=frame.name, jobs=jobs, notes=notes, selectors=selectors(finals))


def finals_by_reference(wanted: Wanted) -> Finals:
    """Return the recipe whose finals are shown the drafts that were picked; raises UsageError or RecipeError."""
    finals = made_finals(wanted)
    drafts, lost = made_drafts(wanted, finals)
    if drafts is None or lost:
        told = f"the image that was picked as {lost[0]} is not what {wanted.recipe} makes, whatever its profile"
        remedy = "pick again in the gallery, or bring the recipe back as it was; --provider says who made the drafts"
        raise UsageError(f"{told}\n  help: {remedy}; --as seed needs no draft")
    made = [_step(wanted, finals, drafts, name) for name in finals.steps]
    frame = _frame(wanted, drafts, drafts.choices, "-by-reference")
    limits = overrides(wanted.document(Choices()).value, finals.document.value).get("limits")
    over = {name: value for name, value in frame.over.items() if name != "limits"}
    frame = replace(frame, over=over if limits is None else {**over, "limits": limits})
    of_drafts = {name: one.of_drafts for name, one in zip(finals.steps, made, strict=True)}
    values = with_finals(frame.values(of_drafts), made)
    text = finals_text(wanted, finals, drafts, values, steps=made)
    jobs = _planned(wanted, text)
    _check_reference(wanted, jobs, finals, drafts)
    names = {one.name for one in made}
    return Finals(text=text, name=frame.name, jobs=[job for job in jobs if job.step in names], notes=[], selectors=[])


_NOT_THE_SAME = (
    "a recipe that extends {} would not make the same images as it does itself\n"
    "  help: write `only: {{picks: ...}}` into a profile of it, and run that with -P"
)


def _frame(wanted: Wanted, made: Made, choices: Choices, ending: str) -> Frame:
    """Return what the new recipe says in any case; raises UsageError for paths that would lead elsewhere."""
    plain = wanted.document(Choices())
    over = overrides(plain.value, made.document.value)
    _check_paths(wanted, made.document, over)
    own = made.top.get("steps")
    steps = {step.name for step in made.prepared.recipe.steps}
    recipe, templates = made.prepared.recipe, made.prepared.material.templates
    return Frame(
        name=finals_name(recipe.name, wanted.choices.profiles, ending),
        extends=_from(wanted.folder, wanted.recipe),
        picks=_from(wanted.folder, wanted.file),
        over=over,
        provider=choices.provider,
        stepped=made.stepped,
        dropped=[name for name in own if name not in steps] if isinstance(own, Mapping) else (),
        called=recipe.name if calls_itself(recipe, templates) else None,
    )


def _from(folder: Path, path: Path) -> str:
    """Return a path as it is written in a file of a folder."""
    return Path(os.path.relpath(path.resolve(), folder)).as_posix()


def _step(wanted: Wanted, finals: Made, drafts: Made, name: str) -> FinalsStep:
    """Return the step that makes finals of one step's drafts; raises UsageError."""
    recipe = drafts.prepared.recipe
    step = next(one for one in recipe.steps if one.name == name)
    own = drafts.top.get("steps")
    try:
        made = finals_step(
            recipe,
            step,
            drafts=drafts.of_step(name),
            finals=finals.of_step(name),
            top=drafts.top,
            taken=list(own) if isinstance(own, Mapping) else [name],
            templates=drafts.prepared.material.templates,
        )
    except NoSuchStep as error:
        raise UsageError(f"--as reference: {error}\n  help: name another profile with -P, or say --as seed") from error
    for number in made.references:
        _check_place(wanted, Path(step.references[number].folder), step.references[number].text)
    return made


def _check_paths(wanted: Wanted, document: Document, over: Mapping[str, Value]) -> None:
    """Raise UsageError where the new recipe would name a file by a path that is relative to another folder."""
    for path, text in _paths(over, ()):
        _check_place(wanted, document.folder(path), text)


def _check_place(wanted: Wanted, folder: Path, text: str) -> None:
    """Raise UsageError for a path that is relative to another folder than the new recipe's."""
    if folder.resolve() != wanted.folder and not text.startswith("https://"):
        told = f"{text!r} is relative to {folder}, and the new recipe would name it"
        raise UsageError(f"{told}\n  help: write it there, too: -o {folder / 'finals.yaml'}")


def _paths(value: Value, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield every value that names files, with its path in the recipe: not what is replaced by our own picks."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if (*path, key) != ("only",):
                yield from _paths(inner, (*path, key))
    elif isinstance(value, list) and path[-1] == "reference_images":
        yield from (((*path, number), one) for number, one in enumerate(value) if isinstance(one, str))
    elif isinstance(value, str) and path[-1] in PATH_KEYS and path[-2:-1] not in {("output",), ("range",)}:
        yield path, value


def _planned(wanted: Wanted, text: str) -> list[Job]:
    """Return the jobs of a recipe that is not written yet; raises UsageError where it would not be valid."""
    path = wanted.target or wanted.folder / f"{UNKNOWN}.yaml"
    try:
        return list(prepare(path, Choices(state=wanted.choices.state), unwritten=text.encode()).jobs())
    except RecipeError as error:
        raise UsageError(f"the recipe of the finals would not be valid:\n{error}") from error


def _check_reference(wanted: Wanted, jobs: Sequence[Job], finals: Made, drafts: Made) -> None:
    """Raise UsageError unless there is one final for each draft, with its request, and shown its image."""
    kept = {job.key: job.fingerprint for job in jobs if job.step in finals.steps}
    others = [job for job in jobs if job.step not in finals.steps]
    made = {draft: job for job in others for draft in job.lineage.values() if draft in kept}
    same = kept == {key: job.fingerprint for key, job in drafts.jobs.items()} and made.keys() == finals.jobs.keys()
    if not same or not all(_is_final_of(made[key], job, drafts.jobs[key]) for key, job in finals.jobs.items()):
        raise UsageError(_NOT_THE_SAME.format(wanted.recipe))


def _is_final_of(made: Job, final: Job, draft: Job) -> bool:
    """Tell whether a job asks for what a final asks for, with the seed of its draft, and shows that draft first."""
    ours, theirs = made.request, final.request
    first = ours.references[0] if ours.references else None
    return (
        (ours.provider, ours.model, ours.prompt, ours.seed)
        == (theirs.provider, theirs.model, theirs.prompt, draft.request.seed)
        and (ours.aspect_ratio, ours.resolution) == (theirs.aspect_ratio, theirs.resolution)
        and isinstance(first, OutputImage)
        and first.job == draft.fingerprint
    )


def _notes(wanted: Wanted, finals: Made, drafts: Made | None, lost: Sequence[str]) -> Iterator[str]:
    """Yield what may not be as somebody thinks; raises UsageError for finals that would have other seeds."""
    if lost:
        told = f"{len(lost)} of {len(finals.jobs)} images that were picked are not what {wanted.recipe} makes now"
        yield f"{told}, such as {lost[0]}: their finals are made of what it says now"
    known = {key: job for key, job in drafts.jobs.items() if key not in lost} if drafts else {}
    found = {change.name: change for change in changes(known, finals.jobs)}
    if "seed" in found:
        told = "the finals would have other seeds than their drafts: `per: request` draws them from the request, or -P"
        raise UsageError(f"{told} or -S names others\n  help: --as reference keeps the drafts' seeds")
    if known and not found:
        yield "the finals are the very images that were picked: name their profile with -P, or say -S resolution=1080p"
    if "prompt" in found:
        yield f"{found['prompt'].rows} of the finals have another prompt than their draft"
