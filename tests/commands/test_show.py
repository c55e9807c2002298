"""`gen4flow show`: the resolved recipe, and where each of its values was written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gen4flow.cli import main
from gen4flow.core.values import WrittenFloat, scalar_text
from gen4flow.recipe_file import parse_document
from gen4flow.recipe_file.writing import flow_text, key_text
from tests.commands.projects import SCALARS, TEXTS, planned, recipes, write

BASE = """\
version: 1
prompt: |
  a {{ thing }},
  {{ look }}
vars:
  look: plain
  size: 1.50
matrix: {thing: [cup, bowl], seed: {auto: 1}}
"""
RECIPE = """\
extends: shared/base.yaml
name: cups
vars: {look: ornate}
tags: {sku: "007"}
profiles: {draft: {resolution: 720p, limits: {max_cost: 2}}}
"""
RESOLVED = """\
version: 1
prompt: "a {{ thing }},\\n{{ look }}\\n"
vars:
  look: ornate
  size: 1.50
matrix:
  thing: [cup, bowl]
  seed:
    auto: 1
name: cups
tags:
  sku: 007
resolution: 720p
limits:
  max_cost: 2
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")
    Path("shared").mkdir()
    Path("shared/base.yaml").write_text(BASE)
    Path("recipe.yaml").write_text(RECIPE)


def shown(*options: str, recipe: str = "recipe.yaml") -> str:
    """Return what `show` prints."""
    with redirect_stdout(StringIO()) as out:
        assert main(["show", recipe, *options]) == 0
    return out.getvalue()


def test_the_resolved_recipe_is_printed_as_yaml() -> None:
    assert shown("-P", "draft") == RESOLVED


def test_origins_say_where_each_value_stands() -> None:
    lines = shown("--origin", "-P", "draft", "-S", "vars.size=2", "--provider", "wavespeed").splitlines()
    origins = {line.partition("  # ")[0].strip(): line.partition("  # ")[2] for line in lines}
    assert origins == {
        "version: 1": "shared/base.yaml:1:10",
        'prompt: "a {{ thing }},\\n{{ look }}\\n"': "shared/base.yaml:3:3",
        "vars:": "",
        "look: ornate": "recipe.yaml:3:14",
        "size: 2": "-S vars.size=2",
        "matrix:": "",
        "thing: [cup, bowl]": "shared/base.yaml:8:17",
        "seed:": "",
        "auto: 1": "shared/base.yaml:8:43",
        "name: cups": "recipe.yaml:2:7",
        "tags:": "",
        "sku: 007": "recipe.yaml:4:13",
        "resolution: 720p": "recipe.yaml:5:32",
        "limits:": "",
        "max_cost: 2": "recipe.yaml:5:57",
        "provider: wavespeed": "--provider wavespeed",
    }


def test_a_recipe_with_origins_is_still_a_recipe(tmp_path: Path) -> None:
    write(tmp_path, shown("--origin"), "again.yaml")
    assert shown(recipe="again.yaml") == shown()


def test_json_has_the_recipe_and_with_origins_each_value_by_its_path() -> None:
    assert json.loads(shown("--json"))["vars"] == {"look": "ornate", "size": 1.5}
    told = json.loads(shown("--json", "--origin"))
    assert told["vars.look"] == {"value": "ornate", "origin": "recipe.yaml:3:14"}
    assert told["matrix.thing"] == {"value": ["cup", "bowl"], "origin": "shared/base.yaml:8:17"}


def test_a_number_for_a_file_has_its_origin_where_it_can_be_read() -> None:
    told = json.loads(shown("--json", "--origin", "-P", "draft"))
    for path, one in told.items():
        file, line, column = one["origin"].rsplit(":", 2)
        text = Path(file).read_text().splitlines()[int(line) - 1][int(column) - 1 :]
        value = one["value"]
        start = "[" if isinstance(value, list) else scalar_text(value).splitlines()[0]
        assert text.removeprefix('"').startswith(start.removesuffix(".5")), path


@pytest.mark.parametrize(
    ("recipe", "options"),
    [
        ("version: 1\nname: x\nprompt: p\nnmae: y\n", []),
        ("version: 1\nname: x\nprompt: p\nextends: none.yaml\n", []),
        ("version: 1\nname: x\nprompt: p\nextends: recipe.yaml\n", []),
        ("version: 1\nname: x\nprompt: p\n", ["-P", "none"]),
        ("version: 1\nname: x\nprompt: p\n", ["-S", "nmae=1"]),
        ("version: 1\nname: x\nprompt: p\nmatrix: {a: {from: none.csv}}\n", []),
    ],
)
def test_a_recipe_that_is_not_valid_is_not_shown(
    capsys: pytest.CaptureFixture[str], recipe: str, options: Sequence[str]
) -> None:
    Path("recipe.yaml").write_text(recipe)
    assert main(["show", "recipe.yaml", *options]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "help: " in told.err


TOKENS = st.sampled_from([1, -1, True, False, None, WrittenFloat("1.50"), WrittenFloat("1e3"), WrittenFloat(".5")])
VALUES = st.recursive(SCALARS | TOKENS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner))


@given(value=VALUES)
def test_what_is_written_reads_back_as_the_same_value(value: Any) -> None:
    read: Any = parse_document(f"k: {flow_text(value)}\n".encode(), "x").value
    assert read == {"k": value}
    assert flow_text(read["k"]) == flow_text(value)


@given(key=TEXTS)
def test_any_key_is_written_so_that_it_reads_back(key: str) -> None:
    assert parse_document(f"{key_text(key)}: 1\n".encode(), "x").value == {key: 1}


LAID = st.sampled_from([[], ["-P", "p"], ["-S", "vars.look=set"], ["-P", "p", "-S", "vars.look={{ seed }}"]])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recipe=recipes(), options=LAID)
def test_what_is_shown_is_a_recipe_that_plans_the_same_jobs(
    tmp_path: Path, recipe: Mapping[str, Any], options: Sequence[str]
) -> None:
    path = write(tmp_path, recipe)
    write(tmp_path, shown(*options), "again.yaml")
    profiles, laid = ([part for part in options if part == "p"], [part for part in options if "=" in part])
    before, after = planned(path, profiles, laid), planned(tmp_path / "again.yaml")
    assert [(job.key, job.fingerprint, job.stem, job.tags) for job in after] == [
        (job.key, job.fingerprint, job.stem, job.tags) for job in before
    ]
    assert shown(recipe="again.yaml") == shown(*options)
