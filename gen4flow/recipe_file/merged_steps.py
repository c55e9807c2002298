"""Checks steps together with what the top level leaves to them: what one says a part of must have become whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gen4flow.core.problem import Problem
from gen4flow.core.values import Value
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.matrix_check import axis_paths, mapping, value_at
from gen4flow.recipe_file.schema_match import schema_problems
from gen4flow.recipe_file.steps import Draft


def merged_problems(document: Document, drafts: Sequence[Draft], schema: Mapping[str, Any]) -> list[Problem]:
    """Return what is not whole in the steps of a recipe: the schema lets a step say a part, as a layer may."""
    steps = mapping(mapping(document.value).get("steps"))
    whole = {"$ref": "#/definitions/step", "definitions": schema["definitions"]}
    return [
        problem
        for draft in drafts
        if draft.name in steps
        for problem in schema_problems(_shape(draft.document, mapping(steps[draft.name])), whole)
    ]


def _shape(step: Document, own: Mapping[str, Value]) -> Document:
    """Return the keys of the axes and needs that a step itself writes; what stands inside them was checked there."""
    matrix = mapping(own.get("matrix"))
    shape: dict[str, Any] = {}
    for _, path in axis_paths(step):
        value = value_at(step, path)
        if isinstance(value, Mapping) and path[1] in matrix:
            _put(shape, path, _keys(value))
    needs = {name: _keys(need) for name, need in mapping(own.get("needs")).items() if isinstance(need, Mapping)}
    return replace(step, value={**shape, **({"needs": needs} if needs else {})})


def _keys(value: Mapping[str, Value]) -> dict[str, Value]:
    """Return a mapping without what is large and whole in any case; of its parts, `range` has keys that it needs."""
    return {key: one for key, one in value.items() if key == "range" or not isinstance(one, Mapping | list)}


def _put(shape: dict[str, Any], path: KeyPath, value: Value) -> None:
    """Put a value at a path of keys."""
    for key in path[:-1]:
        shape = shape.setdefault(str(key), {})
    shape[str(path[-1])] = value
