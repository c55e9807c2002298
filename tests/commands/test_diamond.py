"""A step that needs another one twice, directly and through a third, pairs what was made from the same job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen4flow.cli import main

Output = pytest.CaptureFixture[str]
RECIPE = """\
version: 1
name: x
steps:
  portrait: {prompt: "{{ who }}", matrix: {who: [ann], seed: [1, 2]}}
  scene:
    needs: {hero: portrait}
    prompt: "{{ who }} outdoors"
    reference_images: ["{{ hero.image }}"]
    matrix: {seed: {auto: 1, per: request}}
  poster:
    needs: {hero: portrait, scene: scene}
    prompt: "{{ who }} poster"
    reference_images: ["{{ hero.image }}", "{{ scene.image }}"]
    seed: 8
  pair:
    needs: {left: portrait, right: portrait}
    prompt: two of {{ who }}
    reference_images: ["{{ left.image }}", "{{ right.image }}"]
    seed: 9
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")
    Path("recipe.yaml").write_text(RECIPE)


def seeds(capsys: Output, provider: str) -> dict[str, int]:
    """Return each job's seed."""
    capsys.readouterr()
    assert main(["plan", "recipe.yaml", "--json", "--provider", provider]) == 0
    return {job["key"]: job["parameters"]["seed"] for job in json.loads(capsys.readouterr().out)["jobs"]}


def test_a_poster_shows_a_scene_beside_the_portrait_that_it_was_made_from(capsys: Output) -> None:
    posters = [key for key in seeds(capsys, "local") if key.startswith("poster")]
    assert [key.count("seed=1") for key in posters] == [2, 0]
    assert [key.count("seed=2") for key in posters] == [0, 2]


def test_two_needs_of_one_step_are_every_pair_of_it(capsys: Output) -> None:
    assert len([key for key in seeds(capsys, "local") if key.startswith("pair")]) == 4


def test_a_seed_of_the_request_follows_the_image_that_is_shown_and_not_who_makes_it(capsys: Output) -> None:
    proofs = seeds(capsys, "local")
    scenes = [seed for key, seed in proofs.items() if key.startswith("scene")]
    assert len(set(scenes)) == 2
    assert seeds(capsys, "wavespeed") == proofs


def test_an_include_in_a_matrix_without_an_axis_says_what_to_write(capsys: Output) -> None:
    Path("recipe.yaml").write_text(
        "version: 1\nname: x\nprompt: a {{ c }}\nseed: 1\nmatrix: {include: [{c: 1}, {c: 2}]}\n"
    )
    assert main(["plan", "recipe.yaml"]) == 2
    assert "write them under add" in capsys.readouterr().err
