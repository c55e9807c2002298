"""Builds the recipe from a document that has passed every check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from gen4flow.core.recipe import REQUEST_PARAMETERS, Limits, Marking, Need, PicksFile, Recipe, Step, Text
from gen4flow.core.values import Value, scalar_text
from gen4flow.recipe_file.build_matrix import build_matrix, build_rules
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.matrix_check import mapping
from gen4flow.recipe_file.steps import Draft

_OF_THE_RECIPE = ("name", "description", "provider", "model", "vars")
_OF_A_STEP = ("model", "vars", "repeat")
MANUAL = "manual"  # the value of `approve` that holds a step's purchases


def build_recipe(document: Document, *, drafts: Sequence[Draft], profiles: tuple[str, ...], sha256: str) -> Recipe:
    """Return the recipe; what it leaves out has the defaults of its values."""
    written: dict[str, Any] = dict(mapping(document.value))
    return Recipe(
        file=document.file,
        sha256=sha256,
        profiles=profiles,
        dir=_text(document, ("output", "dir")),
        limits=_limits(dict(mapping(written.get("limits")))),
        steps=tuple(_step(document, draft) for draft in drafts),
        **{key: written[key] for key in _OF_THE_RECIPE if key in written},
    )


def _step(whole: Document, draft: Draft) -> Step:
    """Return one step."""
    document = draft.document
    written: dict[str, Any] = dict(mapping(document.value))
    assert draft.prompt is not None  # noqa: S101  # a step without one was refused
    references: Any = written.get("reference_images", ())
    return Step(
        name=draft.name,
        prompt=draft.prompt,
        references=tuple(_text_at(document, ("reference_images", index), one) for index, one in enumerate(references)),
        parameters={name: written[name] for name in REQUEST_PARAMETERS if name in written},
        matrix=build_matrix(document),
        file=_text(document, ("output", "file")),
        marking=_marking(mapping(written.get("output")).get("marks")),
        original=mapping(written.get("output")).get("original") is not False,
        deliver=build_rules(document, ("deliver",)),
        tags={name: _text_at(document, ("tags", name), tag) for name, tag in mapping(written.get("tags")).items()},
        needs=tuple(_need(document, name) for name in mapping(written.get("needs"))),
        only=_picks(document, ("only", "picks"), mapping(written.get("only")).get("picks")),
        held=written.get("approve") == MANUAL,
        marks={key: document.mark((key,)) for key in written},
        mark=whole.key_mark(("steps", draft.name)),
        **{key: written[key] for key in _OF_A_STEP if key in written},
    )


def _need(document: Document, name: str) -> Need:
    """Return what a step needs under a name."""
    written: Any = mapping(mapping(document.value)["needs"])[name]
    mark = document.key_mark(("needs", name))
    if isinstance(written, str):
        return Need(name=name, step=written, mark=mark)
    pick = dict(mapping(written.get("pick")))
    return Need(
        name=name,
        step=written["step"],
        collect=tuple(written.get("collect", ())),
        picks=_picks(document, ("needs", name, "pick", "picks"), pick.pop("picks", None)),
        pick=pick,
        mark=mark,
    )


def _marking(written: Value) -> Marking:
    """Return what is said about marks: true and nothing are the same, a mapping says more."""
    if isinstance(written, Mapping):
        return Marking(prompt=written.get("prompt") is True)
    return Marking(wanted=written is not False)


def _picks(document: Document, path: KeyPath, written: Value) -> PicksFile | None:
    """Return the picks file at a place, None where none is written."""
    if written is None:
        return None
    return PicksFile(path=str(written), folder=str(document.folder(path)), mark=document.mark(path))


def _text(document: Document, path: KeyPath) -> Text | None:
    """Return the template at a place, None where nothing is written."""
    value = mapping(mapping(document.value).get(str(path[0]))).get(str(path[1]))
    return Text(text=str(value), mark=document.mark(path)) if value is not None else None


def _text_at(document: Document, path: KeyPath, value: Any) -> Text:
    """Return a value as a template that knows its place."""
    return Text(text=scalar_text(value), mark=document.mark(path), folder=str(document.folder(path)))


def _limits(written: dict[str, Any]) -> Limits:
    """Return the limits; an amount keeps every digit that it was written with."""
    if "max_cost" in written:
        written["max_cost"] = Decimal(str(written["max_cost"]))
    return Limits(**written)
