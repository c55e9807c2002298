"""Galleries in a real browser: written into a folder with their images, opened, and watched while a test uses them."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from gen4flow.gallery import gallery_page

WORRYING = {"error", "warning"}  # what a browser logs of refused scripts, missing files, bad policies
VIEWPORT = {"width": 1280, "height": 800}


def fingerprint(text: str) -> str:
    """Return what stands for a request in the tests."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_gallery(folder: Path, manifest: Mapping[str, Any], **options: Any) -> Path:
    """Write a manifest, the images that it names (small ones) and its page; return the page's path."""
    encoded = json.dumps(manifest, sort_keys=True).encode()
    buffer = io.BytesIO()
    Image.new("RGB", (480, 270), "teal").save(buffer, "PNG")
    for entry in manifest["entries"]:
        for file in entry["files"]:
            (folder / file["path"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / file["path"]).write_bytes(buffer.getvalue())
    (folder / "manifest.json").write_bytes(encoded)
    page = folder / "gallery.html"
    page.write_bytes(gallery_page(manifest, manifest_sha256=hashlib.sha256(encoded).hexdigest(), **options))
    return page


@dataclass(slots=True, kw_only=True)
class Watched:
    """What went on in the pages of one test: what was asked for, and what the browser complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page from its beginning."""
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type in WORRYING else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"a dialog opened: {dialog.message}"))

    def leaving(self, folder: Path) -> list[str]:
        """Return the requests for anything that is not in a folder; a picks file is a blob of the page itself."""
        return [url for url in self.requests if not url.startswith((folder.as_uri() + "/", "blob:null/"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Opens galleries in a browser."""

    browser: Browser
    folder: Path
    watched: Watched

    def __call__(
        self,
        manifest: Mapping[str, Any],
        address: str = "",
        *,
        options: Mapping[str, Any] | None = None,
        **context: Any,
    ) -> Page:
        """Write a manifest's gallery, open it at an address within it, and return the page.

        `options` are for `gallery_page`, what else is named for the browser's context.
        """
        path = write_gallery(self.folder, manifest, **(options or {}))
        page = self.browser.new_context(**{"viewport": VIEWPORT, **context}).new_page()
        self.watched.watch(page)
        page.goto(path.as_uri() + address)
        return page


def shown(page: Page) -> list[str]:
    """Return the keys of the cards that can be seen, in the order in which the page has them."""
    found: list[str] = page.eval_on_selector_all(
        "[data-key]", "all => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.key)"
    )
    return found


def with_verdict(page: Page, verdict: str) -> list[str]:
    """Return the keys of the cards that bear a verdict."""
    found: list[str] = page.eval_on_selector_all(
        f'[data-key][data-verdict="{verdict}"]', "all => all.map((one) => one.dataset.key)"
    )
    return found


def press(page: Page, keys: str | Sequence[str]) -> None:
    """Press keys one after the other; a text is split at its spaces."""
    for key in keys.split() if isinstance(keys, str) else keys:
        page.keyboard.press(key)


def wait_until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until JavaScript says yes; the browser's own `wait_for_function` asks by eval, which the page forbids."""
    for _ in range(400):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never became true: {expression}")


def address(page: Page) -> str:
    """Return what stands behind the # of the page's address, once it stays as it is."""
    page.wait_for_timeout(400)
    return re.sub("^[^#]*#?", "", page.url)
