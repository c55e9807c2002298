"""The recipes that are shipped for people to start from are good ones: valid, priced, and runnable for free."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pytest
from PIL import Image

from gen4flow.commands.templates import TEMPLATES
from gen4flow.resources import shipped

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
CAMPAIGN = shipped("recipes") / "campaign" / "campaign.yaml"
RECIPES = [*sorted(shipped("recipes").glob("*.yaml")), *sorted(shipped("recipes").glob("*/recipe.yaml")), CAMPAIGN]
SCHEMA_LINE = "# yaml-language-server: $schema="


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What is held of a recipe: its options, how many jobs and images and at what price, and what a test runs of it."""

    jobs: int
    buys: int
    price: str
    options: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    select: tuple[str, ...] = ()


KNOWN = {
    "ads": Shipped(jobs=10, buys=10, price="0.80"),
    "campaign": Shipped(jobs=1200, buys=720, price="36.00", options=("-P", "draft"), select=("-s", "sample:12@1")),
    "catalogue": Shipped(jobs=10, buys=10, price="0.80"),
    "character": Shipped(jobs=24, buys=24, price="1.56", approve=("--approve", "scene")),
    "quickstart": Shipped(jobs=6, buys=6, price="0.30"),
    "start": Shipped(jobs=8, buys=8, price="0.40"),
}


def known_name(recipe: Path) -> str:
    """Return what a recipe is known by: its folder's name where it has one of its own."""
    return recipe.parent.name if recipe.name == "recipe.yaml" else recipe.stem


each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=known_name)


def apart(folder: Path) -> tuple[str | Path, ...]:
    """Return the options that keep state and images out of the checkout."""
    return ("--state", folder / "state", "--out", folder / "out")


def test_every_recipe_to_start_from_is_held_to_its_numbers() -> None:
    assert {known_name(recipe) for recipe in RECIPES} == set(KNOWN)


@each_recipe
def test_a_shipped_recipe_names_its_schema_and_itself(recipe: Path) -> None:
    lines = recipe.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(SCHEMA_LINE)
    schema = (recipe.parent / lines[0].removeprefix(SCHEMA_LINE)).resolve()
    assert schema == (shipped("schemas") / "recipe.schema.json").resolve()
    other = {"campaign": "spring-still-life", "start": "my-first-images"}
    assert f"name: {other.get(known_name(recipe), known_name(recipe))}" in lines


@each_recipe
def test_a_shipped_recipe_is_valid_without_a_warning(recipe: Path, tmp_path: Path, gen4flow_command: Command) -> None:
    done = gen4flow_command("validate", recipe, *KNOWN[known_name(recipe)].options, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 recipe valid\n", "")


@each_recipe
@pytest.mark.parametrize("provider", ["local", "wavespeed"])
def test_a_shipped_recipe_has_a_plan_within_its_own_limit(
    recipe: Path, provider: str, tmp_path: Path, gen4flow_command: Command
) -> None:
    known = KNOWN[known_name(recipe)]
    options = (*known.options, *known.approve, "--provider", provider, "--json", *apart(tmp_path))
    done = gen4flow_command("plan", recipe, *options, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    plan = json.loads(done.stdout)
    totals = plan["totals"]
    assert (totals["jobs"], totals["buys"], totals["list_price"]) == (known.jobs, known.buys, known.price)
    assert totals["price"] == (known.price if provider == "wavespeed" else "0.00")
    assert len({job["files"][0].casefold() for job in plan["jobs"]}) == known.jobs
    assert all("{" not in job["prompt"] and "  " not in job["prompt"] for job in plan["jobs"])
    shown = json.loads(gen4flow_command("show", recipe, *known.options, "--json", folder=tmp_path).stdout)
    assert Decimal(str(shown["limits"]["max_cost"])) >= Decimal(known.price)
    assert list(tmp_path.iterdir()) == []


# those that `init` makes projects from are run there, in tests/commands/test_init.py
@pytest.mark.parametrize("recipe", [one for one in RECIPES if known_name(one) not in TEMPLATES], ids=known_name)
def test_a_shipped_recipe_runs_for_free_and_then_has_nothing_to_do(
    recipe: Path, tmp_path: Path, gen4flow_command: Command
) -> None:
    known = KNOWN[known_name(recipe)]
    options = (recipe, *known.options, *known.approve, *known.select, "--provider", "local", *apart(tmp_path))
    done = gen4flow_command("run", *options, "--yes", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["status"] for entry in manifest["entries"]} == {"succeeded", *(["planned"] if known.select else [])}
    made = [entry for entry in manifest["entries"] if entry["status"] == "succeeded"]
    for entry in made:
        [file] = entry["files"]
        with Image.open(tmp_path / "out" / file["path"]) as image:
            assert image.size == (file["width"], file["height"])
    again = json.loads(gen4flow_command("plan", *options, "--json", folder=tmp_path).stdout)
    assert again["totals"]["by_action"] == {"keep": 12 if known.select else known.jobs}


def test_the_catalogue_shows_only_products_in_stock_each_where_it_belongs(
    tmp_path: Path, gen4flow_command: Command
) -> None:
    recipe = shipped("recipes") / "catalogue" / "recipe.yaml"
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


def test_the_ads_have_every_shape_and_say_where_the_text_goes(tmp_path: Path, gen4flow_command: Command) -> None:
    recipe = shipped("recipes") / "ads" / "recipe.yaml"
    jobs = json.loads(gen4flow_command("plan", recipe, "--json", *apart(tmp_path), folder=tmp_path).stdout)["jobs"]
    assert {job["parameters"]["aspect_ratio"] for job in jobs} == {"1:1", "16:9", "9:16", "4:3", "3:4"}
    assert len({job["prompt"] for job in jobs}) == 5
    [story] = [job for job in jobs if job["key"] == "main[placement=story,seed=1122634591]"]
    assert story["files"] == ["story/ALDER_SS27_bottle_story_9x16_s1122634591.*"]


def test_character_draws_portraits_first_and_holds_the_scenes_that_show_them(
    tmp_path: Path, gen4flow_command: Command
) -> None:
    recipe = shipped("recipes") / "character" / "recipe.yaml"
    options = ("--provider", "wavespeed", "--json", *apart(tmp_path))
    plan = json.loads(gen4flow_command("plan", recipe, *options, folder=tmp_path).stdout)
    assert (plan["totals"]["price"], plan["totals"]["held_price"]) == ("0.60", "0.96")
    portraits = {job["fingerprint"]: job for job in plan["jobs"] if job["action"] == "add"}
    scenes = [job for job in plan["jobs"] if job["action"] == "held"]
    assert len(portraits) == len(scenes) == 12
    assert len({(job["axes"]["character"], job["axes"]["scene"]) for job in scenes}) == 12
    for scene in scenes:
        [reference] = scene["references"]
        shown = portraits[reference["job"]]
        assert {name: shown["axes"][name] for name in ("character", "outfit")} == {
            name: scene["axes"][name] for name in ("character", "outfit")
        }
        assert shown["parameters"]["seed"] == 12
        assert scene["tags"]["portrait"] == shown["key"]
