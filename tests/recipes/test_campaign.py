"""The campaign that is shipped: what it comes to, what its placements share, and that its finals are its picks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from gen4flow.cli import main
from gen4flow.core.picks import Verdict
from gen4flow.picks_file import read_picks
from gen4flow.resources import shipped

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
Jobs: TypeAlias = list[dict[str, Any]]
FOLDER = shipped("recipes") / "campaign"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the campaign, as somebody would start from it."""
    return Path(
        shutil.copytree(
            FOLDER, tmp_path_factory.mktemp("campaign") / "c", ignore=shutil.ignore_patterns("out", ".gen4flow")
        )
    )


def planned(folder: Path, profile: str) -> dict[str, Any]:
    """Return the plan of a profile with real prices."""
    written = folder / f"plan-{profile}.json"
    recipe = str(folder / "campaign.yaml")
    assert main(["plan", recipe, "-P", profile, "--provider", "wavespeed", "--json", "-o", str(written)]) == 0
    found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def drafts(folder: Path) -> dict[str, Any]:
    return planned(folder, "draft")


@pytest.fixture(scope="module")
def finals(folder: Path) -> dict[str, Any]:
    return planned(folder, "final")


def rows_by_image(jobs: Jobs) -> dict[str, Jobs]:
    """Return the jobs of each image."""
    found = defaultdict(list)
    for job in jobs:
        found[job["fingerprint"]].append(job)
    return found


def test_1200_cells_are_720_purchases_for_36_dollars(drafts: dict[str, Any]) -> None:
    totals = drafts["totals"]
    assert (totals["jobs"], totals["buys"], totals["price"]) == (1200, 720, "36.00")
    axes = [job["axes"] for job in drafts["jobs"]]
    sizes = {name: len({one[name] for one in axes}) for name in ("product", "market", "placement", "seed")}
    assert sizes == {"product": 40, "market": 3, "placement": 5, "seed": 2}
    assert {job["parameters"]["resolution"] for job in drafts["jobs"]} == {"720p"}


def test_the_plan_says_in_one_line_what_is_shared(folder: Path, gen4flow_command: Command) -> None:
    options = ("-P", "draft", "--provider", "wavespeed")
    done = gen4flow_command("plan", "campaign.yaml", *options, folder=folder)
    assert done.stdout.splitlines()[-2:] == [
        "1200 jobs: 720 add, 480 reuse. To buy: 720 images, $36.00.",
        "960 cells share 480 images.",
    ]
    assert done.stderr == ""


def test_two_pairs_of_placements_share_their_images_and_one_stands_alone(drafts: dict[str, Any]) -> None:
    shared = {frozenset(job["axes"]["placement"] for job in rows) for rows in rows_by_image(drafts["jobs"]).values()}
    assert shared == {frozenset({"feed"}), frozenset({"story", "reel"}), frozenset({"hero", "preroll"})}


def test_every_market_has_prompts_of_its_own(drafts: dict[str, Any]) -> None:
    scenes = defaultdict(set)
    for job in drafts["jobs"]:
        scenes[job["axes"]["product"], job["parameters"]["aspect_ratio"]].add(job["prompt"])
    assert {len(prompts) for prompts in scenes.values()} == {3}
    assert len(scenes) == 40 * 3


def test_files_are_named_as_the_agency_names_them(drafts: dict[str, Any]) -> None:
    pattern = r"(de|fr|jp)/(\w+)/KR_SS27-still-life_(DE|FR|JP)_KR-1\d{3}_\2_(1x1|9x16|16x9)_s\d+_v1\.\*"
    assert all(re.fullmatch(pattern, file) for job in drafts["jobs"] for file in job["files"])


def test_each_image_has_one_reviewer_and_the_work_is_shared_out(drafts: dict[str, Any]) -> None:
    shares: Counter[str] = Counter()
    for rows in rows_by_image(drafts["jobs"]).values():
        [reviewer] = {job["tags"]["reviewer"] for job in rows}
        shares[reviewer] += 1
    assert shares == {"ines": 288, "tomas": 432}


def test_the_finals_are_exactly_the_picks(drafts: dict[str, Any], finals: dict[str, Any]) -> None:
    picked = read_picks(FOLDER / "picks" / "finals.json").picked_keys
    assert {job["key"] for job in finals["jobs"]} == picked
    totals = finals["totals"]
    assert (totals["jobs"], totals["buys"], totals["price"]) == (12, 8, "0.64")
    of_drafts = {job["key"]: job for job in drafts["jobs"]}
    for job in finals["jobs"]:
        draft = of_drafts[job["key"]]
        assert job["prompt"] == draft["prompt"]
        assert job["parameters"] == {**draft["parameters"], "resolution": "1080p"}


def test_the_picks_are_of_the_drafts_and_name_every_row_of_an_image(drafts: dict[str, Any]) -> None:
    picks = read_picks(FOLDER / "picks" / "finals.json")
    assert picks.recipe == drafts["recipe"]["name"]
    rows = rows_by_image(drafts["jobs"])
    for pick in picks.picks:
        assert set(pick.keys) == {job["key"] for job in rows[pick.fingerprint]}
    assert {pick.verdict for pick in picks.picks} == {Verdict.PICK, Verdict.REJECT}


def test_without_a_profile_the_campaign_may_spend_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, limit in (((), 0), (("-P", "draft"), 40), (("-P", "final"), 20)):
        assert main(["show", str(folder / "campaign.yaml"), *options, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["limits"] == {"max_cost": limit}


def test_the_base_recipe_names_its_schema_too() -> None:
    first = (FOLDER / "brand.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert (FOLDER / first.partition("$schema=")[2]).resolve() == (shipped("schemas") / "recipe.schema.json").resolve()


def test_the_finals_run_for_free(folder: Path) -> None:
    assert main(["run", str(folder / "campaign.yaml"), "-P", "final", "--yes"]) == 0
    manifest = json.loads((folder / "out/spring-still-life.final.proof/manifest.json").read_text(encoding="utf-8"))
    assert [entry["status"] for entry in manifest["entries"]] == ["succeeded"] * 12
