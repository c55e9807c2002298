"""A run that goes well: what is asked, what is written, and that a second one asks nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.outside.harness import KEY, LONG, Project, other_server, project_of, recipe_of

pytestmark = pytest.mark.usefixtures("both_ways")

SIZES = {"1:1": (720, 720), "16:9": (1280, 720), "9:16": (720, 1280)}
SIXTY = """\
version: 1
name: sixty
provider: wavespeed
prompt: "{{ product.name }}, studio light"
matrix:
  product: {from: products.csv, id: sku}
  aspect_ratio: [1:1, 16:9, 9:16]
  resolution: [720p, 1080p]
  seed: {auto: 2}
output: {file: "{{ product.id }}/{{ aspect_ratio }}_{{ resolution }}_s{{ seed }}"}
tags: {sku: "{{ product.id }}"}
"""


def assert_manifest_agrees(project: Project) -> None:
    """Hold every entry against the bytes on disk."""
    (folder,) = (path.parent for path in project.root.glob("out/*/manifest.json"))
    entries = project.manifest()["entries"]
    for entry in entries:
        (file,) = entry["files"]
        content = (folder / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["bytes"]
        with Image.open(folder / file["path"]) as image:
            image.load()
            assert image.size == (file["width"], file["height"])
            assert image.get_format_mimetype() == file["media_type"]
        ratio, short = entry["parameters"]["aspect_ratio"], int(entry["parameters"]["resolution"][:-1])
        assert image.size == tuple(side * short // 720 for side in SIZES[ratio])
        assert entry["status"] == "succeeded"


def test_sixty_jobs_are_bought_once_and_never_asked_for_again(tmp_path: Path) -> None:
    with other_server("--latency", "0.2", "--jitter", "0.2") as server:
        project = project_of(tmp_path, server)
        project.write("sku;name\n" + "".join(f"00{n};Cup {n}\n" for n in range(5)), "products.csv")
        project.write(SIXTY)
        ended = project.run()
        assert ended.code == 0, ended
        told = server.told()
        assert len(server.submits()) == len(set(server.submits())) == 60
        assert told["complaints"] == []
        assert len(project.images()) == 60
        assert_manifest_agrees(project)
        for one in told["seen"]:
            carries = KEY in json.dumps(one)
            assert carries == (one["where"] == "api"), one
        asked = len(told["seen"])
        assert project.run().code == 0
        assert project.run(WAVESPEED_API_KEY="").code == 0
        before = {path: path.read_bytes() for path in project.images()}
        shutil.rmtree(tmp_path / "out")
        assert project.run().code == 0
        assert {path: path.read_bytes() for path in project.images()} == before
        assert server.requests() == asked
        assert project.call("verify", "recipe.yaml").code == 0
        assert_key_nowhere(project)


def assert_key_nowhere(project: Project) -> None:
    """Look for the key in every file below the project."""
    found = [path for path in project.root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert found == []


def test_an_edited_file_is_kept_aside_and_restored_without_a_request(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a cup", "a bowl"))
        assert project.run().code == 0
        asked = server.requests()
        edited, deleted = project.images()
        original = edited.read_bytes()
        edited.write_bytes(b"mine")
        deleted.unlink()
        assert project.run().code == 0
        assert edited.read_bytes() == original
        assert edited.with_name(f"{edited.stem}.edited-1{edited.suffix}").read_bytes() == b"mine"
        assert deleted.exists()
        assert server.requests() == asked


@pytest.mark.parametrize(("kind", "suffix"), [("png", ".png"), ("jpeg", ".jpg"), ("webp", ".webp")][0 if LONG else 2 :])
def test_the_extension_follows_the_bytes_whatever_url_and_content_type_say(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of(f"a cup [format:{kind}]"))
        assert project.run().code == 0
        (image,) = project.images()
        assert image.suffix == suffix
        with Image.open(image) as opened:
            assert opened.format == kind.upper()
