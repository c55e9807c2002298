"""The files that are delivered of a job's images: where each goes, and what is done to its original on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gen4flow.core.deliverable import Deliverable, extension_of
from gen4flow.core.history import Delivery
from gen4flow.core.image import EXTENSIONS, Image
from gen4flow.core.job import Job
from gen4flow.core.marks import Marked, Marks, marks_of
from gen4flow.core.tuples import tuple_of
from gen4flow.core.values import canonical_json

_VERSION_TAG = "gen4flow-copy/1\n"  # another one makes every copy anew, for free: never because of a mere upgrade
SIDECAR = ".xmp"


class Copy(NamedTuple):
    """One file that is wanted: its path below the output folder, its original, the marks that it bears.

    A tuple, as jobs are.
    `deliverable` is what the original is made into, None: it stays itself. `made` stands for all that is done to it:
    where that is another, the file is made anew.
    """

    path: str
    original: Image
    marks: Marks | None
    made: str
    deliverable: Deliverable | None = None

    @property
    def sidecar(self) -> str:
        """Return the path of the sidecar, where the file can't bear its marks itself."""
        return self.path.rpartition(".")[0] + SIDECAR

    @property
    def media_type(self) -> str:
        """Return what kind of image it is."""
        return (self.deliverable and self.deliverable.media_type) or self.original.media_type

    @property
    def placement(self) -> str | None:
        """Return the name of what it was made into, None for the image itself."""
        return self.deliverable.name if self.deliverable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The bytes of a copy, and those of its sidecar where it has one."""

    content: bytes
    sidecar: bytes | None
    marks: Marked
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """Why a copy can't be made as it is wanted, and what to do about it."""

    message: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredCopy:
    """A copy that stands in its place, and its sidecar where it has one."""

    copy: Copy
    file: Delivery
    sidecar: Delivery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of delivering: the copies that stand in their places, and why others don't."""

    copies: Sequence[DeliveredCopy] = ()
    failed: Sequence[tuple[Copy, NotMade]] = ()


def copies_of(job: Job, images: Sequence[Image]) -> list[Copy]:
    """Return the copies of a job's images: the first under its stem, the others numbered from 2."""
    marks = marks_of(job)
    if job.original and not job.deliver and len(images) == 1:  # as most are
        path = job.stem + extension_of(images[0].media_type)
        return [tuple_of(Copy, (path, images[0], marks, how_made(marks), None))]
    ways: list[tuple[str, Deliverable | None]] = [*([(job.stem, None)] if job.original else []), *job.deliver]
    made = [(stem, way, how_made(marks, way)) for stem, way in ways]
    return [
        Copy(
            path=stem_of(stem, number) + extension_of((way and way.media_type) or image.media_type),
            original=image,
            marks=marks,
            made=told,
            deliverable=way,
        )
        for number, image in enumerate(images, 1)
        for stem, way, told in made
    ]


def possible_paths(job: Job) -> list[str]:
    """Return every path that a job's first image may get, whatever kind of image comes."""
    return [
        stem + extension
        for stem, known in _stems(job)
        for extension in ((extension_of(known),) if known else tuple(EXTENSIONS.values())) + (SIDECAR,)
    ]


def expected_paths(job: Job) -> list[str]:
    """Return where a job's first image goes, with `.*` where its bytes decide the extension."""
    if job.original and not job.deliver:  # as most are
        return [f"{job.stem}.*"]
    return [stem + (extension_of(known) if known else ".*") for stem, known in _stems(job)]


def _stems(job: Job) -> list[tuple[str, str | None]]:
    """Return the stem of each of a job's files, with its media type where that is known."""
    return [*([(job.stem, None)] if job.original else []), *((stem, one.media_type) for stem, one in job.deliver)]


def stem_of(stem: str, number: int) -> str:
    """Return the stem of the image of that number."""
    return stem if number == 1 else f"{stem}-{number}"


def how_made(marks: Marks | None, deliverable: Deliverable | None = None) -> str:
    """Return what stands for everything that is done to an original: 64 hex digits."""
    deliver = "" if deliverable is None else f'"deliver":{canonical_json(deliverable.facts())},'
    told = f'{_VERSION_TAG}{{{deliver}"marks":{"null" if marks is None else marks.canonical()}}}'
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
