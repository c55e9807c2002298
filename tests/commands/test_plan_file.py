"""A plan that was approved in a file: a run of it buys what it lists, for at most its total, and nothing else."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.emulator import Settings, serving

RECIPE = """\
version: 1
name: cups
prompt: a {{ thing }}, {{ look }}
vars: {look: plain}
matrix: {thing: [cup, bowl], seed: [7]}
profiles: {draft: {resolution: 720p}}
"""
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"  # one level down, so that a test has room beside the project
    project.mkdir()
    monkeypatch.chdir(project)
    Path("gen4flow.toml").write_text("")
    Path("recipes").mkdir()
    Path("recipes/cups.yaml").write_text(RECIPE)


def plan(*options: str) -> dict[str, Any]:
    """Write a plan file and return what is in it."""
    assert main(["plan", "recipes/cups.yaml", "-o", "plan.json", *options]) == 0
    found: dict[str, Any] = json.loads(Path("plan.json").read_text())
    return found


def test_a_plan_file_is_carried_out_with_the_options_that_it_was_made_with() -> None:
    told = plan("-P", "draft", "-S", "vars.look=blue", "-s", "thing=cup")
    assert told["source"]["recipe"] == "recipes/cups.yaml"
    assert main(["run", "plan.json"]) == 0
    entries = json.loads(Path("out/cups.draft.proof/manifest.json").read_text())["entries"]
    assert [(entry["prompt"], entry["parameters"]["resolution"], entry["status"]) for entry in entries] == [
        ("a cup, blue", "720p", "succeeded"),
        ("a bowl, blue", "720p", "planned"),
    ]
    assert main(["run", "plan.json"]) == 0  # nothing is left to buy


def test_a_plan_file_that_does_not_list_what_would_be_bought_is_stale(capsys: Output) -> None:
    plan()
    Path("recipes/cups.yaml").write_text(RECIPE.replace("[cup, bowl]", "[cup, bowl, jug]"))
    assert main(["run", "plan.json"]) == 8
    assert "does not list main[seed=7,thing=jug]" in capsys.readouterr().err
    assert not list(Path("out").rglob("*.png"))
    Path("recipes/cups.yaml").write_text(RECIPE.replace("[cup, bowl]", "[bowl]"))
    assert main(["run", "plan.json"]) == 0  # less than was approved is fine


@pytest.mark.parametrize("option", [["-P", "draft"], ["-S", "a=b"], ["--provider", "local"], ["-s", "thing=cup"]])
def test_other_options_beside_a_plan_file_are_refused(option: list[str], capsys: Output) -> None:
    plan()
    assert main(["run", "plan.json", *option]) == 2
    assert "goes to `plan`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"format": "gen4flow-plan/1"}', '{"format": "gen4flow-plan/1", "source": 7}', "[" * 5000],
)
def test_what_is_no_plan_is_refused_in_a_sentence(text: str, capsys: Output) -> None:
    Path("plan.json").write_text(text)
    assert main(["run", "plan.json"]) == 2
    told = capsys.readouterr().err
    assert "gen4flow: plan.json" in told
    assert "Error(" not in told  # no words of Python


@pytest.mark.parametrize("target", ["recipes/cups.yaml", "notes.json", "empty.json", "plan.json"])
def test_a_plan_is_written_over_an_older_one_alone(target: str, capsys: Output) -> None:
    plan()
    Path("notes.json").write_text('{"format": "mine"}')
    Path("empty.json").touch()
    before = Path(target).read_bytes()
    code = main(["plan", "recipes/cups.yaml", "-S", "vars.look=blue", "-o", target])
    if target in {"plan.json", "empty.json"}:
        assert (code, json.loads(Path(target).read_text())["source"]["set"]) == (0, ["vars.look=blue"])
    else:
        assert (code, Path(target).read_bytes()) == (2, before)
        assert f"{target} is there already, and is another file" in capsys.readouterr().err


def test_a_plan_of_a_recipe_that_is_gone_says_so(capsys: Output) -> None:
    plan()
    Path("recipes/cups.yaml").unlink()
    assert main(["run", "plan.json"]) == 2
    assert "is a plan of 'recipes/cups.yaml', which is not here" in capsys.readouterr().err


@pytest.mark.parametrize(
    "recipe", ["{outside}", "../outside/cups.yaml", "recipes/../../outside/cups.yaml", "link.yaml"]
)
def test_a_plan_names_nothing_outside_of_the_project(recipe: str, tmp_path: Path, capsys: Output) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "cups.yaml").write_text(RECIPE)
    Path("link.yaml").symlink_to(outside / "cups.yaml")
    told = plan()
    told["source"]["recipe"] = recipe.format(outside=outside / "cups.yaml")
    Path("plan.json").write_text(json.dumps(told))
    assert main(["run", "plan.json"]) == 2
    assert "which is not here" in capsys.readouterr().err
    assert not (outside / "out").exists()


@pytest.mark.parametrize("total", ["Infinity", "NaN", "-1", "1e-9", "", 7.1, None, []])
def test_a_total_that_is_no_amount_buys_nothing(total: object, capsys: Output) -> None:
    told = plan("--provider", "wavespeed")
    told["totals"]["price"] = total
    Path("plan.json").write_text(json.dumps(told))
    assert main(["run", "plan.json", "--yes"]) == 2
    assert "this is no plan of gen4flow" in capsys.readouterr().err
    assert not list(Path().rglob("*.png"))


def test_a_recipe_may_be_written_as_json() -> None:
    Path("cups.json").write_text('{"version": 1, "name": "cups", "prompt": "a cup", "seed": 7}')
    assert main(["run", "cups.json"]) == 0


def test_the_same_plan_is_told_in_every_form(capsys: Output) -> None:
    capsys.readouterr()
    assert main(["plan", "recipes/cups.yaml", "--jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["plan", "recipes/cups.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"] == lines
    assert main(["plan", "recipes/cups.yaml", "--markdown", "--exit-code"]) == 10
    told = capsys.readouterr().out
    assert told.startswith("## Plan of `cups`")
    assert "`main[seed=7,thing=bowl]`" in told


def test_a_stale_plan_names_the_command_that_makes_it_again_with_all_its_options(capsys: Output) -> None:
    options = ("--provider", "local", "-P", "draft", "-S", "vars.look=dark blue", "-s", "thing=*", "--retry", "failed")
    plan(*options, "--buy-elsewhere")
    Path("recipes/cups.yaml").write_text(RECIPE.replace("[cup, bowl]", "[cup, bowl, jug]"))
    assert main(["run", "plan.json"]) == 8
    again = capsys.readouterr().err.partition("make it again: ")[2].strip()
    assert again == (
        "gen4flow plan recipes/cups.yaml --provider local -P draft -S 'vars.look=dark blue' -s 'thing=*' "
        "--retry failed --buy-elsewhere -o plan.json"
    )
    assert main(shlex.split(again)[1:]) == 0
    assert main(["run", "plan.json"]) == 0


def test_a_plan_for_the_real_provider_is_rehearsed_with_an_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    plan("--provider", "wavespeed")
    with serving(Settings(latency=0)) as url:
        monkeypatch.setenv("WAVESPEED_BASE_URL", url)
        monkeypatch.setenv("WAVESPEED_API_KEY", "k")
        assert main(["run", "plan.json", "--yes"]) == 0
        assert len(list(Path("out/cups.proof").glob("*.png"))) == 2
        Path("recipes/cups.yaml").write_text(RECIPE.replace("[cup, bowl]", "[cup, bowl, jug]"))
        assert main(["run", "plan.json", "--yes"]) == 8
