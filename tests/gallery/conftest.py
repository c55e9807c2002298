"""Manifests to make pages of, and the page as a parser sees it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from gen4flow.gallery import gallery_page
from tests.gallery.browsing import Opener, Watched, fingerprint

SHA256 = "c" * 64  # of the manifest.json that a page says it was made from
Attributes = dict[str, str | None]
MakeManifest = Callable[..., dict[str, Any]]
MakeEntry = Callable[..., dict[str, Any]]
SCENES = ("a forest", "a marble table", "a window sill", "a red ribbon")


class Page(HTMLParser):
    """A page's elements with their attributes, the text of each, and what stands in script and style."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.text = ""
        self.raw: dict[str, str] = {"script": "", "style": ""}
        self._inside = ""
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in self.raw and self.cdata_elem:
            self.raw[self._inside] += data
        else:
            self.text += data

    def all(self, tag: str) -> list[Attributes]:
        """Return the attributes of every element of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    def cards(self) -> list[Attributes]:
        """Return the attributes of every card."""
        return [link for link in self.all("a") if link.get("class") == "card"]


@pytest.fixture
def parse_page() -> Callable[[bytes], Page]:
    """Return what parses a page."""
    return Page


@pytest.fixture
def read_page() -> Callable[[Mapping[str, Any]], Page]:
    """Return what makes a manifest's page and parses it."""
    return lambda manifest: Page(gallery_page(manifest, manifest_sha256=SHA256))


@pytest.fixture
def make_file() -> Callable[..., dict[str, Any]]:
    """Return what makes a file of an entry."""

    def make(path: str, **changed: Any) -> dict[str, Any]:
        return {
            "path": path,
            "sha256": "0" * 64,
            "original_sha256": "0" * 64,
            "bytes": 1_234_567,
            "width": 1280,
            "height": 720,
            "media_type": "image/png",
            **changed,
        }

    return make


@pytest.fixture
def make_entry(make_file: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return what makes an entry of a job that brought one image, but for what is changed."""

    def make(**changed: Any) -> dict[str, Any]:
        return {
            "key": "main[scene=a forest]",
            "fingerprint": "ab" * 32,
            "status": "succeeded",
            "axes": {"scene": "a forest"},
            "extras": {},
            "tags": {},
            "prompt": "A mug in a forest",
            "parameters": {"resolution": "720p"},
            "seed": 7,
            "files": [make_file("one.png")],
            "price": {"list": "0.05", "charged": None, "currency": "USD"},
            "error": None,
            **changed,
        }

    return make


@pytest.fixture
def make_manifest() -> MakeManifest:
    """Return what makes a manifest of entries."""

    def make(*entries: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        return {
            "tool": {"name": "gen4flow", "version": "1.0.0"},
            "recipe": {"name": "spring", "sha256": None, "git_commit": None, "git_dirty": None},
            "provider": "wavespeed",
            "model": "runwayml/gen4-image",
            "totals": {"jobs": {"total": len(entries)}, "list": "0.60", "charged": "0.45", "currency": "USD"},
            "entries": list(entries),
            **changed,
        }

    return make


@pytest.fixture
def make_set(make_entry: MakeEntry, make_file: MakeEntry, make_manifest: MakeManifest) -> Callable[..., dict[str, Any]]:
    """Return what makes the manifest of a small set: products by scenes by seeds, an image each."""

    def make(products: int = 3, scenes: int = 2, seeds: int = 2, **changed: Any) -> dict[str, Any]:
        entries = []
        for product, scene, seed in itertools.product(range(products), range(scenes), range(1, seeds + 1)):
            axes = {"product": f"mug-{product}", "scene": SCENES[scene], "seed": seed}
            key = f"main[{','.join(f'{name}={value}' for name, value in axes.items())}]"
            entries.append(
                make_entry(
                    key=key,
                    fingerprint=fingerprint(key),
                    axes=axes,
                    prompt=f"Mug number {product} on {SCENES[scene]}, soft light",
                    seed=seed,
                    tags={"sku": f"M{product}", "shelf": "top" if product else "bottom"},
                    files=[make_file(f"mug-{product}/{SCENES[scene]}_s{seed}.png")],
                )
            )
        return make_manifest(*entries, **changed)

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium; of each module alone, because its driver keeps an event loop in this thread."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("there is no chromium here")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=executable, args=options)
        yield launched
        launched.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an output folder whose name is hard to link to."""
    made = tmp_path / "out #1 100%"
    made.mkdir()
    return made


@pytest.fixture
def open_gallery(browser: Browser, folder: Path) -> Iterator[Opener]:
    """Return what opens a manifest's gallery; afterwards nothing may have left the folder, or gone wrong."""
    watched = Watched()
    yield Opener(browser=browser, folder=folder, watched=watched)
    for context in browser.contexts:
        context.close()
    assert watched.leaving(folder) == []
    assert watched.complaints == []
