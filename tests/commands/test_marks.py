"""Marks of a run's copies: proofs say that they are proofs, the recipe says how much, and `verify` misses marks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.core.marks import ALGORITHMIC, FoundMarks
from gen4flow.delivery.marking import read_marks

RECIPE = "version: 1\nname: cups\nprompt: a cup\nresolution: 720p\naspect_ratio: 1:1\nseed: 7\noutput: {file: cup}\n"
OUT = Path("out/cups.proof")
CUP = OUT / "cup.png"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").touch()
    assert run() == 0


def run(output: str = "{file: cup}") -> int:
    """Run the recipe with another `output`."""
    Path("recipe.yaml").write_text(RECIPE.replace("{file: cup}", output))
    return main(["run", "recipe.yaml"])


def found() -> FoundMarks:
    """Return the marks of the only copy."""
    return read_marks(CUP.read_bytes(), "image/png")


def entry() -> dict[str, Any]:
    """Return the manifest's only entry."""
    (only,) = json.loads((OUT / "manifest.json").read_bytes())["entries"]
    return dict(only)


def original() -> bytes:
    """Return the only original."""
    sha256 = entry()["files"][0]["original_sha256"]
    return Path(f".gen4flow/objects/{sha256[:2]}/{sha256}").read_bytes()


def test_a_proof_says_that_it_is_one_and_names_no_ai_system() -> None:
    told = found()
    assert (told.source_type, told.system, told.proof) == (ALGORITHMIC, None, True)
    assert (told.tool, told.key, told.seed) == ("gen4flow", "main[]", "7")
    assert (told.fingerprint, told.prompt) == (entry()["fingerprint"], None)


def test_the_recipe_says_how_much_is_told_and_nothing_is_drawn_again(capsys: pytest.CaptureFixture[str]) -> None:
    marked = CUP.read_bytes()
    assert run("{file: cup, marks: {prompt: true}}") == 0
    assert found().prompt == "a cup"
    assert run("{file: cup, marks: false}") == 0
    assert CUP.read_bytes() == original()
    assert main(["verify", "recipe.yaml"]) == 0
    assert capsys.readouterr().out.endswith("marks: 1 nowhere\n")
    assert main(["plan", "recipe.yaml", "-S", "output.marks=true"]) == 0
    assert "heal              main[]  (bought; its files are made anew, for free" in capsys.readouterr().out
    assert run("{file: cup, marks: true}") == 0
    assert CUP.read_bytes() == marked
    assert len(list(Path(".gen4flow/emulator").rglob("*.json"))) == 1
    assert [path.name for path in OUT.iterdir() if path.stem.startswith("cup")] == ["cup.png"]


def test_marks_that_somebody_took_out_are_missed_whatever_the_manifest_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (file,) = entry()["files"]
    CUP.write_bytes(original())
    assert main(["verify", "recipe.yaml", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["marks"][0]["where"] == "none"
    text = (OUT / "manifest.json").read_text()
    text = text.replace(file["sha256"], file["original_sha256"])
    (OUT / "manifest.json").write_text(text.replace(f'"bytes": {file["bytes"]}', f'"bytes": {len(original())}'))
    assert main(["verify", "recipe.yaml"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "cup.png: its marks are missing"


def test_marks_of_another_job_are_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    text = (OUT / "manifest.json").read_text()
    (OUT / "manifest.json").write_text(text.replace('"key": "main[]"', '"key": "main[seed=8]"'))
    assert main(["verify", "recipe.yaml"]) == 1
    told = "cup.png: the mark key is 'main[]', and the manifest says 'main[seed=8]'"
    assert capsys.readouterr().out.splitlines()[0] == told


def test_verify_prints_the_marks_of_each_file_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["verify", "recipe.yaml", "--marks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "cup.png: marks in the file"
    assert f"  source type: {ALGORITHMIC}" in lines
    assert "  seed: 7" in lines


def test_a_file_of_somebody_beside_a_picture_is_found_before_anything_is_bought(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (OUT / "jug.xmp").write_text("mine")
    assert run("{file: jug}") == 0  # it is bought: only what has to be written can be in the way
    Path("recipe.yaml").write_text(RECIPE.replace("a cup", "a jug").replace("{file: cup}", "{file: jug}"))
    (OUT / "jug.png").unlink()
    assert main(["run", "recipe.yaml"]) == 2
    assert "jug.xmp is in the way" in capsys.readouterr().err
