"""Makes the page: one file of HTML that holds its style and script, and shows the images that lie beside it."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from gen4flow.core.purchase import Status
from gen4flow.gallery.cards import cards, mapping
from gen4flow.gallery.data import data_block, prompts
from gen4flow.gallery.wording import money, plain

FOLDER = Path(__file__).parent
PROOFS = "local"  # the provider whose images are proofs
NO_THUMBNAILS: Mapping[str, str] = {}

# What the page's style and script are made of, in this order; each script sees what stands before it.
STYLES = ("page.css", "controls.css", "cards.css", "table.css", "dialogs.css", "print.css")
SCRIPTS = (
    *("elements.js", "model.js", "opinions.js", "picks_file.js", "storage.js"),
    *("filters.js", "facets.js", "address.js", "current.js", "views.js", "table.js", "tabs.js"),
    *("zoom.js", "lightbox.js", "diff.js", "compare.js", "windows.js", "bar.js", "keys.js", "start.js"),
)


def gallery_page(
    manifest: Mapping[str, Any],
    *,
    manifest_sha256: str,
    thumbnails: Mapping[str, str] = NO_THUMBNAILS,
    extra_scripts: Sequence[str] = (),
    meta: Mapping[str, str] | None = None,
    connect: bool = False,
) -> bytes:
    """Return the page of a manifest as UTF-8: the same bytes for the same arguments, whatever the manifest holds.

    It belongs into the folder that the manifest's paths are relative to. `manifest_sha256` is that of manifest.json,
    which picks files name. `thumbnails` are addresses relative to the page by a file's path; a file without one is
    shown itself. `extra_scripts` run after the page's own, and see its global `gallery`; `meta` are names and contents
    that they may read; `connect` lets them speak to the server that the page came from.
    """
    style, script = _style(), _script()
    page = (
        _environment()
        .get_template("page.html")
        .render(
            policy=_policy(style, [script, *extra_scripts], connect=connect),
            style=Markup(style),  # noqa: S704 - our own file
            scripts=[Markup(source) for source in (script, *extra_scripts)],  # noqa: S704 - our own files
            meta=meta or {},
            **_sheet(manifest, manifest_sha256, thumbnails, None),
            **_head(manifest),
        )
    )
    return page.encode()


def gallery_cards(
    manifest: Mapping[str, Any],
    *,
    manifest_sha256: str,
    thumbnails: Mapping[str, str] = NO_THUMBNAILS,
    only: Collection[str] | None = None,
) -> str:
    """Return what `gallery.addCards` of the page's script takes: the cards of the keys in `only`, and the totals.

    The manifest is the whole one: what is added finds its place in the plan by it.
    """
    sheet = _environment().get_template("sheet.html").render(**_sheet(manifest, manifest_sha256, thumbnails, only))
    return sheet + _environment().get_template("totals.html").render(**_head(manifest))


@functools.cache
def review_script() -> str:
    """Return the script that saves picks and shows new images, where the server of `gen4flow review` made the page."""
    return f'"use strict";\n{{\n{_shipped("scripts/review.js")}\n}}\n'


def _sheet(
    manifest: Mapping[str, Any], manifest_sha256: str, thumbnails: Mapping[str, str], only: Collection[str] | None
) -> dict[str, object]:
    """Return what the cards are drawn from."""
    shown = list(cards(manifest, thumbnails, only))
    texts, numbers = prompts(shown)
    return {
        "cards": shown,
        "prompts": texts,
        "numbers": numbers,
        "several": len(texts) > 1,
        "made": any(card.picture for card in shown),
        "waiting": sum(card.status == Status.PLANNED.value for card in shown),
        "data": Markup(data_block(manifest, manifest_sha256, shown, numbers)),  # noqa: S704 - no markup is left in it
    }


def _head(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return what stands above the images: what they are, whose they are, and what they cost."""
    totals, tool = mapping(manifest.get("totals")), mapping(manifest.get("tool"))
    entries = manifest.get("entries")
    jobs = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    statuses = Counter(plain(entry.get("status")) for entry in jobs)
    return {
        "name": plain(mapping(manifest.get("recipe")).get("name")) or "without a name",
        "provider": plain(manifest.get("provider")),
        "model": plain(manifest.get("model")),
        "version": plain(tool.get("version")),
        "proofs": manifest.get("provider") == PROOFS,
        "jobs": statuses,
        "listed": money(totals.get("list"), totals.get("currency")),
        "charged": money(totals.get("charged"), totals.get("currency")),
    }


def _policy(style: str, scripts: Sequence[str], *, connect: bool) -> str:
    """Return the Content-Security-Policy: the page's own style and scripts, images beside the page, and nothing else.

    'self' holds for images over HTTP, and at file:// in Chromium; for Firefox a page at file:// has an origin of its
    own that nothing matches, so it needs `file:`, which gives no other browser and no server anything more.
    """
    own = "connect-src 'self'; " if connect else ""
    hashes = " ".join(f"'{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; img-src 'self' file:; style-src '{_hash(style)}'; script-src {hashes}; "
        f"{own}base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """Return the hash by which a policy names an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.cache
def _style() -> str:
    """Return the page's style."""
    return "\n".join(_shipped(f"styles/{name}") for name in STYLES)


@functools.cache
def _script() -> str:
    """Return the page's script: its parts in one scope of their own."""
    parts = "\n".join(_shipped(f"scripts/{name}") for name in SCRIPTS)
    return f'"use strict";\n{{\n{parts}\n}}\n'


@functools.cache
def _shipped(name: str) -> str:
    """Return a file that is shipped beside this module, with plain newlines: those that a browser hashes."""
    return (FOLDER / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    """Return what holds the templates; everything that they are given is escaped."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _shipped(f"templates/{name}")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
