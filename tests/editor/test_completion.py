"""An editor offers what could stand at the cursor, and what is accepted is YAML that gen4flow reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from gen4flow.commands.preparing import recipe_schema
from gen4flow.core.sizes import ASPECT_RATIOS, RESOLUTIONS
from gen4flow.providers import PROVIDERS
from gen4flow.recipe_file.compose import compose
from tests.editor.authoring import ONE, SCHEMA_LINE, TWO, accepted
from tests.editor.language_server import CURSOR, LanguageServer

EXTENDED = f"{SCHEMA_LINE}extends: base.yaml\n"


def keys(definition: str, *below: str) -> set[str]:
    """Return the keys that the schema has at a place."""
    found = recipe_schema()["definitions"][definition]
    for key in below:
        found = found["properties"][key]
    return set(found["properties"])


def labels(server: LanguageServer, recipe: Path, text: str) -> list[str]:
    return [item["label"] for item in server.completions(recipe, text)]


KEYS = {
    f"{SCHEMA_LINE}{CURSOR}": keys("recipe"),
    f"{ONE}{CURSOR}": keys("recipe") - {"version", "name", "prompt"},
    f"{ONE}re{CURSOR}": keys("recipe") - {"version", "name", "prompt"},
    f"{ONE}output:\n  {CURSOR}": {"dir", "file"},
    f"{ONE}limits:\n  {CURSOR}": keys("recipe", "limits"),
    f"{ONE}limits:\n  max_cost: 1\n  {CURSOR}": keys("recipe", "limits") - {"max_cost"},
    f"{ONE}only:\n  {CURSOR}": {"picks"},
    f"{ONE}matrix:\n  {CURSOR}": keys("matrix"),
    f"{ONE}matrix:\n  scene: [a]\n  {CURSOR}": keys("matrix"),
    f"{ONE}matrix:\n  product:\n    {CURSOR}": keys("from_axis") | {"glob", "range"},
    f"{ONE}matrix:\n  product:\n    from: a.csv\n    {CURSOR}": keys("from_axis") - {"from"},
    f"{ONE}matrix:\n  seed:\n    {CURSOR}": keys("from_axis") | keys("auto_axis") | {"range"},
    f"{ONE}matrix:\n  hour:\n    range:\n      {CURSOR}": {"from", "to", "step"},
    f"{TWO}    {CURSOR}": keys("step"),
    f"{TWO}    prompt: a\n    output:\n      {CURSOR}": {"file"},
    f"{TWO}    needs:\n      hero:\n        {CURSOR}": {"step", "collect", "pick"},
    f"{ONE}profiles:\n  draft:\n    {CURSOR}": keys("layer_profile"),
    f"{ONE}profiles:\n  draft:\n    limits:\n      {CURSOR}": keys("recipe", "limits"),
    f"{ONE}profiles:\n  draft:\n    matrix:\n      {CURSOR}": keys("matrix"),
    f"{EXTENDED}{CURSOR}": keys("recipe") - {"extends"},
    f"{EXTENDED}limits:\n  {CURSOR}": keys("recipe", "limits"),
}


@pytest.mark.parametrize("text", KEYS, ids=range(len(KEYS)))
def test_the_keys_of_a_place_are_offered_with_what_they_are(text: str, server: LanguageServer, recipe: Path) -> None:
    offered = [item for item in server.completions(recipe, text) if item["label"] in KEYS[text]]
    assert {item["label"] for item in offered} == KEYS[text], text
    assert all(item.get("documentation") for item in offered)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"{ONE}resolution: {CURSOR}", RESOLUTIONS),
        (f"{ONE}provider: {CURSOR}", ("local", "wavespeed", "runway")),
        (f"{ONE}aspect_ratio: {CURSOR}", (*ASPECT_RATIOS, '"{{ placement.ratio }}"')),
        (f"{ONE}matrix:\n  aspect_ratio: [{CURSOR}]", ASPECT_RATIOS),
        (f"{ONE}matrix:\n  aspect_ratio:\n    - {CURSOR}", ASPECT_RATIOS),
        (f"{ONE}matrix:\n  resolution: [720p, {CURSOR}]", RESOLUTIONS),
        (f"{ONE}matrix:\n  zip: {{a: {{resolution: [{CURSOR}]}}}}", RESOLUTIONS),
        (f"{ONE}matrix:\n  p: {{from: a.csv, columns: {{b: {CURSOR}}}}}", ("string", "number", "integer", "boolean")),
        (f"{ONE}allow_empty: {CURSOR}", ("true", "false")),
        (f"{ONE}profiles:\n  draft:\n    resolution: {CURSOR}", (*RESOLUTIONS, "null")),
        (f"{TWO}    prompt: a\n    approve: {CURSOR}", ("manual", "null")),
        (f"{EXTENDED}provider: {CURSOR}", ("local", "wavespeed", "runway", "null")),
    ],
)
def test_the_values_of_a_key_are_offered(
    text: str, values: tuple[str, ...], server: LanguageServer, recipe: Path
) -> None:
    assert sorted(labels(server, recipe, text)) == sorted(values)


def test_the_providers_that_are_offered_are_there(server: LanguageServer, recipe: Path) -> None:
    assert set(PROVIDERS) <= set(labels(server, recipe, f"{ONE}provider: {CURSOR}"))


def test_what_is_accepted_is_yaml_that_gen4flow_reads(server: LanguageServer, recipe: Path) -> None:
    seen = 0
    for text in KEYS:
        for item in server.completions(recipe, text):
            written = accepted(text, item)
            document, problems = compose(written.encode(), "recipe.yaml")
            assert document is not None, written
            assert not problems, (written, problems)
            seen += 1
    assert seen > 150


def test_a_recipe_is_written_by_accepting_what_is_offered(server: LanguageServer, recipe: Path) -> None:
    text = f"{SCHEMA_LINE}version: 1\n{CURSOR}"
    for label in ("name", "description", "prompt", "reference_images", "repeat", "tags", "profiles", "vars"):
        item = next(item for item in server.completions(recipe, text) if item["label"] == label)
        text = accepted(text, item).rstrip() + f"\n{CURSOR}"
    written = text.replace(CURSOR, "").replace("reference_images:\n  -\n", "")
    [problems] = server.diagnostics((recipe, written))
    assert problems == [], written
    document, _ = compose(written.encode(), "recipe.yaml")
    assert document is not None
    value = document.value
    assert isinstance(value, dict)
    assert value["tags"] == {"sku": "shop-{{ product.id }}"}
