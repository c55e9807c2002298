"""From a manifest's entries to what the page shows of them: a card an image, and one for a job that has none.

The manifest may be anybody's: whatever does not have its form is left out, and never raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from gen4flow.core.purchase import Status
from gen4flow.gallery.axes import axis_order
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
MAX_ALT = 80  # characters: what an image shows; the whole prompt stands on the page once


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A delivered file: the addresses of it and of its thumbnail, relative to the page, and its size in pixels.

    Width and height are 0 where they are not known.
    """

    address: str
    thumbnail: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the page shows of one image, or of a job without one; all texts are plain, none is escaped yet.

    `number` is the entry's place in the plan. `fingerprint` identifies what was bought; `key` is cleaned for the page
    like every other text, and `raw_key` is what a picks file has to hold. `delivered` are the files that were made of
    the image for its placements: what each is, and its address.
    """

    number: int
    key: str
    raw_key: str
    fingerprint: str
    status: str
    prompt: str
    picture: Picture | None
    axes: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    why: str
    error: str
    entry: Mapping[str, Any]
    delivered: tuple[tuple[str, str], ...] = ()

    @property
    def alt(self) -> str:
        """Return what stands for the image where it can't be seen: how its prompt begins."""
        told = self.prompt or self.key
        return told if len(told) <= MAX_ALT else told[: MAX_ALT - 1].rstrip() + "…"


def cards(
    manifest: Mapping[str, Any], thumbnails: Mapping[str, str], only: Collection[str] | None = None
) -> Iterator[Card]:
    """Yield the cards in plan order: one an image, one for each job without an image.

    `thumbnails` are addresses by a file's path; `only` are the keys of the jobs that are wanted, all of them for None.
    """
    told = manifest.get("entries")
    entries = [
        (number, one) for number, one in enumerate(told if isinstance(told, list) else []) if isinstance(one, dict)
    ]
    order = axis_order(mapping(entry.get("axes")) for _, entry in entries)
    for number, entry in entries:
        if only is None or text(entry.get("key")) in only:
            axes = sorted(mapping(entry.get("axes")).items(), key=lambda axis: order[axis[0]])
            yield from _cards(number, {**entry, "axes": dict(axes)}, thumbnails)


def _cards(number: int, entry: Mapping[str, Any], thumbnails: Mapping[str, str]) -> Iterator[Card]:
    """Yield the cards of one job: one an image, and one that says why where there is none."""
    pictures = [(picture, file) for file in _files(entry) if (picture := _picture(file, thumbnails))]
    images: dict[str, list[tuple[Picture, Mapping[str, Any]]]] = {}
    for place, (picture, file) in enumerate(pictures):  # what was made of an image is shown with it
        images.setdefault(text(file.get("original_sha256")) if "placement" in file else str(place), []).append(
            (picture, file)
        )
    for shown in images.values():
        shown.sort(key=lambda one: one[1].get("placement") is not None)  # the image itself, where it is there
        first, *others = shown
        yield _card(number, entry, *first, others)
    if not pictures:
        yield _card(number, entry, None, {})


def _delivered(others: Sequence[tuple[Picture, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Yield the files that were made of an image: what each is, in words, and its address."""
    for picture, file in others:
        shape = f"{picture.width} × {picture.height}" if picture.width else ""
        kind = plain(file.get("media_type")).removeprefix("image/")
        told = (plain(file.get("placement")) or "original", shape, kind, size(file.get("bytes")))
        yield ", ".join(one for one in told if one), picture.address


def _card(
    number: int,
    entry: Mapping[str, Any],
    picture: Picture | None,
    file: Mapping[str, Any],
    others: Sequence[tuple[Picture, Mapping[str, Any]]] = (),
) -> Card:
    """Return one card."""
    status = plain(entry.get("status"))
    axes = mapping(entry.get("axes"))
    return Card(
        number=number,
        key=plain(entry.get("key")),
        raw_key=text(entry.get("key")),
        fingerprint=plain(entry.get("fingerprint")),
        status=status,
        prompt=plain(entry.get("prompt")).strip(),
        picture=picture,
        axes=tuple((plain(name), plain(value)) for name, value in axes.items()),
        facts=tuple(fact for fact in (*_facts(entry, file), _more(others)) if fact),
        why="" if picture else WHY.get(status, ""),
        error="" if picture else _error(entry),
        entry=entry,
        delivered=tuple(_delivered(others)),
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


def _more(others: Sequence[object]) -> str:
    """Return how many files were made of an image for its placements."""
    return f"+{len(others)}\N{NO-BREAK SPACE}file{'s' * (len(others) > 1)}" if others else ""


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
    return ": ".join(told for told in (kind, message) if told and told != plain(entry.get("status")))


def _files(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an entry's files."""
    files = entry.get("files")
    return [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []


def _picture(file: Mapping[str, Any], thumbnails: Mapping[str, str]) -> Picture | None:
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
    address = quote(path, errors="replace")
    return Picture(
        address=address,
        thumbnail=thumbnails.get(path) or address,
        width=width if known else 0,
        height=height if known else 0,
    )


def mapping(value: object) -> Mapping[str, Any]:
    """Return a value that is a mapping, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """Return a value that is a text as it is, an empty one for anything else."""
    return value if isinstance(value, str) else ""
