"""Makes the page: one file of HTML that holds its style and script, and shows the images that lie beside it."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from gen4flow.gallery.cards import cards, mapping
from gen4flow.gallery.wording import money, plain

FOLDER = Path(__file__).parent
PROOFS = "local"  # the provider whose images are proofs


def gallery_page(manifest: Mapping[str, Any]) -> bytes:
    """Return the page of a manifest as UTF-8: the same bytes for the same manifest, whatever the manifest holds.

    It belongs into the folder that the manifest's paths are relative to.
    """
    shown = list(cards(manifest))
    style, script = _shipped("style.css"), _shipped("script.js")
    page = _template().render(
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        cards=shown,
        statuses=Counter(card.status for card in shown),
        **_head(manifest),
    )
    return page.encode()


def _head(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return what stands above the images: what they are, whose they are, and what they cost."""
    totals, tool = mapping(manifest.get("totals")), mapping(manifest.get("tool"))
    entries = manifest.get("entries")
    jobs = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return {
        "name": plain(mapping(manifest.get("recipe")).get("name")) or "without a name",
        "provider": plain(manifest.get("provider")),
        "model": plain(manifest.get("model")),
        "version": plain(tool.get("version")),
        "proofs": manifest.get("provider") == PROOFS,
        "jobs": Counter(plain(entry.get("status")) for entry in jobs),
        "listed": money(totals.get("list"), totals.get("currency")),
        "charged": money(totals.get("charged"), totals.get("currency")),
    }


def _policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: our own style and script, images beside the page, and nothing else.

    'self' holds for images over HTTP, and at file:// in Chromium; for Firefox a page at file:// has an origin of its
    own that nothing matches, so it needs `file:`, which gives no other browser and no server anything more.
    """
    return (
        f"default-src 'none'; img-src 'self' file:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """Return the hash by which a policy names an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.cache
def _shipped(name: str) -> str:
    """Return a file that is shipped beside this module, with plain newlines: those that a browser hashes."""
    return (FOLDER / name).read_text(encoding="utf-8")


@functools.cache
def _template() -> jinja2.Template:
    """Return the page's template; everything that it is given is escaped."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_shipped("page.html"))
