"""From drafts to finals, counted from outside: what was picked is bought once more at full size, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.outside.harness import OtherServer, Project, other_server, project_of

RECIPE = """\
version: 1
name: spring
provider: wavespeed
prompt: "{{ product }} on {{ scene }}"
aspect_ratio: 1:1
matrix:
  product: [a mug, a vase]
  scene: [a table, a shelf, a bench]
  seed: {auto: 2}
output: {file: "{{ product }}/{{ scene }} {{ seed }}"}
profiles:
  draft: {resolution: 720p, limits: {max_cost: 0.60}}
  final: {resolution: 1080p, only: {picks: picks.json}, limits: {max_cost: 0.24}}
"""
PICKED = (1, 6, 11)  # of the twelve drafts


@pytest.fixture(name="server")
def _server() -> Iterator[OtherServer]:
    with other_server("--latency", "0.2") as server:
        yield server


@pytest.fixture(name="project")
def _project(tmp_path: Path, server: OtherServer) -> Project:
    """Return a project whose twelve drafts are bought, and three of them picked by looking at the manifest alone."""
    project = project_of(tmp_path, server)
    project.write(RECIPE)
    ended = project.run("-P", "draft")
    assert ended.code == 0, ended
    entries = drafts(project)
    assert len(requests(server)) == len(entries) == 12
    assert {one["resolution"] for one in requests(server)} == {"720p"}
    write_picks(project, "picks.json", *(judged(entries[number], "pick") for number in PICKED))
    return project


def drafts(project: Project) -> list[dict[str, Any]]:
    """Return what the manifest says of the drafts."""
    manifest = project.root / "out/spring.draft/manifest.json"
    found: list[dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))["entries"]
    return found


def requests(server: OtherServer, beginning: int = 0) -> list[dict[str, Any]]:
    """Return the requests that were booked, from some number on; none was ever booked twice."""
    told = server.told()
    assert not told["complaints"], told["complaints"]
    assert set(server.booked().values()) == {1}
    return [one["request"] for one in told["booked"][beginning:]]


def judged(entry: dict[str, Any], verdict: str, **more: object) -> dict[str, object]:
    return {"fingerprint": entry["fingerprint"], "keys": [entry["key"]], "verdict": verdict, **more}


def write_picks(project: Project, name: str, *items: dict[str, object]) -> None:
    manifest = (project.root / "out/spring.draft/manifest.json").read_bytes()
    told = {
        "format": "gen4flow-picks/1",
        "recipe": "spring",
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "picks": items,
    }
    project.write(json.dumps(told), name)


def check_finals(project: Project, server: OtherServer) -> None:
    """Check that three more purchases were made: those that were picked, at 1080p, with the same prompts and seeds."""
    finals = requests(server, 12)
    entries = drafts(project)
    wanted = [{**request_of(entries[number]), "resolution": "1080p"} for number in PICKED]
    assert sorted(map(likeness, finals)) == sorted(map(likeness, wanted))


def request_of(entry: dict[str, Any]) -> dict[str, Any]:
    return {"prompt": entry["prompt"], **entry["parameters"]}


def likeness(request: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(request[name] for name in ("prompt", "seed", "aspect_ratio", "resolution"))


def test_a_profile_with_the_picks_buys_three_finals(project: Project, server: OtherServer) -> None:
    told = project.call("plan", "recipe.yaml", "-P", "final")
    assert "3 jobs: 3 add. To buy: 3 images, $0.24." in told.out
    assert project.run("-P", "final").code == 0
    check_finals(project, server)
    copied = project.call("picks", "apply", "picks.json", "recipe.yaml", "-P", "final", "--to", "delivery")
    assert copied.code == 0, copied
    assert sorted(path.name for path in (project.root / "delivery").rglob("*.png")) == sorted(
        Path(drafts(project)[number]["files"][0]["path"]).name for number in PICKED
    )
    assert len(requests(server)) == 15


def test_a_recipe_of_the_picks_buys_the_same_three_finals_and_both_ways_share_them(
    project: Project, server: OtherServer
) -> None:
    before = server.requests()
    made = project.call("picks", "to-recipe", "picks.json", "recipe.yaml", "-P", "final", "-o", "finals.yaml")
    assert made.code == 0, made
    assert "made finals.yaml: 3 finals, $0.24 by list price" in made.out
    told = project.call("plan", "finals.yaml")
    assert "3 jobs: 3 add. To buy: 3 images, $0.24." in told.out
    assert server.requests() == before  # nothing of this opens a connection
    assert project.call("run", "finals.yaml", "--yes").code == 0
    check_finals(project, server)
    told = project.call("plan", "recipe.yaml", "-P", "final")
    assert "To buy: 0 images" in told.out  # what one recipe has bought is the other's, too


def test_by_reference_each_final_is_sent_its_own_draft_and_no_draft_is_bought_again(
    project: Project, server: OtherServer
) -> None:
    options = ("-P", "final", "--as", "reference", "-o", "finals.yaml")
    assert project.call("picks", "to-recipe", "picks.json", "recipe.yaml", *options).code == 0
    told = project.call("plan", "finals.yaml")
    assert "6 jobs: 3 add, 3 heal. To buy: 3 images, $0.24." in told.out
    assert project.call("run", "finals.yaml", "--yes").code == 0
    check_finals(project, server)
    contents = {one["url"]: one["sha256"] for one in server.uploads()}
    assert [one["count"] for one in server.uploads()] == [1, 1, 1]
    originals = {likeness(request_of(one))[:2]: one["files"][0]["original_sha256"] for one in drafts(project)}
    for request in requests(server, 12):
        [shown] = request["reference_images"]
        assert contents[shown] == originals[likeness(request)[:2]]
    assert project.call("run", "finals.yaml", "--yes").code == 0
    assert len(requests(server)) == 15


def test_two_people_pick_and_what_both_want_becomes_finals(project: Project, server: OtherServer) -> None:
    entries = drafts(project)
    one, two, three = (entries[number] for number in PICKED)
    write_picks(project, "ines.json", judged(one, "pick", stars=5), judged(two, "pick"), judged(entries[0], "pick"))
    write_picks(
        project,
        "tomas.json",
        judged(one, "pick", note="this one"),
        judged(three, "pick"),
        judged(entries[0], "reject", note="doubled"),
    )
    (project.root / "picks.json").unlink()
    merge = ("picks", "merge", "ines.json", "tomas.json", "-o", "picks.json")
    ended = project.call(*merge)
    assert (ended.code, (project.root / "picks.json").exists()) == (1, False)
    assert f"conflict: {entries[0]['key']}\n  A picks it\n  B rejects it: doubled\n" in ended.out
    assert project.call(*merge, "--prefer", "reject").code == 0
    assert project.run("-P", "final").code == 0
    check_finals(project, server)
