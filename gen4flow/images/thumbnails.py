"""Makes thumbnails: small WebP pictures that a page of a thousand images can show at once."""

from __future__ import annotations

import io
from pathlib import Path

from gen4flow.images.opening import OpenImage, decode, opened

SIDE = 400  # pixels of the longer side; a smaller image keeps its size
QUALITY, METHOD = 75, 2  # of WebP: a slower method saves 3 % of the bytes and takes twice the time
REDUCED = 2.0  # a coarse reduction ends at this multiple of the size; a fine one does the rest
ORIENTATION, TURNED = 0x0112, {"JPEG", "PNG"}  # the EXIF tag that turns an image, and where browsers heed it


def thumbnail(path: Path) -> bytes:
    """Return the thumbnail of an image file as WebP; raises ImageInvalid for what can't be decoded.

    A JPEG is decoded only as far as its thumbnail needs it.
    """
    with opened(path) as image:
        width, height = small_size(image.width, image.height)
        image.draft(None, (int(width * REDUCED), int(height * REDUCED)))
        decode(image)
        return shrunk(image)


def small_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of a thumbnail in pixels: same shape, the longer side bounded, no side of nothing."""
    scale = min(1.0, SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shrunk(image: OpenImage) -> bytes:
    """Return the thumbnail of a decoded image as WebP: turned as a browser shows it, transparency kept."""
    from PIL import Image, ImageOps

    orientation = image.getexif().get(ORIENTATION) if image.format in TURNED else None
    small = _averageable(image).resize(small_size(*image.size), Image.Resampling.LANCZOS, reducing_gap=REDUCED)
    if small.mode.startswith("I;16"):
        small = small.point(lambda value: value / 256)  # converting alone would cut off what is above 255
    small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    small.info.clear()
    if orientation is not None:
        small.getexif()[ORIENTATION] = orientation
        ImageOps.exif_transpose(small, in_place=True)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=QUALITY, method=METHOD)
    return file.getvalue()


def _averageable(image: OpenImage) -> OpenImage:
    """Return an image whose pixels can be averaged: numbers of a palette can't, nor one colour that means nothing."""
    if image.mode.startswith("I;16"):
        image.info.pop("transparency", None)  # Pillow can't make it transparent
    keyed = "transparency" in image.info
    if image.mode not in {"P", "PA", "1"} and not keyed:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
