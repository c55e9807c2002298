"""What a recipe can say and probably doesn't mean: an axis that changes nothing in the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gen4flow.core.inherited import inherited_names
from gen4flow.core.matrix import AxisValues
from gen4flow.core.problem import Problem, Severity
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import REQUEST_PARAMETERS, AutoSeedAxis, Recipe, Step


def lint(recipe: Recipe, values: Mapping[str, AxisValues], templates: Templates) -> Iterator[Problem]:
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
                yield Problem(
                    mark=axis.mark,
                    code="axis-changes-nothing",
                    message=f"the axis {axis.name} changes nothing in the request: its {count} values share each image",
                    help=f"use {{{{ {axis.name} }}}} in the prompt, or remove it if one image for all is not meant",
                    severity=Severity.WARNING,
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
