"""Over a key, an editor shows what the schema says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gen4flow.commands.preparing import recipe_schema
from gen4flow.recipe_file.writing import flow_text
from tests.editor.authoring import ONE, SCHEMA_LINE, TWO
from tests.editor.language_server import CURSOR, LanguageServer

# where the keys of a mapping are written, and where the schema has them
PLACES = {
    f"{SCHEMA_LINE}": "recipe",
    f"{ONE}output:\n  ": "recipe/properties/output",
    f"{ONE}limits:\n  ": "recipe/properties/limits",
    f"{ONE}only:\n  ": "recipe/properties/only",
    f"{ONE}matrix:\n  ": "matrix",
    f"{ONE}matrix:\n  product:\n    ": "from_axis",
    f"{ONE}matrix:\n  photo:\n    ": "glob_axis",
    f"{ONE}matrix:\n  hour:\n    range:\n      ": "range_axis/properties/range",
    f"{ONE}matrix:\n  seed:\n    ": "auto_axis",
    f"{TWO}    ": "step",
    f"{ONE}profiles:\n  draft:\n    ": "layer_profile",
    f"{ONE}profiles:\n  draft:\n    limits:\n      ": "recipe/properties/limits",
    f"{SCHEMA_LINE}extends: base.yaml\nlimits:\n  ": "recipe/properties/limits",
}


def at(pointer: str) -> Any:
    """Return a part of the schema's definitions, or what stands there in its place."""
    found: Any = recipe_schema()["definitions"]
    for part in pointer.split("/"):
        found = found[int(part) if isinstance(found, list) else part]
        while "$ref" in found:
            found = at(found["$ref"].removeprefix("#/definitions/"))
    return found


def example(found: Any) -> Any:
    """Return a value that a key may have; where the schema has an example for it, that one."""
    if "$ref" in found:
        return example(at(found["$ref"].removeprefix("#/definitions/")))
    if "const" in found:
        return found["const"]
    known = [*found.get("examples", ()), *found.get("enum", ())]
    return known[0] if known else example(found["anyOf"][0])


def keys() -> Iterator[tuple[str, str, str]]:
    """Yield a text with the cursor on a key, that key, and what the schema says of it."""
    for place, pointer in PLACES.items():
        for key in at(pointer)["properties"]:
            if (pointer, key) == ("matrix", "seed"):
                continue  # of an axis, what its form is says more: see below
            found = at(f"{pointer}/properties/{key}")
            text = f"{place}{key[0]}{CURSOR}{key[1:]}: {flow_text(example(found))}\n"
            yield text, key, found["description"]


def test_over_every_key_stands_its_description(server: LanguageServer, recipe: Path) -> None:
    asked = list(keys())
    assert len(asked) > 80
    for text, key, description in asked:
        shown = server.hover(recipe, text)
        assert description in shown, (text, key, shown)


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (f"{ONE}matrix:\n  p{CURSOR}lace: [a, b]\n", "list_axis"),
        (f"{ONE}matrix:\n  p{CURSOR}lace: {{from: a.csv}}\n", "from_axis"),
        (f"{ONE}matrix:\n  se{CURSOR}ed: {{auto: 2}}\n", "auto_axis"),
        (f"{ONE}matrix:\n  se{CURSOR}ed: [1, 2]\n", "seed_axis"),
        (f"{ONE}matrix:\n  aspect_{CURSOR}ratio: [1:1]\n", "aspect_ratio_axis"),
        (f"{TWO}    prompt: a\n    needs: {{h{CURSOR}ero: portrait}}\n", "step/properties/needs/additionalProperties"),
        (f"{ONE}tags: {{s{CURSOR}ku: a}}\n", "recipe/properties/tags/additionalProperties"),
        (f"{ONE}profiles: {{dr{CURSOR}aft: {{seed: 7}}}}\n", "layer_profile"),
        (f"{ONE}resolution: 10{CURSOR}80p\n", "recipe/properties/resolution"),
        (f"{SCHEMA_LINE}version: 1\nname: a\npr{CURSOR}ompt: {{file: a.txt}}\n", "recipe/properties/prompt"),
    ],
)
def test_over_a_key_whose_name_is_the_recipes_own_stands_what_it_is(
    text: str, pointer: str, server: LanguageServer, recipe: Path
) -> None:
    assert at(pointer)["description"] in server.hover(recipe, text)


def test_examples_are_shown_too(server: LanguageServer, recipe: Path) -> None:
    assert "spring-launch" in server.hover(recipe, f"{SCHEMA_LINE}version: 1\nna{CURSOR}me: fox\nprompt: a\n")


def test_over_a_text_that_the_schema_does_not_know_stands_nothing(server: LanguageServer, recipe: Path) -> None:
    assert server.hover(recipe, f"{ONE}limts{CURSOR}: 1\n") == ""
