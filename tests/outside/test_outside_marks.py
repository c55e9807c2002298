"""Marks from outside: exiftool reads them in what was bought, originals stay, and a clone gets its originals back."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.outside.harness import OtherServer, Project, other_server, project_of, recipe_of

TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
DELIVER = """
deliver:
  - {name: a, format: png, width: 200}
  - {name: b, format: jpeg, crop: 4:5, max_bytes: 30000}
  - {name: c, format: webp, width: 300, height: 157}
"""
FORMATS = ("a cup [format:png]", "a bowl [format:jpeg]", "a jug [format:webp]")


@pytest.fixture(scope="module")
def server() -> Iterator[OtherServer]:
    """Return a server for all of these."""
    with other_server() as started:
        yield started


def exiftool(path: Path) -> dict[str, Any]:
    """Return the XMP that exiftool reads in a file, by group and name."""
    command = ["exiftool", "-json", "-G1", "-a", "-XMP:all", "-Warning", str(path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True)
    (found,) = json.loads(done.stdout)
    return dict(found)


def pixels(content: bytes) -> bytes:
    """Return every pixel of a picture."""
    with Image.open(io.BytesIO(content)) as image:
        found: bytes = image.tobytes()
        return found


def original(project: Project, file: dict[str, Any]) -> bytes:
    """Return the original of a file of the manifest."""
    sha256: str = file["original_sha256"]
    return (project.root / ".gen4flow/objects" / sha256[:2] / sha256).read_bytes()


def files(project: Project) -> list[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Return every delivered file with its manifest's file and entry."""
    (folder,) = (path.parent for path in project.root.glob("out/*/manifest.json"))
    return [(folder / file["path"], file, entry) for entry in project.manifest()["entries"] for file in entry["files"]]


def test_what_was_bought_says_who_made_it_and_a_clone_gets_every_original_back(
    tmp_path: Path, server: OtherServer
) -> None:
    (tmp_path / "one").mkdir()
    project = project_of(tmp_path / "one", server)
    project.write(recipe_of(*FORMATS, more=DELIVER))
    assert project.run().code == 0
    originals = [original(project, file) for _, file, _ in files(project)]
    for (path, file, entry), came in zip(files(project), originals, strict=True):
        content = path.read_bytes()
        assert hashlib.sha256(came).hexdigest() == file["original_sha256"] != file["sha256"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert file["placement"] or pixels(content) == pixels(came)
        told = exiftool(path)
        assert told["XMP-iptcExt:DigitalSourceType"] == TRAINED
        assert told["XMP-iptcExt:AISystemUsed"] == "Runway Gen-4 Image (runwayml/gen4-image) through WaveSpeedAI"
        assert told["XMP-xmp:CreatorTool"] == "gen4flow"
        assert told["XMP-gen4flow:Key"] == entry["key"]
        assert told["XMP-gen4flow:Seed"] == 7
        assert told["XMP-gen4flow:Fingerprint"] == entry["fingerprint"]
        assert "XMP-iptcExt:AIPromptInformation" not in told
        assert "Warning" not in told
    assert project.call("verify", "recipe.yaml").out.splitlines()[-1] == "marks: 12 in the file"
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in project.images()}
    manifest, asked = project.manifest(), server.requests()
    shutil.rmtree(project.root / ".gen4flow")
    assert project.run(WAVESPEED_API_KEY="").code == 0
    assert server.requests() == asked
    assert [original(project, file) for _, file, _ in files(project)] == originals
    assert [entry["files"] for entry in project.manifest()["entries"]] == [one["files"] for one in manifest["entries"]]
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in project.images()} == before


def test_a_picture_with_content_credentials_stays_as_it_came_and_its_marks_lie_beside_it(
    tmp_path: Path, server: OtherServer
) -> None:
    project = project_of(tmp_path, server)
    project.write(recipe_of("a cup [seal:c2pa]"))
    assert project.run().code == 0
    ((path, file, entry),) = files(project)
    sidecar = path.with_suffix(".xmp")
    assert path.read_bytes() == original(project, file)
    assert file["sidecar"]["path"] == sidecar.name
    assert exiftool(sidecar)["XMP-iptcExt:DigitalSourceType"] == TRAINED
    assert exiftool(sidecar)["XMP-gen4flow:Key"] == entry["key"]
    ended = project.call("verify", "recipe.yaml", "--marks")
    assert ended.code == 0
    assert f"{path.name}: marks in a sidecar; it bears content credentials\n" in ended.out
    sidecar.unlink()
    ended = project.call("verify", "recipe.yaml")
    assert ended.code == 1
    assert f"its sidecar {sidecar.name} is missing" in ended.out
    asked = server.requests()
    assert project.run().code == 0
    assert sidecar.is_file()
    assert server.requests() == asked
