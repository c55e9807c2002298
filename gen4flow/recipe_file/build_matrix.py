"""Builds the matrix of a recipe from a document that has passed every check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from gen4flow.core.recipe import AutoSeedAxis, Axis, AxisValue, Dimension, ListAxis, Matrix, Rule, SourceAxis
from gen4flow.core.values import Value
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.matrix_check import WORDS, mapping, value_at

_FORMS = ("from", "glob", "range")


def build_matrix(document: Document) -> Matrix:
    """Return the matrix of a step's document."""
    recipe = mapping(document.value)
    matrix = mapping(recipe.get("matrix"))
    plain = [_dimension(document, [("matrix", name)]) for name in matrix if name not in WORDS]
    zips = [
        _dimension(document, [("matrix", "zip", group, name) for name in mapping(members)])
        for group, members in mapping(matrix.get("zip")).items()
    ]
    return Matrix(
        dimensions=(*plain, *zips),
        exclude=build_rules(document, ("matrix", "exclude")),
        include=build_rules(document, ("matrix", "include")),
        add=build_rules(document, ("matrix", "add")),
        allow_empty=bool(recipe.get("allow_empty", False)),
    )


def _dimension(document: Document, paths: Sequence[KeyPath]) -> Dimension:
    """Return the dimension of the axes at those places; a zip's place is that of its group."""
    place = paths[0] if len(paths[0]) == 2 else paths[0][:-1]
    axes = tuple(_axis(document, path) for path in paths)
    return Dimension(axes=axes, mark=document.key_mark(place))


def _axis(document: Document, path: KeyPath) -> Axis:
    """Return the axis at that place, whatever its form."""
    name, value, mark = str(path[-1]), value_at(document, path), document.key_mark(path)
    if isinstance(value, list):
        return ListAxis(name=name, values=_values(document, path, value), mark=mark)
    settings = mapping(value)
    form = next((form for form in _FORMS if form in settings), None)
    if form is None:
        return _auto_seeds(document, path)
    folder = str(document.folder((*path, form)))
    return SourceAxis(name=name, form=form, settings=settings, folder=folder, mark=mark)


def _values(document: Document, path: KeyPath, values: Sequence[Value]) -> tuple[AxisValue, ...]:
    return tuple(AxisValue.of(value, document.mark((*path, n))) for n, value in enumerate(values))


def _auto_seeds(document: Document, path: KeyPath) -> AutoSeedAxis:
    """Return the axis of counted seeds."""
    settings = mapping(value_at(document, path))
    per: Any = settings.get("per", ())
    return AutoSeedAxis(
        count=cast(int, settings["auto"]),  # the schema has checked it
        salt=str(settings.get("salt", "")),
        per=(per,) if isinstance(per, str) else tuple(str(name) for name in per),
        mark=document.key_mark(path),
    )


def build_rules(document: Document, place: KeyPath) -> tuple[Rule, ...]:
    """Return the mappings of the list at a place, such as the items of exclude; none where there is no list."""
    items: Value = document.value
    for part in place:
        items = mapping(items).get(str(part))
    rules = []
    for index, item in enumerate(items if isinstance(items, list) else ()):
        path: KeyPath = (*place, index)
        marks = {key: document.mark((*path, key)) for key in item}
        rules.append(Rule(values=item, marks=marks, mark=document.mark(path)))
    return tuple(rules)
