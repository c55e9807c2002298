"""Whatever text a recipe file holds, loading it gives a recipe or a RecipeError, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem
from gen4flow.core.recipe import Recipe
from gen4flow.recipe_file import load

GOOD = """\
version: 1
name: spring
vars: {look: soft, size: 1.50}
prompt: |
  {{ product.name }} on {{ scene }}
seed: 7
matrix:
  product: {from: products.csv, id: sku, limit: 2, columns: {price: number}}
  scene: &s [a table, {id: b, name: B}, true, 007]
  zip: {frame: {a: [1, 2], b: *s}}
  n: {range: {from: 1, to: 3, step: 0.5}}
  seed: {auto: 2, per: [scene]}
  exclude: [{scene: a*, n: [1, 2]}]
  add: [{scene: x}]
output: {file: "{{ scene }}"}
limits: {max_cost: 2.50}
"""
SIGNS = "{}[],:-?&*!|>'\"%@`#~\\\t\n "
YAML = ["\n  ", "<<: ", "- ", ": ", "*s", "&s ", "!!int ", "!x ", "\\ud800", "---\n", "null", "true", ".nan", "1e999"]
CHARACTERS = ["\0", "é", "\ufeff", "\u2028", "😀", "\x85", "007", "0x", "9" * 200]
WORDS = ["from", "zip", "seed", "auto", "per", "matrix: ", "prompt: ", "version: 1\n", "name: x\n", "vars: "]
PIECES = st.sampled_from([*SIGNS, *YAML, *CHARACTERS, *WORDS])


def load_bytes(data: bytes, folder: Path, schema: Mapping[str, Any]) -> None:
    """Load bytes as a recipe and check that what comes out is a recipe or problems with places."""
    path = folder / "recipe.yaml"
    path.write_bytes(data)
    try:
        recipe: Recipe | None = load(path, schema, root=folder)
        problems: tuple[Problem, ...] = ()
    except RecipeError as error:
        recipe, problems = None, error.problems
    assert isinstance(recipe, Recipe) or problems
    assert all(problem.mark.file == str(path) and problem.message for problem in problems)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(PIECES | st.text(max_size=5), max_size=40))
def test_random_text_like_yaml_never_breaks_loading(pieces: list[str], folder: Path, schema: Mapping[str, Any]) -> None:
    load_bytes("".join(pieces).encode("utf-8", "replace"), folder, schema)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_random_bytes_never_break_loading(data: bytes, folder: Path, schema: Mapping[str, Any]) -> None:
    load_bytes(data, folder, schema)


@settings(max_examples=600, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES | st.text(max_size=3)), max_size=4)
)
def test_a_good_recipe_with_random_edits_never_breaks_loading(
    edits: list[tuple[int, int, str]], folder: Path, schema: Mapping[str, Any]
) -> None:
    text = GOOD
    for at, removed, piece in edits:
        text = text[:at] + piece + text[at + removed :]
    load_bytes(text.encode("utf-8", "replace"), folder, schema)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "", "request", "x: y", "{{ a }}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "glob", "range", "auto", "per", "id", "to", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["version", "name", "vars", "prompt", "aspect_ratio", "seed", "repeat", "output", "tags", "limits", "nope"]
AXES = st.dictionaries(st.sampled_from(["a", "seed", "zip", "exclude", "include", "add", "take"]), VALUES, max_size=4)


@settings(max_examples=400, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4), matrix=AXES | VALUES)
def test_random_values_in_every_field_never_break_loading(
    fields: dict[str, Any], matrix: Any, folder: Path, schema: Mapping[str, Any]
) -> None:
    recipe = {"version": 1, "name": "x", "prompt": "p", **fields, "matrix": matrix}
    load_bytes(json.dumps(recipe).encode(), folder, schema)
