"""Says whether a file is a whole image of a known kind, by decoding every pixel of it under limits.

Measured by others and here: Pillow's `verify()` passes most truncated JPEGs, `load()` none.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from gen4flow.core.image import ImageFacts, ImageInvalid
from gen4flow.images.opening import FORMATS, decode, opened
from gen4flow.images.thumbnails import shrunk

ENDS = {"PNG": b"IEND\xae\x42\x60\x82", "JPEG": b"\xff\xd9"}  # WebP tells its length at its start
PIECE = 256 * 1024  # bytes of a PNG that are read at a time for its checksums
TAIL = 64 * 1024  # bytes at the end of a file, in which its end is looked for: some tools append notes of their own


def check(path: Path, *, thumbnail: bool = False) -> ImageFacts:
    """Return what an image file is, after decoding it whole; raises ImageInvalid.

    With `thumbnail` the facts hold a small picture of it, made from the same decode.
    """
    with opened(path) as image:
        width, height, kind = image.width, image.height, str(image.format)
        decode(image)
        _judge_end(path, kind)
        if kind == "PNG":
            _judge_checksums(path)
        small = _small(image) if thumbnail else b""
        return ImageFacts(width=width, height=height, media_type=FORMATS[kind], thumbnail=small)


def _small(image: object) -> bytes:
    """Return an image's thumbnail; nothing where it can't be made, for the image is whole all the same."""
    try:
        return shrunk(image)
    except Exception:  # whatever Pillow stumbles over in notes and palettes: every pixel has been decoded
        return b""


def _judge_end(path: Path, kind: str) -> None:
    """Refuse a file that lacks its end: the decoder is content once it has every pixel."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        file.seek(max(0, size - TAIL))
        tail = file.read(TAIL)
    whole = int.from_bytes(start[4:8], "little") + 8 <= size if kind == "WEBP" else ENDS[kind] in tail
    if not whole:
        raise ImageInvalid("the image is cut off: its end is missing")


def _judge_checksums(path: Path) -> None:
    """Refuse a PNG in which a bit has changed: the decoder looks at no checksum of pixels."""
    with path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8:  # a chunk's length and type
            left, checksum = int.from_bytes(head[:4]), zlib.crc32(head[4:])
            while left and (piece := file.read(min(left, PIECE))):
                checksum, left = zlib.crc32(piece, checksum), left - len(piece)
            if left or file.read(4) != checksum.to_bytes(4):
                raise ImageInvalid("the image is damaged: its checksum does not match its content")
            if head[4:] == b"IEND":
                return
