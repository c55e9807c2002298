"""Loads a recipe: reads its layers, checks everything that can be checked without its data, and builds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem
from gen4flow.core.recipe import Recipe
from gen4flow.core.values import Value
from gen4flow.recipe_file.build import build_recipe
from gen4flow.recipe_file.document import Document
from gen4flow.recipe_file.layers import read_layers
from gen4flow.recipe_file.matrix_check import mapping
from gen4flow.recipe_file.mending import without
from gen4flow.recipe_file.merged_steps import merged_problems
from gen4flow.recipe_file.schema_match import schema_problems
from gen4flow.recipe_file.steps import TOO_MANY, draft_steps


def load(
    path: Path,
    schema: Mapping[str, Any],
    *,
    root: Path,
    profiles: Sequence[str] = (),
    settings: Sequence[str] = (),
    unwritten: bytes | None = None,
    leaving_out: Sequence[Problem] = (),
) -> Recipe:
    """Return the recipe in a file; raises RecipeError with every problem that was found.

    `schema` is the recipe's JSON Schema; bases and prompt files must lie below `root`. `profiles` and `settings`
    (`key.path=value`) are those of the command line, laid over the recipe in this order. `unwritten` are the bytes of
    a recipe that is not on disk yet. `leaving_out`: the problems that were found before, to find what stands behind
    them; the recipe is then not the one that is written.
    """
    layers = read_layers(path, root=root, profiles=profiles, settings=settings, unwritten=unwritten)
    if layers.document is None:
        raise RecipeError(layers.problems)
    document = without(layers.document, leaving_out) if leaving_out else layers.document
    if document is None:
        raise RecipeError(leaving_out)
    drafts, problems = draft_steps(document, root=root)
    if any(problem.code == TOO_MANY for problem in problems):  # to check each of them would take its time
        raise RecipeError(problems)
    told = schema_problems(_as_one(document), schema)
    marked = {problem.mark for problem in told}
    deeper = [
        *told,
        *(problem for problem in merged_problems(document, drafts, schema) if problem.mark not in marked),
        *_missing_problems(document),
        *_cost_problems(document),
        *problems,
    ]
    said = {problem.mark for problem in layers.problems}  # what YAML has complained about is not said twice
    problems = [*layers.problems, *(problem for problem in deeper if problem.mark not in said)]
    if problems:
        raise RecipeError(list(dict.fromkeys(problems)))
    return build_recipe(document, drafts=drafts, profiles=tuple(profiles), sha256=layers.sha256)


def resolve(path: Path, *, root: Path, profiles: Sequence[str] = (), settings: Sequence[str] = ()) -> Document:
    """Return a recipe's layers as one document, profiles included and the schema not asked; raises RecipeError."""
    layers = read_layers(path, root=root, profiles=profiles, settings=settings)
    if layers.document is None or layers.problems:
        raise RecipeError(layers.problems)
    return layers.document


def _as_one(document: Document) -> Document:
    """Return the document as the schema sees it: what it extends is in it, so nothing may be missing any more.

    A null in a profile or a step deletes, whatever stands there.
    """
    whole = dict(mapping(document.value))
    if isinstance(whole.get("extends"), str) and whole["extends"]:
        del whole["extends"]
    for key in ("profiles", "steps"):
        if isinstance(whole.get(key), Mapping):
            whole[key] = _pruned(whole[key])
    return replace(document, value=whole) if isinstance(document.value, Mapping) else document


def _pruned(value: Value) -> Value:
    """Return a mapping without its null entries, at any depth."""
    if not isinstance(value, Mapping):
        return value
    return {key: _pruned(inner) for key, inner in value.items() if inner is not None}


def _missing_problems(document: Document) -> list[Problem]:
    """Return what a whole recipe lacks: the schema lets it be lacking, for a base that others extend has no name."""
    written = document.value
    if not isinstance(written, Mapping):
        return []
    lacking = [key for key in ("name", "prompt") if key not in written]
    if "steps" in written and "prompt" in lacking:
        lacking.remove("prompt")
    here = document.mark(())
    return [
        Problem(mark=here, code="missing-key", message=f"the recipe needs the key {key}", help=f"add {key}: ...")
        for key in lacking
    ]


def _cost_problems(document: Document) -> list[Problem]:
    """Return the problem of an amount that the ledger, which counts millionths, can't hold."""
    amount = mapping(mapping(document.value).get("limits")).get("max_cost")
    if not isinstance(amount, int | float) or isinstance(amount, bool):
        return []
    exponent = Decimal(str(amount)).normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -6:
        return []
    mark = document.mark(("limits", "max_cost"))
    message = "limits.max_cost is finer than a millionth of a dollar"
    return [Problem(mark=mark, code="not-allowed", message=message, help="round it")]
