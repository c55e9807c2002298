"""`gen4flow validate`: what it warns about beyond what a plan says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from gen4flow.cli import main

Output = pytest.CaptureFixture[str]
RECIPE = """\
version: 1
name: {name}
prompt: {{file: prompts/{name}.txt}}
reference_images: ["refs/{{{{ thing }}}}.png"]
matrix: {{thing: [cup], seed: [7]}}
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")
    Path("prompts").mkdir()
    Path("refs").mkdir()
    for name in ("one", "two"):
        Path(f"prompts/{name}.txt").write_text("a {{ thing }}")
        Path(f"{name}.yaml").write_text(RECIPE.format(name=name))
    Image.new("RGB", (8, 8)).save("refs/cup.png")


def validate(capsys: Output, *recipes: str) -> list[tuple[str, str]]:
    """Return file and code of every problem."""
    capsys.readouterr()
    main(["validate", *recipes, "--format", "json"])
    return [(one["file"], one["code"]) for one in json.loads(capsys.readouterr().out)]


def test_a_file_beside_used_ones_that_no_checked_recipe_uses_is_told(capsys: Output) -> None:
    Image.new("RGB", (8, 8)).save("refs/old.png")
    Path("refs/notes.md").write_text("not of the kind that is used here")
    assert validate(capsys, "one.yaml") == [("prompts/two.txt", "unused-file"), ("refs/old.png", "unused-file")]
    assert validate(capsys, "one.yaml", "two.yaml") == [("refs/old.png", "unused-file")]


def test_nothing_is_called_unused_while_a_recipe_is_broken(capsys: Output) -> None:
    Path("two.yaml").write_text("version: 1\n")
    assert {code for _, code in validate(capsys, "one.yaml", "two.yaml")} == {"missing-key"}


def test_a_reference_that_is_no_image_is_found_before_anything_is_bought(capsys: Output) -> None:
    Path("refs/cup.png").write_bytes(Path("refs/cup.png").read_bytes()[:40])
    assert validate(capsys, "one.yaml") == [("one.yaml", "reference")]
    assert main(["run", "one.yaml"]) == 2


def test_problems_are_annotations_of_a_pull_request(capsys: Output) -> None:
    Path("one.yaml").write_text("version: 1\nname: one\nprompt: 100% cotton\nseed: 1\nsed: 2\n")
    assert main(["validate", "one.yaml", "--format", "github"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "::error file=one.yaml,line=5,col=1,title=unknown-key::unknown key 'sed' in the recipe%0Adid you mean seed?"
    ]
    Path("a,b:c.yaml").write_text("version: 1\nname: one\nprompt: 100% {{ thing }}\nseed: 1\n")
    assert main(["validate", "a,b:c.yaml", "--format", "github"]) == 2
    assert capsys.readouterr().out.startswith("::error file=a%2Cb%3Ac.yaml,line=3,col=17,title=template::'thing' is")


def test_a_model_that_needs_a_reference_is_pointed_at(capsys: Output) -> None:
    Path("bare.yaml").write_text("version: 1\nname: bare\nmodel: runwayml/gen4-image-turbo\nprompt: a cup\nseed: 7\n")
    capsys.readouterr()
    main(["validate", "bare.yaml"])
    assert "bare.yaml:3:8: error[references]" in capsys.readouterr().err


def test_the_picks_of_a_need_are_a_used_file(capsys: Output) -> None:
    pick = {"fingerprint": "0" * 64, "keys": ["a[seed=7]"], "verdict": "pick"}
    text = json.dumps({"format": "gen4flow-picks/1", "recipe": "s", "manifest_sha256": "0" * 64, "picks": [pick]})
    Path("picks").mkdir()
    for name in ("a", "b"):
        Path(f"picks/{name}.json").write_text(text)
    Path("steps.yaml").write_text(
        "version: 1\nname: s\nmatrix: {seed: [7]}\nsteps:\n"
        "  a: {prompt: a, only: {picks: picks/a.json}}\n"
        "  b: {prompt: b, needs: {one: {step: a, pick: {picks: picks/b.json}}}}\n"
    )
    assert validate(capsys, "steps.yaml") == []
