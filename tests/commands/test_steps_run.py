"""Steps from the command line: scenes wait for their portraits, for approval, and are left out where those failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.core.purchase import Status
from gen4flow.emulator import FaultRule, Settings, serving
from gen4flow.ledger import Ledger

RECIPE = """\
version: 1
name: hero
resolution: 720p
seed: 7
steps:
  portrait:
    matrix: {character: [ann, ben]}
    prompt: portrait of {{ character }}
  scene:
    needs: {hero: portrait}
    reference_images: ["{{ hero.image }}"]
    matrix: {place: [beach, hill]}
    prompt: "{{ character }} at the {{ place }}"
"""
HELD = RECIPE.replace("    needs:", "    approve: manual\n    needs:")
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")
    Path("recipe.yaml").write_text(RECIPE)


def run(*options: str) -> int:
    """Run the recipe."""
    return main(["run", "recipe.yaml", *options])


def plan(capsys: Output, *options: str) -> dict[str, Any]:
    """Return the plan."""
    capsys.readouterr()
    assert main(["plan", "recipe.yaml", "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def statuses() -> dict[str, str]:
    """Return each job's status in the manifest."""
    entries = json.loads(Path("out/hero.proof/manifest.json").read_text())["entries"]
    return {entry["key"]: entry["status"] for entry in entries}


def test_scenes_are_made_after_their_portraits_in_one_run(capsys: Output) -> None:
    assert plan(capsys, "--provider", "wavespeed")["totals"]["price"] == "0.30"
    assert run() == 0
    assert set(statuses().values()) == {"succeeded"}
    entries = json.loads(Path("out/hero.proof/manifest.json").read_text())["entries"]
    portraits = {entry["key"]: entry["fingerprint"] for entry in entries[:2]}
    for entry in entries[2:]:
        key = f"portrait[character={entry['axes']['character']}]"
        assert entry["references"] == [{"job": portraits[key], "key": key, "output": 0}]
    assert plan(capsys)["totals"]["by_action"] == {"keep": 6}


def test_what_needs_a_failed_job_is_skipped_at_no_cost_and_made_when_that_is_mended(capsys: Output) -> None:
    faults = (FaultRule.parse("submit:validation_400:1:1"),)
    with serving(Settings(latency=0, faults=faults)) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAVESPEED_BASE_URL", url)
        patch.setenv("WAVESPEED_API_KEY", "k")
        assert run("--provider", "wavespeed", "--concurrency", "1") == 6
        told = capsys.readouterr()
        found = statuses()
        assert [key for key, status in found.items() if status == "failed"] == ["portrait[character=ann]"]
        assert [key for key, status in found.items() if status == "skipped"] == [
            "scene[character=ann,place=beach]",
            "scene[character=ann,place=hill]",
        ]
        assert "skipped: scene[character=ann,place=hill]: no image of portrait[character=ann]" in told.err + told.out
        assert run("--provider", "wavespeed", "--retry", "failed") == 0
    assert set(statuses().values()) == {"succeeded"}


def test_a_held_step_waits_until_it_is_approved(capsys: Output) -> None:
    Path("recipe.yaml").write_text(HELD)
    totals = plan(capsys, "--provider", "wavespeed")["totals"]
    assert (totals["price"], totals["held_price"], totals["by_action"]) == ("0.10", "0.20", {"add": 2, "held": 4})
    assert run() == 3
    assert "held: 4 jobs of the step scene" in capsys.readouterr().err
    assert sorted(statuses().values()) == ["held"] * 4 + ["succeeded"] * 2
    assert run("--approve", "scene") == 0
    assert set(statuses().values()) == {"succeeded"}


def test_a_step_that_needs_a_held_one_asks_for_no_approval_of_its_own(capsys: Output) -> None:
    first_held = RECIPE.replace("    matrix: {character", "    approve: manual\n    matrix: {character")
    Path("recipe.yaml").write_text(first_held)
    assert main(["plan", "recipe.yaml", "--provider", "wavespeed"]) == 0
    told = capsys.readouterr().out
    assert "The step portrait waits for --approve portrait: $0.10 then." in told
    assert "The step scene goes on by itself once what it needs is approved: $0.20 more then." in told
    assert plan(capsys, "--provider", "wavespeed", "--approve", "portrait")["totals"]["price"] == "0.30"
    assert run() == 3
    told = capsys.readouterr().err
    assert "--approve portrait" in told
    assert "held: 4 jobs of the step scene, $0.00, with what it needs" in told
    assert "--approve scene" not in told


def test_an_approval_is_recorded_and_holds_for_a_later_run(capsys: Output) -> None:
    Path("recipe.yaml").write_text(HELD)
    assert run("--approve", "scene", "--limit", "3") == 0
    assert plan(capsys)["totals"]["by_action"] == {"add": 3, "keep": 3}  # approved, so no longer held
    assert run() == 0
    Path("recipe.yaml").write_text(HELD.replace("[beach, hill]", "[beach, hill, city]"))
    assert plan(capsys)["totals"]["by_action"] == {"held": 2, "keep": 6}  # what nobody was shown is held
    ledger = Ledger.read(Path(".gen4flow"))
    assert ledger is not None
    assert len(ledger.approved("hero.proof")) == 4


def test_approving_a_step_that_is_not_there_is_refused(capsys: Output) -> None:
    assert run("--approve", "scenes") == 2
    assert "the steps are: portrait, scene" in capsys.readouterr().err


def test_a_selected_scene_brings_the_portrait_that_it_needs(capsys: Output) -> None:
    found = plan(capsys, "-s", "place=hill,character=b*")
    assert [job["key"] for job in found["jobs"]] == ["portrait[character=ben]", "scene[character=ben,place=hill]"]
    assert run("-s", "place=hill,character=b*") == 0
    assert sorted(statuses().values()) == ["planned"] * 4 + ["succeeded"] * 2
    found = plan(capsys, "-s", "place=hill,character=b*")
    assert [job["action"] for job in found["jobs"]] == ["keep"]


def test_the_first_step_bought_elsewhere_is_imported_before_what_needs_it(tmp_path: Path) -> None:
    assert run("-s", "step:portrait") == 0
    for path in sorted(Path(".gen4flow").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert run() == 0
    assert set(statuses().values()) == {Status.SUCCEEDED.value}


def test_status_names_what_waits_for_approval_and_the_command(capsys: Output) -> None:
    Path("recipe.yaml").write_text(HELD)
    assert run() == 3
    capsys.readouterr()
    assert main(["status", "recipe.yaml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "gen4flow run recipe.yaml --approve scene" in json.dumps(told)
    assert main(["status", "recipe.yaml", "-s", "step:portrait"]) == 0
    assert "2 succeeded" in capsys.readouterr().out
