"""Opens image files under limits, and says in one way what is wrong with those that can't be opened or decoded."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from gen4flow.core.image import ImageInvalid

MAX_PIXELS = 100_000_000
LARGE_PIXELS = 12_000_000  # from here on one image is decoded at a time, so that memory stays bounded
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}

OpenImage: TypeAlias = Any  # Pillow's Image: importing Pillow for its type alone would cost every command its import

_one_large = threading.Lock()


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
                yield image
    except UnidentifiedImageError as error:
        raise ImageInvalid(f"this is no PNG, JPEG or WebP: {_beginning(file)}") from error
    except Image.DecompressionBombError as error:
        raise ImageInvalid("the image is larger than 100 megapixels") from error
    except ImageInvalid:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, ArithmeticError, LookupError) as error:
        raise ImageInvalid(f"the image is damaged: {error}") from error


def decode(image: OpenImage) -> None:
    """Decode every pixel, large images one at a time."""
    if image.width * image.height < LARGE_PIXELS:
        image.load()
        return
    with _one_large:
        image.load()


def _judge_size(pixels: int) -> None:
    """Refuse what no request asks for before a pixel of it is decoded."""
    if not 0 < pixels <= MAX_PIXELS:
        raise ImageInvalid(f"the image claims {pixels:,} pixels; at most {MAX_PIXELS:,} are taken")


def _beginning(file: Path | BytesIO) -> str:
    """Return how a file begins, for people."""
    with file.open("rb") if isinstance(file, Path) else BytesIO(file.getvalue()) as opened_file:
        start = opened_file.read(24)
    return f"it begins with {start!r}" if start else "it is empty"
