"""Builds the recipe from a document that has passed every check."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from gen4flow.core.recipe import REQUEST_PARAMETERS, Limits, Output, Recipe, Text
from gen4flow.core.values import scalar_text
from gen4flow.recipe_file.build_matrix import build_matrix
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.matrix_check import mapping

_AS_WRITTEN = ("description", "provider", "model", "vars", "repeat")


def build_recipe(document: Document, *, prompt: Text, folder: Path, sha256: str) -> Recipe:
    """Return the recipe; what it leaves out has the defaults of its values."""
    written: dict[str, Any] = dict(mapping(document.value))
    return Recipe(
        file=document.file,
        sha256=sha256,
        name=written["name"],
        prompt=prompt,
        parameters={name: written[name] for name in REQUEST_PARAMETERS if name in written},
        matrix=build_matrix(document, folder),
        output=Output(dir=_text(document, ("output", "dir")), file=_text(document, ("output", "file"))),
        tags={name: _tag(document, name) for name in mapping(written.get("tags"))},
        limits=_limits(dict(mapping(written.get("limits")))),
        marks={key: document.mark((key,)) for key in written},
        **{key: written[key] for key in _AS_WRITTEN if key in written},
    )


def _text(document: Document, path: KeyPath) -> Text | None:
    """Return the template at a place, None where nothing is written."""
    value = mapping(mapping(document.value).get(str(path[0]))).get(str(path[1]))
    return Text(text=str(value), mark=document.mark(path)) if value is not None else None


def _tag(document: Document, name: str) -> Text:
    value: Any = mapping(mapping(document.value)["tags"])[name]
    return Text(text=scalar_text(value), mark=document.mark(("tags", name)))


def _limits(written: dict[str, Any]) -> Limits:
    """Return the limits; an amount keeps every digit that it was written with."""
    if "max_cost" in written:
        written["max_cost"] = Decimal(str(written["max_cost"]))
    return Limits(**written)
