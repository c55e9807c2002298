"""`gen4flow gallery`: the page again, from a folder or from the recipe that writes there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gen4flow.core.manifest import build_manifest

Gen4flow = Callable[..., subprocess.CompletedProcess[str]]
RECIPE = "version: 1\nname: spring\nprompt: A mug\n"


def write_manifest(folder: Path, *, provider: str = "local") -> None:
    manifest = build_manifest(
        tool_version="1.0.0", recipe="spring", provider=provider, model="runwayml/gen4-image", last=None, entries=[]
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with one recipe and nothing else."""
    (tmp_path / "spring.yaml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "gen4flow.toml").touch()
    return tmp_path


def test_a_folder_gets_its_page_again_and_its_path_is_printed(project: Path, gen4flow_command: Gen4flow) -> None:
    write_manifest(project / "out")
    done = gen4flow_command("gallery", "out", folder=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "out/gallery.html\n", "")
    assert b"PROOFS" in (project / "out/gallery.html").read_bytes()


def test_it_writes_the_page_that_a_run_has_written(project: Path, gen4flow_command: Gen4flow) -> None:
    more = "matrix: {seed: [3], product: [mug, jug], look: [plain, blue]}\ntags: {sku: x, line: {{ product }}}\n"
    told = RECIPE.replace("A mug", "A {{ look }} {{ product }}") + more.replace("{{ product }}", "'{{ product }}'")
    (project / "spring.yaml").write_text(told, encoding="utf-8")
    assert gen4flow_command("run", "spring.yaml", folder=project).returncode == 0
    page = project / "out/spring.proof/gallery.html"
    before = page.read_bytes()
    assert gen4flow_command("gallery", "spring.yaml", folder=project).returncode == 0
    assert page.read_bytes() == before
    assert (
        b"""[["product",["mug","jug"]],["look",["plain","blue"]],["seed",["3"]]]""" in before
    )  # the constant one last


def test_a_recipe_stands_for_the_folder_that_it_writes_to(project: Path, gen4flow_command: Gen4flow) -> None:
    write_manifest(project / "out/spring.proof")
    write_manifest(project / "out/spring", provider="wavespeed")
    proofs = gen4flow_command("gallery", "spring.yaml", folder=project)
    finals = gen4flow_command("gallery", "spring.yaml", "--provider", "wavespeed", folder=project)
    assert proofs.stdout == f"{project / 'out/spring.proof/gallery.html'}\n"
    assert finals.stdout == f"{project / 'out/spring/gallery.html'}\n"
    assert b"PROOFS" not in (project / "out/spring/gallery.html").read_bytes()


def test_out_names_another_folder_of_the_recipe(project: Path, gen4flow_command: Gen4flow) -> None:
    write_manifest(project / "there")
    done = gen4flow_command("gallery", "spring.yaml", "--out", "there", folder=project)
    assert done.stdout == f"{project / 'there/gallery.html'}\n"


@pytest.mark.parametrize("target", [".", "spring.yaml"])
def test_without_a_manifest_it_says_what_writes_one(target: str, project: Path, gen4flow_command: Gen4flow) -> None:
    done = gen4flow_command("gallery", target, folder=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "manifest.json is not there" in done.stderr
    assert "gen4flow run RECIPE writes it" in done.stderr


def test_a_manifest_that_is_none_is_an_error_and_no_page(project: Path, gen4flow_command: Gen4flow) -> None:
    (project / "manifest.json").write_text("[]", encoding="utf-8")
    done = gen4flow_command("gallery", ".", folder=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "this is no manifest of gen4flow" in done.stderr
    assert not (project / "gallery.html").exists()
