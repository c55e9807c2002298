"""Draws the steps out of a recipe's document: each with what the top level leaves to it, in an order that can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gen4flow.core.problem import Problem
from gen4flow.core.recipe import MAIN, Text
from gen4flow.core.values import Value
from gen4flow.recipe_file.document import Document, laid_over
from gen4flow.recipe_file.matrix_check import axis_paths, mapping, matrix_problems
from gen4flow.recipe_file.prompt_file import read_prompt
from gen4flow.recipe_file.wording import did_you_mean, listed, shown

TOO_MANY = "too-many-steps"  # the code of a problem that makes it idle to look for others

# What belongs to the recipe and not to its steps.
TOP_LEVEL = frozenset(
    {"version", "name", "description", "provider", "limits", "extends", "profiles", "steps"}
)  # fmt: skip


MAX_STEPS = 100
MAX_VALUES = 1_000_000  # of all steps, each with what the top level leaves to it
MAX_WAYS = 100  # from a step to those that it needs, those that they need, and so on: coordinates come by each


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One step before it is built: its document, and its prompt where that could be read."""

    name: str
    document: Document
    prompt: Text | None

    @property
    def needs(self) -> Mapping[str, str]:
        """Return the step that each need names."""
        written = mapping(mapping(self.document.value).get("needs"))
        named = {name: need.get("step") if isinstance(need, Mapping) else need for name, need in written.items()}
        return {name: step for name, step in named.items() if isinstance(step, str)}


def draft_steps(document: Document, *, root: Path) -> tuple[Sequence[Draft], list[Problem]]:
    """Return the steps, each after what it needs, and everything that is wrong with them beyond the schema.

    Takes documents that the schema refuses, too: all problems are to be said at once.
    """
    drafts, problems = [], _size_problems(document)
    if problems:
        return [], problems
    stepped = mapping(document.value).get("steps") is not None  # without, the schema asks for the prompt
    for name, own in _documents(document):
        prompt = read_prompt(own, root=root)
        problems += matrix_problems(own)
        if isinstance(prompt, Problem):
            problems.append(prompt)
        elif prompt is None and stepped and "prompt" not in mapping(own.value):
            mark = document.key_mark(("steps", name))
            message = f"the step {name} needs the key prompt"
            problems.append(Problem(mark=mark, code="missing-key", message=message, help="add prompt: ..."))
        drafts.append(Draft(name=name, document=own, prompt=prompt if isinstance(prompt, Text) else None))
    problems += [problem for draft in drafts for problem in _need_problems(draft, [one.name for one in drafts])]
    ordered = _ordered(drafts)
    if len(ordered) < len(drafts) and not problems:
        problems.append(_circle(document, [draft for draft in drafts if draft not in ordered]))
    return ordered, [*problems, *_way_problems(document, ordered)]


def _size_problems(document: Document) -> list[Problem]:
    """Return the problem of more steps, or more values in them, than a recipe has."""
    steps = mapping(mapping(document.value).get("steps"))
    defaults = sum(bool(path) and path[0] not in TOP_LEVEL for path in document.marks)
    if len(steps) <= MAX_STEPS and len(steps) * defaults <= MAX_VALUES:
        return []
    mark = document.key_mark(("steps",))
    if len(steps) > MAX_STEPS:
        message, remedy = (
            f"{len(steps):,} steps, and a recipe has {MAX_STEPS} at most",
            "say with a matrix what repeats",
        )
    else:
        message = f"{len(steps)} steps of {defaults:,} values that the top level leaves to each are too many"
        remedy = "move rows to a .csv or .jsonl file"
    return [Problem(mark=mark, code=TOO_MANY, message=message, help=remedy)]


def _way_problems(document: Document, ordered: Sequence[Draft]) -> Iterator[Problem]:
    """Yield the first step that needs others by more ways than anybody could tell apart."""
    ways: dict[str, int] = {}
    for draft in ordered:
        ways[draft.name] = sum(1 + ways[step] for step in draft.needs.values())
        if ways[draft.name] > MAX_WAYS:
            yield Problem(
                mark=document.key_mark(("steps", draft.name)),
                code=TOO_MANY,
                message=f"the step {draft.name} needs earlier steps by {ways[draft.name]:,} ways, more than {MAX_WAYS}",
                help="take each image from the step that makes it",
            )
            return


def _documents(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield each step's name and document; a recipe without steps is one."""
    defaults = document.below((), without=TOP_LEVEL)
    steps = mapping(document.value).get("steps")
    if steps is None:
        yield MAIN, defaults
        return
    for name, step in mapping(steps).items():
        if isinstance(step, Mapping):
            yield name, laid_over(defaults, document.below(("steps", name)))


def _need_problems(draft: Draft, names: Sequence[str]) -> Iterator[Problem]:
    """Yield the needs that name no other step, and those whose name is taken."""
    document = draft.document
    taken: Mapping[str, Value] = {
        **mapping(mapping(document.value).get("vars")),
        **dict.fromkeys(name for name, _ in axis_paths(document)),
    }
    for name in mapping(mapping(document.value).get("needs")):
        if name in taken:
            yield Problem(
                mark=document.key_mark(("needs", name)),
                code="name-clash",
                message=f"the need {name} has the name of an axis or a var",
                help="rename one of them",
            )
    for name, need in mapping(mapping(document.value).get("needs")).items():
        if mapping(need).get("collect") and set(mapping(mapping(need).get("pick"))) - {"picks"}:
            yield Problem(
                mark=document.key_mark(("needs", name, "pick")),
                code="not-allowed",
                message=f"the need {name} collects and picks values at once",
                help="say collect or pick; {picks: FILE} goes with collect",
            )
    others = [name for name in names if name != draft.name]
    for name, step in draft.needs.items():
        if step not in others:
            yield Problem(
                mark=document.mark(("needs", name)),
                code="unknown-step",
                message=f"{shown(step)} is no other step of this recipe",
                help=did_you_mean(step, others) or f"other steps: {listed(others) or 'none'}",
            )


def _ordered(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the steps so that each comes after what it needs, otherwise as written; those in a circle are left out."""
    ordered: list[Draft] = []
    done: set[str] = set()
    waiting = list(drafts)
    while ready := next((draft for draft in waiting if done.issuperset(draft.needs.values())), None):
        waiting.remove(ready)
        ordered.append(ready)
        done.add(ready.name)
    return ordered


def _circle(document: Document, drafts: Sequence[Draft]) -> Problem:
    """Return the problem of steps that need each other."""
    return Problem(
        mark=document.key_mark(("steps", drafts[0].name)),
        code="circle",
        message=f"these steps need each other: {listed(draft.name for draft in drafts)}",
        help="remove one of the needs",
    )
