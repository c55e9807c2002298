"""Puts marks into pictures and takes them out again: by splicing, so that every pixel stays as it was.

A picture that bears content credentials is signed: one changed byte would break the signature. It is left as it is, and
its marks go into a sidecar, as do those of a file whose parts can't be told apart for certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from gen4flow.core.marks import FoundMarks, Marked, Marks
from gen4flow.delivery import packet
from gen4flow.delivery.container import Container, Kind, Layout, Part, Unsplittable
from gen4flow.delivery.jpeg import JPEG
from gen4flow.delivery.png import PNG
from gen4flow.delivery.webp import WEBP

# media type -> how files of it are cut and joined
CONTAINERS: dict[str, Container] = {"image/png": PNG, "image/jpeg": JPEG, "image/webp": WEBP}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedBytes:
    """A file with its marks; `sidecar` is the packet that goes beside it where they could not go into it."""

    content: bytes
    sidecar: bytes | None = None

    @property
    def where(self) -> Marked:
        """Return where the marks are."""
        return Marked.EMBEDDED if self.sidecar is None else Marked.SIDECAR


def mark(content: bytes, media_type: str, marks: Marks) -> MarkedBytes:
    """Return a picture with marks: the same for the same picture and marks."""
    container = CONTAINERS.get(media_type)
    if container is not None:
        with suppress(Unsplittable):
            found = container.split(content)
            if not _has_credentials(found):
                return MarkedBytes(content=_spliced(container, found, marks))
    return MarkedBytes(content=content, sidecar=packet.write(marks))


def _has_credentials(found: Layout) -> bool:
    """Tell whether a file bears content credentials, or says where they lie."""
    return any(
        part.kind is Kind.CREDENTIALS or (part.kind is Kind.XMP and packet.points_to_credentials(part.packet))
        for part in found.parts
    )


def _spliced(container: Container, found: Layout, marks: Marks) -> bytes:
    """Return a file with one packet: a new one, or the one that was there with the marks laid over it."""
    old = [part for part in found.parts if part.kind is Kind.XMP]
    if not old:
        parts = [*found.parts[: found.place], container.wrap(packet.write(marks)), *found.parts[found.place :]]
        return next(container.join(parts))
    new = container.wrap(_fitting(container, old, marks))
    at = found.parts.index(old[0])
    rest = [part for part in found.parts[at + 1 :] if part.kind is not Kind.XMP]
    return next(container.join([*found.parts[:at], new, *rest]))


def _fitting(container: Container, old: list[Part], marks: Marks) -> bytes:
    """Return the packet that says most and fits: what it replaces is given up first, then what that said."""
    told = old[0].packet
    replaced = bytes(old[0].raw) if len(old) == 1 else b""
    tries = ((told, replaced), (told, b""), (b"", b""))
    written = (packet.write(marks, over=over, replaced=taken) for over, taken in tries)
    return next(one for one in written if len(one) <= container.limit)


def original_candidates(content: bytes, media_type: str) -> Iterator[bytes]:
    """Yield what a delivered copy may have been made from: itself, and itself without its marks.

    Only an original's sha256 tells which of them it is.
    """
    yield content
    container = CONTAINERS.get(media_type)
    if container is None:
        return
    with suppress(Unsplittable):
        parts = container.split(content).parts
        for at, part in enumerate(parts):
            taken = packet.replaced_by(part.packet) if part.kind is Kind.XMP else None
            if taken is not None:
                kept = [Part(taken, Kind.XMP)] if taken else []
                yield from container.join([*parts[:at], *kept, *parts[at + 1 :]])


def read_marks(content: bytes, media_type: str) -> FoundMarks:
    """Return what a picture says of itself."""
    container = CONTAINERS.get(media_type)
    try:
        parts = container.split(content).parts if container else []
    except Unsplittable:
        parts = []
    credentials = _has_credentials(Layout(parts=parts, place=0))
    packets = [part.packet for part in parts if part.kind is Kind.XMP]
    found = packet.marks_in(packets[0], Marked.EMBEDDED) if packets else FoundMarks()
    return replace(found, credentials=credentials)


def read_sidecar(content: bytes) -> FoundMarks:
    """Return what the sidecar of a picture says of it."""
    return packet.marks_in(content, Marked.SIDECAR)
