"""What the three image containers have in common: a file is a row of parts, and one of them may be its XMP packet."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

MAX_CHUNKS = 200_000  # of one file: what has more is no picture that somebody made


class Unsplittable(Exception):
    """A file's parts can't be told apart for certain, so nothing is put between them; the message says why."""


class Kind(enum.Enum):
    """What a part of a file is."""

    OTHER = "pixels and whatever else belongs to the picture"
    XMP = "an XMP packet"
    CREDENTIALS = "content credentials (C2PA)"
    BEHIND = "what some program has written behind the picture's end"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file; `packet` are the bytes of its XMP, where it is that."""

    raw: bytes | memoryview
    kind: Kind = Kind.OTHER
    packet: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The parts of a file in order: joined they are the file. A new packet goes before the part number `place`."""

    parts: list[Part]
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One file format, as functions from bytes to bytes.

    `split` raises Unsplittable. `wrap` makes a packet of at most `limit` bytes a part. `join` yields the files that
    parts can be: the one to write comes first, others may have been there before a packet was.
    """

    limit: int
    split: Callable[[bytes], Layout]
    wrap: Callable[[bytes], Part]
    join: Callable[[Sequence[Part]], Iterator[bytes]]


Chunk: TypeAlias = tuple[int, int, Kind, bytes]  # where it begins and ends, what it is, and its packet


def layout(content: bytes, chunks: Iterable[Chunk], cut: int | None = None) -> Layout:
    """Return the parts of a file from its chunks in order; neighbours that are nothing special are one part.

    A new packet goes to the offset `cut`, or to the end of the last chunk.
    """
    view, parts, places = memoryview(content), list[Part](), list[int]()
    begin = end = 0
    for number, (start, stop, kind, packet) in enumerate(chunks):
        if number >= MAX_CHUNKS:
            raise Unsplittable(f"it has more than {MAX_CHUNKS:,} parts")
        if start == cut or kind is not Kind.OTHER:
            parts += [Part(view[begin:start])] if begin < start else []
            begin = start
        if start == cut:
            places.append(len(parts))
        if kind is not Kind.OTHER:
            parts.append(Part(view[start:stop], kind, packet))
            begin = stop
        end = stop
    parts += [Part(view[begin:end])] if begin < end else []
    places.append(len(parts))
    parts += [Part(view[end:], Kind.BEHIND)] if end < len(content) else []
    return Layout(parts=parts, place=places[0])


def joined(parts: Sequence[Part]) -> Iterator[bytes]:
    """Yield the one file that parts are, where nothing else in it speaks of them."""
    yield b"".join(part.raw for part in parts)
