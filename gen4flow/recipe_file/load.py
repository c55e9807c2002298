"""Loads a recipe: reads it, checks everything that can be checked without its data, and builds it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import Recipe, Text
from gen4flow.recipe_file.build import build_recipe
from gen4flow.recipe_file.compose import compose
from gen4flow.recipe_file.document import Document
from gen4flow.recipe_file.matrix_check import mapping, matrix_problems
from gen4flow.recipe_file.prompt_file import read_prompt
from gen4flow.recipe_file.regular_files import MEBIBYTE, UnreadableError, read_regular
from gen4flow.recipe_file.schema_check import schema_problems

MAX_BYTES = 16 * MEBIBYTE


def load(path: Path, schema: Mapping[str, Any], *, root: Path) -> Recipe:
    """Return the recipe in a file; raises RecipeError with every problem that was found.

    `schema` is the recipe's JSON Schema; the prompt's file must lie below `root`.
    """
    file = str(path)
    try:
        data = read_regular(path, limit=MAX_BYTES)
        folder = path.resolve().parent
    except UnreadableError as error:
        problem = Problem(mark=Mark(file=file), code=error.code, message=f"the recipe {error}", help=error.help)
        raise RecipeError([problem]) from error
    document, problems = compose(data, file)
    if document is None:
        raise RecipeError(problems)
    prompt = read_prompt(document, folder=folder, root=root)
    problems = [*problems, *_deeper_problems(document, schema, problems, prompt)]
    if problems or not isinstance(prompt, Text):
        raise RecipeError(problems)
    return build_recipe(document, prompt=prompt, folder=folder, sha256=hashlib.sha256(data).hexdigest())


def _deeper_problems(
    document: Document, schema: Mapping[str, Any], known: list[Problem], prompt: Text | Problem | None
) -> list[Problem]:
    """Return the problems of schema and meaning, except where YAML itself has one: it would be said twice."""
    problems = [*schema_problems(document, schema), *matrix_problems(document), *_cost_problems(document)]
    if isinstance(prompt, Problem):
        problems.append(prompt)
    said = {problem.mark for problem in known}
    return [problem for problem in problems if problem.mark not in said]


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
