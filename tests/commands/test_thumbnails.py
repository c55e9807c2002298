"""Thumbnails of an output folder: made once a content, thrown away when nothing shows it, never in the way."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gen4flow.cli import main
from gen4flow.commands.shrinking import complete_thumbnails
from gen4flow.sinks.thumbnail_files import FOLDER, Thumbnails, addresses

Gen4flow = Callable[..., subprocess.CompletedProcess[str]]
RECIPE = """\
version: 1
name: mugs
prompt: A mug on {{ place }}
seed: 7
matrix: {place: [a table, a shelf]}
"""


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what tells a file that was left alone from one that was made again."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (folder / FOLDER).iterdir()}


def manifest_of(folder: Path, *images: str) -> dict[str, Any]:
    """Return a manifest that names files of a folder."""
    entries = []
    for path in images:
        content = (folder / path).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        told = {"path": path, "sha256": sha256, "original_sha256": sha256, "bytes": len(content)}
        file = {**told, "width": 1, "height": 1, "media_type": "image/png"}
        entries.append({"key": path, "fingerprint": sha256, "status": "succeeded", "files": [file]})
    return {"entries": entries}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an output folder with two images."""
    for name, colour in (("one.png", "teal"), ("two.png", "plum")):
        Image.new("RGB", (900, 600), colour).save(tmp_path / name)
    return tmp_path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose recipe has been run."""
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").touch()
    Path("recipe.yaml").write_text(RECIPE, encoding="utf-8")
    assert main(["run", "recipe.yaml"]) == 0
    return tmp_path


def test_each_content_has_one_and_keeps_it(folder: Path) -> None:
    shutil.copy(folder / "one.png", folder / "same.png")
    manifest = manifest_of(folder, "one.png", "two.png", "same.png")
    complete_thumbnails(folder, manifest)
    before = stamps(folder)
    assert len(before) == 2
    shown = addresses(folder, manifest)
    assert shown["one.png"] == shown["same.png"] != shown["two.png"]
    (folder / "one.png").unlink()  # what is there needs no image any more
    complete_thumbnails(folder, manifest)
    assert stamps(folder) == before


@pytest.mark.parametrize("harm", ["cut", "edited", "missing", "no image", "a folder", "a pipe"])
def test_an_image_that_is_not_what_the_manifest_says_has_none_and_the_others_do(harm: str, folder: Path) -> None:
    harmed = folder / "one.png"
    if harm == "no image":
        harmed.write_bytes(b"<html>")
    manifest = manifest_of(folder, "one.png", "two.png")
    if harm == "cut":
        harmed.write_bytes(harmed.read_bytes()[:500])
    elif harm == "edited":
        content = bytearray(harmed.read_bytes())
        content[-20] ^= 1
        harmed.write_bytes(content)
    elif harm in {"missing", "a folder", "a pipe"}:
        harmed.unlink()
    if harm == "a folder":
        harmed.mkdir()
    elif harm == "a pipe":
        subprocess.run(["mkfifo", harmed], check=True)
    complete_thumbnails(folder, manifest)
    assert list(addresses(folder, manifest)) == ["two.png"]


def test_what_a_manifest_names_outside_of_the_folder_has_none(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.png"
    Image.new("RGB", (9, 9)).save(elsewhere)
    (folder / "link.png").symlink_to(elsewhere)
    manifest = manifest_of(folder, "link.png")
    manifest["entries"] += manifest_of(folder.parent, f"{folder.name}/one.png")["entries"]
    manifest["entries"][1]["files"][0]["path"] = f"../{folder.name}/one.png"
    complete_thumbnails(folder, manifest)
    assert not (folder / FOLDER).exists()
    assert addresses(folder, manifest) == {}


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_has_the_name_of_the_folder_is_left_alone_and_told(
    kind: str, folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / f"{'a' * 32}.webp").touch()
    if kind == "link":
        (folder / FOLDER).symlink_to(elsewhere)
    else:
        (folder / FOLDER).touch()
    manifest = manifest_of(folder, "one.png")
    complete_thumbnails(folder, manifest)
    Thumbnails(folder).put("b" * 64, b"small")
    Thumbnails(folder).sweep([])
    assert addresses(folder, manifest) == {}
    assert [path.name for path in elsewhere.iterdir()] == [f"{'a' * 32}.webp"]
    assert "is no folder" in capsys.readouterr().err


def test_a_link_in_the_place_of_a_thumbnail_is_replaced_and_not_followed(folder: Path) -> None:
    manifest = manifest_of(folder, "one.png")
    sha256 = manifest["entries"][0]["fingerprint"]
    mine = folder / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    (folder / FOLDER).mkdir()
    (folder / FOLDER / f"{sha256[:32]}.webp").symlink_to(mine)
    complete_thumbnails(folder, manifest)
    assert mine.read_text(encoding="utf-8") == "mine"
    assert Thumbnails(folder).has(sha256)


def test_those_that_nothing_shows_are_swept_and_nothing_else(folder: Path) -> None:
    thumbnails = Thumbnails(folder)
    for sha256 in ("a" * 64, "b" * 64):
        thumbnails.put(sha256, b"small")
    (folder / FOLDER / "notes.txt").touch()
    thumbnails.sweep(["a" * 64])
    assert sorted(path.name for path in (folder / FOLDER).iterdir()) == [f"{'a' * 32}.webp", "notes.txt"]


def test_a_run_makes_them_as_images_come_and_the_page_shows_them(project: Path) -> None:
    out = project / "out/mugs.proof"
    page = (out / "gallery.html").read_text(encoding="utf-8")
    assert len(stamps(out)) == 2
    assert all(f'src="{FOLDER}/{name}"' in page for name in stamps(out))


def test_the_decode_that_checks_an_image_makes_its_thumbnail(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gen4flow.commands.view.complete_thumbnails", lambda _folder, _manifest: None)
    assert main(["run", "recipe.yaml", "--out", "there", "--state", "another"]) == 0
    assert stamps(Path("there")).keys() == stamps(project / "out/mugs.proof").keys()


def test_a_run_with_nothing_to_do_opens_no_image(project: Path) -> None:
    before = stamps(project / "out/mugs.proof")
    script = """
import sys
from gen4flow.cli import main
code = main(["run", "recipe.yaml"])
sys.exit(code or "PIL" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    assert stamps(project / "out/mugs.proof") == before


def test_a_run_throws_away_those_of_jobs_that_are_gone(project: Path) -> None:
    before = stamps(project / "out/mugs.proof")
    Path("recipe.yaml").write_text(RECIPE.replace("a table, ", ""), encoding="utf-8")
    assert main(["run", "recipe.yaml"]) == 0
    after = stamps(project / "out/mugs.proof")
    assert len(after) == 1
    assert after.items() <= before.items()


def test_gallery_makes_what_is_missing_and_throws_nothing_away(project: Path) -> None:
    out = project / "out/mugs.proof"
    before = stamps(out)
    (out / FOLDER / min(before)).unlink()
    Thumbnails(out).put("c" * 64, b"of a run under way")
    assert main(["gallery", "out/mugs.proof"]) == 0
    assert stamps(out).keys() == {*before, f"{'c' * 32}.webp"}


def test_manifest_and_verify_know_nothing_of_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = project / "out/mugs.proof"
    told = (out / "manifest.json").read_bytes()
    assert FOLDER not in told.decode()
    shutil.rmtree(out / FOLDER)
    assert main(["verify", "out/mugs.proof"]) == 0
    assert main(["run", "recipe.yaml"]) == 0
    assert (out / "manifest.json").read_bytes() == told
    assert len(stamps(out)) == 2
    assert json.loads(told)["totals"]["jobs"]["succeeded"] == 2
    capsys.readouterr()


def test_a_folder_that_cannot_be_written_is_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: Path, __: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gen4flow.sinks.thumbnail_files.write_whole", full)
    complete_thumbnails(folder, manifest_of(folder, "one.png", "two.png"))
    assert capsys.readouterr().err == f"no thumbnails: {folder / FOLDER} can't be written: No space left on device\n"
