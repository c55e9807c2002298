"""`gen4flow show`: the recipe after extends, profiles and settings, with the place that each value came from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping

from gen4flow.commands.preparing import prepare
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, choices_of
from gen4flow.core.problem import Mark
from gen4flow.core.values import Value
from gen4flow.project import find_project
from gen4flow.recipe_file import Document, KeyPath, laid_over, resolve
from gen4flow.recipe_file.writing import flow_text, key_text

LAYERED = frozenset({"extends", "profiles"})  # what is laid over each other already
COLUMN = 60  # where origins start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser)
    add_recipe_options(parser)
    parser.add_argument("--origin", action="store_true", help="say for each value in which file and line it stands")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the resolved recipe; raises RecipeError for one that is not valid."""
    choices = choices_of(arguments)
    prepare(arguments.recipe, choices)
    root = find_project(arguments.recipe, state=choices.state).root
    document = resolve(arguments.recipe, root=root, profiles=choices.profiles, settings=choices.settings)
    document = document.below((), without=LAYERED)
    if choices.provider is not None:
        document = laid_over(document, _option(choices.provider))
    if arguments.json:
        print(json.dumps(_as_json(document, origin=arguments.origin), indent=1, ensure_ascii=False))
    else:
        for text, path in _lines(document.value, ()):
            origin = f"  # {document.mark(path)}" if arguments.origin and path else ""
            print(f"{text:<{COLUMN}}{origin}" if origin else text)
    return 0


def _option(provider: str) -> Document:
    """Return what --provider lays over a recipe."""
    place: dict[KeyPath, Mark] = {("provider",): Mark(file=f"--provider {provider}")}
    return Document(file="", value={"provider": provider}, marks=place, key_marks=place)


def _as_json(document: Document, *, origin: bool) -> object:
    """Return the recipe, or each of its values with the place where it stands."""
    if not origin:
        return document.value
    return {
        ".".join(map(str, path)): {"value": value, "origin": str(document.mark(path))}
        for path, value in _leaves(document.value, ())
    }


def _leaves(value: Value, path: KeyPath) -> Iterator[tuple[KeyPath, Value]]:
    """Yield every value that is no mapping, with its path."""
    if not isinstance(value, Mapping):
        yield path, value
        return
    for key, inner in value.items():
        yield from _leaves(inner, (*path, key))


def _lines(value: Value, path: KeyPath) -> Iterator[tuple[str, KeyPath]]:
    """Yield the lines of a mapping as YAML, each with the path of the value that stands in it."""
    indent = "  " * len(path)
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        if isinstance(inner, Mapping) and inner:
            yield f"{indent}{key_text(key)}:", ()
            yield from _lines(inner, (*path, key))
        else:
            yield f"{indent}{key_text(key)}: {flow_text(inner)}", (*path, key)
