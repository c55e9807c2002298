"""The recipes that are shipped for people to start from are good ones: valid, priced, and runnable for free."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from PIL import Image

from gen4flow.resources import shipped

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
RECIPES = sorted(shipped("recipes").glob("*.yaml"))
FIRST_LINE = "# yaml-language-server: $schema=../schemas/recipe.schema.json"

each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)


def apart(folder: Path) -> tuple[str | Path, ...]:
    """Return the options that keep state and images out of the checkout."""
    return ("--state", folder / "state", "--out", folder / "out")


def test_there_are_recipes_to_start_from() -> None:
    assert {"quickstart", "catalogue"} <= {recipe.stem for recipe in RECIPES}


@each_recipe
def test_a_shipped_recipe_names_its_schema_and_itself(recipe: Path) -> None:
    lines = recipe.read_text(encoding="utf-8").splitlines()
    assert lines[0] == FIRST_LINE
    assert (recipe.parent / FIRST_LINE.partition("$schema=")[2]).is_file()
    assert f"name: {recipe.stem}" in lines


@each_recipe
def test_a_shipped_recipe_is_valid_without_a_warning(recipe: Path, tmp_path: Path, gen4flow_command: Command) -> None:
    done = gen4flow_command("validate", recipe, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 recipe valid\n", "")


@each_recipe
@pytest.mark.parametrize("provider", ["local", "wavespeed"])
def test_a_shipped_recipe_has_a_plan_within_its_own_limit(
    recipe: Path, provider: str, tmp_path: Path, gen4flow_command: Command
) -> None:
    done = gen4flow_command("plan", recipe, "--provider", provider, "--json", *apart(tmp_path), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    plan = json.loads(done.stdout)
    prices = {"quickstart": "0.30", "catalogue": "0.80"}
    assert plan["totals"]["list_price"] == prices.get(recipe.stem, plan["totals"]["list_price"])
    assert plan["totals"]["buys"] == plan["totals"]["jobs"] == len({job["files"][0] for job in plan["jobs"]})
    assert all("{" not in job["prompt"] and "  " not in job["prompt"] for job in plan["jobs"])
    assert list(tmp_path.iterdir()) == []


@each_recipe
@pytest.mark.skipif(not importlib.util.find_spec("gen4flow.commands.run"), reason="`gen4flow run` is not there yet")
def test_a_shipped_recipe_runs_for_free_and_then_has_nothing_to_do(
    recipe: Path, tmp_path: Path, gen4flow_command: Command
) -> None:
    options = (recipe, "--provider", "local", *apart(tmp_path))
    done = gen4flow_command("run", *options, "--yes", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["status"] for entry in manifest["entries"]} == {"succeeded"}
    for entry in manifest["entries"]:
        [file] = entry["files"]
        with Image.open(tmp_path / "out" / file["path"]) as image:
            assert image.size == (file["width"], file["height"])
    again = json.loads(gen4flow_command("plan", *options, "--json", folder=tmp_path).stdout)
    assert again["totals"]["by_action"] == {"keep": len(manifest["entries"])}


def test_the_catalogue_shows_only_products_in_stock_each_where_it_belongs(
    tmp_path: Path, gen4flow_command: Command
) -> None:
    recipe = shipped("recipes") / "catalogue.yaml"
    done = gen4flow_command("plan", recipe, "--json", *apart(tmp_path), folder=tmp_path)
    jobs = json.loads(done.stdout)["jobs"]
    shown = {(job["axes"]["product"], job["axes"]["setting"]) for job in jobs}
    indoors, outdoors = ("lamp-01", "chair-01", "stool-01"), ("chair-02", "planter-01")
    assert shown == {
        *((product, setting) for product in indoors for setting in ("studio", "living-room")),
        *((product, setting) for product in outdoors for setting in ("studio", "terrace")),
    }
    assert {job["tags"]["sku"] for job in jobs if "mood" in job["extras"]} == {"lamp-01", "chair-02"}
    assert {job["tags"]["launch"] for job in jobs} == {"true", "false"}
