"""`gen4flow init`: what it makes works as it is, and what was there before stays."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from gen4flow.commands.init import FILES, SCHEMA, TEMPLATE
from gen4flow.resources import shipped

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
MADE = {*FILES, SCHEMA}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_it_makes_a_project_and_names_every_file_and_the_next_commands(
    tmp_path: Path, gen4flow_command: Command
) -> None:
    done = gen4flow_command("init", "my project", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "my project") == MADE
    assert all(f"made my project/{name}\n" in done.stdout for name in MADE)
    assert "cd 'my project'\n  gen4flow plan recipe.yaml\n  gen4flow run recipe.yaml\n" in done.stdout


def test_the_project_is_valid_and_planned_without_a_warning(tmp_path: Path, gen4flow_command: Command) -> None:
    made = gen4flow_command("init", folder=tmp_path)
    assert "cd " not in made.stdout
    valid = gen4flow_command("validate", "recipe.yaml", folder=tmp_path)
    assert (valid.returncode, valid.stdout, valid.stderr) == (0, "1 recipe valid\n", "")
    plan = gen4flow_command("plan", "recipe.yaml", "--json", folder=tmp_path)
    assert (plan.returncode, plan.stderr) == (0, "")
    told = json.loads(plan.stdout)
    assert (told["provider"], told["totals"]["buys"], told["totals"]["price"]) == ("local", 8, "0.00")
    assert {job["tags"]["sku"] for job in told["jobs"]} == {"mug-01", "vase-02"}
    assert all(word in told["jobs"][0]["prompt"] for word in ("coffee mug", "stoneware", "kitchen counter"))


def test_the_project_is_its_own_root_even_inside_another_one(tmp_path: Path, gen4flow_command: Command) -> None:
    (tmp_path / ".git").mkdir()
    gen4flow_command("init", "inner", folder=tmp_path)
    gen4flow_command("run", "inner/recipe.yaml", "--yes", folder=tmp_path)
    assert (tmp_path / "inner" / "out" / "my-first-images.proof" / "manifest.json").is_file()
    assert files(tmp_path) == {f"inner/{name}" for name in files(tmp_path / "inner")}


def test_git_sees_the_images_and_neither_ledger_nor_keys(tmp_path: Path, gen4flow_command: Command) -> None:
    gen4flow_command("init", folder=tmp_path)
    for name in (".env", ".gen4flow/ledger.sqlite3", "out/x/manifest.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(listed, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.split()
    assert set(seen) == {*MADE, "out/x/manifest.json"}


def test_the_editor_finds_the_schema_that_is_shipped(tmp_path: Path, gen4flow_command: Command) -> None:
    gen4flow_command("init", folder=tmp_path)
    first = (tmp_path / "recipe.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = first.removeprefix("# yaml-language-server: $schema=")
    assert (tmp_path / schema).read_bytes() == (shipped("schemas") / "recipe.schema.json").read_bytes()


def test_the_settings_can_be_switched_on_by_taking_their_marks_away(tmp_path: Path, gen4flow_command: Command) -> None:
    gen4flow_command("init", folder=tmp_path)
    settings = tmp_path / "gen4flow.toml"
    text = settings.read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    settings.write_text(text.replace("# max_cost", "max_cost"), encoding="utf-8")
    assert tomllib.loads(settings.read_text(encoding="utf-8")).keys() == {"max_cost", "max_cost_per_day"}
    assert gen4flow_command("plan", "recipe.yaml", folder=tmp_path).returncode == 0


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_file_that_is_there_is_named_and_nothing_is_made(
    name: str, tmp_path: Path, gen4flow_command: Command
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    done = gen4flow_command("init", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"gen4flow: {name} is there already")
    assert files(tmp_path) == {name}
    assert (tmp_path / name).read_text() == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path, gen4flow_command: Command) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "products.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert gen4flow_command("init", "project", folder=tmp_path).returncode == 2
    assert files(tmp_path) == {"project/products.csv"}


@pytest.mark.parametrize(("in_the_way", "folder"), [("project", "project"), ("prompts", ".")])
def test_a_file_where_a_folder_has_to_be_is_named(
    in_the_way: str, folder: str, tmp_path: Path, gen4flow_command: Command
) -> None:
    (tmp_path / in_the_way).write_text("mine")
    done = gen4flow_command("init", folder, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"gen4flow: {in_the_way} is no folder")
    assert files(tmp_path) == {in_the_way}


def test_every_file_of_the_template_is_used() -> None:
    assert files(TEMPLATE) == set(FILES.values())
