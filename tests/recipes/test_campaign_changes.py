"""A campaign lives: it is renamed, reordered, reformatted, split up and grows, and nothing bought is bought again."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from gen4flow.cli import main
from gen4flow.resources import shipped

Change: TypeAlias = Callable[[Path], None]
DRAFT = ("-P", "draft")
BUYS = {"add", "change", "retry"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A copy of the campaign of which a sample was made, for free: its folder, and the fingerprints of the images."""

    folder: Path
    bought: frozenset[str]

    def copy(self, to: Path) -> Path:
        """Return a copy of the folder, ledger and images with it."""
        return Path(shutil.copytree(self.folder, to / "campaign"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    shipped_folder = shipped("recipes") / "campaign"
    folder = tmp_path_factory.mktemp("begun") / "campaign"
    shutil.copytree(shipped_folder, folder, ignore=shutil.ignore_patterns("out", ".gen4flow"))
    sample = ("-s", "sample:12@1", "--provider", "local", "--yes")
    assert main(["run", str(folder / "campaign.yaml"), *DRAFT, *sample]) == 0
    manifest = json.loads((folder / "out/spring-still-life.draft.proof/manifest.json").read_text(encoding="utf-8"))
    done = [entry for entry in manifest["entries"] if entry["status"] == "succeeded"]
    return Begun(folder=folder, bought=frozenset(entry["fingerprint"] for entry in done))


def planned(recipe: Path, *options: str) -> dict[str, Any]:
    """Return the plan of free proofs."""
    written = recipe.parent / "plan.json"
    assert main(["plan", str(recipe), *options, "--provider", "local", "--json", "-o", str(written)]) == 0
    found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return found


def shown(recipe: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return what `show` prints."""
    capsys.readouterr()
    assert main(["show", str(recipe), *DRAFT, *options]) == 0
    return capsys.readouterr().out


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Change a file, and fail when that changes nothing."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def renamed(folder: Path) -> None:
    """Give the recipe another name."""
    edit(folder / "campaign.yaml", lambda text: text.replace("\nname: spring-still-life\n", "\nname: spring-2027\n"))


def reordered(folder: Path) -> None:
    """Turn the values of every axis round, and the axes themselves."""

    def rows(text: str) -> str:
        head, *lines = text.splitlines(keepends=True)
        return "".join([head, *reversed(lines)])

    def markets(text: str) -> str:
        head, *entries = re.split(r"(?m)^(?=- )", text)
        return "".join([head, *reversed(entries)])

    def matrix(text: str) -> str:
        product, market = re.findall(r"(?m)^  (?:product|market): .*\n", text)
        placements = re.findall(r"(?m)^    - \{id: .*\n", text)
        text = text.replace(product + market, market + product)
        return text.replace("".join(placements), "".join(reversed(placements)))

    edit(folder / "products.csv", rows)
    edit(folder / "markets.yaml", markets)
    edit(folder / "campaign.yaml", matrix)


def with_another_axis_name(folder: Path) -> None:
    """Call the axis `market` `country`, wherever it is named."""
    for name in ("campaign.yaml", "brand.yaml", "prompts/still-life.txt"):
        edit(folder / name, lambda text: re.sub(r"\bmarket\b", "country", text))


def retagged(folder: Path) -> None:
    """File the images elsewhere, with other tags and a higher limit."""
    edit(folder / "brand.yaml", lambda text: text.replace("version_mark: v1", "version_mark: v2"))
    edit(folder / "campaign.yaml", lambda text: text.replace("ines", "eva").replace("40.00", "45.00"))


@pytest.mark.parametrize("change", [renamed, reordered, with_another_axis_name, retagged])
def test_nothing_is_bought_again_when_the_campaign_is(change: Change, begun: Begun, tmp_path: Path) -> None:
    folder = begun.copy(tmp_path)
    change(folder)
    plan = planned(folder / "campaign.yaml", *DRAFT)
    assert_bought_is_kept(plan, begun)
    assert (plan["totals"]["jobs"], plan["totals"]["buys"]) == (1200, 720 - len(begun.bought))


def assert_bought_is_kept(plan: dict[str, Any], begun: Begun) -> None:
    """Fail when something that is bought would be bought again, or is no longer in the plan."""
    assert len(begun.bought) >= 6
    assert not {job["fingerprint"] for job in plan["jobs"] if job["action"] in BUYS} & begun.bought
    assert {job["fingerprint"] for job in plan["jobs"] if job["action"] in {"keep", "reuse", "heal"}} >= begun.bought


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["yaml", "json"])
def test_nothing_is_bought_again_when_the_recipe_is_written_anew_by_show(
    form: tuple[str, ...], begun: Begun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = begun.copy(tmp_path)
    (folder / "whole.yaml").write_text(shown(folder / "campaign.yaml", capsys, *form), encoding="utf-8")
    plan = planned(folder / "whole.yaml")
    assert_bought_is_kept(plan, begun)
    assert (plan["totals"]["jobs"], plan["totals"]["buys"]) == (1200, 720 - len(begun.bought))


def test_nothing_is_bought_again_when_the_recipe_is_split_further(
    begun: Begun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = begun.copy(tmp_path)
    whole = json.loads(shown(folder / "campaign.yaml", capsys, "--json"))
    own = ("version", "name", "description", "limits")
    season = {"version": 1, "extends": "brand.yaml", "prompt": whole["prompt"], "vars": {"job": "SS27-still-life"}}
    axes = {key: whole[key] for key in ("matrix", "aspect_ratio", "resolution")}
    parts: dict[str, dict[str, Any]] = {
        "season.yaml": season,
        "axes.yaml": {"version": 1, "extends": "season.yaml", **axes},
        "campaign.yaml": {"extends": "axes.yaml", **{key: whole[key] for key in own}},
    }
    for name, part in parts.items():
        (folder / name).write_text(json.dumps(part), encoding="utf-8")  # JSON is YAML
    plan = planned(folder / "campaign.yaml")
    assert_bought_is_kept(plan, begun)
    assert (plan["totals"]["jobs"], plan["totals"]["buys"]) == (1200, 720 - len(begun.bought))


def test_a_new_market_buys_its_own_240_images_alone(begun: Begun, tmp_path: Path) -> None:
    folder = begun.copy(tmp_path)
    new = (
        "- {code: it, name: Italy, scene: on a stone step in Lecce, light: late gold light, props: a lemon beside it}\n"
    )
    edit(folder / "markets.yaml", lambda text: text + new)
    plan = planned(folder / "campaign.yaml", *DRAFT)
    assert_bought_is_kept(plan, begun)
    assert (plan["totals"]["jobs"], plan["totals"]["buys"]) == (1600, 720 + 240 - len(begun.bought))
    assert sum(job["action"] in BUYS and job["axes"]["market"] == "it" for job in plan["jobs"]) == 240


def test_another_word_in_one_markets_scene_buys_that_markets_images_alone(begun: Begun, tmp_path: Path) -> None:
    folder = begun.copy(tmp_path)
    before = {job["key"]: job["fingerprint"] for job in planned(folder / "campaign.yaml", *DRAFT)["jobs"]}
    edit(folder / "markets.yaml", lambda text: text.replace("a Berlin courtyard", "a Hamburg courtyard"))
    after = planned(folder / "campaign.yaml", *DRAFT)["jobs"]
    changed = [job for job in after if job["fingerprint"] != before[job["key"]]]
    assert {job["axes"]["market"] for job in changed} == {"de"}
    assert len(changed) == 400
