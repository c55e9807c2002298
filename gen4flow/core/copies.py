"""The files that are delivered of a job's images: where each goes, and what is done to its original on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from gen4flow.core.history import Delivery
from gen4flow.core.image import EXTENSIONS, Image
from gen4flow.core.job import Job
from gen4flow.core.marks import Marked, Marks, marks_of
from gen4flow.core.values import canonical_json

_VERSION_TAG = "gen4flow-copy/1\n"  # another one makes every copy anew, for free: never because of a mere upgrade
SIDECAR = ".xmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One file that is wanted: its path below the output folder, its original, the marks that it bears.

    `made` stands for all that is done to the original: where it is another, the file is made anew.
    """

    path: str
    original: Image
    marks: Marks | None
    made: str

    @property
    def sidecar(self) -> str:
        """Return the path of the sidecar, where the file can't bear its marks itself."""
        return self.path.rpartition(".")[0] + SIDECAR

    @property
    def media_type(self) -> str:
        """Return what kind of image it is."""
        return self.original.media_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The bytes of a copy, and those of its sidecar where it has one."""

    content: bytes
    sidecar: bytes | None
    marks: Marked
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredCopy:
    """A copy that stands in its place, and its sidecar where it has one."""

    copy: Copy
    file: Delivery
    sidecar: Delivery | None = None


def copies_of(job: Job, images: Sequence[Image]) -> list[Copy]:
    """Return the copies of a job's images: the first under its stem, the others numbered from 2."""
    marks = marks_of(job)
    made = how_made(marks)
    return [
        Copy(path=f"{stem_of(job.stem, number)}{_extension(image.media_type)}", original=image, marks=marks, made=made)
        for number, image in enumerate(images, 1)
    ]


def possible_paths(job: Job) -> list[str]:
    """Return every path that a job's first image may get, whatever kind of image comes."""
    return [job.stem + extension for extension in (*EXTENSIONS.values(), SIDECAR)]


def stem_of(stem: str, number: int) -> str:
    """Return the stem of the image of that number."""
    return stem if number == 1 else f"{stem}-{number}"


def how_made(marks: Marks | None) -> str:
    """Return what stands for everything that is done to an original: 64 hex digits."""
    told = {"marks": None if marks is None else marks.facts()}
    return hashlib.sha256((_VERSION_TAG + canonical_json(told)).encode("utf-8", "surrogatepass")).hexdigest()


def _extension(media_type: str) -> str:
    return EXTENSIONS.get(media_type, ".bin")
