"""Manifests to make pages of, and the page as a parser sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from gen4flow.gallery import gallery_page

Attributes = dict[str, str | None]
MakeManifest = Callable[..., dict[str, Any]]


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


@pytest.fixture
def parse_page() -> Callable[[bytes], Page]:
    """Return what parses a page."""
    return Page


@pytest.fixture
def read_page() -> Callable[[Mapping[str, Any]], Page]:
    """Return what makes a manifest's page and parses it."""
    return lambda manifest: Page(gallery_page(manifest))


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
