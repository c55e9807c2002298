"""What is known of an image file."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field


class ImageInvalid(Exception):
    """The bytes are not a whole image of a known kind; the message says what they are instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image is: its size in pixels and its media type; a small WebP picture of it where one was asked for."""

    width: int
    height: int
    media_type: str
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One original: its sha256 (hex), its size in bytes and pixels, its media type.

    One that was just decoded may bring its `thumbnail`, a small WebP picture: no part of what the image is.
    """

    sha256: str
    bytes: int
    width: int
    height: int
    media_type: str
    thumbnail: builtins.bytes = field(default=b"", compare=False, repr=False)


# how files of the known kinds begin; WebP's two marks stand around its length
_PNG, _JPEG, _RIFF, _WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"WEBP"
EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def media_type_of(content: bytes) -> str | None:
    """Return the media type that a file's first bytes tell, None where it is no image of a known kind."""
    if content.startswith(_PNG):
        return "image/png"
    if content.startswith(_JPEG):
        return "image/jpeg"
    return "image/webp" if content.startswith(_RIFF) and content[8:12] == _WEBP else None
