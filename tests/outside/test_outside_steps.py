"""Two steps and reference images, counted from outside: each scene is sent its own character's image, uploaded once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.harness import OtherServer, Project, other_server, project_of

RECIPE = """\
version: 1
name: hero
provider: wavespeed
resolution: 720p
aspect_ratio: 1:1
seed: 7
steps:
  portrait:
    matrix: {character: [ann, ben, cy]}
    prompt: "portrait of {{ character }}"
    reference_images: [refs/style.png]
  scene:
    needs: {hero: portrait}
    reference_images: ["{{ hero.image }}", refs/style.png]
    matrix: {place: [beach, forest, city, hill]}
    prompt: "{{ character }} at the {{ place }}"
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(name="server")
def _server() -> Iterator[OtherServer]:
    with other_server("--latency", "0.3") as server:
        yield server


@pytest.fixture(name="project")
def _project(tmp_path: Path, server: OtherServer) -> Project:
    project = project_of(tmp_path, server)
    project.write(RECIPE)
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs/style.png").write_bytes(PIXEL)
    return project


def test_each_scene_shows_its_own_character_and_each_image_is_uploaded_once(
    project: Project, server: OtherServer
) -> None:
    ended = project.run()
    assert ended.code == 0, ended
    told = server.told()
    assert not told["complaints"], told["complaints"]
    entries = project.manifest()["entries"]
    originals = {one["axes"]["character"]: one["files"][0]["original_sha256"] for one in entries[:3]}
    uploads = {one["url"]: one for one in server.uploads()}
    style = hashlib.sha256(PIXEL).hexdigest()
    assert sorted(one["sha256"] for one in uploads.values()) == sorted([*originals.values(), style])
    assert all(one["count"] == 1 for one in uploads.values())
    scenes = [one["request"] for one in told["booked"] if "at the" in one["request"]["prompt"]]
    assert len(scenes) == 12
    for request in scenes:
        character = request["prompt"].partition(" ")[0]
        assert [uploads[url]["sha256"] for url in request["reference_images"]] == [originals[character], style]


def test_a_second_run_and_a_new_place_upload_nothing_again(project: Project, server: OtherServer) -> None:
    assert project.run().code == 0
    project.write(RECIPE.replace("hill]", "hill, pier]"))
    assert project.run().code == 0
    assert len(server.booked()) == 18
    assert all(count == 1 for count in server.booked().values())
    assert all(one["count"] == 1 for one in server.uploads())


def test_a_reference_that_changes_buys_anew_and_says_what_changed(project: Project, server: OtherServer) -> None:
    assert project.run("-s", "step:portrait").code == 0
    (project.root / "refs/style.png").write_bytes(PIXEL + b"\0")  # bytes behind the end: another file, the same picture
    told = project.call("plan", "recipe.yaml", "-s", "step:portrait")
    assert told.out.count("(changed: references)") == 3, told
    assert server.requests() < 60
