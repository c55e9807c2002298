"""`gen4flow init`: what it makes works as it is, and what was there before stays."""

from __future__ import annotations

import json
import shlex
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from gen4flow.commands.templates import COMMON, DEFAULT, SCHEMA, TEMPLATES, project_files
from gen4flow.resources import shipped

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
MADE = set(project_files(DEFAULT))
WAITS = 3  # the exit code of a run that an approval is missing for

each_template = pytest.mark.parametrize("name", TEMPLATES)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def typed(told: str) -> list[list[str]]:
    """Return the commands that come next, as words: each is typed as it stands there, with its comment."""
    return [shlex.split(line, comments=True) for line in told.partition("Next, free of charge:\n")[2].splitlines()]


@each_template
def test_it_makes_a_project_and_names_every_file_and_the_next_commands(
    name: str, tmp_path: Path, gen4flow_command: Command
) -> None:
    done = gen4flow_command("init", "my project", "--template", name, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "my project") == set(project_files(name))
    assert all(f"made my project/{file}\n" in done.stdout for file in project_files(name))
    change, *steps = typed(done.stdout)
    assert change == ["cd", "my project"]
    assert [shlex.join(words) for words in steps] == [
        shlex.join(shlex.split(command)) for command, _ in TEMPLATES[name].then
    ]


def test_without_a_template_it_is_the_smallest_one(tmp_path: Path, gen4flow_command: Command) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    told = gen4flow_command("init", folder=here).stdout
    assert "cd " not in told
    assert told == gen4flow_command("init", "-t", "start", folder=there).stdout
    assert {file: (here / file).read_bytes() for file in files(here)} == project_files(DEFAULT)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("adds", "did you mean ads? "),
        ("catalog", "did you mean catalogue? "),
        ("x\x1b[31m", ""),
        ("../start", "did you mean start? "),
    ],
)
def test_a_template_that_there_is_not_is_told_with_those_there_are(
    wrong: str, told: str, tmp_path: Path, gen4flow_command: Command
) -> None:
    done = gen4flow_command("init", "new", "--template", wrong, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"gen4flow: there is no template {wrong!r}\n  help: {told}templates: start, ads, catalogue, character\n"
    )
    assert files(tmp_path) == set()


@each_template
def test_the_project_is_valid_without_a_warning(name: str, tmp_path: Path, gen4flow_command: Command) -> None:
    gen4flow_command("init", "--template", name, folder=tmp_path)
    valid = gen4flow_command("validate", "recipe.yaml", folder=tmp_path)
    assert (valid.returncode, valid.stdout, valid.stderr) == (0, "1 recipe valid\n", "")


@each_template
def test_the_commands_that_come_next_make_every_image(name: str, tmp_path: Path, gen4flow_command: Command) -> None:
    told = gen4flow_command("init", "--template", name, folder=tmp_path).stdout
    small = ("-S", "resolution=720p") if name in {"ads", "catalogue"} else ()  # half the time
    codes = {}
    for program, command, *options in typed(told):
        assert program == "gen4flow"
        if command != "review":  # it serves until it is stopped, and tests/review has it
            consent = ("--yes",) if command == "run" else ()
            done = gen4flow_command(command, *options, *small, *consent, folder=tmp_path)
            codes[shlex.join([command, *options])] = done.returncode
            assert "warning" not in done.stderr, done.stderr
    waits = {"run recipe.yaml"} if name == "character" else set()  # its scenes, for an approval
    assert {typed for typed, code in codes.items() if code} == waits
    assert {codes[typed] for typed in waits} <= {WAITS}
    [manifest] = tmp_path.glob("out/*.proof/manifest.json")
    entries = json.loads(manifest.read_text(encoding="utf-8"))["entries"]
    assert {entry["status"] for entry in entries} == {"succeeded"}
    assert all("{" not in entry["prompt"] for entry in entries)


def test_the_portraits_of_a_character_are_chosen_by_seed_or_by_picks(tmp_path: Path, gen4flow_command: Command) -> None:
    gen4flow_command("init", "--template", "character", folder=tmp_path)
    recipe = tmp_path / "recipe.yaml"
    text = recipe.read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines() if line.strip().startswith("#   hero: ")]
    plan = json.loads(gen4flow_command("plan", "recipe.yaml", "--json", folder=tmp_path).stdout)
    portraits = [job for job in plan["jobs"] if job["key"].startswith("portrait") and job["axes"]["seed"] == 11]
    picked = [{"fingerprint": job["fingerprint"], "keys": [job["key"]], "verdict": "pick"} for job in portraits]
    document = {"format": "gen4flow-picks/1", "recipe": "character", "manifest_sha256": "0" * 64, "picks": picked}
    (tmp_path / "picks").mkdir()
    (tmp_path / "picks" / "portraits.json").write_text(json.dumps(document), encoding="utf-8")
    recipe.write_text(
        text.replace("hero: {step: portrait, pick: {seed: 12}}", line.strip().removeprefix("#   ")), encoding="utf-8"
    )
    plan = json.loads(gen4flow_command("plan", "recipe.yaml", "--json", folder=tmp_path).stdout)
    shown = {job["references"][0]["job"] for job in plan["jobs"] if job["key"].startswith("scene")}
    assert shown == {job["fingerprint"] for job in portraits}


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


@each_template
def test_the_editor_finds_the_schema_that_is_shipped(name: str, tmp_path: Path, gen4flow_command: Command) -> None:
    gen4flow_command("init", "-t", name, folder=tmp_path)
    recipe = (tmp_path / "recipe.yaml").read_text(encoding="utf-8")
    schema = recipe.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (tmp_path / schema).read_bytes() == (shipped("schemas") / "recipe.schema.json").read_bytes()
    source = (shipped("recipes") / name / "recipe.yaml").read_text(encoding="utf-8")
    assert recipe.partition("\n")[2] == source.partition("\n")[2]


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


@each_template
def test_every_file_of_a_template_is_used(name: str) -> None:
    left = {file for file in files(shipped("recipes") / name) if not file.startswith(("out/", ".gen4flow/"))}
    assert left == set(TEMPLATES[name].files)


def test_every_folder_of_recipes_that_holds_a_small_project_is_a_template() -> None:
    assert {path.parent.name for path in shipped("recipes").glob("*/recipe.yaml")} == set(TEMPLATES)
    assert {source.name for source in COMMON.values()} == {"gen4flow.toml", "gitignore"}
    assert SCHEMA in MADE
