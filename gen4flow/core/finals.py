"""From picks to finals: which part of a recipe was picked, what is laid over it, and what changes from the drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gen4flow.core.inert import inert
from gen4flow.core.job import Job
from gen4flow.core.picks import Picks
from gen4flow.core.plan import request_facts
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import PicksFile, Recipe
from gen4flow.core.values import Value, canonical_json, scalar_text


def step_of(key: str) -> str:
    """Return the step that a key begins with."""
    return key.partition("[")[0]


def picked_only(recipe: Recipe, file: PicksFile | None, picked_steps: Collection[str]) -> Recipe:
    """Return the recipe with nothing but the rows that a file picked, and the steps that these are made from.

    Whatever the recipe itself says under `only` does not count. Without a file, all rows of these steps are kept.
    """
    needed: set[str] = set()
    for step in reversed(recipe.steps):  # each stands after those that it needs
        if step.name in needed or step.name in picked_steps:
            needed |= {step.name, *(need.step for need in step.needs)}
    steps = (
        replace(step, only=file if step.name in picked_steps else None)
        for step in recipe.steps
        if step.name in needed
    )  # fmt: skip
    return replace(recipe, steps=tuple(steps))


def unknown_rows(recipe: Recipe, picks: Picks, keys: Collection[str], file: str) -> Iterator[Problem]:
    """Yield the problem of what was picked and is no row any more; `keys` are those that the recipe has."""
    if lost := sorted(picks.picked_keys - set(keys)):
        yield _unknown(recipe, picks, lost, file)


def unknown_steps(recipe: Recipe, picks: Picks, file: str) -> Iterator[Problem]:
    """Yield the problem of what was picked of steps that the recipe has not."""
    names = {step.name for step in recipe.steps}
    if lost := sorted(key for key in picks.picked_keys if step_of(key) not in names):
        yield _unknown(recipe, picks, lost, file)


def _unknown(recipe: Recipe, picks: Picks, lost: Sequence[str], file: str) -> Problem:
    """Return the problem of picks that are no rows."""
    more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
    help_text = "pick again in the gallery, or bring back the values that the picks name"
    if picks.recipe != recipe.name:
        help_text = f"these are picks of the recipe {picks.recipe}; with a profile, name it with -P"
    return Problem(
        mark=Mark(file=file),
        code="only-matches-nothing",
        message=f"the pick {inert(lost[0])} is no row of the recipe {recipe.name}{more}",
        help=inert(help_text),
    )


def overrides(base: Value, layered: Value) -> dict[str, Value]:
    """Return the least that, laid over one mapping, gives the other: null deletes, lists are replaced."""
    before = base if isinstance(base, Mapping) else {}
    after = layered if isinstance(layered, Mapping) else {}
    found: dict[str, Value] = {name: None for name in before if name not in after}
    for name, value in after.items():
        if name not in before:
            found[name] = value
        elif isinstance(value, Mapping) and isinstance(before[name], Mapping):
            if inner := overrides(before[name], value):
                found[name] = inner
        elif _written(value) != _written(before[name]):
            found[name] = value
    return found


def merged(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    """Return two mappings as one that, laid over a third, does what both do in this order."""
    found = dict(below)
    for name, value in above.items():
        known = found.get(name)
        deep = isinstance(known, Mapping) and isinstance(value, Mapping)
        found[name] = merged(known, value) if deep else value  # type: ignore[arg-type]  # both are mappings
    return found


def _written(value: Value) -> str:
    """Return what a value is compared by: 1 is not '1', and 1.50 is not 1.5."""
    if isinstance(value, float):
        return scalar_text(value)
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{canonical_json(name)}:{_written(inner)}" for name, inner in value.items()) + "}"
    return canonical_json(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part of the request that is not as it was: in how many rows, and from what to what where that is short."""

    name: str
    rows: int
    values: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.values}".strip()


def changes(drafts: Mapping[str, Job], finals: Mapping[str, Job]) -> list[Change]:
    """Return in which parts the finals' requests differ from those of their drafts, both by key."""
    moved: dict[str, list[tuple[str, str]]] = {}
    for key, final in finals.items():
        if key in drafts:
            before, after = request_facts(drafts[key].request), request_facts(final.request)
            for name in dict.fromkeys([*before, *after]):
                if before.get(name) != after.get(name):
                    moved.setdefault(name, []).append((str(before.get(name)), str(after.get(name))))
    return [Change(name=name, rows=len(pairs), values=_shown(name, pairs)) for name, pairs in moved.items()]


def _shown(name: str, pairs: list[tuple[str, str]]) -> str:
    """Return what was and what is where that is the same in all rows, and no long text."""
    alike = len(set(pairs)) == 1 and name not in {"prompt", "references"}
    return f"{pairs[0][0]} -> {pairs[0][1]}" if alike else ""
