"""What a recipe can say and probably doesn't mean: an axis that changes nothing, a file name with its ending."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gen4flow.core.inherited import inherited_names
from gen4flow.core.matrix import AxisValues
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import PROVIDER_NAMES, REQUEST_PARAMETERS, AutoSeedAxis, Recipe, Step

_ENDING = re.compile(r"\.(png|jpe?g|webp)\s*$", re.IGNORECASE)


def lint(recipe: Recipe, values: Mapping[str, AxisValues], templates: Templates) -> Iterator[Problem]:
    """Yield warnings about what a recipe says and probably doesn't mean."""
    if recipe.provider not in PROVIDER_NAMES:
        yield _warning(
            Mark(file=recipe.file),
            "provider-not-there",
            f"nothing can be bought from {recipe.provider} yet: a run is refused",
            f"the providers are {', '.join(PROVIDER_NAMES)}",
        )
    yield from _endings(recipe)
    yield from _idle_axes(recipe, values, templates)


def _endings(recipe: Recipe) -> Iterator[Problem]:
    """Yield warnings about file names that end as an image does: its own ending comes behind that."""
    for text in dict.fromkeys(step.file for step in recipe.steps if step.file):
        if ending := _ENDING.search(text.text):
            told = f"output.file ends in {ending[0].strip()}, and the ending that fits the image comes behind it"
            yield _warning(text.mark, "two-endings", told, f"leave it out: {text.text[: ending.start()]}")


def _warning(mark: Mark, code: str, message: str, remedy: str) -> Problem:
    return Problem(mark=mark, code=code, message=message, help=remedy, severity=Severity.WARNING)


def _idle_axes(recipe: Recipe, values: Mapping[str, AxisValues], templates: Templates) -> Iterator[Problem]:
    """Yield warnings about axes of several values that no template of a request knows.

    What is looked at is the text of the templates, not their meaning: an axis that one names is taken to matter.
    """
    for step in recipe.steps:
        known = _names(recipe, step, templates)
        if known is None:
            continue
        known |= inherited_names(recipe, step, values)
        for axis in (axis for dimension in step.matrix.dimensions for axis in dimension.axes):
            known |= set(axis.per) if isinstance(axis, AutoSeedAxis) else set()
        for axis in (axis for dimension in step.matrix.dimensions for axis in dimension.axes):
            count = len(values[step.name][axis.name])
            if count > 1 and axis.name not in known and axis.name not in REQUEST_PARAMETERS:
                yield _warning(
                    axis.mark,
                    "axis-changes-nothing",
                    f"the axis {axis.name} changes nothing in the request: its {count} values share each image",
                    f"use {{{{ {axis.name} }}}} in the prompt, or remove it if one image for all is not meant",
                )


def _names(recipe: Recipe, step: Step, templates: Templates) -> set[str] | None:
    """Return the names that the requests of a step, and of those that need it, know; None where nobody can tell."""
    texts = [step.prompt.text, *(text.text for text in step.references)]
    texts += [value for value in step.parameters.values() if isinstance(value, str)]
    found: set[str] = set()
    for text in texts:
        names = templates.names(text)
        if names is None:
            return None
        found |= names
    for later in recipe.steps:
        if any(need.step == step.name for need in later.needs):
            of_later = _names(recipe, later, templates)
            if of_later is None:
                return None
            found |= of_later
    return found
