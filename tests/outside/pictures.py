"""Images of the exact size, the same for the same request, each unlike the others."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from functools import lru_cache
from typing import Any

from PIL import Image

SHORT = {"720p": 720, "1080p": 1080}
LYING_SUFFIX = {"png": "jpg", "jpeg": "webp", "webp": "png"}


def size_of(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Return width and height in pixels: the shorter side is the resolution's."""
    width, height = (int(part) for part in aspect_ratio.split(":"))
    short = SHORT[resolution]
    return (short * width // height, short) if width >= height else (short, short * height // width)


def picture(request: dict[str, Any], kind: str) -> bytes:
    """Return the encoded image of a request; kind is png, jpeg or webp."""
    width, height = size_of(request["aspect_ratio"], request["resolution"])
    return _encoded(json.dumps(request, sort_keys=True), width, height, kind)


@lru_cache(maxsize=256)
def _encoded(text: str, width: int, height: int, kind: str) -> bytes:
    """Draw a tile of 8 by 8 colours from the text's hash, and enlarge it."""
    stream = b"".join(hashlib.sha256(f"{number}{text}".encode()).digest() for number in range(6))
    tile = Image.frombytes("RGB", (8, 8), stream)
    drawn = io.BytesIO()
    tile.resize((width, height), Image.Resampling.NEAREST).save(drawn, kind.upper())
    return drawn.getvalue()


def sealed(content: bytes) -> bytes:
    """Return a PNG with a chunk where content credentials are: what is in it only looks like some."""
    body = b"caBX" + b"\0\0\0\x20jumb\0\0\0\x18jumdc2pa" + bytes(20)
    return content[:33] + (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4) + content[33:]
