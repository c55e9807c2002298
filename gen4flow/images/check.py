"""Says whether a file is a whole image of a known kind, by decoding every pixel of it under limits.

Measured by others and here: Pillow's `verify()` passes most truncated JPEGs, `load()` none.
"""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

from gen4flow.core.image import ImageFacts, ImageInvalid

MAX_PIXELS = 100_000_000
LARGE_PIXELS = 12_000_000  # from here on one image is decoded at a time, so that memory stays bounded
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
ENDS = {"PNG": b"IEND\xae\x42\x60\x82", "JPEG": b"\xff\xd9"}  # WebP tells its length at its start
TAIL = 64 * 1024  # bytes at the end of a file, in which its end is looked for: some tools append notes of their own

_one_large = threading.Lock()


def check(path: Path) -> ImageFacts:
    """Return what an image file is, after decoding it whole; raises ImageInvalid."""
    from PIL import (  # slow to import, and only needed once something was fetched
        Image,
        UnidentifiedImageError,
    )

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=tuple(FORMATS)) as image:
                _judge_size(image.width * image.height)
                _decode(image)
                _judge_end(path, str(image.format))
                return ImageFacts(width=image.width, height=image.height, media_type=FORMATS[str(image.format)])
    except UnidentifiedImageError as error:
        raise ImageInvalid(f"this is no PNG, JPEG or WebP: {_beginning(path)}") from error
    except Image.DecompressionBombError as error:
        raise ImageInvalid("the image is larger than 100 megapixels") from error
    except ImageInvalid:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, ArithmeticError, LookupError) as error:
        raise ImageInvalid(f"the image is damaged: {error}") from error


def _judge_size(pixels: int) -> None:
    """Refuse what no request asks for before a pixel of it is decoded."""
    if not 0 < pixels <= MAX_PIXELS:
        raise ImageInvalid(f"the image claims {pixels:,} pixels; at most {MAX_PIXELS:,} are taken")


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


def _decode(image: object) -> None:
    """Decode every pixel, large images one at a time."""
    from PIL import Image

    assert isinstance(image, Image.Image)  # noqa: S101  # check opened it
    if image.width * image.height < LARGE_PIXELS:
        image.load()
        return
    with _one_large:
        image.load()


def _beginning(path: Path) -> str:
    """Return how a file begins, for people."""
    with path.open("rb") as file:
        start = file.read(24)
    return f"it begins with {start!r}" if start else "it is empty"
