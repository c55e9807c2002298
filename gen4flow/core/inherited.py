"""The names that a step has from those that it needs, and what else may not have them.

An earlier job's aspect ratio, resolution, seed and take would feed the request here, so they are inherited under the
need's name: `hero.seed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gen4flow.core.matrix import AxisValues
from gen4flow.core.problem import Problem
from gen4flow.core.recipe import REQUEST_PARAMETERS, Recipe, Step

TAKE = "take"
_UNDER_THE_NEED = frozenset({*REQUEST_PARAMETERS, TAKE})


def inherited_name(need: str, coordinate: str) -> str:
    """Return the name that an earlier step's coordinate has here."""
    return f"{need}.{coordinate}" if coordinate in _UNDER_THE_NEED or "." in coordinate else coordinate


def inherited_names(
    recipe: Recipe, step: Step, values: Mapping[str, AxisValues], *, extras: bool = True
) -> frozenset[str]:
    """Return the names of the coordinates that a step's rows have from those that it needs.

    `extras`: with those that only an added row of an earlier step has.
    """
    steps = {one.name: one for one in recipe.steps}
    names: set[str] = set()
    for need in step.needs:
        earlier = steps[need.step]
        own = {*values[earlier.name], *(name for rule in earlier.matrix.add if extras for name in rule.values)}
        own |= {*inherited_names(recipe, earlier, values, extras=extras), *([TAKE] if earlier.repeat else [])}
        names |= {inherited_name(need.name, name) for name in own - {*need.collect, *need.pick}}
    return frozenset(names)


def name_problems(recipe: Recipe, step: Step, values: Mapping[str, AxisValues]) -> Iterator[Problem]:
    """Yield the needs, vars and extras of a step that have the name of something else that it knows."""
    inherited = inherited_names(recipe, step, values)
    for need in step.needs:
        if need.name in inherited:
            told = f"the need {need.name} has the name of an axis that the step {step.name} inherits"
            yield Problem(mark=need.mark, code="name-clash", message=told, help="rename one of them")
    for name in sorted(inherited_names(recipe, step, values, extras=False) & step.vars.keys()):
        told = f"the var {name} has the name of an axis that the step {step.name} inherits"
        yield Problem(mark=step.place("vars"), code="name-clash", message=told, help="rename one of them")
    needs = {need.name for need in step.needs}
    for rule in (*step.matrix.include, *step.matrix.add):
        for name in sorted(needs & rule.values.keys()):
            told = f"the extra {name} has the name of a need"
            yield Problem(mark=rule.marks[name], code="name-clash", message=told, help="rename one of them")
    for rule in step.matrix.include:
        for name in sorted(inherited & rule.values.keys() - values[step.name].keys()):
            told = f"include names {name}, which the step {step.name} inherits: it sees the step's own axes"
            remedy = f"give the step the axis {name}, too: its values join those of the earlier step"
            yield Problem(mark=rule.marks[name], code="unknown-axis", message=told, help=remedy)
