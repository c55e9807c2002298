"""A step that makes finals of drafts: the same prompt and seed, and the model is shown the draft that was picked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gen4flow.core.inherited import TAKE, inherited_name
from gen4flow.core.job import Job
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import MAIN, REQUEST_PARAMETERS, Recipe, Step
from gen4flow.core.references import MOST
from gen4flow.core.template_words import GLOBALS
from gen4flow.core.values import Value

Jobs: TypeAlias = Mapping[str, Job]
SEED = "seed"
DRAFTS = "drafts"  # the folder of the drafts' copies, beside the finals
_OF_THE_DRAFTS = ("matrix", "repeat", "only", "allow_empty")  # a final has what its draft has, and no rows of its own


class NoSuchStep(Exception):
    """The finals can't be made from their drafts: the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalsStep:
    """What a recipe says of the finals' step, and what it lays over the step of their drafts.

    `references` are the numbers of the drafts' own reference images that the finals are shown, too.
    """

    name: str
    values: Mapping[str, Value]
    of_drafts: Mapping[str, Value]
    references: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spelling:
    """How the finals' templates say what the drafts' templates know.

    `need` is what they call the draft, `known` the names that both have, `of_draft` those that only the draft brings;
    `constants` are the parameters that the finals have in place of the draft's.
    """

    need: str
    known: frozenset[str]
    of_draft: frozenset[str]
    constants: Mapping[str, str | int]
    templates: Templates

    def draft(self, *names: str) -> str:
        """Return the template of what the draft has under a name."""
        return f"{{{{ {'.'.join((self.need, *names))} }}}}"

    def spelled(self, template: str) -> str | None:
        """Return a template of the drafts that gives the same for their finals, None where it can't.

        What the drafts' templates know by its bare name and the finals' do not is set first.
        """
        used = self.templates.names(template)
        if used is None or not self.of_draft.issuperset(used - self.known):
            return None
        return "".join(f"{{% set {name} = {self._value(name)} %}}" for name in sorted(used - self.known)) + template

    def _value(self, name: str) -> str:
        return json.dumps(self.constants[name]) if name in self.constants else f"{self.need}.{name}"


def finals_step(
    recipe: Recipe,
    step: Step,
    *,
    drafts: Jobs,
    finals: Jobs,
    top: Collection[str],
    taken: Collection[str],
    templates: Templates,
) -> FinalsStep:
    """Return the step that makes finals of a step's drafts; raises NoSuchStep.

    `drafts` and `finals` are jobs by the same keys, as the recipe itself would make them. `top` are the keys of its top
    level, whose values every step has that says nothing else; `taken` are the names of its steps.
    """
    if _differ(drafts, finals, lambda job: job.request.prompt):
        raise NoSuchStep("the finals have other prompts than their drafts")
    spelling = _spelling(recipe, step, drafts, finals, templates)
    shown = [(number, spelling.spelled(text.text)) for number, text in enumerate(step.references)]
    own = [(number, text) for number, text in shown if text is not None][: MOST - 1]
    values: dict[str, Value] = {
        "needs": {spelling.need: step.name},
        "prompt": spelling.draft("prompt"),
        "reference_images": [spelling.draft("image"), *(text for _, text in own)],
        **_parameters(spelling, drafts),
    }
    if (model := next(iter(finals.values())).request.model) != recipe.model:
        values["model"] = model
    values |= {name: None for name in _OF_THE_DRAFTS if name in top}
    of_drafts: dict[str, Value] = {"approve": "manual"}
    if step.tags:
        values["tags"] = {name: spelling.draft("tags", name) for name in step.tags}
    if step.file is not None:
        values["output"] = {"file": spelling.spelled(step.file.text)}
        of_drafts["output"] = {"file": f"{DRAFTS}/{step.file.text}"}
    name = _free("final" if step.name == MAIN else f"{step.name}-final", taken)
    return FinalsStep(name=name, values=values, of_drafts=of_drafts, references=tuple(number for number, _ in own))


def _spelling(recipe: Recipe, step: Step, drafts: Jobs, finals: Jobs, templates: Templates) -> _Spelling:
    """Return how the finals say what their drafts know."""
    coordinates = {name for job in drafts.values() for name in job.coordinates}
    view = {*REQUEST_PARAMETERS, TAKE}
    for job in drafts.values():
        view |= {*job.extras, *(name for name in job.axes if "." not in name)}
    need = _free("draft", {*view, *coordinates, *recipe.vars, *step.vars}, sign="_")
    inherited = {inherited_name(need, name) for name in coordinates}
    return _Spelling(
        need=need,
        known=frozenset({"name", *recipe.vars, *inherited, *GLOBALS}),
        of_draft=frozenset(view),
        constants=_constants(drafts, finals),
        templates=templates,
    )


def _constants(drafts: Jobs, finals: Jobs) -> dict[str, str | int]:
    """Return the parameters in which finals are not as their drafts; raises NoSuchStep where they are not all alike.

    The seed is always the draft's, also where another request would draw another one.
    """
    found: dict[str, str | int] = {}
    for name in (name for name in REQUEST_PARAMETERS if name != SEED):
        if _differ(drafts, finals, lambda job, name=name: job.request.parameters.get(name)):  # type: ignore[misc]
            values = {final.request.parameters.get(name) for final in finals.values()}
            value = values.pop()
            if values or value is None:
                raise NoSuchStep(f"the finals have another {name} than their drafts, and not all the same")
            found[name] = value
    return found


def _parameters(spelling: _Spelling, drafts: Jobs) -> dict[str, Value]:
    """Return the request's parameters as the step says them; a seed that no draft has is none."""
    there = {name for draft in drafts.values() for name in draft.request.parameters}
    return {
        name: spelling.constants.get(name, spelling.draft(name)) for name in REQUEST_PARAMETERS if name in there
    }  # fmt: skip


def _differ(drafts: Jobs, finals: Jobs, part: Callable[[Job], object]) -> bool:
    """Tell whether a part of the request is another one in any final than in its draft."""
    return any(part(final) != part(drafts[key]) for key, final in finals.items())


def _free(name: str, taken: Collection[str], *, sign: str = "-") -> str:
    """Return a name that is not taken: it, or it with a number."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}{sign}{number}", number + 1
    return free
