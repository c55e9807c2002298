"""Opens image files under limits, and says in one way what is wrong with those that can't be opened or decoded."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from gen4flow.core.errors import Gen4flowError
from gen4flow.core.image import ImageInvalid

MAX_PIXELS = 100_000_000
MAX_MEMORY = 300_000_000  # bytes that decoding one image and making its thumbnail may take
LARGE_MEMORY = 48_000_000  # from here on one image is open at a time, so that memory stays bounded
# Bytes a pixel, measured with Pillow 12: libwebp keeps two canvases beside Pillow's two copies, a progressive JPEG all
# of its coefficients, and what is transparent is copied before it is shrunk.
PLAIN, TRANSPARENT, PROGRESSIVE, WEBP = 4, 8, 10, 16
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}

OpenImage: TypeAlias = Any  # Pillow's Image: importing Pillow for its type alone would cost every command its import

_one_large = threading.RLock()


@contextmanager
def opened(file: Path | BytesIO) -> Iterator[OpenImage]:
    """Open an image of a known kind and a size that is taken; whatever is wrong with it raises ImageInvalid."""
    from PIL import (  # slow to import, and only needed once something was fetched
        Image,
        UnidentifiedImageError,
    )

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=tuple(FORMATS)) as image:
                _judge_size(image.width * image.height)
                with _one_large if _memory(image) >= LARGE_MEMORY else nullcontext():
                    yield image
    except UnidentifiedImageError as error:
        raise ImageInvalid(f"this is no PNG, JPEG or WebP: {_beginning(file)}") from error
    except Image.DecompressionBombError as error:
        raise ImageInvalid("the image is larger than 100 megapixels") from error
    except (ImageInvalid, Gen4flowError):
        raise
    except Exception as error:  # a decoder that is fed a stranger's bytes raises whatever it stumbles over
        raise ImageInvalid(f"the image is damaged: {error}") from error


def decode(image: OpenImage) -> None:
    """Decode every pixel."""
    if (needed := _memory(image)) > MAX_MEMORY:
        raise ImageInvalid(f"the image takes {needed // 1_000_000:,} MB to decode; at most {MAX_MEMORY // 1_000_000}")
    image.load()
    if image.mode in {"P", "PA"} and image.palette is None:
        raise ImageInvalid("the image is damaged: it has no palette")


def _memory(image: OpenImage) -> int:
    """Return the bytes that it takes to decode an image, told by its head."""
    if image.format == "WEBP":
        each = WEBP
    elif image.info.get("progressive"):
        each = PROGRESSIVE
    else:
        each = TRANSPARENT if image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info else PLAIN
    return int(image.width * image.height * each)


def _judge_size(pixels: int) -> None:
    """Refuse what no request asks for before a pixel of it is decoded."""
    if not 0 < pixels <= MAX_PIXELS:
        raise ImageInvalid(f"the image claims {pixels:,} pixels; at most {MAX_PIXELS:,} are taken")


def _beginning(file: Path | BytesIO) -> str:
    """Return how a file begins, for people."""
    with file.open("rb") if isinstance(file, Path) else BytesIO(file.getvalue()) as opened_file:
        start = opened_file.read(24)
    return f"it begins with {start!r}" if start else "it is empty"
