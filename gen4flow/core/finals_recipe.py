"""The recipe of finals as values: it extends the recipe of the drafts, and keeps the rows that were picked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gen4flow.core.finals import merged
from gen4flow.core.finals_step import FinalsStep
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import Recipe, Step
from gen4flow.core.values import Value

LONGEST_NAME = 100  # as the schema has it
_NO_NAME = re.compile("[^a-z0-9_-]")
_OURS = frozenset({"version", "extends", "name", "profiles", "only"})  # what no layer brings into the new recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every recipe of finals says.

    `extends` and `picks` are paths from its folder; `over` is what is laid over the recipe; `provider` is None where
    the recipe's own holds; `stepped` says whether that has steps, `dropped` which of them make nothing that was picked.
    """

    name: str
    extends: str
    picks: str
    over: Mapping[str, Value]
    provider: str | None
    stepped: bool
    dropped: Collection[str]
    called: str | None = None  # what templates know as `name`, where they use it

    def values(self, steps: Mapping[str, Mapping[str, Value]]) -> dict[str, Value]:
        """Return the recipe with what it says of its steps beside `only`, by the step that was picked."""
        only: Value = {"picks": self.picks}
        told: dict[str, Value] = {"version": 1, "extends": self.extends, "name": self.name}
        if self.provider is not None:
            told["provider"] = self.provider
        over = {name: value for name, value in self.over.items() if name not in _OURS}
        if self.called is not None:
            over = merged({"vars": {"name": self.called}}, over)
        if self.stepped or any(steps.values()):
            of_steps: dict[str, Value] = {name: {"only": only, **more} for name, more in steps.items()}
            over = merged(over, {"steps": {**of_steps, **dict.fromkeys(self.dropped)}})
        else:
            told["only"] = only
        return {**told, **over}


def with_finals(values: Mapping[str, Value], made: Collection[FinalsStep]) -> dict[str, Value]:
    """Return the recipe with the steps that make the finals."""
    return merged(values, {"steps": {step.name: step.values for step in made}})


def finals_name(recipe: str, profiles: Collection[str], ending: str = "") -> str:
    """Return the name of the recipe of finals: its folder and its budget are its own."""
    ending = _NO_NAME.sub("-", f"-{'-'.join(profiles) or 'finals'}{ending}".lower())
    return recipe[: LONGEST_NAME - len(ending)] + ending


def calls_itself(recipe: Recipe, templates: Templates) -> bool:
    """Tell whether a template may use the recipe's name, which another recipe would change."""
    names = (
        templates.names(text) for step in recipe.steps if "name" not in _own_names(step) for text in _templates(step)
    )
    return any(found is None or "name" in found for found in names)


def _own_names(step: Step) -> set[str]:
    """Return the names that a step's recipe gives to values."""
    rules = (*step.matrix.include, *step.matrix.add)
    axes = (axis.name for dimension in step.matrix.dimensions for axis in dimension.axes)
    return {*step.vars, *axes, *(name for rule in rules for name in rule.values)}


def _templates(step: Step) -> Iterator[str]:
    """Yield the templates of a step."""
    yield step.prompt.text
    yield from (text.text for text in (*step.references, *step.tags.values()))
    yield from (value for value in step.parameters.values() if isinstance(value, str))
    if step.file is not None:
        yield step.file.text
