"""A recipe file becomes a recipe value, with the place of everything in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.problem import Mark
from gen4flow.core.recipe import AutoSeedAxis, ListAxis, Matrix, Recipe, SourceAxis, Text
from gen4flow.core.values import scalar_text
from gen4flow.recipe_file import load

Load = Callable[[str], Recipe]

HEAD = "version: 1\nname: x\nprompt: p\n"
FULL = """\
version: 1
name: spring-launch
description: Two products
provider: wavespeed
model: runwayml/gen4-image-turbo
vars: {look: soft light, weight: 1.50}
prompt: |
  {{ product.name }} on {{ scene }}, {{ look }}
aspect_ratio: 4:3
resolution: 720p
seed: "{{ product.seed }}"
repeat: 2
matrix:
  product: {from: products.csv, id: sku}
  scene: [a marble table, {id: forest, name: A forest}, true, 1.50]
  zip: {frame: {place: [a, b], hour: [1, 2]}}
  size: {range: {from: 1, to: 3}}
  image: {glob: "refs/*.png"}
  exclude: [{scene: a m*, size: [1, 2]}]
  include: [{size: 1, mood: calm}]
  add: [{scene: a ribbon}]
allow_empty: true
output: {dir: "out/{{ name }}", file: "{{ scene }}"}
tags: {sku: "{{ product.id }}", batch: 7, final: false}
limits: {max_cost: 25.00, concurrency: 20, images_per_minute: 500, submitting: 4, max_jobs: 99}
"""


def test_every_field_of_a_full_recipe_is_read(load_text: Load, tmp_path: Path) -> None:
    recipe = load_text(FULL)
    assert recipe.file == str(tmp_path / "recipe.yaml")
    assert recipe.sha256 == hashlib.sha256(FULL.encode()).hexdigest()
    assert (recipe.name, recipe.description) == ("spring-launch", "Two products")
    assert (recipe.provider, recipe.model) == ("wavespeed", "runwayml/gen4-image-turbo")
    assert {name: scalar_text(value) for name, value in recipe.vars.items()} == {  # type: ignore[arg-type]  # scalars
        "look": "soft light",
        "weight": "1.50",
    }
    assert recipe.steps[0].prompt == Text(
        text="{{ product.name }} on {{ scene }}, {{ look }}\n", mark=Mark(file=recipe.file, line=8, column=3)
    )
    assert recipe.steps[0].parameters == {"aspect_ratio": "4:3", "resolution": "720p", "seed": "{{ product.seed }}"}
    assert recipe.steps[0].repeat == 2
    assert recipe.dir is not None
    assert recipe.dir.text == "out/{{ name }}"
    assert recipe.steps[0].file is not None
    assert recipe.steps[0].file.mark.line == 23
    assert {name: tag.text for name, tag in recipe.steps[0].tags.items()} == {
        "sku": "{{ product.id }}",
        "batch": "7",
        "final": "false",
    }
    limits = recipe.limits
    assert (str(limits.max_cost), limits.concurrency, limits.images_per_minute) == ("25.00", 20, 500)
    assert (limits.submitting, limits.max_jobs) == (4, 99)
    assert recipe.steps[0].place("tags") == Mark(file=recipe.file, line=24, column=7)


def test_axes_come_in_written_order_and_zips_last(load_text: Load, tmp_path: Path) -> None:
    matrix = load_text(FULL).steps[0].matrix
    names = [[axis.name for axis in dimension.axes] for dimension in matrix.dimensions]
    assert names == [["product"], ["scene"], ["size"], ["image"], ["place", "hour"]]
    product, scene = (dimension.axes[0] for dimension in matrix.dimensions[:2])
    assert isinstance(product, SourceAxis)
    assert (product.form, product.folder) == ("from", str(tmp_path.resolve()))
    assert product.settings == {"from": "products.csv", "id": "sku"}
    assert (product.mark.line, product.mark.column) == (14, 3)
    assert isinstance(scene, ListAxis)
    assert [value.id for value in scene.values] == ["a marble table", "forest", "true", "1.50"]
    assert scene.values[1].mark.column == 27
    assert matrix.allow_empty


def test_rules_keep_their_values_and_places(load_text: Load) -> None:
    matrix = load_text(FULL).steps[0].matrix
    assert matrix.exclude[0].values == {"scene": "a m*", "size": [1, 2]}
    assert matrix.exclude[0].marks["size"].column == 33
    assert matrix.include[0].values == {"size": 1, "mood": "calm"}
    assert matrix.add[0].values == {"scene": "a ribbon"}


def test_a_recipe_of_three_lines_has_the_defaults(load_text: Load) -> None:
    recipe = load_text(HEAD)
    assert (recipe.provider, recipe.model, recipe.steps[0].repeat) == ("local", "runwayml/gen4-image", None)
    assert recipe.steps[0].matrix == Matrix()
    assert recipe.steps[0].parameters == {}
    assert (recipe.limits.max_cost, recipe.limits.submitting, recipe.limits.max_jobs) == (None, 8, 10_000)


@pytest.mark.parametrize(
    ("written", "per", "salt", "per_request"),
    [
        ("{auto: 2}", (), "", False),
        ("{auto: 2, per: request}", ("request",), "", True),
        ("{auto: 2, per: [a], salt: s}", ("a",), "s", False),
    ],
)
def test_counted_seeds_keep_their_settings(
    load_text: Load, written: str, per: tuple[str, ...], salt: str, per_request: bool
) -> None:
    axis = load_text(f"{HEAD}matrix: {{a: [1], seed: {written}}}").steps[0].matrix.dimensions[1].axes[0]
    assert isinstance(axis, AutoSeedAxis)
    assert (axis.count, axis.per, axis.salt, axis.per_request) == (2, per, salt, per_request)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("2", "2"), ("2.50", "2.50"), ("0.1", "0.1"), ("0", "0"), ("0.000001", "0.000001"), ("1e2", "1E+2")],
)
def test_a_cap_keeps_every_digit(load_text: Load, written: str, amount: str) -> None:
    assert str(load_text(f"{HEAD}limits: {{max_cost: {written}}}").limits.max_cost) == amount
    assert load_text(f"{HEAD}limits: {{max_cost: {written}}}").limits.max_cost == Decimal(amount)


def test_a_prompt_file_is_read_relative_to_the_recipe(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "hero.txt").write_bytes(b"\xef\xbb\xbfa {{ x }}\r\nb\n")
    path = tmp_path / "recipes" / "r.yaml"
    path.write_text("version: 1\nname: x\nprompt: {file: ../hero.txt}\n")
    recipe = load(path, schema, root=tmp_path)
    assert recipe.steps[0].prompt.text == "a {{ x }}\nb\n"
    assert recipe.steps[0].prompt.mark == Mark(file=str(tmp_path / "recipes" / "../hero.txt"), line=1, column=1)


def test_the_file_is_named_as_it_was_given(
    tmp_path: Path, schema: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r.yaml").write_text(HEAD + "matrix: {a: {glob: '*.png'}}")
    monkeypatch.chdir(tmp_path)
    recipe = load(Path("r.yaml"), schema, root=tmp_path)
    axis = recipe.steps[0].matrix.dimensions[0].axes[0]
    assert recipe.file == axis.mark.file == "r.yaml"
    assert isinstance(axis, SourceAxis)
    assert axis.folder == str(tmp_path.resolve())
