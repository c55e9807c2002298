"""From a manifest's entries to what the page shows of them: a card an image, and one for a job that has none.

The manifest may be anybody's: whatever does not have its form is left out, and never raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from gen4flow.core.purchase import Status
from gen4flow.gallery.wording import count, money, plain, size

# status -> why a job of that status has no image; a failed one says so itself
WHY: dict[str, str] = {
    Status.PLANNED.value: "Not bought yet.",
    Status.HELD.value: "Waits for approval.",
    Status.SKIPPED.value: "Not bought: what it needs has failed.",
    Status.SUBMITTING.value: "Sent; there is no answer yet.",
    Status.SUBMITTED.value: "Bought; running, or not fetched yet.",
    Status.SUCCEEDED.value: "Bought; this folder has no copy of it.",
    Status.UNKNOWN.value: "Nobody knows whether it was bought: gen4flow reconcile.",
}
FREE = "0.00"
MAX_SIDE = 1_000_000  # pixels; what claims more is no size


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A delivered file: its address relative to the page, and its size in pixels, 0 where it is not known."""

    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the page shows of one image, or of a job without one; all texts are plain, none is escaped yet.

    `fingerprint` identifies what was bought; `key` is cleaned for the page like every other text.
    """

    key: str
    fingerprint: str
    status: str
    prompt: str
    picture: Picture | None
    axes: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    why: str
    error: str

    @property
    def alt(self) -> str:
        """Return what stands for the image where it can't be seen."""
        return self.prompt or self.key


def cards(manifest: Mapping[str, Any]) -> Iterator[Card]:
    """Yield the cards in plan order: one an image, one for each job without an image."""
    entries = manifest.get("entries")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            yield from _cards(entry)


def _cards(entry: Mapping[str, Any]) -> Iterator[Card]:
    """Yield the cards of one job: one an image, and one that says why where there is none."""
    pictures = [(picture, file) for file in _files(entry) if (picture := _picture(file))]
    for picture, file in pictures:
        yield _card(entry, picture, file)
    if not pictures:
        yield _card(entry, None, {})


def _card(entry: Mapping[str, Any], picture: Picture | None, file: Mapping[str, Any]) -> Card:
    """Return one card."""
    status = plain(entry.get("status"))
    axes = mapping(entry.get("axes"))
    return Card(
        key=plain(entry.get("key")),
        fingerprint=plain(entry.get("fingerprint")),
        status=status,
        prompt=plain(entry.get("prompt")).strip(),
        picture=picture,
        axes=tuple((plain(name), plain(value)) for name, value in axes.items()),
        facts=tuple(fact for fact in _facts(entry, file) if fact),
        why="" if picture else WHY.get(status, ""),
        error="" if picture else _error(entry),
    )


def _facts(entry: Mapping[str, Any], file: Mapping[str, Any]) -> Iterator[str]:
    """Yield seed, price and sizes, empty where they are not known."""
    seed, price = plain(entry.get("seed")), mapping(entry.get("price"))
    if seed and "seed" not in mapping(entry.get("axes")):
        yield f"seed {seed}"
    yield _price(price)
    width, height = count(file.get("width")), count(file.get("height"))
    yield f"{width} × {height}" if width and height else ""
    yield size(file.get("bytes"))


def _price(price: Mapping[str, Any]) -> str:
    """Return what was charged, the list price until that is known, nothing for a proof: the page calls it free."""
    charged, listed = (money(price.get(kind), price.get("currency")) for kind in ("charged", "list"))
    if charged:
        return f"charged {charged}"
    return f"list {listed}" if listed and price.get("list") != FREE else ""


def _error(entry: Mapping[str, Any]) -> str:
    """Return why there is no image, as far as the manifest says."""
    error = mapping(entry.get("error"))
    kind, message = plain(error.get("class")), plain(error.get("message"))
    return ": ".join(text for text in (kind, message) if text and text != plain(entry.get("status")))


def _files(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an entry's files."""
    files = entry.get("files")
    return [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []


def _picture(file: Mapping[str, Any]) -> Picture | None:
    """Return a file that the page may show, None where its path leads out of the folder."""
    path = file.get("path")
    if not isinstance(path, str) or not path or "\\" in path or "\x00" in path:
        return None
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        return None
    width, height = count(file.get("width")), count(file.get("height"))
    known = 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE
    # `quote` encodes the colon too: no path is ever read as a scheme.
    return Picture(address=quote(path, errors="replace"), width=width if known else 0, height=height if known else 0)


def mapping(value: object) -> Mapping[str, Any]:
    """Return a value that is a mapping, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
