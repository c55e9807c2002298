"""`gen4flow run` with free proofs: what a second run, a clone, an edit, a rename and another run at once come to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.emulator import FaultRule, Settings, serving
from gen4flow.state_lock import held

RECIPE = """\
version: 1
name: cups
prompt: a {{ thing }}, {{ look }}
vars: {look: plain}
resolution: 720p
matrix:
  thing: [cup, bowl]
  aspect_ratio: [1:1, 16:9]
  seed: [7]
output: {file: "{{ thing }}/{{ aspect_ratio }}"}
"""
OUT = Path("out/cups.proof")


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")
    write(RECIPE)


def write(recipe: str) -> None:
    """Write the recipe."""
    Path("recipe.yaml").write_text(recipe)


def run(*options: str) -> int:
    """Run the recipe."""
    return main(["run", "recipe.yaml", *options])


def actions(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """Return what a plan would do, by action."""
    capsys.readouterr()
    assert main(["plan", "recipe.yaml", "--json"]) == 0
    found: dict[str, int] = json.loads(capsys.readouterr().out)["totals"]["by_action"]
    return found


def entries() -> list[Any]:
    """Return the manifest's entries."""
    found: list[Any] = json.loads((OUT / "manifest.json").read_text())["entries"]
    return found


def bought() -> int:
    """Return how many proofs the emulator in the state folder ever accepted."""
    return len(list(Path(".gen4flow/emulator").rglob("*.json")))


def test_a_run_leaves_images_manifest_metadata_and_gallery(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert sorted(str(path.relative_to(OUT)) for path in OUT.rglob("*.png")) == [
        "bowl/16x9.png",
        "bowl/1x1.png",
        "cup/16x9.png",
        "cup/1x1.png",
    ]
    assert entries()[0]["key"] == "main[aspect_ratio=1:1,seed=7,thing=cup]"
    assert len((OUT / "metadata.jsonl").read_text().splitlines()) == 4
    assert (OUT / "gallery.html").is_file()
    assert main(["verify", "recipe.yaml"]) == 0


def test_a_second_run_buys_nothing_and_writes_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    before = {path: path.read_bytes() for path in OUT.rglob("*") if path.is_file()}
    assert actions(capsys) == {"keep": 4}
    assert run() == 0
    assert {path: path.read_bytes() for path in OUT.rglob("*") if path.is_file()} == before
    assert bought() == 4


def test_a_deleted_output_folder_is_rebuilt_for_free(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    shutil.rmtree("out")
    assert actions(capsys) == {"heal": 4}
    assert run() == 0
    assert actions(capsys) == {"keep": 4}
    assert bought() == 4


def test_an_edited_copy_is_kept_beside_the_restored_one(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    copy = OUT / "cup/1x1.png"
    original = copy.read_bytes()
    copy.write_bytes(original + b"edited")
    assert main(["verify", "recipe.yaml"]) == 1
    assert run() == 0
    assert copy.read_bytes() == original
    assert (OUT / "cup/1x1.edited-1.png").read_bytes() == original + b"edited"


def test_a_changed_prompt_is_bought_again_and_the_rest_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    write(RECIPE.replace("[cup, bowl]", "[cup, vase]"))
    assert actions(capsys) == {"add": 2, "keep": 2, "remove": 2}
    write(RECIPE.replace("plain", "ornate"))
    assert actions(capsys) == {"change": 4}
    assert run() == 0
    assert bought() == 8
    write(RECIPE)
    assert actions(capsys) == {"heal": 4}
    assert run() == 0
    assert bought() == 8


def test_a_renamed_recipe_and_renamed_axes_buy_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    write(RECIPE.replace("name: cups", "name: mugs").replace("thing", "subject"))
    assert actions(capsys) == {"reuse": 4}
    assert run() == 0
    assert bought() == 4
    assert len(list(Path("out/mugs.proof").rglob("*.png"))) == 4


def test_jobs_that_ask_for_the_same_image_share_one_purchase(capsys: pytest.CaptureFixture[str]) -> None:
    write(
        RECIPE.replace("seed: [7]", "seed: [7]\n  shop: [north, south]").replace(
            "{{ thing }}/", "{{ shop }}/{{ thing }}/"
        )
    )
    main(["plan", "recipe.yaml"])
    assert "8 cells share 4 images" in capsys.readouterr().out
    assert run() == 0
    assert bought() == 4
    assert len(list(OUT.rglob("*.png"))) == 8


def test_a_selected_job_is_bought_though_an_unselected_one_with_the_same_request_comes_first() -> None:
    write(
        RECIPE.replace("seed: [7]", "seed: [7]\n  shop: [north, south]").replace(
            "{{ thing }}/", "{{ shop }}/{{ thing }}/"
        )
    )
    assert run("-s", "shop=south,thing=cup") == 0
    assert bought() == 2
    assert (OUT / "south/cup/1x1.png").is_file()
    assert not (OUT / "south/bowl").exists()


def test_a_clone_with_its_output_folder_buys_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run()
    shutil.rmtree(".gen4flow")
    assert actions(capsys) == {"elsewhere": 4}
    assert run() == 0
    assert bought() == 0
    assert actions(capsys) == {"keep": 4}
    shutil.rmtree("out")
    assert run() == 0
    assert len(list(OUT.rglob("*.png"))) == 4


def test_a_clone_whose_file_is_missing_still_buys_nothing_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    shutil.rmtree(".gen4flow")
    (OUT / "cup/1x1.png").unlink()
    assert run() == 0
    assert bought() == 0
    assert actions(capsys) == {"keep": 3, "elsewhere": 1}
    assert run("--buy-elsewhere") == 0
    assert bought() == 1


def test_what_another_ledger_bought_is_kept_when_the_recipe_shrinks(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    shutil.rmtree(".gen4flow")
    write(RECIPE.replace("[cup, bowl]", "[cup]"))
    assert run() == 0
    write(RECIPE)
    assert run() == 0
    assert bought() == 0


def test_a_limit_buys_so_many_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--limit", "1") == 0
    assert bought() == 1
    assert actions(capsys) == {"keep": 1, "add": 3}


def test_a_second_run_at_once_is_told_who_holds_the_state(capsys: pytest.CaptureFixture[str]) -> None:
    with held(Path(".gen4flow").resolve()):
        assert run() == 5
    assert "process" in capsys.readouterr().err
    assert run() == 0


def test_a_foreign_file_in_the_way_is_found_before_anything_is_bought(capsys: pytest.CaptureFixture[str]) -> None:
    (OUT / "cup").mkdir(parents=True)
    (OUT / "cup/1x1.png").write_text("mine")
    assert run() == 2
    assert (OUT / "cup/1x1.png").read_text() == "mine"
    assert bought() == 0


def test_a_link_in_the_output_folder_leads_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    OUT.mkdir(parents=True)
    (OUT / "cup").symlink_to(tmp_path / "elsewhere")
    assert run() != 0
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_output_folder_of_another_recipe_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    write(RECIPE.replace("name: cups", "name: mugs"))
    assert run("--out", str(OUT)) == 2
    assert "belongs to the recipe 'cups'" in capsys.readouterr().err


def test_a_paid_run_against_an_emulator_makes_proofs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    with serving(Settings(latency=0.05)) as base_url:
        monkeypatch.setenv("WAVESPEED_BASE_URL", base_url)
        assert run("--provider", "wavespeed", "--yes") == 0
    assert json.loads((OUT / "manifest.json").read_text())["provider"] == "local"
    assert not Path("out/cups").exists()


def test_one_bad_job_is_one_bad_job(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write(RECIPE.replace("[cup, bowl]", "[cup, '[moderate] bowl', '[fail] jug']"))
    assert run() == 6
    failed = {entry["prompt"]: entry["error"]["class"] for entry in entries() if entry["status"] == "failed"}
    assert set(failed.values()) == {"moderation", "task"}
    assert run() == 6
    assert bought() == 6
    assert run("--retry", "failed") == 6
    assert bought() == 8
    assert run("--retry", "billed") == 6
    assert bought() == 12


@pytest.mark.parametrize("fault", ["balance:500:1", "balance:drop:1"])
def test_a_balance_that_is_not_told_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    with serving(Settings(latency=0.05, faults=(FaultRule.parse(fault),))) as base_url:
        monkeypatch.setenv("WAVESPEED_BASE_URL", base_url)
        run("--provider", "wavespeed", "--yes")
    assert "does not tell the balance" in capsys.readouterr().err


def test_one_job_and_one_image_are_counted_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", "recipe.yaml", "-s", "sample:1@1"])
    assert "\n1 job: 1 add. To buy: 1 image, free proofs; for real $0.05.\n" in capsys.readouterr().out


def test_a_provider_that_is_not_there_yet_is_a_sentence_and_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    write(RECIPE + "provider: runway\n")
    assert run("--yes") == 2
    assert "nothing can be bought from runway yet: the providers are local, wavespeed" in capsys.readouterr().err


def test_a_limit_says_what_it_leaves_of_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--limit", "1") == 0
    assert "; for real $0.20.\n--limit 1: 1 of these now, $0.00.\n" in capsys.readouterr().err
    assert run("--limit", "9") == 0
    assert "--limit" not in capsys.readouterr().err


def test_a_fault_in_a_picks_file_is_told_by_the_path_from_here(capsys: pytest.CaptureFixture[str]) -> None:
    Path("picks.json").write_text("{")
    write(RECIPE + "only: {picks: picks.json}\n")
    assert run() == 2
    assert capsys.readouterr().err.startswith("picks.json:1:2: error[data-syntax]: not JSON")


def test_the_costs_of_proofs_wait_for_no_billing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    capsys.readouterr()
    assert main(["costs"]) == 0
    told = capsys.readouterr().out
    assert "4 attempts  list $0.00  free proofs" in told
    assert "not known" not in told
