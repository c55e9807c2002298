"""gallery.html: written beside the images, from the manifest alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gen4flow.core.manifest import build_manifest
from gen4flow.gallery import gallery_page
from gen4flow.sinks import SINKS
from gen4flow.sinks.gallery_file import write_gallery
from gen4flow.sinks.manifest_file import write_manifest

MANIFEST = build_manifest(
    tool_version="1.0.0", recipe="spring", provider="wavespeed", model="runwayml/gen4-image", last=None, entries=[]
)


@pytest.fixture(autouse=True)
def manifest_sha256(tmp_path: Path) -> str:
    """Write the manifest, which is there before the page, and return its sha256."""
    write_manifest(tmp_path, MANIFEST)
    return hashlib.sha256((tmp_path / "manifest.json").read_bytes()).hexdigest()


def test_it_writes_the_page_of_the_manifest(tmp_path: Path, manifest_sha256: str) -> None:
    write_gallery(tmp_path, MANIFEST)
    page = gallery_page(MANIFEST, manifest_sha256=manifest_sha256)
    assert (tmp_path / "gallery.html").read_bytes() == page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gallery.html", "manifest.json"]


def test_it_leaves_a_page_alone_that_would_not_change(tmp_path: Path) -> None:
    write_gallery(tmp_path, MANIFEST)
    before = (tmp_path / "gallery.html").stat()
    write_gallery(tmp_path, MANIFEST)
    after = (tmp_path / "gallery.html").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_symbolic_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("mine", encoding="utf-8")
    (tmp_path / "gallery.html").symlink_to(elsewhere)
    write_gallery(tmp_path, MANIFEST)
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "gallery.html").is_symlink()


def test_every_run_writes_it() -> None:
    assert SINKS["gallery.html"] is write_gallery
